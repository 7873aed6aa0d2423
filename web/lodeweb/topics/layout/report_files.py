"""The report on a planned plant as data with the addresses that reproduce it, and as files."""

from typing import Any

import orjson

from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS, ReportFormat
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.saved_reports import SavedReport
from lodebase.operations.formats import HTML, JSON, convert_result_to_data
from lodebase.topics.layout.operations import CHECK, REPORT_FILES
from lodebase.topics.layout.plant import PlantReport, PlantReports
from lodeweb.adapter.responses import FormatWriter, NamedFile
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import Link, link, quote_query_text
from lodeweb.i18n.language import get_language

MAX_FORM_ADDRESS_CHARACTERS = 3_500
"""Maximum length of an address; servers accept a line of about four thousand characters."""


def add_report_links(plant_report: PlantReport | PlantReports) -> dict[str, Any]:
    """Return the data of a report with the addresses that reproduce it, or that of several reports."""
    if isinstance(plant_report, PlantReports) and not plant_report.are_several:
        plant_report = plant_report.reports[0]
    if isinstance(plant_report, PlantReports):
        return {"reports": [add_report_links(report) for report in plant_report.reports]}
    return {**convert_result_to_data(plant_report), "links": link_report(plant_report.candidate, plant_report.data_version)}


def link_report(candidate: Candidate, at: int) -> list[Link]:
    """Return the addresses that reproduce a report, in each format; none if they would be too long."""
    written = orjson.dumps(candidate.feature()).decode()
    address = f"{CHECK.path}?candidate={quote_query_text(written)}&version={at}"
    if len(address) > MAX_FORM_ADDRESS_CHARACTERS:
        return []
    files = [
        link(f"{address}&f={report_format.name}", "alternate", report_format.media_type)
        for report_format in REPORT_FORMATS.values()
    ]
    return [link(address, "self", JSON.media_type), link(f"{address}&f=html", "alternate", HTML.media_type), *files]


def write_report_file(report: LayoutReport, report_format: ReportFormat) -> NamedFile:
    """Return a report as a file, named after its product, data version and checksum."""
    name = f"lode-layout-{report.summary.product}-v{report.data_version}-{report.checksum[:8]}{report_format.suffix}"
    return NamedFile(name, report_format.write(report, get_language(), get_site().settings.issuing_body))


def _choose_writer(report_format: ReportFormat) -> FormatWriter:
    def write(report: PlantReport | PlantReports | SavedReport) -> NamedFile:
        if isinstance(report, SavedReport):
            return write_report_file(report.report, report_format)
        return write_report_file(report if isinstance(report, PlantReport) else report.reports[0], report_format)

    return write


REPORT_WRITERS = {file: _choose_writer(REPORT_FORMATS[file.name]) for file in REPORT_FILES}
"""The writers of the files of a report, a new or a saved one."""
