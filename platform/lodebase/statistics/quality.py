"""Public data quality: which fields sources fill, what checks flagged, what is out of date, and queries for those records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, func, select, text, true

from lodebase.db.schema import prepared_tables
from lodebase.desk import reports
from lodebase.desk.decisions import open_pairs
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodedata.ageing import AGES, LAST_KNOWN_YEARS, PROPOSED, InferredStatus, subtract_years

GEOMETRY = "geometry"
ALWAYS = ("main_commodity", "commodity_group", "position_method", "size_commodity", "size_basis", "size_basis_value_t")
"""Fields that every record has, or derives from another field."""
NAMES = ("name_zh", "name_en")
NAMED = ("deposits", "discoveries", "projects", "organisations")
"""Collections whose records have a name in each language."""
CONFLICT = "sources-differ-"
"""The prefix of the flags for conflicting sources of one record."""
STATUS = {"deposits": ("mine_status", "mine_status_date"), "projects": ("status", "status_date")}
VERDICTS = text("SELECT verdict, count(*) AS n FROM lode.current_judgement GROUP BY verdict ORDER BY verdict")


@dataclass(frozen=True, slots=True)
class Number:
    """The number of records of a collection in some state, and the query parameters that return them."""

    collection: str
    records: int
    condition: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A source in a collection: its number of records, and for each field the number that have it."""

    source: str
    whole: Number
    fields: tuple[tuple[str, Number], ...]


@dataclass(frozen=True, slots=True)
class MissingName:
    """The records of a collection without a name in a language; ``field`` is the field of the name."""

    field: str
    number: Number
    of: int


@dataclass(frozen=True, slots=True)
class Aged:
    """Records whose status is so old that another is inferred."""

    age: InferredStatus
    number: Number


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality figures of the entire store."""

    sources: tuple[Filled, ...]
    flags: tuple[tuple[str, Number], ...]
    ageing: tuple[Aged, ...]
    last_known: tuple[tuple[str, Number], ...]
    """Statuses of other records that are older than five years, by status."""
    missing_names: tuple[MissingName, ...]

    @property
    def conflicts(self) -> tuple[tuple[str, Number], ...]:
        """Return the flags for conflicting sources."""
        return tuple(flag for flag in self.flags if flag[0].startswith(CONFLICT))


@dataclass(frozen=True, slots=True)
class Desk:
    """The work of curators, open and done, which changes without a dataset version; only unjudged pairs count as open."""

    open_reports: int
    uncertain_pairs: int
    verdicts: Mapping[str, int]


def compute_quality_figures(connection: Connection, today: date) -> Quality:
    """Return the figures of the current data, as of a day."""
    points = [collection for collection in COLLECTIONS.values() if collection.prepared]
    sources = tuple(filled for collection in points for filled in _count_filled(connection, collection))
    ageing = tuple(aged for name in STATUS for aged in _count_aged(connection, COLLECTIONS[name], today))
    last_known = tuple(
        status_count for name in STATUS for status_count in _count_by_last_date(connection, COLLECTIONS[name], today)
    )
    missing = tuple(
        unnamed_records for name in NAMED for unnamed_records in _count_missing_names(connection, COLLECTIONS[name])
    )
    return Quality(sources, tuple(_count_flags(connection)), ageing, last_known, missing)


def count_desk_judgements(connection: Connection, least: float, most: float) -> Desk:
    """Return the open and completed judgements; pairs are uncertain between the two probabilities."""
    waiting = open_pairs.count_waiting(connection, least, most)
    verdicts = {row.verdict: int(row.n) for row in connection.execute(VERDICTS)}
    return Desk(reports.count(connection, ("open", "looking")), waiting, verdicts)


def list_fields(collection: Collection) -> list[Field]:
    """Return the fields whose completeness is reported: single-valued fields that a record may lack in its sources."""
    return [
        field
        for field in collection.fields
        if field.type != "array" and field.name not in ALWAYS and not field.name.startswith("note_")
    ]


def _count_filled(connection: Connection, collection: Collection) -> Iterator[Filled]:
    columns: dict[str, Column[object]] = {field.name: collection.table.c[field.name] for field in list_fields(collection)}
    columns[GEOMETRY] = collection.table.c.geom
    each = func.unnest(collection.table.c.sources).table_valued("source").render_derived()
    source = each.c.source
    counts = [func.count(column).label(f"n{n}") for n, column in enumerate(columns.values())]
    statement = (
        select(source, func.count(), *counts).select_from(collection.table.join(each, true())).group_by(source).order_by(source)
    )
    for name, records, *filled in connection.execute(statement):
        yield Filled(
            name,
            Number(collection.name, records, {"source": name}),
            tuple(
                (field, Number(collection.name, n, {"source": name, "filter": f"{field} IS NOT NULL"}))
                for field, n in zip(columns, filled, strict=True)
            ),
        )


def _count_missing_names(connection: Connection, collection: Collection) -> Iterator[MissingName]:
    columns = collection.table.c
    counts = select(func.count(), *(func.count(columns[name]) for name in NAMES)).select_from(collection.table)
    records, *named = connection.execute(counts).one()
    for name, n in zip(NAMES, named, strict=True):
        yield MissingName(name, Number(collection.name, records - n, {"filter": f"{name} IS NULL"}), records)


def _count_flags(connection: Connection) -> Iterator[tuple[str, Number]]:
    counts = prepared_tables.facet_count.c
    points = [name for name, collection in COLLECTIONS.items() if collection.prepared]
    statement = (
        select(counts.collection, counts.value, counts.n)
        .where(counts.field == "flags", counts.value != "", counts.collection.in_(points))
        .order_by(counts.value, counts.collection)
    )
    for collection, value, n in connection.execute(statement):
        yield value, Number(collection, int(n), {"flag": value})


def _count_aged(connection: Connection, collection: Collection, today: date) -> Iterator[Aged]:
    status, day = STATUS[collection.name]
    column, status_date = collection.table.c[status], collection.table.c[day]
    among = ", ".join(f"'{status_code}'" for status_code in PROPOSED)
    for age in AGES:
        last = subtract_years(today, age.years)
        rows = select(func.count()).select_from(collection.table).where(column.in_(PROPOSED), status_date <= last)
        condition = f"{status} IN ({among}) AND {day} <= DATE('{last}')"
        if age.until is not None:
            first = subtract_years(today, age.until)
            rows = rows.where(status_date > first)
            condition += f" AND {day} > DATE('{first}')"
        n = connection.scalar(rows)
        yield Aged(age, Number(collection.name, int(n or 0), {"filter": condition}))


def _count_by_last_date(connection: Connection, collection: Collection, today: date) -> Iterator[tuple[str, Number]]:
    status, day = STATUS[collection.name]
    column, status_date = collection.table.c[status], collection.table.c[day]
    last = subtract_years(today, LAST_KNOWN_YEARS)
    statement = (
        select(column, func.count())
        .where(column.not_in(PROPOSED), status_date <= last)
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    for code, n in connection.execute(statement):
        yield code, Number(collection.name, int(n), {"filter": f"{status} = '{code}' AND {day} <= DATE('{last}')"})
