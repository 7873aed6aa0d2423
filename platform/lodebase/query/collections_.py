"""The collections and their fields: one table that queries, pages, docs and tests read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from lodebase.db import tables
from lodebase.errors import NoSuchThing


@dataclass(frozen=True, slots=True)
class Field:
    """One served property: its column's name, its titles, its JSON type, for codes its vocabulary, for figures its unit.

    Every one can be filtered by. ``type`` is string, number, integer, array (of strings) or date; a partial date such
    as 2019 or 2019-05 is a string.
    """

    name: str
    title_en: str
    title_zh: str
    type: str = "string"
    vocabulary: str | None = None
    unit: str | None = None
    facet: bool = False

    @property
    def sortable(self) -> bool:
        """Whether pages can be ordered by it."""
        return self.type != "array"


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection: its table, titles and fields."""

    name: str
    table: Table
    title_en: str
    title_zh: str
    description_en: str
    description_zh: str
    fields: tuple[Field, ...]
    date_field: str | None = None
    """The field that ``datetime`` asks of: a date or a partial date."""
    points: bool = True
    """Whether its geometries are points, kept along a curve; else polygons."""
    _named: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the fields by their names."""
        object.__setattr__(self, "_named", {one.name: one for one in self.fields})

    def field(self, name: str) -> Field | None:
        """The field of a name."""
        return self._named.get(name)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(self._named)


_NAMES = (
    Field("name_en", "Name in English", "英文名称"),
    Field("name_zh", "Name in Chinese", "中文名称"),
    Field("aliases", "Other names", "别名", "array"),
    Field("main_commodity", "Main commodity", "主矿种", vocabulary="commodity", facet=True),
    Field("major_commodities", "Main commodity and co-products", "主矿种及共生矿种", "array", "commodity"),
    Field("commodities", "All commodities", "全部矿种", "array", "commodity", facet=True),
    Field("commodity_group", "Commodity group", "矿种组", facet=True),
    Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True),
    Field("division", "First-level division", "一级行政区", vocabulary="division", facet=True),
)
_TAIL = (
    Field("position_accuracy_m", "Accuracy of the position in metres", "位置精度(米)", "number", unit="m"),
    Field("position_method", "Method of the position", "定位方法"),
    Field("information_date", "State of the information", "资料时点"),
    Field("sources", "Sources", "来源", "array", facet=True),
    Field("flags", "Quality flags", "质量标记", "array", facet=True),
    Field("note_en", "Note in English", "英文说明"),
    Field("note_zh", "Note in Chinese", "中文说明"),
)
_MODEL = (
    Field("deposit_model", "Deposit model", "矿床类型", vocabulary="deposit-model", facet=True),
    Field("deposit_model_reported", "Deposit model as reported", "矿床类型(原文)"),
    Field("deposit_form", "Form of a lithium deposit", "锂矿床产出形式", vocabulary="deposit-form", facet=True),
)

COLLECTIONS: dict[str, Collection] = {
    "deposits": Collection(
        "deposits",
        tables.deposit,
        "Deposits",
        "矿床",
        "Mineral deposits, occurrences and prospects in the ground.",
        "地下的矿床、矿点与矿化点。",
        (
            *_NAMES,
            Field("occurrence_type", "Occurrence type", "矿产地类型", vocabulary="mineral-occurrence-type", facet=True),
            *_MODEL,
            Field("host_unit", "Host unit", "容矿单元"),
            Field("age", "Age", "成矿时代"),
            Field("exploration_stage", "Exploration stage", "勘查阶段", vocabulary="exploration-stage", facet=True),
            Field("discovery_year", "Year of discovery", "发现年份", "integer"),
            Field("mine_status", "Status of its mine", "矿山状态", vocabulary="status", facet=True),
            Field("mine_status_date", "Date of the status", "状态日期", "date"),
            Field("size_class", "Size class (DZ/T 0400-2022)", "矿床规模(DZ/T 0400-2022)", vocabulary="size-class", facet=True),
            Field("size_commodity", "Commodity of the size", "规模依据矿种", vocabulary="commodity"),
            Field("size_basis", "Basis of the size", "规模依据"),
            Field("size_basis_value_t", "Figure of the size in tonnes", "规模依据数值(吨)", "number", unit="t"),
            *_TAIL,
        ),
        date_field="information_date",
    ),
    "discoveries": Collection(
        "discoveries",
        tables.discovery,
        "Discoveries",
        "勘查发现",
        "Results of exploration: prospects and events with stage and result.",
        "勘查成果：附阶段与成果的矿点和勘查事件。",
        (
            *_NAMES,
            Field("discovery_date", "Date of discovery", "发现时间"),
            Field("announced_by", "Announced by", "公布单位"),
            Field("activity_type", "Exploration activity", "勘查活动", vocabulary="exploration-activity-type", facet=True),
            Field("result", "Exploration result", "勘查成果", vocabulary="exploration-result", facet=True),
            Field("exploration_stage", "Exploration stage", "勘查阶段", vocabulary="exploration-stage", facet=True),
            Field("stage_reported", "Stage as reported", "勘查阶段(原文)"),
            *_MODEL,
            *_TAIL,
        ),
        date_field="discovery_date",
    ),
    "projects": Collection(
        "projects",
        tables.project,
        "Projects",
        "项目",
        "Sites people build and run: mines, concentrators, smelters, refineries, lithium plants, recycling bases.",
        "建设和运营的场所：矿山、选矿厂、冶炼厂、精炼厂、锂盐厂、回收基地。",
        (
            *_NAMES,
            Field("facility_types", "Facility types", "设施类型", "array", "facility-type", facet=True),
            Field("products", "Products", "产品", "array", "product", facet=True),
            Field("status", "Status, from its phases", "状态(由各期得出)", vocabulary="status", facet=True),
            Field("status_date", "Date of the status", "状态日期", "date"),
            *_TAIL,
        ),
        date_field="status_date",
    ),
    "zones": Collection(
        "zones",
        tables.zone,
        "Zones",
        "区域",
        "Polygons with a meaning for planning: countries, first-level divisions, key regions, protected areas.",
        "对规划有意义的区域：国家和地区、一级行政区、重点区域、保护地。",
        (
            Field("zone_kind", "Kind of zone", "区域类别", facet=True),
            Field("code", "Code", "代码"),
            Field("name_en", "Name in English", "英文名称"),
            Field("name_zh", "Name in Chinese", "中文名称"),
            Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True),
            Field("parent", "Code of the zone it lies in", "上级区域代码"),
            Field("accuracy_m", "Accuracy of the outline in metres", "边界精度(米)", "number", unit="m"),
            Field("valid_from", "Valid from", "生效日期"),
            Field("valid_to", "Valid to", "失效日期"),
            Field("sources", "Sources", "来源", "array", facet=True),
            Field("flags", "Quality flags", "质量标记", "array", facet=True),
            Field("note_en", "Note in English", "英文说明"),
            Field("note_zh", "Note in Chinese", "中文说明"),
        ),
        date_field="valid_from",
        points=False,
    ),
}


def collection(name: str) -> Collection:
    """The collection of a name. Raises NoSuchThing."""
    found = COLLECTIONS.get(name)
    if found is None:
        raise NoSuchThing(f"there is no collection {name!r}; there are {', '.join(COLLECTIONS)}")
    return found
