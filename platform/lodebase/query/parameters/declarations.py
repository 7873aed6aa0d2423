"""Request parameters: the one table used by parsing, OpenAPI, pages and tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT
from lodedata.ageing import LAST_KNOWN_YEARS
from lodedata.figures.figure_columns import choose_figure_columns
from lodedata.figures.low_grade import load_low_grade_rules
from lodedata.messages import Message, msg

Group = Literal["filter", "moment", "page", "form", "file", "general"]
"""What a parameter controls: the rows, the dataset version, the page, the format, the content of a file, or the form of the
response."""
OF_ROWS: tuple[Group, ...] = ("filter", "moment", "general")
OF_ITEMS: tuple[Group, ...] = ("filter", "moment", "page", "form", "general")
OF_FILES: tuple[Group, ...] = ("filter", "moment", "file")
POINTS = tuple(name for name, one in COLLECTIONS.items() if one.geometry == "point")
PLACED = tuple(name for name, one in COLLECTIONS.items() if one.geometry is not None)
MINERAL = tuple(name for name, one in COLLECTIONS.items() if one.field("commodities") is not None)
VALID = tuple(name for name, one in COLLECTIONS.items() if one.kind.validity is not None)
MEASURED = tuple(name for name, one in COLLECTIONS.items() if one.field("area_km2_computed") is not None)
CAPABLE = tuple(name for name, one in COLLECTIONS.items() if one.field("figure_capacity_tpa") is not None)
ESTIMATED = tuple(OWNERS)
FIGURED = tuple(name for name, one in COLLECTIONS.items() if choose_figure_columns(one.field_names))
"""The collections whose records can have figures."""
STATUS_DATES: Mapping[str, str] = {
    name: field.name
    for name, one in COLLECTIONS.items()
    if (field := one.field("status_date") or one.field("mine_status_date")) is not None
}
"""The date of the status of each collection that has one."""
YEARS_OF: Mapping[str, Mapping[str, str]] = {
    "discovery": {"deposits": "discovery_year", "discoveries": "discovery_date"},
    "start": {"projects": "phases"},
    "status": {name: STATUS_DATES[name] for name in ("deposits", "projects")},
}
"""What year counts, and the field of each collection that has it; a project starts with the first of its phases."""
AGED = tuple(dict.fromkeys(name for fields in YEARS_OF.values() for name in fields))
NAMING = tuple(name for name, one in COLLECTIONS.items() if one.kind.names_organisations)
"""The collections whose records name organisations."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A request parameter: its JSON schema, its description, and where it applies."""

    name: str
    group: Group
    schema: Mapping[str, Any]
    text: Message
    collections: tuple[str, ...] | None = None
    """The collections whose list requests take it, None for all; a request for a single record never does."""
    repeatable: bool = False


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_AMOUNT = {"type": "number", "minimum": 0}
_URI = {"type": "string", "format": "uri"}

_LISTED = (
    Parameter(
        "bbox",
        "filter",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        msg("A box: west, south, east, north in degrees. West may be greater than east, across the date line."),
        PLACED,
    ),
    Parameter("bbox-crs", "filter", _URI, msg("The coordinate reference system of the box."), PLACED),
    Parameter(
        "datetime",
        "filter",
        _TEXT,
        msg("An instant or an interval such as 2018-02-12, 2018/2020, ../2020 or 2018-02-12/P2D."),
    ),
    Parameter("filter", "filter", _TEXT, msg("A condition in CQL2.")),
    Parameter("id", "filter", _TEXT, msg("Identifiers; several are combined by OR."), repeatable=True),
    Parameter(
        "filter-lang",
        "filter",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        msg("The language of the filter."),
    ),
    Parameter("filter-crs", "filter", _URI, msg("The coordinate reference system of the filter.")),
    Parameter(
        "near",
        "filter",
        _TEXT,
        msg("A point, longitude,latitude: records within radius_km of it, nearest first, each with distance_km."),
        POINTS,
    ),
    Parameter(
        "radius_km",
        "filter",
        _AMOUNT,
        msg("The radius around near in kilometres on the ellipsoid."),
        POINTS,
    ),
    Parameter(
        "nearest",
        "filter",
        _TEXT,
        msg("A point, longitude,latitude: all records by their distance to it, each with distance_km."),
        POINTS,
    ),
    Parameter(
        "within",
        "filter",
        _TEXT,
        msg("A polygon as WKT or GeoJSON in WGS 84; send a long one by POST to items."),
        PLACED,
    ),
    Parameter(
        "certainty",
        "filter",
        {"type": "string", "enum": ["certain", "possible", "all"]},
        msg(
            "With a radius or polygon: records that are certainly inside, given the accuracy of their positions, possibly "
            "inside, or both."
        ),
        POINTS,
    ),
    Parameter(
        "commodity",
        "filter",
        _TEXTS,
        msg("Commodities by code, label or alias in either language; several are combined by OR."),
        MINERAL,
        repeatable=True,
    ),
    Parameter(
        "commodity_role",
        "filter",
        {"type": "string", "enum": ["any", "main"], "default": "any"},
        msg("Whether commodity applies to all commodities or to the main one."),
        MINERAL,
    ),
    Parameter(
        "on",
        "filter",
        {"type": "string", "format": "date"},
        msg(
            "A day: records that are valid on it, as far as their first and last day are known. With the status of a mining "
            "right: those that have this status on that day."
        ),
        VALID,
    ),
    Parameter(
        "expires_before",
        "filter",
        {"type": "string", "format": "date"},
        msg("A day: records whose last valid day is before it; those without a known end are left out."),
        VALID,
    ),
    Parameter("area_km2_min", "filter", _AMOUNT, msg("The minimum area in square kilometres, as computed."), MEASURED),
    Parameter("area_km2_max", "filter", _AMOUNT, msg("The maximum area in square kilometres, as computed."), MEASURED),
    Parameter(
        "capacity_tpa_min", "filter", _AMOUNT, msg("The minimum capacity for the leading product in tonnes a year."), CAPABLE
    ),
    Parameter(
        "capacity_tpa_max", "filter", _AMOUNT, msg("The maximum capacity for the leading product in tonnes a year."), CAPABLE
    ),
    Parameter(
        "facility",
        "filter",
        _TEXTS,
        msg(
            "What people call a plant, such as smelter or copper smelter; several are combined by OR. Narrower types count "
            "too; of the type of one metal also smelters or refineries with that main metal, and plants whose source states no "
            "type, by their product or name."
        ),
        CAPABLE,
        repeatable=True,
    ),
    Parameter(
        "has_figure",
        "filter",
        {"type": "string", "enum": ["true", "false"]},
        msg(
            "With true, records with a figure: of a project a capacity, built or not built yet; of a deposit or discovery ore, "
            "grade or metal. With false, those without. numberWithoutFigure then counts those without one, in both cases."
        ),
        FIGURED,
    ),
    Parameter("source", "filter", _TEXTS, msg("Names of sources; several are combined by OR."), repeatable=True),
    Parameter("flag", "filter", _TEXTS, msg("Rules of quality flags; several are combined by OR."), repeatable=True),
    Parameter(
        "organisation",
        "filter",
        _TEXTS,
        msg(
            "Identifiers or unified social credit codes of organisations that records name, as owner or holder for example; "
            "several are combined by OR. With as_of, what records named in that version counts."
        ),
        NAMING,
        repeatable=True,
    ),
    Parameter(
        "include_subsidiaries",
        "filter",
        {"type": "string", "enum": ["true", "false"], "default": "false"},
        msg("Whether organisation includes the organisations under those that are given."),
        NAMING,
    ),
    Parameter("stage", "filter", _TEXTS, msg("Exploration stages; several are combined by OR."), ESTIMATED, repeatable=True),
    Parameter(
        "status",
        "filter",
        _TEXTS,
        msg("Statuses of the project or of the deposit's mine; several are combined by OR."),
        ("deposits", "projects"),
        repeatable=True,
    ),
    Parameter(
        "last_known",
        "filter",
        {"type": "string", "enum": ["true", "false"]},
        msg(
            "With true, records whose status is older than %(years)s years and so only the last known one; with false, those "
            "with a newer status.",
            years=LAST_KNOWN_YEARS,
        ),
        tuple(STATUS_DATES),
    ),
    Parameter(
        "developed",
        "filter",
        {"type": "string", "enum": ["no", "yes", "unknown"]},
        msg(
            "Whether a mine on the deposit works or has ever worked, by the statuses of the deposit and of the mines linked to "
            "it: yes; no, where every status that is known is of a mine that never worked, or the source calls it a prospect "
            "or an occurrence; unknown without a status. Combine it with last_known for the age of the deposit's status."
        ),
        ("deposits",),
    ),
    Parameter(
        "located",
        "filter",
        {"type": "string", "enum": ["true", "false"]},
        msg("With false, records without a position; with true, those with one."),
        POINTS,
    ),
    Parameter(
        "year",
        "filter",
        {"type": "string", "pattern": r"^([12]\d{3}|unknown)$"},
        msg(
            "A year such as 1985: records whose year of year_of is this one or an earlier one. With unknown, records without "
            "such a year."
        ),
        AGED,
    ),
    Parameter(
        "year_of",
        "filter",
        {"type": "string", "enum": list(YEARS_OF), "default": "discovery"},
        msg(
            "What year applies to: the discovery of a deposit or prospect, the start of a project's first phase, or the day of "
            "the last known status of a deposit or project."
        ),
        AGED,
    ),
    Parameter(
        "estimate_category",
        "filter",
        _TEXT,
        msg("The class of the estimate that the amounts refer to."),
        ESTIMATED,
    ),
    Parameter("estimate_commodity", "filter", _TEXT, msg("The commodity of that estimate."), ESTIMATED),
    Parameter(
        "contained_t_min",
        "filter",
        _AMOUNT,
        msg("The minimum contained amount in tonnes."),
        ESTIMATED,
    ),
    Parameter(
        "contained_t_max",
        "filter",
        _AMOUNT,
        msg("The maximum contained amount in tonnes."),
        ESTIMATED,
    ),
    Parameter("grade_pct_min", "filter", _AMOUNT, msg("The minimum grade in per cent."), ESTIMATED),
    Parameter("grade_pct_max", "filter", _AMOUNT, msg("The maximum grade in per cent."), ESTIMATED),
    Parameter("ore_t_min", "filter", _AMOUNT, msg("The minimum tonnage of ore."), ESTIMATED),
    Parameter(
        "low_grade",
        "filter",
        {"type": "string", "enum": list(load_low_grade_rules())},
        msg("A rule of low-grade ore: the largest grade is at least its cut-off and below its industrial grade."),
        ESTIMATED,
    ),
    Parameter(
        "updated_since",
        "filter",
        _TEXT,
        msg("Only records that changed in the store since a date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z."),
    ),
    Parameter(
        "licence",
        "filter",
        _TEXTS,
        msg("Only records all of whose sources have one of these licences, such as CC-BY-4.0."),
        repeatable=True,
    ),
    Parameter(
        "limit",
        "page",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        msg("The number of records of a page; a larger number is reduced to the maximum."),
    ),
    Parameter("after", "page", _TEXT, msg("The start of the page; taken from a link to the next page.")),
    Parameter(
        "sortby",
        "page",
        # as Part 8 defines it (24-030, /req/sorting/sortby-definition)
        {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"^[+-]?[^+\-\s].*$"}},
        msg("Fields to sort by; a - before a field means descending."),
    ),
    Parameter("crs", "form", _URI, msg("The coordinate reference system of the response.")),
    Parameter("properties", "form", _TEXT, msg("The properties to return, separated by commas.")),
    Parameter(
        "profile",
        "form",
        {"type": "string", "enum": ["full"]},
        msg("With full, one record comes with its estimates, phases, owners, history, flags and source rows, nested."),
        (),
    ),
    Parameter("columns", "file", _TEXT, msg("The columns of the file, separated by commas.")),
    Parameter(
        "as_of",
        "moment",
        _TEXT,
        msg("The data at a dataset version, at a time, or at the end of a day, month or year."),
    ),
    Parameter(
        "since",
        "file",
        _TEXT,
        msg("A version, date or time: a package of the changes after it, to update an older file."),
    ),
    Parameter(
        "package",
        "file",
        {"type": "string", "enum": ["1"]},
        msg("With 1, a zip that is a Frictionless Data Package: the data with its description, licences and citation."),
    ),
    Parameter("f", "general", {"type": "string", "enum": ["json", "html"]}, msg("The format of the response.")),
    Parameter("lang", "general", {"type": "string", "enum": ["en", "zh"]}, msg("The language of the response.")),
)
PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _LISTED}


def list_taken_parameters(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the names of the parameters that a collection's request takes, including its fields if it selects rows."""
    own, fields = _names(collection.name, groups)
    return (*own, *fields)


def list_value_fields(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the fields that a collection's request may filter by value under their own name."""
    return _names(collection.name, groups)[1]


# every request uses it, and it is constant for each kind
@lru_cache(maxsize=64)
def _names(name: str, groups: tuple[Group, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = tuple(p.name for p in _LISTED if p.group in groups and (p.collections is None or name in p.collections))
    fields = (field.name for field in COLLECTIONS[name].fields if field.name not in own)
    return own, tuple(fields) if "filter" in groups else ()


def splits_at_commas(field: Field) -> bool:
    """Return whether commas separate the values of a field: if they are codes, not names that may contain a comma."""
    return field.facet or field.vocabulary is not None
