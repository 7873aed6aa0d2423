"""KML 2.2: placemarks with name, description, colour and data; each record's names in both languages."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from lodedata.messages import msg
from lodedata.write import plain
from lodedata.write.content import Column, FileContent, Rows, format_caption
from lodedata.write.vector import styles

TOGETHER = 2_000
"""Placemarks that are written as one text."""
KINDS = {"number": "double", "integer": "int", "boolean": "bool"}
NAMES = ("name_en", "name_zh")
ICON = "http://maps.google.com/mapfiles/kml/shapes/shaded_dot.png"
UNNAMED = msg("unnamed")
CONTROLS = {code: None for code in range(32) if code not in (9, 10, 13)}
"""Characters that XML 1.0 does not allow."""


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the document."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(_write_head(content))
        stream.flush()
        for batch in plain.build_plain_batches(content, rows, content.table):
            for text in _write_placemarks(content, batch):
                stream.write(text)
            stream.flush()
        stream.write("</Folder>\n</Document></kml>\n")


def _write_head(content: FileContent) -> str:
    colours = {value: colour for value, (colour, _) in styles.list_style_classes(content).items()} or {"": styles.PLAIN}
    style_xml = "".join(
        f'<Style id="s{n}"><IconStyle><color>{_format_colour(colour, "ff")}</color><scale>0.8</scale>'
        f"<Icon><href>{ICON}</href></Icon></IconStyle><LabelStyle><scale>0.8</scale></LabelStyle>"
        f"<LineStyle><color>{_format_colour(colour, 'ff')}</color></LineStyle>"
        f"<PolyStyle><color>{_format_colour(colour, '55')}</color></PolyStyle></Style>\n"
        for n, colour in enumerate(colours.values())
    )
    fields = "".join(
        f"<SimpleField type={quoteattr(KINDS.get(column.type, 'string'))} name={quoteattr(column.name)}>"
        f"<displayName>{escape(column.title(content.lang))}</displayName></SimpleField>\n"
        for column in content.table.columns
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document id="lode">\n'
        f"<name>{escape(content.title)}</name><description>{escape(content.citation)}</description>\n{style_xml}"
        f'<Schema name={quoteattr(content.name)} id="fields">\n{fields}</Schema>\n'
        f"<Folder><name>{escape(content.name)}</name>\n"
    )


def _write_placemarks(content: FileContent, batch: pa.RecordBatch) -> Iterator[str]:
    columns = content.table.columns
    values = {column.name: batch.column(column.name).to_pylist() for column in columns}
    used = [(column, values[column.name]) for column in columns if batch.column(column.name).null_count < batch.num_rows]
    places = [batch.column(name).to_pylist() for name in ("x", "y", "geometry") if name in batch.schema.names]
    numbers = {value: n for n, value in enumerate(styles.list_style_classes(content))}
    groups = values.get(styles.GROUP, [None] * batch.num_rows)
    placemarks: list[str] = []
    for row in range(batch.num_rows):
        record = {column.name: (column, column_values[row]) for column, column_values in used}
        placemarks.append(
            _write_placemark(content, record, f"s{numbers.get(groups[row], 0)}", [place[row] for place in places])
        )
        if len(placemarks) == TOGETHER:
            yield "".join(placemarks)
            placemarks = []
    yield "".join(placemarks)


def _write_placemark(content: FileContent, record: Mapping[str, tuple[Column, Any]], style: str, place: list[Any]) -> str:
    names = [str(record[name][1]) for name in NAMES if name in record and record[name][1] is not None]
    if content.lang == "zh":
        names.reverse()
    data = "".join(
        f"<SimpleData name={quoteattr(name)}>{_escape_text(value)}</SimpleData>"
        for name, (_, value) in record.items()
        if value is not None
    )
    identity = str(record["id"][1])
    name = _escape_text(names[0] if names else _describe_unnamed(content, identity))
    lines = f"{_escape_text(' · '.join(names[1:]))}" if len(names) > 1 else ""
    described = f"<description>{lines}</description>" if lines else ""
    return (
        f"<Placemark id={quoteattr(identity)}><name>{name}</name>{described}<styleUrl>#{style}</styleUrl>"
        f'<ExtendedData><SchemaData schemaUrl="#fields">{data}</SchemaData></ExtendedData>{_write_geometry(place)}'
        "</Placemark>\n"
    )


def _describe_unnamed(content: FileContent, identity: str) -> str:
    """Return that a record has no name, the id of one whose kind has none."""
    has_names = any(column.name in NAMES for column in content.table.columns)
    return format_caption(UNNAMED, content.lang) if has_names else identity


def _write_geometry(place: list[Any]) -> str:
    if len(place) == 2 and place[0] is not None:
        return f"<Point><coordinates>{place[0]!r},{place[1]!r}</coordinates></Point>"
    return str(place[0]) if len(place) == 1 and place[0] is not None else ""


def _escape_text(value: object) -> str:
    return escape(str(value).translate(CONTROLS))


def _format_colour(colour: str, opacity: str) -> str:
    """Return a colour in KML's notation: opacity, blue, green, red."""
    return f"{opacity}{colour[4:6]}{colour[2:4]}{colour[0:2]}"
