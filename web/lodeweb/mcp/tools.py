"""The tools of the MCP server: each is one address of the API, whose parameters it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from lodebase.query.collections_ import COLLECTIONS
from lodebase.records.provenance import STATISTICS
from lodedata.messages import Message, msg

DEFAULT_SERIES = 50
Schema = Mapping[str, Any]
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A request of the API: a path and the parameters of its query."""

    path: str
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its name, title and text for a model, its parameters as JSON schemas, and the request that it makes."""

    name: str
    title: Message
    text: Message
    parameters: Mapping[str, Schema]
    required: tuple[str, ...]
    path: Callable[[dict[str, Any]], str]
    """Return the path of the request; takes the arguments that belong to it out of a dictionary."""
    reads: Callable[[Arguments], tuple[str, ...]]
    """Return the collections that it reads for some arguments, ``statistics`` for observations of series."""
    finds: Callable[[Any], bool] = lambda _body: True
    """Return whether a response has anything that was searched for."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its arguments."""
        properties = {name: dict(schema) for name, schema in {**self.parameters, **LANGUAGE}.items()}
        return {"type": "object", "properties": properties, "required": list(self.required), "additionalProperties": False}

    def request(self, arguments: Arguments) -> ToolRequest:
        """Return the request of the API for some arguments. Raises KeyError for a required one that is missing."""
        for name in self.required:
            arguments[name]
        rest = dict(arguments)
        path = self.path(rest)
        return ToolRequest(path, tuple((name, _format_argument(value)) for name, value in rest.items() if value is not None))


def _format_argument(value: Any) -> str:
    """Return an argument as the text of a parameter: lists by commas, objects as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(str, value))
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)


def _build_string_schema(text: str, **more: Any) -> Schema:
    return {"type": "string", "description": text, **more}


def _build_whole_schema(text: str, most: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "description": text}


def _build_collection_path(rest: dict[str, Any]) -> str:
    return f"/api/collections/{quote(str(rest.pop('collection')), safe='')}/items"


def _build_record_path(rest: dict[str, Any]) -> str:
    identity = quote(str(rest.pop("id")), safe="")
    # with all rows that belong to it: estimates, phases, values by source
    rest["profile"] = "full"
    return f"{_build_collection_path(rest)}/{identity}"


def _find_collection_read(arguments: Arguments) -> tuple[str, ...]:
    return (str(arguments["collection"]),)


def _build_series_path(rest: dict[str, Any]) -> str:
    # all series of a national site would fill the memory of a model
    rest.setdefault("limit", DEFAULT_SERIES)
    return "/api/statistics/series"


NAMED = ("deposits", "discoveries", "projects", "organisations")
"""The collections whose records are found by name."""
PLANNED = ("projects", "deposits", "discoveries", "zones", "tailings-facilities", "mining-rights", "official-acts")
"""What the layout check compares a planned plant with."""
LISTED = ("condition-lists", "list-batches", "list-entries", "list-events")
LANGUAGE: Mapping[str, Schema] = {"lang": _build_string_schema("Language of sentences and labels.", enum=["en", "zh"])}
COLLECTION = _build_string_schema("Collection of records.", enum=list(COLLECTIONS))
TOOLS = (
    Tool(
        "search",
        msg("Search by name"),
        msg(
            "Find deposits, plants, organisations, places and terms by a name, or the beginning of one, in English, Chinese or "
            "pinyin. A phrase such as copper smelter Chile returns the filters that it names."
        ),
        {"q": _build_string_schema("A name or phrase."), "limit": _build_whole_schema("Number of suggestions.", 50)},
        ("q",),
        lambda _rest: "/api/search",
        lambda _arguments: NAMED,
        lambda body: bool(body["suggestions"]),
    ),
    Tool(
        "filter_records",
        msg("Filter records"),
        msg(
            "Return records of a collection that match filters, with numberMatched, the number of all that match. Values are "
            "codes of vocabularies, such as copper, CHL or operating; filter is a condition in CQL2, as "
            "figure_capacity_tpa > 1e5."
        ),
        {
            "collection": COLLECTION,
            "commodity": _build_string_schema("Codes of commodities, separated by commas."),
            "country": _build_string_schema("ISO 3166-1 alpha-3 codes of countries, separated by commas."),
            "status": _build_string_schema("Codes of statuses, separated by commas."),
            "facility": _build_string_schema(
                "What people call a plant, for projects, such as copper-smelter or open-pit mine."
            ),
            "bbox": _build_string_schema("West, south, east, north in degrees."),
            "filter": _build_string_schema("A condition in CQL2 text."),
            "sortby": _build_string_schema("A field; -field for descending order."),
            "properties": _build_string_schema("Names of the fields to return, separated by commas."),
            "limit": _build_whole_schema("Number of records of a page.", 1000),
            "after": _build_string_schema("The cursor of the link next of a page, for the page after it."),
            "as_of": _build_string_schema("A version of the data, or a day, to read the records as they were."),
        },
        ("collection",),
        _build_collection_path,
        _find_collection_read,
        lambda body: bool(body["features"]),
    ),
    Tool(
        "get_record",
        msg("Get a record with its sources"),
        msg("Return one record with all its figures, and each value with its source and the reason why it was chosen."),
        {"collection": COLLECTION, "id": _build_string_schema("The id of the record.")},
        ("collection", "id"),
        _build_record_path,
        _find_collection_read,
    ),
    Tool(
        "get_statistics",
        msg("Get statistics"),
        msg(
            "Return observations of production, reserves, trade and other series, each with unit, basis, release and source. "
            "Filter by indicator, commodity, stage and area; see list_series."
        ),
        {
            "indicator": _build_string_schema("Such as production, reserves, exports."),
            "commodity": _build_string_schema("Codes of commodities."),
            "stage": _build_string_schema("Codes of stages, such as mine or smelter."),
            "area": _build_string_schema("ISO 3166-1 alpha-3 code of a country, or WORLD."),
            "source": _build_string_schema("Name of a source."),
            "from": _build_string_schema("The first year."),
            "to": _build_string_schema("The last year."),
            "as_of": _build_string_schema("A day: the figures as they were published by then."),
        },
        (),
        lambda _rest: "/api/statistics/observations",
        lambda _arguments: (STATISTICS,),
        lambda body: bool(body["observations"]),
    ),
    Tool(
        "list_series",
        msg("List the series of statistics"),
        msg("Return the series of statistics that match, with the number by indicator, commodity, stage, area and source."),
        {
            "q": _build_string_schema("Words of the title."),
            "indicator": _build_string_schema("Such as production."),
            "commodity": _build_string_schema("Codes of commodities."),
            "area": _build_string_schema("ISO 3166-1 alpha-3 code of a country."),
            "limit": _build_whole_schema(f"Number of series; {DEFAULT_SERIES} by default. All are counted.", 1000),
        },
        (),
        _build_series_path,
        lambda _arguments: (STATISTICS,),
        lambda body: bool(body["series"]),
    ),
    Tool(
        "check_layout",
        msg("Check a planned plant"),
        msg(
            "Check a planned plant at a place against existing plants, zones and rules: duplication, distances, feedstock. "
            "Findings are facts with their sources and no verdicts."
        ),
        {
            "candidate": {
                "type": "object",
                "description": "A GeoJSON feature: a point, with properties such as product (alumina, copper-cathode) and "
                "capacity_tpa in tonnes a year.",
            },
            "radius_km": {"type": "number", "description": "Distance within which plants are compared, in kilometres."},
        },
        ("candidate",),
        lambda _rest: "/api/layout/check",
        lambda _arguments: PLANNED,
    ),
    Tool(
        "check_list",
        msg("Check a firm against the lists of standard conditions"),
        msg(
            "Say whether an enterprise is on a list of the Chinese standard conditions on a day: yes, no or not known, with "
            "the batch and the announcement."
        ),
        {
            "name": _build_string_schema("Name of the enterprise."),
            "uscc": _build_string_schema("Its unified social credit code, 18 characters."),
            "project": _build_string_schema("Name of the project."),
            "date": _build_string_schema("The day, such as 2026-03-01."),
        },
        (),
        lambda _rest: "/api/lists/check",
        lambda _arguments: LISTED,
        lambda body: any(result["entry"] or result["candidates"] for result in body["results"]),
    ),
)
BY_NAME: Mapping[str, Tool] = {tool.name: tool for tool in TOOLS}
