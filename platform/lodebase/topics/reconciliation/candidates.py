"""Candidates for a name: what the search finds, with a score of the names and of what else is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import Connection, Engine, select

from lodebase.query.collections_ import COLLECTIONS, OF_KIND, Collection, Field
from lodebase.query.reading import open_reading
from lodebase.search import lookup
from lodebase.search.lookup import MAX_QUERY_CHARACTERS
from lodebase.search.suggestion import DETAILS, Details, SearchQuery
from lodedata.normal_form import normalise_search_text
from lodedata.vocab import load_vocabulary

TYPES = ("deposit", "project", "organisation")
"""The record kinds that names are matched with."""
PROPERTIES: Mapping[str, str] = {"country": "country", "commodity": "commodity"}
"""The properties that a query may give, and the vocabulary of each."""
SEARCHED = 20
"""Records that the search returns for a name before they are scored."""
CERTAIN = 95.0
"""The score from which a single candidate is a match."""
EXACT = 100.0
CONTRADICTION = 30.0
"""What a property that contradicts the record takes from the score."""
NOT_STATED = 5.0
"""What a property takes from it that the record does not state."""
SUFFIXES = ("mine", "deposit", "project", "smelter", "refinery", "矿床", "铜矿", "矿")


@dataclass(frozen=True, slots=True)
class NameQuery:
    """A name to match: the kinds it may be of, how many candidates, and codes by property, any of which matches."""

    text: str
    kinds: tuple[str, ...] = TYPES
    limit: int = 5
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A record that a name may be of, with a score from 0 to 100, and whether it is the only certain one."""

    kind: str
    details: Details
    score: float
    name_score: float
    """The similarity of the best name alone."""
    match: bool


def find_candidates(engine: Engine, query: NameQuery) -> tuple[NameCandidate, ...]:
    """Return the candidates for a name, best first. Raise DatabaseAway or StatementTimeout if a statement fails."""
    text = normalise_search_text(query.text)[:MAX_QUERY_CHARACTERS]
    if not text:
        return ()
    wanted = SearchQuery(text, SEARCHED, frozenset(query.kinds), query.text.strip())
    suggestions = lookup.search(engine, wanted).suggestions
    ids: dict[str, list[str]] = {}
    for suggestion in suggestions:
        if suggestion.kind in query.kinds:
            ids.setdefault(suggestion.kind, []).append(suggestion.id)
    with open_reading(engine) as connection:
        read = [(kind, details) for kind, listed in ids.items() for details in read_details(connection, kind, listed)]
    scored = sorted(((_compute_score(details, text, query), kind, details) for kind, details in read), key=_order)
    certain = sum(score >= CERTAIN for (score, _), _, _ in scored)
    return tuple(
        NameCandidate(kind, details, round(score, 1), round(name, 1), score >= CERTAIN and certain == 1)
        for (score, name), kind, details in scored[: query.limit]
    )


def read_details(connection: Connection, kind: str, ids: Sequence[str]) -> list[Details]:
    """Return the names, country and commodities of records of a kind."""
    return [Details.of(row) for row in connection.exec_driver_sql(DETAILS[kind], {"ids": list(ids)})]


def find_record(engine: Engine, identity: str) -> tuple[str, Details] | None:
    """Return the kind and the details of a record by its id, None if there is none."""
    with open_reading(engine) as connection:
        for kind in TYPES:
            for details in read_details(connection, kind, [identity]):
                return kind, details
    return None


def read_extended_rows(engine: Engine, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the values of fields by record id; a field that the kind of a record lacks has no value."""
    extended_rows: dict[str, dict[str, Any]] = {identity: dict.fromkeys(names) for identity in ids}
    with open_reading(engine) as connection:
        for collection in list_matched_collections():
            columns = [collection.table.c[name] for name in names if collection.field(name) is not None]
            statement = select(collection.table.c.id, *columns).where(collection.table.c.id.in_(list(ids)))
            for row in connection.execute(statement).mappings():
                extended_rows[row["id"]] |= {name: row[name] for name in names if name in row}
    return extended_rows


def list_matched_collections() -> tuple[Collection, ...]:
    """Return the collections that names are matched with."""
    return tuple(COLLECTIONS[OF_KIND[kind]] for kind in TYPES)


def list_extension_fields(kinds: Sequence[str] = TYPES) -> dict[str, Field]:
    """Return the fields of the kinds by name, which a table may be extended by; of several kinds that of the first."""
    fields: dict[str, Field] = {}
    for collection in (COLLECTIONS[OF_KIND[kind]] for kind in kinds):
        for field in collection.fields:
            if field.name in collection.table.c:
                fields.setdefault(field.name, field)
    return fields


def find_code(name: str, text: str) -> str | None:
    """Return the code of a property's value by code, label or alias; None if no term is known by it."""
    term = load_vocabulary(PROPERTIES[name]).find(text)
    return None if term is None else term.code


def _compute_score(details: Details, text: str, query: NameQuery) -> tuple[float, float]:
    """Return the score of a record and that of its names alone."""
    if details.id == query.text.strip():
        # the report expects a record for its own id
        return EXACT, EXACT
    name = max((_measure_similarity(normalise_search_text(name), text) for name in details.names), default=0.0)
    score = name
    for prop, codes in query.properties:
        stated = (details.country,) if prop == "country" else details.commodities
        if not codes or not any(stated):
            score -= NOT_STATED
        elif not set(codes).intersection(stated):
            score -= CONTRADICTION
    return max(0.0, score), name


def _measure_similarity(name: str, text: str) -> float:
    return max(fuzz.token_sort_ratio(name, text), fuzz.token_sort_ratio(_strip_kind(name), _strip_kind(text)) - 1)


def _strip_kind(name: str) -> str:
    """Return a name without the word for its kind at the end: ``chuquicamata mine`` is ``chuquicamata``."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix).strip()
    return name


def _order(scored: tuple[tuple[float, float], str, Details]) -> tuple[float, int, str]:
    (score, _), kind, details = scored
    return -score, TYPES.index(kind), details.id
