"""Whether the site lives and whether it can respond, with the database there, away, back, and behind its time."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.private_cluster import preparation
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import Store
from lodebase.settings import Settings
from lodeweb.app import create_app

ROADS = ("/api/collections", "/api/collections/deposits/items", "/api/collections/deposits/items/1", "/api/sources")


def test_alive_and_ready_with_a_database(client: FlaskClient) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")
    assert (alive.status_code, alive.get_json()) == (200, {"alive": True})
    assert (ready.status_code, ready.get_json()) == (200, {"ready": True, "dataset_version": 1})


def test_alive_without_a_database_and_not_ready(away: FlaskClient) -> None:
    alive, ready = away.get("/healthz"), away.get("/readyz")
    assert (alive.status_code, alive.get_json()) == (200, {"alive": True})
    assert ready.status_code == 503
    assert int(ready.headers["Retry-After"]) > 0
    assert ready.mimetype == "application/problem+json"
    assert "secret" not in ready.get_data(as_text=True)


@pytest.mark.parametrize("address", [*ROADS, "/api/sources/test-table/records/1"])
def test_without_a_database_every_query_is_503_with_retry_after(away: FlaskClient, address: str) -> None:
    response = away.get(address)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.get_json(force=True)["detail"] == "The database can't be reached. Try again in a moment."


def test_what_needs_no_database_responds_without_one(away: FlaskClient) -> None:
    for address in ("/", "/api/", "/healthz"):
        assert away.get(address).status_code == 200
    assert away.get("/api/collections/deposits/items?limit=0").status_code == 400


def test_it_goes_and_comes_back_with_the_database(home: Path) -> None:
    """The same application, through a stop, an outage and a start of its database."""
    cluster = Cluster(home, options={"fsync": "off"})
    cluster.ensure()
    addresses = engines.find_cluster_addresses(cluster)
    preparation.make_database(addresses)
    upgrade.upgrade(addresses)
    app = create_app(Settings.model_validate({"LODE_HOME": home}))
    client = app.test_client()
    try:
        assert client.get("/readyz").status_code == 200
        assert client.get(ROADS[1]).status_code == 200
        cluster.stop()
        for address in ("/readyz", *ROADS):
            response = client.get(address)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "5"), address
        assert client.get("/healthz").status_code == 200
        assert client.get("/").status_code == 200
        cluster.ensure()
        for address in ("/readyz", ROADS[0], ROADS[1], ROADS[3]):
            assert client.get(address).status_code == 200, address
    finally:
        app.extensions["lode"].dispose()


def test_a_store_of_another_version_is_not_ready_and_says_which_is_wanted(client: FlaskClient, site_store: Store) -> None:
    owner = create_engine(site_store.addresses.owner)
    try:
        with owner.begin() as connection:
            before = connection.scalar(text("SELECT version_num FROM lode.alembic_version"))
            connection.execute(text("UPDATE lode.alembic_version SET version_num = '0000_store'"))
        response = client.get("/readyz")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert response.get_json(force=True)["detail"] == (
            f"The store has version 0000_store, but this program needs {before}. Run `lode db upgrade`."
        )
    finally:
        with owner.begin() as connection:
            connection.execute(text("UPDATE lode.alembic_version SET version_num = :before"), {"before": before})
        owner.dispose()
    assert client.get("/readyz").status_code == 200


def test_a_store_without_one_of_its_tables_is_not_ready(client: FlaskClient, site_store: Store) -> None:
    owner = create_engine(site_store.addresses.owner)
    try:
        with owner.begin() as connection:
            connection.execute(text("ALTER TABLE lode.mining_right RENAME TO mining_right_lost"))
        response = client.get("/readyz")
        assert response.status_code == 503 and "lode.mining_right" in response.get_data(as_text=True)
    finally:
        with owner.begin() as connection:
            connection.execute(text("ALTER TABLE lode.mining_right_lost RENAME TO mining_right"))
        owner.dispose()
    assert client.get("/readyz").status_code == 200
