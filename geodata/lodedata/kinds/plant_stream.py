"""Input streams of recycling plants: what a plant may take and takes, by which route, and how much of a metal it recovers.

A row is one metal of one stream of a plant, by design or in one year; a stream that yields several metals or products has
a row for each.
"""

from lodedata.kinds import shared
from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import build_grade_field, build_quantity_field

PLACE = tuple(field for field in shared.POINT_FIELDS if field.name in ("country", "division"))

KIND = Kind(
    "plant_stream",
    "plant-streams",
    "Input streams of plants",
    "再生企业原料流",
    "input stream of a plant",
    "原料流",
    "Streams that recycling plants take: permitted input, process route, throughput, recovery, output and residue.",
    "再生企业的原料流：许可处理量、工艺路线、年处理量、回收率、产品与残渣。",
    None,
    (
        *shared.NAMES,
        Field("project_source", "Source of the project", "项目来源"),
        Field("project", "Key of the project in its source", "项目键"),
        Field("facility_type", "Facility type", "设施类型", vocabulary="facility-type", facet=True),
        Field("operator", "Operator", "运营单位", organisation_role="operator"),
        Field(
            "operator_uscc", "Operator: unified social credit code", "运营单位统一社会信用代码", format="uscc", optional=True
        ),
        Field("stream", "Stream", "原料流", vocabulary="stream", facet=True, required=True),
        Field("stream_reported", "Stream as reported", "原料流(原文)", optional=True),
        build_quantity_field("permitted_input_tpa", "Permitted input in tonnes a year", "许可处理量(吨/年)", "t/a"),
        Field("permitted_basis", "Basis of the permitted input", "许可处理量基准", vocabulary="quantity-basis"),
        Field("process_route", "Process route", "工艺路线", "array", "process-route", facet=True, required=True, default="{}"),
        Field("hazardous_waste_permit_no", "Hazardous-waste permit", "危险废物经营许可证号", optional=True),
        Field("permit_valid_to", "Permit valid to", "许可证有效期至", partial_date=True, optional=True),
        Field("year", "Year", "年度", "integer"),
        build_quantity_field("input_t", "Input in tonnes", "处理量(吨)", "t"),
        Field("input_basis", "Basis of the input", "处理量基准", vocabulary="quantity-basis"),
        build_quantity_field("moisture_pct", "Moisture of the input in per cent", "含水率(%)", "%"),
        Field("metal", "Metal", "金属", vocabulary="commodity", facet=True),
        build_grade_field("input_grade_pct", "Metal in the input in per cent", "原料金属含量(%)"),
        build_quantity_field("recovery_pct", "Recovery in per cent as stated", "回收率(%)", "%"),
        Field("recovery_from", "Recovery from", "回收率起点", vocabulary="recovery-point"),
        Field("recovery_to", "Recovery to", "回收率终点", vocabulary="recovery-point"),
        Field(
            "recovery_computed_pct", "Recovery in per cent as computed", "回收率(计算, %)", "number", unit="%", imported=False
        ),
        Field("output_product", "Product", "产品", vocabulary="product", facet=True),
        build_quantity_field("design_output_tpa", "Design output in tonnes a year", "设计产能(吨/年)", "t/a"),
        build_quantity_field("output_t", "Output in tonnes", "产量(吨)", "t"),
        Field("output_basis", "Basis of the output", "产量基准", vocabulary="quantity-basis"),
        build_grade_field("output_grade_pct", "Metal in the output in per cent", "产品金属含量(%)"),
        build_quantity_field("residue_t", "Residue in tonnes", "残渣量(吨)", "t"),
        Field("residue_destination", "Destination of the residue", "残渣去向", optional=True),
        shared.FIGURES_REPORTED,
        *PLACE,
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        *shared.ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (shared.FLAGS,),
    type_field="stream",
    references=(shared.OF_PROJECT,),
)
