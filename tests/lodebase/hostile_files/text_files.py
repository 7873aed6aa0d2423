"""Hostile delimited text, GeoJSON and KML, and content of another format under a name that is trusted."""

import json
from collections.abc import Iterator

from tests.lodebase.hostile_files.case import MIB, Case, Target, write_content, zip_entries


def list_disguised_cases(target: Target) -> Iterator[Case]:
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
            yield f"disguised-{name}.{ending}", write_content(content)
        yield f"disguised-{name}-in-zip.zip", write_content(zip_entries({"a.shp": content, "a.dbf": content, "a.shx": content}))


def _vrt(source: str, query: str = "SELECT * FROM secret") -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource relativeToVRT="0">{source}</SrcDataSource>'
        f'<SrcSQL dialect="SQLITE">{query}</SrcSQL></OGRVRTLayer></OGRVRTDataSource>'
    )


def list_csv_cases(target: Target) -> Iterator[Case]:
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
        yield f"csv-{name}.csv", write_content(text)


def list_geojson_cases(target: Target) -> Iterator[Case]:
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
        yield f"geojson-{name}.geojson", write_content(text)
    yield "geojson-utf16.geojson", write_content(collection(feature()).encode("utf-16"))


def list_kml_cases(target: Target) -> Iterator[Case]:
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
        yield f"kml-{name}.kml", write_content(text)
