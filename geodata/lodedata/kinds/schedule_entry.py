"""Entries of the ledger of key projects. They name investment and problems, so only people at the desk read them."""

from lodedata.kinds import shared
from lodedata.kinds.milestone import PROJECT_REFERENCE
from lodedata.kinds.model import Field, Kind

KIND = Kind(
    "schedule_entry",
    "schedule-entries",
    "Ledger entries",
    "项目台账",
    "ledger entry",
    "台账记录",
    "Projects in a ledger of key projects, with plan, investment, problems and needs. Internal.",
    "重点项目调度台账记录，含计划、投资、问题和需求。内部资料。",
    None,
    (
        *shared.NAMES,
        *PROJECT_REFERENCE,
        Field("ledger_level", "Level of the ledger", "台账级别", vocabulary="ledger-level", required=True),
        Field("year", "Year of the ledger", "台账年度", "integer", required=True),
        Field("schedule_category", "Category", "项目类别", vocabulary="ledger-category"),
        Field("lead_unit", "Responsible unit", "责任单位"),
        Field("supervising_authority", "Supervising authority", "主管部门"),
        Field("project_code", "Project code", "项目代码"),
        shared.build_quantity_field("total_investment_cny", "Total investment in yuan", "总投资(元)", shared.CNY),
        Field("own_capital_pct", "Own capital in per cent", "资本金比例(%)", "number", unit="%"),
        Field("planned_start", "Planned start", "计划开工时间", partial_date=True),
        Field("planned_completion", "Planned completion", "计划竣工时间", partial_date=True),
        shared.build_quantity_field("capacity_added_tpa", "Added capacity in tonnes a year", "新增产能(吨/年)", "t/a"),
        shared.FIGURES_REPORTED,
        Field("problem_zh", "Problem", "存在问题"),
        Field("need_zh", "Need", "需协调事项"),
        Field("reported_on", "Reported on", "填报日期", partial_date=True),
        Field("reporter", "Reporter", "填报人"),
        *shared.ORIGIN_FIELDS,
    ),
    date_field="reported_on",
    type_field="schedule_category",
    internal=True,
    references=(shared.OF_PROJECT,),
)
