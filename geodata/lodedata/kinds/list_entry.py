"""List entries: organisations on a condition list, as its annexes print them. An entry names a firm, not all its plants."""

from lodedata.kinds.model import Field, Kind, Reference
from lodedata.kinds.shared import ORIGIN_FIELDS

KIND = Kind(
    "list_entry",
    "list-entries",
    "List entries",
    "名单企业",
    "list entry",
    "名单企业",
    "Organisations on condition lists, as printed, with batch, kind and state.",
    "规范条件等名单所列企业：按公告所载名称、省份、批次、类型与状态。",
    None,
    (
        Field("list", "List code", "名单代码", facet=True, required=True),
        Field("batch", "Batch number", "批次", "integer"),
        Field("serial", "Number in the annex", "附件序号", "integer", optional=True),
        Field("name_as_printed", "Name as printed", "企业名称(原文)", required=True, organisation_role="listed"),
        Field("name_as_printed_uscc", "Unified social credit code", "统一社会信用代码", format="uscc"),
        Field("province_as_printed", "Province as printed", "省份(原文)"),
        Field("country", "Country or area", "国家和地区", vocabulary="country"),
        Field("division", "First-level division", "一级行政区", vocabulary="division", facet=True),
        Field("scope_as_printed", "Scope as printed", "范围(原文)", optional=True),
        Field("project", "Project", "项目", optional=True),
        Field("entry_kind", "Kind", "类型", "array", "list-entry-kind", facet=True, required=True, default="{}"),
        Field("valid_from", "Valid from", "生效日期", "date"),
        Field("valid_to", "Valid to", "失效日期", "date"),
        Field("state", "State", "状态", vocabulary="list-entry-state", facet=True, required=True, default="listed"),
        Field("grade", "Grade of the source", "来源等级", vocabulary="list-source-grade", optional=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    date_field="valid_from",
    type_field="state",
    validity=("valid_from", "valid_to"),
    name_fields=("name_as_printed", "name_as_printed"),
    references=(Reference("condition_list", "list", by="code"), Reference("project", "project")),
)
