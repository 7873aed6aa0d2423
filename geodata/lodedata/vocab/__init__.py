"""Controlled vocabularies: look-up of a term by code, Chinese or English label, or alias.

Each vocabulary is a CSV in this folder; ``sources.yml`` has the origin of its terms.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from lodedata.errors import UnknownVocabulary
from lodedata.messages import Label, Message, msg

STANDARD_COLUMNS = ("code", "label_en", "label_zh", "broader", "uri", "aliases", "note")
TABLES_WITHOUT_TERMS = frozenset(
    {
        "size-threshold",
        "compound",
        "conversion",
        "capital",
        "place",
        "column-name",
        "stream-treatment",
        "commodity-price",
        "model-commodity",
        "national-output",
        "grade-limit",
        "amount-limit",
        "crustal-abundance",
    }
)

MIN_NEARNESS = 75
"""The least likeness (0 to 100) of a text to a term that is named as its nearest."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term; ``extra`` holds the columns that only its vocabulary has."""

    code: str
    label_en: str
    label_zh: str
    broader: str | None
    uri: str | None
    aliases: tuple[str, ...]
    note: str
    extra: Mapping[str, str]

    def label(self, lang: str) -> str:
        """Return the label in Chinese for ``zh``, else in English."""
        return self.label_zh if lang == "zh" else self.label_en


def fold(text: str) -> str:
    """Return a text for comparison: NFKC, without accents and case, with single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.is_normalized("NFKD", text)
    decomposed = text if plain else unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    if any(map(unicodedata.combining, decomposed)):
        decomposed = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(decomposed.casefold().split())


class Vocabulary:
    """The terms of one vocabulary, with a look-up by code, label and alias.

    A division's name is unique within its country only, so it is looked up with ``scope`` set to the country.
    """

    def __init__(self, name: str, terms: Mapping[str, Term]) -> None:
        self.name = name
        self.terms = terms
        self._codes: dict[tuple[str, str], str] = {}
        self._seen: dict[tuple[str, str], Term | None] = {}
        self._narrower: dict[str, frozenset[str]] = {}
        for term in terms.values():
            for text in (term.code, term.label_en, term.label_zh, *term.aliases, term.extra.get("alpha2")):
                if text:
                    self._codes.setdefault((self._find_scope(term), fold(text)), term.code)

    def _find_scope(self, term: Term) -> str:
        return term.extra.get("country", "") if self.name == "division" else ""

    def __getitem__(self, code: str) -> Term:
        return self.terms[code]

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms.values())

    def __len__(self) -> int:
        return len(self.terms)

    def find(self, text: str, scope: str = "") -> Term | None:
        """Return the term of a code, label or alias, None if there is none; the match is exact after folding."""
        key = (scope, text)
        try:
            return self._seen[key]
        except KeyError:
            code = self._codes.get((scope, fold(text))) or self._find_code_within(text, scope)
            term = None if code is None else self.terms[code]
            if len(self._seen) < 100_000:
                self._seen[key] = term
            return term

    def _find_code_within(self, text: str, scope: str) -> str | None:
        """Return the code of a division by its part after the country's: ``PA`` in Brazil is ``BR-PA``."""
        if self.name != "division" or not scope or not 0 < len(text) <= 3 or scope not in load_vocabulary("country"):
            return None
        code = f"{load_vocabulary('country')[scope].extra['alpha2']}-{text.upper()}"
        return code if code in self.terms else None

    def nearest(self, text: str, count: int = 3, scope: str = "") -> tuple[Term, ...]:
        """Return up to ``count`` terms that are spelled most like a text, the nearest first; none if all are too far."""
        texts = [folded for of, folded in self._codes if of == scope]
        wanted = fold(text)
        matches = [*process.extract(wanted, texts, scorer=fuzz.ratio, limit=4 * count, score_cutoff=MIN_NEARNESS)]
        if not matches:
            parts = process.extract(wanted, texts, scorer=fuzz.token_set_ratio, limit=20, score_cutoff=MIN_NEARNESS)
            matches = process.extract(wanted, [folded for folded, *_ in parts], scorer=fuzz.ratio, limit=1)
        codes = dict.fromkeys(self._codes[scope, folded] for folded, *_ in matches)
        return tuple(self.terms[code] for code in codes)[:count]

    def within(self, code: str) -> frozenset[str]:
        """Return the code and every narrower code."""
        if code in self._narrower:
            return self._narrower[code]
        codes, frontier = {code}, {code}
        while frontier:
            frontier = {t.code for t in self if t.broader in frontier} - codes
            codes |= frontier
        if code in self.terms:
            self._narrower[code] = frozenset(codes)
        return frozenset(codes)


def label(name: str, code: str) -> Label:
    """Return the label of a code of a vocabulary, the code itself if it is no term."""
    term = load_vocabulary(name).terms.get(code)
    return Label(code, code) if term is None else Label(term.label_en, term.label_zh)


@cache
def read_vocabulary_title(name: str) -> Label:
    """Return the title of a vocabulary, its name if it has none."""
    origin = list_sources().get(name, {})
    return Label(origin.get("title_en", name), origin.get("title_zh", name))


def describe_unknown_term(name: str) -> Message:
    """Return the message about a word, ``%(value)s``, that a vocabulary does not have."""
    if name == "country":
        return msg(
            '"%(value)s" is not a country code here. Use ISO 3166-1 alpha-3 (CHN), alpha-2 (CN) or a name; '
            "see /api/vocabularies/country."
        )
    return msg(
        '"%(value)s" is not a term of the vocabulary %(vocabulary)s. Use a code, label or alias; '
        "see /api/vocabularies/%(vocabulary)s.",
        vocabulary=name,
    )


def names() -> tuple[str, ...]:
    """Return the names of all vocabularies, sorted."""
    vocabulary_names = (entry.name.removesuffix(".csv") for entry in files(__name__).iterdir() if entry.name.endswith(".csv"))
    return tuple(sorted(name for name in vocabulary_names if name not in TABLES_WITHOUT_TERMS))


def load_vocabulary_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the CSV files. Raises UnknownVocabulary."""
    entry = files(__name__) / f"{name}.csv"
    if not entry.is_file():
        raise UnknownVocabulary(
            msg("There is no vocabulary %(name)r. Choose one of %(choices)s.", name=name, choices=list(names()))
        )
    return list(csv.DictReader(io.StringIO(entry.read_text(encoding="utf-8"), newline="")))


@lru_cache(maxsize=64)
def load_vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary of a name. Raises UnknownVocabulary."""
    if name in TABLES_WITHOUT_TERMS:
        raise UnknownVocabulary(msg("%(name)r is a table of figures, not a vocabulary", name=name))
    terms = {
        row["code"]: Term(
            code=row["code"],
            label_en=row["label_en"],
            label_zh=row["label_zh"],
            broader=row["broader"] or None,
            uri=row["uri"] or None,
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
            note=row["note"],
            extra={k: v for k, v in row.items() if k not in STANDARD_COLUMNS},
        )
        for row in load_vocabulary_rows(name)
    }
    return Vocabulary(name, terms)


def list_sources() -> dict[str, dict[str, Any]]:
    """Return the origin of each vocabulary: title, publisher, licence, citation."""
    with (files(__name__) / "sources.yml").open(encoding="utf-8") as stream:
        loaded: dict[str, dict[str, Any]] = yaml.safe_load(stream)
    return {name: origin for name, origin in loaded.items() if not name.startswith("x-")}
