"""Records as their sources report them, whatever they are merged with: the basis of comparisons and judgements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from lodebase.db.engine import SEARCH_PATH
from lodebase.db.schema import tables
from lodebase.query import expression
from lodebase.query.collections_ import COLLECTIONS, OF_KIND
from lodebase.records import nested_record

REPORTED = "lode_reported"
"""The schema whose views show the records as if none were merged."""
TURN = "SELECT set_config('search_path', %(path)s, true)"
WHERE = """
SELECT m.record_id, m.kind, coalesce(t.served_id, m.record_id) FROM lode.member m
LEFT JOIN lode.reported_record t USING (record_id) WHERE m.leads AND m.record_id = ANY(%(ids)s) AND m.kind <> 'zone'
"""


@dataclass(frozen=True, slots=True)
class SourceValues:
    """The record of a source: its collection, the id it is served under, and its feature with all rows that belong to it."""

    collection: str
    served_id: str
    feature: dict[str, Any]


def read_source_values(connection: Connection, ids: Sequence[str]) -> dict[str, SourceValues]:
    """Return the records of these ids as their sources report them, for the ids that exist.

    The transaction sees the store in this state until its end.
    """
    places = connection.exec_driver_sql(WHERE, {"ids": list(ids)}).all()
    connection.exec_driver_sql(TURN, {"path": f"{REPORTED},{SEARCH_PATH}"})
    connection.execution_options(schema_translate_map={tables.SCHEMA: REPORTED})
    record_values = {
        identity: _read_record_values(connection, OF_KIND[kind], identity, served) for identity, kind, served in places
    }
    return {identity: source_values for identity, source_values in record_values.items() if source_values is not None}


def names(connection: Connection, ids: Sequence[str], lang: str) -> dict[str, str]:
    """Return the names that sources give records, in a language if they have one; a record without a name has its id."""
    first, second = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    record_names: dict[str, str] = {}
    for kind in (tables.deposit, tables.discovery, tables.project):
        statement = f"SELECT id, coalesce({first}, {second}, id) FROM {REPORTED}.{kind.name} WHERE id = ANY(%(ids)s)"
        record_names |= {row[0]: row[1] for row in connection.exec_driver_sql(statement, {"ids": list(ids)})}
    return record_names


def _read_record_values(connection: Connection, name: str, identity: str, served: str) -> SourceValues | None:
    collection = COLLECTIONS[name]
    row = select(collection.table).where(collection.table.c.id == identity).subquery("row")
    feature_row = connection.execute(expression.select_features(row, collection)).first()
    if feature_row is None:
        return None
    feature = orjson.loads(feature_row[0])
    feature["properties"] |= orjson.loads(nested_record.read_nested_parts(connection, name, identity))
    return SourceValues(name, served, feature)
