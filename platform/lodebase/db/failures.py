"""Translation of database errors to the errors shown to users."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lodebase.errors import DatabaseAway, DiskFull, LodeError, NotInCrs, ReadOnlyMirror, StatementTimeout
from lodedata.messages import msg

QUERY_CANCELED = "57014"
INTERNAL_ERROR = "XX000"
DISK_FULL = "53100"
IN_MIRROR = "LDM01"
"""The state of ``refuse_in_mirror``, whose message is the address of the origin."""


def take_first_error_line(error: BaseException) -> str:
    """Return the first line of an error's text, of the driver's error if SQLAlchemy wraps one; its class if it has no text."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def describe_undone(error: psycopg.Error | DBAPIError) -> DiskFull | DatabaseAway:
    """Return the error to show for a change of the whole store that the database undid: its disk is full, or it went away."""
    if isinstance(error, psycopg.errors.DiskFull | psycopg.errors.OutOfMemory):
        return DiskFull(
            msg(
                "The database has no space left (%(message_primary)s); the store is unchanged. Free some and try again.",
                message_primary=error.diag.message_primary,
            )
        )
    return DatabaseAway(
        msg(
            "The connection to the database was lost; the store is unchanged (%(reason)s).", reason=take_first_error_line(error)
        )
    )


@contextmanager
def translate_db_errors() -> Iterator[None]:
    """Translate the database errors of the block: DatabaseAway, DiskFull, StatementTimeout, NotInCrs, ReadOnlyMirror."""
    try:
        yield
    except PoolTimeout:
        raise DatabaseAway(msg("Too many requests wait for the database. Try again in a moment.")) from None
    except DBAPIError as error:
        raise _translate_error(error.orig, error.connection_invalidated) or error from None
    except psycopg.Error as error:
        raise _translate_error(error, False) or error from None


def _translate_error(error: BaseException | None, lost: bool) -> LodeError | None:
    """Return the error to show to the user, or None for a fault of Lode itself."""
    state = getattr(error, "sqlstate", None)
    if state == QUERY_CANCELED:
        return StatementTimeout(msg("The query took longer than the limit. Request less at a time."))
    if state == INTERNAL_ERROR and "transform" in str(error):
        return NotInCrs(
            msg(
                "Some positions are too far from the area of this coordinate reference system. Request a box inside "
                "its area, or CRS84."
            )
        )
    if state == DISK_FULL:
        return DiskFull(
            msg(
                "The disk of the database is full, so that nothing can be saved; what is there can be read. The operator has "
                "to free some space. Try again later."
            )
        )
    if state == IN_MIRROR and isinstance(error, psycopg.Error):
        return ReadOnlyMirror(error.diag.message_primary or "")
    if lost or isinstance(error, psycopg.OperationalError):
        return DatabaseAway(msg("The database can't be reached. Try again in a moment."))
    return None
