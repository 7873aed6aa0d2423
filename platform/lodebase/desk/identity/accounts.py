"""Accounts: who may sign in and the role of each. Passwords are stored only as argon2id hashes."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from lodebase.db.schema.identity_tables import ROLES, account
from lodebase.desk.identity.passwords import Passwords
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import Message, msg

NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
SUBJECT_LONGEST = 255
"""The maximum length of a subject (OpenID Connect Core 1.0, section 2)."""
ADMIT = text("SELECT lode.admit(:name, :subject, :role)")
SAME_NAMES = 99
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 256

ROLE_NAMES: Mapping[str, Message] = {
    "reader": msg("reader"),
    "contributor": msg("contributor"),
    "expert": msg("expert"),
    "administrator": msg("administrator"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in account; a session records the stamp and ends when the stamp changes."""

    name: str
    role: str
    stamp: str

    def may(self, role: str) -> bool:
        """Return whether the account has the rights of a role."""
        return ROLES.index(self.role) >= ROLES.index(role)


def add(connection: Connection, name: str, role: str, password_hash: str | None, subject: str | None = None) -> None:
    """Create an account. Raise BadQuery if the name or subject is invalid or taken."""
    if not NAME.fullmatch(name):
        raise BadQuery(
            "name",
            name,
            msg(
                '"%(value)s" can\'t be the name of an account. Enter 2 to 40 lower-case letters, digits, dots, '
                "hyphens or underscores, a letter first."
            ),
        )
    if _read_row(connection, name) is not None:
        raise BadQuery("name", name, msg("There is an account %(value)s already. Choose another name."))
    if subject is not None:
        subject = require_free(connection, subject)
    connection.execute(insert(account).values(name=name, role=role, password_hash=password_hash, subject=subject))


def read_accounts(connection: Connection) -> list[dict[str, Any]]:
    """Return all accounts without their secrets, by name."""
    columns = account.c
    statement = select(columns.name, columns.role, columns.disabled, columns.subject, columns.made_at).order_by(columns.name)
    return [dict(row) for row in connection.execute(statement).mappings()]


def change(connection: Connection, name: str, **values: Any) -> None:
    """Change an account and end its sessions. Raise NotFound if there is none of this name."""
    changed = connection.execute(
        update(account).where(account.c.name == name).values(stamp=func.gen_random_uuid(), **values).returning(account.c.id)
    )
    if changed.first() is None:
        raise NotFound(msg("There is no account %(name)r.", name=name))


def find_account_by_password(connection: Connection, name: str, password: str, passwords: Passwords) -> Account | None:
    """Return the account with this name and password; an unknown name takes as long as a known one."""
    row = _read_row(connection, name)
    stored_hash = None if row is None or row["disabled"] else row["password_hash"]
    return _build_account(row) if passwords.verify(stored_hash, password) and row is not None else None


def has_account(connection: Connection, name: str) -> bool:
    """Return whether there is an account of this name, disabled or not."""
    return _read_row(connection, name) is not None


def find_account_by_subject(connection: Connection, subject: str) -> Account | None:
    """Return the account of a provider's subject; None if there is none or it is disabled."""
    row = _find_by_subject(connection, subject)
    return None if row is None else _build_account(row)


def create_subject_account(connection: Connection, called: str, subject: str, role: str) -> None:
    """Create an account without a password for a provider's subject, unless there is one, disabled or not.

    Its name is derived from the person's name, with a number appended if that is taken.
    """
    if _find_by_subject(connection, subject) is not None:
        return
    wanted = _name_of(called)
    for number in range(1, SAME_NAMES):
        name = wanted if number == 1 else f"{wanted[:37]}-{number}"
        if connection.scalar(ADMIT, {"name": name, "subject": normalise_subject(subject), "role": role}):
            return
        # the same person in another browser window
        if _find_by_subject(connection, subject) is not None:
            return


def normalise_subject(subject: str) -> str:
    """Return the stored form of a subject: a mail address in lower case, as providers ignore its case; others unchanged."""
    return subject.lower() if "@" in subject and subject.isascii() else subject


def require_free(connection: Connection, subject: str) -> str:
    """Return the stored form of a subject that no account has. Raise BadQuery if one has it."""
    if not (1 <= len(subject) <= SUBJECT_LONGEST and subject.isprintable()):
        raise BadQuery(
            "subject",
            subject,
            msg(
                '"%(value)s" can\'t be the name of a person at the provider. Enter 1 to %(longest)s printable characters.',
                longest=SUBJECT_LONGEST,
            ),
        )
    if _find_by_subject(connection, subject) is not None:
        raise BadQuery("subject", subject, msg('"%(value)s" opens another account already.'))
    return normalise_subject(subject)


def _read_row(connection: Connection, name: str) -> RowMapping | None:
    return connection.execute(select(account).where(account.c.name == name)).mappings().first()


def _find_by_subject(connection: Connection, subject: str) -> RowMapping | None:
    return connection.execute(select(account).where(account.c.subject == normalise_subject(subject))).mappings().first()


def _name_of(called: str) -> str:
    name = re.sub(r"[^a-z0-9._-]+", "-", called.lower()).strip("-._")[:40]
    return name if NAME.fullmatch(name) else "person"


def _build_account(row: RowMapping) -> Account | None:
    stamp: uuid.UUID = row["stamp"]
    return None if row["disabled"] else Account(row["name"], row["role"], str(stamp))
