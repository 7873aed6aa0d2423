"""Bytes of many rows made from whole columns: pieces of each row that are joined by Arrow."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Array = npt.NDArray[Any]


def joined(parts: list[pa.Array]) -> pa.Array:
    """The pieces of each row as one, those that are none left out."""
    return pc.binary_join_element_wise(*parts, b"", null_handling="skip")


def fixed(made: Array, like: pa.Array | None = None) -> pa.Array:
    """Each element, or each row of bytes, as a piece; none where another array has none."""
    size = made.dtype.itemsize * (made.shape[1] if made.ndim > 1 else 1)
    buffers = [None, pa.py_buffer(np.ascontiguousarray(made).view("u1"))]
    whole = pa.FixedSizeBinaryArray.from_buffers(pa.binary(size), len(made), buffers).cast(pa.binary())
    if like is None or not like.null_count:
        return whole
    return pc.if_else(like.is_valid(), whole, pa.scalar(None, pa.binary()))


def lengths(values: pa.Array) -> Array:
    """The bytes of each text or piece, 0 where there is none."""
    if len(values) and not values.null_count:
        ends = np.frombuffer(values.buffers()[1], "i4")[values.offset : values.offset + len(values) + 1]
        return np.diff(ends)
    found: Array = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False)
    return found


def data(values: pa.Array) -> memoryview:
    """All bytes of an array of pieces that was just made: it begins at its first one and has no nulls."""
    buffer = values.buffers()[2]
    return memoryview(b"" if buffer is None else buffer)[: int(lengths(values).sum())]
