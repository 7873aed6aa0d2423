"""The metal that the estimates of deposits contain, by class: one figure of each class counts, of all sources of a deposit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lodebase.statistics.figures import CLASSES
from lodedata.figures.by_products import contained_metal_t

# of a record that several sources list, the estimates of each source count, not only those of the source that is served
FIGURES = """
figure AS (
  SELECT w.deposit_id, w.commodity, e.category, e.effective_date, e.source, e.ore_t, m.grade_pct, m.grade_basis,
    m.contained_t, e.ordinal
  FROM wanted w JOIN lode.estimate e ON e.deposit_id = w.deposit_id
  JOIN lode.estimate_measure m ON m.estimate_id = e.id AND m.commodity = w.commodity
  WHERE NOT EXISTS (SELECT FROM lode.testimony t WHERE t.served_id = w.deposit_id)
  UNION ALL
  SELECT w.deposit_id, w.commodity, e.category, e.effective_date, e.source, e.ore_t, m.grade_pct, m.grade_basis,
    m.contained_t, e.ordinal
  FROM wanted w JOIN lode.testimony t ON t.served_id = w.deposit_id
  CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate, t.parts -> 'estimate') e
  JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate_measure, t.parts -> 'estimate_measure') m
    ON m.estimate_id = e.id AND m.commodity = w.commodity
)
"""
"""The figures of the deposits and metals of a query ``wanted (deposit_id, commodity)``, for its WITH clause."""
COLUMNS = "f.category, f.effective_date, f.source, f.ore_t, f.grade_pct, f.grade_basis, f.contained_t"


@dataclass(frozen=True, slots=True)
class ContainedFigure:
    """The metal in one class of a deposit: the figure that counts, and the number of further ones that do not."""

    category: str
    metal_t: float
    ore_t: float | None
    grade_pct: float | None
    grade_basis: str | None
    reported: bool
    effective_date: str | None
    source: str
    further: int = 0


def figures(rows: Iterable[Mapping[str, Any]], commodity: str) -> tuple[ContainedFigure, ...]:
    """Return one figure of each class: of the latest date, and of one date the largest; with the number of the others."""
    of_class: dict[str, list[ContainedFigure]] = defaultdict(list)
    for one in (figure for row in rows if (figure := _figure(row, commodity)) is not None):
        of_class[one.category].append(one)
    return tuple(
        replace(max(found, key=lambda one: (one.effective_date or "", one.metal_t)), further=len(found) - 1)
        for _, found in sorted(of_class.items(), key=lambda part: CLASSES.index(part[0]))
    )


def _figure(row: Mapping[str, Any], commodity: str) -> ContainedFigure | None:
    if row["category"] is None:
        return None
    metal = contained_metal_t(commodity, row["ore_t"], row["grade_pct"], row["grade_basis"], row["contained_t"])
    if metal is None:
        return None
    names = ("category", "ore_t", "grade_pct", "grade_basis", "effective_date", "source")
    return ContainedFigure(metal_t=metal, reported=row["contained_t"] is not None, **{name: row[name] for name in names})
