"""Monthly reports on a project's progress. They name money and problems, so only people at the desk read them."""

from lodedata.kinds import shared
from lodedata.kinds.milestone import PROJECT_REFERENCE
from lodedata.kinds.model import Field, Kind

KIND = Kind(
    "progress_report",
    "progress-reports",
    "Progress reports",
    "项目月报",
    "progress report",
    "月报",
    "Monthly reports on investment, physical progress and problems of a project. Internal.",
    "项目投资、形象进度和问题的月报。内部资料。",
    None,
    (
        *shared.NAMES,
        *PROJECT_REFERENCE,
        Field("month", "Month", "月份", partial_date=True, required=True),
        Field("report_state", "State of the report", "月报状态", vocabulary="progress-state", required=True),
        shared.build_quantity_field(
            "investment_done_month_cny", "Investment of the month in yuan", "当月完成投资(元)", shared.CNY
        ),
        shared.build_quantity_field("investment_done_cum_cny", "Investment to date in yuan", "累计完成投资(元)", shared.CNY),
        Field("physical_progress_pct", "Physical progress in per cent", "形象进度(%)", "number", unit="%"),
        shared.FIGURES_REPORTED,
        Field("next_month_plan", "Plan of the next month", "下月计划"),
        Field("problem_zh", "Problem", "存在问题"),
        Field("reporter", "Reporter", "填报人"),
        Field("checker", "Checker", "审核人"),
        *shared.ORIGIN_FIELDS,
    ),
    date_field="month",
    type_field="report_state",
    internal=True,
    references=(shared.OF_PROJECT,),
)
