"""What the templates of a layout report use: its tables, and the labels of parts, columns, results and legal status."""

from collections.abc import Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.reports.formats.drawing import drawing
from lodebase.layout.reports.report_head import act_source, is_judged, not_judged, rests_on, verdict
from lodebase.layout.reports.report_inputs import input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_summary import summary
from lodebase.layout.reports.report_tables import tables
from lodedata.rules.legal_status import LABELS

REPORT_CONTEXT: Mapping[str, Any] = {
    "tables": tables,
    "input_rows": input_rows,
    "summary_of": summary,
    "verdict_of": verdict,
    "is_judged": is_judged,
    "not_judged": not_judged,
    "act_source": act_source,
    "rests_on": rests_on,
    "drawing_of": drawing,
    "part_titles": TITLES,
    "column_titles": COLUMNS,
    "results": RESULTS,
    "standings": LABELS,
}
