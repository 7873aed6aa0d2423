"""Hostile GeoPackages, and layers of any format with damaged bytes."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import shapely
from tests.lodebase.hostile_files.case import Case, Target, Writer, build_frame

_LAYER = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('evil', 'features', 'evil', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('evil', 'geometry', 'GEOMETRY', 4326, 0, 0)",
)


def list_geopackage_cases(target: Target) -> Iterator[Case]:
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
        yield f"gpkg-{name}.gpkg", write_geopackage(statements)
    yield "gpkg-nested-geometry.gpkg", write_geopackage((), _nested_wkb(20_000))
    yield "gpkg-nested-multi.gpkg", write_geopackage((), _nested_wkb(20_000, 6))
    yield "gpkg-nested-a-little.gpkg", write_geopackage((), _nested_wkb(12))
    yield "gpkg-sqlite-alone.gpkg", _gpkg_alone
    for seed in range(12):
        yield f"gpkg-damaged-{seed}.gpkg", damage_layer("gpkg", seed)


def write_geopackage(statements: tuple[str, ...], geometry: bytes | None = None) -> Writer:
    def write(path: Path) -> None:
        pyogrio.write_dataframe(build_frame(), path, layer="sound")
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


def damage_layer(kind: str, seed: int) -> Writer:
    def write(path: Path) -> None:
        chance = random.Random(f"{kind} {seed}")
        if kind == "parquet":
            build_frame(200).to_parquet(path)
        else:
            pyogrio.write_dataframe(build_frame(200), path, layer="sound")
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 4, 64))):
            at = chance.randrange(len(data) - 8)
            data[at : at + 8] = chance.choice((b"\xff" * 8, bytes(8), chance.randbytes(8), b"\x7f" + b"\xff" * 7))
        path.write_bytes(data[: chance.choice((len(data), len(data), len(data) // 2))])

    return write
