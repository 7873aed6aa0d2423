"""Many firms at once: workbooks, CSV and lines with English or Chinese headers; entries of re-posts with their grades."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Event, Thread
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from tests.jobs import run_jobs

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.operations.formats import XLSX
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

SHIPPED, REPOSTS = "standard-conditions-lists", "china-condition-lists"
COLUMNS = (
    *(
        "list_type",
        "batch",
        "announcement_no",
        "announced_on",
        "enterprise_zh",
        "enterprise_en",
        "uscc",
        "province_zh",
        "site_zh",
    ),
    *("kind", "action", "new_name_zh", "source_url", "source_title", "source_kind", "seen_note"),
)
LISTED, PROPOSED, CHANGING = "江西甲铜业有限公司", "广东乙电池有限公司", "江苏丙电池有限公司"
ENTRIES = (
    ("copper_smelting", "4", LISTED, "江西", "listed"),
    ("lithium_ion_battery", "8", PROPOSED, "", "proposed"),
    ("lithium_ion_battery", "8-type-change", CHANGING, "", "proposed-type-change"),
)


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The lists that ship, and three made-up entries in the form of the file of re-posts."""
    path = tmp_path_factory.mktemp("reposts") / "list_entries.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        for list_type, batch, name, province, action in ENTRIES:
            named = {"list_type": list_type, "batch": batch, "enterprise_zh": name, "province_zh": province, "action": action}
            writer.writerow(named | {"source_kind": "re-post", "source_title": "转载", "source_url": "https://example.org/"})
    shipped = sources.find_shipped_folder(SHIPPED)
    assert shipped is not None
    full = sources.load_source(REPOSTS)
    few = full.model_copy(
        update={
            "tables": tuple(table.model_copy(update={"rows": None, "rows_at_least": None, "fill": {}}) for table in full.tables)
        }
    )
    with own_store("firm_batch") as made:
        for source, folder in ((sources.load_source(SHIPPED), shipped), (few, path)):
            reader = readers.get_source_reader(source.name)
            done = run(
                made.importer,
                ImportJob(source, folder, lambda t, s=source, r=reader, p=folder: r(s, p, t), Boundaries(())),  # type: ignore[misc]
            )
            assert done.quarantined == 0
        yield made


@pytest.fixture(scope="module")
def client(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]]) -> Iterator[FlaskClient]:
    with app_of(store) as app:
        yield app.test_client()


def check(client: FlaskClient, name: str, day: str = "2026-11-30") -> dict[str, Any]:
    body: dict[str, Any] = client.get("/api/lists/check", query_string={"name": name, "date": day}).get_json()
    return body


def workbook(header: str, *names: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cell in (header, *names):
        sheet.append([cell])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FORM: dict[str, Any] = {"headers": {"Accept": "text/html"}, "content_type": "multipart/form-data"}
SENT = {
    "xlsx": (workbook("企业名称", LISTED, PROPOSED, "无名公司"), "application/octet-stream"),
    "utf-8": (f"企业名称\n{LISTED}\n{PROPOSED}\n无名公司\n".encode(), "text/csv"),
    "gb18030": (f"公司名称\r\n{LISTED}\r\n{PROPOSED}\r\n无名公司\r\n".encode("gb18030"), "text/csv"),
    "curl": (f"name\n{LISTED}\n{PROPOSED}\n无名公司\n".encode(), "application/x-www-form-urlencoded"),
    "lines": (f"{LISTED},江西\n{PROPOSED}\n无名公司\n".encode(), "text/plain"),
}


@pytest.mark.parametrize("form", SENT)
def test_a_table_of_any_type_gives_one_result_for_each_firm(client: FlaskClient, form: str) -> None:
    content, media_type = SENT[form]
    response = client.post("/api/lists/check?f=xlsx&lang=zh&date=2026-11-30", data=content, content_type=media_type)
    assert response.status_code == 200, response.text
    firms, every = load_workbook(io.BytesIO(response.data), read_only=True).worksheets
    rows = list(firms.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [LISTED, PROPOSED, "无名公司"]
    # the list is not complete, so the listing is known for the day of the announcement only
    assert rows[0][4] == "铜冶炼行业规范条件（2014年）企业名单" and "转载" in rows[0]
    assert rows[1][3] == "公示拟列入，未在列" and "公示" in str(rows[1][5])
    # what was known last is said, with its day, and no dash in place of one
    assert "2018-" in str(rows[0][5]) and "–" not in str(rows[0][5])
    # a firm without an entry is not put under one list
    assert rows[2][3] == "本平台未知" and re.fullmatch(r"1\d 份名单均无该名称或代码的条目", str(rows[2][4]))
    assert every.max_row > 3 * 10


@pytest.mark.parametrize(("lang", "texts"), [("en", ("line 2", "province")), ("zh", ("第 2 行", "省"))])
def test_a_text_after_a_firm_that_is_no_province_is_named_with_its_line(
    client: FlaskClient, lang: str, texts: tuple[str, ...]
) -> None:
    page = client.post(f"/lists/batch?lang={lang}", data={"firms": f"{LISTED}\n{LISTED},火星"}, **FORM)
    wrong = page.text.partition('id="batch-wrong"')[2].partition("</p>")[0]
    assert page.status_code == 400 and "火星" in wrong and all(text in wrong for text in texts), wrong


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_of_many_firms_says_of_one_without_an_entry_how_many_lists_have_none(client: FlaskClient, lang: str) -> None:
    page = client.post(f"/lists/batch?lang={lang}", data={"firms": f"{LISTED}\n无名公司"}, **FORM).text
    row = page.partition("无名公司</th>")[2].partition("</tr>")[0]
    assert {"en": " lists, none", "zh": " 份名单均无"}[lang] in row
    assert 'href="/lists/batch"' in client.get(f"/lists?lang={lang}", headers={"Accept": "text/html"}).text


def test_a_proposed_firm_is_never_listed(client: FlaskClient) -> None:
    found = check(client, PROPOSED)
    by_list = {result["list"]: result for result in found["results"]}
    assert by_list["lithium-battery"]["status"] == "proposed"
    assert by_list["lithium-battery"]["entry"]["grade"] == "re-post"
    changing = check(client, CHANGING)
    assert {result["status"] for result in changing["results"]} == {"not-known"}
    listed = check(client, LISTED, "2018-10-15")
    assert {result["list"]: result["status"] for result in listed["results"]}["copper-smelting-2014"] == "listed"


def test_a_list_without_entries_is_not_collected_here(client: FlaskClient) -> None:
    found = check(client, "无名公司")
    by_list = {result["list"]: result for result in found["results"]}
    assert by_list["magnesium-2020"]["reason_en"] == "The entries of this list are not collected here."
    for lang, text in (("en", "not collected here, so changes are not known"), ("zh", "未收录该名单的企业，变化情况未知")):
        page = client.get("/lists/magnesium-2020", query_string={"lang": lang}, headers={"Accept": "text/html"}).text
        assert text in page


INCOMPLETE = {
    "en": ("is not complete here up to 2018-09-30", "No entry that is held here differs", "never “not listed”"),
    "zh": ("未将该名单完整收录至 2018-09-30", "已收录的条目在两个日期之间没有差异", "不作“不在列”的结论"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_list_that_is_complete_for_no_day_never_says_that_nothing_changed(client: FlaskClient, lang: str) -> None:
    days = {"from": "2018-09-01", "to": "2018-09-30"}
    body = client.get("/lists/copper-smelting-2014", query_string=days | {"f": "json"}).json or {}
    assert body["known"] and body["difference"] == [] and body["complete"] is False
    page = client.get("/lists/copper-smelting-2014", query_string=days | {"lang": lang}, headers={"Accept": "text/html"}).text
    incomplete, unchanged, never = INCOMPLETE[lang]
    assert incomplete in page and unchanged in page
    assert {"en": "No entry differs", "zh": "两个日期之间没有变化"}[lang] not in page
    feed = client.get("/lists/copper-smelting-2014", query_string=days | {"lang": lang, "f": "atom"}).text
    assert incomplete in feed
    assert never in client.get("/lists", query_string={"lang": lang}, headers={"Accept": "text/html"}).text
    # a firm that is not among the entries is not known, on every day
    found = check(client, "无名公司")
    assert {result["status"] for result in found["results"]} <= {"not-known"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_checks_lines_and_offers_the_workbook(client: FlaskClient, lang: str) -> None:
    assert client.get(f"/lists/batch?lang={lang}").status_code == 200
    form = {"firms": f"{LISTED}\n{PROPOSED}", "date": "2018-10-15"}
    page = client.post(f"/lists/batch?lang={lang}", data=form, content_type="multipart/form-data").text
    assert {"en": "Proposed, not listed", "zh": "公示拟列入，未在列"}[lang] in page
    book = client.post("/lists/batch", data=form | {"f": "xlsx"}, content_type="multipart/form-data")
    assert book.data[:2] == b"PK"


NO_TABLES = {
    "empty": (b"", "The table is empty", "表格为空"),
    "blank lines": (b"\n\n", "The table is empty", "表格为空"),
    "other columns": (b"colour,size\nred,2\n", "is not a province", "不是省份"),
    "header alone": (b"name\n", "no row below its header", "表头下没有数据行"),
    "broken zip": (b"PK\x03\x04 broken", "the zip is damaged", "压缩包已损坏"),
    "cut workbook": (workbook("colour", "red", "blue")[:200], "the zip is damaged", "压缩包已损坏"),
    "too many": (b"name\n" + b"firm\n" * 10_001, "more than 10000 rows", "超过 10000 行"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_of_firms_is_refused_with_its_sentence(client: FlaskClient, case: str, lang: str) -> None:
    content, english, chinese = NO_TABLES[case]
    sentence = {"en": english, "zh": chinese}[lang]
    response = client.post(f"/api/lists/check?f=xlsx&lang={lang}", data=content, content_type="text/csv")
    assert response.status_code == 400 and sentence in response.text, response.text
    form = {"table": (io.BytesIO(content), "firms.xlsx" if content.startswith(b"PK") else "firms.csv")}
    page = client.post(f"/lists/batch?lang={lang}", data=form, headers={"Accept": "text/html"})
    # an empty file is none to the form
    expected = sentence if content else {"en": "Enter one firm a line", "zh": "每行填写一家企业"}[lang]
    assert page.status_code == 400 and expected in page.text and 'id="batch-wrong"' in page.text


@pytest.mark.parametrize(("lang", "sentence"), [("en", "formula without its result"), ("zh", "没有计算结果的公式")])
def test_a_formula_without_its_result_has_its_sentence(client: FlaskClient, lang: str, sentence: str) -> None:
    unsaved = client.post(f"/api/lists/check?f=xlsx&lang={lang}", data=workbook("企业名称", '=HYPERLINK("http://x","y")'))
    assert sentence in str(load_workbook(io.BytesIO(unsaved.data)).worksheets[0][2][5].value)


def test_a_workbook_of_formulas_is_text(client: FlaskClient) -> None:
    unsaved = client.post("/api/lists/check?f=xlsx&lang=en", data=workbook("企业名称", '=HYPERLINK("http://x","y")'))
    row = load_workbook(io.BytesIO(unsaved.data)).worksheets[0][2]
    # it is no firm that is not listed
    assert row[3].value == "Not checked" and "formula without its result" in str(row[5].value)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["企业名称", "日期"])
        sheet.write_formula(1, 0, '=CONCATENATE("江西甲","铜业有限公司")', value=LISTED)
        sheet.write_string(1, 1, "2018-10-15")
        sheet.write_formula(2, 0, "=1+1", value='=cmd|"/c calc"!A1')
    response = client.post("/api/lists/check?f=xlsx&lang=en", data=stream.getvalue())
    firms = load_workbook(io.BytesIO(response.data)).worksheets[0]
    assert (firms["A2"].value, firms["D2"].value, firms["A3"].value) == (LISTED, "Listed", '=cmd|"/c calc"!A1')
    assert all(cell.data_type != "f" for row in firms.iter_rows() for cell in row)


def test_ten_thousand_firms_become_a_job(client: FlaskClient) -> None:
    many = "name\n" + "".join(f"公司{n}\n" for n in range(10_000))
    assert client.post("/api/lists/check", data=f"{many}x\n".encode()).status_code == 400
    for form, process in (("csv", ""), ("pdf", "-pdf"), ("signed", "-evidence"), ("xlsx", "-workbook")):
        sent = client.post(f"/api/lists/check?f={form}", data=many.encode())
        assert (sent.status_code, sent.get_json()["processID"]) == (202, f"list-checks{process}")
        # so that later tests do not wait for it
        assert client.delete(sent.headers["Location"]).status_code == 200


def waited_workbook(client: FlaskClient, store: Store, number: int) -> list[Any]:
    """Return the sheets that a client gets that prefers to wait, while another thread runs the jobs."""
    many = "企业名称\n" + f"{LISTED}\n" + "".join(f"公司{n}\n" for n in range(number - 1))
    done = Event()

    def work() -> None:
        while not done.is_set():
            run_jobs(store)

    worker = Thread(target=work)
    worker.start()
    try:
        sent = client.post("/api/lists/check?f=xlsx&lang=zh", data=many.encode(), headers={"Prefer": "wait=60"})
    finally:
        done.set()
        worker.join()
    assert (sent.status_code, sent.mimetype) == (200, XLSX.media_type), sent.text[:300]
    assert sent.headers["Preference-Applied"] == "wait"
    return load_workbook(io.BytesIO(sent.data)).worksheets


def test_more_firms_than_at_once_are_a_workbook_for_a_client_that_waits(client: FlaskClient, store: Store) -> None:
    firms, lists = waited_workbook(client, store, 201)
    assert (firms.max_row, firms["A2"].value, firms["A202"].value) == (202, LISTED, "公司199")
    # of so many firms only the lists with an entry are rows of the second sheet
    assert (lists.title, lists.max_row, lists["A2"].value) == ("有条目的名单", 2, LISTED)


@pytest.mark.slow
def test_ten_thousand_firms_are_a_workbook(client: FlaskClient, store: Store) -> None:
    firms, _ = waited_workbook(client, store, 10_000)
    assert (firms.max_row, firms["A10001"].value) == (10_001, "公司9998")


def test_a_client_that_does_not_want_to_wait_gets_the_job(client: FlaskClient) -> None:
    many = "name\n" + "".join(f"公司{n}\n" for n in range(201))
    for headers in ({}, {"Prefer": "wait=0"}, {"Prefer": "return=minimal"}):
        sent = client.post("/api/lists/check?f=xlsx", data=many.encode(), headers=headers)
        assert (sent.status_code, sent.get_json()["processID"]) == (202, "list-checks-workbook")
