"""Write rows to files: a registry of formats, one module per format. Rows are Arrow record batches."""

from lodedata.write.content import Column, FileContent, Origin, Reference, Table
from lodedata.write.formats import FORMATS, Format, formats_for, writer

__all__ = ["FORMATS", "Column", "FileContent", "Format", "Origin", "Reference", "Table", "formats_for", "writer"]
