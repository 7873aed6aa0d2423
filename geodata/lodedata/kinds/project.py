"""Projects: sites that people build and run, with phases and owners. Status and capacity are those of the phases."""

from dataclasses import replace

from lodedata.kinds import shared
from lodedata.kinds.model import ChildTable, ChoiceRule, Field, Kind
from lodedata.kinds.shared import LATEST, RANKED, build_quantity_field

STATUSES_BY_ACTIVITY = (
    "operating",
    "commissioning",
    "intermittent",
    "construction",
    "permitted",
    "pre-permit",
    "announced",
    "suspended",
    "shelved",
    "cancelled",
    "closed",
)
"""From the most to the least active: a project's status is the first of these that one of its phases has."""
NAMED = ("present", "named", "rank")
STATUS_RULE = ChoiceRule(("status", "status_date"), LATEST)

PHASES = ChildTable(
    "phase",
    "phases",
    "Phases",
    "各期",
    (
        Field("name", "Name", "名称"),
        Field("phase_type", "Phase type", "分期类型"),
        Field("product", "Product", "产品", vocabulary="product"),
        Field("product_reported", "Product as reported", "产品(原文)"),
        build_quantity_field("capacity_reported", "Capacity as reported", "产能(原文)"),
        *shared.sign("capacity", "Capacity as reported", "产能(原文)"),
        Field("capacity_unit", "Capacity unit", "产能单位"),
        Field("capacity_basis", "Capacity basis", "产能所指物质", vocabulary="capacity-basis"),
        Field("capacity_factor", "Factor to t/a", "换算系数", "number", served=False),
        build_quantity_field("capacity_tpa", "Capacity in tonnes a year", "产能(吨/年)", "t/a"),
        Field("shared_with", "Total shared with", "合计产能所含其他设施", "array"),
        Field("included_in", "Included in the total of", "计入合计产能的设施"),
        Field("held", "Held back because of", "暂缓采用的理由", vocabulary="figure-doubt"),
        Field("held_factor", "Factor to t/a of a held capacity", "暂缓采用产能的换算系数", "number", served=False),
        Field("doubtful", "Left out of sums because of", "不计入合计的理由", vocabulary="figure-doubt"),
        Field("judged", "Judged by a person", "人工判定", vocabulary="figure-judgement"),
        Field("status", "Status", "状态", vocabulary="status"),
        Field("status_reported", "Status as reported", "状态(原文)"),
        Field("status_date", "Status date", "状态日期", "date"),
        Field("status_date_precision", "Status date precision", "状态日期精度", served=False),
        Field("status_source", "Status source", "状态来源"),
        Field("status_inferred", "Status inferred", "状态系推断", "boolean"),
        Field("start_date", "From", "开始时间", partial_date=True),
        Field("end_date", "To", "结束时间", partial_date=True),
        Field("feedstock", "Feedstock", "原料", "array", required=True, default="{}"),
        Field("technology", "Technology", "工艺"),
        build_quantity_field("energy_kgce_per_t", "Energy in kgce per tonne", "能耗(千克标准煤/吨)"),
        Field("note", "Note", "说明"),
        *shared.ORIGIN,
    ),
)
OWNERS = ChildTable(
    "owner",
    "owners",
    "Owners and operators",
    "权属与运营",
    (
        Field("name_en", "Name (English)", "英文名称", organisation_role="owner"),
        Field("name_zh", "Name (Chinese)", "中文名称", organisation_role="owner"),
        build_quantity_field("share_pct", "Share in per cent", "持股比例(%)", "%"),
        Field("role", "Role", "角色", vocabulary="owner-role", required=True),
        Field("uscc", "Unified social credit code", "统一社会信用代码", format="uscc"),
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        Field("date_basis", "What the date says", "时点含义", vocabulary="owner-date-basis"),
        Field("name_reported", "Name as reported", "名称(原文)"),
        *shared.ORIGIN,
    ),
)

KIND = Kind(
    "project",
    "projects",
    "Projects",
    "项目",
    "project",
    "项目",
    "Sites people build and run: mines, concentrators, smelters, refineries, lithium plants, recycling bases.",
    "建设和运营的场所：矿山、选矿厂、冶炼厂、精炼厂、锂盐厂、回收基地。",
    "point",
    (
        # a list of sites often calls a mine by one of its shafts, plants or concessions
        *(replace(field, choice=NAMED) if field.name == "name_en" else field for field in shared.POINT_FIELDS),
        Field(
            "facility_types",
            "Facility types",
            "设施类型",
            "array",
            "facility-type",
            facet=True,
            required=True,
            default="{}",
            tile=True,
        ),
        Field("products", "Products", "产品", "array", "product", facet=True, required=True, default="{}", imported=False),
        Field(
            *("status", "Status, from its phases", "状态(由各期得出)"),
            vocabulary="status",
            facet=True,
            tile=True,
            chart=True,
            imported=False,
        ),
        Field("status_date", "Status date", "状态日期", "date", imported=False, tile=True),
        Field(
            *("figure_capacity_tpa", "Built capacity (t/a)", "已建成产能(吨/年)", "number"),
            unit="t/a",
            optional=True,
            imported=False,
        ),
        Field("figure_product", "Leading product", "主要产品", vocabulary="product", optional=True, imported=False),
        Field(
            *("figure_capacity_basis", "Capacity basis", "产能所指物质"),
            vocabulary="capacity-basis",
            optional=True,
            imported=False,
        ),
        Field(
            *("figure_coming_tpa", "Capacity not built yet (t/a)", "未建成产能(吨/年)", "number"),
            unit="t/a",
            optional=True,
            imported=False,
        ),
        Field(
            "owner_names",
            "Owners and operators",
            "业主与运营者",
            "array",
            required=True,
            default="{}",
            imported=False,
            optional=True,
        ),
        *shared.TAIL_FIELDS,
        *shared.STORED_FIELDS,
        Field("facility_reported", "Facility as reported", "设施(原文)", served=False, imported=False, choice=RANKED),
    ),
    (PHASES, OWNERS, shared.FLAGS),
    date_field="status_date",
    type_field="main_commodity",
    search_code="4",
    merged=True,
    choice_rules=(
        *shared.POINT_RULES,
        ChoiceRule((), ("measured", *LATEST), ("phase",), units=True),
        ChoiceRule((), LATEST, ("owner",)),
    ),
    union_fields=(*shared.UNION_FIELDS, "facility_types", "products"),
)
