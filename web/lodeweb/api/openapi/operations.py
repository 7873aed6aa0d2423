"""Responses and parameters of each route of the app, for the OpenAPI document: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodebase.desk.open_pairs import STATES
from lodebase.layout.report_formats import REPORT_FORMATS as REPORTS
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.parameters.declarations import OF_FILES, OF_ITEMS, OF_ROWS, PARAMETERS, Group, Parameter
from lodebase.search import lookup
from lodebase.statistics.distribution import SCALES
from lodedata.layout.products import PRODUCTS
from lodedata.write import FORMATS
from lodeweb.api.catalogue.changes import ATOM, NDJSON
from lodeweb.api.features.catalog import OPENAPI
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.api.openapi.components import CANDIDATE
from lodeweb.http.negotiation import GEOJSON, HTML, JSON

MVT = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """The operation of a route: a sentence in both languages, the schema by media type, and its parameters."""

    text_en: str
    text_zh: str
    responses: Mapping[str, str]
    groups: tuple[Group, ...] = ("general",)
    """The groups of parameters from the table that it accepts."""
    more: tuple[str, ...] = ()
    """Names of parameters from the table that it accepts in addition."""
    less: tuple[str, ...] = ()
    """Names of parameters of those groups that it does not accept."""
    own: tuple[Parameter, ...] = ()
    """Parameters that only this operation accepts."""
    needs: tuple[str, ...] = ()
    """Names of its own parameters that are required."""
    suffix: str = ""
    """The end of the operation's name that a standard requires."""
    done: str = "200"
    """The status of success."""
    sent: bool = False
    """Whether the parameters of all groups are sent as a JSON object instead."""
    file: bool = False
    """Whether a file is sent."""
    body: Mapping[str, Any] | None = None
    """The schema of the JSON that is sent."""


def _of_json(schema: str) -> Mapping[str, str]:
    return {JSON: schema, HTML: "page"}


def _format(*names: str) -> Parameter:
    return Parameter("f", "general", {"type": "string", "enum": names}, "The format of the response.", "结果格式。")


_COUNTED = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_OF_PAIRS = (
    Parameter(
        "state",
        "general",
        {"type": "string", "enum": list(STATES)},
        "Which pairs; those that wait.",
        "哪些记录对；默认为待判定者。",
    ),
    Parameter("limit", "general", _COUNTED, "How many at most.", "最多返回多少。"),
    Parameter("offset", "general", _COUNTED, "How many to leave out.", "跳过多少。"),
)
_OF = Parameter(
    "of",
    "filter",
    {"type": "string"},
    "The commodity whose figures are told; without it the one that most estimates give.",
    "所述数值的矿种；不给出时取估算量最多的矿种。",
)
_TEXT = {"type": "string"}
_FORMS = _format("json", "html", *REPORTS)
_VERSION = Parameter(
    "version",
    "general",
    {"type": "integer", "minimum": 1},
    "A version of the data; the last one when not given.",
    "数据版本，默认最新。",
)
_REPORT = {JSON: "object", HTML: "page", **{form.media_type: "file" for form in REPORTS.values()}, GEOJSON: "object"}
_ON_DAYS = Parameter(
    "on",
    "filter",
    _TEXT,
    "Days, parted by commas; 2006, 2014, 2019 and 2026 when not given.",
    "日期，以逗号分隔；默认 2006、2014、2019 与 2026 年。",
)
_PRODUCT = Parameter("product", "filter", {"type": "string", "enum": list(PRODUCTS)}, "The product.", "产品。")
_AREA = (
    Parameter("country", "filter", _TEXT, "ISO 3166-1 alpha-3 code; CHN when not given.", "国家代码，默认 CHN。"),
    Parameter("within", "filter", _TEXT, "A polygon as WKT in place of the country.", "以 WKT 多边形代替国家。"),
)
_COLLECTION_OF_REPORTS = Parameter(
    "collection",
    "filter",
    _TEXT,
    "The collection of reports to save it to; a new one when not given.",
    "存入的报告集，默认新建。",
)
_NOTE = Parameter("note", "filter", {"type": "string", "maxLength": 200}, "A note of one's own.", "自己的备注。")
_WITH = Parameter(
    "with", "filter", _TEXT, "The number of another report of the group, or now.", "同一报告集中另一份报告的编号，或 now。"
)
FEATURES = {GEOJSON: "features", HTML: "page"}
OPERATIONS: Mapping[str, ApiOperation] = {
    "catalog.landing": ApiOperation("What there is", "入口", _of_json("landing")),
    "catalog.conformance": ApiOperation("The conformance classes that are implemented", "符合性类", _of_json("conformance")),
    "catalog.collections": ApiOperation("The collections", "数据集列表", _of_json("collections")),
    "catalog.one": ApiOperation(
        "The collection: extent, coordinate systems, links", "数据集：范围、坐标系与链接", _of_json("collection")
    ),
    "catalog.sources": ApiOperation("The sources with their licences", "来源与许可", _of_json("object")),
    "catalog.record": ApiOperation("A row of a source as it came", "来源中的原始记录", _of_json("object")),
    "catalog.vocabularies": ApiOperation("The vocabularies", "词表列表", _of_json("object")),
    "catalog.vocabulary": ApiOperation("The terms of a vocabulary", "词表中的术语", _of_json("object")),
    "schemas.queryables": ApiOperation("Filterable properties", "可查询属性", {SCHEMA: "schema", HTML: "page"}),
    "schemas.schema": ApiOperation("Properties", "属性", {SCHEMA: "schema", HTML: "page"}),
    "schemas.feature": ApiOperation("What a feature looks like", "要素的结构", {SCHEMA: "schema", HTML: "page"}),
    "schemas.sortables": ApiOperation("Sortable properties", "可排序属性", {SCHEMA: "schema", HTML: "page"}),
    "items.items": ApiOperation("The records that match, a page at a time", "符合条件的记录（分页）", FEATURES, OF_ITEMS),
    "items.by_post": ApiOperation(
        "The same, asked by a JSON object of the parameters", "同上，参数以 JSON 对象提交", FEATURES, (), sent=True
    ),
    "items.one": ApiOperation("One record", "一条记录", {GEOJSON: "feature", HTML: "page"}, more=("crs", "profile", "as_of")),
    "downloads.download": ApiOperation(
        "Everything that matches, as a file",
        "全部符合条件的记录（文件）",
        {form.media_type: "object" if form.media_type == GEOJSON else "file" for form in FORMATS.values()},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
    ),
    "datasets.catalogue": ApiOperation(
        "The data sets, in DCAT 3 as JSON-LD", "数据集目录（DCAT 3，JSON-LD）", {"application/ld+json": "object", HTML: "page"}
    ),
    "datasets.records": ApiOperation("The data sets as records", "数据集目录（OGC API Records）", {GEOJSON: "object"}),
    "datasets.record": ApiOperation("One data set as a record", "一个数据集的记录（OGC API Records）", {GEOJSON: "object"}),
    "datasets.versions": ApiOperation("The versions of the data", "数据的各个版本", {JSON: "object"}),
    "changes.changes": ApiOperation(
        "What was added, changed, merged and withdrawn after a version, with old and new values",
        "某版本之后新增、变更、并入与撤下的记录，附各字段的旧值与新值",
        {NDJSON: "page", HTML: "page", ATOM: "page"},
        own=(
            Parameter(
                "since",
                "moment",
                {"type": "string"},
                "The version, or the date or time, after which changes are told.",
                "起始版本，或日期、时刻；返回其后的变更。",
            ),
            Parameter(
                "until",
                "moment",
                {"type": "string"},
                "The version, date or time up to which; without it the last version.",
                "截止版本，或日期、时刻；不给出时为最新版本。",
            ),
            Parameter(
                "collection",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(COLLECTIONS)}},
                "The collections; all without any. Of one, its filters can be asked too.",
                "集合；不给出时为全部。只取一个集合时，可同时使用该集合的筛选条件。",
            ),
            Parameter("limit", "page", PARAMETERS["limit"].schema, "How many changes.", "变更条数。"),
            Parameter(
                "after",
                "page",
                {"type": "string"},
                "Where the page begins; taken from a link to the next page.",
                "本页起点，取自“下一页”链接。",
            ),
            _format("ndjson", "html", "atom"),
        ),
        less=("f",),
    ),
    "datasets.datacite": ApiOperation("One data set as DataCite has it", "一个数据集的 DataCite 元数据", {JSON: "object"}),
    "facets.of_collection": ApiOperation(
        "How many of the matching records have each value of a field",
        "符合条件的记录按字段取值的计数",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _format("json", "html"),
            Parameter(
                "facets",
                "filter",
                {"type": "string"},
                "The fields to count by, parted by commas.",
                "要计数的字段，以逗号分隔。",
            ),
            Parameter(
                "facet_limit",
                "filter",
                {"type": "integer", "minimum": 1},
                "How many values of each.",
                "每个字段返回的取值个数。",
            ),
        ),
    ),
    "charts.grade_tonnage": ApiOperation(
        "Grade against tonnage, each record by its largest single estimate that has both",
        "品位与矿石量：每条记录取同时具有两者的最大单项估算量",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"), _OF),
    ),
    "charts.contained": ApiOperation(
        "Contained metal by class, each class for itself",
        "按类别的金属量，各类别分别列出",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"), _OF),
    ),
    "charts.distributed": ApiOperation(
        "How many records have a figure in each step of a scale",
        "按数值区间统计记录数",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _format("json", "html"),
            Parameter(
                "figure",
                "filter",
                {"type": "string", "enum": list(SCALES)},
                "What records are counted by.",
                "统计所依据的数值。",
            ),
        ),
        needs=("figure",),
    ),
    "search.suggestions": ApiOperation(
        "Records, zones and terms by any of their names, best first",
        "按任一名称查找记录、区域与术语，最相符者在前",
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            Parameter(
                "q",
                "filter",
                {"type": "string", "minLength": 1, "maxLength": lookup.LONGEST},
                "A name or the beginning of one, in English, Chinese or pinyin.",
                "名称或其开头：英文、中文或拼音。",
            ),
            Parameter(
                "limit",
                "page",
                {"type": "integer", "minimum": 1, "maximum": lookup.MOST, "default": lookup.DEFAULT},
                "How many suggestions.",
                "建议条数。",
            ),
            Parameter(
                "kind",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(lookup.KINDS)}},
                "The kinds to find.",
                "要查找的类别。",
            ),
        ),
        needs=("q",),
    ),
    "layout_pairs.of_product": ApiOperation(
        "Pairs and clusters of sites of one product, provinces ranked, and H3 cells; as GeoJSON the map's layers",
        "同一产品地点的成对与聚集、各省排序及 H3 网格；GeoJSON 为地图图层",
        {JSON: "object", HTML: "page", GEOJSON: "object"},
        less=("f",),
        own=(
            _format("json", "geojson", "html"),
            _VERSION,
            _PRODUCT,
            Parameter(
                "within_km",
                "filter",
                {"type": "number", "minimum": 1, "maximum": 500},
                "The largest distance of a pair, in km.",
                "成对项目的最大距离（千米）。",
            ),
            *_AREA,
            Parameter(
                "resolution",
                "filter",
                {"type": "integer", "minimum": 0, "maximum": 5},
                "The resolution of the H3 grid.",
                "H3 网格级别。",
            ),
        ),
        needs=("product",),
    ),
    "layout_siting.of_product": ApiOperation(
        "The number of rules that a plant would meet, not meet or lack data for in each H3 cell: counts, never a verdict",
        "各 H3 网格中拟建项目符合、不符合与数据不足的条款数：仅为计数，不是批准或否决",
        {JSON: "object", HTML: "page", GEOJSON: "object"},
        less=("f",),
        own=(
            _format("json", "geojson", "html"),
            _VERSION,
            _PRODUCT,
            Parameter(
                "capacity_tpa",
                "filter",
                {"type": "number", "minimum": 0},
                "Tonnes a year; the median of those that operate in the area when not given.",
                "产能（吨/年），默认取区域内在产项目的中位数。",
            ),
            *_AREA,
            Parameter(
                "resolution",
                "filter",
                {"type": "integer", "minimum": 0, "maximum": 5},
                "The resolution of the H3 grid; up to 1,500 cells.",
                "H3 网格级别，最多 1500 格。",
            ),
            Parameter(
                "on", "filter", {"type": "string", "format": "date"}, "The day; today when not given.", "日期，默认今天。"
            ),
        ),
        needs=("product",),
    ),
    "layout_rules.rules": ApiOperation(
        "The rules of the layout check, each with its standing on a day",
        "布局检查的规则及其在某日的效力",
        _of_json("object"),
        own=(
            Parameter(
                "on", "filter", {"type": "string", "format": "date"}, "The day; today when not given.", "日期，默认今天。"
            ),
            Parameter(
                "product", "filter", {"type": "string", "enum": list(PRODUCTS)}, "Rules of one product.", "某一产品的规则。"
            ),
        ),
    ),
    "layout_check.check": ApiOperation(
        "The report on the planned plant of the address: findings with rule, figure and source, never an approval",
        "地址所载拟建项目的布局检查报告：逐条列出条款、数值与出处，不作批准与否的判断",
        _REPORT,
        less=("f",),
        own=(
            _FORMS,
            _VERSION,
            Parameter("candidate", "filter", _TEXT, "A GeoJSON Feature as JSON.", "GeoJSON Feature（JSON）。"),
        ),
        needs=("candidate",),
    ),
    "layout_check.post": ApiOperation(
        "The report on each planned plant that is sent, as a Feature or a FeatureCollection of up to 20",
        "所提交的每个拟建项目的布局检查报告（Feature 或不超过 20 个要素的 FeatureCollection）",
        _REPORT,
        less=("f",),
        own=(_FORMS, _VERSION),
        body=CANDIDATE,
    ),
    "layout_check.of_days": ApiOperation(
        "The findings of rules on a planned plant under the rules of several days",
        "同一拟建项目在不同日期条款下的对照结果",
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            _VERSION,
            _ON_DAYS,
            Parameter("candidate", "filter", _TEXT, "A GeoJSON Feature as JSON.", "GeoJSON Feature（JSON）。"),
        ),
        needs=("candidate",),
    ),
    "layout_saved_reports.save_from_api": ApiOperation(
        "Save the report on the planned plant that is sent, under an address that nobody can guess",
        "保存所提交拟建项目的布局检查报告；其地址无法猜测",
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), _VERSION, _COLLECTION_OF_REPORTS, _NOTE),
        body=CANDIDATE,
        done="201",
    ),
    "layout_saved_reports.collection_data": ApiOperation(
        "The saved reports of a collection", "一个报告集中保存的报告", _of_json("object")
    ),
    "layout_saved_reports.one_data": ApiOperation(
        "A saved report, unchanged", "保存时的报告原样", _REPORT, less=("f",), own=(_FORMS,)
    ),
    "layout_saved_reports.compare_data": ApiOperation(
        "The differences between a saved report and another one, or today",
        "一份保存的报告与另一份或与今日结果的差异",
        _of_json("object"),
        own=(_WITH,),
    ),
    "areas.read": ApiOperation(
        "The area of the polygons in a text or file that is sent, for within",
        "读取所提交文本或文件中的多边形，返回可用于 within 的范围",
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            Parameter("name", "filter", {"type": "string"}, "The file's name.", "文件名。"),
        ),
        file=True,
    ),
    "tiles.grids": ApiOperation(
        "The grids that tiles lie in", "瓦片矩阵集列表", _of_json("object"), less=("f",), own=(_format("json", "html"),)
    ),
    "tiles.grid": ApiOperation(
        "The web-mercator grid", "Web 墨卡托瓦片矩阵集", _of_json("object"), less=("f",), own=(_format("json", "html"),)
    ),
    "tiles.tilesets": ApiOperation(
        "The tilesets",
        "瓦片集列表",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"),),
        suffix=".collection.vector.getTileSetsList",
    ),
    "tiles.tileset": ApiOperation(
        "The tileset, or as TileJSON",
        "瓦片集（可取 TileJSON）",
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "tilejson", "html"),),
        suffix=".collection.vector.getTileSet",
    ),
    "tiles.tile": ApiOperation(
        "A vector tile",
        "矢量瓦片",
        {MVT: "tile"},
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("mvt"),),
        suffix=".collection.vector.getTile",
    ),
    "quality.data": ApiOperation(
        "The quality of the data: filling, flags, ageing, conflicts, reports, the resolution",
        "数据质量：填充率、标记、状态时效、来源冲突、错误报告与归并",
        _of_json("object"),
    ),
    "quality.pairs": ApiOperation(
        "The pairs of source rows behind the figures of the resolution: waiting, judged or labelled",
        "归并数字背后的来源记录对：待判定、已判定或已标注",
        _of_json("object"),
        own=_OF_PAIRS,
    ),
    "openapi.description": ApiOperation("This description", "本描述", {OPENAPI: "object"}),
    "openapi.docs": ApiOperation("A page to try the API", "接口试用页", {HTML: "page"}),
}
"""The operations by endpoint; one that is missing here is described by the docstring of its view."""
