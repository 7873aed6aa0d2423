"""Survey stations of drill holes: azimuth and dip at a depth. The hole is one of the same source."""

from lodedata.kinds import shared
from lodedata.kinds.drill_hole import AZIMUTH, DIP, HOLE_ID, HOLE_NAMES, OF_HOLE
from lodedata.kinds.model import Field, Kind

KIND = Kind(
    "drill_survey",
    "drill-surveys",
    "Drill hole surveys",
    "钻孔测斜",
    "drill hole survey",
    "钻孔测斜",
    "Azimuth and dip of drill holes by depth, as surveyed.",
    "钻孔测斜结果：各深度的方位角和倾角。",
    None,
    (
        HOLE_ID,
        Field("depth_m", "Depth of the station in metres", "测点深度(米)", "number", unit="m", required=True),
        AZIMUTH,
        Field("dip_deg", DIP.title_en, DIP.title_zh, "number", required=True),
        Field("survey_method", "Instrument or method as reported", "测斜仪器或方法(原文)", optional=True),
        shared.FIGURES_REPORTED,
        *shared.ORIGIN_FIELDS,
    ),
    (shared.FLAGS,),
    name_fields=HOLE_NAMES,
    alias_fields=(),
    references=(OF_HOLE,),
)
