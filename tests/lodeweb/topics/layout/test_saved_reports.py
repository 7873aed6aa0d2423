"""Saved layout reports: in private collections, unchanged, compared with one another and with today."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.lodeweb.conftest import closed, load, settings_of, table

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import NotFound
from lodebase.layout.reports import saved_reports
from lodeweb.app import create_app

NOBODYS = "A" * 24
SCRIPT = "<script>alert(1)</script>"


def feature(**more: Any) -> dict[str, Any]:
    """A planned copper smelter near the rows of the test store."""
    properties = {"product": "copper", "capacity_tpa": 200_000, "on": "2026-01-31", **more}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-72, -28]}, "properties": properties}


@pytest.fixture(scope="module")
def report_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("saved_reports") as store:
        load(store, table(), Path(tmp_path_factory.mktemp("rows")))
        yield store


@pytest.fixture(scope="module")
def visitor(report_store: Store) -> Iterator[FlaskClient]:
    desk = report_store.addresses.desk.render_as_string(hide_password=False)
    app = create_app(settings_of(report_store.addresses, LODE_DESK_DATABASE_URL=desk))
    yield app.test_client()
    closed(app)


def save(visitor: FlaskClient, body: dict[str, Any] | None = None, **query: Any) -> Any:
    """Save a report by the API; return its address."""
    response = visitor.post("/api/layout/reports", json=body or feature(), query_string=query)
    assert response.status_code == 201, response.get_data(as_text=True)
    found: Any = response.json
    assert response.headers["Location"] == f"/api/layout/reports/{found['collection']}/{found['number']}"
    return found


def read(visitor: FlaskClient, address: str, **query: Any) -> Any:
    response = visitor.get(f"/api/layout/reports/{address}", query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.json


def test_a_saved_report_equals_the_result_of_the_check(visitor: FlaskClient) -> None:
    made: Any = visitor.post("/api/layout/check", json=feature(name="A")).json
    where = save(visitor, feature(name="A"), note="first")
    again = read(visitor, f"{where['collection']}/{where['number']}")
    apart = {"links", "saved_at", "note"}
    assert {k: v for k, v in again.items() if k not in apart} == {k: v for k, v in made.items() if k not in apart}
    body = {k: v for k, v in again.items() if k not in {*apart, "checksum"}}
    assert hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest() == again["checksum"]
    assert again["note"] == "first"


def test_each_collection_has_a_random_name(visitor: FlaskClient) -> None:
    names = {save(visitor)["collection"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", name) for name in names)


def test_a_collection_lists_only_its_own_reports(visitor: FlaskClient) -> None:
    first = save(visitor, note="one")
    second = save(visitor, collection=first["collection"], note="two")
    save(visitor)
    listed = read(visitor, first["collection"])["reports"]
    assert [report["number"] for report in listed] == [second["number"], first["number"]]
    assert [report["note"] for report in listed] == ["two", "one"]


def test_the_name_of_a_collection_is_not_logged(visitor: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    collection = save(visitor)["collection"]
    save(visitor, collection=collection)
    for address in (f"/api/layout/reports/{collection}", f"/layout/reports/{collection}?f=html"):
        assert visitor.get(address).status_code == 200
    logged = capsys.readouterr().err
    assert logged.count('"route":"/api/layout/reports"') == 2
    assert collection not in logged


def test_the_name_of_a_collection_can_not_be_chosen_or_guessed(visitor: FlaskClient) -> None:
    where, other = save(visitor), save(visitor)
    for address in (
        NOBODYS,
        "x",
        where["collection"][:-1],
        f"{NOBODYS}/{where['number']}",
        f"{other['collection']}/{where['number']}",
    ):
        assert visitor.get(f"/api/layout/reports/{address}").status_code == 404, address
    assert visitor.post("/api/layout/reports", json=feature(), query_string={"collection": NOBODYS}).status_code == 404


def test_private_pages_are_excluded_from_caches_referrers_and_search_engines(visitor: FlaskClient) -> None:
    where = save(visitor)
    for root in ("/layout/reports", "/api/layout/reports"):
        for f in ("html", "json"):
            headers = visitor.get(f"{root}/{where['collection']}?f={f}").headers
            assert headers["Cache-Control"] == "private, no-store"
            assert headers.getlist("Referrer-Policy") == ["no-referrer"]
            assert headers["X-Robots-Tag"] == "noindex"
            assert "ETag" not in headers


def test_the_site_role_can_not_read_saved_reports_and_the_desk_role_can_not_delete_them(report_store: Store) -> None:
    for address, statements in (
        (report_store.addresses.site, ("SELECT * FROM lode.saved_report", "SELECT * FROM lode.saved_report_try")),
        (report_store.addresses.desk, ("DELETE FROM lode.saved_report", "UPDATE lode.saved_report SET note = 'x'")),
    ):
        engine = engines.create_checked_engine(address, "tests", pool_size=1)
        for statement in statements:
            with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(statement))
        engine.dispose()


def test_a_page_saves_its_report_and_redirects_to_the_collection(visitor: FlaskClient) -> None:
    page = visitor.get(
        "/layout", query_string={"product": "copper", "capacity_tpa": "200000", "lon": "-72", "lat": "-28", "name": SCRIPT}
    ).get_data(as_text=True)
    assert 'action="/layout/reports"' in page and SCRIPT not in page
    form = {"candidate": json.dumps(feature(name=SCRIPT)), "version": "1", "collection": "", "note": SCRIPT}
    assert visitor.post("/layout/reports", data=form, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    response = visitor.post("/layout/reports", data=form, headers={"Origin": "http://localhost"})
    assert response.status_code == 303
    collection = visitor.get(response.headers["Location"], headers={"Accept": "text/html"})
    assert collection.mimetype == "text/html" and SCRIPT not in collection.get_data(as_text=True)
    assert visitor.get("/layout/reports").status_code == 200


@pytest.mark.parametrize(
    ("body", "query", "status"),
    [
        (None, {}, 400),
        ({"type": "Feature"}, {}, 400),
        (feature(), {"version": "x"}, 400),
        (feature(), {"version": "99999"}, 404),
        (feature(), {"note": "x" * 201}, 400),
        (feature(), {"nosuch": "1"}, 400),
        (feature(capacity_tpa=-1), {}, 400),
    ],
)
def test_an_invalid_report_is_not_saved(visitor: FlaskClient, body: Any, query: dict[str, str], status: int) -> None:
    assert visitor.post("/api/layout/reports", json=body, query_string=query).status_code == status


def test_the_number_of_saved_reports_per_client_and_day_is_limited(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_reports, "MAX_DAILY", {"of_client": 0, "of_all": 10_000})
    response = visitor.post("/api/layout/reports", json=feature())
    assert response.status_code == 429
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_saved_report_is_available_in_every_format(visitor: FlaskClient, lang: str) -> None:
    where = save(visitor)
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("geojson", b"{"), ("html", b"<!doctype")):
        response = visitor.get(f"/layout/reports/{where['collection']}/{where['number']}?f={form}&lang={lang}")
        assert response.status_code == 200 and response.data.lower().startswith(start.lower())
    file = visitor.get(f"/layout/reports/{where['collection']}/{where['number']}?f=xlsx&lang={lang}").data
    assert openpyxl.load_workbook(io.BytesIO(file)).sheetnames


def test_a_report_compared_with_itself_has_not_changed(visitor: FlaskClient) -> None:
    where = save(visitor)
    found = read(visitor, f"{where['collection']}/{where['number']}/compare", **{"with": str(where["number"])})
    assert found["same"] is True
    assert all(not found[part][change] for part in ("findings", "measures", "neighbours", "ore") for change in found[part])


def test_changed_inputs_of_two_reports_are_listed(visitor: FlaskClient) -> None:
    first = save(visitor)
    second = save(visitor, feature(capacity_tpa=300_000, feedstock=["copper-scrap"]), collection=first["collection"])
    found = read(visitor, f"{first['collection']}/{first['number']}/compare", **{"with": str(second["number"])})
    assert {input_["name"] for input_ in found["inputs"]} == {"capacity_tpa", "feedstock"}
    assert found["same"] is False
    shown = {
        "en": ("Changed inputs", "<td>Capacity</td>", "<td>Feedstock</td>"),
        "zh": ("申报内容的变化", "<td>产能</td>", "<td>原料</td>"),
    }
    for lang, texts in shown.items():
        page = visitor.get(
            f"/layout/reports/{first['collection']}/{first['number']}/compare?with={second['number']}&f=html&lang={lang}"
        )
        read_text = page.get_data(as_text=True)
        assert all(one in read_text for one in texts) and "capacity_tpa" not in read_text


def test_changes_since_a_report_are_listed_against_today(visitor: FlaskClient, report_store: Store, tmp_path: Path) -> None:
    """A refinery is imported nearby, and the rules of 2010 are no longer those of today."""
    where = save(visitor, feature(on="2010-01-01"))
    more = {"id": "new", "kind": "deposit", "name": "New ore", "lon": "-72.1", "lat": "-28.1", "metal": "copper", "country": ""}
    load(report_store, iter([*table(), {**more, "name_zh": ""}]), tmp_path)
    try:
        address = f"{where['collection']}/{where['number']}"
        found = read(visitor, f"{address}/compare", **{"with": "now"})
        assert [one["name_en"] for one in found["ore"]["added"]] == ["New ore"]
        basis = {one["name"]: one for one in found["basis"]}
        assert basis["data_version"]["after"] > basis["data_version"]["before"]
        assert basis["rules_on"]["before"] == "2010-01-01"
        changed = {one["id"]: (one["before"]["standing"], one["after"]["standing"]) for one in found["findings"]["changed"]}
        assert changed["cn-2006-copper-scale"] == ("in_force", "superseded")
        # the saved report is unchanged
        assert read(visitor, address)["data_version"] == basis["data_version"]["before"]
    finally:
        load(report_store, table(), tmp_path)


@pytest.mark.parametrize("second", ["x", "-1", "1.5", "9" * 19])
def test_an_invalid_report_number_is_a_bad_request(visitor: FlaskClient, second: str) -> None:
    where = save(visitor)
    address = f"/api/layout/reports/{where['collection']}/{where['number']}/compare"
    assert visitor.get(address, query_string={"with": second}).status_code == 400
    assert visitor.get(address, query_string={"with": "999999999999999999"}).status_code == 404


def test_the_operator_lists_compares_and_deletes(visitor: FlaskClient, report_store: Store) -> None:
    environment = {"LODE_DATABASE_URL": report_store.addresses.owner.render_as_string(hide_password=False)}
    where = save(visitor, note="to delete")
    collection, number = where["collection"], str(where["number"])

    def run(*arguments: str) -> Any:
        found = CliRunner().invoke(cli, ["saved-reports", *arguments], env=environment)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    assert collection in [one["collection"] for one in json.loads(run("list", "--json"))]
    assert [one["note"] for one in json.loads(run("list", collection, "--json"))] == ["to delete"]
    assert json.loads(run("compare", collection, number, number, "--json"))["same"] is True
    assert "数据版本" in run("compare", collection, number, "--lang", "zh")
    assert json.loads(run("delete", collection, "--json")) == [{"collection": collection, "deleted": 1}]
    with pytest.raises(NotFound):
        run("list", collection)
    assert visitor.get(f"/api/layout/reports/{collection}").status_code == 404


@pytest.mark.parametrize("query", ["", "candidate=", "candidate=x", "candidate={}&on=2006-12-31", "candidate=1&on=x"])
def test_invalid_dates_are_a_bad_request(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"/api/layout/by-day?{query}").status_code == 400


def test_the_same_site_under_the_rules_of_four_days(visitor: FlaskClient) -> None:
    """A smelter of 60,000 t missed the least scale of 2006 and of 2014; the text of 2019 was not read."""
    candidate = json.dumps(feature(capacity_tpa=60_000, feedstock=["copper-concentrate"]) | _china())
    found: Any = visitor.get("/api/layout/by-day", query_string={"candidate": candidate}).json
    assert found["days"] == ["2006-12-31", "2014-12-31", "2019-12-31", "2026-01-31"]
    rules = {rule["id"]: rule["on"] for rule in found["rules"]}
    assert (
        rules["cn-2006-copper-scale"]["2006-12-31"] | {"counts": True, "result": "not_met"}
        == (rules["cn-2006-copper-scale"]["2006-12-31"])
    )
    assert rules["cn-2006-copper-scale"]["2014-12-31"]["standing"] == "superseded"
    assert rules["cn-2014-copper-scale"]["2014-12-31"]["result"] == "not_met"
    assert rules["cn-2014-copper-scale"]["2019-12-31"]["counts"] is False
    assert found["counted"]["2006-12-31"]["not_met"] == 1
    other: Any = visitor.get("/api/layout/by-day", query_string={"candidate": candidate, "on": "2010-01-01,2012-01-01"}).json
    assert other["days"] == ["2010-01-01", "2012-01-01"]
    too_many = ",".join(f"{2000 + n}-01-01" for n in range(21))
    for on in ("1990-01-01", "soon", too_many):
        assert visitor.get("/api/layout/by-day", query_string={"candidate": candidate, "on": on}).status_code == 400


def _china() -> dict[str, Any]:
    """Where the declared province counts, as the test store has no boundaries."""
    properties = {"product": "copper", "capacity_tpa": 60_000, "on": "2026-01-31", "division": "CN-GX"}
    return {
        "geometry": {"type": "Point", "coordinates": [108.4, 21.7]},
        "properties": properties | {"feedstock": ["copper-concentrate"]},
    }


WKT = "POLYGON((-72 -28,-71.99 -28,-71.99 -27.99,-72 -27.99,-72 -28))"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "outline",
    [
        WKT,
        f"MULTI{WKT.replace('((', '(((').replace('))', ')))')}",
        '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-72,-28],[-71.99,-28],[-71.99,-27.99],[-72,-28]]]}}',
    ],
)
def test_an_outline_replaces_the_point(visitor: FlaskClient, method: str, outline: str) -> None:
    candidate = {"product": "copper", "capacity_tpa": "200000", "outline": outline, "lang": "en"}
    response = visitor.get("/layout", query_string=candidate) if method == "get" else visitor.post("/layout", data=candidate)
    assert response.status_code == 200
    assert 'class="verdict"' in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "outline",
    ["POLYGON((0 0,1 1))", "x", "{", "POINT(1 1)x", "POLYGON((0 0,0.1 0.1,0.1 0,0 0.1,0 0))"]
    + ["MULTIPOLYGON(((0 0,0.1 0,0 0.1,0 0)),((1 1,1.1 1,1 1.1,1 1)))", "LINESTRING(0 0,1 1)", "POLYGON EMPTY"],
)
def test_an_invalid_outline_is_reported(visitor: FlaskClient, outline: str) -> None:
    response = visitor.get("/layout", query_string={"product": "copper", "capacity_tpa": "200000", "outline": outline})
    assert response.status_code == 400
    assert '<li><a href="#f-outline">Outline of the site</a>: ' in response.get_data(as_text=True)
