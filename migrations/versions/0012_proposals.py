"""Values that people give beside those of the sources: proposed, reviewed, and standing once accepted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RECORD = ("collection", "record_id", "record_name", "source", "key", "field")
# The last accepted value of each field of a row; one that was taken back uncovers the one before. Without who gave it.
STANDING = """
CREATE VIEW lode.override_standing AS
SELECT DISTINCT ON (p.source, p.key, p.field) p.number, p.source, p.key, p.field, p.value, p.was, p.cited, p.reason, s.at
FROM lode.proposal p JOIN LATERAL (
  SELECT * FROM lode.proposal_step t WHERE t.number = p.number ORDER BY t.id DESC LIMIT 1) s ON s.state = 'accepted'
ORDER BY p.source, p.key, p.field, s.id DESC
"""
# What is accepted or taken back changes what is told of a record, so it is a version of the data.
COUNT_VERSION = """
CREATE FUNCTION lode.count_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  PERFORM current_version();
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in RECORD),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("was", JSONB()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("cited", "reason", "account")),
        sa.PrimaryKeyConstraint("number", name="pk_proposal"),
        schema="lode",
        comment="Values that people give beside those of the sources, each with the source that it is taken from and a reason.",
    )
    op.create_index("ix_proposal_source_key", "proposal", ["source", "key"], schema="lode")
    op.create_table(
        "proposal_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _at(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.CheckConstraint("state IN ('accepted', 'declined', 'withdrawn')", name="ck_proposal_step_state"),
        sa.ForeignKeyConstraint(["number"], ["lode.proposal.number"], name="fk_proposal_step_number"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_step"),
        schema="lode",
        comment="What became of a proposal; the last step is its state.",
    )
    op.create_index("ix_proposal_step_number", "proposal_step", ["number", "id"], schema="lode")
    _guards()


def _guards() -> None:
    op.execute(STANDING)
    op.execute(COUNT_VERSION)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.count_version() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER count_version AFTER INSERT ON lode.proposal_step FOR EACH ROW "
        "WHEN (NEW.state <> 'declined') EXECUTE FUNCTION lode.count_version()"
    )
    for table in ("proposal", "proposal_step"):
        op.execute(
            f"CREATE TRIGGER note_change AFTER INSERT ON lode.{table} FOR EACH ROW EXECUTE FUNCTION lode.note_change('number')"
        )
        op.execute(
            f"CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever()"
        )
    op.execute("GRANT SELECT ON lode.override_standing TO lode_site, lode_import, lode_desk")
    op.execute("GRANT SELECT ON lode.proposal, lode.proposal_step TO lode_desk")
    op.execute(f"GRANT INSERT ({', '.join(RECORD)}, value, was, cited, reason, account) ON lode.proposal TO lode_desk")
    op.execute("GRANT INSERT (number, account, state, words) ON lode.proposal_step TO lode_desk")


def _at() -> sa.Column:
    return sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def downgrade() -> None:
    op.execute("DROP VIEW lode.override_standing")
    for table in ("proposal_step", "proposal"):
        op.drop_table(table, schema="lode")
    op.execute("DROP FUNCTION lode.count_version()")
