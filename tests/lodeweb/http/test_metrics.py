"""The figures count what was answered, how fast, and what the database said; a look at them waits for nothing."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from tests.lodeweb.conftest import closed, settings_of

from lodebase.backup import StepProgress, make_backup
from lodebase.db.store import Store
from lodebase.query.reading import open_reading
from lodeweb.app import create_app
from lodeweb.http.database import get_site

ITEMS = "/api/collections/deposits/items"


def figures(client: FlaskClient) -> dict[str, float]:
    """The figures by name and labels, such as ``lode_requests_total GET 200``; routes are summed."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=")
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(response.get_data(as_text=True)):
        for sample in family.samples:
            labels = [value for name, value in sorted(sample.labels.items()) if name not in ("route", "le")]
            name = " ".join([sample.name, *labels])
            found[name] = found.get(name, 0.0) + sample.value
    return found


def reported(client: FlaskClient, name: str, value: float) -> bool:
    """Whether a figure comes to a value soon; the database is queried apart from the response."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if figures(client).get(name) == value:
            return True
        time.sleep(0.02)
    return False


def test_requests_are_counted_by_route_method_and_status(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    for _ in range(3):
        client.get(f"{ITEMS}?limit=1")
    client.get(f"{ITEMS}?limit=0")
    client.head(ITEMS)
    client.get("/nosuch")
    client.open("/healthz", method="BREW")
    found = figures(client)
    assert found["lode_requests_total GET 200"] == 3
    assert found["lode_requests_total GET 400"] == 1
    assert found["lode_requests_total HEAD 200"] == 1
    assert found["lode_requests_total GET 404"] == 1
    assert found["lode_requests_total other 405"] == 1
    assert found["lode_request_seconds_count"] == 7
    text = client.get("/metrics").get_data(as_text=True)
    assert 'route="none"' in text and "/items" in text


def test_a_name_that_is_made_up_makes_no_figure_of_its_own(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    client.get("/api/nosuch-1")
    client.get("/api/collections/deposits/items/nosuch-2")
    client.get("/healthz", headers={"X-Request-Id": "nosuch-3"})
    client.open("/healthz", method="NOSUCH-4")
    assert "nosuch" not in client.get("/metrics").get_data(as_text=True).lower()


def test_nothing_is_in_progress_but_the_request_itself(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    client.get(ITEMS)
    found = figures(client)
    assert found["lode_requests_in_flight"] == 1
    assert (found["lode_database_in_use"], found["lode_database_waiting"], found["lode_database_places"]) == (0, 0, 8)


def test_the_dataset_version_is_that_of_the_last_response(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    version = client.get(ITEMS).headers["Lode-Dataset-Version"]
    found = figures(client)
    assert (found["lode_dataset_version"], found["lode_database_up"]) == (float(version), 1)


def test_without_traffic_a_look_queries_the_database_itself(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    assert reported(client, "lode_database_up", 1)
    assert reported(client, "lode_dataset_version", 1)


def test_a_database_that_is_away_is_reported_and_does_not_delay_the_look(away: FlaskClient) -> None:
    begun = time.monotonic()
    assert figures(away)["lode_database_up"] == 0
    assert time.monotonic() - begun < 2
    away.get(ITEMS)
    assert figures(away)["lode_database_up"] == 0


def test_a_statement_past_its_time_is_503_and_counted_and_the_next_one_is_answered(own_app: Callable[..., Flask]) -> None:
    app = own_app(LODE_STATEMENT_TIMEOUT=0.2, LODE_THREADS=1)

    @app.get("/slow")
    def slow() -> str:
        with open_reading(get_site().engine) as connection:
            connection.execute(text("SELECT pg_sleep(20)"))
        return "never"

    client = app.test_client()
    begun = time.monotonic()
    for _ in range(3):
        response = client.get("/slow")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.get_json(force=True)["detail"].endswith("Request less at a time.")
    assert time.monotonic() - begun < 5
    assert client.get(ITEMS).status_code == 200
    found = figures(client)
    assert (found["lode_statement_timeouts_total"], found["lode_database_in_use"]) == (3, 0)
    assert found["lode_database_up"] == 1


@pytest.mark.parametrize("name", ["secret", "postgresql", "127.0.0.1"])
def test_the_figures_hold_no_address(away: FlaskClient, name: str) -> None:
    away.get(ITEMS)
    assert name not in away.get("/metrics").get_data(as_text=True)


@pytest.fixture
def visitors(store: Store) -> Iterator[Callable[[], FlaskClient]]:
    """Makes visitors of new sites of the test's own store."""
    flasks: list[Flask] = []

    def make() -> FlaskClient:
        flasks.append(create_app(settings_of(store.addresses)))
        return flasks[-1].test_client()

    yield make
    for app in flasks:
        closed(app)


def test_age_and_size_of_the_last_backup_are_shown(visitors: Callable[[], FlaskClient], store: Store, tmp_path: Path) -> None:
    client = visitors()
    assert reported(client, "lode_backup_age_seconds", math.inf)
    assert figures(client)["lode_backup_bytes"] == 0
    result = make_backup(store, tmp_path / "lode.zip", StepProgress())
    client = visitors()
    assert reported(client, "lode_backup_bytes", result.bytes)
    assert 0 <= figures(client)["lode_backup_age_seconds"] < 600


def test_the_age_of_the_last_backup_is_the_same_from_every_process(tmp_path: Path) -> None:
    """Of two processes the second has read the record of backups before the last one was made."""
    script = (
        "import sys, time\nfrom datetime import UTC, datetime, timedelta\nfrom types import SimpleNamespace\n"
        "from lodeweb.http.service.metrics import Figures\nfigures = Figures()\n"
        "finished = datetime.now(UTC) - timedelta(seconds=int(sys.argv[1]))\n"
        "figures.learn_backup(SimpleNamespace(finished_at=finished, bytes=1))\n"
        "print(next(line for line in figures.text().decode().splitlines() if line.startswith('lode_backup_age_seconds')))"
    )
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    ages = []
    for seconds in ("100", "5000"):
        command = [sys.executable, "-c", script, seconds]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        ages.append(float(run.stdout.split()[1]))
    assert all(100 <= age < 1_000 for age in ages)
