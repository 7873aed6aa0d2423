"""A decision on a person changes what caches and finished files have: tags, downloads, versions, feeds; made-up names."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import text
from tests.lodebase.ingest.entered.test_holder_names import Desk
from tests.lodebase.ingest.entered.test_person_everywhere import PERSON, load
from tests.lodeweb.conftest import closed, settings_of

from lodebase.cli.operation import tasks
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodeweb.app import create_app

ADDRESSES = (
    *("/api/collections/projects/items?f=json&profile=full", "/api/collections/projects/items?f=json&profile=full&as_of=1"),
    *("/api/collections/mining-rights/items?f=json&as_of=2", "/api/changes?f=json", "/updates", "/api/changes?f=atom"),
    *("/api/collections/projects/download/csv", "/api/collections/projects/download/csv?as_of=1"),
    *("/api/collections/mining-rights/download/csv?as_of=2", "/api/collections/organisations/items?f=json&as_of=2"),
    *(f"/api/search?q={word}" for word in ("aurora", "blanco")),
)


@pytest.fixture
def person_store(store: Store, tmp_path: Path) -> Store:
    load(store, tmp_path, "projects", operator=PERSON)
    load(store, tmp_path, "rights")
    return store


@pytest.fixture
def app(person_store: Store, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(settings_of(person_store.addresses, LODE_SPOOL=str(tmp_path / "spool")))
    yield made
    closed(made)


def test_no_cache_and_no_file_keeps_a_person(person_store: Store, app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    before = {address: client.get(address, follow_redirects=True) for address in ADDRESSES}
    bodies = {address: response.get_data(as_text=True) for address, response in before.items()}
    having = [address for address, body in bodies.items() if PERSON.casefold() in body.casefold()]
    assert len(having) > 6, having
    ready = tmp_path / "spool" / "ready"
    assert any(PERSON.encode() in path.read_bytes() for path in ready.iterdir())
    tags = {address: response.headers["ETag"] for address, response in before.items() if "ETag" in response.headers}
    assert len(tags) > 6
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304, address

    desk = Desk(person_store)
    desk.decide(PERSON, "natural-person", "a register of persons")
    desk.engine.dispose()

    for address in ADDRESSES:
        response = client.get(address, follow_redirects=True, headers={"If-None-Match": tags.get(address, '"none"')})
        assert response.status_code == 200, address
        assert PERSON.casefold() not in response.get_data(as_text=True).casefold(), address
    assert not any(PERSON.encode() in path.read_bytes() for path in ready.iterdir())


def test_finished_downloads_leave_the_spool_without_a_request(person_store: Store, app: Flask, tmp_path: Path) -> None:
    assert app.test_client().get("/api/collections/projects/download/csv").get_data()
    ready = tmp_path / "spool" / "ready"
    assert list(ready.iterdir())
    with app.app_context():
        settings = app.extensions["lode"].settings
        with tasks.judgements_served(person_store, settings):
            desk = engines.engine(person_store.addresses.desk, "tests", pool_size=1)
            with desk.begin() as connection:
                connection.execute(
                    text(
                        "INSERT INTO lode.holder_decision (key, name, holder_kind, reason, decided_by)"
                        " VALUES (:key, :name, 'natural-person', 'a register', 'expert')"
                    ),
                    {"key": PERSON.casefold(), "name": PERSON},
                )
            desk.dispose()
            assert _empty_within(ready, seconds=30)


def _empty_within(folder: Path, seconds: float) -> bool:


    end = monotonic() + seconds
    while any(folder.iterdir()) and monotonic() < end:
        sleep(0.05)
    return not any(folder.iterdir())
