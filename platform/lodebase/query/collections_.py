"""The collections and their fields: one table that queries, pages, docs and tests read."""

from dataclasses import dataclass

from sqlalchemy import Table

from lodebase.db import tables
from lodebase.errors import NoSuchThing


@dataclass(frozen=True, slots=True)
class Field:
    """One served property: its column, its titles, its JSON type and, for codes, its vocabulary."""

    name: str
    title_en: str
    title_zh: str
    type: str = "string"
    vocabulary: str | None = None


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

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(field.name for field in self.fields)


_NAMES = (
    Field("name_en", "Name in English", "英文名称"),
    Field("name_zh", "Name in Chinese", "中文名称"),
    Field("aliases", "Other names", "别名", "array"),
    Field("main_commodity", "Main commodity", "主矿种", vocabulary="commodity"),
    Field("major_commodities", "Main commodity and co-products", "主矿种及共生矿种", "array", "commodity"),
    Field("commodities", "All commodities", "全部矿种", "array", "commodity"),
    Field("commodity_group", "Commodity group", "矿种组"),
    Field("country", "Country or area", "国家和地区", vocabulary="country"),
    Field("division", "First-level division", "一级行政区", vocabulary="division"),
)
_TAIL = (
    Field("position_accuracy_m", "Accuracy of the position in metres", "位置精度(米)", "number"),
    Field("position_method", "Method of the position", "定位方法"),
    Field("as_of", "State of the information", "资料时点"),
    Field("sources", "Sources", "来源", "array"),
    Field("flags", "Quality flags", "质量标记", "array"),
    Field("note_en", "Note in English", "英文说明"),
    Field("note_zh", "Note in Chinese", "中文说明"),
)
_MODEL = (
    Field("deposit_model", "Deposit model", "矿床类型", vocabulary="deposit-model"),
    Field("deposit_model_reported", "Deposit model as reported", "矿床类型(原文)"),
    Field("deposit_form", "Form of a lithium deposit", "锂矿床产出形式", vocabulary="deposit-form"),
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
            Field("occurrence_type", "Occurrence type", "矿产地类型", vocabulary="mineral-occurrence-type"),
            *_MODEL,
            Field("host_unit", "Host unit", "容矿单元"),
            Field("age", "Age", "成矿时代"),
            Field("exploration_stage", "Exploration stage", "勘查阶段", vocabulary="exploration-stage"),
            Field("discovery_year", "Year of discovery", "发现年份", "integer"),
            Field("mine_status", "Status of its mine", "矿山状态", vocabulary="status"),
            Field("mine_status_date", "Date of the status", "状态日期"),
            Field("size_class", "Size class (DZ/T 0400-2022)", "矿床规模(DZ/T 0400-2022)", vocabulary="size-class"),
            Field("size_commodity", "Commodity of the size", "规模依据矿种", vocabulary="commodity"),
            Field("size_basis", "Basis of the size", "规模依据"),
            Field("size_basis_value_t", "Figure of the size in tonnes", "规模依据数值(吨)", "number"),
            *_TAIL,
        ),
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
            Field("activity_type", "Exploration activity", "勘查活动", vocabulary="exploration-activity-type"),
            Field("result", "Exploration result", "勘查成果", vocabulary="exploration-result"),
            Field("exploration_stage", "Exploration stage", "勘查阶段", vocabulary="exploration-stage"),
            Field("stage_reported", "Stage as reported", "勘查阶段(原文)"),
            *_MODEL,
            *_TAIL,
        ),
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
            Field("facility_types", "Facility types", "设施类型", "array", "facility-type"),
            Field("products", "Products", "产品", "array", "product"),
            Field("status", "Status, from its phases", "状态(由各期得出)", vocabulary="status"),
            Field("status_date", "Date of the status", "状态日期"),
            *_TAIL,
        ),
    ),
}


def collection(name: str) -> Collection:
    """The collection of a name. Raises NoSuchThing."""
    found = COLLECTIONS.get(name)
    if found is None:
        raise NoSuchThing(f"there is no collection {name!r}; there are {', '.join(COLLECTIONS)}")
    return found
