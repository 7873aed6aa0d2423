"""Which module reads which kind of file; each has ``tables(path, kind, hints)``."""

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
"""Kinds that are read by a guarded process. Delimited text is read here: no library parses it, row by row."""
