"""When each source was last read and when its next check is due: in the store, on pages, in the catalogue, by command."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from dateutil.relativedelta import relativedelta
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from tests.lodeweb.conftest import COLUMNS, MAPPING, closed, settings_of

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.records.source_checks import read_source_checks
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

ROW = dict.fromkeys(COLUMNS, "") | {"id": "a", "kind": "deposit", "metal": "copper", "name": "A", "lon": "10.1", "lat": "20.4"}
TODAY = datetime.now(UTC).date()


def import_file(store: Store, folder: Path, months: int | None, partial: bool = False) -> None:
    path = folder / "table.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(ROW[name] for name in COLUMNS) + "\n", encoding="utf-8")
    source = Source.model_validate({**yaml.safe_load(MAPPING), "update_months": months})
    run(
        store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(()), partial=partial)
    )


def import_earlier(connection: Connection, months: int) -> None:
    """Move all imports so many months back."""
    connection.execute(
        text("UPDATE lode.import_run SET finished_at = finished_at - make_interval(months => :n)"), {"n": months}
    )


def shown(client: FlaskClient, lang: str) -> str:
    return client.get(f"/api/sources?f=html&lang={lang}").get_data(as_text=True)


def test_an_unchanged_file_is_a_check_and_an_overdue_one_is_reported(store: Store, tmp_path: Path) -> None:
    owner = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    app = create_app(settings_of(store.addresses))
    client = app.test_client()
    import_file(store, tmp_path, None)
    assert "no schedule known" in shown(client, "en") and "更新周期未知" in shown(client, "zh")
    import_file(store, tmp_path, 12)
    with owner.begin() as connection:
        import_earlier(connection, 14)
    due = TODAY - relativedelta(months=14) + relativedelta(months=12)
    assert f"overdue since {due}" in shown(client, "en") and str(due) in shown(client, "zh")
    # corrected rows are no check of the source
    import_file(store, tmp_path, 12, partial=True)
    with owner.begin() as connection:
        assert read_source_checks(connection)["test-table"].is_overdue(TODAY)
    import_file(store, tmp_path, 12)
    due = TODAY + relativedelta(months=12)
    assert f"Last checked {TODAY}" in shown(client, "en") and f"due by {due}" in shown(client, "en")
    assert client.get("/api/sources?f=json").get_json()["sources"][0]["next_check"] == due.isoformat()
    assert f"due by {due}" in client.get("/data/deposits-test-table").get_data(as_text=True)
    graph = client.get("/api/datasets").get_json(force=True)["dcat:dataset"]
    periods = {one["dct:identifier"]: one["dct:accrualPeriodicity"]["@id"].rpartition("/")[2] for one in graph}
    assert (periods["deposits-test-table"], periods["deposits"]) == ("ANNUAL", "IRREG")
    environment = {"LODE_DATABASE_URL": store.addresses.owner.render_as_string(hide_password=False)}
    listed = {row["name"]: row for row in json.loads(CliRunner().invoke(cli, ["sources", "--json"], env=environment).stdout)}
    assert (listed["test-table"]["next_check"], listed["test-table"]["overdue"]) == (due.isoformat(), False)
    closed(app)
    owner.dispose()


@pytest.mark.parametrize(
    ("name", "months"), [("usgs-mcs2025", 12), ("worldbank-pinksheet-2026-06", 1), ("natural-earth", None)]
)
def test_a_source_declares_how_often_its_publisher_updates_it(name: str, months: int | None) -> None:
    assert sources.load_source(name).update_months == months
