"""Sign-ins are kept for 90 days, so that a client that has signed in under a name is known again.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

FORGET = """
CREATE OR REPLACE FUNCTION lode.forget_sign_ins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  DELETE FROM sign_in WHERE {old};
  RETURN NULL;
END $$
"""
WRONG_TRIES = "at < now() - interval '1 day' AND (NOT opened OR at < now() - interval '90 days')"
ALL = "at < now() - interval '1 day'"
COMMENT = "Sign-ins of the last 90 days and wrong tries of the last day, which limit tries; the client is a keyed hash."
COMMENT_BEFORE = "Tries to sign in of the last day, by which they are throttled; the client stands as a keyed hash."


def upgrade() -> None:
    op.execute(FORGET.format(old=WRONG_TRIES))
    op.create_index("ix_sign_in_opened", "sign_in", ["name", "client"], schema="lode", postgresql_where=sa.text("opened"))
    op.create_table_comment("sign_in", COMMENT, schema="lode")


def downgrade() -> None:
    op.create_table_comment("sign_in", COMMENT_BEFORE, schema="lode")
    op.drop_index("ix_sign_in_opened", table_name="sign_in", schema="lode")
    op.execute(FORGET.format(old=ALL))
