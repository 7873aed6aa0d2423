"""Accounts, judgements and the audit trail; a role of its own for what the site writes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PAIR = (
    "CASE WHEN (a_source, a_key) < (b_source, b_key) "
    "THEN a_source || chr(31) || a_key || chr(31) || b_source || chr(31) || b_key "
    "ELSE b_source || chr(31) || b_key || chr(31) || a_source || chr(31) || a_key END"
)

# Who did it stands in the row, else in the session's lode.account, else it was done by hand on the command line. The
# first argument is the column that names the row, the others are columns whose values nobody is told.
NOTE_CHANGE = """
CREATE FUNCTION lode.note_change() RETURNS trigger
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

KEEP_FOR_EVER = """
CREATE FUNCTION lode.keep_for_ever() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or taken away', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

FORGET_SIGN_INS = """
CREATE FUNCTION lode.forget_sign_ins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp AS $$
BEGIN
  DELETE FROM sign_in WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$
"""

# The last word on each pair: the latest row that was not undone.
STANDING = """
CREATE VIEW lode.judgement_standing AS
SELECT DISTINCT ON (j.pair) j.* FROM lode.judgement j
WHERE j.verdict <> 'withdrawn' AND NOT EXISTS (SELECT FROM lode.judgement u WHERE u.undoes = j.id)
ORDER BY j.pair, j.at DESC, j.number DESC
"""
PUBLIC = "id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, at, undoes, pair"
FUNCTIONS = ("note_change", "keep_for_ever", "forget_sign_ins")
TABLES = ("judgement", "audit", "sign_in", "site_secret", "account")


def _at(name: str = "at") -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    _accounts()
    _trail()
    _judgements()
    for function in (NOTE_CHANGE, KEEP_FOR_EVER, FORGET_SIGN_INS):
        op.execute(function)
    for function in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION lode.{function}() FROM PUBLIC")
    _note("account", "INSERT OR UPDATE", "'name', 'password_hash', 'stamp'")
    _note("judgement", "INSERT", "'id'")
    _note("sign_in", "INSERT", "'name', 'client'", "WHEN (NEW.opened) ")
    for table in ("judgement", "audit"):
        op.execute(
            f"CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON lode.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lode.keep_for_ever()"
        )
    op.execute(
        "CREATE TRIGGER forget_sign_ins AFTER INSERT ON lode.sign_in FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_sign_ins()"
    )
    op.execute(STANDING)
    _grant()


def _note(table: str, events: str, arguments: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER note_change AFTER {events} ON lode.{table} FOR EACH ROW {when}"
        f"EXECUTE FUNCTION lode.note_change({arguments})"
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stamp", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _at("made_at"),
        sa.CheckConstraint("role IN ('contributor', 'expert', 'administrator')", name="ck_account_role"),
        sa.CheckConstraint("name ~ '^[a-z][a-z0-9._-]{1,39}$'", name="ck_account_name"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        schema="lode",
        comment="Who may sign in. A new stamp ends every session of the account.",
    )
    op.create_table(
        "site_secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_site_secret"),
        schema="lode",
        comment="What sessions are signed with; made by the first `lode db upgrade`.",
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        schema="lode",
        comment="Tries to sign in of the last day, by which they are throttled; the client stands as a keyed hash.",
    )
    op.create_index("ix_sign_in_at", "sign_in", ["at"], schema="lode")


def _trail() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _at(),
        sa.Column("account", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("detail", JSONB(none_as_null=True)),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        schema="lode",
        comment="What was done by whom and when, written by triggers; it can be neither changed nor emptied.",
    )


def _judgements() -> None:
    op.create_table(
        "judgement",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("a_source", "a_key", "b_source", "b_key", "verdict")),
        sa.Column("relation", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("account", sa.Text(), nullable=False),
        _at(),
        sa.Column("undoes", sa.Uuid()),
        sa.Column("pair", sa.Text(), sa.Computed(PAIR, persisted=True)),
        sa.CheckConstraint("verdict IN ('same', 'different', 'linked', 'unsure', 'withdrawn')", name="ck_judgement_verdict"),
        sa.CheckConstraint("relation IN ('worked_by', 'works', 'became', 'contains', 'part_of')", name="ck_judgement_relation"),
        sa.CheckConstraint("(relation IS NOT NULL) = (verdict = 'linked')", name="ck_judgement_linked_tells_how"),
        sa.CheckConstraint("(undoes IS NOT NULL) = (verdict = 'withdrawn')", name="ck_judgement_withdrawn_tells_what"),
        sa.CheckConstraint("a_source <> b_source OR a_key <> b_key", name="ck_judgement_of_two"),
        sa.ForeignKeyConstraint(["undoes"], ["lode.judgement.id"], name="fk_judgement_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_judgement"),
        sa.UniqueConstraint("number", name="uq_judgement_number"),
        sa.UniqueConstraint("undoes", name="uq_judgement_undoes"),
        schema="lode",
        comment="What people said of two source rows, each time a row; undoing is a later row that names the undone one.",
    )
    op.create_index("ix_judgement_pair", "judgement", ["pair", "at", "number"], schema="lode")


def _grant() -> None:
    """The desk adds rows and changes none; readers see what was judged, not by whom."""
    op.execute("GRANT USAGE ON SCHEMA lode TO lode_desk")
    op.execute("GRANT SELECT ON lode.account, lode.site_secret, lode.sign_in, lode.audit TO lode_desk")
    op.execute("GRANT SELECT ON lode.judgement, lode.judgement_standing TO lode_desk, lode_import")
    op.execute("GRANT INSERT (name, client, opened) ON lode.sign_in TO lode_desk")
    op.execute(
        "GRANT INSERT (a_source, a_key, b_source, b_key, verdict, relation, reason, account, undoes) "
        "ON lode.judgement TO lode_desk"
    )
    op.execute(f"GRANT SELECT ({PUBLIC}) ON lode.judgement, lode.judgement_standing TO lode_site")


def downgrade() -> None:
    op.execute("DROP VIEW lode.judgement_standing")
    for table in TABLES:
        op.drop_table(table, schema="lode")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION lode.{function}()")
    op.execute("REVOKE USAGE ON SCHEMA lode FROM lode_desk")
