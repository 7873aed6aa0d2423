"""Literals and lists of values in SQL expressions."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, cast, literal_column
from sqlalchemy.dialects.postgresql import ARRAY, TEXT


def write_fixed_literal(value: str | int) -> ColumnElement[Any]:
    """Return one of our own constants as a literal of the SQL text, so that only a query's own values are bound."""
    return literal_column(repr(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'")


def bind_text_list(name: str) -> ColumnElement[Any]:
    """Return a bound list of texts."""
    return cast(bindparam(name), ARRAY(TEXT))
