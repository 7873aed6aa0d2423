"""Organisations that a record names, and their names."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from lodedata.messages import Label

NAMED_IN = text(
    "SELECT m.name, m.other_name, m.organisation_id FROM lode.organisation_mention m"
    " WHERE m.record_kind = :kind AND m.record_id = :id AND m.organisation_id IS NOT NULL"
)
NAMES = text("SELECT o.id, o.name_en, o.name_zh FROM lode.organisation o WHERE o.id = ANY(:ids)")


def find_named_organisations(connection: Connection, kind: str, identity: str) -> Mapping[str, str]:
    """Return the organisations that a record names, by each printed name."""
    named: dict[str, str] = {}
    for row in connection.execute(NAMED_IN, {"kind": kind, "id": identity}):
        named |= {name: row.organisation_id for name in (row.name, row.other_name) if name}
    return named


def find_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, Label]:
    """Return the names of organisations by id."""
    return {row.id: Label(row.name_en, row.name_zh) for row in connection.execute(NAMES, {"ids": list(ids)})}
