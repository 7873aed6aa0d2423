"""Releases of made-up monthly prices, as tests import them."""

from pathlib import Path

import lodedata.statistics
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading

US_CPI = Path(lodedata.statistics.__file__).parent / "us-cpi.yml"
MAPPING = """
name: prices-{name}
dataflow: prices
title_en: Prices of metals
title_zh: 金属价格
publisher: The exchange
licence: {{id: internal, name: Internal}}
citation: The exchange
version: "{release}"
as_of: {day}
observations:
  - indicator: {{const: price}}
    commodity: commodity
    stage: {{const: market}}
    area: {{const: WLD}}
    unit: {{const: {unit}}}
    period: month
    note: {{const: "{note}"}}
    values: [{{value: price}}]
"""


def load_prices(
    store: Store,
    release: str,
    day: str,
    rows: str,
    folder: Path,
    *,
    note: str = "specification not stated",
    unit: str = "usd-t",
) -> None:
    """Import a release of prices: lines of commodity, month, and price, in US dollars per tonne by default."""
    path = folder / f"{release}.csv"
    path.write_text(f"commodity,month,price\n{rows}", "utf-8")
    source = loading.parse(MAPPING.format(name=release.lower(), release=release, day=day, note=note, unit=unit), "prices.yml")
    run(store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))


def load_consumer_prices(store: Store, rows: str, folder: Path) -> None:
    """Import a deflator by the mapping that Lode ships: lines of a day and the index."""
    path = folder / "consumer-prices.csv"
    path.write_text(f"observation_date,CPIAUCSL\n{rows}", "utf-8")
    source = loading.parse(US_CPI.read_text("utf-8"), US_CPI.name)
    run(store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))
