"""Which version of the data a request asks for: the last one, one of a number, or that of a moment."""

from datetime import datetime

from lodebase.download import order
from lodebase.errors import BadQuery
from lodebase.query import instants, state
from lodeweb.database import site
from lodeweb.http import read_replica


def version(text: str | None, name: str = "as_of") -> tuple[int, datetime]:
    """The dataset version that is asked for, the last one where none is, and when it came. Raises BadQuery.

    Four digits are a year, unless there are as many versions.
    """
    if text is not None:
        _require_known(name, text)
    now = state.version(site().engine)
    if text is None:
        return now.number, order.moment(now.committed_at)
    if text.isascii() and text.isdigit() and len(text) < 10 and not (len(text) == 4 and int(text) > now.number):
        number = int(text)
        if number > now.number:
            raise BadQuery(name, text, f"is no version yet; the last one is {now.number}")
        return number, order.moment(state.committed_at(site().engine, number))
    then = state.version_at(site().engine, instants.moment(name, text))
    return then.number, order.moment(then.committed_at)


def _require_known(name: str, text: str) -> None:
    """Read from the primary where the replica may not have the version yet."""
    replica = site().replica
    if replica is None:
        return
    if text.isascii() and text.isdigit() and len(text) < 10:
        read_replica.require_version(replica, int(text))
    else:
        read_replica.require_moment(replica, instants.moment(name, text))
