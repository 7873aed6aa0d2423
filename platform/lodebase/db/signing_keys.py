"""The keys that sign evidence files: one in use, and the public parts of those before it.

A key is made by the first `lode db upgrade`. The site reads it through the role of the desk and can't change it; the role that
serves pages reads the public parts only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, func, insert, select, update

from lodebase.db.schema.identity_tables import signing_key
from lodebase.errors import BadQuery, DatabaseUnfit, NotFound
from lodedata.messages import msg

MAX_KEY_REASON_CHARACTERS = 500
CURVE: Final = "Ed25519"
ALGORITHM = "Ed25519"
"""The curve (RFC 8032) and its name as a JWS algorithm (RFC 9864)."""

Jwk = dict[str, Any]
REVOKED = "revoked"
"""The member of a published key that was revoked: ``revoked_at`` in seconds since 1970 and the ``reason``, as in the historical
keys of OpenID Federation 1.0, 8.7."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public part of a key as a JWK (RFC 7517), with the times at which it was made and retired."""

    kid: str
    jwk: Jwk
    made_at: datetime
    retired_at: datetime | None
    revoked_at: datetime | None = None
    revoked_reason: str | None = None


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


def revoke(connection: Connection, kid: str, reason: str) -> str | None:
    """Revoke a key with a reason; return the ``kid`` of a new key if the revoked one was in use, else None.

    Raise NotFound for an unknown key, BadQuery without a reason or for one that is revoked already.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_KEY_REASON_CHARACTERS:
        raise BadQuery(
            "reason", reason[:20], msg("Give the reason, in up to %(most)s characters.", most=MAX_KEY_REASON_CHARACTERS)
        )
    row = connection.execute(select(signing_key.c.retired_at, signing_key.c.revoked_at).where(signing_key.c.kid == kid)).first()
    if row is None:
        raise NotFound(msg("There is no key %(kid)s. List them with `lode signing-key list`.", kid=kid[:64]))
    if row.revoked_at is not None:
        raise BadQuery("kid", kid[:64], msg("The key %(value)s is revoked already."))
    new = rotate(connection) if row.retired_at is None else None
    values = {"revoked_at": func.now(), "revoked_reason": reason}
    connection.execute(update(signing_key).where(signing_key.c.kid == kid).values(values))
    return new


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
    columns = (c.kid, c.public_key, c.made_at, c.retired_at, c.revoked_at, c.revoked_reason)
    statement = select(*columns).order_by(c.retired_at.desc().nulls_first(), c.kid)
    rows = connection.execute(statement)
    return [
        PublicKey(row.kid, _build_public_key(row), row.made_at, row.retired_at, row.revoked_at, row.revoked_reason)
        for row in rows
    ]


def _build_public_key(row: Any) -> Jwk:
    """Return the public part of a key, with when and why it was revoked."""
    jwk: Jwk = orjson.loads(row.public_key)
    if row.revoked_at is not None:
        jwk[REVOKED] = {"revoked_at": int(row.revoked_at.timestamp()), "reason": row.revoked_reason}
    return jwk


def _make(connection: Connection) -> str:
    key = OKPKey.generate_key(CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    kid = str(key.kid)
    public, private = (orjson.dumps(key.as_dict(private=is_private)).decode() for is_private in (False, True))
    connection.execute(insert(signing_key).values(kid=kid, public_key=public, private_key=private))
    return kid
