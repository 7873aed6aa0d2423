"""File formats of a report; all are written from the same data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lodebase.layout.reports.formats import docx_, geojson, pdf, xlsx_

Language = str


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A file format of a report: its name in requests, its file suffix and the function that writes it."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any], Language], bytes]


REPORT_FORMATS: Mapping[str, ReportFormat] = {
    one.name: one
    for one in (
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
