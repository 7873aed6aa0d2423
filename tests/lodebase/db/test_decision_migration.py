"""The migration to one table of decisions: rows of the four tables before it keep numbers, times and accounts, up and down."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from lodebase.db import upgrade
from lodebase.db.store import Store, write_conninfo

BEFORE = "0081_reported_record"
OLD_ROWS = """
INSERT INTO lode.judgement (id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, account, at, undoes) VALUES
  ('00000000-0000-0000-0000-000000000001', 3, 's', '1', 't', '2', 'linked', 'works', 'a shaft', 'wang', '2026-01-01Z', NULL),
  ('00000000-0000-0000-0000-000000000002', 4, 't', '2', 's', '1', 'same', NULL, NULL, 'li', '2026-01-02Z', NULL),
  ('00000000-0000-0000-0000-000000000003', 7, 't', '2', 's', '1', 'withdrawn', NULL, 'no', 'li', '2026-01-03Z',
    '00000000-0000-0000-0000-000000000002');
INSERT INTO lode.holder_decision
  (number, key, name, holder_kind, reason, decided_by, decided_at, undone_by, undone_at, applied, codes) VALUES
  (2, 'materias', 'Materias', 'natural-person', 'a register', 'wang', '2026-02-01Z', 'li', '2026-02-02Z', true, '{}'),
  (5, 'materias', 'Materias', 'organisation', 'a register', 'li', '2026-02-02Z', NULL, NULL, true, '{}'),
  (6, 'pedro', 'Pedro', 'natural-person', 'a register', 'li', '2026-02-03Z', NULL, NULL, true, '{91350000157987632G}'),
  (9, 'juan', 'Juan', 'natural-person', 'a register', 'li', '2026-02-04Z', 'wang', '2026-02-05Z', false, '{}');
INSERT INTO lode.organisation_decision (comparable, country, organisation_id, decided_by, decided_at, reason) VALUES
  ('zijin', '', 'o1', 'wang', '2026-03-01Z', 'a code'), ('codelco', 'CHL', 'o2', 'li', '2026-03-02Z', NULL);
INSERT INTO lode.list_entry_project (entry_id, project_id, decided_by, decided_at, reason, reopened) VALUES
  ('e1', 'p1', 'wang', '2026-04-01Z', 'the act says so', false), ('e2', NULL, 'li', '2026-04-02Z', '', false),
  ('e3', 'p3', 'li', '2026-04-03Z', 'wrong plant', true);
"""
TABLES = {
    "judgement": "id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, account, at, undoes, pair",
    "holder_decision": "number, key, name, holder_kind, reason, decided_by, decided_at, undone_by, undone_at, applied, codes",
    "organisation_decision": "comparable, country, organisation_id, decided_by, decided_at, reason",
    "list_entry_project": "entry_id, project_id, decided_by, decided_at, nullif(reason, '-') AS reason, reopened",
}


@pytest.fixture
def owner(store: Store) -> Iterator[psycopg.Connection[dict[str, object]]]:
    """A connection to a store at the migration before, with decisions in each of its tables."""
    upgrade.run_downgrade(store.addresses, BEFORE)
    with psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True, row_factory=dict_row) as connection:
        connection.execute(OLD_ROWS)
        yield connection


def read(owner: psycopg.Connection[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """Return the decisions as the tables, or the views of their names, have them."""
    statement = "SELECT {} FROM lode.{} ORDER BY {}"
    found = {
        name: owner.execute(statement.format(columns, name, columns.split(", ")[0]).encode()).fetchall()
        for name, columns in TABLES.items()
    }
    for row in found["list_entry_project"]:
        row["reason"] = row["reason"] or None
    return found


def test_decisions_keep_numbers_times_and_accounts_up_and_down(
    store: Store, owner: psycopg.Connection[dict[str, object]]
) -> None:
    before = read(owner)
    assert upgrade.upgrade(store.addresses).current
    assert read(owner) == before
    owner.execute("SELECT 1")
    upgrade.run_downgrade(store.addresses, BEFORE)
    assert read(owner) == before


def test_undone_decisions_become_rows_and_new_numbers_follow(
    store: Store, owner: psycopg.Connection[dict[str, object]]
) -> None:
    upgrade.upgrade(store.addresses)
    undone = owner.execute(
        "SELECT d.kind, d.number, u.account, u.at::date::text AS day, u.reason, u.outcome IS NULL AS waits FROM lode.decision u"
        " JOIN lode.decision d ON d.id = u.undoes ORDER BY d.kind, d.number"
    ).fetchall()
    assert [tuple(row.values()) for row in undone] == [
        ("holder_decision", 2, "li", "2026-02-02", None, False),
        ("holder_decision", 9, "wang", "2026-02-05", None, True),
        ("judgement", 4, "li", "2026-01-03", "no", True),
        ("list_entry_project", 3, "li", "2026-04-03", "wrong plant", True),
    ]
    assert owner.execute("SELECT count(*) AS n FROM lode.audit WHERE action ~ 'decision|judgement'").fetchall() == [{"n": 0}]
    numbers = owner.execute(
        "INSERT INTO lode.decision (kind, subject, decision, account) VALUES"
        " ('organisation_decision', '{\"comparable\": \"x\", \"country\": \"\"}', 'means', 'li') RETURNING number"
        ", (SELECT max(number) FROM lode.decision) AS last"
    ).fetchall()
    assert numbers[0]["number"] > numbers[0]["last"]  # type: ignore[operator]
