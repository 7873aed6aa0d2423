"""Resource and reserve estimates of deposits and discoveries, and the grades and amounts in them."""

from dataclasses import replace

from lodedata.kinds.model import ChildTable, ChoiceRule, Field
from lodedata.kinds.shared import ORIGIN, build_quantity_field, sign

ESTIMATES = ChildTable(
    "estimate",
    "estimates",
    "Estimates",
    "资源储量估算",
    (
        Field("category", "Class", "类别", required=True),
        Field("category_reported", "Class as reported", "类别(原文)"),
        Field("kind", "Kind: resource, reserve or endowment", "性质：资源量、储量或资源总量", required=True),
        Field("combined", "Combined classes", "多个类别合计", "boolean", required=True),
        Field("code", "Reporting code", "报告规范"),
        Field("effective_date", "Effective date", "基准日期", partial_date=True),
        build_quantity_field("ore_reported", "Ore as reported", "矿石量(原文)"),
        *sign("ore", "Ore as reported", "矿石量(原文)"),
        Field("ore_unit", "Ore unit", "矿石量单位"),
        Field("ore_factor", "Factor to tonnes", "换算系数", "number", served=False),
        build_quantity_field("ore_t", "Ore in tonnes", "矿石量(吨)", "t"),
        Field("cut_off", "Cut-off", "边界品位"),
        Field("includes_reserves", "Resources include reserves", "资源量含储量", "boolean"),
        Field("competent_person", "Competent person", "合资格人"),
        Field("zone", "Deposit zone", "矿床部位"),
        Field("covers", "Deposits covered, as reported", "所含各矿床(原文)"),
        *ORIGIN,
    ),
)
MEASURES = ChildTable(
    "estimate_measure",
    "measures",
    "Grades and amounts",
    "品位与所含量",
    (
        Field("commodity", "Commodity", "矿种", vocabulary="commodity", required=True),
        build_quantity_field("grade_reported", "Grade as reported", "品位(原文)"),
        *sign("grade", "Grade as reported", "品位(原文)"),
        Field("grade_unit", "Grade unit", "品位单位"),
        Field("grade_basis", "Grade basis", "品位所指物质"),
        Field("grade_factor", "Factor to per cent", "换算系数", "number", served=False),
        build_quantity_field("grade_pct", "Grade in per cent", "品位(%)", "%"),
        Field("held", "Grade held back because of", "品位暂缓采用的理由", vocabulary="figure-doubt"),
        Field("held_factor", "Factor to per cent of a held grade", "暂缓采用品位的换算系数", "number", served=False),
        Field("judged", "Grade judged by a person", "品位人工判定", vocabulary="figure-judgement"),
        build_quantity_field("contained_reported", "Contained amount as reported", "所含量(原文)"),
        *sign("contained", "Contained amount as reported", "所含量(原文)"),
        Field("contained_unit", "Contained amount unit", "所含量单位"),
        Field("contained_basis", "Contained amount basis", "所含量所指物质"),
        Field("contained_factor", "Factor to tonnes", "换算系数", "number", served=False),
        build_quantity_field("contained_t", "Contained metal in tonnes", "金属量(吨)", "t"),
        Field("contained_derived", "Metal derived from ore and grade", "所含金属量由矿石量与品位推算", "boolean"),
    ),
    key="commodity",
    of="estimate",
)
_LEADING = (
    build_quantity_field("figure_ore_t", "Ore (t)", "矿石量(吨)", "t"),
    build_quantity_field("figure_grade_pct", "Grade (%)", "品位(%)", "%"),
    Field("figure_grade_basis", "Grade basis", "品位所指物质"),
    build_quantity_field("figure_contained_t", "Metal in this ore (t)", "金属量(吨)", "t"),
    Field("figure_contained_derived", "Metal derived from ore and grade", "所含金属量由矿石量与品位推算", "boolean"),
    Field("figure_commodity", "Commodity of the figures", "数值所指矿种", vocabulary="commodity"),
    Field("figure_class", "Class of the figures", "资源储量类型"),
    Field("figure_date", "Date of the figures", "估算基准日", partial_date=True),
    Field("figure_one_of_several", "Largest of several classes, not added", "多个级别中的最大者(未相加)", "boolean"),
    Field("figure_covers", "Deposits that the figures cover, as reported", "数值所含各矿床(原文)"),
)
LEADING = tuple(replace(field, imported=False, optional=True) for field in _LEADING)
"""Figures of the estimate that a record is known by, of one class; derived from its estimates."""
CONTRADICTING = replace(
    build_quantity_field("figure_elsewhere_t", "Metal by another source that differs (t)", "另一来源的不同金属量(吨)", "t"),
    imported=False,
    optional=True,
)
"""Metal by the source that differs most from the leading figure, if it is more than twice or less than half of it."""
LEADING_NAMES = tuple(field.name for field in LEADING)
ESTIMATE_RULE = ChoiceRule(
    LEADING_NAMES,
    ("present", "not-exceeded", "whole", "recency", "original", "rank"),
    ("estimate", "estimate_measure"),
    of="main_commodity",
)
"""The estimates of one source are served: of one that has figures of the main commodity, if any has."""
