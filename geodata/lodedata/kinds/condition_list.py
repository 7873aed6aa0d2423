"""Condition lists: public lists of organisations that meet an instrument's conditions, each with its scope and coverage.

A list whose coverage differs by province has a record for each coverage, with the same code.
"""

from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import NAMES, ORIGIN_FIELDS

KIND = Kind(
    "condition_list",
    "condition-lists",
    "Condition lists",
    "规范条件企业名单",
    "condition list",
    "规范条件企业名单",
    "Public lists of organisations that meet the conditions of an instrument, with scope and coverage.",
    "符合规范条件等文件要求的企业公开名单：附适用范围与收录完整程度。",
    None,
    (
        Field("code", "List code", "名单代码", required=True),
        *NAMES,
        Field(
            "list_type",
            "List type",
            "名单类别",
            vocabulary="list-type",
            facet=True,
            required=True,
        ),
        Field("publisher", "Published by", "发布单位"),
        Field("basis", "Basis instrument", "依据文件"),
        Field(
            "kinds_covered", "Kinds covered", "涵盖类型", "array", "list-entry-kind", facet=True, required=True, default="{}"
        ),
        Field("scope", "Scope", "适用范围"),
        Field("country", "Country or area", "国家和地区", vocabulary="country", facet=True),
        Field(
            "provinces_covered", "Provinces covered (ISO 3166-2)", "覆盖省份(ISO 3166-2)", "array", required=True, default="{}"
        ),
        Field("exists_from", "Exists from", "名单起始日期", "date"),
        Field("complete_up_to", "Complete up to", "收录完整截止日期", "date"),
        Field("url", "Address", "网址", optional=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    date_field="exists_from",
    type_field="list_type",
)
