"""Fields and child tables that several kinds have."""

from dataclasses import replace

from lodedata.kinds.model import ChildTable, ChoiceRule, Field, Reference

AGREED = ("present", "agreement", "rank")
LATEST = ("present", "recency", "rank")
RANKED = ("present", "rank")
METAL = ("present", "ground", "host", "agreement", "output", "rank")

NAMES = (
    Field("name_en", "Name (English)", "英文名称", tile=True, proposed=True, choice=RANKED),
    Field("name_zh", "Name (Chinese)", "中文名称", tile=True, proposed=True, choice=RANKED),
)
POINT_FIELDS = (
    *NAMES,
    Field("aliases", "Other names", "别名", "array", required=True, default="{}", optional=True),
    Field(
        "main_commodity",
        "Main commodity",
        "主矿种",
        vocabulary="commodity",
        facet=True,
        required=True,
        tile=True,
        chart=True,
        imported=False,
    ),
    Field(
        "main_commodity_ground",
        "Reason for the main commodity",
        "主矿种依据",
        vocabulary="main-commodity-ground",
        optional=True,
        imported=False,
    ),
    Field(
        "major_commodities",
        "Main commodity and co-products",
        "主矿种及共生矿种",
        "array",
        "commodity",
        required=True,
        imported=False,
    ),
    Field("commodities", "All commodities", "全部矿种", "array", "commodity", facet=True, required=True),
    Field(
        "commodity_group",
        "Commodity group",
        "矿种组",
        "string",
        "commodity-group",
        facet=True,
        required=True,
        tile=True,
        imported=False,
    ),
    Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True, tile=True, chart=True, proposed=True),
    Field("division", "First-level division", "一级行政区", vocabulary="division", facet=True, proposed=True),
)
"""Names, commodities and place of a point, in the order of pages and downloads."""
TAIL_FIELDS = (
    Field(
        "position_accuracy_m",
        "Accuracy of the position in metres",
        "位置精度(米)",
        "number",
        unit="m",
        tile=True,
        proposed=True,
        imported=False,
    ),
    Field("position_method", "Position method", "定位方法", imported=False),
    Field(
        "position_doubtful",
        "Position doubtful",
        "位置存疑",
        "boolean",
        tile=True,
        optional=True,
        imported=False,
    ),
    Field("information_date", "Data as of", "资料时点", partial_date=True, choice=LATEST),
    Field("sources", "Sources", "来源", "array", facet=True, required=True, imported=False),
    Field(
        "flags", "Quality flags", "质量标记", "array", facet=True, required=True, default="{}", optional=True, imported=False
    ),
    Field("note_en", "Note (English)", "英文说明", optional=True, proposed=True, choice=RANKED),
    Field("note_zh", "Note (Chinese)", "中文说明", optional=True, proposed=True, choice=RANKED),
)
FIGURES_REPORTED = Field(
    "figures_reported",
    "Figures as reported",
    "数值(原文)",
    "array",
    optional=True,
    imported=False,
)
"""The figures in another unit or with a sign, as their source has them: ``mass_t: 12.5 Mt``, ``mass_t: 约500``."""
STORED_FIELDS = (
    Field("coord_original", "Coordinates as reported", "坐标(原文)", served=False, imported=False),
    Field("coord_crs", "Coordinate system as reported", "坐标系(原文)", served=False, imported=False),
    Field("country_reported", "Country as reported", "国家(原文)", served=False, imported=False),
    Field("division_reported", "Division as reported", "行政区(原文)", served=False, imported=False),
    Field("access_level", "Access level", "公开程度", served=False, required=True, default="public", imported=False),
    replace(FIGURES_REPORTED, served=False),
)
"""Stored fields of a point that are not properties of features."""
OF_PROJECT = Reference("project", "project", source_field="project_source")
"""The project that a row is about, by its key in a source."""
IDENTITY = Field("id", "Identifier", "标识符")
"""The id of a feature, which filters and files have although it is not a property."""
POSITION_FIELDS = tuple(
    replace(field, proposed=False)
    for field in (*TAIL_FIELDS, *STORED_FIELDS)
    if field.name in ("position_accuracy_m", "position_method", "coord_original", "coord_crs")
)
"""Fields of a position, which every kind with points has."""
ORIGIN_FIELDS = tuple(field for field in TAIL_FIELDS if field.name in ("sources", "flags"))
"""Fields of every kind: the sources of a record, and its quality flags."""
CNY = "{CNY}"
TEN_THOUSAND_CNY = "10*4.{CNY}"
"""Units of money in the notation of UCUM, which has no currencies."""
DEPOSIT_MODEL = (
    Field(
        "deposit_model",
        "Deposit model",
        "矿床类型",
        vocabulary="deposit-model",
        facet=True,
        chart=True,
        proposed=True,
        imported=False,
    ),
    Field("deposit_model_reported", "Deposit model as reported", "矿床类型(原文)", imported=False),
    Field(
        "deposit_form", "Lithium deposit form", "锂矿类型(固体型/卤水型)", vocabulary="deposit-form", facet=True, optional=True
    ),
)
EXPLORATION_STAGE = Field(
    "exploration_stage", "Exploration stage", "勘查阶段", vocabulary="exploration-stage", facet=True, proposed=True
)
POINT_RULES = (
    ChoiceRule(
        ("geom", "position_accuracy_m", "position_method", "coord_original", "coord_crs", "access_level"),
        ("undoubted", "area", "agreement", "accuracy", *LATEST),
    ),
    ChoiceRule(("country", "country_reported"), ("undoubted", *AGREED), same_source_as="geom"),
    ChoiceRule(("division", "division_reported"), AGREED, within="country", same_source_as="geom"),
    ChoiceRule(("main_commodity", "commodity_group", "main_commodity_ground"), METAL),
)
MODEL_RULE = ChoiceRule(("deposit_model", "deposit_model_reported"))
UNION_FIELDS = ("commodities", "major_commodities", "sources", "figures_reported")


def build_status_fields(prefix: str = "", served: bool = True) -> tuple[Field, ...]:
    """Return the fields of a status with its date, its source and whether it was inferred."""
    return (
        Field(f"{prefix}status_reported", "Status as reported", "状态(原文)", served=served),
        Field(f"{prefix}status_date_precision", "Status date precision", "状态日期精度", served=False),
        Field(f"{prefix}status_source", "Status source", "状态来源", served=served),
        Field(f"{prefix}status_inferred", "Status inferred", "状态系推断", "boolean", served=served),
    )


def build_quantity_field(
    name: str, title_en: str, title_zh: str, unit: str | None = None, tile: bool = False, optional: bool = False
) -> Field:
    """Return the field of a figure."""
    return Field(name, title_en, title_zh, "number", unit=unit, tile=tile, optional=optional)


def sign(name: str, title_en: str, title_zh: str) -> tuple[Field, Field]:
    """Return the fields of the sign of a reported figure: its qualifier, None for an exact one, and the end of a range."""
    return (
        Field(
            f"{name}_qualifier",
            f"{title_en}: about, bound or range",
            f"{title_zh}：约数、界限或区间",
            vocabulary="figure-qualifier",
        ),
        build_quantity_field(f"{name}_upper", f"{title_en}: upper end of a range", f"{title_zh}：区间上限"),
    )


def build_grade_field(name: str, title_en: str, title_zh: str, optional: bool = False) -> Field:
    """Return the field of a grade in per cent of the mass."""
    return Field(name, title_en, title_zh, "number", unit="%", grade=True, optional=optional)


ORIGIN = (
    Field("source", "Source", "来源", required=True),
    Field("source_row", "Source row", "来源行"),
    Field("citation", "Citation", "引文"),
)
FLAGS = ChildTable(
    "flag",
    "flags",
    "Quality flags",
    "质量标记",
    (
        Field("rule", "Rule", "规则", required=True),
        Field("column_name", "Field", "字段"),
        Field("value", "Value", "取值", required=True),
        Field("sentence_en", "Explanation (English)", "英文说明", required=True),
        Field("sentence_zh", "Explanation (Chinese)", "中文说明", required=True),
    ),
    owner="record_id",
    key="ordinal",
)
"""Quality flags of a record."""
