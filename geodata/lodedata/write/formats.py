"""The registry of formats, which the site, the command line, documentation and tests read. Each has a writer in its module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from lodedata.messages import Message, msg
from lodedata.write.content import FileContent, Rows

Writer = Callable[[FileContent, Rows, Path], None]
"""Writes the content with its rows to a path."""
Geometry = Literal["text", "wkb", "kml", "feature", "tile", "none"]
"""Encoding of polygons: WKT, WKB, KML, a finished GeoJSON feature, finished tiles, or none."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, purpose and capabilities.

    A ``streamed`` file can be read from its first byte while it is written. ``relations`` are the tables it contains in
    addition to the records: none, the sources, all, or all and the values by source. ``crs`` is whether it supports other
    systems than WGS 84.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    module: str
    geometry: Geometry
    text: Message
    row_bytes: int
    """Bytes of one row in a large file, measured with made-up deposits with an estimate each: for estimates of file sizes."""
    streamed: bool = False
    relations: Literal["none", "sources", "all", "values"] = "none"
    crs: bool = True
    ranged: bool = False
    """Whether programs read parts of it from a site: a HEAD request then makes the file, to state its length."""
    needs_geometry: bool = False
    """Whether it supports only kinds with a geometry."""
    labels: bool = False
    """Whether it is for people, who get labels in place of codes by default."""
    loss: Message | None = None
    """What a record loses in addition to the tables that the format does not contain."""


_LISTED = (
    Format(
        "csv",
        "CSV",
        "text/csv",
        ".csv",
        "csv_",
        "text",
        msg("For spreadsheets and scripts: UTF-8 that Excel reads, longitude and latitude in columns of their own."),
        244,
        streamed=True,
        labels=True,
    ),
    Format(
        "xlsx",
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        "xlsx",
        "none",
        msg(
            "A workbook with sheets: records, estimates, phases, owners, values by source, fields, sources, licences, citation."
        ),
        232,
        relations="values",
        labels=True,
    ),
    Format(
        "geojson",
        "GeoJSON",
        "application/geo+json",
        ".geojson",
        "vector.geojson",
        "feature",
        msg("One feature collection (RFC 7946), as the API gives it."),
        1009,
        streamed=True,
        crs=False,
    ),
    Format(
        "ndjson",
        "GeoJSON-Seq",
        "application/geo+json-seq",
        ".geojsons",
        "ndjson",
        "feature",
        msg("One feature a line, each after a record separator (RFC 8142): for streams."),
        1009,
        streamed=True,
        crs=False,
    ),
    Format(
        "gpkg",
        "GeoPackage",
        "application/geopackage+sqlite3",
        ".gpkg",
        "vector.geopackage",
        "wkb",
        msg(
            "For QGIS and ArcGIS: the records with field aliases and colours, "
            "and their estimates, phases and sources as tables."
        ),
        644,
        relations="all",
        ranged=True,
    ),
    Format(
        "shp",
        "Shapefile",
        "application/zip",
        ".shp.zip",
        "vector.shapefile",
        "wkb",
        msg("Zipped, for old programs: names of ten letters, with a table of their meaning and of what is lost."),
        54,
        labels=True,
        loss=msg(
            "Names of fields are cut to ten letters, texts to 254 bytes; what is not stated is an empty text. "
            "A readme in the archive states how many were cut."
        ),
        needs_geometry=True,
    ),
    Format(
        "fgb",
        "FlatGeobuf",
        "application/flatgeobuf",
        ".fgb",
        "vector.flatgeobuf",
        "wkb",
        msg("For web maps and GIS: with a spatial index, so that a part can be read alone."),
        410,
        loss=msg("There is no spatial index where a record has no position."),
        ranged=True,
        needs_geometry=True,
    ),
    Format(
        "geoparquet",
        "GeoParquet",
        "application/vnd.apache.parquet",
        ".parquet",
        "vector.geoparquet",
        "wkb",
        msg("For data science: GeoParquet 1.1 with bounding boxes and lists."),
        64,
        ranged=True,
    ),
    Format(
        "pmtiles",
        "PMTiles",
        "application/vnd.pmtiles",
        ".pmtiles",
        "vector.pmtiles_",
        "tile",
        msg("For web maps without a server: the vector tiles of the map in one file, until each record is seen."),
        125,
        relations="sources",
        crs=False,
        loss=msg("Tiles have the fields that the map shows. A record without a position is on no tile."),
        ranged=True,
        needs_geometry=True,
    ),
    Format(
        "kml",
        "KML",
        "application/vnd.google-earth.kml+xml",
        ".kml",
        "vector.kml",
        "kml",
        msg("For Google Earth: coloured placemarks with names and descriptions."),
        1336,
        streamed=True,
        crs=False,
        labels=True,
        loss=msg("Columns without any value are left out, and characters that XML can't hold."),
        needs_geometry=True,
    ),
)
FORMATS: Mapping[str, Format] = {form.name: form for form in _LISTED}


def list_formats_for(geometry: bool) -> Mapping[str, Format]:
    """Return the formats of records with or without a geometry, by name."""
    return {name: form for name, form in FORMATS.items() if geometry or not form.needs_geometry}


def load_format_writer(name: str) -> Writer:
    """Return the writer of a format; loads its libraries."""
    write: Writer = import_module(f"lodedata.write.{FORMATS[name].module}").write
    return write
