"""What people judged and is not served yet, so that it is served at once and not by the next import.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# An undoing goes by what it undoes. With the owner's rights: whoever judges may add here what follows from that, and nothing else.
NOTE = """
CREATE FUNCTION lode.note_unserved_judgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  VALUES ('judgement', coalesce(NEW.undoes, NEW.id)::text, NEW.a_source, NEW.a_key),
         ('judgement', coalesce(NEW.undoes, NEW.id)::text, NEW.b_source, NEW.b_key);
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$
"""
# What was judged before this step.
SO_FAR = """
INSERT INTO lode.unserved (what, subject, source, key)
SELECT 'judgement', id::text, a_source, a_key FROM lode.judgement
UNION ALL SELECT 'judgement', id::text, b_source, b_key FROM lode.judgement
"""


def upgrade() -> None:
    op.create_table(
        "unserved",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("what", "subject", "source", "key")),
        sa.Column("trouble", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_unserved"),
        schema="lode",
        comment="What people judged that the served records don't follow yet, by source row; gone once it is served.",
    )
    op.create_index("ix_unserved_subject", "unserved", ["subject"], schema="lode")
    op.execute(NOTE)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.note_unserved_judgement() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER note_unserved AFTER INSERT ON lode.judgement FOR EACH ROW EXECUTE FUNCTION lode.note_unserved_judgement()"
    )
    op.execute(SO_FAR)
    op.execute("GRANT SELECT, DELETE, UPDATE (trouble) ON lode.unserved TO lode_import")
    op.execute("GRANT SELECT ON lode.unserved TO lode_desk")


def downgrade() -> None:
    op.execute("DROP TRIGGER note_unserved ON lode.judgement")
    op.execute("DROP FUNCTION lode.note_unserved_judgement()")
    op.drop_table("unserved", schema="lode")
