"""Official acts that records rest on: the acts of the numbers that a record names, and the records that name an act."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from lodedata.kinds import PUBLIC, Kind

MOST = 200
BY_NUMBER = """
SELECT DISTINCT ON (printed) printed, a.id FROM unnest(%(texts)s::text[]) printed
JOIN lode.official_act a ON a.number = printed OR a.id = printed ORDER BY printed, a.issued_on DESC NULLS LAST, a.id
"""
NAMING = "SELECT t.id, {en} AS name_en, {zh} AS name_zh FROM lode.{table} t WHERE {condition} ORDER BY t.id LIMIT %(most)s"


def act_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields of a kind that name an act by its number or identifier."""
    return tuple(field.name for field in kind.fields if field.name == "act" or field.name.endswith("_act"))


def acts_named(connection: Connection, texts: Iterable[str]) -> Mapping[str, str]:
    """Return the identifier of the act of each number; of several with one number the latest."""
    listed = sorted(set(texts))
    return dict(connection.exec_driver_sql(BY_NUMBER, {"texts": listed}).tuples().all()) if listed else {}


def text_of(connection: Connection, identity: str) -> str | None:
    """Return the text of an act, None for another record."""
    row = connection.exec_driver_sql("SELECT text FROM lode.official_act WHERE id = %(id)s", {"id": identity}).first()
    return None if row is None else row[0]


def resting_on(connection: Connection, identity: str, number: str | None) -> Iterator[tuple[Kind, list[Mapping[str, Any]]]]:
    """Yield the kinds whose records name an act, each with the first of them."""
    for kind in PUBLIC.values():
        fields = act_fields(kind)
        if fields:
            condition = " OR ".join(f"t.{field} IN (%(id)s, %(number)s)" for field in fields)
            en, zh = (f"t.{name}" if kind.field(name) is not None else "NULL" for name in kind.name_fields)
            statement = NAMING.format(en=en, zh=zh, table=kind.name, condition=condition)
            values = {"id": identity, "number": number or identity, "most": MOST}
            rows: list[Mapping[str, Any]] = [dict(row) for row in connection.exec_driver_sql(statement, values).mappings()]
            if rows:
                yield kind, rows
