"""State of the store that a report reads, current or at an earlier version, with the same SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from lodebase.errors import NotFound
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.messages import msg

SqlValues = Mapping[str, Any]
"""The parameters of a statement by name, as the driver binds them."""
SqlRow = Mapping[str, Any]
"""A row of a statement by column name."""


@dataclass(frozen=True, slots=True)
class SiteState:
    """One state of the store."""

    connection: Connection
    version: int
    earlier: bool = False
    """Whether this is an earlier version or has internal records; imports prepare data for the current public ones only."""

    def rows(self, statement: str, values: SqlValues) -> list[SqlRow]:
        """Return the rows of a statement by column name."""
        return [dict(row) for row in self.connection.exec_driver_sql(statement, dict(values)).mappings()]


@contextmanager
def state_with_internal(desk: Engine) -> Iterator[SiteState]:
    """Yield the current state with the records that only people with a role read; the site's own login can't read it."""
    with open_reading(desk) as connection:
        connection.execute(text("SET LOCAL search_path = lode_all, lode, public"))
        yield SiteState(connection, read_dataset_version(connection), earlier=True)


@contextmanager
def state(engine: Engine, version: int | None = None) -> Iterator[SiteState]:
    """Yield the state at a version, None for the current one. Raises NotFound if missing, and the errors of reading."""
    with open_reading(engine) as connection:
        last = read_dataset_version(connection)
        earlier = version is not None and version != last
        if version is not None and earlier:
            if not 0 < version < last:
                raise NotFound(
                    msg("There is no version %(version)s of the data. The last one is %(last)s.", version=version, last=last)
                )
            connection.execute(text("SELECT set_config('lode.as_of', :version, true)"), {"version": str(version)})
            connection.execute(text("SET LOCAL search_path = lode_as_of, lode, public"))
        yield SiteState(connection, last if version is None else version, earlier)
