"""Events of mining rights: grant, extension, transfer, lapse and others, each with its date and act."""

from lodedata.kinds import rights
from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import FLAGS, ORIGIN_FIELDS

KIND = Kind(
    "right_event",
    "right-events",
    "Events of mining rights",
    "矿业权事项",
    "event of a mining right",
    "矿业权事项",
    "Grants, extensions, changes, transfers, lapses and revocations of mining rights.",
    "矿业权的新立、延续、变更、转让、到期和吊销。",
    None,
    (
        Field("right_no", "Licence or file number", "许可证号", required=True),
        Field("event_type", "Event", "事项", vocabulary="right-event-type", facet=True, required=True),
        Field("event_date", "Date", "日期", partial_date=True),
        Field("value_before", "Before", "变更前", optional=True),
        Field("value_after", "After", "变更后", optional=True),
        *rights.build_party_fields("holder", "Holder after it", "变更后权利人", "holder"),
        Field("valid_to", "Valid to", "有效期止", partial_date=True, optional=True),
        rights.declare_act("registers"),
        Field("url", "Address", "网址", optional=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    (FLAGS,),
    date_field="event_date",
    type_field="event_type",
    references=(rights.OF_RIGHT,),
)
