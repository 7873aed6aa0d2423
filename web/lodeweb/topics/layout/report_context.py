"""What the templates of a layout report use: its tables, and the labels of parts, columns, results and legal status."""

from collections.abc import Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.reports.formats.drawing import draw_report
from lodebase.layout.reports.report_head import (
    describe_act_source,
    describe_lack_of_rules,
    describe_result_basis,
    group_findings_by_result,
    is_judged,
)
from lodebase.layout.reports.report_inputs import list_input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_summary import summary
from lodebase.layout.reports.report_tables import build_report_tables
from lodedata.rules.legal_status import LABELS

REPORT_CONTEXT: Mapping[str, Any] = {
    "tables": build_report_tables,
    "input_rows": list_input_rows,
    "summary_of": summary,
    "verdict_of": group_findings_by_result,
    "is_judged": is_judged,
    "not_judged": describe_lack_of_rules,
    "act_source": describe_act_source,
    "rests_on": describe_result_basis,
    "drawing_of": draw_report,
    "part_titles": TITLES,
    "column_titles": COLUMNS,
    "results": RESULTS,
    "standings": LABELS,
}
