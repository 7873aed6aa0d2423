"""The changes from version to version: each record that was added, changed or removed, with its old and new values.

A version's changes are ordered by collection and id, so a reader can continue after the last one. A change
of a row that belongs to a record is a change of the record. Releases of statistics come after the records of a version.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, literal_column, select

from lodebase.download.tables_ import RELATIONS, Relation
from lodebase.history import release_changes
from lodebase.history.price_moves import PriceMove, find_price_moves
from lodebase.history.release_changes import LoadedRelease
from lodebase.query import changed_records, expression
from lodebase.query.change_selection import CHANGING, STATISTICS, ChangeSelection
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading
from lodebase.query.version_views import AS_OF, SINCE

AT_ONCE = 250
"""The number of records compared by one statement."""
LONG_S = 5.0
"""The seconds after which a page ends with the changes found so far; the next page continues from there."""
SHOW = "SELECT set_config('lode.since', %(since)s, true), set_config('lode.as_of', %(version)s, true)"
VERSIONS = """
SELECT version, committed_at FROM lode.dataset_version WHERE version > %(since)s AND version <= %(until)s ORDER BY version
"""

Kind = Literal["added", "changed", "merged", "withdrawn"]
"""The kind of a change; a merged record is served from then on as part of another, under that one's id."""
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field before and after; None if it had no value, or if the row did not exist."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ChangePart:
    """The change of a row that belongs to a record, by the name of its table in files and its key there."""

    table: str
    key: str
    change: Kind
    fields: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """The change of a record in a version, and whether the record matched the query before and matches after.

    ``into`` is the id under which a merged record is served. ``release`` is the release of statistics that changed, which has
    no fields or parts; ``prices`` are those beyond the requested threshold that it brought.
    """

    version: int
    committed_at: datetime
    collection: str
    identity: str
    change: Kind
    matched: bool
    matches: bool
    fields: tuple[Difference, ...]
    parts: tuple[ChangePart, ...]
    names: Values
    into: str | None = None
    release: LoadedRelease | None = None
    prices: tuple[PriceMove, ...] = ()

    @property
    def cursor(self) -> "ChangeCursor":
        """Return the position after which the next changes begin."""
        return ChangeCursor(self.version, self.collection, self.identity)


@dataclass(frozen=True, slots=True)
class ChangeCursor:
    """The position of a record's change in a version."""

    version: int
    collection: str
    identity: str

    def comes_after(self, version: int, name: str) -> bool:
        """Return whether the position is after all changes of a collection in a version."""
        return (self.version, CHANGING.index(self.collection)) > (version, CHANGING.index(name))

    def comes_before(self, version: int, name: str, identity: str) -> bool:
        """Return whether the position is before the change of one record of a version."""
        return (self.version, CHANGING.index(self.collection), self.identity) < (version, CHANGING.index(name), identity)


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in order, and the position where the next page begins, None if there is none."""

    changes: tuple[ChangeEntry, ...]
    next: ChangeCursor | None


@dataclass(frozen=True, slots=True)
class Range:
    """The requested versions: after one, up to another."""

    since: int
    until: int


def read_change_page(
    engine: Engine, chosen: ChangeSelection, over: Range, most: int, after: ChangeCursor | None = None
) -> ChangePage:
    """Return the changes of the records that match a selection, and of statistics if it has them, in the order of versions.

    Raise DatabaseAway or StatementTimeout if the statement fails.
    """
    change_entries: list[ChangeEntry] = []
    ends = time.monotonic() + LONG_S
    since = over.since if after is None else max(over.since, after.version - 1)
    with open_reading(engine) as connection:
        releases = _read_releases(connection, chosen, Range(since, over.until))
        for version in _read_versions(connection, Range(since, over.until)):
            for change in _select_entries(connection, chosen, version, releases, after):
                change_entries.append(change)
                if len(change_entries) == most or time.monotonic() > ends:
                    return ChangePage(tuple(change_entries), change.cursor)
    return ChangePage(tuple(change_entries), None)


def read_newest_changes(engine: Engine, chosen: ChangeSelection, over: Range, most: int) -> tuple[ChangeEntry, ...]:
    """Return the newest changes, latest version first. Raise DatabaseAway or StatementTimeout if the statement fails."""
    change_entries: list[ChangeEntry] = []
    ends = time.monotonic() + LONG_S
    with open_reading(engine) as connection:
        releases = _read_releases(connection, chosen, over)
        for version in reversed(_read_versions(connection, over)):
            for change in _select_entries(connection, chosen, version, releases, None):
                change_entries.append(change)
                if len(change_entries) == most or time.monotonic() > ends:
                    return tuple(change_entries)
    return tuple(change_entries)


def read_changes_of_record(
    connection: Connection, name: str, identity: str, versions: Iterable[tuple[int, datetime]]
) -> list[ChangeEntry]:
    """Return the changes of one record in some versions."""
    collection = find_collection(name)
    statement = _write_documents_sql(collection, "SELECT %(identity)s::text AS id, NULL AS matched, NULL AS matches")
    change_entries: list[ChangeEntry] = []
    for version in versions:
        _show(connection, version[0])
        change_entries += _compare_records(collection, connection.exec_driver_sql(statement, {"identity": identity}), version)
    return change_entries


def _read_versions(connection: Connection, over: Range) -> list[tuple[int, datetime]]:
    rows = connection.exec_driver_sql(VERSIONS, {"since": over.since, "until": over.until})
    return [(row.version, row.committed_at) for row in rows]


def _show(connection: Connection, version: int) -> None:
    connection.exec_driver_sql(SHOW, {"since": str(version - 1), "version": str(version)})


def _select_entries(
    connection: Connection,
    chosen: ChangeSelection,
    version: tuple[int, datetime],
    releases: Mapping[int, Sequence[LoadedRelease]],
    after: ChangeCursor | None,
) -> Iterator[ChangeEntry]:
    """Yield the changes of a version that are requested, only those after a position if one is given."""
    for query in chosen.queries:
        yield from _read_version_entries(connection, query, version, after)
    for release in releases.get(version[0], ()):
        if after is not None and not after.comes_before(version[0], STATISTICS, release.identity):
            continue
        if chosen.prices is None:
            yield _build_release_entry(release)
        elif prices := find_price_moves(connection, release.source, release.release, chosen.prices):
            yield _build_release_entry(release, prices)


def _read_releases(connection: Connection, chosen: ChangeSelection, over: Range) -> Mapping[int, Sequence[LoadedRelease]]:
    """Return the releases of statistics by version, each version's in the order of their identities; none if not requested."""
    by_version: dict[int, list[LoadedRelease]] = {}
    for release in release_changes.list_releases(connection, over.since, over.until) if chosen.statistics else ():
        by_version.setdefault(release.version, []).append(release)
    return {
        version: sorted(listed, key=lambda loaded_release: loaded_release.identity) for version, listed in by_version.items()
    }


def _build_release_entry(loaded_release: LoadedRelease, prices: tuple[PriceMove, ...] = ()) -> ChangeEntry:
    names = {
        "name_en": f"{loaded_release.title.en}, {loaded_release.release}",
        "name_zh": f"{loaded_release.title.zh}, {loaded_release.release}",
    }
    return ChangeEntry(
        version=loaded_release.version,
        committed_at=loaded_release.committed_at,
        collection=STATISTICS,
        identity=loaded_release.identity,
        change=loaded_release.change,
        matched=loaded_release.change != "added",
        matches=loaded_release.change != "withdrawn",
        fields=(),
        parts=(),
        names=names,
        release=loaded_release,
        prices=prices,
    )


def _read_version_entries(
    connection: Connection, query: Query, version: tuple[int, datetime], after: ChangeCursor | None
) -> Iterator[ChangeEntry]:
    """Yield the changes of a version, only those after a position if one is given."""
    collection, beyond = find_collection(query.collection), ""
    if after is not None:
        if after.comes_after(version[0], collection.name):
            return
        beyond = after.identity if (after.version, after.collection) == (version[0], collection.name) else ""
    statement = _prepare_page(query.shape(earlier=True))
    values = {**statement.constants, **expression.bind_query(connection, query), "version": version[0], "most": AT_ONCE}
    _show(connection, version[0])
    while True:
        rows = connection.exec_driver_sql(statement.sql, {**values, "beyond": beyond}).all()
        yield from _compare_records(collection, rows, version)
        if len(rows) < AT_ONCE:
            return
        beyond = rows[-1].id


def _compare_records(collection: Collection, rows: Iterable[Any], version: tuple[int, datetime]) -> Iterator[ChangeEntry]:
    """Yield the records that differ in a property that responses include."""
    for row in rows:
        old, new = (None if text is None else orjson.loads(text) for text in (row.old, row.new))
        before, after = old or {}, new or {}
        fields = _find_differences((*collection.field_names, "geometry"), before.get("record"), after.get("record"))
        parts = tuple(_compare_parts(collection, before, after))
        if not (fields or parts):
            continue
        matched = old is not None if row.matched is None else row.matched
        matches = new is not None if row.matches is None else row.matches
        shown: Values = after.get("record") or before["record"]
        names = {name: shown.get(of) for name, of in zip(("name_en", "name_zh"), collection.kind.name_fields, strict=True)}
        into = row.into if new is None else None
        kind = "merged" if into is not None else _classify_change(old, new)
        yield ChangeEntry(*version, collection.name, row.id, kind, matched, matches, fields, parts, names, into)


def _compare_parts(collection: Collection, old: Values, new: Values) -> Iterator[ChangePart]:
    for relation in RELATIONS[collection.name]:
        before, after = old.get(relation.name) or {}, new.get(relation.name) or {}
        names = [column.name for column in relation.columns]
        for key in sorted({**before, **after}):
            if fields := _find_differences(names, before.get(key), after.get(key)):
                yield ChangePart(relation.name, key, _classify_change(before.get(key), after.get(key)), fields)


def _classify_change(old: object, new: object) -> Kind:
    return "added" if old is None else "withdrawn" if new is None else "changed"


def _find_differences(names: Iterable[str], old: Values | None, new: Values | None) -> tuple[Difference, ...]:
    before, after = old or {}, new or {}
    differences = (Difference(name, before.get(name), after.get(name)) for name in names)
    return tuple(difference for difference in differences if difference.old != difference.new)


DOCUMENTS = """
SELECT c.id, c.matched, c.matches, ({old})::text AS old, ({new})::text AS new,
  (SELECT x.served_id FROM {as_of}.reported_record x WHERE x.record_id = c.id AND x.served_id <> c.id) AS into
FROM ({candidates}) c ORDER BY c.id
"""
EVERYTHING = "SELECT id, NULL AS matched, NULL AS matches FROM ({changed}) c ORDER BY id LIMIT %(most)s"
# A record that matched neither before nor after is left out.
MATCHING = """
SELECT * FROM (SELECT c.id, {matched} AS matched, {matches} AS matches FROM ({changed}) c WHERE c.id > %(beyond)s) m
WHERE m.matched OR m.matches ORDER BY m.id LIMIT %(most)s
"""
PART = """
'{name}', (SELECT jsonb_object_agg({key}, (SELECT to_jsonb(columns) FROM (SELECT {columns}) columns)) FROM {rows})"""


@lru_cache(maxsize=256)
def _prepare_page(shape: Shape) -> PreparedStatement:
    """Return the statement of a version's changed records: id, whether they matched and match, documents before and after."""
    collection = find_collection(shape.collection)
    table = collection.table
    if shape == Query(shape.collection).shape(earlier=True):
        some = EVERYTHING.format(
            changed=changed_records.write_changed_ids_sql(table.name, changed_records.OF_VERSION, paged=True)
        )
        return PreparedStatement(_write_documents_sql(collection, some), {})
    same = table.c.id == literal_column("c.id")
    matching = compile_for_psycopg(
        select(literal_column("1")).where(same, expression.build_where_condition(shape, table)), earlier=True
    )
    matches = f"EXISTS ({matching.sql})"
    matched = matches.replace(f"{AS_OF}.", f"{SINCE}.")
    some = MATCHING.format(
        matched=matched, matches=matches, changed=changed_records.write_changed_ids_sql(table.name, changed_records.OF_VERSION)
    )
    return PreparedStatement(_write_documents_sql(collection, some), matching.constants)


def _write_documents_sql(collection: Collection, some: str) -> str:
    return DOCUMENTS.format(
        old=_write_document_sql(collection, SINCE), new=_write_document_sql(collection, AS_OF), as_of=AS_OF, candidates=some
    )


def _write_document_sql(collection: Collection, schema: str) -> str:
    """Return the SQL of a record with the rows that belong to it, by table and key, as it was in a schema's version."""
    names = ", ".join(f"t.{name}" for name in collection.field_names)
    geometry = "NULL::jsonb" if collection.geometry is None else f"ST_AsGeoJSON(t.geom, {expression.DECIMALS})::jsonb"
    shown = f"{names}, {geometry} AS geometry"
    parts = [_write_part_sql(collection, relation, schema) for relation in RELATIONS[collection.name]]
    members = ", ".join((f"'record', (SELECT to_jsonb(shown) FROM (SELECT {shown}) shown)", *parts))
    return f"SELECT jsonb_build_object({members}) FROM {schema}.{collection.table.name} t WHERE t.id = c.id"


def _write_part_sql(collection: Collection, relation: Relation, schema: str) -> str:
    columns = ", ".join(f"x.{column.name}" for column in relation.columns)
    rows, key = f"{schema}.{relation.stored} x", "x.id" if relation.keyed else "x.ordinal"
    if relation.through is not None:
        owner = collection.kind.own_column
        # looked up owner by owner: a join reads all rows of the version anew for each record
        rows += f" WHERE x.{relation.owner} = ANY(ARRAY(SELECT o.id FROM {schema}.{relation.through} o WHERE o.{owner} = t.id))"
        key = f"x.{relation.owner} || '/' || x.commodity"
    else:
        rows += f" WHERE x.{relation.owner} = t.id"
    return PART.format(name=relation.name, key=key, columns=columns, rows=rows)
