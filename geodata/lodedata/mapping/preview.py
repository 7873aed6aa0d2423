"""The first records of a table as an import would store them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.mapping.model import Source
from lodedata.mapping.reading import Reading, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.records import Commodity, PartialDate, Position, Quantity, Status

COUNT = 5


def preview_table(source: Source, path: Path, count: int = COUNT) -> list[dict[str, Any]]:
    """Return the first readings of a table as plain values: where it is, the record, its problems in both languages.

    Raises FileRefused and MappingRefused.
    """
    return [_convert_reading(reading) for reading in islice(read_mapped(source, path, Tally()), count)]


def _convert_reading(reading: Reading) -> dict[str, Any]:
    shown: dict[str, Any] = {"row": "; ".join(row.locator for row in reading.rows), "key": reading.rows[0].key}
    if reading.records:
        record = reading.records[0]
        shown |= {"kind": record.kind, "record": convert_to_plain_value(record)}
    problems = [
        {"column": problem.column, "refuses": problem.refuses, "en": problem.sentence("en"), "zh": problem.sentence("zh")}
        for problem in reading.problems
    ]
    return shown | {"problems": problems}


def convert_to_plain_value(value: Any) -> Any:
    """Return a record or a part of one as texts, numbers, lists and dictionaries, without what is empty."""
    match value:
        case PartialDate():
            return str(value)
        case date():
            return value.isoformat()
        case Quantity():
            basis = f" ({value.basis})" if value.basis else ""
            sign = f"{value.qualifier} " if value.qualifier not in (None, "range") else ""
            upper = f" to {convert_cell_to_text(value.upper)}" if value.upper is not None else ""
            return f"{sign}{convert_cell_to_text(value.reported)}{upper} {value.unit}{basis}"
        case Commodity():
            return value.code if value.rank == "main" else f"{value.code} ({value.rank})"
        case Status():
            return f"{value.code} ({value.reported}), {value.on or 'date not stated'}"
        case Position():
            accuracy = f", ± {value.accuracy_m:g} m" if value.accuracy_m is not None else ""
            return f"{value.lon:.6f}, {value.lat:.6f}{accuracy} ({value.original}; {value.crs})"
        case bytes():
            return f"{len(value)} bytes of geometry"
        case Mapping():
            return {name: convert_to_plain_value(inner) for name, inner in value.items() if inner not in (None, (), {})}
        case tuple() | list():
            return [convert_to_plain_value(inner) for inner in value]
    if is_dataclass(value):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {
            name: convert_to_plain_value(inner)
            for name, inner in named
            if inner not in (None, (), {}, "") and name != "access_level"
        }
    return value
