"""The operation of the search: suggestions while a user types, and the filters that a phrase names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import SkipValidation

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS, FieldType, PageLength
from lodebase.operations.formats import HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query import read_page
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.search import lookup
from lodebase.search.filter_phrase import PhraseTerm, find_phrase_terms
from lodebase.search.lookup import MAX_QUERY_CHARACTERS, MAX_RESULTS
from lodebase.search.suggestion import DEFAULT, KINDS, SearchQuery, Suggestion
from lodedata.messages import msg
from lodedata.normal_form import normalise_search_text
from lodedata.vocab import Term

NOW_ALONE = msg(
    "A search has no as_of: names are indexed for the last version of the data only. Use as_of with a list and a filter "
    "such as name_en LIKE 'Dexing%%'."
)
ADVICE = msg(
    "Give a name or the beginning of one, 1 to %(longest)s characters, such as Dexing, 德兴 or dx.",
    longest=MAX_QUERY_CHARACTERS,
)


def _parse_text(value: str) -> str:
    if not 1 <= len(value) <= MAX_QUERY_CHARACTERS:
        shown = value if len(value) <= MAX_QUOTED_CHARACTERS else f"{value[:MAX_QUOTED_CHARACTERS]}…"
        raise BadQuery("q", shown, msg('"%(value)s" has %(text)s characters. %(advice)s', text=len(value), advice=ADVICE))
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = ascii(value)[1:-1][:MAX_QUOTED_CHARACTERS]
        raise BadQuery("q", shown, msg('"%(value)s" is not a text. %(advice)s', advice=ADVICE)) from None
    return value


def _parse_kinds(value: str) -> frozenset[str]:
    names = [name for name in (part.strip() for part in value.split(",")) if name]
    for name in names:
        if name not in KINDS:
            sentence = msg('"%(value)s" is not a kind. Use one of %(choices)s.', choices=list(KINDS))
            raise BadQuery("kind", name[:MAX_QUOTED_CHARACTERS], sentence)
    if not names:
        raise BadQuery("kind", value, msg("%(parameter)s does not name a kind. Use one of %(choices)s.", choices=list(KINDS)))
    return frozenset(names)


TEXT = FieldType(
    _parse_text,
    {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS},
    msg('"%(value)s" is not a text. %(advice)s', advice=ADVICE),
    ADVICE,
    msg(
        "A name or the beginning of one in any script, its pinyin or initials; the id of a record, a key of a "
        "source, a DOI, or a position such as 24.27 S 69.07 W."
    ),
    reads="exact",
    reads_empty=True,
)
KIND = FieldType(
    _parse_kinds,
    {"type": "array", "items": {"type": "string", "enum": list(KINDS)}},
    msg('"%(value)s" is not a kind. Use one of %(choices)s.', choices=list(KINDS)),
    msg("Use one of %(choices)s.", choices=list(KINDS)),
    msg("The kinds to find."),
    reads="exact",
    several=True,
    reads_empty=True,
)


class SearchParameters(Parameters):
    """The text, the number of suggestions, and their kinds."""

    q: Annotated[str, TEXT]
    limit: Annotated[int, PageLength(MAX_RESULTS, DEFAULT, msg("The maximum number of suggestions."))] = DEFAULT
    kind: Annotated[frozenset[str], KIND] = frozenset(KINDS)
    as_of: Annotated[str | None, SkipValidation] = None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Return the parameters of a request, of which ``kind`` may be given several times. Raises BadQuery."""
        if values.get("as_of"):
            raise BadQuery("as_of", str(values["as_of"])[:MAX_QUOTED_CHARACTERS], NOW_ALONE)
        if not isinstance(values, Arguments):
            return super().parse(values)
        texts = values.getlist("q")
        if len(set(texts)) > 1:
            raise BadQuery("q", texts[1][:MAX_QUOTED_CHARACTERS], msg("%(parameter)s is given twice. Give it once."))
        return super().parse({**values, **({"kind": ",".join(values.getlist("kind"))} if "kind" in values else {})})


@dataclass(frozen=True, slots=True)
class CodeLabel:
    """A code with its label in each language."""

    code: str
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True)
class SuggestionPlace:
    """The country and the division of a record."""

    country: CodeLabel | None
    division: CodeLabel | None


@dataclass(frozen=True, slots=True)
class FoundSuggestion:
    """A record, zone or term, with the name that matches and how; ``href`` is its address."""

    kind: str
    id: str
    name_en: str | None
    name_zh: str | None
    matched: str
    match: str
    place: SuggestionPlace
    commodities: tuple[str, ...]
    lon: float | None
    lat: float | None
    href: str


@dataclass(frozen=True, slots=True)
class FilterTerm:
    """A term that a phrase names, and the parameter that filters by it."""

    parameter: str
    code: str
    label_en: str
    label_zh: str


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A link to the records of a collection that match filters."""

    href: str
    rel: str
    type: str


@dataclass(frozen=True, slots=True)
class PhraseFilters:
    """The filters that a phrase names, and how many records of each collection match."""

    terms: tuple[FilterTerm, ...]
    query: str
    matched: Mapping[str, int]
    links: tuple[FilterLink, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions, best first; other spellings if nothing matches; the filters that the text names."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    query: str
    suggestions: tuple[FoundSuggestion, ...]
    did_you_mean: tuple[str, ...]
    filters: PhraseFilters | None


def suggest(services: OperationServices, parameters: SearchParameters) -> Suggestions:
    """Return records, zones and terms by any of their names; a text such as ``porphyry copper Chile`` becomes filters."""
    text = parameters.q
    result = lookup.search(services.engine, SearchQuery(normalise_search_text(text), parameters.limit, parameters.kind, text))
    return Suggestions(
        result.dataset_version,
        text,
        tuple(map(_describe_suggestion, result.suggestions)),
        tuple(result.did_you_mean),
        _find_filters(services, text),
    )


def _describe_suggestion(suggestion: Suggestion) -> FoundSuggestion:
    return FoundSuggestion(
        kind=suggestion.kind,
        id=suggestion.id,
        name_en=suggestion.name_en,
        name_zh=suggestion.name_zh,
        matched=suggestion.matched,
        match=suggestion.match,
        place=SuggestionPlace(_label_code(suggestion.country), _label_code(suggestion.division)),
        commodities=suggestion.commodities,
        lon=suggestion.lon,
        lat=suggestion.lat,
        href=suggestion.href,
    )


def _label_code(term: Term | None) -> CodeLabel | None:
    return None if term is None else CodeLabel(term.code, term.label_en, term.label_zh)


def _find_filters(services: OperationServices, text: str) -> PhraseFilters | None:
    """Return the filters that a phrase names and how many records of each collection match; None for another text."""
    readings = (find_phrase_terms(text), find_phrase_terms(text, compounds=False))
    return next(filter(None, (_describe_filters(services, terms) for terms in readings)), None)


def _describe_filters(services: OperationServices, terms: Sequence[PhraseTerm]) -> PhraseFilters | None:
    values: dict[str, list[str]] = {}
    for term in terms:
        values.setdefault(term.parameter, []).append(term.term.code)
    arguments = {name: ",".join(codes) for name, codes in values.items()}
    matched = {name: count for name in COLLECTIONS if terms and (count := _count_records(services, name, arguments))}
    if not matched:
        return None
    query = urlencode(arguments, safe=",")
    return PhraseFilters(
        tuple(FilterTerm(term.parameter, term.term.code, term.term.label_en, term.term.label_zh) for term in terms),
        query,
        matched,
        tuple(FilterLink(f"/api/collections/{name}/items?{query}", "items", "application/geo+json") for name in matched),
    )


def _count_records(services: OperationServices, name: str, arguments: Mapping[str, str]) -> int:
    """Return how many records of a collection match, 0 for a collection without the filters or without a place on the map."""
    collection = COLLECTIONS[name]
    if not collection.kind.merged:
        return 0
    try:
        query = query_parser.parse_query_arguments(collection, Arguments({**arguments, "limit": "1"}.items()))
    except BadQuery:
        return 0
    return read_page(services.engine, query, services.counts).matched


SUGGESTIONS = Operation(
    "search.suggestions",
    "/api/search",
    msg("Suggestions"),
    msg("Records, zones and terms by any of their names, best first"),
    SearchParameters,
    run=suggest,
    result=Suggestions,
    formats=(JSON, HTML),
    varies_by=("version",),
)
OPERATIONS = (SUGGESTIONS,)
