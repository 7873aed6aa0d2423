"""List events: what happens to an entry of a condition list after its batch, each with its act and reason."""

from lodedata.kinds.model import Field, Kind, Reference
from lodedata.kinds.shared import ORIGIN_FIELDS

KIND = Kind(
    "list_event",
    "list-events",
    "List events",
    "名单变更",
    "list event",
    "名单变更",
    "Changes of entries of condition lists: renamed, moved, under rectification, suspended, withdrawn, listed again.",
    "名单企业的变更：更名、迁址、整改、暂停、撤销、重新列入等，附公告与原因。",
    None,
    (
        Field("list", "List code", "名单代码", facet=True, required=True),
        Field("batch", "Batch number", "批次", "integer", optional=True),
        Field("name_as_printed", "Name as printed", "企业名称(原文)", required=True, organisation_role="listed"),
        Field("name_as_printed_uscc", "Unified social credit code", "统一社会信用代码", format="uscc", optional=True),
        Field("event", "Event", "事项", vocabulary="list-event-type", facet=True, required=True),
        Field("date", "Date", "日期", "date", required=True),
        Field("act", "Act", "公告文号", act_role="announces"),
        Field("reason", "Reason", "原因"),
        Field("entry_kind", "Kind", "类型", "array", "list-entry-kind", required=True, default="{}"),
        Field("new_name", "New name", "新名称", optional=True),
        Field("new_province", "New province", "新省份", optional=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    date_field="date",
    type_field="event",
    name_fields=("name_as_printed", "name_as_printed"),
    references=(Reference("condition_list", "list", by="code"),),
)
