"""The log of a drill hole, and a section through drill holes."""

from lodebase.operations.formats import CSV, HTML, JSON, PNG, SVG, XLSX
from lodebase.operations.operation import Operation
from lodebase.topics.drilling.drawing import draw_section_file, log_file, render_log, render_section
from lodebase.topics.drilling.log import DrillLog, Intercept, log_hole
from lodebase.topics.drilling.parameters import LogParameters, SectionParameters
from lodebase.topics.drilling.section import DrillSection, SectionInterval, cut_section
from lodebase.topics.drilling.workbook import write_log
from lodedata.messages import msg

LOG = Operation(
    "drilling.log",
    "/api/drill-holes/<hole>/log",
    msg("Drill hole"),
    msg("The log of a drill hole: trace, rock, grades of an element or oxide, and composites by a cut-off"),
    LogParameters,
    run=log_hole,
    result=DrillLog,
    formats=(JSON, HTML, CSV, XLSX, SVG, PNG),
    rows=lambda result: result.intercepts,
    row=Intercept,
    writers={XLSX: write_log, SVG: log_file, PNG: render_log},
    varies_by=("version",),
    page="/drill-holes/<hole>",
    command=True,
    process=True,
    file_name="lode-drill-hole",
)
SECTION = Operation(
    "drilling.section",
    "/api/drill-section",
    msg("Section through drill holes"),
    msg("Drill holes near a line, projected onto the vertical plane through it, with grades in classes"),
    SectionParameters,
    run=cut_section,
    result=DrillSection,
    formats=(JSON, HTML, CSV, SVG, PNG),
    rows=lambda result: result.intervals,
    row=SectionInterval,
    writers={SVG: draw_section_file, PNG: render_section},
    varies_by=("version",),
    cost="heavy",
    page="/drill-section",
    command=True,
    process=True,
    file_name="lode-drill-section",
)
OPERATIONS = (LOG, SECTION)
