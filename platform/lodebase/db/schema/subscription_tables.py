"""The tables of subscriptions: mail about changes, saved filters, and webhooks."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Index, Integer, Table, Text, text

from lodebase.db.schema.tables import build_now_column, metadata, write_code_condition

SUBSCRIPTION_PERIODS = ("version", "month")
"""How often a subscription sends mail: after each version of the data, or once a month."""


subscription = Table(
    "subscription",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("address", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("period", Text, nullable=False),
    build_now_column("requested_at"),
    Column("token_hash", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("sent_version", Integer),
    Column("sent_at", DateTime(timezone=True)),
    CheckConstraint(write_code_condition("period", SUBSCRIPTION_PERIODS), name="period"),
    CheckConstraint("length(address) <= 254", name="address_not_overlong"),
    CheckConstraint("length(query) <= 4000", name="query_not_overlong"),
    CheckConstraint("(confirmed_at IS NULL) = (sent_version IS NULL)", name="confirmed_with_version"),
    Index("ix_subscription_address", text("lower(address)"), "query", unique=True),
    Index("ix_subscription_token", "token_hash", unique=True),
    comment="Addresses that get mail about changes of records that match a filter; deleted when they unsubscribe.",
)

subscription_try = Table(
    "subscription_try",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("client", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    comment="Clients and addresses of requests for subscriptions within the last day, as keyed hashes, to limit their number.",
)

SAVED_BY = r"^(account:.{1,100}|key:\d{1,10})$"
"""The owner of saved filters and webhooks: an account by name, or an API key by number."""

saved_filter = Table(
    "saved_filter",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    build_now_column("made_at"),
    CheckConstraint(f"owner ~ '{SAVED_BY}'", name="owner"),
    CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_not_overlong"),
    CheckConstraint("length(query) <= 4000", name="query_not_overlong"),
    Index("ix_saved_filter_owner", "owner", "name", unique=True),
    comment="Filters that an account or an API key saved under a name; deleted by their owner.",
)

webhook = Table(
    "webhook",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("salt", Text, nullable=False),
    build_now_column("made_at"),
    Column("sent_version", Integer, nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    build_now_column("next_try_at"),
    Column("last_error", Text),
    Column("stopped_at", DateTime(timezone=True)),
    CheckConstraint(f"owner ~ '{SAVED_BY}'", name="owner"),
    CheckConstraint("length(url) <= 2000", name="url_not_overlong"),
    CheckConstraint("length(query) <= 4000", name="query_not_overlong"),
    Index("ix_webhook_owner", "owner"),
    Index("ix_webhook_next_try_at", "next_try_at", postgresql_where=text("stopped_at IS NULL")),
    comment="Addresses that are called with changes of records that match a filter; the secret follows from the salt.",
)
