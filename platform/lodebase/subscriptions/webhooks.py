"""Webhooks: addresses that an account or an API key has called with the changes of records that match a filter.

A call that fails is repeated after growing waits; after the last one the webhook stops until its owner resumes it.
"""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.identity_tables import account, api_key
from lodebase.db.schema.subscription_tables import webhook
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound
from lodebase.subscriptions import change_queries, webhook_address
from lodedata.messages import msg

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1_440, 1_440))
"""The waits after the first failed call, the second and so on; after one more failure the webhook stops."""
MAX_WEBHOOKS = 20
"""The most webhooks of an owner."""
SECRET_MARK = "whsec_"
"""The prefix of a secret, as Standard Webhooks writes it before the base64 of the key."""
CHOOSE_FILTER = msg("Choose one of your saved filters.")
_NAMES = ("number", "owner", "url", "query", "made_at", "sent_version", "sent_at", "tries", "next_try_at", "last_error")
_COLUMNS = (*(webhook.c[name] for name in _NAMES), webhook.c.stopped_at, webhook.c.salt)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook; ``sent_version`` is the version of the data up to which changes were sent, ``tries`` the failures since."""

    number: int
    owner: str
    url: str
    query: str
    made_at: datetime
    sent_version: int
    sent_at: datetime | None
    tries: int
    next_try_at: datetime
    last_error: str | None
    stopped_at: datetime | None
    salt: str


def list_webhooks(connection: Connection, owner: str) -> tuple[Webhook, ...]:
    """Return the webhooks of an owner, latest first."""
    rows = connection.execute(select(*_COLUMNS).where(webhook.c.owner == owner).order_by(webhook.c.number.desc()))
    return tuple(map(_build_webhook, rows))


def add_webhook(
    connection: Connection, owner: str, url: str, query: str, version: int, own_hosts: frozenset[str] = frozenset()
) -> Webhook:
    """Store a webhook for changes after a version. Raise BadQuery for an address or a filter that can't be used."""
    values = {
        "owner": owner,
        "url": webhook_address.check_webhook_url(url, own_hosts),
        "query": change_queries.rewrite_canonical_text(query),
        "salt": secrets.token_urlsafe(16),
        "sent_version": version,
    }
    if len(list_webhooks(connection, owner)) >= MAX_WEBHOOKS:
        raise BadQuery("url", url[:80], msg("There are %(most)s webhooks already. Delete one first.", most=MAX_WEBHOOKS))
    return _build_webhook(connection.execute(insert(webhook).values(values).returning(*_COLUMNS)).one())


def resume_webhook(connection: Connection, owner: str, number: int) -> Webhook:
    """Have a webhook called again at once, from the changes that it did not get. Raise NotFound."""
    again = {"stopped_at": None, "tries": 0, "next_try_at": func.now(), "last_error": None}
    row = connection.execute(update(webhook).where(*_match_own(owner, number)).values(again).returning(*_COLUMNS)).first()
    if row is None:
        raise _build_missing_error(number)
    return _build_webhook(row)


def delete_webhook(connection: Connection, owner: str, number: int) -> None:
    """Delete a webhook. Raise NotFound if the owner has none of this number."""
    if connection.execute(delete(webhook).where(*_match_own(owner, number))).rowcount == 0:
        raise _build_missing_error(number)


def derive_signing_key(of: Webhook, site_secret: str) -> bytes:
    """Return the 32 bytes that sign the calls of a webhook; they follow from the site's secret and are not stored."""
    text = f"webhook {of.number} {of.salt}"
    return blake2b(text.encode(), key=site_secret.encode()[:64], digest_size=32).digest()


def secret_text(of: Webhook, site_secret: str) -> str:
    """Return the secret as its owner is shown it once."""
    return SECRET_MARK + base64.b64encode(derive_signing_key(of, site_secret)).decode()


def read_due_webhooks(connection: Connection, version: int) -> list[Webhook]:
    """Return the webhooks that were not sent a version of the data and whose wait is over, of owners that are still active."""
    c = webhook.c
    accounts = select("account:" + account.c.name).where(account.c.disabled.is_(False))
    keys = select(func.concat("key:", api_key.c.number)).where(api_key.c.revoked_at.is_(None))
    waiting = (c.sent_version < version, c.stopped_at.is_(None), c.next_try_at <= func.now())
    active = or_(c.owner.in_(accounts), c.owner.in_(keys))
    return [_build_webhook(row) for row in connection.execute(select(*_COLUMNS).where(*waiting, active).order_by(c.number))]


@contextmanager
def hold_webhook_call(engine: Engine, of: Webhook) -> Iterator[tuple[Connection, bool]]:
    """Yield a transaction and whether a webhook is still to be called in it; other runs skip it meanwhile."""
    c = webhook.c
    same = (c.number == of.number, c.sent_version == of.sent_version, c.tries == of.tries)
    with open_write_transaction(engine) as connection:
        locked = select(c.number).where(*same).with_for_update(skip_locked=True)
        yield connection, connection.execute(locked).first() is not None


def record_success(connection: Connection, of: Webhook, version: int) -> None:
    """Record that a webhook has the changes up to a version."""
    sent = {"sent_version": version, "sent_at": func.now(), "tries": 0, "next_try_at": func.now(), "last_error": None}
    connection.execute(update(webhook).where(webhook.c.number == of.number).values(sent))


def record_failure(connection: Connection, of: Webhook, reason: str) -> None:
    """Record a failed call: the next one is after a longer wait, and after the last wait the webhook stops."""
    tried: dict[str, Any] = {"tries": of.tries + 1, "last_error": reason[:300]}
    if of.tries < len(WAITS):
        tried["next_try_at"] = func.now() + WAITS[of.tries]
    else:
        tried["stopped_at"] = func.now()
    connection.execute(update(webhook).where(webhook.c.number == of.number).values(tried))


def _match_own(owner: str, number: int) -> tuple[Any, ...]:
    return webhook.c.owner == owner, webhook.c.number == min(number, MAX_BIGINT)


def _build_webhook(row: Row[Any]) -> Webhook:
    return Webhook(**row._mapping)


def _build_missing_error(number: int) -> NotFound:
    return NotFound(msg("There is no webhook %(number)s of yours.", number=number))
