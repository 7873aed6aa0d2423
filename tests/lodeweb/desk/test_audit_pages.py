"""The audit trail as sentences in local time, by person, record and day, as a page, CSV and JSON."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in

from lodebase.db.store import Store, write_conninfo
from lodeweb.app import create_app

ENTRIES = """
INSERT INTO lode.audit (at, account, action, subject, detail, operator) VALUES
  ('2026-03-01 15:59:59+00', 'expert', 'act_entry insert', '7', '{"number": 7}', NULL),
  ('2026-03-01 16:00:00+00', 'expert', 'baseline_entry insert', 'lode-mile', '{"milestone_id": "lode-mile"}', NULL),
  ('2026-03-02 15:59:59+00', NULL, 'command import', 'my-table', NULL, 'li on db1'),
  ('2026-03-02 16:00:00+00', 'expert', 'proposal insert', '3', '{"record_id": "lode-abc", "reason": "<b>x</b>"}', NULL),
  ('2026-03-03 00:00:00+00', NULL, 'new_table update', 'x', NULL, NULL)
"""

MANY = """
INSERT INTO lode.audit (at, account, action, subject)
SELECT '2025-01-01 00:00:00+00', 'robot', 'judgement insert', n FROM generate_series(1, 10003) n
"""


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("audit_pages") as store:
        add_accounts(store, "expert", "administrator")
        with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
            connection.execute(MANY)
            connection.execute(ENTRIES)
        yield store


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[FlaskClient]:
    app = create_app(settings_of(store.addresses, LODE_TIME_ZONE="Asia/Shanghai"))
    yield signed_in(app, "administrator")
    closed(app)


def test_times_of_the_desk_are_local_and_state_their_zone(client: FlaskClient) -> None:
    for path in ("/desk/account", "/desk/people"):
        page = client.get(f"{path}?lang=zh").get_data(as_text=True)
        times = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', page)
        assert times, page
        for at, shown in times:
            local = datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Shanghai"))
            assert shown == f"{local:%Y-%m-%d %H:%M} UTC+08:00"


def actions(client: FlaskClient, query: str) -> list[str]:
    return [entry["action"] for entry in client.get(f"/desk/audit.json?{query}").get_json()["entries"]]


def test_an_entry_is_a_sentence_in_local_time_with_a_link(client: FlaskClient) -> None:
    page = client.get("/desk/audit?lang=en").get_data(as_text=True)
    assert "expert entered the official act 7." in page and 'href="/desk/acts/7"' in page
    assert "2026-03-02 00:00:00" in page and "Asia/Shanghai" in page
    assert "The operator li on db1 imported my-table." in page and 'href="/records/lode-mile' in page
    assert "&lt;b&gt;x" in page and "<b>x" not in page
    assert "Lode: new_table update x." in page
    chinese = client.get("/desk/audit?lang=zh").get_data(as_text=True)
    assert "expert 录入了公文 7。" in chinese and "操作员 li on db1 导入了 my-table。" in chinese


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=expert&to=2026-03-03", ["proposal insert", "baseline_entry insert", "act_entry insert"]),
        ("person=li", ["command import"]),
        ("record=lode-abc", ["proposal insert"]),
        ("record=http://localhost/records/lode-mile", ["baseline_entry insert"]),
        # a day is that of the time zone: from 16:00 UTC of the day before
        ("from=2026-03-02&to=2026-03-02", ["command import", "baseline_entry insert"]),
        ("from=2026-02-01&to=2026-03-01", ["act_entry insert"]),
        ("record=nothing", []),
    ],
)
def test_entries_are_filtered_by_person_record_and_day(client: FlaskClient, query: str, found: list[str]) -> None:
    assert actions(client, query) == found


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-02-30", "from=2026-03-02&to=2026-03-01"])
def test_a_wrong_day_is_refused_with_a_sentence(client: FlaskClient, query: str) -> None:
    response = client.get(f"/desk/audit?{query}")
    assert response.status_code == 400 and "2026" in response.get_data(as_text=True)


def test_pages_follow_one_another_in_each_format(client: FlaskClient) -> None:
    page = client.get("/desk/audit?person=robot&lang=en").get_data(as_text=True)
    following = re.search(r'href="(/desk/audit\?person=robot&amp;before=\d+)"', page)
    assert following is not None and page.count("<time ") == 100 and "judgement 10003" in page
    second = client.get(following[1].replace("&amp;", "&")).get_data(as_text=True)
    assert "judgement 9903" in second and "judgement 9904" not in second
    seen, address = [], "/desk/audit.json?person=robot"
    while address:
        found = client.get(address).get_json()
        seen.append(len(found["entries"]))
        address = found["next"]
    assert seen == [10_000, 3]
    table = client.get("/desk/audit.csv?person=robot&lang=zh")
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 10_000 and 'rel="next"' in table.headers["Link"]
    assert rows[0]["local_time"] == "2025-01-01 08:00:00" and rows[0]["sentence"].startswith("robot")


def test_a_sign_in_of_today_is_in_the_trail(client: FlaskClient) -> None:
    today = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert "sign_in insert" in actions(client, f"from={today}")
