"""Copper smelters as people mean them, in the real files: by type, by metal, by product and by name."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources.readers import get_source_reader

SOURCES = (
    *("usgs-minfac-world-facilities", "usgs-africa-mineral-industries", "icmm-global-mining"),
    "plants-and-milestones-2026",
)
MEANT = {
    # typed as smelters of copper, as smelters alone, and as plants by product or name
    *("Mount Isa copper smelter", "Tuticorin Smelter", "Smelter at Isabel", "Sredneuralsk (SUMZ)"),
    *("Mednogorsk (Urals)", "Alaverdi", "Chambishi Copper Smelter", "Mufulira (ISASMELT) Smelter", "Smelter at Kukes"),
}
OTHERS = {
    "Townsville copper refinery",
    "Pyshma Refinery",
    "Port Pirie lead smelter",
    "El Teniente SX-EW plants",
    "Tomago aluminum smelter",
}


Plants = tuple[FlaskClient, Store]
# a record of one row has no reported record
SERVED = """
SELECT served_id, row ->> 'name_en' FROM reported_record WHERE kind = 'project' AND row ->> 'name_en' = ANY(%(names)s)
UNION SELECT id, name_en FROM project WHERE name_en = ANY(%(names)s)
"""


def import_source(store: Store, name: str, path: Path) -> None:
    """Import the files of a publisher."""
    source, read = sources.load_source(name), get_source_reader(name)
    assert run(store.importer, ImportJob(source, path, lambda tally: read(source, path, tally), Boundaries(()))).loaded > 50


@pytest.fixture(scope="module")
def plants(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    real_data: Path,
) -> Iterator[Plants]:
    """A site with the plants of four publishers, and its store."""
    with own_store("plants") as store:
        for name in SOURCES:
            import_source(store, name, real_data / name)
        with app_of(store) as app:
            yield app.test_client(), store


def named(client: FlaskClient, query: str) -> dict[str, str]:
    """The names of projects by id."""
    found = client.get(f"/api/collections/projects/items?{query}&limit=10000&properties=name_en,name_zh").get_json(force=True)
    assert found["numberMatched"] == found["numberReturned"]
    return {
        feature["id"]: feature["properties"]["name_en"] or feature["properties"]["name_zh"] for feature in found["features"]
    }


def served(store: Store, names: set[str]) -> dict[str, set[str]]:
    """The ids under which the rows of each name are served, by name."""
    with psycopg.connect(store.importer) as connection:
        found: dict[str, set[str]] = {name: set() for name in names}
        for identity, name in connection.execute(SERVED, {"names": list(names)}).fetchall():
            found[name].add(identity)
    return found


def test_copper_smelters_are_found_by_type_metal_product_and_name(plants: Plants) -> None:
    client, store = plants
    meant = named(client, "facility=copper-smelter")
    typed = named(client, "facility_types=copper-smelter")
    of_copper = named(client, "facility_types=smelter&commodity=copper&commodity_role=main")
    assert set(meant) >= {*typed, *of_copper}
    rows = served(store, MEANT)
    assert all(rows.values())
    assert {name for name, identities in rows.items() if not identities <= set(meant)} == set()
    # a lead smelter and a copper refinery are no copper smelters
    for name, identities in served(store, OTHERS).items():
        assert not identities & set(meant), name
    assert len(meant) == 161


def test_records_without_a_figure_are_left_out_and_counted(plants: Plants) -> None:
    client, _ = plants
    query = "/api/collections/projects/items?facility=copper-smelter&limit=1"
    everything = client.get(query).get_json(force=True)["numberMatched"]
    present = client.get(f"{query}&has_figure=true").get_json(force=True)
    missing = client.get(f"{query}&has_figure=false").get_json(force=True)
    assert present["numberMatched"] + missing["numberMatched"] == everything
    assert present["numberWithoutFigure"] == missing["numberWithoutFigure"] == missing["numberMatched"] > 0
    facets = client.get("/api/collections/projects/facets?facility=copper-smelter&has_figure=true&facets=status").get_json(
        force=True
    )
    assert facets["numberWithoutFigure"] == missing["numberMatched"]
    page = client.get(f"{query}&f=html&lang=en").get_data(as_text=True)
    assert f"{missing['numberMatched']} without a capacity" in page and "has_figure=true" in page
    page = client.get(f"{query}&f=html&lang=zh&has_figure=true").get_data(as_text=True)
    assert f"另有 {missing['numberMatched']} 条无产能，未列出" in page
    assert "numberWithoutFigure" not in client.get(query).get_json(force=True)
