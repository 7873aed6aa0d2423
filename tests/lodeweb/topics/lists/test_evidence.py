"""Signed files of checks of lists: downloaded, verified at the site, by the command with and without the site, and refused."""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import text
from tests.jobs import run_jobs
from tests.list_workbook import ALPHA, BETA, GAMMA, LIST, write

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db import signing_keys
from lodebase.db.store import Store
from lodebase.errors import NotVerified
from lodebase.ingest.run import ImportJob, run
from lodebase.signed_file import read_keys, verify
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

WORKBOOK, SHIPPED = "condition-list-workbook", "standard-conditions-lists"
DAY = "2022-12-28"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the lists that ship, most without entries, and those of the workbook."""
    shipped = sources.find_shipped_folder(SHIPPED)
    assert shipped is not None
    book = write(tmp_path_factory.mktemp("lists") / "lists.xlsx")
    with own_store("evidence") as made:
        for name, path in ((SHIPPED, shipped), (WORKBOOK, book)):
            source, read = sources.load_source(name), readers.get_source_reader(name)
            run(made.importer, ImportJob(source, path, lambda t, s=source, r=read, p=path: r(s, p, t), Boundaries(())))  # type: ignore[misc]
        yield made


@pytest.fixture(scope="module")
def client(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]]) -> Iterator[FlaskClient]:
    with app_of(store) as app:
        yield app.test_client()


@pytest.fixture(scope="module")
def signed(client: FlaskClient) -> dict[str, bytes]:
    """The four kinds of signed files: of one firm and of a table, as JSON and as PDF."""
    one, table = (
        f"/api/lists/check?name={quote(GAMMA)}&date={DAY}",
        f"企业名称,日期\n{GAMMA},{DAY}\n{ALPHA},{DAY}\n,\n".encode(),
    )
    files = {}
    for form in ("signed", "pdf"):
        files[f"firm-{form}"] = client.get(f"{one}&f={form}").data
        sent = client.post(f"/api/lists/check?f={form}&lang=zh", data=table)
        assert sent.status_code == 200, sent.text
        files[f"table-{form}"] = sent.data
    return files


def keys_of(client: FlaskClient) -> bytes:
    response = client.get("/.well-known/jwks.json")
    assert response.status_code == 200
    return bytes(response.data)


def test_the_public_keys_have_no_private_part(client: FlaskClient, store: Store) -> None:
    (key,) = orjson.loads(keys_of(client))["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"], "d" in key) == ("OKP", "Ed25519", "Ed25519", "sig", False)
    # the login that serves pages can't read the other part
    engine = engines.create_checked_engine(store.addresses.site, "tests", pool_size=1)
    with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("SELECT private_key FROM signing_key"))
    engine.dispose()


def test_the_evidence_of_a_firm_has_query_result_act_and_data_version(client: FlaskClient, signed: dict[str, bytes]) -> None:
    found = verify(signed["firm-signed"], read_keys(keys_of(client)))
    evidence: Any = found.evidence
    assert found.claims.issuer == "http://localhost/" and found.claims.data_version == evidence["data"]["version"]
    assert (evidence["inputs"]["name"], evidence["date"]) == (GAMMA, DAY)
    assert len(evidence["data"]["lists_sha256"]) == 64
    by_list = {result["list"]: result for result in evidence["results"]}
    assert (by_list[LIST]["on_list"], by_list[LIST]["act"]) == ("no", "公告2022年第10号")
    assert [(one["date"], one["event"], one["act"]) for one in by_list[LIST]["history"]] == [
        ("2021-01-20", "listed", "公告2021年第5号"),
        (DAY, "withdrawn", "公告2022年第10号"),
    ]
    assert by_list["magnesium-2020"]["on_list"] == "not-known"
    assert set(evidence["on_list_values"]) == {"yes", "no", "not-known"}


def test_the_evidence_of_a_table_has_each_firm_and_what_is_wrong_with_a_row(
    client: FlaskClient, signed: dict[str, bytes]
) -> None:
    evidence: Any = verify(signed["table-signed"], read_keys(keys_of(client))).evidence
    first, second = evidence["firms"]
    assert (first["query"]["name"], first["on_list"], first["first"]["list"]) == (GAMMA, "no", LIST)
    assert (second["query"]["name"], second["on_list"], second["date"]) == (ALPHA, "yes", DAY)
    assert "magnesium-2020" in second["others"]["not-known"]


def test_more_firms_than_at_once_are_a_signed_file_of_a_job(client: FlaskClient, store: Store) -> None:
    many = f"企业名称,日期\n{GAMMA},{DAY}\n" + "".join(f"公司{n},{DAY}\n" for n in range(200))
    sent = client.post("/api/lists/check?f=signed&lang=zh", data=many.encode())
    assert (sent.status_code, sent.get_json()["processID"]) == (202, "list-checks-evidence")
    assert run_jobs(store) == 1
    job = sent.headers["Location"].removeprefix("http://localhost")
    page = client.get(f"{job}?f=html&lang=zh", headers=HTML).text
    assert f'href="{job}/results" download' in page and "签名文件" in page
    content = client.get(f"{job}/results").data
    evidence: Any = verify(content, read_keys(keys_of(client))).evidence
    firms = evidence["firms"]
    assert (len(firms), firms[0]["on_list"], firms[1]["on_list"]) == (201, "no", "not-known")
    other = b"B" if content[-40:-39] == b"A" else b"A"
    for changed in (content.replace(b'"no"', b'"yes"', 1), content[:-40] + other + content[-39:]):
        with pytest.raises(NotVerified):
            verify(changed, read_keys(keys_of(client)))
    form = {"firms": many, "f": "signed"}
    sent = client.post("/lists/batch", data=form, headers=HTML, content_type="multipart/form-data")
    assert sent.status_code == 303
    run_jobs(store)


@pytest.mark.parametrize("number", [201, pytest.param(10_000, marks=pytest.mark.slow)])
def test_more_firms_than_at_once_are_a_signed_pdf_of_a_job(client: FlaskClient, store: Store, number: int) -> None:
    many = f"企业名称,日期\n{GAMMA},{DAY}\n" + "".join(f"{n}号有色金属有限公司,{DAY}\n" for n in range(1, number))
    form = {"firms": many, "f": "pdf"}
    sent = client.post("/lists/batch?lang=zh", data=form, headers=HTML, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    assert run_jobs(store) == 1
    job = sent.headers["Location"].partition("?")[0].removeprefix("http://localhost")
    page = client.get(f"{job}?f=html&lang=zh", headers=HTML).text
    assert f'href="{job}/results" download' in page and "签名 PDF" in page, page
    results = client.get(f"{job}/results")
    assert (results.mimetype, "-signed.pdf" in results.headers["Content-Disposition"]) == ("application/pdf", True)
    keys = read_keys(keys_of(client))
    assert verify(results.data, keys).claims.subject == "list-batch"
    changed = bytearray(results.data)
    changed[len(changed) // 2] ^= 1
    with pytest.raises(NotVerified):
        verify(bytes(changed), keys)
    pdf = PdfReader(io.BytesIO(results.data), strict=True)
    ends = re.sub(r"\s", "", pdf.pages[0].extract_text() + pdf.pages[-1].extract_text())
    assert GAMMA in ends and f"{number - 1}号有色金属有限公司" in ends
    (attached,) = pdf.attachments["evidence.json"]
    firms = orjson.loads(attached)["firms"]
    assert (len(firms), firms[0]["on_list"], firms[-1]["on_list"]) == (number, "no", "not-known")


@pytest.mark.parametrize("kind", ["firm", "table"])
def test_a_pdf_carries_the_signed_evidence(client: FlaskClient, signed: dict[str, bytes], kind: str) -> None:
    keys = read_keys(keys_of(client))
    assert verify(signed[f"{kind}-pdf"], keys).evidence is None
    pdf = PdfReader(io.BytesIO(signed[f"{kind}-pdf"]), strict=True)
    assert GAMMA in re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    (attached,) = pdf.attachments["evidence.json"]
    assert verify(attached, keys).evidence is not None


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["firm-signed", "firm-pdf", "table-signed", "table-pdf"])
def test_the_page_says_who_signed_a_file_and_refuses_a_changed_one(
    client: FlaskClient, signed: dict[str, bytes], name: str, lang: str
) -> None:
    def sent(content: bytes) -> Any:
        form = {"file": (io.BytesIO(content), "file")}
        return client.post(f"/lists/verify?lang={lang}", data=form, headers=HTML, content_type="multipart/form-data")

    page = sent(signed[name])
    verified, refused = {"en": ("Verified", "Not verified"), "zh": ("验证通过", "验证未通过")}[lang]
    assert (page.status_code, verified in page.text, "http://localhost/" in page.text) == (200, True, True)
    assert name.endswith("pdf") or "公告2022年第10号" in page.text
    changed = bytearray(signed[name])
    changed[len(changed) // 2] ^= 1
    page = sent(bytes(changed))
    assert (page.status_code, refused in page.text, f"{verified}：" in page.text) == (400, True, False)


def test_a_signed_file_may_be_longer_than_other_bodies(client: FlaskClient, store: Store) -> None:
    many = f"企业名称,日期\n{GAMMA},{DAY}\n" + "".join(f"公司{n},{DAY}\n" for n in range(900))
    sent = client.post("/api/lists/check?f=signed", data=many.encode())
    assert run_jobs(store) == 1
    content = client.get(sent.headers["Location"] + "/results").data
    assert len(content) > 1 << 20
    page = client.post("/lists/verify?lang=zh", data=content, headers=HTML)
    assert (page.status_code, "验证通过" in page.text, page.text.count("<tr>")) == (200, True, 201)
    assert "901" in page.text
    assert client.post("/lists/verify", data=b"x" * (1 << 21)).status_code == 400
    assert client.post("/lists/batch", data=b"x" * (1 << 21)).status_code == 413


def test_a_program_verifies_by_post(client: FlaskClient, signed: dict[str, bytes]) -> None:
    found = client.post("/lists/verify", data=signed["firm-signed"]).get_json()
    assert found["claims"]["subject"] == "list-check"
    refused = client.post("/lists/verify", data=signed["firm-signed"][:-9])
    assert (refused.status_code, refused.get_json(force=True)["code"]) == (400, "NotVerified")
    for nothing in (b"", b"{}", "企业名称\n".encode(), b"\x00" * 50):
        assert client.post("/lists/verify?lang=zh", data=nothing).status_code == 400
    assert client.get("/lists/verify", headers=HTML).status_code == 200


def lode(store: Store, *arguments: str) -> Any:
    address = store.addresses.owner.render_as_string(hide_password=False)
    environment = {**os.environ, "LODE_DATABASE_URL": address, "LC_ALL": "C.UTF-8"}
    return CliRunner().invoke(cli, list(arguments), env=environment)


def test_the_command_verifies_with_the_keys_of_the_store_and_with_saved_ones(
    client: FlaskClient, store: Store, signed: dict[str, bytes], tmp_path: Path
) -> None:
    file, keys = tmp_path / "signed.json", tmp_path / "jwks.json"
    file.write_bytes(signed["firm-signed"])
    keys.write_bytes(keys_of(client))
    done = lode(store, "verify", str(file))
    assert done.exit_code == 0 and "公告2022年第10号" in done.output, done.output
    offline = CliRunner().invoke(
        cli, ["verify", str(file), "--keys", str(keys)], env={"LODE_DATABASE_URL": "postgresql:///none"}
    )
    assert offline.exit_code == 0 and "http://localhost/" in offline.output, offline.output
    file.write_bytes(signed["firm-signed"].replace(b'"on_list": "no"', b'"on_list": "yes"'))
    changed = CliRunner().invoke(cli, ["verify", str(file), "--keys", str(keys)])
    assert changed.exit_code != 0 and "not what the signature covers" in str(changed.exception)


def test_a_file_of_a_retired_key_stays_valid(client: FlaskClient, store: Store, signed: dict[str, bytes]) -> None:
    before = orjson.loads(keys_of(client))["keys"]
    done = lode(store, "signing-key", "rotate", "--yes")
    assert done.exit_code == 0, done.output
    after = orjson.loads(keys_of(client))["keys"]
    assert len(after) == len(before) + 1 and after[1:] == before
    keys = read_keys(keys_of(client))
    assert verify(signed["firm-signed"], keys).kid == before[0]["kid"]
    new = client.get(f"/api/lists/check?name={quote(ALPHA)}&f=signed").data
    assert verify(new, keys).kid == after[0]["kid"]
    page = client.post("/lists/verify?lang=zh", data={"file": (io.BytesIO(signed["firm-signed"]), "f")}, headers=HTML).text
    assert "停用" in page
    # nobody can sign with the old key any more
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM signing_key WHERE private_key IS NOT NULL")) == 1
        assert len(signing_keys.list_public(connection)) == len(after)
        assert connection.scalar(text("SELECT count(*) FROM audit WHERE action = 'command signing-key rotate'")) == 1
    engine.dispose()


@pytest.mark.parametrize(("lang", "texts"), [("en", ("Renamed", "History of the entry")), ("zh", ("更名", "条目沿革"))])
def test_pages_show_an_entry_as_a_line_of_time(client: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    page = client.get(f"/lists/check?who={quote(BETA)}&date=2019-06-30&lang={lang}").text
    for expected in (*texts, "公告2020年第3号", "广东乙绿色科技有限公司"):
        assert expected in page
    entry = client.get(f"/api/lists/check?name={quote(BETA)}&list={LIST}").get_json()["results"][0]["entry"]["id"]
    record = client.get(f"/records/{entry}?lang={lang}", headers=HTML, follow_redirects=True).text
    for expected in (*texts, "公告2020年第3号"):
        assert expected in record


@pytest.mark.parametrize(("lang", "texts"), [("en", "Not collected here"), ("zh", "本平台未收录")])
def test_the_page_of_a_firm_says_which_lists_are_not_collected(
    client: FlaskClient, store: Store, lang: str, texts: str
) -> None:
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        found = connection.scalar(
            text(
                "SELECT organisation_id FROM lode.organisation_mention m JOIN lode.list_entry e ON e.id = m.record_id "
                "WHERE m.record_kind = 'list_entry' AND e.name_as_printed = :name"
            ),
            {"name": BETA},
        )
    engine.dispose()
    page = client.get(f"/organisations/{found}?lang={lang}", headers=HTML).text
    assert texts in page and "公告2020年第3号" in page
