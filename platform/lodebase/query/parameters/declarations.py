"""Request parameters: the one table used by parsing, OpenAPI, pages and tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.query import DEFAULT_LIMIT, MAX_LIMIT

Group = Literal["filter", "moment", "page", "form", "file", "general"]
"""What a parameter controls: the rows, the dataset version, the page, the format, the content of a file, or the form of the
response."""
OF_ROWS: tuple[Group, ...] = ("filter", "moment", "general")
OF_ITEMS: tuple[Group, ...] = ("filter", "moment", "page", "form", "general")
OF_FILES: tuple[Group, ...] = ("filter", "moment", "file")
POINTS = tuple(name for name, one in COLLECTIONS.items() if one.geometry == "point")
PLACED = tuple(name for name, one in COLLECTIONS.items() if one.geometry is not None)
MINERAL = tuple(name for name, one in COLLECTIONS.items() if one.field("commodities") is not None)
ESTIMATED = tuple(OWNERS)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A request parameter: its JSON schema, its description in both languages, and where it applies."""

    name: str
    group: Group
    schema: Mapping[str, Any]
    text_en: str
    text_zh: str
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
        "A box: west, south, east, north in degrees. West may be greater than east, across the date line.",
        "矩形范围：西、南、东、北（度）。跨越日界线时西经值可大于东经值。",
        PLACED,
    ),
    Parameter("bbox-crs", "filter", _URI, "The coordinate reference system of the box.", "矩形范围所用的坐标参考系。", PLACED),
    Parameter(
        "datetime",
        "filter",
        _TEXT,
        "An instant or an interval such as 2018-02-12, 2018/2020, ../2020 or 2018-02-12/P2D.",
        "时刻或时段，例如 2018-02-12、2018/2020、../2020 或 2018-02-12/P2D。",
    ),
    Parameter("filter", "filter", _TEXT, "A condition in CQL2.", "CQL2 过滤条件。"),
    Parameter("id", "filter", _TEXT, "Identifiers; several are or.", "标识符，多个为“或”。", repeatable=True),
    Parameter(
        "filter-lang",
        "filter",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        "The language of the filter.",
        "过滤条件的语言。",
    ),
    Parameter("filter-crs", "filter", _URI, "The coordinate reference system of the filter.", "过滤条件所用的坐标参考系。"),
    Parameter(
        "near",
        "filter",
        _TEXT,
        "A point, longitude,latitude: records within radius_km of it, nearest first, each with distance_km.",
        "一个点（经度,纬度）：返回其 radius_km 范围内的记录，由近及远，并附 distance_km。",
        POINTS,
    ),
    Parameter(
        "radius_km",
        "filter",
        _AMOUNT,
        "The radius around near in kilometres on the ellipsoid.",
        "near 的半径（椭球面，千米）。",
        POINTS,
    ),
    Parameter(
        "nearest",
        "filter",
        _TEXT,
        "A point, longitude,latitude: all records by their distance to it, each with distance_km.",
        "一个点（经度,纬度）：全部记录由近及远排列，并附 distance_km。",
        POINTS,
    ),
    Parameter(
        "within",
        "filter",
        _TEXT,
        "A polygon as WKT or GeoJSON in WGS 84; send a long one by POST to items.",
        "WKT 或 GeoJSON 多边形（WGS 84）；较长者请用 POST 提交到 items。",
        PLACED,
    ),
    Parameter(
        "certainty",
        "filter",
        {"type": "string", "enum": ["certain", "possible", "all"]},
        "With a radius or polygon: records that are surely inside as accurate as they are, perhaps inside, or either.",
        "与半径或多边形同用：按位置精度，返回必在其内、可能在其内或两者的记录。",
        POINTS,
    ),
    Parameter(
        "commodity",
        "filter",
        _TEXTS,
        "Commodities by code, label or alias in either language; several are or.",
        "矿种（代码、中英文名称或别名），多个为“或”。",
        MINERAL,
        repeatable=True,
    ),
    Parameter(
        "commodity_role",
        "filter",
        {"type": "string", "enum": ["any", "main"], "default": "any"},
        "Whether commodity applies to all commodities or to the main one.",
        "commodity 针对全部矿种还是主矿种。",
        MINERAL,
    ),
    Parameter("source", "filter", _TEXTS, "Names of sources; several are or.", "数据来源名称，多个为“或”。", repeatable=True),
    Parameter(
        "flag", "filter", _TEXTS, "Rules of quality flags; several are or.", "质量标记的规则代码，多个为“或”。", repeatable=True
    ),
    Parameter(
        "stage", "filter", _TEXTS, "Exploration stages; several are or.", "勘查阶段，多个为“或”。", ESTIMATED, repeatable=True
    ),
    Parameter(
        "status",
        "filter",
        _TEXTS,
        "Statuses of the project or of the deposit's mine; several are or.",
        "项目或矿床所属矿山的状态，多个为“或”。",
        ("deposits", "projects"),
        repeatable=True,
    ),
    Parameter(
        "estimate_category",
        "filter",
        _TEXT,
        "The class of the estimate to which the amounts apply.",
        "所查估算量的类别。",
        ESTIMATED,
    ),
    Parameter("estimate_commodity", "filter", _TEXT, "The commodity of that estimate.", "该估算量的矿种。", ESTIMATED),
    Parameter(
        "contained_t_min",
        "filter",
        _AMOUNT,
        "At least so many tonnes contained.",
        "金属量（或所含矿物量）不少于，吨。",
        ESTIMATED,
    ),
    Parameter(
        "contained_t_max",
        "filter",
        _AMOUNT,
        "At most so many tonnes contained.",
        "金属量（或所含矿物量）不多于，吨。",
        ESTIMATED,
    ),
    Parameter("grade_pct_min", "filter", _AMOUNT, "A grade of at least so many per cent.", "品位不低于，%。", ESTIMATED),
    Parameter("grade_pct_max", "filter", _AMOUNT, "A grade of at most so many per cent.", "品位不高于，%。", ESTIMATED),
    Parameter("ore_t_min", "filter", _AMOUNT, "At least so many tonnes of ore.", "矿石量不少于，吨。", ESTIMATED),
    Parameter(
        "updated_since",
        "filter",
        _TEXT,
        "Only what changed in the store since a date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z.",
        "仅返回某日期或时刻之后在库中有变化的记录，例如 2026-01-31。",
    ),
    Parameter(
        "licence",
        "filter",
        _TEXTS,
        "Only records all of whose sources are under these licences, such as CC-BY-4.0; several are or.",
        "仅返回全部来源均采用所列许可的记录，例如 CC-BY-4.0，多个为“或”。",
        repeatable=True,
    ),
    Parameter(
        "limit",
        "page",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "How many records a page holds; more than the maximum is taken for the maximum.",
        "每页记录数；超过上限时取上限。",
    ),
    Parameter(
        "after", "page", _TEXT, "Where the page begins; taken from a link to the next page.", "本页起点，取自“下一页”链接。"
    ),
    Parameter(
        "sortby",
        "page",
        # as Part 8 defines it (24-030, /req/sorting/sortby-definition)
        {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"^[+-]?[^+\-\s].*$"}},
        "Fields to sort by, each with - before it to go down.",
        "排序字段，前加 - 为降序。",
    ),
    Parameter("crs", "form", _URI, "The coordinate reference system of the response.", "结果的坐标参考系。"),
    Parameter("properties", "form", _TEXT, "The properties to return, separated by commas.", "要返回的属性，以逗号分隔。"),
    Parameter(
        "profile",
        "form",
        {"type": "string", "enum": ["full"]},
        "With full, one record comes with its estimates, phases, owners, history, flags and source rows, nested.",
        "取 full 时，单条记录附其估算量、各期、权属、勘查史、质量标记与来源行（嵌套）。",
        (),
    ),
    Parameter("columns", "file", _TEXT, "The columns of the file, parted by commas.", "文件的列，以逗号分隔。"),
    Parameter(
        "as_of",
        "moment",
        _TEXT,
        "The data as it was at a dataset version, or at a date or time.",
        "某一数据版本、日期或时刻的数据。",
    ),
    Parameter(
        "since",
        "file",
        _TEXT,
        "A version, date or time: a package of what changed after it, to bring an older file up to date.",
        "某一版本、日期或时刻：返回其后变更的数据包，用以更新较早的文件。",
    ),
    Parameter(
        "package",
        "file",
        {"type": "string", "enum": ["1"]},
        "With 1, a zip that is a Frictionless Data Package: the data with its description, licences and citation.",
        "取 1 时为 Frictionless Data Package 压缩包：数据及其描述、许可与引用。",
    ),
    Parameter("f", "general", {"type": "string", "enum": ["json", "html"]}, "The format of the response.", "结果格式。"),
    Parameter("lang", "general", {"type": "string", "enum": ["en", "zh"]}, "The language of the response.", "结果语言。"),
)
PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _LISTED}


def taken(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the names of the parameters that a collection's request takes, including its fields if it selects rows."""
    own, fields = _names(collection.name, groups)
    return (*own, *fields)


def by_value(collection: Collection, groups: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the fields that a collection's request may filter by value under their own name."""
    return _names(collection.name, groups)[1]


# every request uses it, and it is constant for each kind
@lru_cache(maxsize=64)
def _names(name: str, groups: tuple[Group, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    own = tuple(p.name for p in _LISTED if p.group in groups and (p.collections is None or name in p.collections))
    fields = (field.name for field in COLLECTIONS[name].fields if field.name not in own)
    return own, tuple(fields) if "filter" in groups else ()


def splits(field: Field) -> bool:
    """Return whether commas separate the values of a field: if they are codes, not names that may contain a comma."""
    return field.facet or field.vocabulary is not None
