"""File formats of a report; all are written from the same report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lodebase.layout.reports.formats import docx_, geojson, pdf, xlsx_
from lodebase.layout.reports.report import LayoutReport

Language = str


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A file format of a report: its name in requests, its file suffix and the function that writes it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[LayoutReport, Language, str | None], bytes]
    """Write a report in a language, with the body that issues it if the site names one."""


REPORT_FORMATS: Mapping[str, ReportFormat] = {
    report_format.name: report_format
    for report_format in (
        ReportFormat("pdf", "application/pdf", ".pdf", pdf.write),
        ReportFormat(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx",
            docx_.write,
        ),
        ReportFormat("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", xlsx_.write),
        ReportFormat("geojson", "application/geo+json", ".geojson", geojson.write),
    )
}
