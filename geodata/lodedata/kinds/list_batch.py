"""List batches: publications of a condition list, each with its act and the number of entries that the act states."""

from lodedata.kinds.model import Field, Kind, Reference
from lodedata.kinds.shared import ORIGIN_FIELDS

KIND = Kind(
    "list_batch",
    "list-batches",
    "List batches",
    "名单批次",
    "list batch",
    "名单批次",
    "Publications of condition lists: number, act, consultation, date, and the number of entries that the act states.",
    "名单各批次：批次号、公告、公示、发布日期及公告所载企业数。",
    None,
    (
        Field("list", "List code", "名单代码", facet=True, required=True),
        Field("number", "Batch number", "批次", "integer"),
        Field("number_last", "Last batch number", "末批次", "integer", optional=True),
        Field("act", "Act", "公告文号", act_role="announces"),
        Field("consultation_act", "Consultation", "公示", optional=True, act_role="consults"),
        Field("published", "Published", "发布日期", partial_date=True),
        Field("count_stated", "Entries stated", "公告所载数量", "integer"),
        Field("url", "Address", "网址", optional=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    date_field="published",
    references=(Reference("condition_list", "list", by="code"),),
)
