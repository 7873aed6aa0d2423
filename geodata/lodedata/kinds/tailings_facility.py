"""Tailings facilities: dams, stacks and pits that hold what is left of treated ore."""

from lodedata.kinds import rights, shared
from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import build_quantity_field

KIND = Kind(
    "tailings_facility",
    "tailings-facilities",
    "Tailings facilities",
    "尾矿库",
    "tailings facility",
    "尾矿库",
    "Facilities that hold tailings or sediment of mines: construction, volume, mass, height, status and metals.",
    "贮存矿山尾矿或沉积物的设施：筑坝方式、库容、尾矿量、坝高、状态和金属。",
    "point",
    (
        *shared.NAMES,
        Field("site", "Mine or plant as reported", "矿山或选厂(原文)"),
        Field("deposit_type", "Type of facility", "设施类型", vocabulary="tailings-deposit-type", facet=True, tile=True),
        Field("deposit_type_reported", "Type as reported", "类型(原文)", optional=True),
        Field("construction", "Construction of the dam", "筑坝方式", vocabulary="tailings-construction", facet=True),
        Field("construction_reported", "Construction as reported", "筑坝方式(原文)", optional=True),
        Field(
            "status", "Status", "状态", vocabulary="tailings-status", facet=True, required=True, default="unknown", tile=True
        ),
        Field("status_reported", "Status as reported", "状态(原文)", optional=True),
        Field("contents_reported", "Contents as reported", "贮存物(原文)", optional=True),
        *rights.MINERALS,
        *rights.build_party_fields("holder", "Owner or holder", "业主", "holder", tile=True),
        build_quantity_field("volume_m3", "Volume in cubic metres", "现有库容(立方米)", "m3", tile=True),
        build_quantity_field("volume_permitted_m3", "Permitted volume in cubic metres", "批准库容(立方米)", "m3"),
        build_quantity_field("mass_t", "Mass in tonnes", "现有尾矿量(吨)", "t", tile=True),
        build_quantity_field("mass_permitted_t", "Permitted mass in tonnes", "批准尾矿量(吨)", "t"),
        build_quantity_field("height_m", "Height of the dam in metres", "坝高(米)", "m", tile=True),
        build_quantity_field("area_m2", "Area in square metres", "库区面积(平方米)", "m2", optional=True),
        shared.build_grade_field(
            "grade_reported_pct", "Residual grade as declared in per cent", "申报残余品位(%)", optional=True
        ),
        shared.FIGURES_REPORTED,
        Field("process_reported", "Process as reported", "选矿工艺(原文)", optional=True),
        Field("hazard_class_reported", "Class as reported", "等别(原文)", optional=True),
        Field("hazard_reported", "Potential damage as reported", "潜在危害(原文)", optional=True),
        *rights.PLACE,
        *shared.POSITION_FIELDS,
        rights.declare_act("approves"),
        Field("approved_on", "Approved on", "批准日期", partial_date=True, optional=True),
        Field("in_use_since", "In use since", "启用日期", partial_date=True, optional=True),
        Field("information_date", "Data as of", "资料时点", partial_date=True, tile=True),
        *shared.ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (shared.FLAGS,),
    date_field="approved_on",
    type_field="deposit_type",
)
