"""The store as it was at a version: a schema of views over rows of now and earlier ones.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What is kept, as of 0001; the views read the columns that both sides have when this runs.
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
SOURCE = (
    "name",
    "title_en",
    "title_zh",
    "publisher",
    "licence",
    "licence_name",
    "licence_url",
    "attribution",
    "citation",
    "version",
    "as_of",
    "homepage",
    "note_en",
    "note_zh",
)

# The version that lode.as_of names in this session; without it the views answer nothing, loudly.
VERSION = """
CREATE FUNCTION lode_then.version() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT current_setting('lode.as_of')::integer $$
"""

# A source's description ends with the next version of the data: what was made at a version cites the source as it was.
KEEP_SOURCE = """
CREATE FUNCTION lode.keep_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, lode_history, pg_temp AS $$
BEGIN
  INSERT INTO lode_history.source SELECT coalesce(nullif(current_setting('lode.version', true), '')::integer,
    (SELECT coalesce(max(version), 0) + 1 FROM dataset_version)), OLD.*;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("until_version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in SOURCE),
        schema="lode_history",
        comment="Earlier descriptions of sources.",
    )
    op.execute("GRANT SELECT ON lode_history.source TO lode_import, lode_site")
    op.execute(KEEP_SOURCE)
    op.execute(
        "CREATE TRIGGER keep_source AFTER UPDATE ON lode.source FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) "
        "EXECUTE FUNCTION lode.keep_source()"
    )
    op.execute("CREATE SCHEMA lode_then")
    op.execute(VERSION)
    for table in KEPT:
        names = _columns(table)
        op.execute(
            f"CREATE VIEW lode_then.{table} AS SELECT {names} FROM lode.{table} WHERE since_version <= lode_then.version() "
            f"UNION ALL SELECT {names} FROM lode_history.{table} "
            "WHERE since_version <= lode_then.version() AND until_version > lode_then.version()"
        )
    names = ", ".join(SOURCE)
    op.execute(
        f"CREATE VIEW lode_then.source AS SELECT DISTINCT ON (name) {names} FROM ("
        f"SELECT until_version, {names} FROM lode_history.source WHERE until_version > lode_then.version() "
        f"UNION ALL SELECT 2147483647, {names} FROM lode.source) s ORDER BY name, until_version"
    )
    op.execute(
        "CREATE VIEW lode_then.dataset_version AS SELECT * FROM lode.dataset_version WHERE version <= lode_then.version()"
    )
    op.execute("GRANT USAGE ON SCHEMA lode_then TO lode_import, lode_site")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lode_then TO lode_import, lode_site")


def _columns(table: str) -> str:
    """The columns of a table in its order; the history has them all."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_schema = 'lode' AND table_name = :name"
        ),
        {"name": table},
    )
    return str(found.scalar_one())


def downgrade() -> None:
    op.execute("DROP SCHEMA lode_then CASCADE")
    op.execute("DROP TRIGGER keep_source ON lode.source")
    op.execute("DROP FUNCTION lode.keep_source()")
    op.drop_table("source", schema="lode_history")
