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
), led AS (
  SELECT *, first_value(ROW(source, category, ore_t)) OVER (
    PARTITION BY deposit_id ORDER BY (commodity = :commodity) DESC, ore_t * grade_pct DESC, source, category, effective_date
  ) AS largest
  FROM graded
), measured AS (
  SELECT deposit_id, source, ore_t, commodity, max(grade_pct) AS grade_pct FROM led
  WHERE ROW(source, category, ore_t) = largest GROUP BY deposit_id, source, ore_t, commodity
), estimated AS (
  SELECT deposit_id, source, ore_t, jsonb_object_agg(commodity, grade_pct) AS grades FROM measured
  GROUP BY deposit_id, source, ore_t HAVING bool_or(commodity = :commodity)
)
SELECT d.id, d.name_en, d.name_zh, d.country, e.source, e.ore_t, e.grades
FROM estimated e JOIN lode.deposit d ON d.id = e.deposit_id
ORDER BY e.ore_t * (e.grades ->> :commodity)::float8 DESC, d.id
""")
MAIN_METALS = text("""
SELECT deposit_model, main_commodity, count(*) FROM lode.deposit
WHERE deposit_model IS NOT NULL AND main_commodity IS NOT NULL GROUP BY deposit_model, main_commodity
""")
GRADED_METALS = text(f"""
WITH wanted AS (
  SELECT d.id AS deposit_id, c.commodity FROM lode.deposit d CROSS JOIN LATERAL unnest(d.commodities) AS c (commodity)
  WHERE d.deposit_model IS NOT NULL
), {FIGURES}
SELECT d.deposit_model, f.commodity, count(DISTINCT d.id) FROM figure f JOIN lode.deposit d ON d.id = f.deposit_id
WHERE f.ore_t > 0 AND f.contained_t > 0 GROUP BY d.deposit_model, f.commodity
""")


@dataclass(frozen=True, slots=True)
class MetalCount:
    """A number of deposits of a type for a metal."""

    deposit_model: str
    commodity: str
    deposits: int


def read_deposit_figures(
    connection: Connection, models: Collection[str], commodity: str, source: str | None = None
) -> tuple[DepositFigures, ...]:
    """Return the deposits of some types that have ore and grade of a metal, the largest by metal first.

    With a source only its own figures count. Grades are of metal, in per cent: contained metal divided by ore.
    """
    rows = connection.execute(DEPOSITS, {"models": list(models), "commodity": commodity, "source": source})
    return tuple(DepositFigures(*row) for row in rows)


def count_main_metals(connection: Connection) -> tuple[MetalCount, ...]:
    """Return the number of deposits by type and main metal."""
    return tuple(MetalCount(*row) for row in connection.execute(MAIN_METALS))


def count_graded_deposits(connection: Connection) -> tuple[MetalCount, ...]:
    """Return the number of deposits with ore and grade of a metal, main or not, by type and metal."""
    return tuple(MetalCount(*row) for row in connection.execute(GRADED_METALS))
