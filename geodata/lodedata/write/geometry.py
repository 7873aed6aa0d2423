"""Geometries as well-known binary, and their boxes, without a library of geometry."""

import numpy as np
import pyarrow as pa

from lodedata.write.pieces import Array, fixed

POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def points(x: pa.Array, y: pa.Array) -> pa.Array:
    """Points as WKB, none where a coordinate is none."""
    return fixed(pairs(x, y), x)


def pairs(x: pa.Array, y: pa.Array) -> Array:
    """Points as the parts of their WKB."""
    made = np.zeros(len(x), POINT)
    made["order"], made["type"] = 1, 1
    made["x"], made["y"] = x.to_numpy(zero_copy_only=False), y.to_numpy(zero_copy_only=False)
    return made


def of(batch: pa.RecordBatch) -> pa.Array:
    """The geometry of a batch as WKB."""
    if "x" in batch.schema.names:
        return points(batch.column("x"), batch.column("y"))
    return batch.column("geometry")


def boxes(batch: pa.RecordBatch, form: pa.StructType) -> pa.Array:
    """The box around each geometry, none where there is none."""
    if "x" in batch.schema.names:
        x, y = batch.column("x"), batch.column("y")
        return pa.StructArray.from_arrays([x, y, x, y], fields=list(form), mask=x.is_null())
    edges = [batch.column(edge) for edge in form.names]
    return pa.StructArray.from_arrays(edges, fields=list(form), mask=edges[0].is_null())
