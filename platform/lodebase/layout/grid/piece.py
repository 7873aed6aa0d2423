"""A piece of a what-if: places that lie together with all that is needed to check them, worked out without a database."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from lodebase.errors import BadCandidate
from lodebase.layout.candidate import Candidate
from lodebase.layout.findings import RESULTS, facts_of, rules_of
from lodebase.layout.grid.around import Around
from lodebase.layout.grid.cells import Cells
from lodebase.layout.grid.near import WAYS, Near, near
from lodebase.layout.grid.snapshot import Points, Zone
from lodedata.rules import Known, judge
from lodedata.rules.standing import COUNTS

SUFFIX = {"placed": "", "certain": "_certain", "possible": "_possible"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some places and what lies around them; the same piece gives the same bytes wherever it is worked out."""

    cells: Cells
    plants: tuple[Candidate, ...]
    sites: Mapping[str, Points]
    ore: Mapping[str, tuple[Points, Points]]
    zones: tuple[Zone, ...]
    kinds: tuple[str, ...]
    rules: Known


def schema(plants: tuple[Candidate, ...]) -> pa.Schema:
    """The columns of the result: a row for each place and product."""
    radii = sorted({km for one in plants for km in one.radii_km})
    columns = [
        *((name, pa.string()) for name in ("cell", "product")),
        *((name, pa.float64()) for name in ("lon", "lat", "capacity_tpa")),
        *((name, pa.string()) for name in ("country", "division")),
        *((f"rules_{result}", pa.int32()) for result in RESULTS),
        ("rules_not_met_ids", pa.string()),
        ("nearest_km", pa.float64()),
        *((f"sites_{km:g}_km{SUFFIX[way]}", pa.int64()) for km in radii for way in SUFFIX),
        *((f"coming_{km:g}_km{SUFFIX[way]}", pa.int64()) for km in radii for way in SUFFIX),
        *((f"live_tpa_{km:g}_km{SUFFIX[way]}", pa.float64()) for km in radii for way in SUFFIX),
        ("ore_deposits", pa.int64()),
        ("ore_mines", pa.int64()),
    ]
    return pa.schema(columns)


def work(piece: Piece) -> bytes:
    """The rows of a piece as an Arrow stream, place by place, the products in their order; a place at sea has none."""
    form = schema(piece.plants)
    judged = _judged(piece)
    kept = np.array(sorted(judged), dtype=np.int64)
    some = Cells(tuple(piece.cells.names[i] for i in kept), piece.cells.lon[kept], piece.cells.lat[kept])
    tables = [
        _of_plant(piece, number, one, some, [judged[i][number] for i in kept], form) for number, one in enumerate(piece.plants)
    ]
    whole = pa.concat_tables(tables) if tables else form.empty_table()
    order = np.arange(len(whole)).reshape(max(len(tables), 1), -1).T.ravel()
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, form) as writer:
        writer.write_table(whole.take(order).combine_chunks())
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class _Judged:
    """What rules say of one plant at one place."""

    country: str | None
    division: str | None
    counts: dict[str, int]
    not_met: str


def _judged(piece: Piece) -> dict[int, list[_Judged]]:
    """By place what the rules say of each plant; places at sea are left out."""
    around = Around(piece.zones, piece.kinds, piece.cells)
    counting = [[(i, r) for i, r, worth in rules_of(one, piece.rules) if worth in COUNTS] for one in piece.plants]
    found: dict[int, list[_Judged]] = {}
    for number in range(len(piece.cells)):
        lon, lat = float(piece.cells.lon[number]), float(piece.cells.lat[number])
        placed = [replace(one, lon=lon, lat=lat) for one in piece.plants]
        try:
            where = around.place(number, placed[0])
        except BadCandidate:
            continue
        found[number] = []
        for one, rules in zip(placed, counting, strict=True):
            known = facts_of(one, where)
            results = [(rule.id, judge(rule, instrument.country, known).result) for instrument, rule in rules]
            counts = {result: sum(told == result for _, told in results) for result in RESULTS}
            not_met = ";".join(name for name, told in results if told == "not_met")
            found[number].append(_Judged(where["country"], where["division"], counts, not_met))
    return found


def _of_plant(piece: Piece, number: int, one: Candidate, some: Cells, judged: list[_Judged], form: pa.Schema) -> pa.Table:
    around = near(some, piece.sites[one.product], one.radii_km)
    deposits, mines = (near(some, points, one.radii_km[-1:]).sites["placed"][:, 0] for points in piece.ore[one.product])
    columns = {
        "cell": some.names,
        "product": [one.product] * len(some),
        "lon": some.lon,
        "lat": some.lat,
        "capacity_tpa": np.full(len(some), one.capacity_tpa),
        "country": [told.country for told in judged],
        "division": [told.division for told in judged],
        **{f"rules_{result}": [told.counts[result] for told in judged] for result in RESULTS},
        "rules_not_met_ids": [told.not_met for told in judged],
        "nearest_km": pa.array(around.nearest_km, from_pandas=True),
        **_by_radius(around, one),
        "ore_deposits": deposits,
        "ore_mines": mines,
    }
    filled = [columns[f.name] if f.name in columns else pa.nulls(len(some), f.type) for f in form]
    return pa.table(
        [
            pa.array(values, f.type) if not isinstance(values, pa.Array) else values
            for values, f in zip(filled, form, strict=True)
        ],
        form,
    )


def _by_radius(around: Near, one: Candidate) -> dict[str, np.ndarray]:
    return {
        f"{name}_{km:g}_km{SUFFIX[way]}": values[way][:, column]
        for name, values in (("sites", around.sites), ("coming", around.coming), ("live_tpa", around.live_tpa))
        for column, km in enumerate(one.radii_km)
        for way in WAYS
    }
