"""Accounts of people whom an outside identity provider knows, and the one way in which the site may make one.

Revision ID: 0021
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

# The site's writing role can make no account of another kind: none with a password, no administrator.
ADMIT = """
CREATE FUNCTION lode.admit(name_ text, subject_ text, role_ text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  IF subject_ IS NULL OR role_ IS NULL OR role_ NOT IN ('contributor', 'expert') THEN
    RAISE EXCEPTION 'nobody is admitted as %', role_ USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('lode.account', name_, true);
  INSERT INTO account (name, role, subject) VALUES (name_, role_, subject_) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$
"""
SIGNATURE = "lode.admit(text, text, text)"
UNTOLD = "'name', 'password_hash', 'stamp'"


def upgrade() -> None:
    op.add_column("account", sa.Column("subject", sa.Text()), schema="lode")
    op.create_unique_constraint("uq_account_subject", "account", ["subject"], schema="lode")
    op.execute("ALTER TABLE lode.account ADD CONSTRAINT ck_account_subject CHECK (length(subject) BETWEEN 1 AND 255)")
    op.execute(ADMIT)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO lode_desk")
    _note(f"{UNTOLD}, 'subject'")


def downgrade() -> None:
    _note(UNTOLD)
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.execute("ALTER TABLE lode.account DROP CONSTRAINT ck_account_subject")
    op.drop_constraint("uq_account_subject", "account", schema="lode")
    op.drop_column("account", "subject", schema="lode")


def _note(arguments: str) -> None:
    """The trail is kept for ever, so it tells that a subject changed and not what it is."""
    op.execute(
        "CREATE OR REPLACE TRIGGER note_change AFTER INSERT OR UPDATE ON lode.account FOR EACH ROW "
        f"EXECUTE FUNCTION lode.note_change({arguments})"
    )
