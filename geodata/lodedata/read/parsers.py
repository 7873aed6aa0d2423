"""The module that reads each kind of file; each has a function ``tables(path, kind, hints)``."""

from collections.abc import Mapping
from types import MappingProxyType

JSON = "lodedata.read.formats.json_"
KML = "lodedata.read.formats.kml"
VECTOR = "lodedata.read.formats.vector"
WORKBOOK = "lodedata.read.formats.workbook"
PARSERS: Mapping[str, str] = MappingProxyType(
    {
        "dbf": VECTOR,
        "fgb": VECTOR,
        "geojson": VECTOR,
        "gpkg": VECTOR,
        "json": JSON,
        "jsonl": JSON,
        "kml": KML,
        "kmz": KML,
        "ods": WORKBOOK,
        "parquet": "lodedata.read.formats.parquet",
        "shapefile": VECTOR,
        "shapefile-zip": VECTOR,
        "xls": WORKBOOK,
        "xlsb": WORKBOOK,
        "xlsx": "lodedata.read.formats.xlsx",
    }
)
"""Kinds that are read by a guarded process. Delimited text needs none, as the standard library parses it row by row."""

GEOMETRIES = frozenset({"fgb", "geojson", "gpkg", "kml", "kmz", "parquet", "shapefile", "shapefile-zip"})
"""Kinds that may hold geometries."""
