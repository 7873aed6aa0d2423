"""The register of India: its list and batch, then each unit with its stream and the state of its address or section."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.cells import partial_date
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.generic import read_generic
from lodedata.mapping.tables import table_file
from lodedata.read import Hints, InputTable, open_table
from lodedata.records import GenericRecord, SourceRow
from lodedata.recycling.streams import SEVERAL, named_stream

LIST = "india-nonferrous-reprocessors"
STATE, SECTION = "state_in_address", "state_section"


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the list, its batch, and every unit with the stream that it is registered for."""
    yield _reading(_list(source), "list")
    yield _reading(_batch(source), "batch")
    (spec,) = source.tables
    table = open_table(table_file(spec, path), Hints())
    for reading in read_generic(KINDS["list_entry"], spec, _with_state(table), tally):
        yield replace(reading, records=(*reading.records, *(_stream(source, reading) for _ in reading.records)))


def _stream(source: Source, reading: Reading) -> GenericRecord:
    """Return the stream of a unit; its capacity is that of all its wastes together."""
    cells, (entry,) = orjson.loads(reading.rows[0].raw), reading.records
    assert isinstance(entry, GenericRecord)
    capacity = cells.get("capacity_t_per_year")
    values = {
        "name_en": cells["name"],
        "facility_type": "recycling-base",
        "operator": cells["name"],
        "stream": named_stream(f"{cells.get('raw_text') or ''}") or SEVERAL,
        "stream_reported": cells.get("metals"),
        "permitted_input_tpa": float(capacity) if capacity else None,
        "permitted_basis": "gross" if capacity else None,
        "process_route": (),
        "country": entry.values["country"],
        "division": entry.values["division"],
        "information_date": partial_date(source.version),
    }
    return GenericRecord(kind="plant_stream", values=values)


def _with_state(table: InputTable) -> InputTable:
    """Return the table with a column of the state: that of the address, since the section is wrong for some units."""
    address, section = table.columns.index(STATE), table.columns.index(SECTION)
    rows = (replace(row, cells=(*row.cells, row.cells[address] or row.cells[section])) for row in table.rows)
    return replace(table, columns=(*table.columns, "state"), rows=rows)


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


def _batch(source: Source) -> GenericRecord:
    values = {"list": LIST, "number": 1, "published": partial_date(source.version)}
    return GenericRecord(kind="list_batch", values=values)


def _reading(record: GenericRecord, key: str) -> Reading:
    raw = orjson.dumps(record.values, default=str)
    return Reading((SourceRow(key=key, raw=raw, locator="source.yml"),), (record,))
