"""The state of the store that a report is made of: now, or as it was at an earlier version; the same SQL reads either."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from lodebase.errors import NoSuchThing
from lodebase.query.reading import dataset_version, reading
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class SiteState:
    """One state of the store to ask."""

    connection: Connection
    version: int
    earlier: bool = False
    """Whether it is not the last one: what imports keep prepared is of the last one only."""

    def rows(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a statement, by the names of their columns."""
        return [dict(row) for row in self.connection.exec_driver_sql(statement, values).mappings()]


@contextmanager
def state(engine: Engine, version: int | None = None) -> Iterator[SiteState]:
    """The state at a version, the last one for None. Raises NoSuchThing for one that is not there, and what reading raises."""
    with reading(engine) as connection:
        last = dataset_version(connection)
        earlier = version is not None and version != last
        if version is not None and earlier:
            if not 0 < version < last:
                raise NoSuchThing(
                    msg("There is no version %(version)s of the data. The last one is %(last)s.", version=version, last=last)
                )
            connection.execute(text("SELECT set_config('lode.as_of', :version, true)"), {"version": str(version)})
            connection.execute(text("SET LOCAL search_path = lode_then, lode, public"))
        yield SiteState(connection, last if version is None else version, earlier)
