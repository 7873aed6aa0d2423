"""The register of India: its list and batch, then each unit with its stream and the state of its address or section."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.cells import parse_partial_date
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.generic import read_generic
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import find_table_file
from lodedata.read import Hints, InputRow, InputTable, open_table
from lodedata.records import GenericRecord, SourceRow
from lodedata.topics.recycling.streams import SEVERAL, parse_stream_name

LIST = "india-nonferrous-reprocessors"
STATES = ("state_in_address", "state_section")
FURTHER = ("capacity_t_per_year", "metals", "raw_text", "name")
"""Columns from which the stream of a unit is made."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the list, its batch, and every unit with the stream that it is registered for."""
    yield _build_reading(_list(source), "list")
    yield _build_reading(_build_batch(source), "batch")
    (spec,) = source.tables
    table = open_table(find_table_file(spec, path), Hints())
    extension = ReadingExtension(FURTHER, lambda reading, cells: _add_stream(source, reading, cells))
    yield from read_generic(KINDS["list_entry"], spec, _add_state(table, tally), tally, extension)


def _add_stream(source: Source, reading: Reading, cells: RowCells) -> Reading:
    """Return the reading of a unit with its stream, whose capacity is that of all its wastes together."""
    if not reading.records:
        return reading
    (entry,) = reading.records
    assert isinstance(entry, GenericRecord)
    capacity = cells.get("capacity_t_per_year")
    values = {
        "name_en": cells.get("name"),
        "facility_type": "recycling-base",
        "operator": cells.get("name"),
        "stream": parse_stream_name(f"{cells.get('raw_text') or ''}") or SEVERAL,
        "stream_reported": cells.get("metals"),
        "permitted_input_tpa": float(capacity) if capacity else None,
        "permitted_basis": "gross" if capacity else None,
        "process_route": (),
        "country": entry.values["country"],
        "division": entry.values["division"],
        "information_date": parse_partial_date(source.version),
    }
    return replace(reading, records=(entry, GenericRecord(kind="plant_stream", values=values)))


def _add_state(table: InputTable, tally: Tally) -> InputTable:
    """Return the table with a column of the state: that of the address, since the section is wrong for some units."""
    usage = tally.reads(table.name, table.columns, STATES, derived=("state",))

    def rows() -> Iterator[InputRow]:
        for row in table.rows:
            cells = RowCells(usage, row)
            state = cells.first(*STATES)
            cells.mark()
            yield replace(row, cells=(*row.cells, state))

    return replace(table, columns=(*table.columns, "state"), rows=rows())


def _list(source: Source) -> GenericRecord:
    values = {
        "code": LIST,
        "name_en": "Registered reprocessors of non-ferrous metal waste (example of another register)",
        "name_zh": "有色金属废料登记再加工企业（他国名录示例）",
        "list_type": "registration",
        "publisher": source.publisher,
        "kinds_covered": ("metal-waste-reprocessing",),
        "country": "IND",
        "provinces_covered": (),
    }
    return GenericRecord(kind="condition_list", values=values)


def _build_batch(source: Source) -> GenericRecord:
    values = {"list": LIST, "number": 1, "published": parse_partial_date(source.version)}
    return GenericRecord(kind="list_batch", values=values)


def _build_reading(record: GenericRecord, key: str) -> Reading:
    raw = orjson.dumps(record.values, default=str)
    return Reading((SourceRow(key=key, raw=raw, locator="source.yml"),), (record,))
