"""Sales of mining rights: notices of listing, auction and agreement, their results, and transfers, with areas and prices."""

from dataclasses import replace

from lodedata.kinds import rights
from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import (
    EXPLORATION_STAGE,
    FIGURES_REPORTED,
    FLAGS,
    NAMES,
    ORIGIN_FIELDS,
    TEN_THOUSAND_CNY,
    build_quantity_field,
)

KIND = Kind(
    "right_sale",
    "right-sales",
    "Sales of mining rights",
    "矿业权出让转让",
    "sale of a mining right",
    "矿业权出让转让",
    "Notices and results of sales and transfers of mining rights. A starting price follows from area and coefficients, "
    "not from reserves.",
    "矿业权出让公告、结果公示和转让公示。起始价按面积和系数确定，与储量无关。",
    None,
    (
        *NAMES,
        Field("notice_no", "Notice number", "公告文号"),
        Field("notice_type", "Notice", "公告类型", vocabulary="right-notice-type", facet=True, required=True),
        Field("notice_date", "Notice date", "公告日期", partial_date=True),
        replace(rights.RIGHT_NO, tile=False),
        rights.RIGHT_KIND,
        *rights.MINERALS,
        Field("area_km2", "Area in km²", "面积(平方千米)", "number", unit="km2"),
        replace(EXPLORATION_STAGE, proposed=False),
        Field("exploration_degree", "Exploration degree as reported", "勘查程度(原文)", optional=True),
        build_quantity_field("start_price_10k_cny", "Starting price in 10,000 CNY", "起始价(万元)", TEN_THOUSAND_CNY),
        build_quantity_field("deposit_10k_cny", "Bid deposit in 10,000 CNY", "竞买保证金(万元)", TEN_THOUSAND_CNY),
        build_quantity_field("deal_price_10k_cny", "Deal price in 10,000 CNY", "成交价(万元)", TEN_THOUSAND_CNY),
        Field("deal_to_start_ratio", "Deal price by starting price", "成交价与起始价之比", "number", imported=False),
        Field("price_per_km2_10k_cny", "Price in 10,000 CNY per km²", "单位面积价格(万元/平方千米)", "number", imported=False),
        Field("rate_pct", "Share of sales revenue in per cent", "出让收益率(%)", "number", unit="%"),
        Field("term_years", "Term in years", "出让年限(年)", "number", unit="a"),
        FIGURES_REPORTED,
        Field("registration_from", "Registration from", "报名开始", partial_date=True),
        Field("registration_to", "Registration to", "报名截止", partial_date=True),
        Field("bidding_from", "Bidding from", "挂牌开始", partial_date=True),
        Field("bidding_to", "Bidding to", "挂牌截止", partial_date=True),
        Field("publicity_from", "Publicity from", "公示开始", partial_date=True, optional=True),
        Field("publicity_to", "Publicity to", "公示截止", partial_date=True, optional=True),
        *rights.build_party_fields("seller", "Grantor or seller", "出让人或转让人", "grantor"),
        *rights.build_party_fields("winner", "Winner or buyer", "竞得人或受让人", "winner"),
        Field("valid_from", "Licence valid from", "许可证有效期起", partial_date=True, optional=True),
        Field("valid_to", "Licence valid to", "许可证有效期止", partial_date=True, optional=True),
        rights.declare_act("announces"),
        Field("url", "Address", "网址"),
        *rights.PLACE,
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (FLAGS,),
    date_field="notice_date",
    type_field="notice_type",
    references=(rights.OF_RIGHT,),
)
