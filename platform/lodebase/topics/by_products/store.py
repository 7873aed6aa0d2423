"""Metals contained in the ore of another, by type of ore and class of estimate; a sum is of one class and one pair."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.statistics.contained_figures import COLUMNS, FIGURES, ContainedFigure, choose_figures, mark_nested_figures
from lodebase.statistics.figures import CLASSES
from lodedata.figures.by_products import PAIRS, MetalPair, find_ore_type

DEPOSITS = text(f"""
WITH host AS (SELECT * FROM lode.deposit WHERE commodities @> ARRAY[:host, :by_product]),
wanted AS (SELECT id AS deposit_id, :by_product AS commodity FROM host), {FIGURES}
SELECT host.id, host.name_en, host.name_zh, host.country, host.deposit_model, ST_X(host.geom) AS lon, ST_Y(host.geom) AS lat,
  {COLUMNS}
FROM host LEFT JOIN figure f ON f.deposit_id = host.id ORDER BY host.id, f.source, f.ordinal
""")


@dataclass(frozen=True, slots=True)
class HostDeposit:
    """A deposit with both metals of a pair, and its figures by class."""

    id: str
    name_en: str | None
    name_zh: str | None
    country: str | None
    ore_type: str | None
    lon: float | None
    lat: float | None
    figures: tuple[ContainedFigure, ...]

    @property
    def largest(self) -> ContainedFigure | None:
        """The largest figure of any class; classes are not added."""
        return max(self.figures, key=lambda figure: figure.metal_t, default=None)


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """The metal in one class, one figure for each deposit, and the number of figures that are not added."""

    category: str
    deposits: int
    metal_t: float
    not_added: int


@dataclass(frozen=True, slots=True)
class OreTypeTotal:
    """A type of ore, None if it is not known: its deposits, those without a figure, and the metal by class."""

    ore_type: str | None
    deposits: int
    without_figure: int
    classes: tuple[ClassTotal, ...]


@dataclass(frozen=True, slots=True)
class ByProducts:
    """The deposits of a pair, those with the most metal first, and their totals by type of ore and of all types."""

    dataset_version: int
    pair: MetalPair
    deposits: tuple[HostDeposit, ...]
    ore_types: tuple[OreTypeTotal, ...]
    total: OreTypeTotal


def read_by_products(engine: Engine, pair: MetalPair) -> ByProducts:
    """Return what the deposits of a pair contain of the metal that is won with the other one."""
    with open_reading(engine) as connection:
        rows = connection.execute(DEPOSITS, {"host": pair.host, "by_product": pair.by_product}).mappings().all()
        version = read_dataset_version(connection)
        of_deposit: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            of_deposit[row["id"]].append(dict(row))
        counted = mark_nested_figures(
            connection, {id_: choose_figures(deposit_rows, pair.by_product) for id_, deposit_rows in of_deposit.items()}
        )
    deposits = sorted(
        (_build_deposit(deposit_rows[0], counted[id_]) for id_, deposit_rows in of_deposit.items()), key=_rank_by_metal
    )
    of_type: dict[str | None, list[HostDeposit]] = defaultdict(list)
    for deposit in deposits:
        of_type[deposit.ore_type].append(deposit)
    ordered = sorted(of_type.items(), key=lambda part: (part[0] is None, -len(part[1]), part[0] or ""))
    totals = tuple(sum_class_totals(name, part) for name, part in ordered)
    return ByProducts(version, pair, tuple(deposits), totals, sum_class_totals(None, deposits))


def read_all_pairs(engine: Engine) -> dict[str, ByProducts]:
    """Return every pair by its code."""
    return {code: read_by_products(engine, pair) for code, pair in PAIRS.items()}


def sum_class_totals(name: str | None, deposits: Sequence[HostDeposit]) -> OreTypeTotal:
    """Return the totals by class of some deposits; classes are never added up."""
    of_class: dict[str, list[ContainedFigure]] = defaultdict(list)
    for figure in (figure for deposit in deposits for figure in deposit.figures):
        of_class[figure.category].append(figure)
    classes = tuple(
        _sum_class(category, class_figures)
        for category, class_figures in sorted(of_class.items(), key=lambda part: CLASSES.index(part[0]))
    )
    return OreTypeTotal(name, len(deposits), sum(not deposit.figures for deposit in deposits), classes)


def _sum_class(category: str, contained_figures: Sequence[ContainedFigure]) -> ClassTotal:
    added = [contained_figure for contained_figure in contained_figures if contained_figure.counted_in is None]
    further = sum(contained_figure.further for contained_figure in contained_figures) + len(contained_figures) - len(added)
    return ClassTotal(category, len(added), sum(contained_figure.metal_t for contained_figure in added), further)


def _build_deposit(row: Mapping[str, Any], contained_figures: tuple[ContainedFigure, ...]) -> HostDeposit:
    properties = {name: row[name] for name in ("id", "name_en", "name_zh", "country", "lon", "lat")}
    return HostDeposit(**properties, ore_type=find_ore_type(row["deposit_model"]), figures=contained_figures)


def _rank_by_metal(host_deposit: HostDeposit) -> tuple[float, str]:
    return (-host_deposit.largest.metal_t if host_deposit.largest is not None else 0.0, host_deposit.id)
