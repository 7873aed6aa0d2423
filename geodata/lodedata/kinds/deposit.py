"""Mineral deposits, occurrences and prospects (EarthResourceML MineralOccurrence)."""

from lodedata.kinds import shared
from lodedata.kinds.estimates import CONTRADICTING, ESTIMATE_RULE, ESTIMATES, LEADING, MEASURES
from lodedata.kinds.model import ChildTable, ChoiceRule, Field, Kind
from lodedata.kinds.shared import AGREED, LATEST, RANKED

ACTIVITIES = ChildTable(
    "exploration_activity",
    "activities",
    "Exploration history",
    "勘查史",
    (
        Field("reported", "Activity as reported", "勘查活动(原文)", required=True),
        Field("detail", "Detail", "详情"),
        Field("start_date", "From", "开始时间", partial_date=True),
        Field("end_date", "To", "结束时间", partial_date=True),
        *shared.ORIGIN,
    ),
)
SIZE = (
    *("size_class", "size_standard", "size_commodity", "size_basis", "size_basis_value_t"),
    *("size_derived", "size_source", "size_estimate_id"),
)
"""Columns of the size class; ``size_estimate_id`` is empty if the estimate is of a source whose estimates are not served."""
SIZE_RULE = ChoiceRule(SIZE, ("present", "largest", "rank"))
STATUS = ("mine_status", "mine_status_reported", "mine_status_date", "mine_status_date_precision", "mine_status_source")

KIND = Kind(
    "deposit",
    "deposits",
    "Deposits",
    "矿床",
    "deposit",
    "矿床",
    "Mineral deposits, occurrences and prospects in the ground.",
    "地下的矿床、矿点与矿化点。",
    "point",
    (
        *shared.POINT_FIELDS,
        Field(
            "occurrence_type",
            "Occurrence type",
            "矿产地类型",
            vocabulary="mineral-occurrence-type",
            facet=True,
            tile=True,
            proposed=True,
            choice=RANKED,
        ),
        *shared.DEPOSIT_MODEL,
        Field("host_unit", "Host unit", "赋矿层位", proposed=True, choice=RANKED),
        Field("age", "Age", "成矿时代", proposed=True, choice=RANKED),
        shared.EXPLORATION_STAGE,
        Field("discovery_year", "Discovery year", "发现年份", "integer", proposed=True, choice=AGREED),
        Field("mine_status", "Mine status", "矿山状态", vocabulary="status", facet=True, tile=True),
        Field("mine_status_date", "Status date", "状态日期", "date", imported=False, tile=True),
        Field(
            "size_class",
            "Size class (DZ/T 0400-2022)",
            "矿床规模(DZ/T 0400-2022)",
            vocabulary="size-class",
            facet=True,
            tile=True,
            chart=True,
            imported=False,
        ),
        Field("size_commodity", "Size class commodity", "规模依据矿种", vocabulary="commodity", imported=False),
        Field("size_basis", "Size class basis", "规模依据", imported=False),
        Field("size_basis_value_t", "Contained metal (t)", "规模依据金属量(吨)", "number", unit="t", imported=False),
        Field(
            "size_derived", "Size class from derived metal", "规模依据为推算金属量", "boolean", optional=True, imported=False
        ),
        Field("size_source", "Source of the size class", "规模依据来源", optional=True, imported=False),
        *LEADING,
        CONTRADICTING,
        *shared.TAIL_FIELDS,
        *shared.STORED_FIELDS,
        *shared.build_status_fields("mine_", served=False),
        Field("size_standard", "Size class standard", "规模划分标准", served=False, imported=False),
        Field("size_estimate_id", "Size class estimate", "规模依据估算", served=False, imported=False),
    ),
    (ESTIMATES, MEASURES, ACTIVITIES, shared.FLAGS),
    date_field="information_date",
    type_field="main_commodity",
    search_code="2",
    merged=True,
    choice_rules=(
        *shared.POINT_RULES,
        shared.MODEL_RULE,
        ChoiceRule(("exploration_stage",), LATEST),
        ChoiceRule((*STATUS, "mine_status_inferred"), LATEST),
        ESTIMATE_RULE,
        ChoiceRule(("deposit_form",), same_source_as="estimate"),
        ChoiceRule((), children=("exploration_activity",)),
    ),
    union_fields=shared.UNION_FIELDS,
)
