"""Subscriptions: an address and a filter, confirmed by a link in a mail; deleted when they end or are never confirmed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.subscription_tables import SUBSCRIPTION_PERIODS, subscription, subscription_try
from lodebase.desk import daily_limits
from lodebase.desk.identity import sign_in
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound
from lodebase.subscriptions.change_queries import MAX_QUERY_LENGTH
from lodedata.messages import msg

CONFIRM_DAYS = 3
"""Days within which a subscription has to be confirmed."""
MAX_SUBSCRIPTIONS_PER_DAY = {"of_recipient": 3, "of_client": 10, "of_all": 300}
"""The maximum number of requests per day: for one address, from one client, and in total."""
EXPIRES_LATER = subscription.c.requested_at >= func.now() - timedelta(days=CONFIRM_DAYS)
EXPIRED = subscription.c.confirmed_at.is_(None) & ~EXPIRES_LATER
SINCE_LAST_MONTH = text("date_trunc('month', sent_at, 'UTC') < date_trunc('month', now(), 'UTC')")
OF = tuple(
    subscription.c[name] for name in ("number", "address", "query", "language", "period", "confirmed_at", "sent_version")
)


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a reader enters: the address, the filter as a query string, the language of the mail and how often it comes."""

    address: str
    query: str
    language: str
    period: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription; ``sent_version`` is the version up to which changes were sent, None before it is confirmed."""

    number: int
    address: str
    query: str
    language: str
    period: str
    confirmed_at: datetime | None
    sent_version: int | None


def request(engine: Engine, wanted: SubscriptionRequest, client: str, secret: str) -> tuple[Subscription, str | None]:
    """Store a request and return the subscription with the token that confirms it, None if it is confirmed already.

    Raise BadQuery if the filter is too long or the period unknown, TooManyTries above the daily limits.
    """
    if wanted.period not in SUBSCRIPTION_PERIODS:
        among = list(SUBSCRIPTION_PERIODS)
        raise BadQuery(
            "period", wanted.period[:40], msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=among)
        )
    if len(wanted.query) > MAX_QUERY_LENGTH:
        raise BadQuery(
            "query",
            wanted.query[:20],
            msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_QUERY_LENGTH),
        )
    by = {"client": client, "recipient": sign_in.hash_client_address(secret, f"recipient {wanted.address.lower()}")}
    refusal = msg("Too many subscriptions were requested today. Try again tomorrow.")
    daily_limits.require_few(engine, subscription_try, by, MAX_SUBSCRIPTIONS_PER_DAY, refusal)
    token = secrets.token_urlsafe(16)
    values = {"token_hash": _hash_token(token), "language": wanted.language, "period": wanted.period}
    insertion = insert_or_update(subscription).values(address=wanted.address, query=wanted.query, **values)
    insertion = insertion.on_conflict_do_update(
        index_elements=[text("lower(address)"), "query"],
        set_={**values, "requested_at": func.now()},
        where=subscription.c.confirmed_at.is_(None),
    )
    selection = select(*OF).where(
        func.lower(subscription.c.address) == wanted.address.lower(), subscription.c.query == wanted.query
    )
    with open_write_transaction(engine) as connection:
        row = connection.execute(insertion.returning(*OF)).first()
        if row is not None:
            return _build_subscription(row), token
        return _build_subscription(connection.execute(selection).one()), None


def read_requested_subscription(engine: Engine, token: str) -> Subscription:
    """Return the subscription that a token confirms. Raise NotFound if there is none or its time is over."""
    with open_write_transaction(engine) as connection:
        row = connection.execute(select(*OF).where(*_match_waiting(token))).first()
    if row is None:
        raise _build_missing_error()
    return _build_subscription(row)


def confirm(engine: Engine, token: str, version: int) -> Subscription:
    """Confirm a subscription, to changes after a version of the data. Raise NotFound as ``requested`` does."""
    confirmed = {"confirmed_at": func.now(), "token_hash": None, "sent_version": version, "sent_at": func.now()}
    with open_write_transaction(engine) as connection:
        row = connection.execute(update(subscription).where(*_match_waiting(token)).values(**confirmed).returning(*OF)).first()
    if row is None:
        raise _build_missing_error()
    return _build_subscription(row)


def end_token(of: Subscription, secret: str) -> str:
    """Return the token that ends a subscription; it is not stored, as each mail contains it."""
    return sign_in.hash_client_address(secret, f"end of subscription {of.number} {of.address}")


def find(engine: Engine, number: int, token: str, secret: str) -> Subscription | None:
    """Return the subscription that a token ends; None if it has ended. Raise NotFound for another token."""
    with open_write_transaction(engine) as connection:
        row = connection.execute(select(*OF).where(subscription.c.number == min(number, MAX_BIGINT))).first()
    if row is None:
        return None
    stored_subscription = _build_subscription(row)
    if not secrets.compare_digest(end_token(stored_subscription, secret).encode(), token.encode()):
        raise NotFound(msg("This link ends no subscription. Use the link of a message that you received."))
    return stored_subscription


def end(engine: Engine, number: int) -> None:
    """Delete a subscription with its address."""
    with open_write_transaction(engine) as connection:
        connection.execute(delete(subscription).where(subscription.c.number == number))


def forget(connection: Connection, address: str) -> int:
    """Delete all subscriptions of an address and return their number."""
    deletion = delete(subscription).where(func.lower(subscription.c.address) == address.strip().lower())
    return connection.execute(deletion).rowcount


def find_expired_subscriptions(connection: Connection) -> list[int]:
    """Return the numbers of subscriptions that were not confirmed in time."""
    return list(connection.scalars(select(subscription.c.number).where(EXPIRED).order_by(subscription.c.number)))


def delete_expired(connection: Connection) -> None:
    """Delete the subscriptions that were not confirmed in time."""
    connection.execute(delete(subscription).where(EXPIRED))


def read_due_subscriptions(connection: Connection, version: int) -> list[Subscription]:
    """Return the confirmed subscriptions that were not sent a version of the data yet and whose period is over."""
    c = subscription.c
    over = (c.period == "version") | SINCE_LAST_MONTH
    statement = select(*OF).where(c.sent_version < version, over).order_by(c.number)
    return [_build_subscription(row) for row in connection.execute(statement)]


@contextmanager
def record_subscription_sending(engine: Engine, of: Subscription, version: int) -> Iterator[bool]:
    """Yield whether a subscription is still to be sent a version, and record at the end that it was.

    Other runs skip the subscription meanwhile; after an error it stays due.
    """
    c = subscription.c
    locked = select(c.number).where(c.number == of.number, c.sent_version == of.sent_version).with_for_update(skip_locked=True)
    with open_write_transaction(engine) as connection:
        there = connection.execute(locked).first() is not None
        yield there
        if there:
            sent = {"sent_version": version, "sent_at": datetime.now(UTC)}
            connection.execute(update(subscription).where(c.number == of.number).values(**sent))


def _match_waiting(token: str) -> tuple[ColumnElement[bool], ...]:
    c = subscription.c
    return c.token_hash == _hash_token(token), c.confirmed_at.is_(None), EXPIRES_LATER


def _hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _build_subscription(row: Row[Any]) -> Subscription:
    return Subscription(**row._mapping)


def _build_missing_error() -> NotFound:
    sentence = msg("There is no subscription to confirm here: it is confirmed already, or more than %(days)s days old.")
    return NotFound(sentence.filled(days=CONFIRM_DAYS))
