"""Owners of a served record that other sources than the chosen one name, with the years in or before which they were."""

from collections.abc import Mapping, Sequence
from typing import Any

from lodedata.choice.reported_record import ReportedRecord
from lodedata.organisations.described import find_body_of_name
from lodedata.organisations.names import derive_comparable_name, list_alternative_names, shorten_comparable_name

Row = Mapping[str, Any]


def add_earlier_owners(
    chosen_rows: Sequence[Row], chosen: ReportedRecord | None, reported_records: Sequence[ReportedRecord], identity: str
) -> list[dict[str, Any]]:
    """Return the owners of the chosen reported record, then those whom only older ones name, each body once in a role.

    Whom the newest dated source no longer names is former, provided that it names others in that role; else nothing newer
    is known. Without dates no owner is older than another.
    """
    rows = [dict(row) for row in chosen_rows]
    newest = max((row["information_date"] for row in rows if row.get("information_date")), default=None)
    if newest is None:
        return rows
    named = {(row["role"], body) for row in rows for body in list_body_keys(row)}
    covered = {row["role"] for row in rows}
    older = [
        row
        for reported_record in reported_records
        if reported_record is not chosen
        for row in reported_record.part("owner")
        if row.get("information_date") and row["information_date"][:4] < newest[:4]
    ]
    for row in sorted(older, key=lambda row: str(row["information_date"]), reverse=True):
        bodies = {(row["role"], body) for body in list_body_keys(row)}
        if named.isdisjoint(bodies):
            role = f"former-{row['role']}" if row["role"] in covered else row["role"]
            rows.append({**row, "role": role, "id": f"{identity}.o{len(rows)}", "project_id": identity, "ordinal": len(rows)})
        named |= bodies
    return rows


def list_body_keys(row: Row) -> set[str]:
    """Return the keys of an owner that are equal for the same body: the one described in Lode, and its short names."""
    names = [name for name in (row.get("name_en"), row.get("name_zh")) if name]
    forms = {alternative_name for name in names for alternative_name in list_alternative_names(name)}
    described = {body for form in forms if (body := find_body_of_name(form)) is not None}
    return described | {shorten_comparable_name(form) or derive_comparable_name(form) for form in forms}
