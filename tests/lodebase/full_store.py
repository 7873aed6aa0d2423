"""A store with at least one row in every table, and what a test of backups compares of it."""

from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL

from lodebase.backup import TableState, table_states
from lodebase.db import engine as engines
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.decisions import judgements
from lodebase.desk.decisions.judgements import Judgement, JudgementRow
from lodebase.desk.identity import accounts
from lodebase.desk.writing import open_write_transaction

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

ROWS = (
    {"id": "a", "name": "Old Hill", "category": "inferred", "ore_mt": 5, "cu_pct": 1, "owner": "A Corp", "share": 40},
    {"id": "b", "kind": "project", "product": "copper", "status": "operating", "capacity_kt": 5, "owner": "A Corp"},
    {"id": "c", "kind": "discovery", "lon": "11.5432"},
    {"id": "bad", "ore_mt": -3},
)
MADE_UP = {
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "double precision": "0.5",
    "numeric": "1",
    "real": "0.5",
    "boolean": "true",
    "text": "'x'",
    "json": "'{}'",
    "jsonb": "'{}'",
    "bytea": "'\\x00ff'",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
    "date": "'2026-01-01'",
}
"""A value of each type, for tables that neither the imports nor the desk fill here."""
CHECKED = {
    "owner": "'account:expert'",
    "lode.session.id": "repeat('0', 64)",
    "factor": "'password'",
    "lode.saved_report.collection": "repeat('s', 24)",
    "lode.process_job.id": "repeat('0', 32)",
    "lode.process_job.state": "'accepted'",
    "lode.subscription.period": "'month'",
    "response": "'raw'",
    "state": "'declined'",
    "certainty": "'possibly'",
    "depth": "'not-known'",
    "lode.right_overlap.right_id": "'a'",
    "lode.right_overlap.other_id": "'b'",
    "lode.act_entry.state": "'waiting'",
    "lode.act_entry.sha256": "repeat('0', 64)",
    "media_type": "'application/pdf'",
    "month": "'2026-01'",
    "lode.monthly_report_step.state": "'draft'",
    "outcome": "'matched'",
    "lode.tailings_facility.geom": "ST_SetSRID(ST_MakePoint(1, 1), 4326)",
    "lode.drill_hole.geom": "ST_SetSRID(ST_MakePoint(1, 1), 4326)",
    "lode_history.drill_hole.geom": "ST_SetSRID(ST_MakePoint(1, 1), 4326)",
    "lode.drill_interval.to_m": "2",
    "lode.record_entry.form": "'rights'",
    "lode.record_entry.state": "'waiting'",
    "lode.record_entry.reviewed_by": "'other'",
    "lode.baseline_entry.state": "'waiting'",
    "lode.baseline_entry.baseline_reason": "'x'",
    "lode_history.tailings_facility.geom": "ST_SetSRID(ST_MakePoint(1, 1), 4326)",
    "geom": "ST_GeomFromText('MULTIPOLYGON(((1 1, 2 1, 2 2, 1 1)))', 4326)",
}
"""Values of columns that a constraint checks, by the column's name or that with its table."""
COLUMNS = """
SELECT attname, format_type(atttypid, NULL), attnotnull AND NOT atthasdef, (
  SELECT format('(SELECT %%I FROM %%s LIMIT 1)', f.attname, k.confrelid::regclass)
  FROM pg_constraint k JOIN pg_attribute f
    ON f.attrelid = k.confrelid AND f.attnum = k.confkey[array_position(k.conkey, a.attnum)]
  WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND a.attnum = ANY(k.conkey) LIMIT 1
) FROM pg_attribute a
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum
"""
"""Columns that a row is written to, each with its type and, where it refers to another table, a value there."""
OBJECTS = {
    "columns": "SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema LIKE 'lode%' ORDER BY 1, 2, 3",
    "functions": "SELECT oid::regprocedure::text, prosrc, prosecdef, proconfig FROM pg_proc"
    " WHERE pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'lode%') ORDER BY 1",
    "views": "SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname LIKE 'lode%' ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    " ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, translate(pg_get_constraintdef(oid), '()', '') FROM pg_constraint"
    " WHERE connamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'lode%') ORDER BY 1, 2",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname LIKE 'lode%' ORDER BY 1, 2",
    "sequences": "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname LIKE 'lode%'"
    " AND sequencename <> 'backup_id_seq' ORDER BY 1, 2",
    "rights of tables": "SELECT table_schema, table_name, grantee, privilege_type FROM information_schema.role_table_grants"
    " WHERE table_schema LIKE 'lode%' AND grantee IN ('lode_import', 'lode_site', 'lode_desk', 'PUBLIC') ORDER BY 1, 2, 3, 4",
    "rights of columns": "SELECT table_schema, table_name, column_name, grantee, privilege_type"
    " FROM information_schema.role_column_grants WHERE table_schema LIKE 'lode%'"
    " AND grantee IN ('lode_import', 'lode_site', 'lode_desk', 'PUBLIC') ORDER BY 1, 2, 3, 4, 5",
    "rights of functions": "SELECT routine_schema, routine_name, grantee FROM information_schema.role_routine_grants"
    " WHERE routine_schema LIKE 'lode%' AND grantee IN ('lode_import', 'lode_site', 'lode_desk', 'PUBLIC') ORDER BY 1, 2, 3",
}
"""What a store consists of besides rows; without owners, which differ between servers, the numbers of backups, which go
on, and the parentheses of conditions, which PostgreSQL writes anew."""
STRANGE_OWNERS = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE nspname LIKE 'lode%%' AND c.relowner <> %(owner)s::regrole
UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE nspname LIKE 'lode%%' AND p.proowner <> %(owner)s::regrole
"""


def fill(own_table: "OwnTable") -> None:
    """Import twice so that rows get a history, refuse a row, judge; then add a row to each table that is left empty."""
    own_table.load(ROWS)
    own_table.load([{**row, "name": f"Renamed {row['id']} 铜"} for row in ROWS])
    other = own_table.source().model_copy(update={"name": "other"})
    own_table.load([{"id": "a", "name": "Old Hill"}, {"id": "z", "name": "Renamed a"}], other)
    owner = engines.create_checked_engine(own_table.store.addresses.owner, "tests", pool_size=1)
    desk = engines.create_checked_engine(own_table.store.addresses.desk, "tests", pool_size=1)
    with open_write_transaction(owner) as connection:
        accounts.add(connection, "expert", "expert", "not a hash")
    with open_write_transaction(desk, "expert") as connection:
        judgements.judge(
            connection,
            Judgement(JudgementRow("test-table", "a"), JudgementRow("other", "a"), "same", None, "read both"),
            "expert",
        )
    owner.dispose()
    desk.dispose()
    _fill_empty_tables(own_table.store)


def states(store: Store) -> dict[str, TableState]:
    """Return rows and fingerprint of every table."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        names = table_states.read_table_names(connection, table_states.read_schema_names(connection))
        return table_states.read_table_states(connection, names)


def objects(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return columns, functions, views, triggers, constraints, indexes, sequences and rights of the store."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        # names are written with their schemas
        connection.execute("SET search_path = ''")
        return {name: connection.execute(statement.encode()).fetchall() for name, statement in OBJECTS.items()}


def strange_owners(store: Store) -> list[str]:
    """Return the objects of the store that do not belong to its owner."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        owner = store.addresses.owner.username
        return [row[0] for row in connection.execute(STRANGE_OWNERS, {"owner": owner})]


def _fill_empty_tables(store: Store) -> None:
    assert store.addresses.admin is not None
    empty = [name for name, state in states(store).items() if state.rows == 0]
    with psycopg.connect(write_conninfo(store.addresses.admin)) as connection:
        # without the guards, so that any row that meets its constraints will do
        connection.execute("SET session_replication_role = replica")
        columns = {name: connection.execute(COLUMNS, (name,)).fetchall() for name in empty}
        waiting = empty
        while waiting:
            # a table that refers to an empty one waits for the next round
            left = [name for name in waiting if not _insert(connection, name, columns[name])]
            assert len(left) < len(waiting), f"add values to CHECKED that {left} take"
            waiting = left


def _insert(connection: psycopg.Connection, table: str, columns: list[tuple[str, str, bool, str | None]]) -> bool:
    """Insert a row with all columns, or with the required ones where a constraint refuses that; return whether it did."""
    for chosen in (columns, [column for column in columns if column[2]]):
        listed = ", ".join(f'"{name}"' for name, *_ in chosen)
        values = ", ".join(_value(table, name, kind, reference) for name, kind, _, reference in chosen)
        try:
            with connection.transaction():
                connection.execute(SQL(f"INSERT INTO {table} ({listed}) VALUES ({values})"))
            return True
        except (psycopg.errors.CheckViolation, psycopg.errors.NotNullViolation):
            continue
    return False


def _value(table: str, column: str, kind: str, reference: str | None) -> str:
    checked = CHECKED.get(f"{table}.{column}") or CHECKED.get(column)
    return reference or checked or ("'{x}'" if kind.endswith("[]") else MADE_UP.get(kind, "NULL"))
