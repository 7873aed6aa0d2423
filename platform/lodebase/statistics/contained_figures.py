"""The metal that the estimates of deposits contain, by class: one figure of each class counts, of all sources of a deposit.

A deposit within another one that has a figure of the same class is part of that figure and is not added to a sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from lodebase.statistics.figures import CLASSES
from lodedata.figures.by_products import compute_contained_metal_t

# of a record that several sources list, the estimates of each source count, not only those of the source that is served
FIGURES = """
figure AS (
  SELECT w.deposit_id, w.commodity, e.category, e.effective_date, e.source, e.ore_t, m.grade_pct, m.grade_basis,
    m.contained_t, m.contained_derived, e.ordinal
  FROM wanted w JOIN lode.estimate e ON e.deposit_id = w.deposit_id
  JOIN lode.estimate_measure m ON m.estimate_id = e.id AND m.commodity = w.commodity
  WHERE NOT EXISTS (SELECT FROM lode.reported_record t WHERE t.served_id = w.deposit_id)
  UNION ALL
  SELECT w.deposit_id, w.commodity, e.category, e.effective_date, e.source, e.ore_t, m.grade_pct, m.grade_basis,
    m.contained_t, m.contained_derived, e.ordinal
  FROM wanted w JOIN lode.reported_record t ON t.served_id = w.deposit_id
  CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate, t.parts -> 'estimate') e
  JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate_measure, t.parts -> 'estimate_measure') m
    ON m.estimate_id = e.id AND m.commodity = w.commodity
)
"""
"""The figures of the deposits and metals of a query ``wanted (deposit_id, commodity)``, for its WITH clause."""
COLUMNS = "f.category, f.effective_date, f.source, f.ore_t, f.grade_pct, f.grade_basis, f.contained_t, f.contained_derived"
CONTAINERS = text(
    "SELECT to_id, array_agg(from_id ORDER BY from_id) AS containers FROM lode.link "
    "WHERE relation = 'contains' AND from_kind = 'deposit' AND to_kind = 'deposit' AND to_id = ANY(:deposits) GROUP BY to_id"
)


@dataclass(frozen=True, slots=True)
class ContainedFigure:
    """The metal in one class of a deposit: the figure that counts, and the number of further ones that do not.

    ``counted_in`` is the deposit around this one whose figure of the class is added to a sum in place of this figure.
    """

    category: str
    metal_t: float
    ore_t: float | None
    grade_pct: float | None
    grade_basis: str | None
    reported: bool
    effective_date: str | None
    source: str
    further: int = 0
    counted_in: str | None = None


def choose_figures(rows: Iterable[Mapping[str, Any]], commodity: str) -> tuple[ContainedFigure, ...]:
    """Return one figure of each class: of the latest date, and of one date the largest; with the number of the others."""
    of_class: dict[str, list[ContainedFigure]] = defaultdict(list)
    for contained_figure in (figure for row in rows if (figure := _build_figure(row, commodity)) is not None):
        of_class[contained_figure.category].append(contained_figure)
    return tuple(
        replace(
            max(class_figures, key=lambda candidate: (candidate.effective_date or "", candidate.metal_t)),
            further=len(class_figures) - 1,
        )
        for _, class_figures in sorted(of_class.items(), key=lambda part: CLASSES.index(part[0]))
    )


Figures = Mapping[str, tuple[ContainedFigure, ...]]


def mark_nested_figures(connection: Connection, of_deposit: Figures) -> Figures:
    """Return the figures by deposit; each that a deposit around it counts in the same class names that deposit."""
    rows = connection.execute(CONTAINERS, {"deposits": list(of_deposit)})
    around: dict[str, list[str]] = {row.to_id: row.containers for row in rows}
    counted = {(deposit, figure.category) for deposit, deposit_figures in of_deposit.items() for figure in deposit_figures}

    def placed(deposit: str, contained_figure: ContainedFigure) -> ContainedFigure:
        outer = (container for container in around.get(deposit, ()) if (container, contained_figure.category) in counted)
        return replace(contained_figure, counted_in=next(outer, None))

    return {
        deposit: tuple(placed(deposit, figure) for figure in deposit_figures) for deposit, deposit_figures in of_deposit.items()
    }


def _build_figure(row: Mapping[str, Any], commodity: str) -> ContainedFigure | None:
    if row["category"] is None:
        return None
    metal = compute_contained_metal_t(commodity, row["ore_t"], row["grade_pct"], row["grade_basis"], row["contained_t"])
    if metal is None:
        return None
    names = ("category", "ore_t", "grade_pct", "grade_basis", "effective_date", "source")
    reported = row["contained_t"] is not None and not row["contained_derived"]
    return ContainedFigure(metal_t=metal, reported=reported, **{name: row[name] for name in names})
