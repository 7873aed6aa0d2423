"""Write the migration of a new record kind or of a new field, from its declaration.

``python -m lodebase.db.new_migration claim`` makes the tables of a kind, ``deposit.ore_controls`` the columns of a field.
The statements go into files of their own, so that they stay as they are when the declaration changes. A field that is counted
by value gets its counts too: the function that keeps them only adds what an import changes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import ARRAY, Table
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateColumn

from lodebase.db.schema import kind_tables
from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.schema.prepared_tables import COMBINATIONS
from lodebase.db.schema.tables import SCHEMA, SERVED
from lodebase.db.upgrade import build_alembic_config
from lodedata.kinds import KINDS

_MODULE = '''"""{title}; {revision}.sql and {revision}_down.sql in this folder have the statements."""

from pathlib import Path

from alembic import op

revision = "{revision}"
down_revision = "{down}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("{revision}.sql")


def downgrade() -> None:
    _run("{revision}_down.sql")


def _run(file: str) -> None:
    statements = Path(__file__).with_name(file).read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={{"no_parameters": True}})
'''


def write(declared: str) -> Path:
    """Write a migration after the newest one, for a kind or for a field given as ``kind.field``, and return its module.

    Raise KeyError for a kind or a field that is not declared.
    """
    kind, _, field = declared.partition(".")
    scripts = ScriptDirectory.from_config(build_alembic_config())
    down = scripts.get_current_head()
    assert down is not None
    revision = f"{int(down[:4]) + 1:04}_{field or kind}"
    if field:
        title = f"Add {field.replace('_', ' ')} to {KINDS[kind].title_en.lower()}"
        upgrade, downgrade = list(_write_field(kind, field)), list(_write_field_removal(kind, field))
    else:
        title = f"Add {KINDS[kind].title_en.lower()}"
        upgrade, downgrade = list(kind_tables.write_kind_table_statements(kind)), list(_write_kind_removal(kind))
    module = Path(scripts.versions) / f"{revision}.py"
    module.with_name(f"{revision}.sql").write_text(";\n".join((*upgrade, "")), "utf-8")
    module.with_name(f"{revision}_down.sql").write_text(";\n".join((*downgrade, "")), "utf-8")
    module.write_text(_MODULE.format(title=title, revision=revision, down=down), "utf-8")
    return module


def _write_kind_removal(kind: str) -> Iterator[str]:
    for table in ("collection_state", "facet_count"):
        yield f"DELETE FROM {SCHEMA}.{table} WHERE collection = '{KINDS[kind].collection}'"
    for of_kind in (SERVED[kind], HISTORY[kind]):
        yield f"DROP TABLE {of_kind.fullname}"


def _write_field(kind: str, field: str) -> Iterator[str]:
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    served = SERVED[kind]
    for table in _list_tables(kind, field):
        yield f"ALTER TABLE {table.fullname} ADD {CreateColumn(table.c[field]).compile(dialect=dialect)}"
    if not _is_counted(kind, field):
        return
    value = "''" if isinstance(served.c[field].type, ARRAY) else f"coalesce({field}::text, '')"
    yield (
        f"INSERT INTO {SCHEMA}.facet_count (collection, field, value, n)\n"
        f"SELECT '{KINDS[kind].collection}', '{field}', {value}, count(*) FROM {served.fullname} GROUP BY 3"
    )
    if kind in COMBINATIONS:
        yield from _write_combinations(kind, without=None)


def _write_field_removal(kind: str, field: str) -> Iterator[str]:
    for table in _list_tables(kind, field):
        yield f"ALTER TABLE {table.fullname} DROP {field}"
    if _is_counted(kind, field):
        yield f"DELETE FROM {SCHEMA}.facet_count WHERE collection = '{KINDS[kind].collection}' AND field = '{field}'"
        if kind in COMBINATIONS:
            yield from _write_combinations(kind, without=field)


def _write_combinations(kind: str, without: str | None) -> Iterator[str]:
    """Yield the statements that count the combinations anew: their keys are hashes of all values."""
    combinations = COMBINATIONS[kind]
    columns = ", ".join(column.name for column in combinations.c if column.name not in {"key", "n", without})
    yield f"DELETE FROM {combinations.fullname}"
    yield (
        f"INSERT INTO {combinations.fullname} (key, {columns}, n)\n"
        f"SELECT md5(ROW({columns})::text)::uuid, {columns}, count(*)\n"
        f"FROM {SERVED[kind].fullname} GROUP BY {columns}"
    )


def _list_tables(kind: str, field: str) -> list[Table]:
    tables = [SERVED[kind], HISTORY[kind]]
    return [*tables, COMBINATIONS[kind]] if kind in COMBINATIONS and _is_counted(kind, field) else tables


def _is_counted(kind: str, field: str) -> bool:
    return any(served.facet for served in KINDS[kind].served if served.name == field)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(write(name))
