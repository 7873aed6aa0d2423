"""Milestones: the permits and steps of a project's phases, with planned, expected and actual dates."""

from lodedata.kinds import shared
from lodedata.kinds.model import Field, Kind

PROJECT_REFERENCE = (
    Field("project_source", "Source of the project", "项目来源", required=True),
    Field("project", "Key of the project in its source", "项目键", required=True),
    Field("phase", "Number of the phase", "期次序号", "integer"),
)
"""The project and phase of a row: the key that a source gives the project, and the phase's number in it, from 1."""
PLACE = tuple(field for field in shared.POINT_FIELDS if field.name in ("country", "division"))

KIND = Kind(
    "milestone",
    "milestones",
    "Milestones",
    "建设节点",
    "milestone",
    "建设节点",
    "Permits and steps of projects with baseline, expected and actual dates. A baseline is never overwritten.",
    "项目的审批事项和建设节点，含基准日期、预计日期和实际日期。基准日期不得覆盖。",
    None,
    (
        *shared.NAMES,
        *PROJECT_REFERENCE,
        Field("milestone_type", "Milestone", "节点", vocabulary="milestone-type", facet=True, required=True),
        Field("milestone_status", "Status of the milestone", "节点状态", vocabulary="milestone-status", facet=True),
        Field("baseline_no", "Number of the baseline", "基准版次", "integer"),
        Field("baseline_date", "Baseline date", "基准日期", partial_date=True),
        Field("baseline_reason", "Reason of the baseline", "基准调整原因"),
        Field("agreed_by", "Baseline agreed by", "基准批准方"),
        Field("expected_date", "Expected date", "预计日期", partial_date=True),
        Field("actual_date", "Actual date", "实际日期", partial_date=True),
        Field("expires_on", "Expires on", "有效期至", partial_date=True, optional=True),
        Field("planned_progress_pct", "Planned progress in per cent", "计划进度(%)", "number", unit="%", optional=True),
        Field("progress_pct", "Progress in per cent", "实际进度(%)", "number", unit="%", optional=True),
        Field("dates_reported", "Dates in the source's text", "日期(原文)", optional=True),
        Field("grade", "Grade of the source", "来源等级", vocabulary="source-grade", facet=True, optional=True),
        Field("page", "Page of the source", "来源网页", optional=True),
        Field("act", "Official act", "依据文件", act_role="proves"),
        Field("authority", "Authority", "主管部门"),
        Field("reason_code", "Reason of the delay", "延期原因", vocabulary="milestone-reason", facet=True),
        Field("reason_text", "Reason in the source's text", "延期说明", optional=True),
        Field("facility_type", "Facility type", "设施类型", vocabulary="facility-type", facet=True),
        Field("product", "Product of the phase", "本期产品", vocabulary="product", facet=True),
        shared.build_quantity_field("capacity_tpa", "Capacity of the phase in tonnes a year", "本期产能(吨/年)", "t/a"),
        shared.FIGURES_REPORTED,
        *PLACE,
        Field("project_code", "Project code", "项目代码", optional=True),
        Field("information_date", "Data as of", "资料时点", partial_date=True),
        *shared.ORIGIN_FIELDS,
    ),
    date_field="actual_date",
    type_field="milestone_type",
    references=(shared.OF_PROJECT,),
)
