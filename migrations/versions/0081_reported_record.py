"""Rename the table of what each source reports of a record that several have, and the schemas of views `then` and `apart`."""

from alembic import op

revision = "0081_reported_record"
down_revision = "0077_filters_of_persons"
branch_labels = None
depends_on = None

NAMES = ("testimony", "reported_record")
STATEMENTS = """
ALTER TABLE lode.{old} RENAME TO {new};
ALTER TABLE lode.{new} RENAME CONSTRAINT pk_{old} TO pk_{new};
ALTER TABLE lode.{new} RENAME CONSTRAINT ck_{old}_kind TO ck_{new}_kind;
ALTER INDEX lode.ix_{old}_served_id RENAME TO ix_{new}_served_id;
ALTER TABLE lode_history.{old} RENAME TO {new};
COMMENT ON TABLE lode_history.{new} IS 'Earlier rows of {new}.';
ALTER INDEX lode_history.ix_history_{old} RENAME TO ix_history_{new};
ALTER INDEX lode_history.ix_history_{old}_served_id RENAME TO ix_history_{new}_served_id;
ALTER INDEX lode_history.ix_history_{old}_since_version RENAME TO ix_history_{new}_since_version;
ALTER INDEX lode_history.ix_history_{old}_until_version RENAME TO ix_history_{new}_until_version;
"""

SCHEMAS = (("lode_then", "lode_as_of"), ("lode_apart", "lode_reported"))


def upgrade() -> None:
    _rename(*NAMES)
    for old, new in SCHEMAS:
        op.execute(f"ALTER SCHEMA {old} RENAME TO {new}")


def downgrade() -> None:
    for old, new in SCHEMAS:
        op.execute(f"ALTER SCHEMA {new} RENAME TO {old}")
    _rename(*reversed(NAMES))


def _rename(old: str, new: str) -> None:
    op.get_bind().exec_driver_sql(STATEMENTS.format(old=old, new=new), execution_options={"no_parameters": True})
