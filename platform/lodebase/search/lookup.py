"""Search suggestions: records, zones and terms by any of their names, best first, tolerating spelling errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, product
from typing import Any

from sqlalchemy import Connection, Engine

from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.search import search_vocabulary, spelling
from lodebase.search.gazetteer import read_gazetteer
from lodebase.search.references import find_by_key, find_references
from lodebase.search.search_vocabulary import CHINESE, HIGHEST, INITIALS, KIND_DIGIT, NAME, PINYIN, WORD, NamedTerm
from lodebase.search.suggestion import (
    DETAILS,
    NUMBERED,
    RECORD_DIGIT,
    Details,
    SearchQuery,
    Suggestion,
    build_record_suggestion,
    find_known,
)
from lodebase.search.text_variants import find_named_facility, generate_spelled_variants, list_pinyin_sounds, split_variants
from lodedata import kinds as record_kinds
from lodedata.normal_form import normalise_search_text
from lodedata.search_terms import romanise_line, transcribe_to_pinyin
from lodedata.vocab import load_vocabulary

FILTER_OF = {"country": "country", "division": "division", "commodity": "commodity", "deposit-model": "deposit_model"}
MAX_RESULTS = 50
MAX_QUERY_CHARACTERS = 100
DRIVEN = 200
"""The number of records read for one of several search terms."""
SPELLINGS = 3
ZONE = "zone"
STRONG = ("exact", "beginning", "number", "words")
"""The matches of a record after which other forms of the text are not tried."""
MATCH = {NAME: "beginning", WORD: "word", PINYIN: "pinyin", INITIALS: "initials"}

# The limits make this cheap: each range of the index is read in order from its start, best rank first, and reading stops
# once there are enough rows. So the best of a million names that begin with a letter cost as much as the best of ten.
HITS = """
SELECT h.key, h.id FROM unnest(%(places)s::text[]) p (place) CROSS JOIN LATERAL (
  SELECT key, id FROM lode.search_term
  WHERE key >= p.place || %(text)s AND key < p.place || %(text)s || %(highest)s ORDER BY key, id LIMIT %(most)s
) h LIMIT %(most)s
"""
STORED = """
SELECT t.text FROM unnest(%(texts)s::text[]) WITH ORDINALITY t (text, n) WHERE EXISTS (
  SELECT FROM unnest(%(places)s::text[]) p (place) CROSS JOIN LATERAL (
    SELECT FROM lode.search_term WHERE key >= p.place || t.text AND key < p.place || t.text || %(highest)s
    ORDER BY key, id LIMIT 1
  ) h
) ORDER BY t.n
"""
EXACT = "SELECT key, id FROM lode.search_term WHERE key = ANY(%(keys)s::text[]) ORDER BY key, id LIMIT %(most)s"

MIN_OF_TEXT_LENGTH = 2
MIN_OF_TYPE_LENGTH = 4
ENDINGS = 5
"""The number of tokens that end with a text for which records are read."""
ENDING_TOKENS = """
SELECT word FROM (
  SELECT word FROM lode.search_word WHERE reverse(word) >= %(tail)s AND reverse(word) < %(tail)s || %(highest)s
  ORDER BY reverse(word) LIMIT 200
) w ORDER BY octet_length(word), word LIMIT %(most)s
"""
TEXT = "5"
"""The form of a match in a long text; its key has no part of it."""
TEXTS = {
    name: f"SELECT id FROM lode.{name} WHERE {kind.text_field} ILIKE %(text)s"
    f" ORDER BY {kind.date_field or 'id'} DESC NULLS LAST, id LIMIT %(most)s"
    for name, kind in record_kinds.KINDS.items()
    if kind.text_field is not None and kind.search_code is not None
}
"""The statements that look into the long text of a kind."""
RECYCLERS = "SELECT id FROM lode.project WHERE facility_types && %(codes)s ORDER BY name_en NULLS LAST, id LIMIT %(most)s"
NUMBERS = {
    name: f"SELECT id, {number} FROM lode.{name} WHERE {number} = ANY(%(texts)s::text[]) OR {former} && %(texts)s::text[]"
    " ORDER BY id LIMIT %(most)s"
    for name, (number, former) in ((name, kind.number_fields) for name, kind in NUMBERED.items())
}
"""The statements that find the records of a kind by their number."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The response: suggestions, best first, other spellings if the text itself has no match, and the dataset version."""

    dataset_version: int
    suggestions: tuple[Suggestion, ...]
    did_you_mean: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    """A matching record: its key in the index (rank, then text), and whether the text is one of its names in full."""

    key: str
    id: str
    exact: bool = False

    @property
    def kind(self) -> str:
        return next(kind for kind, digit in RECORD_DIGIT.items() if digit == self.key[2])


@dataclass(slots=True)
class _Search:
    """The steps of one search on a connection, each tried if the previous ones found nothing."""

    connection: Connection
    request: SearchQuery
    details: dict[tuple[str, str], Details] = field(default_factory=dict)

    def by_name(self, text: str) -> list[Suggestion]:
        """Return records and terms with a name that begins with the text, or a token or the pinyin of which does."""
        hits = self._find_hits(text, self.request.limit)
        self._fetch(hits)
        terms = search_vocabulary.find(text, self.request.kinds, self.request.limit)
        ranked = [(self._order(hit), self._record(hit)) for hit in hits]
        ranked += [(_compute_term_order(term, text), _build_term(term, text)) for term in terms]
        ranked.sort(key=lambda entry: entry[0])
        return _mix_suggestions([suggestion for _, suggestion in ranked], self.request.limit)

    def by_number(self) -> list[Suggestion]:
        """Return records whose number, now or formerly, is the text as typed or in capitals."""
        values = {"texts": [self.request.typed, self.request.typed.upper()], "most": self.request.limit}
        suggestions = []
        for kind in sorted(self.request.kinds & NUMBERS.keys()):
            numbers = {row[0]: row[1] for row in self.connection.exec_driver_sql(NUMBERS[kind], values)}
            details = self.connection.exec_driver_sql(DETAILS[kind], {"ids": list(numbers)})
            suggestions += [build_record_suggestion(kind, Details.of(row), "number", numbers[row[0]] or "") for row in details]
        return suggestions

    def by_area_name(self) -> list[Suggestion]:
        """Return the divisions that a name of several levels or a short form names: 宜春袁州区, 甘孜州."""
        if ZONE not in self.request.kinds:
            return []
        zones = read_gazetteer(self.connection).find(self.request.typed)[: self.request.limit]
        rows = self.connection.exec_driver_sql(DETAILS[ZONE], {"ids": [zone.id for zone in zones]})
        details = {row[0]: Details.of(row) for row in rows}
        return [
            build_record_suggestion(ZONE, details[zone.id], "words", self.request.typed) for zone in zones if zone.id in details
        ]

    def by_tokens(self) -> list[Suggestion]:
        """Return records that match all search terms, in any order, by their names, place or commodities."""
        return self._find_by_tokens(self.request.text)

    def _find_by_tokens(self, text: str) -> list[Suggestion]:
        tokens = sorted(set(text.split()), key=len, reverse=True)
        if len(tokens) < 2:
            return []
        hits = {word: self._find_hits(word, DRIVEN) for word in tokens[:3]}
        # a word of a place or commodity also matches records that do not have it in their names
        named_terms = {word for word in hits if search_vocabulary.find(word, frozenset(KIND_DIGIT), 1)}
        if any(not hits[word] and word not in named_terms for word in hits):
            return []
        suggestions: dict[tuple[str, str], Suggestion] = {}
        # a word with few records first: all of them are read
        for driver in sorted(hits, key=lambda word: len(hits[word])):
            self._fetch(hits[driver])
            for hit in hits[driver]:
                if all(self._holds(hit, word) for word in tokens if word != driver):
                    suggestions.setdefault((hit.kind, hit.id), replace(self._record(hit), match="words"))
            if len(suggestions) >= self.request.limit or (0 < len(hits[driver]) < DRIVEN and driver not in named_terms):
                break
        return list(suggestions.values())[: self.request.limit]

    def by_variants(self) -> list[Suggestion]:
        """Return the records that another form of the text names: in Latin letters, joined or split, without its kind of site.

        Those of the kind of facility that the text names come first.
        """
        text = self.request.text
        named: list[Suggestion] = []
        for other in generate_spelled_variants(text):
            named += self._choose_named(self.by_name(other) or self._find_by_tokens(other))
            # a Chinese name may be one that the register knows, or the pinyin of a name
            if named and not CHINESE.search(text):
                break
        if not named:
            named = [
                suggestion
                for other in self._find_stored_texts(split_variants(text))
                for suggestion in self._choose_named(self.by_name(other))
            ]
        facility = find_named_facility(text)
        return sorted(named, key=lambda suggestion: not self._has_facility(suggestion, facility))[: self.request.limit]

    @staticmethod
    def _choose_named(suggestions: Sequence[Suggestion]) -> list[Suggestion]:
        """Return the records among suggestions that are more than initials."""
        return [suggestion for suggestion in suggestions if suggestion.kind not in FILTER_OF and suggestion.match != "initials"]

    def _find_stored_texts(self, texts: Iterable[str]) -> list[str]:
        """Return the texts that names begin with, in one statement."""
        values = {"texts": list(texts), "places": [NAME + rest for rest in self._list_ranks()], "highest": HIGHEST}
        return [row[0] for row in self.connection.exec_driver_sql(STORED, values)] if values["texts"] else []

    def _has_facility(self, suggestion: Suggestion, facility: str | None) -> bool:
        """Return whether a record is of a kind of site; a deposit is where a mine is."""
        types = (
            self.details[suggestion.kind, suggestion.id].facility_types
            if (suggestion.kind, suggestion.id) in self.details
            else ()
        )
        return facility is None or facility in types or (facility == "mine" and suggestion.kind == "deposit")

    def by_ending(self, most: int, without: set[tuple[str, str]]) -> list[Suggestion]:
        """Return up to ``most`` records with a name or pinyin whose tokens end with the text: jinshan finds Zijinshan."""
        text = self.request.text
        if most <= 0 or len(text) < MIN_OF_TYPE_LENGTH or " " in text or not text.isascii() or text.isdigit():
            return []
        values = {"tail": text[::-1], "highest": HIGHEST, "most": ENDINGS}
        tokens = [row[0] for row in self.connection.exec_driver_sql(ENDING_TOKENS, values)]
        hits = {hit.id: hit for word in tokens if word != text for hit in self._find_hits(word, most)}
        taken = [hit for hit in hits.values() if (hit.kind, hit.id) not in without][:most]
        self._fetch(taken)
        return [replace(self._record(hit), match="inside") for hit in taken]

    def by_text(self, most: int, without: set[tuple[str, str]]) -> list[Suggestion]:
        """Return up to ``most`` records whose long text has the typed text, the latest first."""
        if most <= 0 or len(self.request.text) < MIN_OF_TEXT_LENGTH:
            return []
        hits = []
        for kind in sorted(self.request.kinds & TEXTS.keys()):
            rows = self.connection.exec_driver_sql(
                TEXTS[kind], {"text": _build_like_pattern(self.request.text), "most": most + len(without)}
            )
            candidates = (_Hit(f"{TEXT}9{RECORD_DIGIT[kind]}", row[0]) for row in rows)
            hits += [hit for hit in candidates if (kind, hit.id) not in without]
        self._fetch(hits)
        return [replace(self._record(hit), match="text") for hit in hits[:most]]

    def by_facility(self, most: int, without: set[tuple[str, str]]) -> list[Suggestion]:
        """Return up to ``most`` recycling plants, where the typed text is in a name of their type."""
        if most <= 0 or "project" not in self.request.kinds or not (codes := _find_recycling_types(self.request.text)):
            return []
        values = {"codes": list(codes), "most": most + len(without)}
        rows = self.connection.exec_driver_sql(RECYCLERS, values)
        candidates = (_Hit(f"{TEXT}9{RECORD_DIGIT['project']}", row[0]) for row in rows)
        hits = [hit for hit in candidates if ("project", hit.id) not in without][:most]
        self._fetch(hits)
        return [replace(self._record(hit), match="facility") for hit in hits]

    def by_spelling(self) -> tuple[list[Suggestion], list[str]]:
        """Return the matches of texts that the typed text may be a misspelling of, and those texts."""
        text = self.request.text
        # a Chinese text may contain a homophone
        meant = list_pinyin_sounds(text) if CHINESE.search(text) else self._find_meant_texts(romanise_line(text))
        suggestions: dict[tuple[str, str], Suggestion] = {}
        good: list[str] = []
        for other in meant:
            if len(suggestions) >= self.request.limit:
                break
            more = [suggestion for suggestion in self.by_name(other) if suggestion.match not in ("initials",)]
            if more:
                good.append(other)
            for suggestion in more:
                suggestions.setdefault((suggestion.kind, suggestion.id), replace(suggestion, match="spelling"))
        if CHINESE.search(text):
            good = list(dict.fromkeys(suggestion.matched for suggestion in suggestions.values()))[:SPELLINGS]
        return list(suggestions.values())[: self.request.limit], good

    def further(self) -> list[str]:
        """Return less similar spellings, for a response without suggestions."""
        tokens = self.request.text.split()
        longest = max(tokens, key=len)
        if CHINESE.search(longest) or len(longest) < spelling.MIN_WORD_LENGTH:
            return []
        likely = spelling.find_similar_tokens(longest, spelling.find_spelling_candidates(self.connection, longest, size=2))
        texts = (" ".join(other if word == longest else word for word in tokens) for other in likely)
        # initials are too few letters to be what an unknown word means
        named = (
            text for text in dict.fromkeys(texts) if any(suggestion.match != "initials" for suggestion in self.by_name(text))
        )
        return list(named)[:SPELLINGS]

    def _find_meant_texts(self, text: str) -> list[str]:
        choices = []
        for word in text.split():
            among = spelling.find_spelling_candidates(self.connection, word) if spelling.count_allowed_errors(word) else None
            is_stored = among is None or word in among or bool(self._find_hits(word, 1))
            choices.append([word] if among is None or is_stored else spelling.find_closest_tokens(word, among) or [word])
        meant = (" ".join(choice) for choice in product(*choices))
        return [candidate for candidate in dict.fromkeys(meant) if candidate != text][:SPELLINGS]

    def _find_hits(self, text: str, limit: int) -> list[_Hit]:
        """Return the best records with a name that begins with the text, each once; a record may have many such names."""
        places = [match + rank for match in MATCH for rank in self._list_ranks()]
        if not places:
            return []
        most = limit * 2 + 20
        while True:
            values = {"places": places, "text": text, "highest": HIGHEST, "most": most}
            rows = [tuple(row) for row in self.connection.exec_driver_sql(HITS, values)]
            hits: dict[str, _Hit] = {}
            for key, identity in self._find_exact(places, text, most) if rows else ():
                hits.setdefault(identity, _Hit(key, identity, exact=True))
            for key, identity in rows:
                hits.setdefault(identity, _Hit(key, identity))
            if len(hits) >= limit or len(rows) < most or most > 20 * limit:
                # all that match exactly, as their order is known only from the records
                exact = sum(hit.exact for hit in hits.values())
                return list(hits.values())[: max(limit, exact)]
            most *= 8

    def _list_ranks(self) -> list[str]:
        """Return the ranks of records with the digits of the requested kinds, which keys have after the form of the match."""
        digits = sorted(RECORD_DIGIT[kind] for kind in self.request.kinds if kind in RECORD_DIGIT)
        return [str(rank) + digit for rank in range(8) for digit in digits]

    def _find_exact(self, places: Iterable[str], text: str, most: int) -> list[tuple[str, str]]:
        values = {"keys": [place + text for place in places if place[0] == NAME], "most": most}
        return [(row[0], row[1]) for row in self.connection.exec_driver_sql(EXACT, values)]

    def _fetch(self, hits: Iterable[_Hit]) -> None:
        wanted: dict[str, list[str]] = {}
        for hit in hits:
            if (hit.kind, hit.id) not in self.details:
                wanted.setdefault(hit.kind, []).append(hit.id)
        for kind, ids in wanted.items():
            for row in self.connection.exec_driver_sql(DETAILS[kind], {"ids": ids}):
                self.details[kind, row[0]] = Details.of(row)

    def _record(self, hit: _Hit) -> Suggestion:
        details = self.details[hit.kind, hit.id]
        matched = _find_matched_name(hit.key[0], hit.key[3:], details.names)
        return build_record_suggestion(hit.kind, details, "exact" if hit.exact else MATCH.get(hit.key[0], "text"), matched)

    def _order(self, hit: _Hit) -> tuple[Any, ...]:
        """Return what hits are ordered by: exact matches by size, mines before plants, those that most sources know first."""
        if not hit.exact:
            return (hit.key,)
        details = self.details[hit.kind, hit.id]
        return ("0", details.is_plant, hit.key[1:3], -details.sources, hit.key)

    def _holds(self, hit: _Hit, word: str) -> bool:
        of = self.details[hit.kind, hit.id]
        coded = (("country", of.country), ("division", of.division), *(("commodity", code) for code in of.commodities))
        texts = chain((of.searched or "\n".join(of.names),), (_read_coded_names(name, code) for name, code in coded if code))
        sought = word if CHINESE.search(word) else f" {word}"
        return any(sought in f" {normalise_search_text(text)}" for text in texts)


def search(engine: Engine, request: SearchQuery) -> SearchResult:
    """Return the response to a search, from one snapshot of the data. Raise DatabaseAway or StatementTimeout if it fails.

    What the text identifies and names comes first. Only if nothing does, it is split into tokens, then written in other
    forms, then corrected for spelling.
    """
    with open_reading(engine) as connection:
        version = read_dataset_version(connection)
        if not request.text:
            return SearchResult(version, ())
        steps = _Search(connection, request)
        suggestions = find_references(connection, request)
        if not suggestions:
            suggestions = (steps.by_number() + steps.by_name(request.text))[: request.limit] or steps.by_tokens()
            if not any(suggestion.kind not in FILTER_OF and suggestion.match in STRONG for suggestion in suggestions):
                suggestions = _merge_suggestions(steps.by_variants(), suggestions)[: request.limit]
            suggestions = suggestions or find_by_key(connection, request) or steps.by_area_name()
        for further in (steps.by_ending, steps.by_facility, steps.by_text):
            suggestions += further(
                request.limit - len(suggestions), {(suggestion.kind, suggestion.id) for suggestion in suggestions}
            )
        if suggestions:
            return SearchResult(version, tuple(suggestions))
        suggestions, meant = steps.by_spelling()
        return SearchResult(version, tuple(suggestions), tuple(meant or steps.further()))


def _merge_suggestions(others: Sequence[Suggestion], suggestions: Sequence[Suggestion]) -> list[Suggestion]:
    """Return what other forms of a text name in full, what it finds itself, then the rest, each once."""
    exact = [other for other in others if other.match == "exact"]
    listed = {(suggestion.kind, suggestion.id): suggestion for suggestion in (*suggestions, *others)}
    return list(
        {
            (suggestion.kind, suggestion.id): listed[suggestion.kind, suggestion.id]
            for suggestion in (*exact, *suggestions, *others)
        }.values()
    )


@lru_cache(maxsize=1_000)
def _find_recycling_types(text: str) -> frozenset[str]:
    """Return the types of recycling plants that a text names; a text that names another type or a commodity names none."""
    types = load_vocabulary("facility-type")
    recycling = types.within("recycling-base")
    named = {
        term.code
        for term in types
        if any(_begins(text, normalise_search_text(name)) for name in (term.label_en, term.label_zh, *term.aliases))
    }
    if not named or named - recycling or search_vocabulary.find(text, frozenset({"commodity"}), 1):
        return frozenset()
    return frozenset(code for named_type in named for code in types.within(named_type))


def _begins(text: str, name: str) -> bool:
    """Return whether a word of a name begins with a text of four letters, or has a text of two Chinese characters."""
    if CHINESE.search(text):
        return len(text) >= MIN_OF_TEXT_LENGTH and text in name
    return len(text) >= MIN_OF_TYPE_LENGTH and f" {text}" in f" {name}"


def _build_like_pattern(text: str) -> str:
    """Return the pattern of texts that contain a text, with any characters between its tokens."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{'%'.join(escaped.split())}%"


def _compute_term_order(named_term: NamedTerm, text: str) -> tuple[Any, ...]:
    """Return what terms are ordered by among hits."""
    return ("0", False, named_term.key[1:3], 0, named_term.key) if _is_exact(named_term, text) else (named_term.key,)


def _is_exact(named_term: NamedTerm, text: str) -> bool:
    return named_term.key[0] == NAME and named_term.key[3:] == text


def _build_term(named_term: NamedTerm, text: str) -> Suggestion:
    term = named_term.term
    country = term if named_term.kind == "country" else find_known("country", term.extra.get("country"))
    return Suggestion(
        kind=named_term.kind,
        id=term.code,
        name_en=term.label_en,
        name_zh=term.label_zh,
        matched=named_term.name,
        match="exact" if _is_exact(named_term, text) else MATCH[named_term.key[0]],
        country=country,
        division=term if named_term.kind == "division" else None,
        href=f"/api/collections/deposits/items?{FILTER_OF[named_term.kind]}={term.code}",
    )


def _mix_suggestions(ranked: Sequence[Suggestion], limit: int) -> list[Suggestion]:
    """Return the first suggestions, at most a third of them terms and a third records without a place, while there are others.

    A place or a firm whose name begins many others does not push out the rest.
    """
    allowed = {True: max(1, limit // 3), False: max(1, limit // 3)}
    taken, left = [], []
    for suggestion in ranked:
        is_term = suggestion.kind in FILTER_OF
        if suggestion.match != "exact" and (is_term or record_kinds.KINDS[suggestion.kind].geometry is None):
            allowed[is_term] -= 1
            if allowed[is_term] < 0:
                left.append(suggestion)
                continue
        taken.append(suggestion)
    if len(taken) >= limit or not left:
        return taken[:limit]
    left.sort(key=lambda candidate: candidate.kind in FILTER_OF)
    taken_ids = {id(candidate) for candidate in (*taken, *left[: limit - len(taken)])}
    return [suggestion for suggestion in ranked if id(suggestion) in taken_ids]


@lru_cache(maxsize=10_000)
def _read_coded_names(name: str, code: str) -> str:
    """Return all names of a term."""
    term = find_known(name, code)
    if term is None:
        return ""
    names = (term.label_en, term.label_zh, *term.aliases)
    return " ".join((*names, *(transcribe_to_pinyin(run)[0] for name in names for run in CHINESE.findall(name))))


def _find_matched_name(match: str, term: str, names: Sequence[str]) -> str:
    """Return the record's name that produced an index term, in its original spelling."""
    for name in names:
        if match in (NAME, WORD) and term.strip() in normalise_search_text(name):
            return name
        if match in (PINYIN, INITIALS) and any(term in transcribe_to_pinyin(run) for run in CHINESE.findall(name)):
            return name
    return names[0] if names else ""
