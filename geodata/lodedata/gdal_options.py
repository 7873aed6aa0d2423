"""Options of GDAL that leave it the drivers that Lode uses, no network and no plug-ins."""

from collections.abc import Mapping
from types import MappingProxyType

DRIVERS = frozenset({"ESRI Shapefile", "FlatGeobuf", "GPKG", "GeoJSON", "GeoJSONSeq", "MEM", "TopoJSON"})
"""Drivers that remain: the vector formats that Lode reads or writes by GDAL."""

_SKIPPED = (
    *("ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CSV", "CSW", "Carto", "DGN", "DXF", "EDIGEO", "EEDA", "ESRIJSON"),
    *("Elasticsearch", "GDALG", "GML", "GPSBabel", "GPX", "GTFS", "GeoRSS", "HTTP", "Idrisi", "JML", "JSONFG"),
    *("KML", "LIBKML", "LVBAG", "MBTiles", "MVT", "MapInfo File", "MapML", "MiraMonVector", "NGW", "OAPIF", "ODS", "OGCAPI"),
    *("OGR_GMT", "OGR_PDS", "OGR_VRT", "OSM", "OpenFileGDB", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PLSCENES", "PMTiles", "S57"),
    *("SQLite", "SXF", "Selafin", "VDV", "VFK", "VICAR", "WAsP", "WFS", "XLSX"),
)
"""Drivers that pyogrio's GDAL has besides; a test fails when a newer GDAL brings another one."""

ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "GDAL_SKIP": ",".join(_SKIPPED),
        "GDAL_DRIVER_PATH": "disable",
        # no file is fetched: no extension is allowed, and every request would go to a port that nobody listens on
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
        "GDAL_HTTP_PROXY": "127.0.0.1:1",
        "GDAL_HTTPS_PROXY": "127.0.0.1:1",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GDAL_HTTP_TIMEOUT": "1",
        "PROJ_NETWORK": "OFF",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "OGR_SQLITE_LIST_VIRTUAL_OGR": "NO",
    }
)
"""Options in force in every process of Lode that loads GDAL."""
