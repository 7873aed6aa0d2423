"""Mappings: from the columns of a file to records, as a YAML file says."""

from lodedata.mapping.model import MappingRefused, Source, TableSpec, load
from lodedata.mapping.reading import Reader, Reading, Tally
from lodedata.mapping.tables import file_of, open_one, read_mapped, read_table

__all__ = [
    "MappingRefused",
    "Reader",
    "Reading",
    "Source",
    "TableSpec",
    "Tally",
    "file_of",
    "load",
    "open_one",
    "read_mapped",
    "read_table",
]
