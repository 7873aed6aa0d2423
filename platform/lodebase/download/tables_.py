"""The tables of files: a collection's own fields, and what belongs to its records, each with titles in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodebase.query.collections_ import Collection
from lodedata.write import Column, Reference, Table

ID = Column("id", "Identifier", "标识符")
LICENSED = "sources"
"""The field that every file has, so that each row tells what it rests on."""
TOLD = {
    "distance_km": Column("distance_km", "Distance in kilometres", "距离(千米)", "number", unit="km"),
    "certainty": Column("certainty", "Certainty of being inside", "位于范围内的确定性"),
}
"""What a question about a place tells of each record."""
OWNERS = {"deposits": "deposit_id", "discoveries": "discovery_id", "projects": "project_id"}


def _n(name: str, en: str, zh: str, unit: str | None = None) -> Column:
    return Column(name, en, zh, "number", unit=unit)


_SOURCE = (
    Column("source", "Source", "来源"),
    Column("source_row", "Row of the source", "来源行"),
    Column("citation", "Citation", "引文"),
)
_ESTIMATES = (
    Column("category", "Class", "类别"),
    Column("category_reported", "Class as reported", "类别(原文)"),
    Column("kind", "Kind: resource, reserve or endowment", "性质：资源量、储量或资源总量"),
    Column("combined", "Several classes in one figure", "多个类别合计", "boolean"),
    Column("code", "Reporting code", "报告规范"),
    Column("effective_date", "Effective date", "基准日期"),
    _n("ore_reported", "Ore as reported", "矿石量(原文)"),
    Column("ore_unit", "Unit of the ore", "矿石量单位"),
    _n("ore_t", "Ore in tonnes", "矿石量(吨)", "t"),
    Column("cut_off", "Cut-off", "边界品位"),
    Column("includes_reserves", "Resources include reserves", "资源量含储量", "boolean"),
    Column("competent_person", "Competent person", "合资格人"),
    Column("zone", "Part of the deposit", "矿床部位"),
    *_SOURCE,
)
_MEASURES = (
    Column("commodity", "Commodity", "矿种", vocabulary="commodity"),
    _n("grade_reported", "Grade as reported", "品位(原文)"),
    Column("grade_unit", "Unit of the grade", "品位单位"),
    Column("grade_basis", "Substance of the grade", "品位所指物质"),
    _n("grade_pct", "Grade in per cent", "品位(%)", "%"),
    _n("contained_reported", "Contained amount as reported", "所含量(原文)"),
    Column("contained_unit", "Unit of the contained amount", "所含量单位"),
    Column("contained_basis", "Substance of the contained amount", "所含量所指物质"),
    _n("contained_t", "Contained metal in tonnes", "所含金属量(吨)", "t"),
)
_ACTIVITIES = (
    Column("reported", "Activity as reported", "勘查活动(原文)"),
    Column("detail", "Detail", "详情"),
    Column("start_date", "From", "开始时间"),
    Column("end_date", "To", "结束时间"),
    *_SOURCE,
)
_PHASES = (
    Column("name", "Name", "名称"),
    Column("phase_type", "Kind of phase", "分期类型"),
    Column("product", "Product", "产品", vocabulary="product"),
    Column("product_reported", "Product as reported", "产品(原文)"),
    _n("capacity_reported", "Capacity as reported", "产能(原文)"),
    Column("capacity_unit", "Unit of the capacity", "产能单位"),
    Column("capacity_basis", "Substance of the capacity", "产能所指物质"),
    _n("capacity_tpa", "Capacity in tonnes a year", "产能(吨/年)", "t/a"),
    Column("status", "Status", "状态", vocabulary="status"),
    Column("status_reported", "Status as reported", "状态(原文)"),
    Column("status_date", "Date of the status", "状态日期", "date"),
    Column("status_source", "Source of the status", "状态来源"),
    Column("status_inferred", "Status was inferred", "状态系推断", "boolean"),
    Column("start_date", "From", "开始时间"),
    Column("end_date", "To", "结束时间"),
    Column("feedstock", "Feedstock", "原料", "array"),
    Column("technology", "Technology", "工艺"),
    _n("energy_kgce_per_t", "Energy in kgce per tonne", "能耗(千克标准煤/吨)"),
    Column("note", "Note", "说明"),
    *_SOURCE,
)
_OWNERS = (
    Column("name_en", "Name in English", "英文名称"),
    Column("name_zh", "Name in Chinese", "中文名称"),
    _n("share_pct", "Share in per cent", "持股比例(%)", "%"),
    Column("role", "Role", "角色"),
    Column("uscc", "Unified social credit code", "统一社会信用代码"),
    Column("information_date", "State of the information", "资料时点"),
    *_SOURCE,
)
_FLAGS = (
    Column("ordinal", "Number", "序号", "integer"),
    Column("rule", "Rule", "规则"),
    Column("column_name", "Field", "字段"),
    Column("value", "Value", "取值"),
    Column("sentence_en", "Sentence in English", "英文说明"),
    Column("sentence_zh", "Sentence in Chinese", "中文说明"),
)
SOURCES = Table(
    "sources",
    "Sources",
    "来源",
    (
        Column("name", "Name", "名称"),
        Column("title_en", "Title in English", "英文标题"),
        Column("title_zh", "Title in Chinese", "中文标题"),
        Column("publisher", "Publisher", "发布者"),
        Column("licence", "Licence", "许可"),
        Column("licence_name", "Name of the licence", "许可名称"),
        Column("licence_url", "Terms of the licence", "许可条款"),
        Column("attribution", "Attribution", "署名"),
        Column("citation", "Citation", "引文"),
        Column("version", "Version", "版本"),
        Column("as_of", "State of the information", "资料时点"),
        Column("homepage", "Homepage", "网址"),
    ),
    key=("name",),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows that belong to records: the table of the store, the column that names the record, and what tells rows apart."""

    name: str
    title_en: str
    title_zh: str
    stored: str
    owner: str
    columns: tuple[Column, ...]
    keyed: bool = True
    through: str | None = None
    """The table that stands between, for what belongs to an estimate."""


_MEASURED = Relation(
    *("measures", "Grades and amounts", "品位与所含量", "estimate_measure", "estimate_id", _MEASURES), False, "estimate"
)
RELATIONS: Mapping[str, tuple[Relation, ...]] = {
    "deposits": (
        Relation("estimates", "Estimates", "资源储量估算", "estimate", "deposit_id", _ESTIMATES),
        _MEASURED,
        Relation("activities", "Exploration history", "勘查史", "exploration_activity", "deposit_id", _ACTIVITIES),
        Relation("flags", "Quality flags", "质量标记", "flag", "record_id", _FLAGS, False),
    ),
    "discoveries": (
        Relation("estimates", "Estimates", "资源储量估算", "estimate", "discovery_id", _ESTIMATES),
        _MEASURED,
        Relation("flags", "Quality flags", "质量标记", "flag", "record_id", _FLAGS, False),
    ),
    "projects": (
        Relation("phases", "Phases", "各期", "phase", "project_id", _PHASES),
        Relation("owners", "Owners and operators", "权属与运营", "owner", "project_id", _OWNERS),
        Relation("flags", "Quality flags", "质量标记", "flag", "record_id", _FLAGS, False),
    ),
    "zones": (),
}
"""By collection, in the order of a file."""


def main(asked: Collection, wanted: tuple[str, ...] | None, told: tuple[str, ...] = ()) -> Table:
    """The table of the records: id, the wanted fields (all without any), their sources, what a question tells beside."""
    names = [name for name in asked.field_names if wanted is None or name in wanted or name == LICENSED]
    columns = [ID]
    for name in names:
        field = asked.field(name)
        assert field is not None
        columns.append(Column(name, field.title_en, field.title_zh, field.type, field.vocabulary, field.unit))
    columns += [TOLD[name] for name in told]
    geometry = "point" if asked.points else "multipolygon"
    return Table(asked.name, asked.title_en, asked.title_zh, tuple(columns), ("id",), (), geometry)  # type: ignore[arg-type]


def related(asked: Collection, relation: Relation) -> Table:
    """The table of a relation: its key, the record that it belongs to, its columns."""
    parent = "estimates" if relation.through is not None else asked.name
    owner = Column(relation.owner, f"Identifier of the {_one(parent)[0]}", f"{_one(parent)[1]}标识符")
    columns = (*((ID,) if relation.keyed else ()), owner, *relation.columns)
    references = [Reference(relation.owner, parent, "id")]
    key: tuple[str, ...] = ("id",)
    if not relation.keyed:
        key = (relation.owner, "ordinal" if relation.name == "flags" else "commodity")
    if any(column.name == "source" for column in columns):
        references.append(Reference("source", SOURCES.name, "name"))
    return Table(relation.name, relation.title_en, relation.title_zh, columns, key, tuple(references))


def origins(asked: Collection) -> Table:
    """Which record rests on which source."""
    columns = (
        Column("record_id", f"Identifier of the {_one(asked.name)[0]}", f"{_one(asked.name)[1]}标识符"),
        Column("source", "Source", "来源"),
    )
    references = (Reference("record_id", asked.name, "id"), Reference("source", SOURCES.name, "name"))
    return Table("record_sources", "Sources of records", "记录的来源", columns, ("record_id", "source"), references)


def _one(name: str) -> tuple[str, str]:
    return {
        "deposits": ("deposit", "矿床"),
        "discoveries": ("discovery", "勘查发现"),
        "projects": ("project", "项目"),
        "zones": ("zone", "区域"),
        "estimates": ("estimate", "估算"),
    }[name]
