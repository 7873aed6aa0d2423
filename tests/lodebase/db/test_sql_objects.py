"""Functions, views and triggers of a database are those of the files, in both directions, and are applied at upgrade."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text

from lodebase.db import engine as engines
from lodebase.db import sql_objects, upgrade
from lodebase.db.store import Store, write_conninfo
from lodebase.errors import DatabaseUnfit

ROOT = Path(__file__).parents[3]
FILES = sorted(sql_objects.FOLDER.rglob("*.sql"))
OBJECTS = """
SELECT pg_get_functiondef(oid) || coalesce(proacl::text, '') FROM pg_proc
WHERE pronamespace::regnamespace::text LIKE 'lode%'
UNION ALL
SELECT c.oid::regclass || pg_get_viewdef(c.oid) || coalesce(relacl::text, '')
  || (SELECT string_agg(attname || coalesce(attacl::text, ''), ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid)
FROM pg_class c WHERE relkind = 'v' AND relnamespace::regnamespace::text LIKE 'lode%'
UNION ALL
SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace::regnamespace::text LIKE 'lode%'
"""
STRANGE = (
    "CREATE FUNCTION lode.strange() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER strange AFTER INSERT ON lode.deposit EXECUTE FUNCTION lode.strange()",
    "CREATE VIEW lode_as_of.strange AS SELECT 1 AS one",
    "DROP TRIGGER keep_history_update ON lode.zone",
    "DROP VIEW lode.project_capacity",
    "CREATE OR REPLACE FUNCTION lode.morton_code(geom geometry) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint'",
    "REVOKE SELECT ON lode.report_public FROM lode_site",
    "COMMENT ON SCHEMA lode IS 'The store of Lode; SQL objects of checksum 0123456789abcdef'",
)
"""What an older version of Lode, or somebody, may have left."""


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(store.addresses.owner, "tests")
    yield made
    made.dispose()


def objects(connection: Connection) -> list[str]:
    """The definitions of all functions, views and triggers, with the rights to them."""
    return sorted(connection.scalars(text(OBJECTS)))


def test_a_database_has_the_objects_of_the_files_and_no_others(connection: Connection) -> None:
    before = objects(connection)
    assert len(before) > 150
    sql_objects.drop(connection)
    sql_objects.drop_functions(connection, needed=True)
    left = objects(connection)
    assert len(left) == len(sql_objects.NEEDED_BY_TABLES)
    sql_objects.prepare(connection)
    sql_objects.apply(connection)
    assert objects(connection) == before


def test_an_upgrade_brings_objects_of_another_version_to_those_of_the_files(store: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        before = objects(connection)
        for statement in STRANGE:
            connection.execute(text(statement))
        assert not set(objects(connection)) <= set(before)
    assert upgrade.upgrade(store.addresses).current
    with engine.connect() as connection:
        assert objects(connection) == before


def test_a_view_of_an_operator_that_uses_one_of_lode_is_one_sentence(store: Store, engine: Engine) -> None:
    assert store.addresses.admin is not None
    with psycopg.connect(write_conninfo(store.addresses.admin)) as admin:
        admin.execute("CREATE VIEW public.own AS SELECT * FROM lode.project_capacity")
    with engine.begin() as connection:
        before = objects(connection)
        connection.execute(text(STRANGE[-1]))
    sentence = (
        "The database refuses a step of the upgrade: cannot drop desired object(s) because other objects depend on them "
        "(view own depends on view project_capacity). Drop what is not Lode's, upgrade, and create it again."
    )
    with pytest.raises(DatabaseUnfit, match=f"^{re.escape(sentence)}$"):
        upgrade.upgrade(store.addresses)
    with engine.connect() as connection:
        assert objects(connection) == before


def test_an_upgrade_that_changes_nothing_waits_for_no_table(store: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE lode.deposit, lode.dataset_version IN ROW EXCLUSIVE MODE"))
        assert upgrade.upgrade(store.addresses).current


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_begins_with_what_it_does_and_creates_or_replaces(path: Path) -> None:
    sql = path.read_text("utf-8")
    assert sql.startswith("-- ")
    assert re.findall(r"^CREATE (?!OR REPLACE (?:FUNCTION|VIEW)|(?:CONSTRAINT )?TRIGGER)", sql, re.MULTILINE) == []
    functions = re.findall(r"FUNCTION lode\.(\S+)\(.*(?:RETURNS|OUT)", sql)
    assert functions in ([], [path.stem.replace("TABLE", "{{table}}")])
    assert max(map(len, sql.splitlines())) <= 128


def test_neither_a_migration_nor_a_module_has_the_text_of_a_function() -> None:
    sources = [path for folder in ("migrations", "geodata", "platform", "web/lodeweb") for path in (ROOT / folder).rglob("*.*")]
    assert len(sources) > 200
    made = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|VIEW|(CONSTRAINT )?TRIGGER)|pg_get_functiondef|LANGUAGE (sql|plpgsql)")
    sources = [path for path in sources if path.suffix in (".py", ".mako") or "versions" in path.parts]
    texts = {path: path.read_text("utf-8") for path in sources if path.suffix != ".pyc"}
    assert [path.name for path, source in texts.items() if made.search(source) and path.name != "sql_objects.py"] == []
