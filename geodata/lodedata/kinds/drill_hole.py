"""Drill holes: the collar of each with its direction, depth, type of drilling and what its trace follows from."""

from lodedata.kinds import rights, shared
from lodedata.kinds.model import Field, Kind, Reference
from lodedata.kinds.shared import build_quantity_field

HOLE_ID = Field("hole_id", "Hole", "钻孔编号", required=True, tile=True)
AZIMUTH = Field("azimuth_deg", "Azimuth in degrees", "方位角(度)", "number")
DIP = Field("dip_deg", "Dip in degrees, negative downward", "倾角(度，向下为负)", "number")
HOLE_NAMES = ("hole_id", "hole_id")
OF_HOLE = Reference("drill_hole", "hole_id", by="hole_id", same_source=True)

KIND = Kind(
    "drill_hole",
    "drill-holes",
    "Drill holes",
    "钻孔",
    "drill hole",
    "钻孔",
    "Collars of drill holes: position, elevation, azimuth, dip, depth, type of drilling and date.",
    "钻孔孔口：位置、标高、方位角、倾角、孔深、钻探方式和施工日期。",
    "point",
    (
        HOLE_ID,
        Field("project", "Project as reported", "勘查项目(原文)", facet=True),
        Field("deposit", "Deposit as reported", "矿床(原文)", facet=True),
        build_quantity_field("elevation_m", "Elevation of the collar in metres", "孔口标高(米)", "m"),
        AZIMUTH,
        DIP,
        Field("azimuth_reference", "North of the azimuths as reported", "方位角基准(原文)", optional=True),
        build_quantity_field("depth_m", "Depth in metres", "孔深(米)", "m", tile=True),
        Field(
            "trace_basis",
            "What the trace follows from",
            "钻孔轨迹依据",
            vocabulary="drill-trace-basis",
            facet=True,
            tile=True,
            imported=False,
        ),
        Field(
            "drilling_type",
            "Type of drilling",
            "钻探方式",
            vocabulary="exploration-activity-type",
            facet=True,
            tile=True,
        ),
        Field("drilling_type_reported", "Type of drilling as reported", "钻探方式(原文)", optional=True),
        Field("drilled", "Date drilled", "施工日期", partial_date=True),
        *rights.build_party_fields("operator", "Operator", "施工单位", "operator"),
        *rights.PLACE[:2],
        *shared.POSITION_FIELDS,
        shared.FIGURES_REPORTED,
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        *shared.ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (shared.FLAGS,),
    date_field="drilled",
    type_field="drilling_type",
    name_fields=HOLE_NAMES,
    alias_fields=(),
)
