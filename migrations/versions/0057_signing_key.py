"""Add the keys that sign evidence files."""

from alembic import op

revision = "0057_signing_key"
down_revision = "0056_right_application"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE lode.signing_key (
  kid TEXT NOT NULL,
  public_key TEXT NOT NULL,
  private_key TEXT,
  made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  retired_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_signing_key PRIMARY KEY (kid),
  CONSTRAINT ck_signing_key_private CHECK ((private_key IS NULL) = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX uq_signing_key_in_use ON lode.signing_key ((retired_at IS NULL)) WHERE retired_at IS NULL;
COMMENT ON TABLE lode.signing_key IS 'Keys (Ed25519, as JWK) that sign evidence files; the private part of a retired key is deleted.';
GRANT SELECT ON lode.signing_key TO lode_desk;
GRANT SELECT (kid, public_key, made_at, retired_at) ON lode.signing_key TO lode_site;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("signing_key", schema="lode")
