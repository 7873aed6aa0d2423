"""A record merged from several sources: its values, the alternatives, links, and earlier merges."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection

from lodebase.query.collections_ import OF_KIND
from lodebase.resolve.reported_records import READ, build_reported_record
from lodedata.choice import REASONS, UNION_FIELDS, Choice, ReportedRecord, ServedRecord, combine_reported_records
from lodedata.choice.expert_values import POSITION
from lodedata.messages import put_in_each_language

INVERSE = {
    "works": "worked_by",
    "worked_by": "works",
    "processes_ore_of": "ore_processed_by",
    "ore_processed_by": "processes_ore_of",
    "became": "came_from",
    "contains": "part_of",
    "part_of": "contains",
}
"""The inverse of each relation: what the second record of a link is to the first."""
_OWN = ("id", "deposit_id", "discovery_id", "project_id", "estimate_id", "record_id", "ordinal")
SERVED_AS = "SELECT served_id FROM reported_record WHERE record_id = %(id)s AND kind = %(kind)s AND served_id <> record_id"
LINKS = """
SELECT l.relation, l.other, l.kind, l.reason, l.forth, n.name_en, n.name_zh FROM (
  SELECT relation, to_id AS other, to_kind AS kind, reason, true AS forth FROM link WHERE from_id = %(id)s
  UNION ALL SELECT relation, from_id, from_kind, reason, false FROM link WHERE to_id = %(id)s
) l CROSS JOIN LATERAL (
  SELECT name_en, name_zh FROM deposit WHERE id = l.other UNION ALL SELECT name_en, name_zh FROM discovery WHERE id = l.other
  UNION ALL SELECT name_en, name_zh FROM project WHERE id = l.other LIMIT 1
) n ORDER BY l.relation, l.other
"""
BONDS = """
SELECT p.a_id, p.b_id, p.probability, p.reasons FROM reported_record a JOIN match_pair p ON p.a_id = a.record_id
JOIN reported_record b ON b.record_id = p.b_id AND b.served_id = a.served_id
WHERE a.served_id = %(id)s AND p.relation = 'same' ORDER BY p.probability DESC, p.a_id, p.b_id
"""
# The spans of versions in which two records were merged that no longer are.
FORMERLY = """
WITH span AS NOT MATERIALIZED (
  SELECT record_id, served_id, since_version AS since, NULL::integer AS until FROM reported_record
  UNION ALL SELECT record_id, served_id, since_version, until_version FROM lode_history.reported_record
)
SELECT o.record_id, m.kind, min(greatest(o.since, i.since)), max(least(o.until, i.until))
FROM span i JOIN span o ON o.served_id = i.served_id AND o.record_id <> i.record_id
  AND o.since < coalesce(i.until, 2147483647) AND i.since < coalesce(o.until, 2147483647)
JOIN member m ON m.record_id = o.record_id AND m.leads
WHERE i.record_id = %(id)s AND NOT EXISTS (
  SELECT FROM reported_record a JOIN reported_record b USING (served_id)
  WHERE a.record_id = i.record_id AND b.record_id = o.record_id)
GROUP BY 1, 2 ORDER BY 4 DESC, 1
"""


def find_served_id(connection: Connection, kind: str, identity: str) -> str | None:
    """Return the id under which a record is served as part of others, None if under its own id or not at all."""
    served_id: str | None = connection.exec_driver_sql(SERVED_AS, {"id": identity, "kind": kind}).scalar()
    return served_id


def list_linked(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the records linked to a served record, and their relation to it."""
    return [
        {
            "id": other,
            "collection": OF_KIND[kind],
            "relation": relation if forth else INVERSE[relation],
            "name_en": name_en,
            "name_zh": name_zh,
            "reasons": orjson.loads(reason) if reason and reason.startswith("[") else [],
        }
        for relation, other, kind, reason, forth, name_en, name_zh in connection.exec_driver_sql(LINKS, {"id": identity})
    ]


def list_bonds(connection: Connection, served: str) -> list[dict[str, Any]]:
    """Return why the source records of a served record were matched: each pair with its probability and reasons."""
    rows = connection.exec_driver_sql(BONDS, {"id": served})
    return [{"records": [a, b], "probability": round(same, 4), "reasons": why} for a, b, same, why in rows]


def list_former(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the records that were merged with this one and no longer are, and the versions between which they were."""
    return [
        {"id": other, "collection": OF_KIND[kind], "since_version": since, "until_version": until}
        for other, kind, since, until in connection.exec_driver_sql(FORMERLY, {"id": identity})
    ]


def read_whole_record(connection: Connection, identity: str, earlier: bool = False) -> dict[str, Any]:
    """Return a served record's reported records, each value with its source and reason, links, and earlier merges.

    Matches and earlier merges are included only for the current version, not if the transaction shows an ``earlier`` one.
    """
    rows = connection.exec_driver_sql(READ, {"ids": [identity]}).all()
    reported_records = [build_reported_record(row) for row in rows]
    served = combine_reported_records(rows[0][2], reported_records) if rows else None
    return {
        "testimonies": [{"id": row[1], "source": row[3], "key": row[4]} for row in rows],
        "values": None if served is None else _collect_values(rows[0][2], served, reported_records),
        "given": [] if served is None else list(_read_curated_values(served)),
        "bonds": list_bonds(connection, identity) if rows and not earlier else [],
        "linked": list_linked(connection, identity),
        "formerly": [] if earlier else list_former(connection, identity),
    }


def _read_curated_values(served: ServedRecord) -> Iterator[dict[str, Any]]:
    """Yield the curated values, with the cited source, reason, time and proposal number; without the person."""
    for choice in served.choices:
        if choice.expert_value is not None:
            field = POSITION if choice.rule.name == "geom" else choice.rule.name
            yield {"field": field, **choice.expert_value, "by": "expert"}


def _collect_values(kind: str, served: ServedRecord, reported_records: Sequence[ReportedRecord]) -> dict[str, Any]:
    described_values = {
        choice.rule.name: _build_value(choice) for choice in served.choices if choice.candidates or choice.expert_value
    }
    for name in UNION_FIELDS[kind]:
        if name != "sources":
            candidates = [t for t in reported_records if t.row.get(name)]
            if candidates:
                values = [_read_source_value(t, name) for t in candidates]
                described_values[name] = {"value": served.row[name], **_describe_reason("together"), "values": values}
    return described_values


def _build_value(choice: Choice) -> dict[str, Any]:
    """Return a value with its source and the reason for its selection, and the values of the other sources."""
    name = choice.rule.name
    if choice.expert_value is not None:
        values = [_read_source_value(t, name) for t in choice.candidates]
        why = {"reason_given": choice.expert_value["reason"], **_describe_reason(choice.reason)}
        expert_details = {name: choice.expert_value[name] for name in ("cited", "at", "number")}
        return {
            "by": "expert",
            **expert_details,
            **why,
            "value": _build_curated_value(name, choice.expert_value),
            "others": values,
        }
    chosen = None if choice.chosen is None else _read_source_value(choice.chosen, name)
    others = [_read_source_value(t, name) for t in choice.candidates if t is not choice.chosen]
    return {**(chosen or {"value": None}), **_describe_reason(choice.reason), "others": others}


def _build_curated_value(name: str, expert_value: Mapping[str, Any]) -> Any:
    return {"coordinates": expert_value["value"], "accuracy_m": None} if name == "geom" else expert_value["value"]


def _describe_reason(code: str) -> dict[str, str]:
    return {"reason": code, **put_in_each_language("reason", REASONS[code])}


def _read_source_value(t: ReportedRecord, name: str) -> dict[str, Any]:
    return {"value": _read_attribute(t, name), "source": t.source, "record": t.record_id, "key": t.key}


def _read_attribute(t: ReportedRecord, name: str) -> Any:
    if name == "geom":
        return {"coordinates": t.point, "accuracy_m": t.row.get("position_accuracy_m")}
    if name in t.row:
        return t.row[name]
    return _collect_estimates(t) if name == "estimate" else list(_strip_child_rows(t.part(name)))


def _collect_estimates(t: ReportedRecord) -> list[dict[str, Any]]:
    """Return the estimates of a source with the grades and amounts of each."""
    measures = sorted(t.part("estimate_measure"), key=lambda row: row["estimate_id"])
    of = {key: list(_strip_child_rows(list(rows))) for key, rows in groupby(measures, key=lambda row: row["estimate_id"])}
    estimate_rows = zip(t.part("estimate"), _strip_child_rows(t.part("estimate")), strict=True)
    return [{**bare, "measures": of.get(row["id"], [])} for row, bare in estimate_rows]


def _strip_child_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield child rows without their join columns and without empty values."""
    for row in rows:
        yield {key: value for key, value in row.items() if key not in _OWN and value not in (None, [])}
