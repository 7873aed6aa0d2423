"""Prices that a release of statistics brought and that moved beyond a threshold."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from lodebase.db.schema.statistics_tables import NEWEST_FIRST
from lodebase.query.change_selection import PriceThreshold
from lodedata.statistics.periods import format_sdmx_period

# Each period that is new in the release, with the price of the period before in its series; of the first release of a series
# the latest period alone. Both prices are those that were known when the release was published.
NEW_PRICES = text(f"""
WITH release AS (SELECT id, released_on FROM lode.vintage WHERE source = :source AND release = :release),
prices AS (
  SELECT DISTINCT ON (o.series, o.period) o.series, o.period, o.value, o.vintage
  FROM lode.series s JOIN lode.observation o ON o.series = s.id JOIN lode.vintage v ON v.id = o.vintage CROSS JOIN release r
  WHERE s.indicator = 'price' AND s.transformation = 'level' AND (:every OR s.commodity = ANY(:commodities))
    AND o.value IS NOT NULL AND v.withdrawn_run IS NULL AND v.released_on <= r.released_on
  ORDER BY o.series, o.period, {NEWEST_FIRST.format(v="v")}
),
earlier AS (
  SELECT o.series, max(o.period) AS last FROM lode.observation o JOIN lode.vintage v ON v.id = o.vintage CROSS JOIN release r
  WHERE o.series IN (SELECT series FROM prices) AND o.value IS NOT NULL AND v.withdrawn_run IS NULL
    AND v.released_on < r.released_on
  GROUP BY o.series
),
followed AS (
  SELECT p.*, lag(p.value) OVER in_order AS before, lag(p.period) OVER in_order AS period_before,
    max(p.period) OVER (PARTITION BY p.series) AS last
  FROM prices p WINDOW in_order AS (PARTITION BY p.series ORDER BY p.period)
)
SELECT s.commodity, s.unit, s.freq, f.period, f.value AS price, f.period_before, f.before
FROM followed f JOIN release r ON r.id = f.vintage JOIN lode.series s ON s.id = f.series
LEFT JOIN earlier e ON e.series = f.series
WHERE f.before IS NOT NULL AND (f.period > e.last OR e.last IS NULL AND f.period = f.last)
ORDER BY s.commodity, f.series, f.period
""")


@dataclass(frozen=True, slots=True)
class PriceMove:
    """A price of a period in its unit, the one of the period before in the same series, and the move in per cent.

    ``change_percent`` is None where the price before was 0.
    """

    commodity: str
    period: str
    price: float
    unit: str
    period_before: str
    price_before: float
    change_percent: float | None


def find_price_moves(connection: Connection, source: str, release: str, threshold: PriceThreshold) -> tuple[PriceMove, ...]:
    """Return the prices that were new in a release and are beyond a threshold, by commodity and period."""
    return tuple(_find_moves(connection, source, release, threshold))


def _find_moves(connection: Connection, source: str, release: str, threshold: PriceThreshold) -> Iterator[PriceMove]:
    chosen = {"every": not threshold.commodities, "commodities": list(threshold.commodities)}
    for row in connection.execute(NEW_PRICES, {"source": source, "release": release, **chosen}):
        if threshold.is_met(row.price, row.before):
            change = 100 * (row.price / row.before - 1) if row.before else None
            period, before = (format_sdmx_period(row.freq, day) for day in (row.period, row.period_before))
            yield PriceMove(row.commodity, period, row.price, row.unit, before, row.before, change)
