"""A suggestion of the search, and the statement that reads the records that it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lodebase.db.schema.tables import SEARCHED
from lodebase.search.search_vocabulary import KIND_DIGIT
from lodedata import kinds as record_kinds
from lodedata.vocab import Term, load_vocabulary

RECORD_DIGIT = {name: kind.search_code for name, kind in record_kinds.KINDS.items() if kind.search_code is not None}
NUMBERED = {name: kind for name, kind in record_kinds.PUBLIC.items() if kind.number_fields}
SOURCE = "source"
"""The kind of a suggestion that is a source of records."""
KINDS = (*RECORD_DIGIT, *NUMBERED, *KIND_DIGIT, SOURCE)
DEFAULT = 10

_ABSENT = {"country": "NULL", "division": "NULL", "commodities": "'{}'::text[]", "facility_types": "'{}'::text[]"}
_POSITIONS = {
    "point": "ST_X(geom), ST_Y(geom)",
    # for a polygon, the centre of its bounding box
    "polygon": "ST_X(ST_Centroid(ST_Envelope(geom))), ST_Y(ST_Centroid(ST_Envelope(geom)))",
    None: "NULL::float8, NULL::float8",
}


def _choose_details(name: str) -> str:
    kind = record_kinds.KINDS[name]
    aliases = " || ".join(kind.alias_fields) if all(map(kind.field, kind.alias_fields)) and kind.alias_fields else ""
    columns = (column if kind.field(column) is not None else absent for column, absent in _ABSENT.items())
    searched = "search_text" if name in SEARCHED else "''"
    country, division, commodities, facilities = columns
    placed = (country, division, commodities, _POSITIONS[kind.geometry])
    listed = ("id", *kind.name_fields, aliases or "'{}'::text[]", *placed, searched, facilities, "cardinality(sources)")
    return f"SELECT {', '.join(listed)} FROM lode.{name} WHERE id = ANY(%(ids)s)"


DETAILS = {name: _choose_details(name) for name in (*RECORD_DIGIT, *NUMBERED)}
"""The statements that read the records of a kind by their ids, in the order of :class:`Details`."""


@dataclass(frozen=True, slots=True)
class Details:
    """What the search shows and compares of a record."""

    id: str
    name_en: str | None
    name_zh: str | None
    aliases: tuple[str, ...]
    country: str | None
    division: str | None
    commodities: tuple[str, ...]
    lon: float | None
    lat: float | None
    searched: str
    facility_types: tuple[str, ...]
    sources: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Details":
        """Return the details of a row of one of the statements."""
        values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row]
        return cls(*values)

    @property
    def names(self) -> list[str]:
        """Return all names."""
        return [name for name in (self.name_en, self.name_zh, *self.aliases) if name]

    @property
    def is_plant(self) -> bool:
        """Return whether it is a plant without a mine."""
        return bool(self.facility_types) and "mine" not in self.facility_types


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search request: the normalised text, the maximum number of suggestions, and their kinds."""

    text: str
    limit: int = DEFAULT
    kinds: frozenset[str] = frozenset(KINDS)
    typed: str = ""
    """The text as it was typed, as numbers are compared with it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion; ``href`` links to the record, or for a term to the deposits that have it."""

    kind: str
    id: str
    name_en: str | None
    name_zh: str | None
    matched: str
    match: str
    country: Term | None = None
    division: Term | None = None
    commodities: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    href: str = ""


def build_record_suggestion(kind: str, details: Details, match: str, matched: str = "") -> Suggestion:
    """Return a record as a suggestion."""
    return Suggestion(
        kind=kind,
        id=details.id,
        name_en=details.name_en,
        name_zh=details.name_zh,
        matched=matched,
        match=match,
        country=find_known("country", details.country),
        division=find_known("division", details.division),
        commodities=details.commodities,
        lon=details.lon,
        lat=details.lat,
        href=f"/api/collections/{record_kinds.KINDS[kind].collection}/items/{details.id}",
    )


def find_known(name: str, code: str | None) -> Term | None:
    """Return a term by its code, None if there is none."""
    terms = load_vocabulary(name)
    return terms[code] if code is not None and code in terms else None
