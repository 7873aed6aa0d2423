"""Mappings: from the columns of a file to records, as a YAML file says; ``mapping.tables`` reads by them."""

from lodedata.errors import MappingRefused
from lodedata.mapping.model import Source, TableSpec, load
from lodedata.mapping.reading import Reader, Reading, Tally

__all__ = ["MappingRefused", "Reader", "Reading", "Source", "TableSpec", "Tally", "load"]
