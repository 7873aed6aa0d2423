"""Limits of what anybody may send within a day, by a table of tries; a trigger deletes those that are older."""

from collections.abc import Mapping

from sqlalchemy import Engine, Table, func, insert, select, text

from lodebase.desk.writing import open_write_transaction
from lodebase.errors import TooManyTries
from lodedata.messages import Message

LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:name))")


def require_few(engine: Engine, tries: Table, by: Mapping[str, str], most: Mapping[str, int], refusal: Message) -> None:
    """Store a try, or raise TooManyTries above a limit and store none: who is refused uses up nothing of others.

    ``by`` has the values of the columns of the table, such as the client; ``most`` the limit of each as ``of_client``, and that
    of all tries as ``of_all``. Tries at the same time wait for one another.
    """
    counts = [func.count().filter(tries.c[name] == value).label(f"of_{name}") for name, value in by.items()]
    with open_write_transaction(engine) as connection:
        connection.execute(LOCK, {"name": tries.fullname})
        connection.execute(insert(tries).inline().values(**by))
        row = connection.execute(select(*counts, func.count().label("of_all")).select_from(tries)).one()
        if any(getattr(row, what) > limit for what, limit in most.items()):
            raise TooManyTries(refusal)
