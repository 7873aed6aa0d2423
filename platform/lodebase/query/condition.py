"""A condition of rows that CQL2 does not express."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, cast
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.collections_ import Collection

Match = Callable[[Collection, FromClause], ColumnElement[bool]]
"""What builds a condition on the rows of a table of a collection; its values are bound by name."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition and its values. Conditions of one ``match`` have one SQL text."""

    match: Match
    values: tuple[tuple[str, Any], ...] = ()
    """The bound values by the names that ``match`` gives them; a tuple is bound as a list."""
    require_version: Callable[[Connection, int], None] | None = None
    """Raises BadQuery for an earlier version of which what is compared is not stored."""

    def list_bound_values(self) -> dict[str, Any]:
        """Return the values to bind."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self.values}


def bind_text_list(name: str) -> ColumnElement[Any]:
    """Return a bound list of texts."""
    return cast(bindparam(name), ARRAY(TEXT))
