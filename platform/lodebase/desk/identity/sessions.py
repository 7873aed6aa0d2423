"""Sessions of accounts in the store: opened at sign-in, listed, and ended on the server at sign-out."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_interface, ip_network
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from lodebase.db.schema.identity_tables import account, second_factor, session
from lodebase.desk.identity.accounts import Account
from lodebase.errors import NotFound
from lodedata.messages import msg

HOURS = 12
"""The hours after which a session expires."""
VALID = text("session.made > now() - make_interval(hours => :hours)").bindparams(hours=HOURS)
SEEN_EVERY = text("session.seen < now() - interval '1 minute'")
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: its number, its account, how it was opened, and whether the account has a second factor."""

    number: int
    account: Account
    factor: str
    enrolled: bool
    enrolling: str | None

    def missing(self, mode: str) -> str | None:
        """Return the step still required before the session may be used: ``code``, ``enrol`` or nothing.

        ``mode`` is the setting LODE_TOTP. An identity provider is assumed to have required its own second factor.
        """
        if mode == "off" or self.factor != "password":
            return None
        if self.enrolled:
            return "code"
        return "enrol" if mode == "required" and self.account.may("expert") else None


def begin(connection: Connection, of: Account, factor: str, address: str, agent: str) -> str:
    """Open a session and return its token, which is stored only in the cookie."""
    token = secrets.token_urlsafe(32)
    values = {"account": of.name, "stamp": of.stamp, "factor": factor, "client": shorten_address(address)}
    connection.execute(insert(session).inline().values(id=_hash_token(token), agent=shorten_agent(agent), **values))
    return token


def find(connection: Connection, token: str) -> Session | None:
    """Return the session of a token and update its last use; None if it ended or its account changed or is disabled."""
    columns = (
        session.c.number,
        session.c.factor,
        session.c.enrolling,
        account.c.name,
        account.c.role,
        account.c.stamp,
        second_factor.c.account.is_not(None).label("enrolled"),
    )
    joined = session.join(account, (account.c.name == session.c.account) & (account.c.stamp == session.c.stamp))
    joined = joined.outerjoin(second_factor, second_factor.c.account == session.c.account)
    statement = select(*columns).select_from(joined).where(session.c.id == _hash_token(token), ~account.c.disabled, VALID)
    row = connection.execute(statement).first()
    if row is None:
        return None
    connection.execute(update(session).where(session.c.number == row.number, SEEN_EVERY).values(seen=func.now()))
    owner = Account(row.name, row.role, str(row.stamp))
    return Session(row.number, owner, row.factor, row.enrolled, row.enrolling)


def confirm(connection: Connection, number: int) -> str:
    """Record that a session's one-time code was correct, and return its new token; the old one is void."""
    token = secrets.token_urlsafe(32)
    values = {"id": _hash_token(token), "factor": "code", "enrolling": None}
    connection.execute(update(session).where(session.c.number == number).values(**values))
    return token


def set_enrolling(connection: Connection, number: int, secret: str) -> None:
    """Store the key offered to a session until its first code confirms it."""
    connection.execute(update(session).where(session.c.number == number).values(enrolling=secret))


def read_open_sessions(connection: Connection, name: str | None = None) -> list[dict[str, Any]]:
    """Return the open sessions of an account, or of all accounts, latest use first."""
    c = session.c
    joined = session.join(account, (account.c.name == c.account) & (account.c.stamp == c.stamp))
    statement = select(c.number, c.account, c.factor, c.made, c.seen, c.client, c.agent).select_from(joined)
    statement = statement.where(VALID, ~account.c.disabled).order_by(c.seen.desc(), c.number.desc())
    if name is not None:
        statement = statement.where(c.account == name)
    return [dict(row) for row in connection.execute(statement).mappings()]


def end(connection: Connection, number: int, name: str | None = None) -> None:
    """End one session, of an account if one is given. Raise NotFound if there is none."""
    gone = delete(session).where(session.c.number == number).returning(session.c.number)
    if name is not None:
        gone = gone.where(session.c.account == name)
    if connection.execute(gone).first() is None:
        raise NotFound(msg("There is no open session %(number)s.", number=number))


def end_all(connection: Connection, name: str, but: int | None = None, only: int | None = None) -> int:
    """End the sessions of an account, all except one or only one of them; return the number ended."""
    gone = delete(session).where(session.c.account == name)
    if but is not None:
        gone = gone.where(session.c.number != but)
    if only is not None:
        gone = gone.where(session.c.number == only)
    return int(connection.execute(gone).rowcount)


def shorten_address(address: str) -> str:
    """Return the network of an address: /24 of IPv4, /48 of IPv6; an empty text if it is not an address."""
    try:
        ip = ip_interface(address).ip
    except ValueError:
        return ""
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def shorten_agent(agent: str) -> str:
    """Return the browser and system that a User-Agent names, such as ``Firefox, Linux``."""
    browser = next((name for mark, name in BROWSERS if mark in agent), None)
    system = next((name for name in SYSTEMS if name in agent), None)
    return ", ".join(name for name in (browser, system) if name)


def _hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()
