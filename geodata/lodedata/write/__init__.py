"""Write rows to files: a registry of formats, one module per format. Rows are Arrow record batches."""

from lodedata.write.content import Column, ColumnReference, FileContent, Origin, Table
from lodedata.write.formats import FORMATS, Format, list_formats_for, load_format_writer

__all__ = [
    "FORMATS",
    "Column",
    "FileContent",
    "Format",
    "Origin",
    "ColumnReference",
    "Table",
    "list_formats_for",
    "load_format_writer",
]
