"""Values by people are served: kept beside the testimony of the record that they were given for.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OLD = "What each source tells of a thing that is served as one record with others'; of a thing told once, nothing."
NEW = "What each source tells of a thing that is served as one record with others', or with values that people gave."
MOMENTS = ("lode_then", "lode_since")
COLUMNS = "record_id, kind, source, served_id, row, parts, since_version"
# The last accepted value of each field of a record; one that was taken back uncovers the one before. Without who gave it.
STANDING = """
CREATE VIEW lode.override_standing AS
SELECT DISTINCT ON ({one}) p.number, {record} p.source, p.key, p.field, p.value, p.was, p.cited, p.reason, s.at
FROM lode.proposal p JOIN LATERAL (
  SELECT * FROM lode.proposal_step t WHERE t.number = p.number ORDER BY t.id DESC LIMIT 1) s ON s.state = 'accepted'
ORDER BY {one}, s.id DESC
"""
NOTE = """
CREATE FUNCTION lode.note_unserved_value() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  SELECT 'value', 'value ' || NEW.number, source, key FROM proposal WHERE number = NEW.number;
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$
"""
COUNT = (
    "CREATE TRIGGER count_version AFTER INSERT ON lode.proposal_step FOR EACH ROW "
    "WHEN (NEW.state <> 'declined') EXECUTE FUNCTION lode.count_version()"
)
COUNT_VERSION = """
CREATE FUNCTION lode.count_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  PERFORM current_version();
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.add_column("testimony", sa.Column("given", JSONB()), schema=schema)
    op.create_table_comment("testimony", NEW, schema="lode")
    _moments(f"{COLUMNS}, given")
    _standing("p.record_id, p.field", "p.record_id,")
    # serving makes the version now
    op.execute("DROP TRIGGER count_version ON lode.proposal_step")
    op.execute("DROP FUNCTION lode.count_version()")
    op.execute(NOTE)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.note_unserved_value() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER note_unserved AFTER INSERT ON lode.proposal_step FOR EACH ROW "
        "WHEN (NEW.state <> 'declined') EXECUTE FUNCTION lode.note_unserved_value()"
    )
    op.execute(
        "INSERT INTO lode.unserved (what, subject, source, key) "
        "SELECT 'value', 'value ' || number, source, key FROM lode.override_standing"
    )


def _moments(columns: str) -> None:
    for moment in MOMENTS:
        op.execute(
            f"CREATE OR REPLACE VIEW {moment}.testimony AS SELECT {columns} FROM lode.testimony "
            f"WHERE since_version <= {moment}.version() UNION ALL SELECT {columns} FROM lode_history.testimony "
            f"WHERE since_version <= {moment}.version() AND until_version > {moment}.version()"
        )


def _standing(one: str, record: str) -> None:
    op.execute("DROP VIEW IF EXISTS lode.override_standing")
    op.execute(STANDING.format(one=one, record=record))
    op.execute("GRANT SELECT ON lode.override_standing TO lode_site, lode_import, lode_desk")


def downgrade() -> None:
    op.execute("DROP TRIGGER note_unserved ON lode.proposal_step")
    op.execute("DROP FUNCTION lode.note_unserved_value()")
    op.execute(COUNT_VERSION)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.count_version() FROM PUBLIC")
    op.execute(COUNT)
    _standing("p.source, p.key, p.field", "")
    for moment in MOMENTS:
        op.execute(f"DROP VIEW {moment}.testimony")
    _moments(COLUMNS)
    for moment in MOMENTS:
        op.execute(f"GRANT SELECT ON {moment}.testimony TO lode_import, lode_site")
    for schema in ("lode", "lode_history"):
        op.drop_column("testimony", "given", schema=schema)
    op.create_table_comment("testimony", OLD, schema="lode")
