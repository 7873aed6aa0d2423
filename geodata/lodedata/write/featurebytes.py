"""Points with their properties as the features of a FlatGeobuf file, made from whole columns.

A feature is a size and a FlatBuffers table of geometry and properties, in the layout that GDAL writes. A property is the
number of its column and its value; what is not stated is left out. See flatgeobuf.org and its schema ``feature.fbs``.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write.pieces import Array, data, fixed, joined, lengths

HEAD = np.dtype(
    [("size", "<u4"), ("root", "<u4"), ("fields", "<u2", 4), ("to_fields", "<u4")]
    + [("to_geometry", "<u4"), ("to_properties", "<u4"), ("properties", "<u4")]
)
TAIL = np.dtype([("fields", "<u2", 4), ("to_fields", "<u4"), ("to_xy", "<u4"), ("number", "<u4"), ("xy", "<f8", 2)])
TEXT = np.dtype([("column", "<u2"), ("length", "<u4")])
VALUES = {
    pa.float64(): np.dtype([("column", "<u2"), ("value", "<f8")]),
    pa.int32(): np.dtype([("column", "<u2"), ("value", "<i4")]),
    pa.bool_(): np.dtype([("column", "<u2"), ("value", "u1")]),
}
PADDING = pa.array([b"\0" * n for n in range(8)], pa.binary())


def of(batch: pa.RecordBatch) -> tuple[memoryview, Array]:
    """The features of a batch one after the other, and the bytes of each; its last two columns are ``x`` and ``y``.

    Raises ValueError for one without a position.
    """
    x, y = batch.column("x"), batch.column("y")
    if x.null_count or y.null_count:
        raise ValueError("a feature has no position")
    properties = _properties(batch)
    n = lengths(properties)
    padding = (-(n + 4)) % 8
    head = np.zeros(len(n), HEAD)
    head["size"], head["root"], head["fields"], head["to_fields"] = 64 + n + padding, 12, (8, 12, 4, 8), 8
    head["to_geometry"], head["to_properties"], head["properties"] = 20 + n + padding, 4, n
    tail = np.zeros(len(n), TAIL)
    tail["fields"], tail["to_fields"], tail["to_xy"], tail["number"] = (8, 8, 0, 4), 8, 4, 2
    tail["xy"][:, 0], tail["xy"][:, 1] = x.to_numpy(), y.to_numpy()
    made = joined([fixed(head), properties, PADDING.take(pa.array(padding)), fixed(tail)])
    return data(made), lengths(made)


def _properties(batch: pa.RecordBatch) -> pa.Array:
    parts: list[pa.Array] = []
    for number, values in enumerate(batch.columns[:-2]):
        if values.null_count < len(values):
            parts += _property(number, values)
    return joined(parts) if parts else pa.array([b""] * batch.num_rows, pa.binary())


def _property(number: int, values: pa.Array) -> list[pa.Array]:
    """The pieces of a column's properties, none where a value is none."""
    if values.type in VALUES:
        made = np.zeros(len(values), VALUES[values.type])
        made["column"] = number
        made["value"] = pc.fill_null(values, False if values.type == pa.bool_() else 0).to_numpy(zero_copy_only=False)
        return [fixed(made, values)]
    if values.type == pa.date32():
        # as GDAL tells a day: a moment without a zone
        values = pc.binary_join_element_wise(values.cast(pa.string()), "T00:00:00", "")
    made = np.zeros(len(values), TEXT)
    made["column"], made["length"] = number, lengths(values)
    return [fixed(made, values), values.cast(pa.binary())]
