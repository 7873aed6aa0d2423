"""Zones: polygons with a meaning for planning, such as provinces, key regions and protected areas."""

from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED, FLAGS, ORIGIN_FIELDS

KIND = Kind(
    "zone",
    "zones",
    "Zones",
    "区域",
    "zone",
    "区域",
    "Polygons with a meaning for planning: countries, first-level divisions, key regions, protected areas.",
    "对规划有意义的区域：国家和地区、一级行政区、重点区域、保护地。",
    "polygon",
    (
        Field("zone_kind", "Zone type", "区域类别", facet=True, required=True, tile=True),
        Field("code", "Code", "代码", required=True, tile=True),
        Field("name_en", "Name (English)", "英文名称", required=True, tile=True),
        Field("name_zh", "Name (Chinese)", "中文名称", tile=True),
        Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True, tile=True),
        Field("parent", "Parent zone code", "上级区域代码"),
        Field("accuracy_m", "Outline accuracy (m)", "边界精度(米)", "number", unit="m"),
        FIGURES_REPORTED,
        Field("valid_from", "Valid from", "生效日期", partial_date=True),
        Field("valid_to", "Valid to", "失效日期", partial_date=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (FLAGS,),
    date_field="valid_from",
    type_field="zone_kind",
    search_code="5",
)
