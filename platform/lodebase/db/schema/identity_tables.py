"""The tables of accounts: who signs in and how, sessions, API keys, and the keys of the site."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from lodebase.db.schema.tables import build_now_column, metadata, write_code_condition

ROLES = ("reader", "contributor", "expert", "administrator")
"""The roles of accounts; each includes the rights of the one before."""
FACTORS = ("password", "code", "provider")
"""How a session was opened: by a password alone, with a one-time code, or by an identity provider."""
STEPS = ("password", "code")
FAILURES = ("password", "code", "provider")


account = Table(
    "account",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("stamp", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    build_now_column("made_at"),
    Column("subject", Text, unique=True),
    CheckConstraint(write_code_condition("role", ROLES), name="role"),
    CheckConstraint("length(subject) BETWEEN 1 AND 255", name="subject"),
    CheckConstraint("name ~ '^[a-z][a-z0-9._-]{1,39}$'", name="name"),
    comment="Who may sign in. A new stamp ends every session of the account.",
)

site_secret = Table(
    "site_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="What sessions are signed with; made by the first `lode db upgrade`.",
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("public_key", Text, nullable=False),
    Column("private_key", Text),
    build_now_column("made_at"),
    Column("retired_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_reason", Text),
    CheckConstraint("(private_key IS NULL) = (retired_at IS NOT NULL)", name="private"),
    CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
    CheckConstraint("trim(revoked_reason) <> ''", name="revoked_reason"),
    CheckConstraint("revoked_at IS NULL OR retired_at IS NOT NULL", name="revoked_is_retired"),
    Index("uq_signing_key_in_use", text("(retired_at IS NULL)"), unique=True, postgresql_where=text("retired_at IS NULL")),
    comment="Keys (Ed25519, as JWK) that sign evidence files; the private part of a retired key is deleted.",
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("name", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("step", Text, nullable=False, server_default="password"),
    Column("failed", Text),
    CheckConstraint(write_code_condition("step", STEPS), name="step"),
    CheckConstraint(write_code_condition("failed", FAILURES), name="failed"),
    Index("ix_sign_in_at", "at"),
    Index("ix_sign_in_opened", "name", "client", postgresql_where=text("opened")),
    comment="Sign-ins of the last 90 days and wrong tries of the last day, which limit tries; the client is a keyed hash.",
)

api_key = Table(
    "api_key",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("per_minute", Integer),
    Column("per_day", Integer),
    build_now_column("made_at"),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
    CheckConstraint("length(owner) BETWEEN 1 AND 200", name="owner"),
    CheckConstraint("per_minute > 0 AND per_day > 0", name="quota"),
    comment="Keys that programs send to have higher rate limits; the hash is the SHA-256 of a random token of 256 bits.",
)

session = Table(
    "session",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("account", Text, ForeignKey("lode.account.name", ondelete="CASCADE"), nullable=False),
    Column("stamp", Uuid, nullable=False),
    Column("factor", Text, nullable=False),
    build_now_column("made"),
    build_now_column("seen"),
    Column("client", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("enrolling", Text),
    CheckConstraint(write_code_condition("factor", FACTORS), name="factor"),
    CheckConstraint("length(id) = 64", name="id"),
    Index("ix_session_account", "account"),
    comment="Sessions of accounts, by the hash of what the cookie holds; deleted at sign-out, or a day after they began.",
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account", Text, ForeignKey("lode.account.name", ondelete="CASCADE"), primary_key=True),
    Column("secret", Text, nullable=False),
    build_now_column("made"),
    comment="Keys of one-time codes (TOTP, RFC 6238) of accounts; readable by the desk's role and the owner only.",
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account", Text, ForeignKey("lode.second_factor.account", ondelete="CASCADE"), primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("used_at", DateTime(timezone=True)),
    comment="Codes that replace a one-time code once each, as SHA-256 hashes.",
)

used_code = Table(
    "used_code",
    metadata,
    Column("account", Text, ForeignKey("lode.second_factor.account", ondelete="CASCADE"), primary_key=True),
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    build_now_column(),
    comment="Time steps whose one-time code was used, so that none is accepted twice.",
)
