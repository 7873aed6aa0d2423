"""History from the first day: each change keeps what was before with its span, and versions count the commits."""

import random
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import Connection, errors

from lodebase.db.schema import history_tables, tables
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.rows import DERIVED
from lodedata.kinds import KINDS

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

THING = "commodity_group, main_commodity, major_commodities, commodities, sources, search_text"
OF_COPPER = "'copper', 'copper', '{copper}', '{copper}', '{test}', 'test'"
INSERTS = {
    "deposit": f"INSERT INTO deposit (id, name_en, {THING}) VALUES ('d', 'before', {OF_COPPER})",
    "discovery": f"INSERT INTO discovery (id, name_en, {THING}) VALUES ('v', 'before', {OF_COPPER})",
    "project": f"INSERT INTO project (id, name_en, {THING}) VALUES ('p', 'before', {OF_COPPER})",
    "zone": "INSERT INTO zone (id, zone_kind, code, name_en, geom, sources) VALUES ('z', 'country', 'XX', 'before',"
    " ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326)), '{test}')",
    "estimate": "INSERT INTO estimate (id, deposit_id, ordinal, category, kind, combined, zone, source)"
    " VALUES ('d.e0', 'd', 0, 'inferred-mineral-resource', 'resource', false, 'before', 'test')",
    "estimate_measure": "INSERT INTO estimate_measure (estimate_id, commodity, grade_reported, grade_unit, grade_basis)"
    " VALUES ('d.e0', 'copper', 1, '%', 'metal')",
    "exploration_activity": "INSERT INTO exploration_activity (id, deposit_id, ordinal, reported, detail, source)"
    " VALUES ('d.a0', 'd', 0, 'drilled', 'before', 'test')",
    "phase": "INSERT INTO phase (id, project_id, ordinal, name, source) VALUES ('p.p0', 'p', 0, 'before', 'test')",
    "owner": "INSERT INTO owner (id, project_id, ordinal, name_en, role, source)"
    " VALUES ('p.o0', 'p', 0, 'before', 'owner', 'test')",
    "flag": "INSERT INTO flag (record_id, ordinal, rule, value, sentence_en, sentence_zh)"
    " VALUES ('d', 0, 'no-position', 'before', 'x', 'x')",
    "link": "INSERT INTO link (from_kind, from_id, relation, to_kind, to_id, source, reason)"
    " VALUES ('deposit', 'd', 'worked_by', 'project', 'p', 'test', 'before')",
    "reported_record": "INSERT INTO reported_record (record_id, kind, source, served_id, row, parts)"
    " VALUES ('d', 'deposit', 'before', 'd', '{}', '{}')",
    "named_organisation": "INSERT INTO named_organisation (record_kind, record_id, role, organisation_id)"
    " VALUES ('before', 'd', 'owner', 'o')",
}
CHANGES = {
    "estimate": "zone = 'after'",
    "estimate_measure": "grade_factor = 1, grade_pct = 1",
    "exploration_activity": "detail = 'after'",
    "phase": "name = 'after'",
    "flag": "value = 'after'",
    "link": "reason = 'after'",
    "reported_record": "source = 'after'",
    "named_organisation": "record_kind = 'after'",
}
USUAL_CHANGE = "name_en = 'after'"
AS_OF = """
SELECT {columns} FROM lode.{table} WHERE since_version <= {version}
UNION ALL
SELECT {columns} FROM lode_history.{table} WHERE since_version <= {version} AND until_version > {version}
ORDER BY 1, 2
"""
PARENTS_FIRST = ("deposit", "discovery", "project", "zone", "estimate", "estimate_measure", "exploration_activity", "phase")
ORDER = (*PARENTS_FIRST, "owner", "flag", "link", "reported_record", "named_organisation")


@pytest.fixture
def importer(store: Store) -> Iterator[Connection]:
    """The importer; a test commits what it does."""
    with psycopg.connect(write_conninfo(store.addresses.importer)) as made:
        yield made
        made.rollback()


def one(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def version(connection: Connection) -> int:
    return int(one(connection, "SELECT coalesce(max(version), 0) FROM dataset_version"))


def stored(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    """The spans of a table's earlier rows."""
    statement = f"SELECT since_version, until_version FROM lode_history.{table} ORDER BY 1, 2"
    return connection.execute(statement.encode()).fetchall()


def as_of(connection: Connection, at: int) -> dict[str, list[tuple[Any, ...]]]:
    """Every stored table as it was at a version."""
    found = {}
    for table in history_tables.VERSIONED:
        columns = ", ".join(f"{column.name}::text" for column in table.columns)
        statement = AS_OF.format(columns=columns, table=table.name, version=at)
        found[table.name] = sorted(connection.execute(statement.encode()).fetchall(), key=str)
    return found


def now(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every stored table as it is."""
    found = {}
    for table in history_tables.VERSIONED:
        columns = ", ".join(f"{column.name}::text" for column in table.columns)
        statement = f"SELECT {columns} FROM lode.{table.name}"
        found[table.name] = sorted(connection.execute(statement.encode()).fetchall(), key=str)
    return found


def do(connection: Connection, *statements: str) -> int:
    """Commit the statements in one transaction; the version it left."""
    for statement in statements:
        connection.execute(statement.encode())
    connection.commit()
    return version(connection)


def test_every_versioned_table_is_tested_here() -> None:
    # the tables of other kinds are declared as that of zones is
    as_zones = {name for name, kind in KINDS.items() if not kind.merged and name != "zone"}
    assert set(INSERTS) == set(ORDER) == {table.name for table in history_tables.VERSIONED} - as_zones


@pytest.mark.parametrize("table", ORDER)
def test_a_change_and_a_deletion_keep_the_row_with_its_span(importer: Connection, table: str) -> None:
    for parent in ORDER[: ORDER.index(table)]:
        do(importer, INSERTS[parent])
    made = do(importer, INSERTS[table])
    before = now(importer)
    changed = do(importer, f"UPDATE {table} SET {CHANGES.get(table, USUAL_CHANGE)}")
    after = now(importer)
    assert changed == made + 1
    assert stored(importer, table) == [(made, changed)]
    assert one(importer, f"SELECT since_version FROM {table}") == changed
    deleted = do(importer, f"DELETE FROM {table}")
    assert deleted == changed + 1
    assert stored(importer, table) == [(made, changed), (changed, deleted)]
    assert as_of(importer, made) == before
    assert as_of(importer, changed) == after
    assert as_of(importer, deleted) == now(importer)


@pytest.mark.parametrize("table", ORDER)
def test_an_update_that_changes_nothing_makes_no_version(importer: Connection, table: str) -> None:
    do(importer, *(INSERTS[name] for name in ORDER))
    at = version(importer)
    columns = [column.name for column in tables.metadata.tables[f"lode.{table}"].columns]
    columns = [name for name in columns if name not in DERIVED]
    columns = [name for name in columns if table != "project" or name not in ("status", "status_date")]
    assert do(importer, f"UPDATE {table} SET {', '.join(f'{name} = {name}' for name in columns)}") == at
    assert one(importer, f"SELECT since_version FROM {table}") == at
    assert stored(importer, table) == []


def test_the_deletion_of_a_record_keeps_its_children_too(importer: Connection) -> None:
    at = do(importer, *(INSERTS[name] for name in ORDER))
    before = now(importer)
    gone = do(importer, "DELETE FROM deposit", "DELETE FROM project")
    assert stored(importer, "estimate_measure") == stored(importer, "phase") == [(at, gone)]
    assert as_of(importer, at) == before


def test_two_changes_in_one_transaction_are_one_version(importer: Connection) -> None:
    made = do(importer, INSERTS["deposit"])
    changed = do(
        importer,
        "UPDATE deposit SET name_en = 'never seen'",
        INSERTS["project"],
        "UPDATE deposit SET name_en = 'after'",
    )
    assert changed == made + 1
    assert stored(importer, "deposit") == [(made, changed)]
    assert one(importer, "SELECT name_en FROM lode_history.deposit") == "before"


def test_what_came_and_went_in_one_transaction_was_never_there(importer: Connection) -> None:
    do(importer, INSERTS["deposit"], "UPDATE deposit SET name_en = 'after'", "DELETE FROM deposit")
    assert stored(importer, "deposit") == []


def test_a_row_deleted_and_made_again_in_one_transaction_changed_once(importer: Connection) -> None:
    made = do(importer, INSERTS["deposit"])
    again = do(importer, "DELETE FROM deposit", INSERTS["deposit"])
    assert stored(importer, "deposit") == [(made, again)]
    assert [len(as_of(importer, at)["deposit"]) for at in (made, again)] == [1, 1]


def test_nobody_can_say_since_when_a_row_is_what_it_is_but_the_store(importer: Connection) -> None:
    made = do(importer, INSERTS["deposit"])
    changed = do(importer, "UPDATE deposit SET name_en = 'after', since_version = 1000")
    assert one(importer, "SELECT since_version FROM deposit") == changed == made + 1
    assert do(importer, "UPDATE deposit SET since_version = 1000") == changed


def test_a_project_has_history_for_the_status_that_its_phases_give_it(importer: Connection) -> None:
    made = do(importer, INSERTS["project"])
    status = "status_reported = 'x', status_date = '2020-01-01', status_date_precision = 'year', status_source = 'test'"
    lives = do(importer, INSERTS["phase"], f"UPDATE phase SET status = 'operating', {status}, status_inferred = false")
    closed = do(importer, "UPDATE phase SET status = 'closed'")
    assert (made, lives, closed) == (1, 2, 3)
    rows = importer.execute(
        "SELECT status, since_version, until_version FROM lode_history.project UNION ALL"
        " SELECT status, since_version, NULL FROM project ORDER BY 2"
    ).fetchall()
    assert rows == [(None, 1, 2), ("operating", 2, 3), ("closed", 3, None)]


def test_a_rollback_leaves_no_gap(importer: Connection) -> None:
    do(importer, INSERTS["deposit"])
    importer.execute("UPDATE deposit SET name_en = 'never'")
    importer.rollback()
    do(importer, "UPDATE deposit SET name_en = 'after'")
    assert importer.execute("SELECT version FROM dataset_version ORDER BY 1").fetchall() == [(1,), (2,)]
    assert stored(importer, "deposit") == [(1, 2)]


def test_a_change_taken_back_to_a_savepoint_leaves_no_gap(importer: Connection) -> None:
    do(importer, INSERTS["deposit"])
    importer.execute("SAVEPOINT before")
    importer.execute("UPDATE deposit SET name_en = 'never'")
    importer.execute("ROLLBACK TO before")
    assert do(importer, "SELECT 1") == 1
    assert do(importer, "UPDATE deposit SET name_en = 'after'") == 2
    assert stored(importer, "deposit") == [(1, 2)]


def test_of_two_writers_the_second_waits_and_has_the_later_version(store: Store, importer: Connection) -> None:
    do(importer, INSERTS["deposit"], INSERTS["project"])
    with psycopg.connect(write_conninfo(store.addresses.importer)) as second:
        importer.execute("UPDATE deposit SET name_en = 'first'")
        worker = threading.Thread(target=do, args=(second, "UPDATE project SET name_en = 'second'"))
        worker.start()
        worker.join(0.3)
        assert worker.is_alive()
        importer.commit()
        worker.join(20)
    rows = importer.execute("SELECT name_en, since_version FROM deposit UNION SELECT name_en, since_version FROM project")
    assert sorted(rows.fetchall()) == [("first", 2), ("second", 3)]
    times = importer.execute("SELECT version, committed_at FROM dataset_version ORDER BY committed_at").fetchall()
    assert [row[0] for row in times] == [1, 2, 3]


def test_when_the_first_of_two_writers_gives_up_the_second_has_its_version(store: Store, importer: Connection) -> None:
    do(importer, INSERTS["deposit"], INSERTS["project"])
    with psycopg.connect(write_conninfo(store.addresses.importer)) as second:
        importer.execute("UPDATE deposit SET name_en = 'first'")
        worker = threading.Thread(target=do, args=(second, "UPDATE project SET name_en = 'second'"))
        worker.start()
        worker.join(0.2)
        importer.rollback()
        worker.join(20)
    assert one(importer, "SELECT since_version FROM project") == 2
    assert version(importer) == 2


def test_a_reader_sees_no_version_before_its_rows(store: Store, importer: Connection) -> None:
    do(importer, INSERTS["deposit"])
    with psycopg.connect(write_conninfo(store.addresses.site)) as reader:
        importer.execute("UPDATE deposit SET name_en = 'after'")
        assert version(reader) == 1
        assert one(reader, "SELECT name_en FROM deposit") == "before"
        reader.rollback()
        importer.commit()
        assert version(reader) == 2
        assert one(reader, "SELECT name_en FROM deposit") == "after"


def test_the_importer_can_not_rewrite_versions_or_history(importer: Connection) -> None:
    do(importer, INSERTS["deposit"])
    for statement in (
        "DELETE FROM dataset_version",
        "INSERT INTO dataset_version (version, committed_at) VALUES (9, now())",
        "UPDATE lode_history.deposit SET until_version = 0",
        "DELETE FROM lode_history.deposit",
        "INSERT INTO lode_history.deposit (until_version) VALUES (1)",
        "ALTER TABLE deposit DISABLE TRIGGER ALL",
        "TRUNCATE deposit",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            importer.execute(statement.encode())
        importer.rollback()


def test_the_store_as_of_every_version_can_be_rebuilt(importer: Connection) -> None:
    """Sixty transactions of inserts, updates and deletions at random, compared with what was seen at the time."""
    dice = random.Random(7)
    do(importer, *(INSERTS[name] for name in ORDER))
    seen = {version(importer): now(importer)}
    for _ in range(60):
        for _ in range(dice.randint(1, 3)):
            _random_change(importer, dice)
        importer.commit()
        seen[version(importer)] = now(importer)
    assert list(seen) == list(range(1, version(importer) + 1))
    assert len(seen) > 30
    for at, there in seen.items():
        assert as_of(importer, at) == there, f"as of {at}"


def _random_change(connection: Connection, dice: random.Random) -> None:
    table = dice.choice(ORDER)
    change = dice.choice(("insert", "update", "update", "delete"))
    word = f"w{dice.randint(0, 3)}"
    text = "grade_factor" if table == "estimate_measure" else CHANGES.get(table, USUAL_CHANGE).split(" = ")[0]
    new = "grade_factor = 1, grade_pct = 1" if table == "estimate_measure" else f"{text} = '{word}'"
    connection.execute("SAVEPOINT change")
    try:
        if change == "insert":
            connection.execute(INSERTS[table].replace("'before'", f"'{word}'").encode())
        elif change == "update":
            connection.execute(f"UPDATE {table} SET {new}".encode())
        else:
            connection.execute(f"DELETE FROM {table}".encode())
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute("SET CONSTRAINTS ALL DEFERRED")
    except errors.IntegrityError:
        # there already, or without its parent
        connection.execute("ROLLBACK TO change")


def test_an_import_is_one_version_and_names_its_run(own_table: "OwnTable") -> None:
    summary = own_table.load([{"id": "a"}, {"id": "b", "kind": "project"}])
    rows = own_table.all("SELECT version, run_id FROM dataset_version")
    assert rows == [(1, summary.run)]
    assert summary.dataset_version == 1
    assert own_table.load([{"id": "a"}, {"id": "b", "kind": "project"}]).dataset_version == 1
    assert own_table.load([{"id": "a", "name": "New"}, {"id": "b", "kind": "project"}]).dataset_version == 2
