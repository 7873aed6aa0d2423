"""The register of dams: coordinates in degrees, minutes and seconds, and states by their letters."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.cells import Unreadable, degrees
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.columns import mentioned_columns
from lodedata.mapping.generic import read_generic
from lodedata.mapping.tables import table_file
from lodedata.read import Hints, InputTable, open_table

PLACE = ("Longitude", "Latitude", "UF")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield every dam of the register."""
    (spec,) = source.tables
    table = _placed(open_table(table_file(spec, path), Hints()))
    used = mentioned_columns(spec)
    ignored = {name: "not about what the facility holds or how it is built" for name in table.columns if name not in used}
    ignored |= dict.fromkeys(PLACE, "converted to decimal degrees, or to the code of the state")
    yield from read_generic(KINDS["tailings_facility"], spec.model_copy(update={"ignored": ignored}), table, tally)


def _placed(table: InputTable) -> InputTable:
    """Return the table with decimal degrees and the code of the state; what can't be read stays as it is."""
    places = [table.columns.index(name) for name in PLACE]
    rows = (
        replace(row, cells=(*row.cells, *(_decimal(row.cells[at]) for at in places[:2]), f"BR-{row.cells[places[2]]}"))
        for row in table.rows
    )
    return replace(table, columns=(*table.columns, "longitude", "latitude", "division"), rows=rows)


def _decimal(written: object) -> object:
    try:
        return round(degrees(str(written).replace("''", '"')), 6)
    except Unreadable:
        return written
