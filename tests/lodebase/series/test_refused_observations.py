"""Rows of statistics that cannot be stored: each is in quarantine with its reason in both languages."""

from typing import TYPE_CHECKING

from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

MAPPING = """
name: own-output
title_en: Output
title_zh: 产量
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2025-01-31"
observations:
  - indicator: {const: production}
    commodity: metal
    stage: stage
    basis: {const: content}
    unit: unit
    area: area
    period: year
    values: [{value: output}]
"""
ROWS = {
    'copper,refinery,CHN,kt,2023,"1,325.57"': None,
    "copper,refinery,CHN,,2024,5": "dimension-missing",
    "copper,refinery,CHN,kt,2021-24,5": "period-of-several-years",
    "copper,refinery,CHN,kt,2024,-5": "negative-amount",
    "lithium,smelter,CHN,kt,2024,5": "stage-absent",
    "copper,refinery,Atlantis,kt,2024,5": "unknown-area",
    "tin,mine,PER,kt,2024,30": None,
    "tin,mine,WLD,kt,2024,20": "total-below-parts",
}
"""Each row, and the rule that refuses it."""


def test_refused_rows_are_in_quarantine_with_their_reasons(own_table: "OwnTable") -> None:
    path = own_table.folder / "output.csv"
    path.write_text("\n".join(["metal,stage,area,unit,year,output", *ROWS, ""]), "utf-8")
    source = loading.parse(MAPPING, "output.yml")
    summary = run(own_table.store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))
    refused = [rule for rule in ROWS.values() if rule is not None]
    assert (summary.read, summary.loaded, summary.quarantined) == (len(ROWS), len(ROWS) - len(refused), len(refused))
    reasons = [reason for (found,) in own_table.all("SELECT reasons FROM lode.quarantine") for reason in found]
    assert sorted(reason["rule"] for reason in reasons) == sorted(refused)
    assert all(reason["en"] and reason["zh"] and reason["en"] != reason["zh"] for reason in reasons)
    # a thousands separator is no part of the number
    assert own_table.one("SELECT value FROM lode.observation ORDER BY value DESC LIMIT 1") == 1325.57
