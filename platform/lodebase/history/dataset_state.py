"""The state of the store: its version and commit time, and the extent of each collection."""

import threading
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Text, cast, func, select, tuple_
from sqlalchemy.sql import literal_column

from lodebase.db.schema import prepared_tables, tables
from lodebase.query import version_views
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.reading import open_reading, read_dataset_version

Box = tuple[float, float, float, float]
VERSION = "SELECT version, committed_at FROM lode.dataset_version ORDER BY version DESC LIMIT 1"
"""The last entry of the primary key's index, whatever the number of versions."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the data and when it was committed; version 0 is the empty store."""

    number: int
    committed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DataVersion:
    """A version of the data with the import that created it, and the checksum of its input; a decision has no import."""

    version: int
    committed_at: datetime
    run: int | None
    source: str | None
    file: str | None
    content_sha256: str | None
    read: int | None
    loaded: int | None
    updated: int | None
    gone: int | None


@dataclass(frozen=True, slots=True)
class Extent:
    """The extent of a collection: its rows, west, south, east, north in degrees, and its first and last day."""

    rows: int
    box: Box | None
    days: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Redaction:
    """The last time that a name left stored data: how many times that was by then, and when; number 0 if never."""

    number: int
    at: datetime | None


class Days:
    """The first and last day of each collection, computed once for each of its versions, as dates have no index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._periods: dict[str, tuple[int, tuple[str, str] | None]] = {}

    def at(self, connection: Connection, collection: Collection, version: int) -> tuple[str, str] | None:
        """Return the days at the version that the connection sees."""
        period = self._periods.get(collection.name)
        if period is not None and period[0] == version:
            return period[1]
        # concurrent callers wait for the one that computes
        with self._lock:
            period = self._periods.get(collection.name)
            if period is None or period[0] != version:
                period = self._periods[collection.name] = (version, _read_days(connection, collection))
            return period[1]


def read_version(engine: Engine) -> Version:
    """Return the current version of the data, in one statement. Raise DatabaseAway or StatementTimeout if it fails."""
    with open_reading(engine, "one") as connection:
        row = connection.exec_driver_sql(VERSION).first()
    return Version(0, None) if row is None else Version(row[0], row[1].astimezone(UTC))


def count_redactions(engine: Engine) -> int:
    """Return how many times names left stored data; files and tags of earlier versions from before are not used any more."""
    return read_last_redaction(engine).number


def read_last_redaction(engine: Engine) -> Redaction:
    """Return the last time that a name left stored data."""
    with open_reading(engine, "one") as connection:
        row = connection.exec_driver_sql("SELECT number, at FROM lode.redaction ORDER BY number DESC LIMIT 1").first()
    return Redaction(0, None) if row is None else Redaction(row.number, row.at.astimezone(UTC))


def read_commit_time(engine: Engine, number: int) -> datetime | None:
    """Return when a version was committed; None if there is no version of this number."""
    column = tables.dataset_version.c.committed_at
    with open_reading(engine, "one") as connection:
        moment: datetime | None = connection.scalar(select(column).where(tables.dataset_version.c.version == number))
    return None if moment is None else moment.astimezone(UTC)


def find_version_at(engine: Engine, moment: datetime) -> Version:
    """Return the version of the data at a moment; version 0, the empty store, before the first one."""
    version = tables.dataset_version.c
    versions = select(version.version, version.committed_at).where(version.committed_at <= moment)
    latest = versions.order_by(version.version.desc()).limit(1)
    with open_reading(engine, "one") as connection:
        row = connection.execute(latest).first()
    return Version(0, None) if row is None else Version(row[0], row[1].astimezone(UTC))


VERSIONS = """
SELECT v.version, v.committed_at, r.id AS run, r.source, r.path AS file, r.content_sha256, r.read, r.loaded, r.updated, r.gone
FROM lode.dataset_version v LEFT JOIN lode.import_run r ON r.dataset_version = v.version AND r.state = 'done'
ORDER BY v.version DESC, r.id LIMIT %(most)s
"""


def read_data_versions(connection: Connection, most: int) -> tuple[DataVersion, ...]:
    """Return the versions of the data, latest first."""
    return tuple(DataVersion(**row) for row in connection.exec_driver_sql(VERSIONS, {"most": most}).mappings())


def read_extents(engine: Engine, days: Days) -> tuple[int, dict[str, Extent]]:
    """Return the version of the data and the extents of the collections at that version."""
    state = prepared_tables.collection_state
    with open_reading(engine) as connection:
        rows = {row.collection: row for row in connection.execute(select(state))}
        extents = {
            name: Extent(row.n, _build_box(row), days.at(connection, COLLECTIONS[name], row.version))
            for name, row in rows.items()
            if name in COLLECTIONS
        }
        return read_dataset_version(connection), extents


def read_earlier_extents(engine: Engine, names: Sequence[str], version: int) -> dict[str, Extent]:
    """Return the extents of collections at a version, computed from the records that it had."""
    with open_reading(engine) as connection:
        version_views.turn(connection, version)
        return {name: _measure_extent(connection, COLLECTIONS[name]) for name in names}


def _measure_extent(connection: Connection, collection: Collection) -> Extent:
    columns = [func.count()]
    if collection.geometry is not None:
        around = func.ST_Extent(collection.table.c.geom)
        columns += [getattr(func, f"ST_{edge}")(around) for edge in ("XMin", "YMin", "XMax", "YMax")]
    rows, *edges = connection.execute(select(*columns).select_from(collection.table)).one()
    box = None if not edges or edges[0] is None else (edges[0], edges[1], edges[2], edges[3])
    return Extent(rows, box, _read_days(connection, collection))


def count_code_uses(connection: Connection, vocabulary: str) -> dict[str, dict[str, int]]:
    """Return how many records use a code, by code and collection, counted in the field with the most of them."""
    counted = prepared_tables.facet_count
    fields = [
        (collection.name, field.name)
        for collection in COLLECTIONS.values()
        for field in collection.fields
        if field.facet and field.vocabulary == vocabulary
    ]
    of_fields = tuple_(counted.c.collection, counted.c.field).in_(fields)
    most = select(counted.c.value, counted.c.collection, func.max(counted.c.n)).where(of_fields, counted.c.value != "")
    code_uses: dict[str, dict[str, int]] = {}
    for value, collection, number in connection.execute(most.group_by(counted.c.value, counted.c.collection)):
        code_uses.setdefault(value, {})[collection] = number
    return code_uses


def _build_box(row: Any) -> Box | None:
    return None if row.west is None else (row.west, row.south, row.east, row.north)


def _read_days(connection: Connection, collection: Collection) -> tuple[str, str] | None:
    """Return the time span of a collection's dates: 2019 begins with its January and ends with its December."""
    if collection.date_field is None:
        return None
    written = cast(collection.table.c[collection.date_field], Text).collate("C")
    # 2019 lasts longer than 2019-05, which sorts after it as text
    lasting = written.concat(func.substr(literal_column("'9999-12-31'"), func.length(written) + literal_column("1")))
    row = connection.execute(select(func.min(written), func.max(lasting))).one()
    first: str | None = row[0]
    last: str = row[1]
    return None if first is None else (first + "0001-01-01"[len(first) :], _find_last_day(last))


def _find_last_day(text: str) -> str:
    """Return a day of the 31st as the last day of its month."""
    year, month, day = (int(part) for part in text.split("-"))
    return f"{text[:7]}-{min(day, monthrange(year, month)[1]):02}"
