"""Decisions on names of holders, applied to stored records and through later imports; made-up names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from tests.lodebase.ingest.test_rights import READABLE, load, rows

from lodebase.db import engine as engines
from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.decisions import holder_decisions
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound
from lodebase.ingest.entered import unserved
from lodedata.kinds import KINDS

GROUND = "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"
BODY, PERSON = "MATERIAS VARIAS", "Aurora Blanco Mining"
"""A body whose name has no sign of one, and a person whose name has a sign of a body."""
ROWS = (
    {"id": "T1", "corners": GROUND, "holder": f"{BODY},SOSA ANA", "status": "granted"},
    {"id": "T2", "corners": GROUND, "holder": "Materias  Varias", "status": "granted"},
    {"id": "T3", "corners": GROUND, "holder": PERSON, "status": "granted"},
    {"id": "T4", "corners": GROUND, "holder": f"ALFA S.A.,{PERSON}", "status": "granted"},
    {"id": "T5", "corners": GROUND, "holder": f"BETA S.A.,{PERSON}", "status": f"held by {PERSON.upper()}"},
)
HOLDERS = "SELECT right_no, holder, holder_kind FROM mining_right ORDER BY 1"


class Desk:
    """Decides at the desk of a store and applies what was decided."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = engines.create_checked_engine(store.addresses.desk, "tests")

    def decide(self, name: str, kind: str, reason: str = "the register of companies") -> None:
        with open_write_transaction(self.engine, "an expert") as connection:
            given = {"name": name, "holder_kind": kind, "reason": reason}
            holder_decisions.decide(connection, given, "an expert")
        self.apply()

    def undo_latest(self) -> None:
        with open_write_transaction(self.engine, "an expert") as connection:
            holder_decisions.undo(connection, self.latest(connection).number, "an expert")
        self.apply()

    def latest(self, connection: Connection) -> holder_decisions.HolderDecision:
        return holder_decisions.read_holder_decisions(connection)[0]

    def apply(self) -> None:
        assert unserved.serve(self.store.importer, 0.9, 5.0) is not None

    def having(self, text: str) -> list[str]:
        """Return the tables and the earlier versions in which the site can read a text."""
        site = write_conninfo(self.store.addresses.site)
        tables = [name for (name,) in rows(site, READABLE)]
        return [n for n in tables if rows(site, f"SELECT 1 FROM {n} t WHERE t::text ILIKE '%{text}%' LIMIT 1")]


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    assert load(store, tmp_path, ROWS).loaded == 5
    made = Desk(store)
    yield made
    made.engine.dispose()


def holders(store: Store) -> dict[str, list[Any]]:
    return {row[0]: [row[1], row[2]] for row in rows(store.importer, HOLDERS)}


def test_a_body_that_an_expert_decides_on_is_public_at_once_and_after_the_next_import(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    assert holders(store)["T1"] == [None, "natural-person"]
    for name, kind, reason in (
        ("NOBODY", "organisation", "a register"),
        (BODY, "body", "a register"),
        (BODY, "organisation", ""),
    ):
        with pytest.raises((BadQuery, NotFound)):
            desk.decide(name, kind, reason)
    desk.decide(BODY, "organisation")
    assert holders(store)["T1"] == [BODY, "mixed"]
    assert holders(store)["T2"] == ["Materias  Varias", "organisation"]
    named = {name for (name,) in rows(store.importer, "SELECT name FROM organisation_mention")}
    assert {BODY, "Materias  Varias"} <= named
    assert load(store, tmp_path, ROWS).updated >= 2
    assert holders(store)["T1"] == [BODY, "mixed"]
    assert rows(store.importer, "SELECT raw ->> 'holder' FROM source_record WHERE key = 'T1'") == [
        (f"{BODY}; (natural person)",)
    ]
    desk.undo_latest()
    assert holders(store)["T1"] == [None, "natural-person"]
    assert desk.having("materias") == []


def test_a_person_that_an_expert_decides_on_is_in_no_table_that_the_site_reads(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    # the name may be in a text of any kind
    assert _masked_kinds(store) == KINDS.keys()
    assert holders(store)["T3"] == [PERSON, "organisation"]
    assert len(desk.having(PERSON)) > 3
    # an earlier version has the name too
    load(store, tmp_path, (*ROWS[:2], {**ROWS[2], "status": "expired"}, *ROWS[3:]))
    desk.decide(PERSON, "natural-person", f"{PERSON} is a person")
    owner = write_conninfo(store.addresses.owner)
    assert rows(owner, f"SELECT 1 FROM lode.audit a WHERE a::text ILIKE '%{PERSON}%'") == []
    assert rows(owner, "SELECT 1 FROM lode.audit WHERE action = 'holder_decision insert'") != []
    assert {name: holders(store)[name] for name in ("T3", "T4", "T5")} == {
        "T3": [None, "natural-person"],
        "T4": ["ALFA S.A.", "mixed"],
        "T5": ["BETA S.A.", "mixed"],
    }
    assert desk.having(PERSON) == []
    assert rows(store.importer, "SELECT count(*) FROM lode_history.mining_right WHERE holder_kind = 'natural-person'")[0][0] > 0
    assert load(store, tmp_path, ROWS).updated >= 3
    assert holders(store)["T3"] == [None, "natural-person"]
    assert desk.having(PERSON) == []
    desk.undo_latest()
    assert holders(store)["T3"] == [PERSON, "organisation"]


def _masked_kinds(store: Store) -> set[str]:
    """Return the kinds whose earlier versions the importer may change."""
    statement = "SELECT has_any_column_privilege('{}', 'UPDATE')"
    return {name for name in KINDS if rows(store.importer, statement.format(HISTORY[name].fullname))[0][0]}


def test_a_decision_on_a_person_with_a_sign_is_undone_and_the_sign_counts_again(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    name = "Mr John Smith"
    load(store, tmp_path, ({**ROWS[0], "holder": name}, *ROWS[1:]))
    desk.decide(name, "natural-person", "a register of persons")
    desk.undo_latest()
    assert rows(store.importer, "SELECT subject, trouble FROM unserved") == []
    assert rows(store.importer, "SELECT count(*) FROM decision WHERE outcome IS NULL AND kind = 'holder_decision'") == [(0,)]
    assert holders(store)["T1"] == [None, "natural-person"]


def test_each_decision_on_a_name_stays_with_who_made_it(store: Store, desk: Desk) -> None:
    desk.decide(BODY, "organisation")
    desk.decide(BODY, "natural-person", "a register of persons")
    desk.undo_latest()
    found = rows(store.importer, "SELECT holder_kind, undone_by, applied FROM holder_decision ORDER BY number")
    assert found == [("organisation", "an expert", True), ("natural-person", "an expert", True)]
    trail = "SELECT action, detail ->> 'name' FROM lode.audit WHERE action LIKE 'holder_decision%' ORDER BY id"
    assert [tuple(row) for row in rows(write_conninfo(store.addresses.owner), trail)] == [
        ("holder_decision insert", "***"),
        ("holder_decision undo", None),
        ("holder_decision insert", "***"),
        ("holder_decision undo", None),
    ]
