"""Write rows to files: a registry of formats, one module per format. Rows are Arrow record batches."""

from lodedata.write.content import Column, ColumnReference, FileContent, Origin, Table
from lodedata.write.formats import FORMATS, Format, formats_for, writer

__all__ = ["FORMATS", "Column", "FileContent", "Format", "Origin", "ColumnReference", "Table", "formats_for", "writer"]
