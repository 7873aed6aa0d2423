"""Monthly reports and the ledger's workbook at the desk: who enters, checks and reads, and what an edited workbook changes."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodebase.topics.schedule.test_ledger import ROWS, load
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.entered import unserved
from lodebase.ingest.jobs import requested
from lodedata.kinds import KINDS
from lodedata.topics.schedule import ledger
from lodeweb.app import create_app

Stores = Iterator[Store]
EDITED = ("expected_date", "baseline_date", "baseline_no", "baseline_reason")
NEW = "/desk/progress/new"
CODE = '["lode-starter", "cn-julong-mine", 3]'
REPORT = {"project": CODE, "month": "2026-09", "investment_done_month_cny": "1,200,000", "investment_done_cum_cny": "5e6"} | {
    "physical_progress_pct": "40",
    "problem_zh": "用地未批，内部资料",
}


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the ledger of its tests."""
    with own_store("desk_progress") as store:
        add_accounts(store, "reader", "contributor", "expert", "administrator")
        path: Path = tmp_path_factory.mktemp("ledger") / "ledger.xlsx"
        ledger.write(path, ROWS, "zh")
        load(store, path)
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


def posted(client: FlaskClient, path: str, form: dict[str, str]) -> Any:
    return client.post(path, data=form | {"csrf_token": token(client, "/desk/progress/new")})


def test_a_report_is_entered_returned_changed_and_accepted(app: Flask) -> None:
    reporter, checker, reader = (signed_in(app, name) for name in ("contributor", "expert", "reader"))
    made = posted(reporter, NEW, REPORT | {"state": "draft"})
    assert made.status_code == 303
    path = made.headers["Location"]
    assert checker.get(path).status_code == 404, "a draft is its reporter's alone"
    assert posted(reporter, path, REPORT | {"state": "accepted"}).status_code == 400
    assert posted(reporter, path, REPORT | {"state": "submitted"}).status_code == 303
    assert posted(reporter, path, REPORT | {"state": "accepted"}).status_code == 403

    page = checker.get(path, query_string={"lang": "zh"}).get_data(as_text=True)
    assert "1,200,000" in page and "用地未批" in page and "退回" in page
    assert posted(checker, path, {"state": "returned", "reason": ""}).status_code == 400
    assert posted(checker, path, {"state": "returned", "reason": "请补充用地批文"}).status_code == 303
    assert "请补充用地批文" in reporter.get(path).get_data(as_text=True)
    assert posted(reporter, path, REPORT | {"state": "submitted", "physical_progress_pct": "41"}).status_code == 303
    assert posted(checker, path, {"state": "accepted"}).status_code == 303
    assert posted(reporter, path, REPORT | {"state": "draft"}).status_code == 400, "an accepted report is never changed"

    page = reader.get(path).get_data(as_text=True)
    assert "Accepted" in page and "41" in page and '<form action="/desk/progress' not in page
    assert reader.get(NEW).status_code == 403
    assert "巨龙铜矿" in reader.get("/desk/progress?lang=zh").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"month": "2026-13"}, "is not a month"),
        ({"month": "2999-01"}, "is not a month up to now"),
        ({"project": '["lode-starter", "none", null]'}, "has no milestone and no ledger entry"),
        ({"project": "x"}, "Choose a project"),
        ({"physical_progress_pct": "140"}, "must be from 0 to 100"),
        ({"physical_progress_pct": "nan"}, "must be from 0 to 100"),
        ({"investment_done_month_cny": "many"}, "is not a number"),
        ({"investment_done_cum_cny": "1"}, "is less than that of the month"),
        ({"problem_zh": "长" * 2001}, "must have 1 to 2000 characters"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(app: Flask, change: dict[str, str], sentence: str) -> None:
    refused = posted(signed_in(app, "contributor"), NEW, REPORT | {"month": "2026-10", "state": "submitted"} | change)
    assert refused.status_code == 400 and sentence in refused.get_data(as_text=True)


def test_a_month_has_one_report_and_no_checker_checks_an_own_one(app: Flask) -> None:
    expert = signed_in(app, "expert")
    form = REPORT | {"month": "2026-08", "state": "submitted"}
    path = posted(expert, NEW, form).headers["Location"]
    assert "Change that one" in posted(expert, NEW, form).get_data(as_text=True)
    assert posted(expert, path, {"state": "accepted"}).status_code == 403
    assert posted(signed_in(app, "administrator"), path, {"state": "accepted"}).status_code == 303


def test_what_is_internal_is_at_the_desk_only(app: Flask, store: Store) -> None:
    public = app.test_client()
    assert public.get("/desk/progress").status_code == 302 and public.get("/desk/progress/ledger.xlsx").status_code == 302
    book = openpyxl.load_workbook(io.BytesIO(public.get("/api/schedule?f=xlsx").data))
    assert book.sheetnames == [ledger.SHEETS["milestone"]] and book.worksheets[0].max_row == 3
    for path in ("/schedule", "/api/schedule", "/api/schedule?f=csv"):
        assert "用地" not in public.get(path).get_data(as_text=True)
    assert public.get("/api/search?q=用地未批").get_json()["suggestions"] == []
    with (
        psycopg.connect(write_conninfo(store.addresses.site)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM monthly_report_step")
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        details = connection.execute("SELECT detail::text FROM audit WHERE action = 'monthly_report_step insert'").fetchall()
    assert details and not any("用地" in detail or "200000" in detail for (detail,) in details)


def test_an_edited_workbook_is_previewed_checked_and_imported(app: Flask, store: Store) -> None:
    administrator = signed_in(app, "administrator")
    content = signed_in(app, "reader").get("/desk/progress/ledger.xlsx?lang=zh").data
    assert "no edits" in uploaded(administrator, content)[1]
    field = {
        name: KINDS["milestone"].field(name) for name in ("expected_date", "baseline_date", "baseline_no", "baseline_reason")
    }

    def edited(**values: Any) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book[ledger.SHEETS["milestone"]]
        column = {cell.value: number for number, cell in enumerate(sheet[1], 1)}
        for name, value in values.items():
            found = field[name]
            assert found is not None
            sheet.cell(2, column[ledger.format_ledger_header(found)]).value = value
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    path, page = uploaded(administrator, edited(expected_date="2027-06", baseline_date="2028", baseline_no=2))
    assert page.count('<th scope="row">007</th>') == 3 and "2027-03" in page and "2027-06" in page
    assert "<textarea" not in page, "a workbook that Lode knows has no mapping"
    order(administrator, store, path)
    assert "baseline_reason" in administrator.get(path).get_data(as_text=True), "a new baseline needs a reason"

    path, _ = uploaded(
        administrator, edited(expected_date="2027-06", baseline_date="2028", baseline_no=2, baseline_reason="用地")
    )
    order(administrator, store, path)
    page = administrator.get(path).get_data(as_text=True)
    assert "4 rows read = 0 loaded + 1 updated + 3 unchanged" in page and "no edits" in page


def test_the_desk_imports_no_other_source_without_a_mapping(app: Flask) -> None:
    administrator = signed_in(app, "administrator")
    form = {"csrf_token": token(administrator, "/desk/imports"), "name": "a.xlsx", "bytes": "10", "source": "usgs-mrds"}
    refused = administrator.post("/desk/imports", data=form)
    assert refused.status_code == 400 and "imports no workbook of usgs-mrds" in refused.get_data(as_text=True)


def uploaded(client: FlaskClient, content: bytes) -> tuple[str, str]:
    form = {"csrf_token": token(client, "/desk/imports"), "source": "project-ledger"}
    sent = {**form, "file": (io.BytesIO(content), "ledger.xlsx")}
    path = client.post("/desk/imports", data=sent, content_type="multipart/form-data").headers["Location"]
    return path, client.get(path).get_data(as_text=True)


def order(client: FlaskClient, store: Store, path: str) -> None:
    assert client.post(path, data={"csrf_token": token(client, path), "action": "import"}).status_code == 303
    assert requested.run_next(store.importer, requested.RequestOptions(Path("/nowhere"), 10.0, 0.8))


def test_an_expert_enters_the_next_baseline_with_a_reason(app: Flask, store: Store) -> None:
    expert, path = signed_in(app, "expert"), "/desk/baselines"
    milestones = app.test_client().get("/api/collections/milestones/items").get_json()["features"]
    milestone = next(milestone for milestone in milestones if milestone["properties"]["baseline_no"])
    last = milestone["properties"]["baseline_no"]
    assert milestone["id"] in expert.get(f"{path}?q={milestone['id']}&lang=zh").get_data(as_text=True)
    form = {
        "milestone": milestone["id"],
        "baseline_no": str(last + 1),
        "baseline_date": "2031-06",
        "baseline_reason": "用地批复延后",
    }
    for wrong, sentence in (
        ({"baseline_no": str(last)}, f"must be {last + 1}"),
        ({"baseline_date": "soon"}, "is not a date"),
        ({"baseline_reason": ""}, "Enter why the plan changed"),
        ({"milestone": "none"}, "There is no record"),
    ):
        refused = posted(expert, f"{path}?lang=en", form | wrong)
        assert refused.status_code in (400, 404) and sentence in refused.get_data(as_text=True)
    assert posted(expert, path, form).status_code == 303
    assert "waits to be applied" in posted(expert, f"{path}?lang=en", form).get_data(as_text=True)
    assert unserved.serve(store.importer, 0.9, 5.0) is not None
    properties = app.test_client().get(f"/api/collections/milestones/items/{milestone['id']}").get_json()["properties"]
    assert (properties["baseline_no"], properties["baseline_date"], properties["baseline_reason"]) == (
        last + 1,
        "2031-06",
        "用地批复延后",
    )
    page = expert.get(f"{path}?q={milestone['id']}").get_data(as_text=True)
    assert milestone["properties"]["baseline_date"] in page and "2031-06" in page, "the earlier baseline stays"
    with psycopg.connect(write_conninfo(store.addresses.desk)) as connection, pytest.raises(psycopg.errors.CheckViolation):
        columns, values = "milestone_id, baseline_no, baseline_date, entered_by", "'x', 2, '2031', 'x'"
        connection.execute(f"INSERT INTO lode.baseline_entry ({columns}) VALUES ({values})")
    assert signed_in(app, "contributor").get(path).status_code == 403
