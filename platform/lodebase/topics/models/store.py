"""Ore and grades of the deposits of a type: of each deposit the largest single estimate that has both."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from lodebase.statistics.contained_figures import FIGURES
from lodedata.topics.grade_tonnage.model import DepositFigures

DEPOSITS = text(f"""
WITH wanted AS (
  SELECT d.id AS deposit_id, c.commodity FROM lode.deposit d CROSS JOIN LATERAL unnest(d.commodities) AS c (commodity)
  WHERE d.deposit_model = ANY(:models) AND :commodity = ANY(d.commodities)
    AND (CAST(:source AS text) IS NULL OR :source = ANY(d.sources))
), {FIGURES}, graded AS (
  SELECT deposit_id, commodity, source, ore_t, contained_t / ore_t * 100 AS grade_pct, category, effective_date
  FROM figure WHERE ore_t > 0 AND contained_t > 0 AND (CAST(:source AS text) IS NULL OR source = :source)
), largest AS (
  SELECT DISTINCT ON (deposit_id) * FROM graded WHERE commodity = :commodity
  ORDER BY deposit_id, ore_t * grade_pct DESC, source, category, effective_date
)
SELECT d.id, d.name_en, d.name_zh, d.country, l.source, l.ore_t,
  (SELECT jsonb_object_agg(g.commodity, g.grade_pct) FROM (
     SELECT DISTINCT ON (g.commodity) g.commodity, g.grade_pct FROM graded g
     WHERE g.deposit_id = d.id AND g.source = l.source AND g.category = l.category AND g.ore_t = l.ore_t
     ORDER BY g.commodity, g.grade_pct) g) AS grades
FROM largest l JOIN lode.deposit d ON d.id = l.deposit_id
ORDER BY l.ore_t * l.grade_pct DESC, d.id
""")
TYPES = text(f"""
WITH wanted AS (
  SELECT d.id AS deposit_id, c.commodity FROM lode.deposit d CROSS JOIN LATERAL unnest(d.commodities) AS c (commodity)
  WHERE d.deposit_model IS NOT NULL AND d.main_commodity IS NOT NULL
), {FIGURES}, graded AS (
  SELECT DISTINCT deposit_id, commodity FROM figure WHERE ore_t > 0 AND contained_t > 0
)
SELECT d.deposit_model, w.commodity, count(*) FILTER (WHERE w.commodity = d.main_commodity) AS of_main_metal,
  count(g.deposit_id) AS with_figures
FROM wanted w JOIN lode.deposit d ON d.id = w.deposit_id
LEFT JOIN graded g ON g.deposit_id = w.deposit_id AND g.commodity = w.commodity
GROUP BY d.deposit_model, w.commodity
""")


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many deposits of a type have a metal as their main one, and how many have ore and grade of it, main or not."""

    deposit_model: str
    commodity: str
    of_main_metal: int
    with_figures: int


def read_deposit_figures(
    connection: Connection, models: Collection[str], commodity: str, source: str | None = None
) -> tuple[DepositFigures, ...]:
    """Return the deposits of some types that have ore and grade of a metal, the largest by metal first.

    With a source only its own figures count. Grades are of metal, in per cent: contained metal divided by ore.
    """
    rows = connection.execute(DEPOSITS, {"models": list(models), "commodity": commodity, "source": source})
    return tuple(DepositFigures(*row) for row in rows)


def count_types(connection: Connection) -> tuple[TypeCount, ...]:
    """Return the number of deposits by type and metal."""
    return tuple(TypeCount(*row) for row in connection.execute(TYPES))
