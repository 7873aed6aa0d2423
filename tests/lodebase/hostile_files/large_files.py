"""Files that need more memory, time or stack than a table does."""

import gzip
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
from tests.lodebase.hostile_files.case import MIB, Case, Target, write_content, zip_entries
from tests.lodebase.hostile_files.geopackages import write_geopackage
from tests.lodebase.hostile_files.workbooks import write_sheets, write_workbook


def list_large_cases(target: Target) -> Iterator[Case]:
    text, digits = "x" * MIB, "1." + "1" * 1_000
    yield "parquet-one-text.parquet", lambda path: pq.write_table(pa.table({"id": [text] * 3_000}), path)
    yield "parquet-short-of-long.parquet", lambda path: pq.write_table(pa.table({"id": ["x" * 99_000] * 20_000}), path)
    yield "parquet-lists.parquet", lambda path: pq.write_table(pa.table({"id": [list(range(100_000))] * 200}), path)
    yield "parquet-structs.parquet", lambda path: pq.write_table(pa.table({"id": [{"a": [{"b": text}] * 20}] * 50}), path)
    yield "xlsx-sheets-200.xlsx", lambda path: write_sheets(path, 200, 500)
    yield "xlsx-sheets-39.xlsx", lambda path: write_sheets(path, 39, 2_000)
    yield "xlsx-decimals.xlsx", lambda path: write_workbook(path, [["id", "lon"], [digits, digits]])
    yield "xlsx-wide.xlsx", lambda path: write_workbook(path, [[f"c{n}" for n in range(4_000)], *[list(range(4_000))] * 30])
    yield (
        "gpkg-blobs-150.gpkg",
        write_geopackage(
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
        write_geopackage(
            (
                "CREATE VIEW evil AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 4000) "
                "SELECT x AS fid, hex(zeroblob(500000)) AS id FROM n",
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('evil', 'attributes', 'evil')",
            )
        ),
    )
    yield (
        "gpkg-texts.gpkg",
        write_geopackage(
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
        "kmz-bomb.kmz": zip_entries({"doc.kml": b"<kml><Document>" + b"<Placemark/>" * 6_000_000}),
        "kmz-climbs.kmz": zip_entries({"../doc.kml": "<kml/>"}),
        "kmz-many.kmz": zip_entries({f"{n}.kml": "<kml/>" for n in range(3_000)}),
        "csv-one-row-of-quotes.csv": 'id,name\n1,"' + '""' * 3_000_000 + '"\n',
        "csv-lines-in-a-cell.csv": 'id,name\n1,"' + "a\n" * 3_000_000 + '"\n',
        "csv-\udcff\udcfe.csv": "id,name,lon,lat\n1,a,2,3\n",
        "csv-\udcff-not-text.csv": b"\x00\x01\x02",
    }
    for name, content in texts.items():
        yield name, write_content(content)
