"""Kept layout reports: anybody keeps some, whoever knows their shelf reads them, the site can take none away."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FORGET = """
CREATE FUNCTION lode.forget_keep_tries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  DELETE FROM keep_try WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$
"""
KEPT = "shelf, note, candidate, product, data_version, rules_on, checksum, body"


def upgrade() -> None:
    op.create_table(
        "kept_report",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("candidate", JSONB(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("rules_on", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("shelf ~ '^[A-Za-z0-9_-]{24}$'", name="ck_kept_report_shelf"),
        sa.CheckConstraint("length(note) <= 200", name="ck_kept_report_note_not_overlong"),
        sa.CheckConstraint("octet_length(body) <= 4000000", name="ck_kept_report_not_overlong"),
        sa.PrimaryKeyConstraint("number", name="pk_kept_report"),
        schema="lode",
        comment="Layout reports that were kept, as gzipped JSON; a shelf is read by whoever knows its name, and by nobody else.",
    )
    op.create_index("ix_kept_report_shelf", "kept_report", ["shelf", "number"], schema="lode")
    # it is compressed already
    op.execute("ALTER TABLE lode.kept_report ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "keep_try",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keep_try"),
        schema="lode",
        comment="Who kept layout reports within the last day, as keyed hashes, so that nobody keeps too many.",
    )
    op.execute(FORGET)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.forget_keep_tries() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER forget_tries AFTER INSERT ON lode.keep_try FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_keep_tries()"
    )
    op.execute("GRANT SELECT ON lode.kept_report, lode.keep_try TO lode_desk")
    op.execute(f"GRANT INSERT ({KEPT}) ON lode.kept_report TO lode_desk")
    op.execute("GRANT INSERT (client) ON lode.keep_try TO lode_desk")


def _at() -> sa.Column:
    return sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def downgrade() -> None:
    op.drop_table("keep_try", schema="lode")
    op.drop_table("kept_report", schema="lode")
    op.execute("DROP FUNCTION lode.forget_keep_tries()")
