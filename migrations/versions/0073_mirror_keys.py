"""Add the keys of the site that a store mirrors."""

from alembic import op

revision = "0073_mirror_keys"
down_revision = "0065_reviewed_acts"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE lode.mirror ADD COLUMN keys JSONB;
COMMENT ON TABLE lode.mirror IS 'The release and site that this store mirrors, digests of the files read, keys of the site; empty elsewhere.';
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_column("mirror", "keys", schema="lode")
