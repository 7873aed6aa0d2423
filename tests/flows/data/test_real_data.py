"""The real files of eight publishers: imported with one command, nothing lost, the second time nothing done, and served.

The counts are those of the publishers' files as their readme lists them; they are fixed with the versions in source.yml.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest
from flask.testing import FlaskClient
from pyproj import Geod

from lodebase.db.private_cluster.cluster import SITE, Cluster
from lodebase.settings import Settings
from lodeweb.app import create_app

if TYPE_CHECKING:
    from tests.flows.data.conftest import Imported

pytestmark = [pytest.mark.xdist_group("real_data"), pytest.mark.timeout(1500)]

READ = {
    "natural-earth": 536,
    "icmm-global-mining": 8_508,
    "usgs-africa-mineral-industries": 4_691,
    "usgs-copper-assessment-sir20105090z": 3_399,
    "usgs-lithium-us": 454,
    "usgs-major-deposits": 3_168,
    "usgs-mineplant-us": 6_785,
    "usgs-minfac-world-facilities": 6_704,
    "usgs-pp1802-critical-minerals": 2_121,
    "bgs-world-production-2012-2021": 3_816,
    "canada-nrcan-critical-minerals-2026": 291,
    "china-condition-lists": 127,
    "china-mnr-rights-notices-2026": 41,
    "china-nbs-output-unverified": 21,
    "brazil-anm-mining-dams": 909,
    "chile-sernageomin-tailings-2025-10": 836,
    "fineprint-mine-production": 556,
    "minmod-world-resources": 13_530,
    "ni43101-reports-minmod": 24_479,
    "imf-pcps-battery-metals": 2_194,
    "india-cpcb-nonferrous-reprocessors-2011": 375,
    "labrador-minerals-2026": 4_236,
    "peru-mining-concessions-17s-2026": 9_025,
    "plants-and-milestones-2026": 357,
    "salta-mining-cadastre-2025": 3_500,
    "us-battery-supply-chain-investments-2024": 773,
    "usgs-mcs2025": 1_250,
    "usgs-ni-cr-pge-minmod": 17_954,
    "usgs-nickel-laterite-minmod": 120,
    "usgs-porphyry-copper-2008": 690,
    "usgs-vms-minmod": 1_090,
    "worldbank-pinksheet-2026-06": 5_579,
}
QUARANTINED = {
    "minmod-world-resources": 3,
    "china-condition-lists": 1,
    "ni43101-reports-minmod": 13_678,
    "plants-and-milestones-2026": 1,
    "usgs-vms-minmod": 222,
    "labrador-minerals-2026": 41,
}
"""Rows without mineral or position, with an impossible grade, of a firm in English alone, and candidates for review."""
FIGURES = ("source", "read", "loaded", "updated", "unchanged", "out_of_scope", "quarantined", "seconds", "dataset_version")
"""Counts of a run, which the usage of its columns follows."""
SERVED = {"deposits": 2_300, "discoveries": 2_600, "projects": 2_800}
ESCONDIDA = (-69.07, -24.27)
"""Longitude and latitude of the mine, as its owner and the U.S. Geological Survey's MRDS give it."""
NEAR_M = 30_000
AT_ITS_PLACE_M = 10_000
PARTED, UNDONE = "6b0f5f0e-9a0c-4d0b-8c3e-2f1f3a7d9e01", "6b0f5f0e-9a0c-4d0b-8c3e-2f1f3a7d9e02"
"""A judgement of the test and its undoing."""


KIND = {"deposits": "deposit", "discoveries": "discovery", "projects": "project"}


@pytest.fixture(scope="module")
def visitor(imported: "Imported") -> Iterator[FlaskClient]:
    app = create_app(Settings.model_validate({"LODE_HOME": imported.home, "LODE_RATE_LIMIT": "off"}))
    yield app.test_client()
    app.extensions["lode"].dispose()


def fetch_rows(imported: "Imported", statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement, as the site may read them."""
    with psycopg.connect(Cluster(imported.home).url(SITE).replace("+psycopg", "")) as connection:
        return connection.execute(statement, values).fetchall()


def features(visitor: FlaskClient, collection: str) -> list[dict[str, Any]]:
    """Every feature of a collection, page by page."""
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/collections/{collection}/items?limit=5000"
    while following:
        body = visitor.get(following).get_json(force=True)
        found += body["features"]
        following = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    return found


def test_every_row_of_every_file_is_read(imported: "Imported") -> None:
    assert imported.first.returncode == 0, imported.first.stderr
    assert {name: run["read"] for name, run in imported.runs().items()} == READ


def test_stdout_has_the_list_of_runs_and_nothing_else(imported: "Imported") -> None:
    for result in (imported.first, imported.second):
        runs = json.loads(result.stdout)
        assert [tuple(run) for run in runs] == [(*FIGURES, "withheld", "columns")] * len(READ)
        assert result.stdout.count("\n") == 1


def test_every_run_adds_up(imported: "Imported") -> None:
    for again in (False, True):
        for name, run in imported.runs(again).items():
            parts = ("loaded", "updated", "unchanged", "out_of_scope", "quarantined")
            assert run["read"] == sum(run[part] for part in parts), name


def test_the_first_run_loads_and_refuses_nothing(imported: "Imported") -> None:
    for name, run in imported.runs().items():
        assert run["loaded"] > 0 and run["quarantined"] == QUARANTINED.get(name, 0), name
    assert [run["dataset_version"] for run in imported.runs().values()] == list(range(1, len(READ) + 1))


def test_the_second_run_changes_nothing(imported: "Imported") -> None:
    assert imported.second.returncode == 0, imported.second.stderr
    first, second = imported.runs(), imported.runs(again=True)
    # the records of all sources are compared after the last one
    last = max(run["dataset_version"] for run in first.values()) + 1
    for name, run in second.items():
        assert (run["read"], run["loaded"], run["updated"]) == (READ[name], 0, 0)
        assert run["unchanged"] == first[name]["loaded"], name
        assert run["dataset_version"] == last


@pytest.mark.parametrize(("collection", "least"), SERVED.items())
def test_what_is_in_scope_is_served(imported: "Imported", visitor: FlaskClient, collection: str, least: int) -> None:
    """Before records of different sources are merged, and each of them under the id of one record after it."""
    apart = {row[0] for row in fetch_rows(imported, f"SELECT id FROM lode_reported.{KIND[collection]}")}
    assert len(apart) >= least
    found = [feature["id"] for feature in features(visitor, collection)]
    assert len(set(found)) == len(found)
    joined = fetch_rows(imported, "SELECT record_id, served_id FROM lode.reported_record WHERE kind = %s", KIND[collection])
    assert set(found) == apart - {record for record, served in joined if record != served}
    assert len(found) < len(apart)


def test_escondida_is_where_it_should_be_and_its_refuted_position_is_not_used(imported: "Imported") -> None:
    """One of the sources puts it 660 km away."""
    named = "name_en ILIKE '%%escondida%%' AND country = 'CHL' AND geom IS NOT NULL"
    rows = fetch_rows(
        imported,
        " UNION ALL ".join(
            f"SELECT sources[1], ST_X(geom), ST_Y(geom), flags FROM lode_reported.{kind} WHERE {named}"
            for kind in KIND.values()
        ),
    )
    away_m = {source: Geod(ellps="WGS84").inv(*ESCONDIDA, lon, lat)[2] for source, lon, lat, _ in rows}
    for source, *_, flags in rows:
        assert ("far-from-namesake" in flags) is (away_m[source] > NEAR_M), (source, away_m[source])
    assert set(away_m) == {
        "icmm-global-mining",
        "usgs-copper-assessment-sir20105090z",
        "usgs-major-deposits",
        "usgs-porphyry-copper-2008",
    }
    assert max(away_m.values()) <= NEAR_M
    withdrawn = (
        "SELECT geom IS NULL, 'position-refuted' = ANY(flags) FROM lode_reported.project WHERE name_en ILIKE 'escondida%%'"
    )
    assert (True, True) in fetch_rows(imported, f"{withdrawn} AND sources[1] = 'usgs-minfac-world-facilities'")


def test_the_deposit_escondida_is_served_once_with_its_sources_and_the_mine_that_works_it(visitor: FlaskClient) -> None:
    body = visitor.get("/api/collections/deposits/items?filter=name_en = 'Escondida' AND country = 'CHL'").get_json(force=True)
    (found,) = body["features"]
    usgs = {"usgs-copper-assessment-sir20105090z", "usgs-major-deposits", "usgs-porphyry-copper-2008"}
    expected = {"minmod-world-resources", *usgs}
    assert set(found["properties"]["sources"]) == expected
    assert Geod(ellps="WGS84").inv(*ESCONDIDA, *found["geometry"]["coordinates"])[2] < NEAR_M
    full = visitor.get(f"/api/collections/deposits/items/{found['id']}?profile=full").get_json(force=True)["properties"]
    assert [(one["relation"], one["name_en"]) for one in full["linked"] if one["name_en"] == "Escondida"] == [
        ("worked_by", "Escondida")
    ]
    assert full["values"]["geom"]["reason"] == "accuracy"


@pytest.mark.parametrize("source", [name for name in READ if name != "natural-earth"])
def test_a_raw_row_leads_to_the_record_that_is_served(imported: "Imported", visitor: FlaskClient, source: str) -> None:
    """Whatever the keys of the source look like; the longest ones and the first and last in order are tried."""
    with psycopg.connect(Cluster(imported.home).url(SITE).replace("+psycopg", "")) as connection:
        rows = connection.execute(
            "SELECT key, in_scope FROM lode.source_record WHERE source = %s ORDER BY length(key) DESC, key LIMIT 20", (source,)
        ).fetchall()
        rows += connection.execute(
            "SELECT key, in_scope FROM lode.source_record WHERE source = %s AND in_scope ORDER BY key LIMIT 20", (source,)
        ).fetchall()
    for key, in_scope in rows:
        response = visitor.get(f"/api/sources/{source}/records/{quote(key, safe='')}")
        assert response.status_code == 200, key
        record = response.get_json()
        # a list and its batches are declared by the mapping and have no columns
        assert record["key"] == key and (record["raw"] or key in ("list", "batch"))
        assert (record["record_id"] is not None) is in_scope
        for link in record["links"]:
            if link["rel"] == "related":
                feature = visitor.get(link["href"]).get_json(force=True)
                assert source in feature["properties"]["sources"]


def project_escondida(visitor: FlaskClient) -> list[dict[str, Any]]:
    """The projects of that name that are served, the nearest to the mine first."""
    query = "filter=name_en LIKE 'Escondida%' AND country = 'CHL'"
    found: list[dict[str, Any]] = visitor.get(f"/api/collections/projects/items?{query}").get_json(force=True)["features"]
    return sorted(found, key=_distance_from_escondida_m)


def _distance_from_escondida_m(feature: dict[str, Any]) -> float:
    """Return the distance of a feature; infinite for one whose position is not known."""
    if feature["geometry"] is None:
        return float("inf")
    return float(Geod(ellps="WGS84").inv(*ESCONDIDA, *feature["geometry"]["coordinates"])[2])


def test_the_project_escondida_is_one_although_a_source_puts_it_far_away(
    imported: "Imported", visitor: FlaskClient, tmp_path: Path
) -> None:
    """682 km are too many for a machine: both rows were read. Its place is the mine's, and an expert's word goes before."""

    (served,) = project_escondida(visitor)
    sources = ["icmm-global-mining", "usgs-minfac-world-facilities", "plants-and-milestones-2026"]
    assert served["properties"]["sources"] == sources
    assert Geod(ellps="WGS84").inv(*ESCONDIDA, *served["geometry"]["coordinates"])[2] < AT_ITS_PLACE_M
    full = visitor.get(f"/api/collections/projects/items/{served['id']}?profile=full").get_json(force=True)["properties"]
    (deposit,) = [one for one in full["linked"] if one["relation"] == "works" and one["name_en"] == "Escondida"]
    others = visitor.get(f"/api/collections/deposits/items/{deposit['id']}").get_json(force=True)["properties"]["sources"]
    assert len({*served["properties"]["sources"], *others}) == 7

    ((key,),) = fetch_rows(
        imported,
        "SELECT s.key FROM lode.reported_record t JOIN lode.member m ON m.record_id = t.record_id AND m.leads"
        " JOIN lode.source_record s ON s.id = m.source_record_id"
        " WHERE t.served_id = %s AND s.source = 'usgs-minfac-world-facilities'",
        served["id"],
    )
    pair = {"a_source": "icmm-global-mining", "a_key": "ICMM01433", "b_source": "usgs-minfac-world-facilities", "b_key": key}
    when = {"account": "tester", "at": "2024-05-01T00:00:00+00:00"}
    said = tmp_path / "said.jsonl"
    said.write_text(json.dumps({"id": PARTED, **pair, "verdict": "different", **when}), encoding="utf-8")
    imported.lode("judgements", "import", str(said))
    imported.lode("resolve", "apply")
    mine, far = project_escondida(visitor)
    assert "icmm-global-mining" in mine["properties"]["sources"]
    assert "usgs-minfac-world-facilities" in far["properties"]["sources"]
    assert set(mine["properties"]["sources"]).isdisjoint(far["properties"]["sources"])

    undone = {"id": UNDONE, **pair, "verdict": "withdrawn", "undoes": PARTED, **when}
    said.write_text(json.dumps(undone), encoding="utf-8")
    imported.lode("judgements", "import", str(said))
    imported.lode("resolve", "apply")
    assert [one["id"] for one in project_escondida(visitor)] == [served["id"]]
