"""Names of the records of a kind that meet a condition."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from lodedata.kinds import Kind

MAX_LISTED_NAMES = 200
NAMING = "SELECT t.id, {en} AS name_en, {zh} AS name_zh FROM lode.{table} t WHERE {condition} ORDER BY t.id LIMIT %(most)s"
OF_IDS = "t.id = ANY(%(ids)s)"


def read_names(connection: Connection, kind: Kind, condition: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the ids and names of records in the order of their ids, ``MAX_NAMES`` at most.

    ``condition`` is SQL of this program about the table ``t``; ``values`` are bound.
    """
    en, zh = (f"t.{name}" if kind.field(name) is not None else "NULL" for name in kind.name_fields)
    statement = NAMING.format(en=en, zh=zh, table=kind.name, condition=condition)
    return [dict(row) for row in connection.exec_driver_sql(statement, {**values, "most": MAX_LISTED_NAMES}).mappings()]


def read_names_of(connection: Connection, kind: Kind, ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the ids and names of records by their ids."""
    return read_names(connection, kind, OF_IDS, {"ids": list(ids)}) if ids else []
