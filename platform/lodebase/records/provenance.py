"""The raw record of a source, and the served record made from it."""

from typing import Any

from sqlalchemy import Connection, func, select

from lodebase.db.schema.prepared_tables import facet_count
from lodebase.db.schema.source_tables import import_run, public_source_row, source
from lodebase.db.schema.statistics_tables import vintage
from lodebase.db.schema.tables import member, reported_record
from lodebase.errors import NotFound
from lodebase.query import Query, expression
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.reading import compile_for_psycopg
from lodebase.records import served_record
from lodedata.kinds import KINDS
from lodedata.messages import msg

SOURCES_FIELD = "sources"
STATISTICS = "statistics"
"""What a source holds that has observations of series."""


def read_imported_sources(connection: Connection) -> list[dict[str, Any]]:
    """Return the imported sources with their licences."""
    return [dict(row) for row in connection.execute(select(source).order_by(source.c.name)).mappings()]


def read_held_parts(connection: Connection) -> dict[str, list[str]]:
    """Return what is held of each source: the collections with records of it, and statistics where it has observations."""
    counted = select(facet_count.c.value, facet_count.c.collection).where(
        facet_count.c.field == SOURCES_FIELD, facet_count.c.collection.in_(COLLECTIONS)
    )
    held: dict[str, list[str]] = {}
    for name, collection in connection.execute(counted.order_by(facet_count.c.value, facet_count.c.collection)):
        held.setdefault(name, []).append(collection)
    for name in connection.scalars(select(vintage.c.source).distinct()):
        held.setdefault(name, []).append(STATISTICS)
    return held


def count_records_by_source(connection: Connection, query: Query, earlier: bool = False) -> dict[str, int]:
    """Return the number of a query's records that each source states something about."""
    table = find_collection(query.collection).table
    shape = query.shape(earlier)
    listed = (
        select(func.unnest(table.c.sources).label("source")).where(expression.build_where_condition(shape, table)).subquery()
    )
    counted = select(listed.c.source, func.count()).group_by(listed.c.source)
    statement = compile_for_psycopg(counted, earlier)
    values = {**statement.constants, **expression.bind_query(connection, query, earlier)}
    return {row[0]: row[1] for row in connection.exec_driver_sql(statement.sql, values)}


def record(connection: Connection, name: str, key: str) -> dict[str, Any]:
    """Return the public columns of a source row with its served record and the import that read it.

    Raise NotFound if there is none.
    """
    row = public_source_row.c
    source_row = connection.execute(select(public_source_row).where(row.source == name, row.key == key)).mappings().first()
    if source_row is None:
        source_name = connection.scalar(select(source.c.name).where(source.c.name == name))
        if source_name is None:
            raise NotFound(msg("There is no source %(name)r.", name=name))
        raise NotFound(msg("The source %(name)s has no record %(key)r.", name=name, key=key))
    served = (
        connection.execute(
            select(
                func.coalesce(reported_record.c.served_id, member.c.record_id).label("record_id"), member.c.kind, member.c.leads
            )
            .join_from(member, reported_record, reported_record.c.record_id == member.c.record_id, isouter=True)
            .where(member.c.source_record_id == source_row["id"])
            .order_by(member.c.leads.desc(), member.c.record_id)
        )
        .mappings()
        .all()
    )
    if any(KINDS[row["kind"]].internal for row in served):
        raise NotFound(msg("The source %(name)s has no record %(key)r.", name=name, key=key))
    run = (
        connection.execute(
            select(import_run.c.id, import_run.c.finished_at, import_run.c.dataset_version, import_run.c.path).where(
                import_run.c.id == source_row["changed_run"]
            )
        )
        .mappings()
        .one()
    )
    return {
        "source": name,
        "key": key,
        "record_id": served[0]["record_id"] if served else None,
        "kind": served[0]["kind"] if served else None,
        "records": [{"id": identity, "kind": kind} for identity, kind in {r["record_id"]: r["kind"] for r in served}.items()],
        "linked": served_record.list_linked(connection, served[0]["record_id"]) if served else [],
        "bonds": served_record.list_bonds(connection, served[0]["record_id"]) if served else [],
        "in_scope": source_row["in_scope"],
        "locator": source_row["locator"],
        "no_longer_in_source": source_row["gone_run"] is not None,
        "run": {
            "id": run["id"],
            "finished_at": run["finished_at"].isoformat() if run["finished_at"] else None,
            "dataset_version": run["dataset_version"],
            "file": run["path"],
        },
        "raw": source_row["raw"],
        "closed_columns": source_row["closed"],
    }
