"""Reports as Word files, with the contents of the PDF."""

from collections.abc import Mapping
from typing import Any

from lodebase.layout.reports.formats.pdf import printed
from lodebase.typesetting.word import write_word


def write(report: Mapping[str, Any], language: str) -> bytes:
    """Return the document as bytes."""
    return write_word(printed(report, language))
