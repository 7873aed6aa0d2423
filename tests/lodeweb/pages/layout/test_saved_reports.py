"""Kept layout reports: beneath an address that nobody can guess, unchanged for good, compared with one another and today."""

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
from lodebase.errors import NoSuchThing
from lodebase.layout import kept
from lodeweb.app import create_app

NOBODYS = "A" * 24
SCRIPT = "<script>alert(1)</script>"


def feature(**told: Any) -> dict[str, Any]:
    """A planned copper smelter near the rows of the test store."""
    asked = {"product": "copper", "capacity_tpa": 200_000, "on": "2026-01-31", **told}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-72, -28]}, "properties": asked}


@pytest.fixture(scope="module")
def kept_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("kept") as store:
        load(store, table(), Path(tmp_path_factory.mktemp("rows")))
        yield store


@pytest.fixture(scope="module")
def visitor(kept_store: Store) -> Iterator[FlaskClient]:
    desk = kept_store.addresses.desk.render_as_string(hide_password=False)
    app = create_app(settings_of(kept_store.addresses, LODE_DESK_DATABASE_URL=desk))
    yield app.test_client()
    closed(app)


def keep(visitor: FlaskClient, body: dict[str, Any] | None = None, **query: Any) -> Any:
    """Keep a report by the API; where it stands."""
    answer = visitor.post("/api/layout/reports", json=body or feature(), query_string=query)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: Any = answer.json
    assert answer.headers["Location"] == f"/api/layout/reports/{found['shelf']}/{found['number']}"
    return found


def told(visitor: FlaskClient, address: str, **query: Any) -> Any:
    answer = visitor.get(f"/api/layout/reports/{address}", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_a_kept_report_is_the_one_that_the_check_tells(visitor: FlaskClient) -> None:
    made: Any = visitor.post("/api/layout/check", json=feature(name="A")).json
    where = keep(visitor, feature(name="A"), note="first")
    again = told(visitor, f"{where['shelf']}/{where['number']}")
    apart = {"links", "kept", "note"}
    assert {k: v for k, v in again.items() if k not in apart} == {k: v for k, v in made.items() if k not in apart}
    body = {k: v for k, v in again.items() if k not in {*apart, "checksum"}}
    assert hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest() == again["checksum"]
    assert again["note"] == "first"


def test_each_shelf_has_a_name_of_its_own_that_none_can_guess(visitor: FlaskClient) -> None:
    names = {keep(visitor)["shelf"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{24}", name) for name in names)


def test_a_shelf_lists_its_own_reports_and_no_others(visitor: FlaskClient) -> None:
    first = keep(visitor, note="one")
    second = keep(visitor, shelf=first["shelf"], note="two")
    keep(visitor)
    listed = told(visitor, first["shelf"])["reports"]
    assert [one["number"] for one in listed] == [second["number"], first["number"]]
    assert [one["note"] for one in listed] == ["two", "one"]


def test_nobody_chooses_or_guesses_a_shelf(visitor: FlaskClient) -> None:
    where, other = keep(visitor), keep(visitor)
    for address in (NOBODYS, "x", where["shelf"][:-1], f"{NOBODYS}/{where['number']}", f"{other['shelf']}/{where['number']}"):
        assert visitor.get(f"/api/layout/reports/{address}").status_code == 404, address
    assert visitor.post("/api/layout/reports", json=feature(), query_string={"shelf": NOBODYS}).status_code == 404


def test_what_an_address_opens_stays_out_of_caches_referrers_and_search_engines(visitor: FlaskClient) -> None:
    where = keep(visitor)
    for root in ("/layout/reports", "/api/layout/reports"):
        for f in ("html", "json"):
            headers = visitor.get(f"{root}/{where['shelf']}?f={f}").headers
            assert headers["Cache-Control"] == "private, no-store"
            assert headers.getlist("Referrer-Policy") == ["no-referrer"]
            assert headers["X-Robots-Tag"] == "noindex"
            assert "ETag" not in headers


def test_the_reading_role_can_not_see_what_is_kept_and_the_writing_role_can_not_take_it_away(kept_store: Store) -> None:
    for address, statements in (
        (kept_store.addresses.site, ("SELECT * FROM lode.kept_report", "SELECT * FROM lode.keep_try")),
        (kept_store.addresses.desk, ("DELETE FROM lode.kept_report", "UPDATE lode.kept_report SET note = 'x'")),
    ):
        engine = engines.engine(address, "tests", pool_size=1)
        for statement in statements:
            with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(statement))
        engine.dispose()


def test_a_page_keeps_what_it_shows_and_leads_to_the_shelf(visitor: FlaskClient) -> None:
    page = visitor.get(
        "/layout", query_string={"product": "copper", "capacity_tpa": "200000", "lon": "-72", "lat": "-28", "name": SCRIPT}
    ).get_data(as_text=True)
    assert 'action="/layout/reports"' in page and SCRIPT not in page
    form = {"candidate": json.dumps(feature(name=SCRIPT)), "version": "1", "shelf": "", "note": SCRIPT}
    assert visitor.post("/layout/reports", data=form, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    answer = visitor.post("/layout/reports", data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303
    shelf = visitor.get(answer.headers["Location"], headers={"Accept": "text/html"})
    assert shelf.mimetype == "text/html" and SCRIPT not in shelf.get_data(as_text=True)
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
def test_what_can_not_be_kept_is_refused(visitor: FlaskClient, body: Any, query: dict[str, str], status: int) -> None:
    assert visitor.post("/api/layout/reports", json=body, query_string=query).status_code == status


def test_a_client_keeps_so_many_a_day_and_no_more(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", {"of_client": 0, "of_all": 10_000})
    answer = visitor.post("/api/layout/reports", json=feature())
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_kept_report_is_had_in_every_form(visitor: FlaskClient, lang: str) -> None:
    where = keep(visitor)
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("geojson", b"{"), ("html", b"<!doctype")):
        answer = visitor.get(f"/layout/reports/{where['shelf']}/{where['number']}?f={form}&lang={lang}")
        assert answer.status_code == 200 and answer.data.lower().startswith(start.lower())
    file = visitor.get(f"/layout/reports/{where['shelf']}/{where['number']}?f=xlsx&lang={lang}").data
    assert openpyxl.load_workbook(io.BytesIO(file)).sheetnames


def test_a_report_compared_with_itself_has_not_changed(visitor: FlaskClient) -> None:
    where = keep(visitor)
    found = told(visitor, f"{where['shelf']}/{where['number']}/compare", **{"with": str(where["number"])})
    assert found["same"] is True
    assert all(not found[part][change] for part in ("findings", "measures", "neighbours", "ore") for change in found[part])


def test_what_changed_between_two_questions_is_told(visitor: FlaskClient) -> None:
    first = keep(visitor)
    second = keep(visitor, feature(capacity_tpa=300_000, feedstock=["copper-scrap"]), shelf=first["shelf"])
    found = told(visitor, f"{first['shelf']}/{first['number']}/compare", **{"with": str(second["number"])})
    assert {one["name"] for one in found["inputs"]} == {"capacity_tpa", "feedstock"}
    assert found["same"] is False
    for lang, words in (("en", "What was asked otherwise"), ("zh", "申报内容的变化")):
        page = visitor.get(
            f"/layout/reports/{first['shelf']}/{first['number']}/compare?with={second['number']}&f=html&lang={lang}"
        )
        assert words in page.get_data(as_text=True)


def test_what_changed_since_is_told_against_today(visitor: FlaskClient, kept_store: Store, tmp_path: Path) -> None:
    """A refinery is imported nearby, and the rules of 2010 are no longer those of today."""
    where = keep(visitor, feature(on="2010-01-01"))
    more = {"id": "new", "kind": "deposit", "name": "New ore", "lon": "-72.1", "lat": "-28.1", "metal": "copper", "country": ""}
    load(kept_store, iter([*table(), {**more, "name_zh": ""}]), tmp_path)
    try:
        address = f"{where['shelf']}/{where['number']}"
        found = told(visitor, f"{address}/compare", **{"with": "now"})
        assert [one["name_en"] for one in found["ore"]["added"]] == ["New ore"]
        basis = {one["name"]: one for one in found["basis"]}
        assert basis["data_version"]["after"] > basis["data_version"]["before"]
        assert basis["rules_on"]["before"] == "2010-01-01"
        changed = {one["id"]: (one["before"]["standing"], one["after"]["standing"]) for one in found["findings"]["changed"]}
        assert changed["cn-2006-copper-scale"] == ("in_force", "superseded")
        # the kept one is as it was
        assert told(visitor, address)["data_version"] == basis["data_version"]["before"]
    finally:
        load(kept_store, table(), tmp_path)


@pytest.mark.parametrize("second", ["x", "-1", "1.5", "9" * 19])
def test_what_is_no_number_of_a_report_is_a_bad_request(visitor: FlaskClient, second: str) -> None:
    where = keep(visitor)
    address = f"/api/layout/reports/{where['shelf']}/{where['number']}/compare"
    assert visitor.get(address, query_string={"with": second}).status_code == 400
    assert visitor.get(address, query_string={"with": "999999999999999999"}).status_code == 404


def test_the_operator_lists_compares_and_takes_away(visitor: FlaskClient, kept_store: Store) -> None:
    environment = {"LODE_DATABASE_URL": kept_store.addresses.owner.render_as_string(hide_password=False)}
    where = keep(visitor, note="to go")
    shelf, number = where["shelf"], str(where["number"])

    def said(*words: str) -> Any:
        found = CliRunner().invoke(cli, ["saved-reports", *words], env=environment)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found.stdout

    assert shelf in [one["shelf"] for one in json.loads(said("list", "--json"))]
    assert [one["note"] for one in json.loads(said("list", shelf, "--json"))] == ["to go"]
    assert json.loads(said("compare", shelf, number, number, "--json"))["same"] is True
    assert "数据版本" in said("compare", shelf, number, "--lang", "zh")
    assert json.loads(said("delete", shelf, "--json")) == [{"shelf": shelf, "gone": 1}]
    with pytest.raises(NoSuchThing):
        said("list", shelf)
    assert visitor.get(f"/api/layout/reports/{shelf}").status_code == 404


@pytest.mark.parametrize("query", ["", "candidate=", "candidate=x", "candidate={}&on=2006-12-31", "candidate=1&on=x"])
def test_days_that_can_not_be_asked_are_a_bad_request(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"/api/layout/by-day?{query}").status_code == 400


def test_the_same_site_under_the_rules_of_four_days(visitor: FlaskClient) -> None:
    """A smelter of 60,000 t missed the least scale of 2006 and of 2014; the text of 2019 was not read."""
    asked = json.dumps(feature(capacity_tpa=60_000, feedstock=["copper-concentrate"]) | _china())
    found: Any = visitor.get("/api/layout/by-day", query_string={"candidate": asked}).json
    assert found["days"] == ["2006-12-31", "2014-12-31", "2019-12-31", "2026-01-31"]
    rules = {one["id"]: one["on"] for one in found["rules"]}
    assert (
        rules["cn-2006-copper-scale"]["2006-12-31"] | {"counts": True, "result": "not_met"}
        == (rules["cn-2006-copper-scale"]["2006-12-31"])
    )
    assert rules["cn-2006-copper-scale"]["2014-12-31"]["standing"] == "superseded"
    assert rules["cn-2014-copper-scale"]["2014-12-31"]["result"] == "not_met"
    assert rules["cn-2014-copper-scale"]["2019-12-31"]["counts"] is False
    assert found["counted"]["2006-12-31"]["not_met"] == 1
    other: Any = visitor.get("/api/layout/by-day", query_string={"candidate": asked, "on": "2010-01-01,2012-01-01"}).json
    assert other["days"] == ["2010-01-01", "2012-01-01"]
    too_many = ",".join(f"{2000 + n}-01-01" for n in range(21))
    for on in ("1990-01-01", "soon", too_many):
        assert visitor.get("/api/layout/by-day", query_string={"candidate": asked, "on": on}).status_code == 400


def _china() -> dict[str, Any]:
    """Where the declared province counts, as the test store has no boundaries."""
    asked = {"product": "copper", "capacity_tpa": 60_000, "on": "2026-01-31", "division": "CN-GX"}
    return {
        "geometry": {"type": "Point", "coordinates": [108.4, 21.7]},
        "properties": asked | {"feedstock": ["copper-concentrate"]},
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
def test_an_outline_is_asked_about_in_place_of_a_point(visitor: FlaskClient, method: str, outline: str) -> None:
    asked = {"product": "copper", "capacity_tpa": "200000", "outline": outline, "lang": "en"}
    answer = visitor.get("/layout", query_string=asked) if method == "get" else visitor.post("/layout", data=asked)
    assert answer.status_code == 200
    assert 'class="verdict"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "outline",
    ["POLYGON((0 0,1 1))", "x", "{", "POINT(1 1)x", "POLYGON((0 0,0.1 0.1,0.1 0,0 0.1,0 0))"]
    + ["MULTIPOLYGON(((0 0,0.1 0,0 0.1,0 0)),((1 1,1.1 1,1 1.1,1 1)))", "LINESTRING(0 0,1 1)", "POLYGON EMPTY"],
)
def test_an_outline_that_is_none_is_told_beside_the_form(visitor: FlaskClient, outline: str) -> None:
    answer = visitor.get("/layout", query_string={"product": "copper", "capacity_tpa": "200000", "outline": outline})
    assert answer.status_code == 400
    assert "<li><b>Place</b> " in answer.get_data(as_text=True)
