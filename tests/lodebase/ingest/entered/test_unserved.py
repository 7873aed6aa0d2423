"""What people judge is served at once, of the records concerned alone, by a role that the site's has no part in."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from lodebase.db import engine as engines
from lodebase.db.store import write_conninfo
from lodebase.desk.decisions import proposals
from lodebase.desk.decisions.judgements import JudgementRow
from lodebase.desk.decisions.proposals import Proposal
from lodebase.desk.writing import open_write_transaction
from lodebase.ingest.entered import unserved
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking.resolution import ResolutionOptions, resolve
from lodebase.ingest.rows import record_id
from lodedata.kinds import KINDS

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

A, B = record_id("first", "1"), record_id("second", "x")
WITHIN_S = 10.0


@pytest.fixture
def two(own_table: "OwnTable") -> "OwnTable":
    """A deposit that two sources report, and another that lies elsewhere."""
    of = own_table.source()
    own_table.load(
        [
            {"id": "1", "name": "Old Hill"},
            {"id": "2", "name": "Mount Ferris", "lon": "-70"},
            {"id": "3", "name": "Kolwezi", "lon": "40"},
        ],
        of.model_copy(update={"name": "first"}),
    )
    own_table.load([{"id": "x", "name": "Old Hill Mine"}], of.model_copy(update={"name": "second"}))
    return own_table


def say(own_table: "OwnTable", a: str, b: str, verdict: str) -> None:
    """What somebody judges at the desk, written by the role of the desk."""
    with psycopg.connect(write_conninfo(own_table.store.addresses.desk)) as connection:
        connection.execute(
            "INSERT INTO decision (kind, subject, decision, account) VALUES ('judgement', jsonb_build_object("
            "'a_source', %s::text, 'a_key', %s::text, 'b_source', %s::text, 'b_key', %s::text), %s, 'tester')",
            (*a.split("/"), *b.split("/"), verdict),
        )


def undo(own_table: "OwnTable") -> None:
    with psycopg.connect(write_conninfo(own_table.store.addresses.desk)) as connection:
        connection.execute(
            "INSERT INTO decision (kind, subject, decision, undoes, account)"
            " SELECT kind, subject, 'withdrawn', id, 'tester' FROM decision ORDER BY number DESC LIMIT 1"
        )


def deposits(own_table: "OwnTable") -> set[str]:
    return {row[0] for row in own_table.all("SELECT id FROM deposit")}


def test_nothing_waits_and_nothing_is_done(two: "OwnTable") -> None:
    before = two.state()
    assert unserved.serve(two.store.importer, 0.8, 5) is None
    assert two.state() == before


def test_a_split_and_its_undoing_are_served_and_make_a_version_each(two: "OwnTable") -> None:
    version = two.one("SELECT max(version) FROM dataset_version")
    elsewhere = "SELECT xmin::text, ctid::text FROM deposit WHERE name_en = 'Mount Ferris'"
    untouched = two.all(elsewhere)
    say(two, "first/1", "second/x", "different")
    assert two.one("SELECT count(*) FROM unserved") == 2
    unserved.serve(two.store.importer, 0.8, 5)
    assert {A, B} < deposits(two)
    assert two.one("SELECT count(*) FROM unserved") == 0
    undo(two)
    unserved.serve(two.store.importer, 0.8, 5)
    assert B not in deposits(two)
    assert two.one("SELECT max(version) FROM dataset_version") == version + 2
    assert two.all(elsewhere) == untouched, "a record that nobody judged is not looked at"


def test_an_import_serves_what_waits_too(two: "OwnTable") -> None:
    say(two, "first/1", "second/x", "different")
    two.load([{"id": "z", "name": "Third"}], two.source().model_copy(update={"name": "third"}))
    assert {A, B} < deposits(two)
    assert two.one("SELECT count(*) FROM unserved") == 0


def test_it_is_served_within_moments_of_being_judged_and_while_an_import_runs_after_it(two: "OwnTable") -> None:
    over, served, said = threading.Event(), threading.Event(), list[str]()
    worker = threading.Thread(target=unserved.watch, args=(two.store.importer, 0.8, served.set, over, said.append))
    worker.start()
    try:
        with psycopg.connect(two.store.importer) as importing:
            acquire_import_lock(importing, 5)
            say(two, "first/1", "second/x", "different")
            time.sleep(1)
            assert B not in deposits(two), "one after the other"
        until(lambda: B in deposits(two))
        undo(two)
        until(lambda: B not in deposits(two))
    finally:
        over.set()
        worker.join()
    assert said == [] and served.is_set()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_the_store_refuses_keeps_nothing_else_from_being_served(two: "OwnTable") -> None:
    # a name that nobody may serve, as a guardrail of a later store may have it
    two.owner("ALTER TABLE lode.deposit ADD CONSTRAINT refused CHECK (NOT 'Kolwezi' = ANY (aliases)) NOT VALID")
    say(two, "first/2", "first/3", "same")
    say(two, "second/x", "first/1", "different")
    unserved.serve(two.store.importer, 0.8, 5)
    assert B in deposits(two)
    assert two.one("SELECT DISTINCT trouble FROM unserved").startswith('new row for relation "deposit" violates')
    assert unserved.serve(two.store.importer, 0.8, 5) is None, "not tried over and over"


@pytest.mark.parametrize(
    "statement", ["DELETE FROM unserved", "UPDATE unserved SET trouble = 'x'", "INSERT INTO unserved VALUES (1)"]
)
def test_the_desks_role_can_neither_serve_nor_say_that_it_was_served(two: "OwnTable", statement: str) -> None:
    with psycopg.connect(write_conninfo(two.store.addresses.desk)) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


def give(own_table: "OwnTable", record: str, field: str, value: object, state: str = "accepted") -> None:
    """What an expert gives a record, or takes back, written by the role of the desk."""
    source, _, key = record.partition("/")
    engine = engines.create_checked_engine(own_table.store.addresses.desk, "tests", pool_size=1)
    with open_write_transaction(engine, "tester") as connection:
        if state == "accepted":
            row, identity = JudgementRow(source, key), record_id(source, key)
            said = Proposal("deposits", identity, "x", row, field, value, None, "Report, p. 1", "read there")
            proposals.propose(connection, said, "tester", accepted=True)
        else:
            number = connection.scalar(text("SELECT max(number) FROM proposal WHERE field = :field"), {"field": field})
            proposals.decide(connection, int(number or 0), state, "so", "tester")
    engine.dispose()
    unserved.serve(own_table.store.importer, 0.8, 5)


def test_a_value_by_a_person_outlives_imports_joining_and_parting(two: "OwnTable") -> None:
    name = "SELECT name_en FROM deposit WHERE id = %s"
    give(two, "second/x", "name_en", "Alte Halde")
    assert two.one(name, A) == "Alte Halde", "one record: whatever of it the value was given for"
    assert set(two.one("SELECT aliases FROM deposit WHERE id = %s", A)) == {"Old Hill", "Old Hill Mine"}
    two.load([{"id": "x", "name": "Old Hill Pit"}], two.source().model_copy(update={"name": "second"}))
    assert two.one(name, A) == "Alte Halde"
    say(two, "first/1", "second/x", "different")
    unserved.serve(two.store.importer, 0.8, 5)
    assert (two.one(name, A), two.one(name, B)) == ("Old Hill", "Alte Halde")
    assert two.all("SELECT record_id FROM reported_record") == [(B,)]
    undo(two)
    unserved.serve(two.store.importer, 0.8, 5)
    assert two.one(name, A) == "Alte Halde"
    give(two, "second/x", "name_en", None, "withdrawn")
    assert two.one(name, A) == "Old Hill"


def test_comparing_all_anew_keeps_what_people_gave(two: "OwnTable") -> None:
    give(two, "first/2", "position", [12.5, -8.25])
    place = "SELECT ST_AsText(geom), position_method, flags FROM deposit WHERE name_en = 'Mount Ferris'"
    before = two.all(place)
    assert before == [("POINT(12.5 -8.25)", "given by an expert", ["value-given"])]
    resolve(two.store.importer, ResolutionOptions(True, 0.8, 10))
    assert two.all(place) == before
    assert two.all("SELECT ST_X(geom) FROM lode_reported.deposit WHERE name_en = 'Mount Ferris'") == [(-70.0,)]


EVERY = {
    "name_en": "A",
    "name_zh": "甲",
    "country": "CHL",
    "division": "CL-AN",
    "occurrence_type": "deposit",
    "deposit_model": "porphyry",
    "host_unit": "granite",
    "age": "Jurassic",
    "exploration_stage": "drilling",
    "discovery_year": 1990,
    "discovery_date": "1990-05",
    "announced_by": "a company",
    "activity_type": "drilling",
    "result": "new",
    "position_accuracy_m": 5.5,
    "note_en": "n",
    "note_zh": "注",
}


@pytest.mark.slow
def test_every_field_that_a_person_may_give_a_value_for_can_be_served(two: "OwnTable") -> None:
    assert set(EVERY) == {field.name for kind in KINDS.values() for field in kind.fields if field.proposed}
    for field, value in EVERY.items():
        give(two, "first/2", field, value)
    assert two.all("SELECT subject, trouble FROM unserved") == []
    columns = [name for name in EVERY if name not in ("discovery_date", "announced_by", "activity_type", "result")]
    found = two.all(f"SELECT {', '.join(columns)} FROM deposit WHERE id = %s", record_id("first", "2"))
    assert found == [tuple(EVERY[name] for name in columns)]
