"""Write the migration of a new record kind or of a new field, from its declaration.

``python -m lodebase.db.new_migration claim`` makes the tables of a kind, ``deposit.ore_controls`` the columns of a field.
The statements go into a file of their own, so that they stay as they are when the declaration changes.
"""

import sys
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateColumn

from lodebase.db.schema import kind_tables
from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.schema.tables import SERVED
from lodebase.db.upgrade import build_alembic_config
from lodedata.kinds import KINDS

_MODULE = '''"""{title}; {revision}.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "{revision}"
down_revision = "{down}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={{"no_parameters": True}})


def downgrade() -> None:
{downgrade}
'''
_DROP_KIND = """    op.execute("DELETE FROM lode.collection_state WHERE collection = '{collection}'")
    for schema in ("lode", "lode_history"):
        op.drop_table("{name}", schema=schema)"""
_DROP_FIELD = """    for schema in ("lode", "lode_history"):
        op.drop_column("{kind}", "{name}", schema=schema)"""


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
        lines, downgrade = _write_column(kind, field), _DROP_FIELD.format(kind=kind, name=field)
    else:
        title = f"Add {KINDS[kind].title_en.lower()}"
        lines, downgrade = (
            list(kind_tables.write_kind_table_statements(kind)),
            _DROP_KIND.format(collection=KINDS[kind].collection, name=kind),
        )
    module = Path(scripts.versions) / f"{revision}.py"
    module.with_suffix(".sql").write_text(";\n".join((*lines, "")), "utf-8")
    module.write_text(_MODULE.format(title=title, revision=revision, down=down, downgrade=downgrade), "utf-8")
    return module


def _write_column(kind: str, field: str) -> list[str]:
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    tables = (SERVED[kind], HISTORY[kind])
    return [f"ALTER TABLE {table.fullname} ADD {CreateColumn(table.c[field]).compile(dialect=dialect)}" for table in tables]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(write(name))
