"""Reports of errors: what anybody sends, what the desk did about it, and what everybody may see of both."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FORGET_TRIES = """
CREATE FUNCTION lode.forget_tries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  DELETE FROM report_try WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$
"""

# Runs with its owner's rights: readers see no text that nobody at the desk has let them see, and never who answered.
PUBLIC = """
CREATE VIEW lode.report_public AS
SELECT r.number, r.at, r.collection, r.record_id, r.record_name, CASE WHEN s.shows_text THEN r.text END AS text,
       coalesce(s.state, 'open') AS state, s.answer, s.at AS answered_at
FROM lode.report r LEFT JOIN LATERAL (
  SELECT * FROM lode.report_step t WHERE t.number = r.number ORDER BY t.id DESC LIMIT 1) s ON true
"""
TABLES = ("report_try", "report_step", "report")


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("number", sa.BigInteger(), sa.Identity(start=1001), nullable=False),
        _at(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("collection", "record_id", "record_name", "text")),
        sa.CheckConstraint("length(text) <= 4000", name="ck_report_not_overlong"),
        sa.PrimaryKeyConstraint("number", name="pk_report"),
        schema="lode",
        comment="What anybody says is wrong with a record; nothing is kept of who says it.",
    )
    op.create_index("ix_report_record_id", "report", ["record_id"], schema="lode")
    op.create_table(
        "report_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _at(),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("shows_text", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'looking', 'corrected', 'declined', 'duplicate')", name="ck_report_step_state"),
        sa.ForeignKeyConstraint(["number"], ["lode.report.number"], name="fk_report_step_number"),
        sa.PrimaryKeyConstraint("id", name="pk_report_step"),
        schema="lode",
        comment="What the desk did about a report; the last step is its state.",
    )
    op.create_index("ix_report_step_number", "report_step", ["number", "id"], schema="lode")
    op.create_table(
        "report_try",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_try"),
        schema="lode",
        comment="Who sent reports within the last day, as keyed hashes, so that nobody sends too many.",
    )
    _guards()


def _guards() -> None:
    op.execute(FORGET_TRIES)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.forget_tries() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER forget_tries AFTER INSERT ON lode.report_try FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_tries()"
    )
    op.execute(
        "CREATE TRIGGER note_change AFTER INSERT ON lode.report_step FOR EACH ROW EXECUTE FUNCTION lode.note_change('number')"
    )
    op.execute(PUBLIC)
    op.execute("GRANT SELECT ON lode.report_public TO lode_site, lode_desk")
    op.execute("GRANT SELECT ON lode.report, lode.report_step, lode.report_try TO lode_desk")
    op.execute("GRANT INSERT (collection, record_id, record_name, text) ON lode.report TO lode_desk")
    op.execute("GRANT INSERT (number, account, state, answer, shows_text) ON lode.report_step TO lode_desk")
    op.execute("GRANT INSERT (client) ON lode.report_try TO lode_desk")


def _at() -> sa.Column:
    return sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def downgrade() -> None:
    op.execute("DROP VIEW lode.report_public")
    for table in TABLES:
        op.drop_table(table, schema="lode")
    op.execute("DROP FUNCTION lode.forget_tries()")
