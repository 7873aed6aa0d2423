"""Earlier versions of the data: set a transaction to read the views that show one."""

from dataclasses import replace

from sqlalchemy import Connection

from lodebase.db.engine import SEARCH_PATH
from lodebase.db.schema import tables
from lodebase.query.query import Query

AS_OF = "lode_as_of"
"""The schema whose views show each versioned table as it was at the version in ``lode.as_of``."""
SINCE = "lode_since"
"""The schema whose views show it as it was at the version in ``lode.since``."""
TRANSLATED = {tables.SCHEMA: AS_OF}
TURN = "SELECT set_config('lode.as_of', %(version)s, true), set_config('search_path', %(path)s, true)"
LAST = "SELECT coalesce(max(version), 0) FROM lode.dataset_version"


def settle_query_version(connection: Connection, query: Query) -> tuple[Query, bool]:
    """Return the query, without its version if that is the latest, and whether the transaction now shows an earlier one.

    Raise BadQuery if it filters by something that is not stored of its version.
    """
    if query.as_of is None:
        return query, False
    if query.as_of == connection.exec_driver_sql(LAST).scalar():
        return replace(query, as_of=None), False
    require_stored(connection, query, query.as_of)
    turn(connection, query.as_of)
    return query, True


def require_stored(connection: Connection, query: Query, version: int) -> None:
    """Raise BadQuery for a version of which something that the query filters by is not stored."""
    for condition in query.conditions:
        condition.check_version(connection, version)


def turn(connection: Connection, version: int) -> None:
    """Show the store as it was, to statements prepared for it, until the end of the transaction."""
    connection.exec_driver_sql(TURN, {"version": str(version), "path": f"{AS_OF},{SEARCH_PATH}"})
    connection.execution_options(schema_translate_map=TRANSLATED)
