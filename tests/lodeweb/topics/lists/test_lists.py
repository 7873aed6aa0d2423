"""The check of condition lists and their pages, over a workbook that is made up."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from tests.jobs import run_jobs
from tests.list_workbook import ALPHA, BETA, CODE_BETA, CODE_OTHER, GAMMA, LIST, write

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.operations.operation import OperationServices
from lodebase.signed_file import read_keys, verify
from lodebase.topics.lists import extract_pdf
from lodebase.topics.lists.operations import CHECK
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Tally
from lodedata.sources import readers

SHIPPED, WORKBOOK = "standard-conditions-lists", "condition-list-workbook"


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the lists that ship and those of the workbook."""
    shipped = sources.find_shipped_folder(SHIPPED)
    assert shipped is not None
    book = write(tmp_path_factory.mktemp("lists") / "lists.xlsx")
    with own_store("lists") as store:
        for name, path in ((SHIPPED, shipped), (WORKBOOK, book)):
            source, read = sources.load_source(name), readers.get_source_reader(name)
            made = run(store.importer, ImportJob(source, path, lambda t, s=source, r=read, p=path: r(s, p, t), Boundaries(())))  # type: ignore[misc]
            assert made.quarantined == 0
        yield store


@pytest.fixture(scope="module")
def client(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]]) -> Iterator[FlaskClient]:
    """A visitor of a site with these lists."""
    with app_of(store) as app:
        yield app.test_client()


def check(client: FlaskClient, query: str, status: int = 200) -> Any:
    """Return the JSON of a check."""
    response = client.get(f"/api/lists/check?{query}")
    assert response.status_code == status, response.text
    return response.json


def json_of(client: FlaskClient, path: str) -> Any:
    """Return the JSON of a response."""
    return client.get(path).json


def only(client: FlaskClient, query: str) -> Any:
    """Return the result for the list of the workbook."""
    return check(client, f"{query}&list={LIST}")["results"][0]


def test_a_check_reports_entry_batch_act_and_coverage(client: FlaskClient) -> None:
    body = check(client, f"name={quote(ALPHA)}&date=2019-06-30&list={LIST}")
    (result,) = body["results"]
    assert (result["status"], result["since"], result["complete_up_to"]) == ("listed", "2018-09-03", "2024-01-31")
    assert result["batch"] == {"number": 1, "act": "公告2018年第40号", "published": "2018-09-03", "url": None}
    assert result["match"] == {"method": "exact-name-no-province", "score": 0.85}
    assert result["entry"]["province"] == "江西省"
    assert "no credit opinion" in body["disclaimer_en"]
    assert "plant" in body["note_en"]


def test_the_checksum_is_that_of_the_body_and_does_not_depend_on_the_language(client: FlaskClient) -> None:
    query = f"name={quote(ALPHA)}&date=2019-06-30"
    first, second = check(client, f"{query}&lang=en"), check(client, f"{query}&lang=zh")
    assert first["checksum"] == second["checksum"]
    body = {name: value for name, value in first.items() if name not in ("checksum", "links")}
    assert hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest() == first["checksum"]
    assert check(client, next(link["href"] for link in first["links"] if link["rel"] == "self").partition("?")[2]) == first


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"uscc={CODE_BETA}&date=2019-06-30", "listed"),
        (f"name={quote('广东乙绿色科技有限公司')}&date=2021-06-30", "listed"),
        (f"name={quote(BETA)}&province={quote('广东')}&date=2021-06-30", "listed"),
        (f"name={quote(BETA)}&uscc={CODE_OTHER}&date=2021-06-30", "not-listed"),
        (f"name={quote(GAMMA)}&date=2023-06-30", "withdrawn"),
        (f"name={quote(GAMMA)}&date=2024-06-30", "not-known"),
        (f"uscc={CODE_OTHER}&date=2021-06-30", "not-known"),
    ],
)
def test_a_check_by_code_or_name(client: FlaskClient, query: str, status: str) -> None:
    assert only(client, query)["status"] == status


@pytest.mark.parametrize("day", ["２０１９-０６-３０", "2019年6月30日", "20190630", "2019/6/30"])
def test_a_day_is_read_as_everywhere_else(client: FlaskClient, day: str) -> None:
    assert check(client, f"name={quote(ALPHA)}&date={quote(day)}")["date"] == "2019-06-30"
    (row,) = post(client, f"name,date\n{ALPHA},{day}\n", f"list={LIST}")
    assert row["status"] == "listed"


def test_a_name_in_full_width_characters_is_reported_as_given(client: FlaskClient) -> None:
    assert check(client, f"name={quote('甲（集团）')}")["inputs"]["name"] == "甲（集团）"


def test_every_list_is_checked_and_those_without_entries_are_not_known(client: FlaskClient) -> None:
    results = {result["list"]: result["status"] for result in check(client, f"name={quote(ALPHA)}&date=2023-06-30")["results"]}
    assert results.pop(LIST) == "listed"
    assert len(results) == 14
    assert set(results.values()) == {"not-known"}


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ("date=2019-06-30", "name", "Give the name of a firm"),
        ("uscc=91440300708461136X", "uscc", "business licence"),
        (f"name=x&date=2017-01-01&list={LIST}", "date", "Choose a date from 2018-09-03"),
        ("name=x&date=2019-13-01", "date", "such as 2026-03-31"),
        ("name=x&date=2999-01-01", "date", "Choose a day in between"),
        ("name=x&list=unknown", "list", "Choose from"),
        ("name=x&province=Atlantis", "province", "CN-JX"),
        ("project=none", "project", "/api/collections/projects"),
        ("name=x&colour=red", "colour", ""),
    ],
)
def test_bad_input_has_a_sentence_with_field_and_remedy(client: FlaskClient, query: str, field: str, remedy: str) -> None:
    problem = check(client, query, 400)
    assert problem["parameter"] == field
    assert remedy in problem["detail"]
    assert json_of(client, f"/api/lists/check?{query}&lang=zh")["detail"] != problem["detail"]


def post(client: FlaskClient, content: str, query: str = "") -> list[dict[str, str]]:
    """Return the rows that a CSV becomes."""
    response = client.post(f"/api/lists/check?{query}", data=content.encode(), content_type="text/csv")
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_address_of_a_result_opens_as_a_page(client: FlaskClient, lang: str) -> None:
    result = check(client, f"name={quote(ALPHA)}&date=2019-06-30")
    (page,) = [link["href"] for link in result["links"] if link["type"] == "text/html"]
    response = client.application.test_client().get(f"{page}&lang={lang}")
    assert (response.status_code, ALPHA in response.text) == (200, True)


def test_a_table_has_a_result_for_each_row_and_a_sentence_for_a_bad_one(client: FlaskClient) -> None:
    rows = f"name,uscc,date\n{ALPHA},,2019-06-30\n{GAMMA},,\n,12,\n=1+1,,2019-06-30\n＝1+1,,2019-06-30\n"
    found = post(client, rows, f"list={LIST}&date=2023-06-30")
    assert [row["status"] for row in found] == ["listed", "withdrawn", "bad-input", "bad-input", "not-listed"]
    assert "12" in found[2]["reason"]
    assert [row["name"] for row in found[3:]] == ["'=1+1", "'＝1+1"]
    assert {row["data_version"] for row in found} == {found[0]["data_version"]}


def test_ten_thousand_rows_are_checked_by_a_job_and_no_more(client: FlaskClient, store: Store) -> None:
    rows = "name,date\n" + "".join(f"测试企业{n}有限公司,2019-06-30\n" for n in range(9_999)) + f"{ALPHA},2019-06-30\n"
    ordered = client.post(f"/api/lists/check?list={LIST}", data=rows.encode(), content_type="text/csv")
    assert ordered.status_code == 202
    assert run_jobs(store) == 1
    done = json_of(client, ordered.headers["Location"])
    assert done["status"] == "successful"
    (href,) = [link["href"] for link in done["links"] if link["rel"].endswith("results")]
    results = client.get(href)
    assert results.mimetype == "text/csv" and "attachment" in results.headers["Content-Disposition"]
    dict_reader = list(csv.DictReader(io.StringIO(results.data.decode("utf-8-sig"), newline="")))
    assert [dict_reader[0]["status"], dict_reader[-1]["status"], len(dict_reader)] == ["not-listed", "listed", 10_000]
    refused = client.post("/api/lists/check", data=f"{rows}x,\n".encode(), content_type="text/csv")
    assert (refused.status_code, "10000 rows" in refused.text) == (400, True)
    assert client.post("/api/lists/check", data=b"a,b\n1,2\n", content_type="text/csv").status_code == 400


def test_a_job_says_the_same_as_a_check_at_once(client: FlaskClient, store: Store) -> None:
    few = f"name,uscc,date\n{ALPHA},,2019-06-30\n{GAMMA},,\n,12,\n"
    at_once = post(client, few, f"list={LIST}&date=2023-06-30&lang=zh")
    filled = few + "x,,2019-06-30\n" * 200
    ordered = client.post(
        f"/api/lists/check?list={LIST}&date=2023-06-30&lang=zh", data=filled.encode(), content_type="text/csv"
    )
    assert run_jobs(store) == 1
    results = client.get(f"{ordered.headers['Location']}/results").data.decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(results, newline="")))[: len(at_once)] == at_once


def test_a_table_is_sent_from_the_page_and_its_results_are_downloaded(client: FlaskClient, store: Store) -> None:
    form = {"table": (io.BytesIO(f"name,date\n{ALPHA},2019-06-30\n".encode("gb18030")), "firms.csv")}
    sent = client.post("/lists/check", data=form, headers={"Accept": "text/html"})
    assert sent.status_code == 303
    waiting = client.get(sent.headers["Location"]).text
    assert "<progress" in waiting and "Waiting for other jobs" in waiting
    run_jobs(store)
    assert "Download the results (CSV)" in client.get(sent.headers["Location"]).text
    for content in (b"", b"a,b\n", b"name\n\0"):
        wrong = client.post("/lists/check", data={"table": (io.BytesIO(content), "firms.csv")}, headers={"Accept": "text/html"})
        assert (wrong.status_code, 'role="alert"' in wrong.text) == (400, True)


def test_a_table_with_an_open_quotation_mark_is_refused(client: FlaskClient) -> None:
    refused = client.post("/api/lists/check", data=f'name\n"{"x" * 900_000}'.encode(), content_type="text/csv")
    assert (refused.status_code, "quotation mark" in refused.text) == (400, True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_extract_is_the_same_pdf_for_the_same_result(client: FlaskClient, lang: str) -> None:
    address = f"/api/lists/check?name={quote(ALPHA)}&date=2019-06-30&f=pdf&lang={lang}"
    first, second = client.get(address), client.get(address)
    assert first.data[:5] == b"%PDF-"
    # the signature and the attached evidence have the time at which they were signed, the document is the same
    lode = client.application.extensions["lode"]
    services = OperationServices.of_store(lode.engine, lode.figures, lode.settings, date(2026, 12, 1))
    report = CHECK.run(services, CHECK.parameters.parse({"name": ALPHA, "date": "2019-06-30"}))
    assert extract_pdf.write_check(report, lang) == extract_pdf.write_check(report, lang)
    keys = read_keys(client.get("/.well-known/jwks.json").data)
    assert verify(first.data, keys).claims.data_version == verify(second.data, keys).claims.data_version
    assert first.headers["Content-Disposition"].endswith('.pdf"')


@pytest.mark.parametrize(
    ("lang", "texts"), [("en", ("Listed", "An entry names a firm")), ("zh", ("在列", "名单条目所列为企业"))]
)
def test_a_bank_officer_sees_one_clear_result(client: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    page = client.get(f"/lists/check?who={quote(ALPHA)}&date=2019-06-30&list={LIST}&lang={lang}")
    assert page.status_code == 200
    for text in texts:
        assert text in page.text
    assert "f=pdf" in page.text
    wrong = client.get(f"/lists/check?who={quote(ALPHA)}&date=2017-01-01&list={LIST}&lang={lang}")
    assert (wrong.status_code, "2018-09-03" in wrong.text) == (400, True)
    assert client.get(f"/lists/check?who=<b>&lang={lang}").text.count("<b>") == 0


def test_a_list_has_batches_members_over_time_and_a_difference(client: FlaskClient) -> None:
    body = json_of(client, f"/lists/{LIST}?f=json&from=2022-01-01&to=2023-01-01")
    assert [(batch["number"], batch["stated"], batch["known"]) for batch in body["batches"]] == [(1, 2, 2), (2, 2, 2)]
    assert [(one["date"], one["joined"], one["left"], one["members"]) for one in body["timeline"]] == [
        ("2018-09-03", 2, 0, 2),
        ("2021-01-20", 2, 0, 4),
        ("2022-12-28", 0, 1, 3),
    ]
    assert [(one["name"], one["before"], one["after"]) for one in body["difference"]] == [(GAMMA, "listed", "withdrawn")]
    for lang in ("en", "zh"):
        assert GAMMA in client.get(f"/lists/{LIST}?from=2022-01-01&to=2023-01-01&lang={lang}&f=html").text
        assert client.get(f"/lists?lang={lang}&f=html").status_code == 200
    assert client.get("/lists/none?f=json").status_code == 404


def test_a_month_is_not_shown_as_a_day(client: FlaskClient) -> None:
    body = json_of(client, "/lists/copper-smelting-2019?f=json")
    assert [batch["published"] for batch in body["batches"]] == ["2021-01"]
    (result,) = check(client, f"name={quote(ALPHA)}&date=2020-06-30&list=copper-smelting-2019")["results"]
    assert result["reason_zh"] == "2020-06-30 尚无企业列入：首批于 2021-01 公布。"


def test_the_template_is_imported_as_it_is(client: FlaskClient, tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        path = tmp_path / f"{lang}.xlsx"
        path.write_bytes(client.get(f"/lists/template.xlsx?lang={lang}").data)
        assert len(load_workbook(path).sheetnames) == 5
        readings = list(readers.get_source_reader(WORKBOOK)(sources.load_source(WORKBOOK), path, Tally()))
        assert [reading.refused for reading in readings] == [False] * 4


def test_quality_counts_what_does_not_agree(client: FlaskClient) -> None:
    found = {list_["list"]: list_ for list_ in json_of(client, "/api/quality")["lists"]}
    assert found[LIST]["entries"] == 4
    assert (found[LIST]["without_code"], found[LIST]["counts_differ"], found[LIST]["events_without_entry"]) == (3, 0, 0)
    assert LIST in client.get("/quality?lang=zh&f=html").text
