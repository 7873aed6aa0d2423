"""The keys that sign evidence files: one in use, and the public parts of those before it.

A key is made by the first `lode db upgrade`. The site reads it through the role of the desk and can't change it; the role that
serves pages reads the public parts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, func, insert, select, update

from lodebase.db.schema.desk_tables import signing_key
from lodebase.errors import DatabaseUnfit
from lodedata.messages import msg

CURVE: Final = "Ed25519"
ALGORITHM = "Ed25519"
"""The curve (RFC 8032) and its name as a JWS algorithm (RFC 9864)."""

Jwk = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public part of a key as a JWK (RFC 7517), with the times at which it was made and retired."""

    kid: str
    jwk: Jwk
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The key in use as a JWK with its private part; its ``kid`` is its thumbprint (RFC 7638)."""

    kid: str
    jwk: Jwk

    def __repr__(self) -> str:
        """Return the name of the key alone."""
        return f"PrivateKey(kid={self.kid!r})"


def make_first(connection: Connection) -> None:
    """Make a key if none is in use."""
    in_use = select(signing_key.c.kid).where(signing_key.c.retired_at.is_(None))
    if connection.scalar(in_use) is None:
        _make(connection)


def rotate(connection: Connection) -> str:
    """Make a new key, delete the private part of the one in use, and return the ``kid`` of the new one."""
    retired = update(signing_key).where(signing_key.c.retired_at.is_(None)).values(retired_at=func.now(), private_key=None)
    connection.execute(retired)
    return _make(connection)


def find_private(connection: Connection) -> PrivateKey:
    """Return the key in use. Raise DatabaseUnfit if there is none."""
    statement = select(signing_key.c.kid, signing_key.c.private_key).where(signing_key.c.retired_at.is_(None))
    row = connection.execute(statement).first()
    if row is None:
        raise DatabaseUnfit(msg("The store has no key to sign files with. Run `lode db upgrade`."))
    return PrivateKey(row.kid, orjson.loads(row.private_key))


def list_public(connection: Connection) -> Sequence[PublicKey]:
    """Return the public parts of all keys, the one in use first, then the latest."""
    c = signing_key.c
    statement = select(c.kid, c.public_key, c.made_at, c.retired_at).order_by(c.retired_at.desc().nulls_first(), c.kid)
    rows = connection.execute(statement)
    return [PublicKey(row.kid, orjson.loads(row.public_key), row.made_at, row.retired_at) for row in rows]


def _make(connection: Connection) -> str:
    key = OKPKey.generate_key(CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    kid = str(key.kid)
    public, private = (orjson.dumps(key.as_dict(private=one)).decode() for one in (False, True))
    connection.execute(insert(signing_key).values(kid=kid, public_key=public, private_key=private))
    return kid
