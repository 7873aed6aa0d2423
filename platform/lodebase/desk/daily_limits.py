"""Limits of what anybody may send within a day, by a table of tries; a trigger deletes those that are older."""

from collections.abc import Mapping

from sqlalchemy import Engine, Table, func, insert, select

from lodebase.desk.writing import writing
from lodebase.errors import TooManyTries
from lodedata.messages import Message


def require_few(engine: Engine, tries: Table, by: Mapping[str, str], most: Mapping[str, int], refusal: Message) -> None:
    """Store a try and raise TooManyTries above a limit.

    ``by`` has the values of the columns of the table, such as the client; ``most`` the limit of each as ``of_client``, and that
    of all tries as ``of_all``.
    """
    with writing(engine) as connection:
        connection.execute(insert(tries).inline().values(**by))
    counts = [func.count().filter(tries.c[name] == value).label(f"of_{name}") for name, value in by.items()]
    # counted after it was stored, so that many simultaneous tries count one another
    with writing(engine) as connection:
        row = connection.execute(select(*counts, func.count().label("of_all")).select_from(tries)).one()
    if any(getattr(row, what) > limit for what, limit in most.items()):
        raise TooManyTries(refusal)
