"""References between records at both ends: the records that one names by key or number, and how many name it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row

from lodebase.records.record_names import read_names_of
from lodedata.kinds import PUBLIC, Kind

NAMED = "SELECT DISTINCT to_kind, to_id FROM lode.reference WHERE from_kind = %(kind)s AND from_id = %(id)s ORDER BY 1, 2"
NAMED_BY = """
SELECT from_kind, source, key, count(*) AS records FROM lode.reference WHERE to_kind = %(kind)s AND to_id = %(id)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 200
"""


def read_references(connection: Connection, kind: Kind, identity: str) -> dict[str, list[dict[str, Any]]]:
    """Return the records that a record names and are held here, and the number of records that name it.

    ``named_by`` has an item for each kind and key, with the parameters of the kind's list that select the records.
    """
    return {
        "refers_to": list(_read_named(connection, kind, identity)),
        "named_by": list(_read_naming(connection, kind, identity)),
    }


def _read_named(connection: Connection, kind: Kind, identity: str) -> Iterator[dict[str, Any]]:
    ids: dict[str, list[str]] = defaultdict(list)
    if kind.references:
        for other, named in connection.exec_driver_sql(NAMED, {"kind": kind.name, "id": identity}):
            ids[other].append(named)
    for other, listed in ids.items():
        for row in read_names_of(connection, PUBLIC[other], listed):
            yield {"collection": PUBLIC[other].collection, **row}


def _read_naming(connection: Connection, kind: Kind, identity: str) -> Iterator[dict[str, Any]]:
    for row in connection.exec_driver_sql(NAMED_BY, {"kind": kind.name, "id": identity}):
        yield {
            "collection": PUBLIC[row.from_kind].collection,
            "records": row.records,
            "filters": dict(_list_filters(kind, row)),
        }


def _list_filters(kind: Kind, row: Row[Any]) -> Iterator[tuple[str, str]]:
    reference = next(reference for reference in PUBLIC[row.from_kind].references if reference.to == kind.name)
    if row.source is not None:
        yield reference.source_field or "source", row.source
    yield reference.field, row.key
