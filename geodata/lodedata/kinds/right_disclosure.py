"""Yearly disclosures of holders of mining rights: work done, ore mined and treated, rates of recovery."""

from lodedata.kinds import rights
from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import (
    FIGURES_REPORTED,
    FLAGS,
    ORIGIN_FIELDS,
    TEN_THOUSAND_CNY,
    build_grade_field,
    build_quantity_field,
)

KIND = Kind(
    "right_disclosure",
    "right-disclosures",
    "Yearly disclosures of mining rights",
    "矿业权人勘查开采信息公示",
    "yearly disclosure of a mining right",
    "矿业权人年度公示信息",
    "What holders of mining rights disclose each year: spending, drilling, ore mined and treated, rates of recovery.",
    "矿业权人每年公示的勘查投入、钻探进尺、采选矿量和回收率。",
    None,
    (
        Field("right_no", "Licence or file number", "许可证号", required=True),
        Field("year", "Year", "年度", "integer", required=True),
        Field("mine_state", "State of the mine as disclosed", "矿山状态(原文)"),
        build_quantity_field("ore_mined_t", "Ore mined in tonnes", "采出矿量(吨)", "t"),
        build_quantity_field("reserves_used_t", "Reserves used in tonnes", "动用储量(吨)", "t"),
        build_quantity_field("ore_treated_t", "Ore treated in tonnes", "入选矿量(吨)", "t"),
        build_grade_field("head_grade_pct", "Head grade in per cent", "入选品位(%)"),
        build_quantity_field("concentrate_t", "Concentrate in tonnes", "精矿产量(吨)", "t"),
        build_grade_field("concentrate_grade_pct", "Grade of the concentrate in per cent", "精矿品位(%)"),
        build_quantity_field("mining_recovery_pct", "Mining recovery in per cent", "开采回采率(%)", "%"),
        build_quantity_field("processing_recovery_pct", "Processing recovery in per cent", "选矿回收率(%)", "%"),
        build_quantity_field("utilisation_pct", "Comprehensive utilisation in per cent", "综合利用率(%)", "%"),
        build_quantity_field("spending_10k_cny", "Spending in 10,000 CNY", "投入资金(万元)", TEN_THOUSAND_CNY),
        build_quantity_field("drilled_m", "Metres drilled", "钻探进尺(米)", "m"),
        FIGURES_REPORTED,
        *ORIGIN_FIELDS,
    ),
    (FLAGS,),
    references=(rights.OF_RIGHT,),
)
