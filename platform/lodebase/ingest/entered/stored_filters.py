"""Names of persons in stored filters: saved ones, those of subscriptions and of webhooks, whose calls repeat them."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from psycopg import Connection
from psycopg.errors import CheckViolation, UniqueViolation
from psycopg.sql import SQL, Identifier

from lodebase.ingest.entered.stored_names import mask_names

TABLES = ("saved_filter", "subscription", "webhook")
QUERIES = "SELECT number, query FROM {} ORDER BY number"
STORE = "UPDATE {} SET query = %s WHERE number = %s"
DELETE = "DELETE FROM {} WHERE number = %s"
MAX_OF_NAME = 60
"""Characters of a masked name; its number follows, as names of one owner differ."""


def mask_filters(connection: Connection[Any], pattern: re.Pattern[str]) -> None:
    """Mask names in stored filters, in the names of saved ones and in errors of calls.

    A filter that equals another one of the same address then, or that is too long to be stored, is deleted.
    """
    for name in TABLES:
        table = Identifier("lode", name)
        for number, query in connection.execute(SQL(QUERIES).format(table)).fetchall():
            new = mask_query(query, pattern)
            if new != query:
                _store(connection, table, number, new)
    for number, name in connection.execute("SELECT number, name FROM lode.saved_filter").fetchall():
        new = mask_names(name, pattern)
        if new != name:
            values = (f"{new[:MAX_OF_NAME]} {number}", number)
            connection.execute("UPDATE lode.saved_filter SET name = %s WHERE number = %s", values)
    for number, error in connection.execute("SELECT number, last_error FROM lode.webhook WHERE last_error <> ''").fetchall():
        connection.execute("UPDATE lode.webhook SET last_error = %s WHERE number = %s", (mask_names(error, pattern), number))


def mask_query(query: str, pattern: re.Pattern[str]) -> str:
    """Return a query string with a mask for each name in its values, the same one if there is none."""
    pairs = parse_qsl(query, keep_blank_values=True)
    new = [(parameter, mask_names(value, pattern)) for parameter, value in pairs]
    return query if new == pairs else urlencode(new)


def _store(connection: Connection[Any], table: Identifier, number: int, query: str) -> None:
    try:
        with connection.transaction():
            connection.execute(SQL(STORE).format(table), (query, number))
    except (UniqueViolation, CheckViolation):
        connection.execute(SQL(DELETE).format(table), (number,))
