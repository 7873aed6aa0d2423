"""API keys, and the counts that rate limits are kept by.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("number", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer()),
        sa.Column("per_day", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name="ck_api_key_name"),
        sa.CheckConstraint("length(owner) BETWEEN 1 AND 200", name="ck_api_key_owner"),
        sa.CheckConstraint("per_minute > 0 AND per_day > 0", name="ck_api_key_quota"),
        sa.PrimaryKeyConstraint("number", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
        schema="lode",
        comment="Keys that programs send to have higher rate limits; the hash is the SHA-256 of a random token of 256 bits.",
    )
    op.create_table(
        "rate_count",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_count"),
        schema="lode",
        prefixes=["UNLOGGED"],
        comment="Requests of each client in the current window; not logged, so it is empty after a crash of the server.",
    )
    # each request updates a row: free space in its page makes the update one page and no index entry
    op.execute("ALTER TABLE lode.rate_count SET (fillfactor = 50, autovacuum_vacuum_threshold = 10000)")
    _grant()


def _grant() -> None:
    op.execute(
        "CREATE TRIGGER note_change AFTER INSERT OR UPDATE OF revoked_at ON lode.api_key FOR EACH ROW "
        "EXECUTE FUNCTION lode.note_change('number', 'hash')"
    )
    op.execute("GRANT SELECT ON lode.api_key TO lode_desk")
    op.execute("GRANT INSERT (name, owner, prefix, hash, per_minute, per_day) ON lode.api_key TO lode_desk")
    op.execute("GRANT UPDATE (last_used_at, revoked_at) ON lode.api_key TO lode_desk")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON lode.rate_count TO lode_desk")


def downgrade() -> None:
    op.drop_table("rate_count", schema="lode")
    op.drop_table("api_key", schema="lode")
