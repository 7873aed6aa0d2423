"""Filters that an account or an API key saved under a name: listed, renamed and deleted by their owner alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.subscription_tables import saved_filter
from lodebase.errors import BadQuery, NotFound
from lodebase.subscriptions import change_queries
from lodedata.messages import msg

MAX_NAME_CHARACTERS = 80
MAX_FILTERS = 100
"""The most filters of an owner."""
_COLUMNS = tuple(saved_filter.c[name] for name in ("number", "name", "query", "made_at"))


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter with its name; ``query`` is the query string of the parameters that select records."""

    number: int
    name: str
    query: str
    made_at: datetime


def name_account_owner(name: str) -> str:
    """Return the owner that an account is."""
    return f"account:{name}"


def name_key_owner(number: int) -> str:
    """Return the owner that an API key is."""
    return f"key:{number}"


def list_filters(connection: Connection, owner: str) -> tuple[SavedFilter, ...]:
    """Return the filters of an owner by name."""
    c = saved_filter.c
    rows = connection.execute(select(*_COLUMNS).where(c.owner == owner).order_by(func.lower(c.name), c.number))
    return tuple(map(_filter, rows))


def find_filter(connection: Connection, owner: str, number: int) -> SavedFilter:
    """Return a filter of an owner. Raise NotFound if the owner has none of this number."""
    row = connection.execute(select(*_COLUMNS).where(*_match_own(owner, number))).first()
    if row is None:
        raise _build_missing_error(number)
    return _filter(row)


def add_filter(connection: Connection, owner: str, name: str, query: str) -> SavedFilter:
    """Save a filter. Raise BadQuery if the name is taken or the filter invalid, or above the most filters of an owner."""
    _require_name(name)
    values = {"owner": owner, "name": name, "query": change_queries.rewrite_canonical_text(query)}
    if len(list_filters(connection, owner)) >= MAX_FILTERS:
        sentence = msg("There are %(most)s saved filters already. Delete one first.", most=MAX_FILTERS)
        raise BadQuery("name", name[:40], sentence)
    row = connection.execute(insert(saved_filter).values(values).on_conflict_do_nothing().returning(*_COLUMNS)).first()
    if row is None:
        raise _build_taken_error(name)
    return _filter(row)


def rename_filter(connection: Connection, owner: str, number: int, name: str) -> SavedFilter:
    """Give a filter another name. Raise BadQuery if it is taken, NotFound if the owner has no such filter."""
    _require_name(name)
    c = saved_filter.c
    find_filter(connection, owner, number)
    if connection.scalar(select(exists().where(c.owner == owner, c.name == name, c.number != number))):
        raise _build_taken_error(name)
    renamed = update(saved_filter).where(*_match_own(owner, number)).values(name=name).returning(*_COLUMNS)
    return _filter(connection.execute(renamed).one())


def delete_filter(connection: Connection, owner: str, number: int) -> None:
    """Delete a filter. Raise NotFound if the owner has none of this number."""
    if connection.execute(delete(saved_filter).where(*_match_own(owner, number))).rowcount == 0:
        raise _build_missing_error(number)


def _match_own(owner: str, number: int) -> tuple[Any, ...]:
    return saved_filter.c.owner == owner, saved_filter.c.number == min(number, MAX_BIGINT)


def _filter(row: Row[Any]) -> SavedFilter:
    return SavedFilter(**row._mapping)


def _require_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS or not name.isprintable():
        sentence = msg(
            "%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=MAX_NAME_CHARACTERS
        )
        raise BadQuery("name", name[:20], sentence)


def _build_taken_error(name: str) -> BadQuery:
    return BadQuery("name", name[:80], msg('There is a saved filter "%(value)s" already. Choose another name.'))


def _build_missing_error(number: int) -> NotFound:
    return NotFound(msg("There is no saved filter %(number)s of yours.", number=number))
