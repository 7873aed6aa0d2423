"""The migration of accepted values and positions to decisions: numbers, times, accounts and order stay, up and down."""

from collections.abc import Iterator

import psycopg
import pytest

from lodebase.db import upgrade
from lodebase.db.store import Store, write_conninfo

BEFORE = "0085_morton_code"
OLD_ROWS = """
INSERT INTO lode.proposal
  (number, at, collection, record_id, record_name, source, key, field, value, cited, reason, account) VALUES
  (3, '2026-01-01Z', 'deposits', 'd1', 'Hill', 's', '1', 'age', '"Jurassic"', 'a map', 'read there', 'kai'),
  (4, '2026-01-02Z', 'deposits', 'd1', 'Hill', 's', '1', 'age', '"Triassic"', 'a book', 'newer', 'kai'),
  (5, '2026-01-03Z', 'deposits', 'd1', 'Hill', 's', '1', 'position', '[12.5, -8]', 'a map', 'surveyed', 'li'),
  (6, '2026-01-04Z', 'deposits', 'd1', 'Hill', 's', '1', 'position_accuracy_m', '40', 'a map', 'surveyed', 'li'),
  (7, '2026-01-05Z', 'deposits', 'd1', 'Hill', 's', '1', 'age', '"Permian"', 'a note', 'guess', 'kai'),
  (8, '2026-01-06Z', 'deposits', 'd1', 'Hill', 's', '1', 'age', '"Eocene"', 'a note', 'waits', 'kai');
INSERT INTO lode.proposal_step (id, number, at, account, state, words) VALUES
  (1, 3, '2026-02-01Z', 'li', 'accepted', 'well read'), (2, 4, '2026-02-02Z', 'wang', 'accepted', NULL),
  (3, 5, '2026-02-03Z', 'li', 'accepted', NULL), (4, 6, '2026-02-04Z', 'li', 'accepted', NULL),
  (5, 7, '2026-02-05Z', 'li', 'declined', 'no source'), (6, 4, '2026-02-06Z', 'li', 'withdrawn', 'misread');
SELECT setval(pg_get_serial_sequence('lode.proposal_step', 'id'), 6);
INSERT INTO lode.unserved (what, subject, source, key) VALUES ('value', 'value 4', 's', '1');
"""
STEPS = "SELECT number, at, account, state, words FROM lode.{} ORDER BY at"
Rows = list[tuple[object, ...]]


@pytest.fixture
def owner(store: Store) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection to a store at the migration before, with proposals in every state."""
    upgrade.run_downgrade(store.addresses, BEFORE)
    with psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True) as connection:
        connection.execute(OLD_ROWS)
        yield connection


def read(owner: psycopg.Connection[tuple[object, ...]], statement: str) -> Rows:
    return owner.execute(statement.encode()).fetchall()


def test_accepted_values_become_decisions_with_time_account_and_number(
    store: Store, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    steps = read(owner, STEPS.format("proposal_step"))
    assert upgrade.upgrade(store.addresses).current
    assert read(owner, STEPS.format("proposal_history")) == steps
    assert read(owner, "SELECT state FROM lode.proposal_step") == [("declined",)]
    assert read(
        owner,
        "SELECT number, field, value, cited, reason, at::date::text FROM lode.current_override ORDER BY number",
    ) == [
        (3, "age", "Jurassic", "a map", "read there", "2026-02-01"),
        (5, "position", [12.5, -8], "a map", "surveyed", "2026-02-03"),
        (6, "position_accuracy_m", 40, "a map", "surveyed", "2026-02-04"),
    ]
    kinds = "SELECT kind, detail ->> 'unit', detail ->> 'crs' FROM lode.current_decision ORDER BY at"
    assert read(owner, kinds) == [("value", None, None), ("position", None, "OGC:CRS84"), ("value", "m", None)]
    waiting = (
        "SELECT detail ->> 'proposal' FROM lode.unserved u JOIN lode.decision d ON d.id::text = u.subject AND d.kind = what"
    )
    assert read(owner, waiting) == [("4",)]
    assert read(owner, "SELECT count(*) FROM lode.audit WHERE action ~ 'value|position|proposal'") == [(0,)]

    upgrade.run_downgrade(store.addresses, BEFORE)
    assert read(owner, STEPS.format("proposal_step")) == steps
    assert read(owner, "SELECT what, subject FROM lode.unserved") == [("value", "value 4")]
    assert read(owner, "SELECT count(*) FROM lode.proposal") == [(6,)]
    assert upgrade.upgrade(store.addresses).current
    assert read(owner, STEPS.format("proposal_history")) == steps


def test_a_step_that_repeats_the_state_before_is_no_decision(
    store: Store, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    owner.execute("INSERT INTO lode.proposal_step (number, account, state) VALUES (3, 'wang', 'accepted')")
    assert upgrade.upgrade(store.addresses).current
    accepted = "SELECT account FROM lode.proposal_history WHERE number = 3 AND state = 'accepted'"
    assert read(owner, accepted) == [("li",)]
