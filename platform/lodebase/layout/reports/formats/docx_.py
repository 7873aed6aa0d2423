"""Reports as Word files, with the contents of the PDF."""

from lodebase.layout.reports.formats.pdf import lay_out
from lodebase.layout.reports.report import LayoutReport
from lodebase.typesetting.word import write_word


def write(report: LayoutReport, language: str, issuing_body: str | None = None) -> bytes:
    """Return the document as bytes."""
    return write_word(lay_out(report, language, issuing_body))
