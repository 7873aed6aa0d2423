"""National figures: reserves are divided by the production of their own source; a capacity without a figure is not zero."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from lodebase.ingest.run import ImportJob, run
from lodebase.series.national_figures import compare_coverage, select_latest_reserves, sum_status_capacity
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

OUTPUT = "area,year,value\nCHN,2024,10000\nWLD,2024,25000\n"
OUTPUT_MAPPING = """
name: output-of-the-test
dataflow: output
title_en: Output
title_zh: 产量
publisher: The bureau
licence: {id: internal, name: Internal}
citation: The bureau
version: "2025"
as_of: 2025-01-31
observations:
  - indicator: {const: production}
    commodity: {const: copper}
    stage: {const: refinery}
    basis: {const: content}
    area: area
    unit: {const: kt}
    period: year
    values: [{value: value}]
"""


def row(indicator: str, source: str, base_value: float | None, basis: str = "content") -> dict[str, Any]:
    made = {"indicator": indicator, "source": source, "basis": basis, "base_value": base_value, "base_unit": "t"}
    return made | {"area": "CHL", "period": "2024", "stage": "mine" if indicator == "production" else "all", "bound": None}


def test_reserves_are_divided_by_the_production_of_their_own_source_and_basis() -> None:
    latest_reserves = select_latest_reserves(
        [
            row("reserves", "survey", 200.0),
            row("production", "survey", 10.0),
            row("reserves", "bureau", 90.0),
            row("production", "bureau", 30.0),
            row("reserves", "company", 50.0, "gross"),
            row("production", "company", 5.0, "content"),
            row("reserves", "register", None),
        ]
    )
    assert [(latest_reserve["source"], latest_reserve["ratio"]) for latest_reserve in latest_reserves] == [
        ("survey", 20.0),
        ("bureau", 3.0),
        ("company", None),
    ]


@pytest.mark.parametrize(
    ("stated", "capacity"),
    [
        ([], 0.0),
        ([("operating", None)], None),
        ([("operating", 5.0), ("intermittent", None), ("announced", 7.0)], 5.0),
    ],
)
def test_a_capacity_without_a_figure_is_unknown(stated: list[tuple[str, float | None]], capacity: float | None) -> None:
    rows = [{"status": status, "tpa": tpa} for status, tpa in stated]
    assert sum_status_capacity(rows, ("operating", "intermittent")) == capacity


def test_capacity_above_the_output_of_the_world_is_counted_and_not_summed(own_table: "OwnTable", tmp_path: Path) -> None:
    plant = {"kind": "project", "country": "China", "lon": "104", "product": "refined copper", "status": "operating"}
    own_table.load(
        [
            plant | {"id": "built", "lat": "30", "capacity_kt": "300"},
            plant | {"id": "wrong", "lat": "31", "capacity_kt": "130000"},
            plant | {"id": "silent", "lat": "32", "capacity_kt": ""},
        ]
    )
    path = tmp_path / "output.csv"
    path.write_text(OUTPUT, encoding="utf-8")
    source = loading.parse(OUTPUT_MAPPING, "output.yml")
    run(own_table.store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))
    engine = create_engine(own_table.store.addresses.site)
    try:
        china, world = (compare_coverage(engine, "copper", "refinery", area) for area in ("CHN", "WLD"))
    finally:
        engine.dispose()
    assert china is not None and world is not None
    assert (china.operating, china.output, china.coverage.low) == (300_000, 10e6, 3.0)
    assert (china.sites, china.without_figure, china.left_out) == (3, 1, 1)
    assert (world.operating, world.output, world.left_out) == (300_000, 25e6, 1)
