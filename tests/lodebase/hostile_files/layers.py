"""Hostile Parquet, FlatGeobuf and shapefiles."""

import json
import random
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from tests.lodebase.hostile_files.case import Case, Target, Writer, build_frame, write_content, zip_entries
from tests.lodebase.hostile_files.geopackages import _nested_wkb, damage_layer


def list_parquet_cases(target: Target) -> Iterator[Case]:
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
        "footer-lie": write_content(b"PAR1" + b"\xff" * 100 + struct.pack("<I", 2**31 - 1) + b"PAR1"),
        "head-alone": write_content(b"PAR1"),
    }
    for name, write in cases.items():
        yield f"parquet-{name}.parquet", write
    for seed in range(12):
        yield f"parquet-damaged-{seed}.parquet", damage_layer("parquet", seed)


def list_flatgeobuf_cases(target: Target) -> Iterator[Case]:
    magic = b"fgb\x03fgb\x01"
    yield "fgb-head-alone.fgb", write_content(magic)
    yield "fgb-size-lie.fgb", write_content(magic + b"\xff\xff\xff\x7f" + bytes(100))
    yield "fgb-size-negative.fgb", write_content(magic + b"\xff\xff\xff\xff" + bytes(100))
    yield "fgb-noise.fgb", write_content(magic + random.Random(1).randbytes(50_000))
    for seed in range(20):
        yield f"fgb-damaged-{seed}.fgb", damage_layer("fgb", seed)


def list_shapefile_cases(target: Target) -> Iterator[Case]:
    header = struct.pack(">i5i", 9994, 0, 0, 0, 0, 0) + struct.pack(">i", 2**31 - 1) + struct.pack("<ii", 1000, 5) + bytes(64)
    yield "shp-header-alone.shp", write_content(header)
    yield (
        "shp-record-lie.zip",
        write_content(zip_entries({"a.shp": header + struct.pack(">ii", 1, 2**31 - 1) + struct.pack("<i", 5)})),
    )
    yield "shp-parts-lie.zip", write_content(_shapes({"a.shp": _poly(2**31 - 1, 1)}))
    yield "shp-points-lie.zip", write_content(_shapes({"a.shp": _poly(1, 2**31 - 1)}))
    dbf = bytes([3, 126, 1, 1]) + struct.pack("<IHH", 2**32 - 1, 65_535, 65_535) + bytes(20)
    yield "shp-dbf-lie.zip", write_content(_shapes({"a.dbf": dbf + b"x" * 1000}))
    yield "shp-dbf-no-end.zip", write_content(_shapes({"a.dbf": dbf[:32] + b"A" * 60_000}))
    yield "shp-prj-nested.zip", write_content(_shapes({"a.prj": "PROJCS[" * 50_000}))
    yield "shp-prj-link.zip", write_content(_shapes({"a.prj": f"{target.address}/crs"}))
    yield "shp-prj-file.zip", write_content(_shapes({"a.prj": str(target.secret)}))
    yield "shp-prj-long.zip", write_content(_shapes({"a.prj": "x" * 9_000_000}))
    yield "shp-cpg-long.zip", write_content(_shapes({"a.cpg": "x" * 1_000_000}))
    yield "shp-cpg-odd.zip", write_content(_shapes({"a.cpg": "../../etc/passwd\0"}))
    yield "shp-qix.zip", write_content(_shapes({"a.qix": b"SQT\x01\x01\x00\x00\x00" + b"\xff" * 5_000}))
    yield "shp-xml.zip", write_content(_shapes({"a.shp.xml": f'<!DOCTYPE x SYSTEM "{target.address}/x.dtd"><x/>'}))
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
        pyogrio.write_dataframe(build_frame(50), Path(folder) / "a.shp", encoding="UTF-8")
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def _shapes(change: dict[str, bytes | str]) -> bytes:
    return zip_entries(_sound_shapes() | change)


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
        path.write_bytes(zip_entries(parts | {name: bytes(data[: chance.choice((len(data), len(data) // 2))])}))

    return write
