"""API keys: a random token is shown once when a key is created; only its hash is stored."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from lodebase.db.schema.identity_tables import api_key
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg

MARK = "lode_"
"""The prefix of every token, so that scanners for leaked secrets recognise it."""
RANDOM_BYTES = 32
PREFIX_LENGTH = len(MARK) + 6
"""The number of leading characters of a token that lists show."""
MAX_TOKEN_LENGTH = 200
MAX_NAME_LENGTH, MAX_OWNER_LENGTH, MAX_PER_DAY = 80, 200, 2**31 - 1
LISTED = tuple(column for column in api_key.c if column.name != "hash")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An active key with its own quotas; None means that the site's settings apply."""

    number: int
    per_minute: int | None
    per_day: int | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """The properties of a key to create."""

    name: str
    owner: str
    per_minute: int | None = None
    per_day: int | None = None


def add(connection: Connection, new: NewKey) -> tuple[int, str]:
    """Create a key and return its number and its token, which is not stored. Raise BadQuery for a value out of range."""
    _require_length("name", new.name, MAX_NAME_LENGTH)
    _require_length("owner", new.owner, MAX_OWNER_LENGTH)
    for field, quota in (("per_minute", new.per_minute), ("per_day", new.per_day)):
        if quota is not None and not 1 <= quota <= MAX_PER_DAY:
            raise BadQuery(
                field,
                str(quota),
                msg(
                    '%(parameter)s must be a whole number from 1 to %(most)s or be left empty, not "%(value)s".',
                    most=MAX_PER_DAY,
                ),
            )
    token = MARK + secrets.token_urlsafe(RANDOM_BYTES)
    row = {
        "name": new.name,
        "owner": new.owner,
        "prefix": token[:PREFIX_LENGTH],
        "hash": hash_api_token(token),
        "per_minute": new.per_minute,
        "per_day": new.per_day,
    }
    return int(connection.execute(insert(api_key).values(row).returning(api_key.c.number)).scalar_one()), token


def read_api_keys(connection: Connection) -> list[dict[str, Any]]:
    """Return all keys without their hashes, latest first."""
    return [dict(row) for row in connection.execute(select(*LISTED).order_by(api_key.c.number.desc())).mappings()]


def revoke(connection: Connection, number: int) -> None:
    """Revoke a key permanently; a revoked key is unchanged. Raise NotFound if there is none of this number."""
    own = api_key.c.number == min(number, MAX_PER_DAY)
    if connection.scalar(select(api_key.c.number).where(own)) is None:
        raise NotFound(msg("There is no API key %(number)s.", number=number))
    connection.execute(update(api_key).where(own, api_key.c.revoked_at.is_(None)).values(revoked_at=func.now()))


def find(connection: Connection, token: str) -> ApiKey | None:
    """Return the key of a token, None if it does not exist or was revoked.

    The time of use is updated if the stored one is more than a minute old.
    """
    if len(token) > MAX_TOKEN_LENGTH or not token.startswith(MARK):
        return None
    valid = (api_key.c.hash == hash_api_token(token), api_key.c.revoked_at.is_(None))
    used_lately = api_key.c.last_used_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 1)
    columns = (api_key.c.number, api_key.c.per_minute, api_key.c.per_day, used_lately.label("used_lately"))
    row = connection.execute(select(*columns).where(*valid)).first()
    if row is None:
        return None
    if not row.used_lately:
        idle = or_(api_key.c.last_used_at.is_(None), ~used_lately)
        connection.execute(update(api_key).where(api_key.c.number == row.number, idle).values(last_used_at=func.now()))
    return ApiKey(row.number, row.per_minute, row.per_day)


def hash_api_token(token: str) -> str:
    """Return the stored form of a token. A plain hash is enough: nobody can guess 256 random bits."""
    return sha256(token.encode()).hexdigest()


def _require_length(field: str, value: str, longest: int) -> None:
    if not 1 <= len(value) <= longest or not value.isprintable():
        raise BadQuery(
            field,
            value[:20],
            msg("%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=longest),
        )
