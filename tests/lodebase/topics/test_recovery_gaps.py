"""Metal between the actual rate of a deposit's mine and the rates of texts: inputs, and sums of one class; made-up names."""

from datetime import date
from pathlib import Path

from tests.mapped_rows import load_rows

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.topics.recovery.store import read_gaps

HEAD = """
name: own-{name}
title_en: Own {name}
title_zh: 自有数据
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
    name_en: name
    country: country
    repeated_keys: {repeated}
"""
PLACE = """
    position: {lon: lon, lat: lat, accuracy_m: 1000}
    commodities: [metal]
"""
DEPOSITS = (
    HEAD.format(name="deposits", repeated="merge")
    + PLACE
    + """
    kind: {const: deposit}
    estimates:
      - category: category
        ore: {column: ore, unit: Mt}
        measures: [{commodity: metal, grade: {column: grade, unit: "%"}}]
"""
)
PROJECTS = (
    HEAD.format(name="projects", repeated="refuse")
    + PLACE
    + """
    kind: {const: project}
    facility_types: {const: mine}
"""
)
RECORDS = (
    HEAD.format(name="recoveries", repeated="refuse")
    + """
    kind: {const: recovery_record}
    longitude: lon
    latitude: lat
    recovery_stage: {const: processing}
    recovery_basis: {const: actual}
    year: year
    commodity: metal
    rate_reported_pct: rate
"""
)
MINE = "Tiririca Verde,-69.10,-24.20,CHL,cobalt"
FILES = {
    DEPOSITS: f"id,name,lon,lat,country,metal,category,ore,grade\nd,{MINE},measured,10,0.1\nd,{MINE},inferred,2,0.1\n",
    PROJECTS: f"id,name,lon,lat,country,metal\np,{MINE}\n",
    RECORDS: f"id,name,lon,lat,country,metal,year,rate\n1,{MINE},2018,50\n2,{MINE},2019,62\n",
}


def load(store: Store, folder: Path, mapping: str, text: str) -> None:
    summary = load_rows(store, folder, mapping, text)
    assert not summary.quarantined


def test_metal_of_a_deposit_is_between_the_latest_rate_and_the_minimum(store: Store, tmp_path: Path) -> None:
    """Cobalt, announcement of 2020: 70 % in processing; 10,000 t and 2,000 t of metal, 62 % recovered in 2019."""
    for mapping, text in FILES.items():
        load(store, tmp_path, mapping, text)
    engine = engines.create_checked_engine(store.addresses.site, "tests", 20, pool_size=2)
    gaps = read_gaps(engine, date(2026, 11, 29))
    before = read_gaps(engine, date(2019, 12, 31))
    engine.dispose()
    (deposit,) = gaps.deposits
    assert (deposit.names["name_en"], deposit.year, deposit.facts.rates) == ("Tiririca Verde", 2019, {"processing": 62.0})
    assert [(figure.category, round(figure.metal_t)) for figure in deposit.figures] == [
        ("measured-mineral-resource", 10_000),
        ("inferred-mineral-resource", 2_000),
    ]
    totals = {
        (total.category, total.instrument, total.tier): (total.deposits, round(total.low_t), round(total.high_t))
        for total in gaps.totals
    }
    assert totals == {
        ("measured-mineral-resource", "cn-2020-cobalt-recovery", "minimum"): (1, 800, 800),
        ("inferred-mineral-resource", "cn-2020-cobalt-recovery", "minimum"): (1, 160, 160),
    }
    # before the announcement there is no text, and no metal
    assert not before.totals and not before.deposits[0].gaps
