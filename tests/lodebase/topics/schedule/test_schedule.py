"""The schedule from stored milestones: filters choose phases, alerts consider all milestones of these."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import BadSetting
from lodebase.ingest.run import ImportJob, run
from lodebase.query import Query
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.topics.schedule import store
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

COLUMNS = "key,project,phase,milestone_type,baseline_no,baseline_date,actual_date,product,capacity_tpa,country,division"
ROWS = """\
a1,a,1,eia,1,2025-06,2025-07-20,refined-copper,200000,CHN,Yunnan
a2,a,1,start,1,2025-10,2026-02,refined-copper,200000,CHN,Yunnan
a3,a,1,first-output,1,2026-03,,refined-copper,200000,CHN,Yunnan
b1,b,1,start,1,2026-06,,lithium-carbonate,30000,CHN,Sichuan
b2,b,1,first-output,1,2027-12,,lithium-carbonate,30000,CHN,Sichuan
c1,c,,first-output,,,,lithium-carbonate,,CHN,Sichuan
"""
PLANTS = """\
key,name,country,commodity,lon,lat
a,Copper smelter,CHN,copper,102.5,25
b,Lithium plant,CHN,lithium,,
"""
DAY = date(2026, 9, 15)


@pytest.fixture(scope="module")
def engine(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("schedule") / "milestones.csv"
    path.write_text(f"{COLUMNS}\n{ROWS}", "utf-8")
    cells = {name: name for name in COLUMNS.split(",") if name != "key"} | {"project_source": {"const": "plants"}}
    about = {
        "title_en": "t",
        "title_zh": "t",
        "publisher": "t",
        "licence": {"id": "t", "name": "t"},
        "citation": "t",
        "version": "1",
    }
    table = {"key": "{key}", "kind": {"const": "milestone"}, **cells}
    source = Source.model_validate({"name": "own", **about, "tables": [table]})
    plants_path = path.with_name("plants.csv")
    plants_path.write_text(PLANTS, "utf-8")
    of_plant = {"name_en": "name", "country": "country", "commodities": ["commodity"]} | {
        "position": {"lon": "lon", "lat": "lat", "accuracy_m": 100}
    }
    plants = Source.model_validate(
        {"name": "plants", **about, "tables": [{"key": "{key}", "kind": {"const": "project"}, **of_plant}]}
    )
    with own_store("schedule") as store:
        for one, read in ((plants, plants_path), (source, path)):
            made_of = partial(read_mapped, one, read)
            run(store.importer, ImportJob(one, read, made_of, Boundaries(())))
        made = engines.create_checked_engine(store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
        yield made
        made.dispose()


def test_phases_are_listed_the_worst_first(engine: Engine) -> None:
    schedule = store.read_schedule(engine, Query("milestones"), store.load_rules(None), DAY)
    listed = [
        (phase.first.project, phase.light, phase.late, phase.next and phase.next.milestone_type) for phase in schedule.phases
    ]
    assert listed == [
        ("b", "red", 77, "start"),
        ("a", "yellow", 168, "first-output"),
        ("c", "grey", None, "first-output"),
    ]
    assert [(delay.division, delay.milestone_type, delay.late, delay.median_days) for delay in schedule.delays] == [
        ("CN-SC", "first-output", 0, 0),
        ("CN-SC", "start", 1, 77),
        ("CN-YN", "eia", 1, 20),
        ("CN-YN", "first-output", 1, 168),
        ("CN-YN", "start", 1, 93),
    ]


def test_summary_counts_what_is_late_on_time_and_not_known(engine: Engine) -> None:
    summary = store.read_schedule(engine, Query("milestones"), store.load_rules(None), DAY).summary
    assert (summary.phases, summary.late, summary.on_time, summary.unknown) == (3, 2, 0, 1)
    assert (summary.unknown_from, summary.unknown_to, summary.undated) == (None, None, 1)
    early = store.read_schedule(engine, Query("milestones"), store.load_rules(None), date(2025, 1, 1)).summary
    assert (early.late, early.on_time, early.unknown) == (0, 2, 1)


def test_a_filter_chooses_phases_and_what_arrives(engine: Engine) -> None:
    query = Query("milestones", (SelectionCondition("product", ("lithium-carbonate",)),))
    schedule = store.read_schedule(engine, query, store.load_rules(None), DAY)
    assert [phase.first.project for phase in schedule.phases] == ["b", "c"]
    assert [
        (arrival.period, arrival.split, arrival.capacity_tpa, arrival.without_capacity) for arrival in schedule.arrivals
    ] == [
        ("", "no-date", None, 1),
        ("2027-Q4", "on-time", 30_000, 0),
    ]
    start = Query("milestones", (SelectionCondition("milestone_type", ("eia",)),))
    (phase,) = store.read_schedule(engine, start, store.load_rules(None), DAY).phases
    assert [milestone.milestone_type for milestone in phase.milestones] == ["eia", "start", "first-output"]


def test_a_project_has_the_phases_of_its_own_milestones(engine: Engine) -> None:
    with engine.connect() as connection:
        served = {row.name_en: row.id for row in connection.exec_driver_sql("SELECT name_en, id FROM lode.project")}
        (phase,) = store.read_phases_of_project(connection, served["Copper smelter"], store.load_rules(None), DAY)
        none = store.read_phases_of_project(connection, "none", store.load_rules(None), DAY)
    assert [milestone.milestone_type for milestone in phase.milestones] == ["eia", "start", "first-output"] and none == []
    assert phase.first.name_en == "Copper smelter"


def test_a_rule_file_that_is_none_is_a_wrong_setting(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text("{name: own}", "utf-8")
    with pytest.raises(BadSetting, match="LODE_SCHEDULE_RULES=.*is not a rule set"):
        store.load_rules(path)


def test_a_map_has_the_projects_whose_position_is_known(engine: Engine) -> None:
    schedule = store.read_schedule(engine, Query("milestones"), store.load_rules(None), DAY)
    served = {str(phase.first.served_project): phase.first.project for phase in schedule.phases if phase.first.served_project}
    with engine.connect() as connection:
        places = store.read_positions(connection, list(served))
    assert {served[one]: place for one, place in places.items()} == {"a": (102.5, 25.0)}
