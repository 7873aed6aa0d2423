"""Expert values: next to those of the sources, with source and reason; proposed by some, decided by others, stored for ever."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from tests.lodeweb.conftest import closed, load, settings_of, table

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodebase.ingest.entered import unserved
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

PASSWORD = "long enough to keep"
CITED, REASON = "Annual report 2023, p. 12", "The survey <b>moved</b> it."


@pytest.fixture(scope="module")
def edit_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the rows of the site's tests, an expert and a contributor."""
    with own_store("edits") as store:
        load(store, table(), Path(tmp_path_factory.mktemp("rows")))
        engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
        with open_write_transaction(engine) as connection:
            for name, role in (("expert", "expert"), ("kai", "contributor")):
                accounts.add(connection, name, role, Passwords().hash(PASSWORD))
        engine.dispose()
        yield store


@pytest.fixture(scope="module")
def app(edit_store: Store) -> Iterator[Flask]:
    desk = edit_store.addresses.desk.render_as_string(hide_password=False)
    made = create_app(settings_of(edit_store.addresses, LODE_DESK_DATABASE_URL=desk))
    yield made
    closed(made)


@pytest.fixture(scope="module")
def owner(edit_store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(edit_store.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


def token(client: FlaskClient, path: str) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert match is not None
    return match[1]


@pytest.fixture
def known(app: Flask) -> Callable[[str], FlaskClient]:
    """Gives a visitor who signed in."""

    def enter(name: str) -> FlaskClient:
        client = app.test_client()
        form = {"name": name, "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
        assert client.post("/desk/sign-in", data=form).status_code == 303
        return client

    return enter


def record(owner: Engine, name: str) -> str:
    with owner.connect() as connection:
        return str(connection.scalar(text("SELECT id FROM deposit WHERE name_en = :name"), {"name": name}))


def give(client: FlaskClient, identity: str, **form: str) -> tuple[int, str]:
    """The status of a value that was given, and where its page is."""
    path = f"/desk/edit?record={identity}"
    usual = {"record": identity, "csrf_token": token(client, path), "cited": CITED, "reason": REASON}
    response = client.post("/desk/edit", data=usual | form)
    return response.status_code, response.location or ""


def page(app: Flask, identity: str) -> str:
    response = app.test_client().get(f"/records/{identity}?lang=en")
    return response.get_data(as_text=True)


@pytest.fixture
def served(edit_store: Store) -> Callable[[], object]:
    """Has what was written served, as the process next to the site does."""
    return lambda: unserved.serve(edit_store.importer, 0.8, 10)


def test_an_experts_value_is_served_and_that_of_the_source_is_shown_with_it(
    app: Flask, owner: Engine, known: Callable[[str], FlaskClient], served: Callable[[], object]
) -> None:
    identity, expert = record(owner, "Field 1"), known("expert")
    before = app.test_client().get(f"/api/collections/deposits/items/{identity}").get_json(force=True)
    tag = app.test_client().get(f"/records/{identity}").headers["ETag"]
    status, path = give(expert, identity, field="position", value="-73.5, -29.25")
    assert status == 303
    assert expert.get(f"{path}/state").get_json()["state"] == "waiting"
    served()
    assert expert.get(f"{path}/state").get_json()["state"] == "served"
    shown = page(app, identity)
    assert "Expert values" in shown and "-73.5, -29.25" in shown and CITED in shown
    assert "&lt;b&gt;moved&lt;/b&gt;" in shown and "expert," not in shown
    after = app.test_client().get(f"/api/collections/deposits/items/{identity}").get_json(force=True)
    assert after["geometry"]["coordinates"] == [-73.5, -29.25]
    whole = app.test_client().get(f"/api/collections/deposits/items/{identity}?profile=full").get_json(force=True)["properties"]
    reported = whole["values"]["geom"]
    assert (reported["by"], reported["cited"], reported["reason_given"], reported["reason"]) == (
        "expert",
        CITED,
        REASON,
        "given",
    )
    assert [other["value"]["coordinates"] for other in reported["others"]] == [before["geometry"]["coordinates"]], (
        "never written over"
    )
    assert whole["value_sources"]["position"] == CITED and reported["at"] and reported["number"] == int(path.rpartition("/")[2])
    assert "value-given" in after["properties"]["flags"]
    csv = app.test_client().get("/api/collections/deposits/download/csv?flag=value-given").get_data(as_text=True)
    assert "-73.5" in csv and "value-given" in csv
    then = app.test_client().get(f"/api/collections/deposits/items/{identity}?as_of=1&profile=full").get_json(force=True)
    assert then["geometry"] == before["geometry"] and then["properties"]["given"] == []
    assert app.test_client().get(f"/records/{identity}").headers["ETag"] != tag
    versions = app.test_client().get("/api/versions").get_json()["versions"]
    assert max(version["version"] for version in versions) == 2, "what is accepted is a version of the data"
    # taken back, by a row and a reason
    form = {"csrf_token": token(expert, path), "state": "withdrawn"}
    assert expert.post(path, data=form).status_code == 400
    assert expert.post(path, data=form | {"reason": "another pit"}).status_code == 303
    served()
    assert "Expert values" not in page(app, identity)
    undone = app.test_client().get(f"/api/collections/deposits/items/{identity}").get_json(force=True)
    assert (undone["geometry"], undone["properties"]) == (before["geometry"], before["properties"])
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM reported_record")) == 0
    assert expert.post(path, data=form | {"reason": "again"}).status_code == 400
    with owner.connect() as connection:
        trail = connection.execute(
            text("SELECT account, action FROM audit WHERE action ~ '^(proposal|position|value)' ORDER BY id")
        )
        assert [tuple(row) for row in trail] == [
            ("expert", "proposal insert"),
            ("expert", "position insert"),
            ("expert", "position undo"),
        ]


def test_a_contributors_value_waits_for_an_expert(
    app: Flask, owner: Engine, known: Callable[[str], FlaskClient], served: Callable[[], object]
) -> None:
    identity, kai, expert = record(owner, "Field 2"), known("kai"), known("expert")
    status, path = give(kai, identity, field="country", value="智利")
    served()
    assert status == 303 and "Expert values" not in page(app, identity)
    assert "Accept" not in kai.get(f"{path}?lang=en").get_data(as_text=True)
    assert kai.post(path, data={"csrf_token": token(kai, path), "state": "accepted"}).status_code == 403
    assert "Field 2" in expert.get("/desk/proposals").get_data(as_text=True)
    assert expert.post(path, data={"csrf_token": token(expert, path), "state": "accepted"}).status_code == 303
    served()
    assert "Chile" in page(app, identity) and "Expert values" in page(app, identity)


def test_a_declined_value_is_never_shown_and_states_why(app: Flask, owner: Engine, known: Callable[[str], FlaskClient]) -> None:
    identity, kai, expert = record(owner, "Field 3"), known("kai"), known("expert")
    _, path = give(kai, identity, field="age", value="Triassic")
    form = {"csrf_token": token(expert, path), "state": "declined", "reason": "the report says Jurassic"}
    assert expert.post(path, data=form).status_code == 303
    assert "the report says Jurassic" in kai.get(path).get_data(as_text=True)
    assert "Triassic" not in page(app, identity)


@pytest.mark.parametrize(
    "form",
    [
        {"field": "position", "value": "somewhere"},
        {"field": "position", "value": "200, 10"},
        {"field": "position", "value": "nan, 10"},
        {"field": "discovery_year", "value": "3000"},
        {"field": "discovery_date", "value": "some day"},
        {"field": "discovery_year", "value": "1999.5"},
        {"field": "position_accuracy_m", "value": "-1"},
        {"field": "position_accuracy_m", "value": "inf"},
        {"field": "country", "value": "Atlantis"},
        {"field": "size_class", "value": "large"},
        {"field": "", "value": "x"},
        {"field": "age", "value": "x", "cited": ""},
        {"field": "age", "value": "x", "reason": ""},
        {"field": "age", "value": ""},
        {"field": "age", "value": "x" * 2001},
    ],
)
def test_what_is_no_value_or_has_no_source_is_refused(
    owner: Engine, known: Callable[[str], FlaskClient], form: dict[str, str]
) -> None:
    assert give(known("expert"), record(owner, "Field 4"), **form)[0] == 400


def test_a_record_or_proposal_that_is_not_there_is_reported(known: Callable[[str], FlaskClient]) -> None:
    expert = known("expert")
    for path in ("/desk/edit?record=none", "/desk/edit", "/desk/proposals/999", f"/desk/proposals/{2**70}"):
        assert expert.get(path).status_code == 404


def test_values_are_listed_with_all_decisions_and_undone_there(
    app: Flask, owner: Engine, known: Callable[[str], FlaskClient], served: Callable[[], object]
) -> None:
    identity, expert = record(owner, "Field 5"), known("expert")
    for age in ("Triassic", "Jurassic"):
        assert give(expert, identity, field="age", value=age)[0] == 303
    served()
    listed = expert.get("/desk/decisions?kind=value&lang=en").get_data(as_text=True)
    assert "Field 5: Age" in listed and "Triassic" in listed and "no longer in force" in listed and REASON[:10] in listed
    assert "Values" in listed and "Positions" in listed and known("kai").get("/desk/decisions").status_code == 403
    with owner.connect() as connection:
        later, number = connection.execute(
            text("SELECT id, detail ->> 'proposal' FROM decision WHERE kind = 'value' AND detail ->> 'value' = 'Jurassic'")
        ).one()
    form = {"csrf_token": token(expert, "/desk/decisions"), "kind": "value"}
    assert expert.post(f"/desk/decisions/{later}/undo", data=form).status_code == 400, "a reason is needed"
    assert expert.post(f"/desk/decisions/{later}/undo", data=form | {"reason": "another map"}).status_code == 303
    served()
    assert "Triassic" in page(app, identity), "the value before applies again"
    shown = expert.get(f"/desk/proposals/{number}?lang=en").get_data(as_text=True)
    assert "reverted" in shown and "another map" in shown
    assert expert.post(f"/desk/decisions/{later}/undo", data=form | {"reason": "another map"}).status_code == 400
    # a value that a later one replaced can be reverted too, as on its own page
    assert give(expert, identity, field="age", value="Permian")[0] == 303
    with owner.connect() as connection:
        earlier = connection.scalar(
            text(
                "SELECT id FROM decision WHERE kind = 'value' AND detail ->> 'value' = 'Triassic'"
                " AND subject ->> 'record_id' = :id"
            ),
            {"id": identity},
        )
    assert f"/desk/decisions/{earlier}/undo" in expert.get("/desk/decisions").get_data(as_text=True)
    assert expert.post(f"/desk/decisions/{earlier}/undo", data=form | {"reason": "another map"}).status_code == 303
    served()
    assert "Permian" in page(app, identity)


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("value", '{"value": [1, 2]}'),
        ("value", "{}"),
        ("position", '{"value": [200, 1], "crs": "OGC:CRS84"}'),
        ("position", '{"value": [20, 1]}'),
        ("position", '{"value": "north", "crs": "OGC:CRS84"}'),
    ],
)
def test_a_decision_that_is_no_value_is_refused_by_the_store(edit_store: Store, kind: str, detail: str) -> None:
    desk = engines.create_checked_engine(edit_store.addresses.desk, "tests", pool_size=1)
    subject = {"value": "age", "position": "position"}[kind]
    statement = text(
        "INSERT INTO decision (kind, subject, decision, detail, reason, account) VALUES (:kind, jsonb_build_object("
        "'record_id', 'd', 'field', CAST(:field AS text)), :decision, CAST(:detail AS jsonb) || "
        """'{"cited": "c", "source": "s", "key": "k", "proposal": 1}', 'r', 'x')"""
    )
    values = {"kind": kind, "field": subject, "decision": {"value": "is", "position": "lies-at"}[kind], "detail": detail}
    with desk.connect() as connection, pytest.raises(DBAPIError, match="check constraint"):
        connection.execute(statement, values)
    desk.dispose()


@pytest.mark.parametrize("table_", ["proposal", "proposal_step"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET account = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_proposal_is_changed_or_taken_away(edit_store: Store, owner: Engine, table_: str, statement: str) -> None:
    desk = engines.create_checked_engine(edit_store.addresses.desk, "tests", pool_size=1)
    for engine in (owner, desk):
        with engine.connect() as connection, pytest.raises(DBAPIError, match="never changed|permission denied"):
            connection.execute(text(statement.format(table_)))
    desk.dispose()


HELD = """
name: held-table
title_en: Held
title_zh: 待核
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    commodities: [{const: copper}]
    estimates:
      - category: {const: inferred-mineral-resource}
        ore: {column: ore_mt, unit: Mt}
        measures: [{commodity: {const: copper}, grade: {column: cu_pct, unit: "%", basis: metal}}]
"""


def test_a_held_grade_is_in_the_download_with_its_reason_and_an_expert_judges_it(
    app: Flask,
    owner: Engine,
    known: Callable[[str], FlaskClient],
    served: Callable[[], object],
    edit_store: Store,
    tmp_path: Path,
) -> None:
    path = tmp_path / "held.csv"
    path.write_text("id,name,ore_mt,cu_pct\n1,Too Rich,10,80\n")
    source = Source.model_validate(yaml.safe_load(HELD))
    run(edit_store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
    identity, visitor = record(owner, "Too Rich"), app.test_client()
    shown = page(app, identity)
    assert "Held back" in shown and "80" in shown
    item = visitor.get(f"/api/collections/deposits/items/{identity}?profile=full").get_json(force=True)["properties"]
    assert item["figure_grade_pct"] is None
    (measure,) = item["estimates"][0]["measures"]
    assert (measure["grade_pct"], measure["grade_reported"], measure["held"]) == (None, 80, "grade-above-mineral")
    text_of_file = visitor.get("/api/collections/deposits/download/csv?flag=grade-above-mineral").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text_of_file)))
    assert [(row["figure_grade_pct"], "grade-above-mineral" in row["flags"]) for row in rows] == [("", True)]
    expert = known("expert")
    assert "grade:copper:80" in expert.get(f"/desk/edit?record={identity}").get_data(as_text=True)
    assert give(expert, identity, field="grade:copper:80", value="nonsense")[0] == 400
    assert give(expert, identity, field="grade:copper:80", value="right")[0] == 303
    served()
    item = visitor.get(f"/api/collections/deposits/items/{identity}?profile=full").get_json(force=True)["properties"]
    assert item["figure_grade_pct"] == 80
    assert "figure-judged" in item["flags"]
    assert "Judged by an expert" in page(app, identity)
