"""Statistics of provinces in a nation's Lode: over HTTP, through a partition, and each value once."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.lodeweb.api.test_nodes import Apps, Stores, serving

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import FetchFailed, ImportRefused
from lodebase.ingest.lode_site import fetch_site
from lodebase.ingest.removal import remove_source
from lodebase.ingest.run import ImportJob, Summary, run
from lodebase.ingest.site_statistics import ReleasePlan, plan_releases
from lodebase.ingest.stored_records import find_stored
from lodebase.series.series_query import SeriesQuery, find_observations
from lodedata.errors import FileRefused
from lodedata.geography.boundaries import Boundaries
from lodedata.statistics.site_release import read_release
from lodedata.statistics.table_spec import StatisticsSource

# connections of a site that a test ends are closed by the collector
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
TABLE = {
    "indicator": {"const": "production"},
    "commodity": {"const": "cobalt"},
    "stage": {"const": "mine"},
    "basis": {"const": "content"},
    "unit": {"const": "t"},
    "area": "area",
    "period": "year",
    "values": [{"value": "output"}],
}


def publish(store: Store, folder: Path, version: str, text: str, name: str = "output", as_of: str | None = None) -> Summary:
    """Import a release of output by area and year, such as ``COD,2024,220000``."""
    about = {"title_en": "Output", "title_zh": "产量", "publisher": "The bureau", "citation": f"The bureau, {version}"}
    source = StatisticsSource.model_validate(
        {
            "name": f"{name}-{version}",
            "dataflow": "output",
            "version": version,
            "as_of": as_of or f"{version}-01-31",
            **about,
            "licence": {"id": "CC-BY-4.0", "name": "CC BY 4.0"},
            "observations": [TABLE],
        }
    )
    path = folder / "output.csv"
    path.write_text(f"area,year,output\n{text}", "utf-8")
    return run(store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))


def take(nation: Store, address: str, name: str, folder: Path) -> tuple[list[Summary], ReleasePlan]:
    """Import the statistics of a site, and withdraw those that it has no more."""
    site = fetch_site(address, name, folder, stored=partial(find_stored, nation.importer))
    plan = plan_releases(nation.importer, name, site.releases, 10)
    jobs = [ImportJob(one.source, one.path, lambda tally: (), Boundaries(())) for one in plan.stored]
    return [run(nation.importer, job) for job in (*jobs, *plan.withdrawn)], plan


def served(store: Store, every: bool = False) -> list[dict[str, Any]]:
    """Return the observations that a site serves, in order of their contents."""
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    try:
        rows = find_observations(engine, SeriesQuery(all_releases=every)).rows
    finally:
        engine.dispose()
    return sorted((dict(row) for row in rows), key=str)


def values(store: Store) -> dict[tuple[str, str], tuple[float | None, str]]:
    """Return value and data set by area and period."""
    return {(row["area"], row["period"]): (row["value"], row["data_set"]) for row in served(store)}


def test_statistics_of_nodes_end_equal_after_a_partition(own_store: Stores, store: Store, app_of: Apps, tmp_path: Path) -> None:
    with own_store("south") as south, own_store("north") as north, own_store("later") as later:
        publish(south, tmp_path, "2025", "COD,2023,170000\nCOD,2024,220000\nIDN,2024,28000\n")
        # the same release, in which the north has another value, and one that the north takes back
        publish(north, tmp_path, "2025", "COD,2024,220000\nIDN,2024,28001\nCUB,2024,3500\n")
        publish(north, tmp_path, "2024", "PHL,2022,3800\n", name="draft")
        with app_of(south) as south_app, app_of(north) as north_app, serving(north_app) as of_north:
            with serving(south_app) as of_south:
                first, _ = take(store, of_south, "south", tmp_path)
                assert [(one.source, one.read, one.loaded) for one in first] == [("south--output-2025", 3, 3)]
                take(store, of_north, "north", tmp_path)
                before = served(store, every=True)
                assert len(before) == 7 and len(served(store)) == 5
                again, plan = take(store, of_south, "south", tmp_path)
                assert [(one.unchanged, one.loaded, one.updated, one.gone) for one in again] == [(3, 0, 0, 0)]
                assert (plan.own, plan.withdrawn) == ((), ()) and served(store, every=True) == before
                port = int(of_south.rpartition(":")[2])
            # the south is cut off; each side changes meanwhile
            with pytest.raises(FetchFailed, match="can't be reached"):
                take(store, of_south, "south", tmp_path)
            assert served(store, every=True) == before
            publish(south, tmp_path, "2025", "COD,2023,170000\nCOD,2024,221000\nIDN,2024,28000\n")
            publish(south, tmp_path, "2026", "COD,2024,222000\nCOD,2025,240000\n")
            remove_source(north.importer, "draft-2024", 10)
            _, plan = take(store, of_north, "north", tmp_path)
            assert [job.source.name for job in plan.withdrawn] == ["north--draft-2024"]
            with serving(south_app, port) as of_south:
                healed, _ = take(store, of_south, "south", tmp_path)
                assert [(one.source, one.loaded, one.updated) for one in healed] == [
                    ("south--output-2025", 0, 1),
                    ("south--output-2026", 2, 0),
                ]
                # in the other order
                take(later, of_north, "north", tmp_path)
                take(later, of_south, "south", tmp_path)
        assert served(later) == served(store) and served(later, every=True) == served(store, every=True)
        assert values(store) == {
            ("COD", "2023"): (170000.0, "south--output-2025"),
            ("COD", "2024"): (222000.0, "south--output-2026"),
            ("COD", "2025"): (240000.0, "south--output-2026"),
            # of one day, so that the order of names decides
            ("IDN", "2024"): (28001.0, "north--output-2025"),
            ("CUB", "2024"): (3500.0, "north--output-2025"),
        }
        ours = {(row["area"], row["period"], row["value_raw"], row["released_on"]) for row in served(store, every=True)}
        theirs = (row for node in (south, north) for row in served(node, every=True))
        assert ours == {(row["area"], row["period"], row["value_raw"], row["released_on"]) for row in theirs}


def test_a_release_of_this_store_holds_and_is_not_stored_twice(
    own_store: Stores, store: Store, app_of: Apps, tmp_path: Path
) -> None:
    with own_store("province") as province:
        publish(province, tmp_path, "2025", "COD,2024,220000\nIDN,2024,28000\n")
        with app_of(province) as app, app_of(store) as nation, serving(app) as address:
            take(store, address, "province", tmp_path)
            publish(store, tmp_path, "2025", "COD,2024,220000\nIDN,2024,29000\n")
            assert values(store)["IDN", "2024"] == (29000.0, "output-2025")
            _, plan = take(store, address, "province", tmp_path)
            assert [(one.data_set, one.release, one.different) for one in plan.own] == [("output-2025", "2025", 1)]
            assert [job.source.name for job in plan.withdrawn] == ["province--output-2025"] and plan.stored == ()
            assert {row["data_set"] for row in served(store, every=True)} == {"output-2025"}
            with serving(nation) as of_nation, own_store("other") as other:
                # what the nation has of others is not read on
                publish(province, tmp_path, "2026", "COD,2025,240000\n")
                take(store, address, "province", tmp_path)
                take(other, of_nation, "nation", tmp_path)
                assert {row["data_set"] for row in served(other, every=True)} == {"nation--output-2025"}


def test_a_release_read_anew_loses_what_the_site_has_no_more(
    own_store: Stores, store: Store, app_of: Apps, tmp_path: Path
) -> None:
    with own_store("province") as province, app_of(province) as app, serving(app) as address:
        publish(province, tmp_path, "2025", "COD,2024,220000\nIDN,2024,28000\n")
        take(store, address, "province", tmp_path)
        remove_source(province.importer, "output-2025", 10)
        publish(province, tmp_path, "2025", "COD,2024,220000\n")
        (summary,), _ = take(store, address, "province", tmp_path)
        assert (summary.unchanged, summary.gone) == (1, 1)
        assert set(values(store)) == {("COD", "2024")}
        ((licence, citation),) = (
            (release.source.licence.id, release.source.citation)
            for release in fetch_site(address, "province", tmp_path).releases
        )
        assert licence == "CC-BY-4.0" and citation == f"The bureau, 2025; by {address}"
        with pytest.raises(ImportRefused, match="longer than 63 characters"):
            fetch_site(address, "p" * 60, tmp_path)


def test_years_are_divided_until_a_response_is_complete(
    own_store: Stores, store: Store, app_of: Apps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lodebase.ingest.site_statistics.AT_ONCE", 4)
    lines = "".join(f"{area},{year},{year}\n" for area in ("COD", "IDN", "CUB") for year in range(1990, 2025))
    with own_store("province") as province, app_of(province) as app, serving(app) as address:
        publish(province, tmp_path, "2025", lines)
        (summary,), _ = take(store, address, "province", tmp_path)
        assert summary.loaded == 105
        assert [row["value"] for row in served(store)] == [row["value"] for row in served(province)]


LINE = {
    "source": "output",
    "indicator": "production",
    "commodity": "cobalt",
    "stage": "mine",
    "basis": "content",
    "area": "COD",
    "freq": "A",
    "transformation": "level",
    "unit": "t",
    "unit_mult": 0,
    "period": "2024",
    "value": 1.0,
    "value_raw": "1",
    "bound": None,
    "obs_status": "A",
    "conf_status": "F",
    "note": "",
    "source_row": "",
}


@pytest.mark.parametrize(
    "change", [{"period": "2024-01"}, {"value": "many"}, {"bound": "~"}, {"obs_status": ""}, {"freq": None}]
)
def test_what_is_no_observation_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "release.ndjson"
    path.write_text(f"{json.dumps(LINE)}\n{json.dumps(LINE | change)}\n", "utf-8")
    with pytest.raises(FileRefused, match="line 2 is not an observation as Lode writes it"):
        list(read_release(path))


def test_a_term_that_this_lode_does_not_have_is_refused_with_its_dimension(tmp_path: Path) -> None:
    path = tmp_path / "release.ndjson"
    path.write_text(f"{json.dumps(LINE | {'area': 'ATL', 'unit': 'stone'})}\n", "utf-8")
    (reading,) = read_release(path)
    assert [(problem.rule, problem.value) for problem in reading.problems] == [
        ("unknown-area", "ATL"),
        ("unknown-dimension", "stone"),
    ]
    assert reading.observations == () and all(problem.sentence("en") for problem in reading.problems)
