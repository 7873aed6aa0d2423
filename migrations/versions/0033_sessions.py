"""Sessions in the store, the second factor, failed sign-ins and the operator of commands in the audit trail.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# The first argument is the column that names the row, the others are columns whose values are masked. Rows that belong to
# an account name whose they are, not who changed them.
NOTE_CHANGE = """
CREATE OR REPLACE FUNCTION lode.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
DECLARE
  row_ jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  belongs boolean := TG_TABLE_NAME IN ('session', 'second_factor', 'recovery_code');
  failed boolean := TG_TABLE_NAME = 'sign_in' AND row_ ->> 'failed' IS NOT NULL;
  details jsonb;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (TG_ARGV[1:]) THEN '"***"'::jsonb ELSE value END) INTO details
    FROM jsonb_each(row_) WHERE before -> key IS DISTINCT FROM value AND (TG_OP = 'UPDATE' OR value <> 'null');
  END IF;
  INSERT INTO audit (account, action, subject, detail, operator) VALUES (
    coalesce(CASE WHEN NOT belongs THEN row_ ->> 'account' END, nullif(current_setting('lode.account', true), ''),
             CASE WHEN TG_TABLE_NAME = 'sign_in' AND NOT failed THEN row_ ->> 'name' END),
    TG_TABLE_NAME || ' ' || CASE WHEN failed THEN 'failed' ELSE lower(TG_OP) END, row_ ->> TG_ARGV[0], details,
    nullif(current_setting('lode.operator', true), ''));
  RETURN NULL;
END $$
"""
NOTE_CHANGE_BEFORE = """
CREATE OR REPLACE FUNCTION lode.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
DECLARE
  now_ jsonb := to_jsonb(NEW);
  was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  told jsonb;
BEGIN
  SELECT jsonb_object_agg(key, CASE WHEN key = ANY (TG_ARGV[1:]) THEN '"***"'::jsonb ELSE value END) INTO told
  FROM jsonb_each(now_) WHERE was -> key IS DISTINCT FROM value AND (TG_OP = 'UPDATE' OR value <> 'null');
  INSERT INTO audit (account, action, subject, detail) VALUES (
    coalesce(now_ ->> 'account', nullif(current_setting('lode.account', true), ''),
             CASE TG_TABLE_NAME WHEN 'sign_in' THEN now_ ->> 'name' END),
    TG_TABLE_NAME || ' ' || lower(TG_OP), now_ ->> TG_ARGV[0], told);
  RETURN NULL;
END $$
"""
# What a command of the operator did that no trigger sees, such as an import.
NOTE_COMMAND = """
CREATE FUNCTION lode.note_command(action_ text, subject_ text, detail_ jsonb, operator_ text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
  INSERT INTO audit (action, subject, detail, operator)
  VALUES ('command ' || left(action_, 40), left(subject_, 500), detail_, left(operator_, 500))
$$
"""
FORGET_SESSIONS = """
CREATE FUNCTION lode.forget_sessions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  DELETE FROM session WHERE made < now() - interval '1 day';
  DELETE FROM used_code WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$
"""
TABLES = ("used_code", "recovery_code", "second_factor", "session")


def upgrade() -> None:
    op.add_column("audit", sa.Column("operator", sa.Text()), schema="lode")
    op.add_column("sign_in", sa.Column("step", sa.Text(), server_default="password", nullable=False), schema="lode")
    op.add_column("sign_in", sa.Column("failed", sa.Text()), schema="lode")
    op.execute("ALTER TABLE lode.sign_in ADD CONSTRAINT ck_sign_in_step CHECK (step IN ('password', 'code'))")
    op.execute("ALTER TABLE lode.sign_in ADD CONSTRAINT ck_sign_in_failed CHECK (failed IN ('password', 'code', 'provider'))")
    _session()
    _second_factor()
    for function in (NOTE_CHANGE, NOTE_COMMAND, FORGET_SESSIONS):
        op.execute(function)
    op.execute("REVOKE EXECUTE ON FUNCTION lode.forget_sessions() FROM PUBLIC")
    op.execute("REVOKE EXECUTE ON FUNCTION lode.note_command(text, text, jsonb, text) FROM PUBLIC")
    _triggers()
    _grant()


def _at(name: str = "at") -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Uuid(), nullable=False),
        sa.Column("factor", sa.Text(), nullable=False),
        _at("made"),
        _at("seen"),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("enrolling", sa.Text()),
        sa.CheckConstraint("factor IN ('password', 'code', 'provider')", name="ck_session_factor"),
        sa.CheckConstraint("length(id) = 64", name="ck_session_id"),
        sa.ForeignKeyConstraint(["account"], ["lode.account.name"], name="fk_session_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_session"),
        sa.UniqueConstraint("id", name="uq_session_id"),
        schema="lode",
        comment="Sessions of accounts, by the hash of what the cookie holds; deleted at sign-out, or a day after they began.",
    )
    op.create_index("ix_session_account", "session", ["account"], schema="lode")


def _second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        _at("made"),
        sa.ForeignKeyConstraint(["account"], ["lode.account.name"], name="fk_second_factor_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account", name="pk_second_factor"),
        schema="lode",
        comment="Keys of one-time codes (TOTP, RFC 6238) of accounts; readable by the desk's role and the owner only.",
    )
    of_factor = {"refcolumns": ["lode.second_factor.account"], "ondelete": "CASCADE"}
    op.create_table(
        "recovery_code",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["account"], name="fk_recovery_code_account", **of_factor),
        sa.PrimaryKeyConstraint("account", "hash", name="pk_recovery_code"),
        schema="lode",
        comment="Codes that replace a one-time code once each, as SHA-256 hashes.",
    )
    op.create_table(
        "used_code",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        _at(),
        sa.ForeignKeyConstraint(["account"], name="fk_used_code_account", **of_factor),
        sa.PrimaryKeyConstraint("account", "step", name="pk_used_code"),
        schema="lode",
        comment="Time steps whose one-time code was used, so that none is accepted twice.",
    )


def _triggers() -> None:
    _note("sign_in", "note_failure", "INSERT", "'name', 'name'", "NEW.failed IS NOT NULL")
    # what expired is deleted without a line in the trail
    _note("session", "note_change", "DELETE", "'account'", "OLD.made > now() - interval '12 hours'")
    _note("second_factor", "note_change", "INSERT OR DELETE", "'account', 'secret'")
    _note("recovery_code", "note_change", "UPDATE", "'account', 'hash'")
    op.execute(
        "CREATE TRIGGER forget_sessions AFTER INSERT ON lode.session FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_sessions()"
    )


def _note(table: str, name: str, events: str, arguments: str, when: str = "") -> None:
    condition = f"WHEN ({when}) " if when else ""
    op.execute(
        f"CREATE TRIGGER {name} AFTER {events} ON lode.{table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION lode.note_change({arguments})"
    )


def _grant() -> None:
    """Give the desk's role what sessions and codes need; the site's reading role gets nothing."""
    op.execute("GRANT INSERT (step, failed) ON lode.sign_in TO lode_desk")
    op.execute("GRANT SELECT, DELETE ON lode.session, lode.second_factor, lode.recovery_code TO lode_desk")
    op.execute("GRANT INSERT (id, account, stamp, factor, client, agent) ON lode.session TO lode_desk")
    op.execute("GRANT UPDATE (id, factor, seen, enrolling) ON lode.session TO lode_desk")
    op.execute("GRANT INSERT (account, secret) ON lode.second_factor TO lode_desk")
    op.execute("GRANT INSERT (account, hash), UPDATE (used_at) ON lode.recovery_code TO lode_desk")
    op.execute("GRANT SELECT, INSERT (account, step) ON lode.used_code TO lode_desk")
    op.execute("GRANT EXECUTE ON FUNCTION lode.note_command(text, text, jsonb, text) TO lode_import")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table, schema="lode")
    op.execute("DROP TRIGGER note_failure ON lode.sign_in")
    op.execute("DROP FUNCTION lode.forget_sessions()")
    op.execute("DROP FUNCTION lode.note_command(text, text, jsonb, text)")
    op.execute(NOTE_CHANGE_BEFORE)
    # with them their constraints
    for table, column in (("sign_in", "failed"), ("sign_in", "step"), ("audit", "operator")):
        op.drop_column(table, column, schema="lode")
