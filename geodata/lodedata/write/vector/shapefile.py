"""Zipped shapefile, with a table of its field names and a readme about its losses.

A text has at most 254 bytes and a file 2 GB; names have ten letters; there is no null text, and a record without a position
has an empty shape.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from lodedata.gdal import pyogrio
from lodedata.messages import list_languages, msg
from lodedata.write import archive
from lodedata.write.content import Column, FileContent, Rows, Table, format_caption
from lodedata.write.vector import gdal

MAX_FIELD_NAME_BYTES = 10
MAX_TEXT_BYTES = 254
README = (
    msg("Names of fields are cut to ten letters; fields.csv has the full names and titles."),
    msg("A shapefile holds texts of at most 254 bytes: %(cut)s longer texts were cut at their end."),
    msg("It has no null: what is not stated is an empty text, and an empty cell of a number."),
    msg("%(nowhere)s records have no position; their shape is empty."),
    msg("GeoPackage loses nothing: write gpkg in place of shp in the address."),
)
"""The paragraphs of the readme."""
TITLE = msg("title")


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the archive: the shapefile, a table of its fields, a readme."""
    folder = path.with_suffix(".parts")
    folder.mkdir()
    table, names = content.table, shorten_column_names(content.table.columns)
    spooled = folder / "rows.arrow"
    widths, cut, nowhere = _spool_rows(content, rows, table, spooled)
    layer_schema = gdal.build_layer_schema(content, table, names, widths)
    with pa.OSFile(str(spooled)) as source, pa.ipc.open_stream(source) as reader:
        batches = (pa.record_batch(batch.columns, schema=layer_schema) for batch in reader)
        stream = pa.RecordBatchReader.from_batches(layer_schema, batches)
        pyogrio.write_arrow(
            stream,
            folder / f"{content.name}.shp",
            driver="ESRI Shapefile",
            geometry_name=gdal.SHAPE,
            geometry_type=gdal.KINDS[table.geometry or "point"],
            crs=f"EPSG:{content.srid}",
            encoding="UTF-8",
        )
    spooled.unlink()
    paragraphs = [format_caption(paragraph.filled(cut=cut, nowhere=nowhere), None, "\n") for paragraph in README]
    readme = "\n\n".join((f"{content.title}\n{content.citation}", *paragraphs))
    (folder / "README.txt").write_text(f"{readme}\n", encoding="utf-8")
    (folder / "fields.csv").write_bytes(_write_fields(table, names).encode("utf-8-sig"))
    archive.pack(path, {part.name: part for part in sorted(folder.iterdir())}, content.moment)


def shorten_column_names(columns: tuple[Column, ...]) -> Mapping[str, str]:
    """Return a unique name of at most ten letters for each column."""
    column_names: dict[str, str] = {}
    for column in columns:
        name = column.name if len(column.name) <= MAX_FIELD_NAME_BYTES else column.name.replace("_", "")[:MAX_FIELD_NAME_BYTES]
        number = 1
        while name in column_names.values():
            number += 1
            name = f"{name[: MAX_FIELD_NAME_BYTES - len(str(number))]}{number}"
        column_names[column.name] = name
    return column_names


def _spool_rows(content: FileContent, rows: Rows, table: Table, spooled: Path) -> tuple[dict[str, int], int, int]:
    """Spool the rows; return the width of each text, the number of cut texts, and of records without a position.

    GDAL would rewrite the whole file for each text that is longer than all before it.
    """
    texts = [column.name for column in table.columns if column.type in ("string", "array")]
    widths, cut, nowhere = dict.fromkeys(texts, 1), 0, 0
    layer_schema = gdal.build_layer_schema(content, table)
    with pa.OSFile(str(spooled), "wb") as sink, pa.ipc.new_stream(sink, layer_schema) as writer:
        for batch in gdal.fit_rows_to_schema(content, rows, table, layer_schema):
            columns = list(batch.columns)
            nowhere += batch.column(gdal.SHAPE).null_count
            for n, name in enumerate(batch.schema.names):
                if name in widths:
                    longest = pc.max(pc.binary_length(columns[n])).as_py() or 0
                    if longest > MAX_TEXT_BYTES:
                        columns[n], shortened = _cut(columns[n])
                        cut += shortened
                    widths[name] = max(widths[name], min(longest, MAX_TEXT_BYTES))
            writer.write_batch(pa.record_batch(columns, schema=layer_schema))
    return widths, cut, nowhere


def _cut(texts: pa.Array) -> tuple[pa.Array, int]:
    """Return the texts, cut between letters to the length of a cell, and the number of those that were cut."""
    long = 0
    cut_texts: list[str | None] = []
    for text in texts.to_pylist():
        content = None if text is None else text.encode()
        if content is not None and len(content) > MAX_TEXT_BYTES:
            long += 1
            text = content[:MAX_TEXT_BYTES].decode(errors="ignore")
        cut_texts.append(text)
    return pa.array(cut_texts, pa.string()), long


def _write_fields(table: Table, names: Mapping[str, str]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(("field", "name", *map(TITLE.in_language, list_languages()), "unit"))
    writer.writerows(_describe_fields(table, names))
    return stream.getvalue()


def _describe_fields(table: Table, names: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for column in table.columns:
        yield names[column.name], column.name, *map(column.title, list_languages()), column.unit or ""
