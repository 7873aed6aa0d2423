"""The registry of formats, which the site, the command line, documentation and tests read. Each has a writer in its module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from lodedata.write.content import FileContent, Rows

Writer = Callable[[FileContent, Rows, Path], None]
"""Writes the content with its rows to a path."""
Geometry = Literal["text", "wkb", "kml", "feature", "none"]
"""Encoding of polygons: WKT, WKB, KML, a finished GeoJSON feature, or none."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, purpose and capabilities.

    A ``streamed`` file can be read from its first byte while it is written. ``relations`` are the tables it contains in
    addition to the records: none, the sources, or all. ``crs`` is whether it supports other systems than WGS 84.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    module: str
    geometry: Geometry
    text_en: str
    text_zh: str
    row_bytes: int
    """Bytes of one row in a large file, measured with made-up deposits with an estimate each: for estimates of file sizes."""
    streamed: bool = False
    relations: Literal["none", "sources", "all"] = "none"
    crs: bool = True
    needs_geometry: bool = False
    """Whether it supports only kinds with a geometry."""
    labels: bool = False
    """Whether it is for people, who get labels in place of codes by default."""
    loss_en: str = ""
    """What a record loses in addition to the tables that the format does not contain."""
    loss_zh: str = ""


_LISTED = (
    Format(
        *("csv", "CSV", "text/csv", ".csv", "csv_", "text"),
        "For spreadsheets and scripts: UTF-8 that Excel reads, longitude and latitude in columns of their own.",
        "供电子表格与脚本使用：Excel 可直接打开的 UTF-8 文本，经纬度各占一列。",
        205,
        streamed=True,
        labels=True,
    ),
    Format(
        "xlsx",
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        *(".xlsx", "xlsx", "none"),
        "A workbook: data, field dictionary, sources, licences and citation.",
        "工作簿：数据、字段说明、来源、许可与引用。",
        130,
        relations="sources",
        labels=True,
    ),
    Format(
        *("geojson", "GeoJSON", "application/geo+json", ".geojson", "geojson", "feature"),
        "One feature collection (RFC 7946), as the API gives it.",
        "一个要素集合（RFC 7946），与接口返回一致。",
        795,
        streamed=True,
        crs=False,
    ),
    Format(
        *("ndjson", "GeoJSON-Seq", "application/geo+json-seq", ".geojsons", "ndjson", "feature"),
        "One feature a line, each after a record separator (RFC 8142): for streams.",
        "每行一个要素，行首有记录分隔符（RFC 8142），适合流式处理。",
        795,
        streamed=True,
        crs=False,
    ),
    Format(
        *("gpkg", "GeoPackage", "application/geopackage+sqlite3", ".gpkg", "geopackage", "wkb"),
        "For QGIS and ArcGIS: the records with field aliases and colours, and their estimates, phases and sources as tables.",
        "供 QGIS 与 ArcGIS 使用：记录带字段别名与配色，估算量、各期与来源为关联表。",
        615,
        relations="all",
    ),
    Format(
        *("shp", "Shapefile", "application/zip", ".shp.zip", "shapefile", "wkb"),
        "Zipped, for old programs: names of ten letters, with a table of their meaning and of what is lost.",
        "压缩包，供旧软件使用：字段名限十个字母，附对照表及取舍说明。",
        110,
        labels=True,
        loss_en="Names of fields are cut to ten letters, texts to 254 bytes; what is not stated is an empty text. "
        "A readme in the archive states how many were cut.",
        loss_zh="字段名截短为十个字母，文本截短为 254 字节，未载明者为空串；压缩包内的说明列出截短的处数。",
        needs_geometry=True,
    ),
    Format(
        *("fgb", "FlatGeobuf", "application/flatgeobuf", ".fgb", "flatgeobuf", "wkb"),
        "For web maps and GIS: with a spatial index, so that a part can be read alone.",
        "供网络地图与 GIS 使用：带空间索引，可只读取一部分。",
        325,
        loss_en="There is no spatial index where a record has no position.",
        loss_zh="若有记录缺少位置，则不带空间索引。",
        needs_geometry=True,
    ),
    Format(
        *("geoparquet", "GeoParquet", "application/vnd.apache.parquet", ".parquet", "geoparquet", "wkb"),
        "For data science: GeoParquet 1.1 with bounding boxes and lists.",
        "供数据分析使用：GeoParquet 1.1，带范围列，列表保持为列表。",
        72,
    ),
    Format(
        *("kml", "KML", "application/vnd.google-earth.kml+xml", ".kml", "kml", "kml"),
        "For Google Earth: coloured placemarks with names and descriptions.",
        "供谷歌地球使用：带名称、说明与配色的地标。",
        1100,
        streamed=True,
        crs=False,
        labels=True,
        loss_en="Columns without any value are left out, and characters that XML can't hold.",
        loss_zh="略去全无取值的列，以及 XML 不能表示的字符。",
        needs_geometry=True,
    ),
)
FORMATS: Mapping[str, Format] = {form.name: form for form in _LISTED}


def formats_for(geometry: bool) -> Mapping[str, Format]:
    """Return the formats of records with or without a geometry, by name."""
    return {name: form for name, form in FORMATS.items() if geometry or not form.needs_geometry}


def writer(name: str) -> Writer:
    """Return the writer of a format; loads its libraries."""
    write: Writer = import_module(f"lodedata.write.{FORMATS[name].module}").write
    return write
