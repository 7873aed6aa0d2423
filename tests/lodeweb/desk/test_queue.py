"""Signing in and the desk: no writing without an account, no cookie for readers, and pairs judged and taken back."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.conftest import closed, load, settings_of, table
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodeweb.app import create_app
from lodeweb.http.access import sessions

PASSWORD = "long enough to keep"
ACCOUNTS = {"kai": "contributor", "expert": "expert", "chief": "administrator"}
# Two by two the fields of the table; the third pair is sure, the fourth is too unlikely to be shown.
PAIR = """
INSERT INTO match_pair (a_id, b_id, relation, probability, reasons, model_version)
SELECT a.record_id, b.record_id, :relation, :probability,
       '[{"comparison": "names", "en": "the names agree", "zh": "名称一致", "features": {}}]', 'tests'
FROM member a JOIN source_record x ON x.id = a.source_record_id, member b JOIN source_record y ON y.id = b.source_record_id
WHERE x.key = :a AND y.key = :b
"""
PAIRS = (
    ("chile 0", "chile 4", "same", 0.5),
    ("chile 1", "chile 2", "same", 0.65),
    ("chile 3", "built", "works", 0.6),
    ("chile 5", "chile 6", "same", 1.0),
    ("chile 7", "chile 8", "same", 0.1),
)


@pytest.fixture(scope="module")
def desk_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the rows of the site's tests, accounts, and pairs of records."""
    with own_store("desk_web") as store:
        load(store, table(), Path(tmp_path_factory.mktemp("rows")))
        engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
        passwords = Passwords()
        with open_write_transaction(engine) as connection:
            for name, role in ACCOUNTS.items():
                accounts.add(connection, name, role, passwords.hash(PASSWORD))
            # those that the import found wait no more
            connection.execute(text("DELETE FROM match_pair"))
            for a, b, relation, probability in PAIRS:
                reported = {"a": a, "b": b, "relation": relation, "probability": probability}
                assert connection.execute(text(PAIR), reported).rowcount == 1
        engine.dispose()
        yield store


@pytest.fixture(scope="module")
def app(desk_store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(desk_store.addresses, LODE_DESK_DATABASE_URL=address(desk_store)))
    yield made
    closed(made)


def address(store: Store) -> str:
    return store.addresses.desk.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def owner(desk_store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(desk_store.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(client: FlaskClient, path: str = "/desk/sign-in") -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert match is not None
    return match[1]


def enter(client: FlaskClient, name: str = "expert", password: str = PASSWORD, **more: str) -> TestResponse:
    """The response of the sign-in."""
    form = {"name": name, "password": password, "csrf_token": token(client), **more}
    return client.post("/desk/sign-in", data=form)


@pytest.fixture
def expert(client: FlaskClient) -> FlaskClient:
    assert enter(client).status_code == 303
    return client


def example(rule: Rule) -> str:
    """An address of a rule, its parts filled in."""
    values = dict.fromkeys(rule.arguments, "00000000-0000-4000-8000-000000000000" if "uuid" in rule.rule else "1")
    choices = re.compile(r"<any\((\w+)[^)]*\):\w+>")
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: values[found[1]], choices.sub(r"\1", rule.rule))


def writes(app: Flask) -> list[tuple[Rule, str]]:
    return [(rule, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - set(sessions.SAFE)]


def test_every_route_that_writes_refuses_without_sign_in_but_for_those_that_say_why(app: Flask, client: FlaskClient) -> None:
    seen = set()
    for rule, method in writes(app):
        if sessions.is_open(app.view_functions[rule.endpoint]):
            seen.add(rule.endpoint)
            continue
        response = client.open(example(rule), method=method, data={"verdict": "same"})
        assert response.status_code == 403, rule
        assert "Sign in first" in response.get_data(as_text=True)
    assert {"items.list_items_by_post", "layout.save_report", "signing.sign_in"} <= seen


def test_a_route_that_somebody_adds_is_guarded_from_the_start(desk_store: Store) -> None:
    made = create_app(settings_of(desk_store.addresses))
    made.add_url_rule("/added", "added", lambda: "written", methods=["POST", "PUT", "DELETE"])
    for method in ("POST", "PUT", "DELETE"):
        assert made.test_client().open("/added", method=method).status_code == 403
    closed(made)


def test_every_route_that_writes_refuses_an_account_without_the_forms_token(app: Flask, expert: FlaskClient) -> None:
    for rule, method in writes(app):
        if not sessions.is_open(app.view_functions[rule.endpoint]):
            assert expert.open(example(rule), method=method).status_code in (400, 403), rule


def test_every_page_of_the_desk_leads_to_the_sign_in_and_back(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        begins = sessions.serves_step(app.view_functions[rule.endpoint], "begin")
        if sessions.is_desk_path(rule.rule) and "GET" in (rule.methods or ()) and not begins:
            response = client.get(example(rule))
            assert response.status_code == 302 and response.location.startswith("/desk/sign-in?next="), rule


def test_readers_are_given_no_cookie_and_pages_do_not_depend_on_who_is_signed_in(expert: FlaskClient, app: Flask) -> None:
    stranger = app.test_client()
    addresses = ("/", "/compare", "/charts", "/api/?f=html", "/api/collections/deposits/items?f=html", "/api/sources", "/data")
    for path in addresses:
        plain, known = stranger.get(path), expert.get(path)
        assert "Set-Cookie" not in plain.headers and "Set-Cookie" not in known.headers, path
        clean = [re.sub(r'nonce="[^"]*"|_[0-9a-f]{32}', "", response.get_data(as_text=True)) for response in (plain, known)]
        assert clean[0] == clean[1], path
    with stranger.get("/api/collections/deposits/items") as response:
        assert response.headers["ETag"] and "no-store" not in response.headers["Cache-Control"]


def test_the_cookie_goes_to_the_desk_only_and_no_script_sees_it(client: FlaskClient) -> None:
    cookie = enter(client).headers["Set-Cookie"]
    assert cookie.startswith("lode-desk=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/desk", "Expires="):
        assert part in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_is_for_tls_only(client: FlaskClient) -> None:
    response = client.get("/desk/sign-in", base_url="https://localhost")
    assert "Secure" in response.headers["Set-Cookie"]


def test_pages_of_the_desk_are_stored_nowhere(expert: FlaskClient) -> None:
    assert expert.get("/desk").headers["Cache-Control"] == "private, no-store"
    assert "nonce-" in expert.get("/desk").headers["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "password"), [("expert", "wrong"), ("nobody", PASSWORD), ("", ""), ("x" * 500, "y" * 5000)])
def test_what_is_not_right_is_one_sentence_and_opens_nothing(client: FlaskClient, name: str, password: str) -> None:
    response = enter(client, name, password)
    assert response.status_code == 403 and "Wrong user name or password." in response.get_data(as_text=True)
    assert client.get("/desk").status_code == 302


def test_the_sixth_try_has_to_wait(client: FlaskClient) -> None:
    for _ in range(5):
        assert enter(client, "kai", "wrong").status_code == 403
    response = enter(client, "kai")
    assert response.status_code == 429 and response.headers["Retry-After"] == "900"


def test_a_sign_in_without_the_forms_token_is_refused(client: FlaskClient) -> None:
    assert client.post("/desk/sign-in", data={"name": "expert", "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "going"),
    [
        ("/desk/pair?a=1&b=2", "/desk/pair?a=1&b=2"),
        ("", "/desk"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example", "/desk"),
        ("/desk\\evil", "/desk"),
        ("/deskx", "/desk"),
        ("/", "/desk"),
    ],
)
def test_after_the_sign_in_one_is_led_to_pages_of_the_desk_only(client: FlaskClient, wanted: str, going: str) -> None:
    assert enter(client, next=wanted).location == going


def test_signing_out_and_a_new_stamp_end_the_session(client: FlaskClient, owner: Engine) -> None:
    enter(client, "chief")
    assert client.get("/desk").status_code == 200
    assert client.post("/desk/sign-out", data={"csrf_token": token(client, "/desk")}).status_code == 303
    assert client.get("/desk").status_code == 302
    enter(client, "chief")
    with open_write_transaction(owner) as connection:
        accounts.change(connection, "chief", role="administrator")
    assert client.get("/desk").status_code == 302


def test_who_may_not_judge_gets_a_message(client: FlaskClient, owner: Engine) -> None:
    with open_write_transaction(owner) as connection:
        connection.execute(text("DELETE FROM sign_in"))
    enter(client, "kai")
    assert client.get("/desk").status_code == 200
    response = client.get("/desk/next")
    assert response.status_code == 403 and "This needs the role expert" in response.get_data(as_text=True)


def test_the_trail_is_for_administrators(app: Flask, owner: Engine) -> None:
    with open_write_transaction(owner) as connection:
        connection.execute(text("DELETE FROM sign_in"))
    for name, status in (("kai", 403), ("expert", 403), ("chief", 200)):
        client = app.test_client()
        enter(client, name)
        response = client.get("/desk/audit")
        assert response.status_code == status
    page = response.get_data(as_text=True)
    assert "account insert" in page and "sign_in insert" in page and "argon2" not in page
    assert client.get("/desk/audit?before=2").status_code == 200 == client.get(f"/desk/audit?before={2**70}").status_code


def test_the_most_doubtful_pair_comes_first_and_the_sure_ones_not_at_all(expert: FlaskClient) -> None:
    page = expert.get("/desk?lang=en").get_data(as_text=True)
    assert "3 pairs, the most valuable first." in page
    assert re.findall(r"probability (0\.\d+)", page) == ["0.50", "0.60", "0.65"]
    assert "概率 0.50" in expert.get("/desk?lang=zh").get_data(as_text=True)


def following(client: FlaskClient, **requested: str) -> str:
    """The address of the next pair."""
    return str(client.get("/desk/next", query_string=requested).location)


def sides(path: str) -> Mapping[str, str]:
    return dict(part.split("=") for part in path.partition("?")[2].split("&"))


def test_a_pair_is_judged_the_next_one_comes_and_undoing_brings_it_back(expert: FlaskClient, owner: Engine) -> None:
    first = following(expert)
    page = expert.get(f"{first}&lang=en").get_data(as_text=True)
    assert "Field 0" in page and "Field 4" in page and "the names agree" in page and "same site, probability 0.50" in page
    form = {**sides(first), "csrf_token": token(expert, first), "verdict": "different", "reason": "two shafts <b>"}
    response = expert.post("/desk/pair", data=form)
    assert response.status_code == 303
    second = expert.get(response.location).location
    assert sides(second)["a"] != sides(first)["a"]
    done = sides(second)["done"]
    assert f"/desk/judgements/{done}/undo" in expert.get(second).get_data(as_text=True)
    with owner.connect() as connection:
        row = connection.execute(text("SELECT verdict, account, reason, a_key, b_key FROM current_judgement")).one()
        assert tuple(row) == ("different", "expert", "two shafts <b>", "chile 0", "chile 4")
        trail = connection.execute(text("SELECT account, action FROM audit WHERE subject = :s"), {"s": done}).one()
        assert tuple(trail) == ("expert", "judgement insert")
    assert "two shafts &lt;b&gt;" in expert.get("/desk").get_data(as_text=True)
    back = expert.post(f"/desk/judgements/{done}/undo", data={"csrf_token": token(expert, "/desk")})
    assert sides(back.location) == {**sides(first), "undone": done}
    assert sides(following(expert)) == sides(first)
    assert expert.post(f"/desk/judgements/{done}/undo", data={"csrf_token": token(expert, "/desk")}).status_code == 400


def test_later_leads_on_without_a_judgement(expert: FlaskClient) -> None:
    first = following(expert)
    assert sides(following(expert, **sides(first)))["a"] != sides(first)["a"]


def test_a_link_keeps_its_relation(expert: FlaskClient, owner: Engine) -> None:
    path = following(expert, **sides(following(expert)))
    form = {**sides(path), "csrf_token": token(expert, path), "verdict": "linked", "relation": "worked_by"}
    assert expert.post("/desk/pair", data=form).status_code == 303
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT relation FROM current_judgement WHERE verdict = 'linked'")) == "worked_by"


@pytest.mark.parametrize(
    "form", [{"verdict": "perhaps"}, {"verdict": "linked", "relation": "x"}, {"a": "x", "verdict": "same"}]
)
def test_a_verdict_that_makes_no_sense_is_a_page_that_says_so(expert: FlaskClient, form: dict[str, str]) -> None:
    path = following(expert)
    response = expert.post("/desk/pair", data={**sides(path), "csrf_token": token(expert, path), **form})
    assert response.status_code in (400, 404) and response.mimetype == "text/html"


def test_what_is_refused_is_reported_in_the_language_of_the_page(expert: FlaskClient) -> None:
    form = {**sides(following(expert)), "csrf_token": token(expert, following(expert)), "verdict": "perhaps"}
    assert "verdict 须为" in expert.post("/desk/pair?lang=zh", data=form).get_data(as_text=True)
    assert "verdict must be one of same" in expert.post("/desk/pair?lang=en", data=form).get_data(as_text=True)
    form["csrf_token"] = "another"
    assert "会话已结束" in expert.post("/desk/pair?lang=zh", data=form).get_data(as_text=True)


def test_any_two_records_can_be_judged_and_what_is_not_served_yet_is_reported(expert: FlaskClient, owner: Engine) -> None:
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT id FROM deposit WHERE name_en IN ('Field 9', 'Field 10') ORDER BY name_en"))
        a, b = rows.scalars()
    path = f"/desk/pair?a={a}&b={b}"
    page = expert.get(f"{path}&lang=en").get_data(as_text=True)
    assert "judged unlikely by the model" in page and "according to test-table" in page
    form = {"a": a, "b": b, "csrf_token": token(expert, path), "verdict": "unsure"}
    done = sides(expert.get(expert.post("/desk/pair", data=form).location).location)["done"]
    state = f"/desk/judgements/{done}/state?lang=en"
    assert expert.get(state).get_json()["state"] == "waiting"
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE unserved SET trouble = 'no', at = at - interval '1 hour' WHERE subject = :s"), {"s": done}
        )
    assert expert.get(state).get_json()["state"] == "refused"
    assert "lode resolve apply" in expert.get("/desk?lang=en").get_data(as_text=True)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM unserved"))
    assert expert.get(state).get_json() == {"state": "served", "text": "Saved and published."}


def test_without_a_database_the_desk_says_so(away: FlaskClient) -> None:
    for path in ("/desk", "/desk/sign-in", "/reports/1"):
        assert away.get(path).status_code == 503
