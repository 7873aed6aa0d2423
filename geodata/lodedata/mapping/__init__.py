"""Mappings in YAML from the columns of a file to records; ``mapping.tables`` reads files by them."""

from lodedata.errors import MappingRefused
from lodedata.mapping.loading import load, parse
from lodedata.mapping.model import Source, TableSpec
from lodedata.mapping.reading import Reader, Reading, Tally

__all__ = ["MappingRefused", "Reader", "Reading", "Source", "TableSpec", "Tally", "load", "parse"]
