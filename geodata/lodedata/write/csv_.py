"""CSV (RFC 4180) that a spreadsheet opens as it is: UTF-8 with a byte order mark, a header even without rows.

A text that a spreadsheet would read as a formula gets an apostrophe before it.
"""

import codecs
from collections.abc import Iterable, Set
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from lodedata.messages import msg
from lodedata.write import plain
from lodedata.write.content import FileContent, Language, Rows, Table
from lodedata.write.formula import BLANKS, GUARD, SIGNS, is_formula

RISKY = np.isin(np.arange(256), [character.encode()[0] for character in SIGNS + BLANKS])
"""Whether a text that begins with a byte may be read as a formula."""
DEGREES = ("lon", "lat")
POSITION_TITLES = {"lon": msg("Longitude"), "lat": msg("Latitude"), "x": msg("Easting"), "y": msg("Northing")}


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the records."""
    write_table(content, rows, path, content.table, content.lang)


def write_table(content: FileContent, rows: Rows, path: Path, table: Table, lang: Language | None) -> None:
    """Write any table; the header has titles if there is a language, else names."""
    fields = plain.build_plain_schema(table.columns, *geometry(table))
    titles = write_csv_header(content, table, lang)
    named = pa.schema([pa.field(title, field.type) for title, field in zip(titles, fields, strict=True)])
    free_texts = frozenset(n for n, column in enumerate(table.columns) if column in table.free_texts)
    write_batches(plain.build_plain_batches(content, rows, table), named, free_texts, path)


def write_batches(batches: Iterable[pa.RecordBatch], named: pa.Schema, free_texts: Set[int], path: Path) -> None:
    """Write batches under a header of the schema's names, with the free texts (columns by index) guarded."""
    with path.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        with csv.CSVWriter(stream, named, write_options=csv.WriteOptions(eol="\r\n")) as writer:
            stream.flush()
            for batch in batches:
                guarded = [guard(values) if n in free_texts else values for n, values in enumerate(batch.columns)]
                writer.write_batch(pa.record_batch(guarded, schema=named))
                stream.flush()


def write_finished(content: FileContent, lines: Iterable[bytes], path: Path) -> None:
    """Write records that are CSV lines already, their texts guarded, below a header of names."""
    names = write_csv_header(content, content.table, None)
    with path.open("wb", buffering=0) as stream:
        stream.write(codecs.BOM_UTF8 + ",".join(f'"{name}"' for name in names).encode() + b"\r\n")
        stream.writelines(lines)


def geometry(table: Table) -> tuple[pa.Field, ...]:
    """Return the fields of the position or geometry."""
    if table.geometry == "point":
        return pa.field("x", pa.float64()), pa.field("y", pa.float64())
    return () if table.geometry is None else (pa.field("geometry", pa.string()),)


def write_csv_header(content: FileContent, table: Table, lang: Language | None) -> list[str]:
    """Return the names of the columns, or their titles in a language."""
    titles = [column.name if lang is None else column.title(lang) for column in table.columns]
    if table.geometry == "point":
        degrees = content.srid in (4326, 4490)
        names = DEGREES if degrees else ("x", "y")
        titles += names if lang is None else [POSITION_TITLES[name].in_language(lang) for name in names]
    elif table.geometry is not None:
        titles.append("wkt" if lang is None else "WKT")
    return titles


def guard(values: pa.Array) -> pa.Array:
    """Return the texts, with an apostrophe before those that would be formulas."""
    _, offsets, content = values.buffers()
    if content is None or not content.size:
        return values
    # read as bytes: a regular expression for each text costs as much as writing it
    begins = np.frombuffer(offsets, "i4", len(values) + 1, values.offset * 4)
    firsts = np.frombuffer(content, "u1")[np.minimum(begins[:-1], content.size - 1)]
    risky = RISKY[firsts] & (begins[1:] > begins[:-1])
    for at in np.flatnonzero(risky):
        risky[at] = is_formula(values[int(at)].as_py() or "")
    if not risky.any():
        return values
    return pc.if_else(risky, pc.binary_join_element_wise(GUARD, values, ""), values)
