"""What changed since a version is found by indexes: a second schema of views shows the store as it was before.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEPT = (
    "deposit",
    "discovery",
    "project",
    "zone",
    "estimate",
    "estimate_measure",
    "exploration_activity",
    "phase",
    "owner",
    "flag",
    "link",
)
CHILDREN = ("estimate", "estimate_measure", "exploration_activity", "phase", "owner", "flag")

# The version that lode.since names in this session.
VERSION = """
CREATE FUNCTION lode_since.version() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT current_setting('lode.since')::integer $$
"""
OWNERS = {
    "estimate": ("deposit_id", "discovery_id"),
    "exploration_activity": ("deposit_id",),
    "phase": ("project_id",),
    "owner": ("project_id",),
}
VIEWS = (*KEPT, "source", "dataset_version")


def upgrade() -> None:
    op.execute("CREATE SCHEMA lode_since")
    op.execute(VERSION)
    for view in VIEWS:
        shown = op.get_bind().execute(sa.text(f"SELECT pg_get_viewdef('lode_then.{view}'::regclass)")).scalar_one()
        op.execute(f"CREATE VIEW lode_since.{view} AS {shown.replace('lode_then.version()', 'lode_since.version()')}")
    op.execute("GRANT USAGE ON SCHEMA lode_since TO lode_import, lode_site")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lode_since TO lode_import, lode_site")
    for table in CHILDREN:
        op.create_index(f"ix_{table}_since_version", table, ["since_version"], schema="lode")
    for table in KEPT:
        op.create_index(f"ix_history_{table}_since_version", table, ["since_version"], schema="lode_history")
    for table, owners in OWNERS.items():
        for owner in owners:
            op.create_index(f"ix_history_{table}_{owner}", table, [owner], schema="lode_history")


def downgrade() -> None:
    for table, owners in OWNERS.items():
        for owner in owners:
            op.drop_index(f"ix_history_{table}_{owner}", table_name=table, schema="lode_history")
    for table in KEPT:
        op.drop_index(f"ix_history_{table}_since_version", table_name=table, schema="lode_history")
    for table in CHILDREN:
        op.drop_index(f"ix_{table}_since_version", table_name=table, schema="lode")
    op.execute("DROP SCHEMA lode_since CASCADE")
