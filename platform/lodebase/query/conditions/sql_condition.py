"""A condition that CQL2 does not express, declared with a filter of rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.collections_ import Collection
from lodebase.query.conditions.condition import Condition

Match = Callable[[Collection, FromClause], ColumnElement[bool]]
"""What builds a condition on the rows of a table of a collection; its values are bound by name."""


@dataclass(frozen=True, slots=True)
class SqlCondition(Condition[Match]):
    """A function that builds SQL, and its values. Conditions of one ``match`` have one SQL text."""

    rank: ClassVar[int] = 4
    match: Match
    values: tuple[tuple[str, Any], ...] = ()
    """The bound values by the names that ``match`` gives them; a tuple is bound as a list."""
    require_version: Callable[[Connection, int], None] | None = None
    """Raises BadQuery for an earlier version of which what is compared is not stored."""

    @property
    def form(self) -> Match:
        """Return the function."""
        return self.match

    @property
    def order_key(self) -> str:
        """Return the name of the function."""
        return f"{self.match.__module__}.{self.match.__qualname__}"

    def list_bound_values(self) -> dict[str, Any]:
        """Return the values to bind."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self.values}

    @classmethod
    def build(cls, form: Match, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
        """Return the SQL condition that the function builds."""
        return form(collection, table)

    def check_version(self, connection: Connection, version: int) -> None:
        """Raise BadQuery for an earlier version of which what is compared is not stored."""
        if self.require_version is not None:
            self.require_version(connection, version)
