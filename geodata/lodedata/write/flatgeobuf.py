"""FlatGeobuf, with its coordinate reference system, and a spatial index where every record has a position.

GDAL takes each record apart into fields and sorts all at the end. Points that come along a curve of places are written here
from whole columns instead, and their order is the index's; the header is GDAL's own.
"""

import shutil
import struct
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from lodedata.write import featurebytes, gdal, geometry, plain
from lodedata.write.content import Content, Rows
from lodedata.write.pieces import Array

MAGIC_BYTES = 8
NODE = np.dtype([("box", "<f8", 4), ("offset", "<u8")])
CHILDREN = 16
"""Of a node of the index, as GDAL writes it."""
COUNT = 8
"""The field ``features_count`` of the header's table."""
BLOCK_BYTES = 1 << 20


def write(content: Content, rows: Rows, path: Path) -> None:
    """Write the records."""
    if content.along and content.placed and content.table.geometry == "point":
        _points(content, rows, path)
    else:
        _by_gdal(content, rows, path)


def _by_gdal(content: Content, rows: Rows, path: Path) -> None:
    said = {"TITLE": content.title, "DESCRIPTION": content.citation}
    # what has no position can't be in an index
    indexed = "YES" if content.placed else "NO"
    gdal.layer(content, rows, path, "FlatGeobuf", content.table, SPATIAL_INDEX=indexed, **said)


def _points(content: Content, rows: Rows, path: Path) -> None:
    """The features go to a file beside first, as the index before them needs where each one begins."""
    x, y, sizes = [], [], []
    with tempfile.TemporaryFile(dir=path.parent) as features:
        for batch in plain.batches(content, rows, content.table):
            buffer, lengths = featurebytes.of(batch)
            features.write(buffer)
            sizes.append(lengths)
            x.append(batch.column("x").to_numpy())
            y.append(batch.column("y").to_numpy())
        if not sum(map(len, sizes)):
            _by_gdal(content, lambda _: iter(()), path)
            return
        lon, lat, length = np.concatenate(x), np.concatenate(y), np.concatenate(sizes)
        header = _header(content, path, (lon.min(), lat.min()), (lon.max(), lat.max()), len(lon))
        features.seek(0)
        with path.open("wb") as target:
            target.write(header)
            target.writelines(level.tobytes() for level in _index(lon, lat, length))
            shutil.copyfileobj(features, target, BLOCK_BYTES)


def _header(content: Content, path: Path, low: tuple[float, float], high: tuple[float, float], count: int) -> bytes:
    """What GDAL writes before the index of records with these corners, with the number of features put in."""
    sample = path.with_name(f"header{path.suffix}")
    corners = geometry.points(pa.array([low[0], high[0]]), pa.array([low[1], high[1]]))

    *fields, _ = gdal.schema(content, content.table)
    two = pa.record_batch([*(pa.nulls(2, field.type) for field in fields), corners], [*(f.name for f in fields), "geometry"])
    _by_gdal(content, lambda _: iter((two,)), sample)
    whole = bytearray(sample.read_bytes())
    sample.unlink()
    (size,) = struct.unpack_from("<I", whole, MAGIC_BYTES)
    begin = MAGIC_BYTES + 4
    table = begin + struct.unpack_from("<I", whole, begin)[0]
    fields = table - struct.unpack_from("<i", whole, table)[0]
    (field,) = struct.unpack_from("<H", whole, fields + 4 + 2 * COUNT)
    struct.pack_into("<Q", whole, table + field, count)
    return bytes(whole[: begin + size])


def _index(x: Array, y: Array, sizes: Array) -> list[Array]:
    """The nodes of a packed R-tree, level by level from its root; each node holds the next sixteen of the level below."""
    leaves = np.empty(len(x), NODE)
    leaves["box"] = np.stack([x, y, x, y], axis=1)
    leaves["offset"] = np.concatenate([[0], np.cumsum(sizes[:-1], dtype="u8")])
    levels = [leaves]
    while len(levels[0]) > 1 or len(levels) == 1:
        below = levels[0]["box"]
        firsts = np.arange(0, len(below), CHILDREN)
        nodes = np.empty(len(firsts), NODE)
        nodes["box"][:, :2] = np.minimum.reduceat(below[:, :2], firsts)
        nodes["box"][:, 2:] = np.maximum.reduceat(below[:, 2:], firsts)
        nodes["offset"] = firsts
        levels.insert(0, nodes)
    begin = 0
    for level in levels[:-1]:
        # a node tells the number of its first child among all nodes
        begin += len(level)
        level["offset"] += begin
    return levels
