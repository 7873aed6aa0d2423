"""Subjects of acts: the records of any kind that an official act concerns, each with what the act does for it."""

from lodedata.kinds.model import Field, Kind
from lodedata.kinds.shared import ORIGIN_FIELDS

KIND = Kind(
    "act_subject",
    "act-subjects",
    "Subjects of official acts",
    "公文涉及对象",
    "subject of an act",
    "公文涉及对象",
    "Records of any kind that an official act concerns, each with what the act does: approves, grants, sells, withdraws.",
    "公文涉及的各类记录，以及公文对其的作用：批准、颁发、出让、撤销等。",
    None,
    (
        Field("act", "Official act", "公文号", required=True, act_role="mentions"),
        Field("role", "What the act does", "公文作用", vocabulary="act-role", facet=True, required=True),
        Field("collection", "Collection of the record", "记录所属数据集", facet=True, required=True),
        Field("record", "Identifier of the record", "记录编号", required=True),
        *ORIGIN_FIELDS,
        Field("note_en", "Note (English)", "英文说明", optional=True),
        Field("note_zh", "Note (Chinese)", "中文说明", optional=True),
    ),
    type_field="role",
    name_fields=("act", "act"),
    alias_fields=(),
)
