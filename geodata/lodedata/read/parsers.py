"""The module that reads each kind of file; each has a function ``tables(path, kind, hints)``."""

from collections.abc import Mapping
from types import MappingProxyType

VECTOR = "lodedata.read.vector"
PARSERS: Mapping[str, str] = MappingProxyType(
    {
        "fgb": VECTOR,
        "geojson": VECTOR,
        "gpkg": VECTOR,
        "kml": "lodedata.read.kml",
        "parquet": "lodedata.read.parquet",
        "shapefile": VECTOR,
        "shapefile-zip": VECTOR,
        "xlsx": "lodedata.read.xlsx",
    }
)
"""Kinds that are read by a guarded process. Delimited text needs none, as the standard library parses it row by row."""
