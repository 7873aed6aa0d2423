"""Geometries as well-known binary, and their boxes, from columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def build_wkb_points(x: pa.Array, y: pa.Array) -> pa.Array:
    """Return points as WKB, null where a coordinate is null."""
    points = np.zeros(len(x), POINT)
    points["order"], points["type"] = 1, 1
    points["x"], points["y"] = x.to_numpy(zero_copy_only=False), y.to_numpy(zero_copy_only=False)
    size = pa.binary(POINT.itemsize)
    wkb = pa.FixedSizeBinaryArray.from_buffers(size, len(points), [None, pa.py_buffer(points.tobytes())]).cast(pa.binary())
    return pc.if_else(x.is_valid(), wkb, pa.scalar(None, pa.binary())) if x.null_count else wkb


def get_batch_geometry(batch: pa.RecordBatch) -> pa.Array:
    """Return the geometry of a batch as WKB."""
    if "x" in batch.schema.names:
        return build_wkb_points(batch.column("x"), batch.column("y"))
    return batch.column("geometry")


def compute_geometry_boxes(batch: pa.RecordBatch, form: pa.StructType) -> pa.Array:
    """Return the box around each geometry, null for null."""
    if "x" in batch.schema.names:
        x, y = batch.column("x"), batch.column("y")
        return pa.StructArray.from_arrays([x, y, x, y], fields=list(form), mask=x.is_null())
    edges = [batch.column(edge) for edge in form.names]
    return pa.StructArray.from_arrays(edges, fields=list(form), mask=edges[0].is_null())
