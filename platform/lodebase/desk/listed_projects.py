"""Entries of condition lists whose project is not known here, and the decisions of experts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lodebase.errors import BadQuery, NoSuchThing
from lodedata.messages import msg

SHORTEST_REASON = 5
LONGEST_REASON = 500
OPEN = text("""
SELECT e.id, e.list, e.batch, e.name_as_printed, e.province_as_printed, e.scope_as_printed, e.entry_kind
FROM lode.list_entry e LEFT JOIN lode.list_entry_project d ON d.entry_id = e.id
WHERE e.project IS NULL AND d.entry_id IS NULL ORDER BY e.list, e.batch, e.serial, e.id LIMIT :most
""")
# projects that name the organisation of the entry
CANDIDATES = text("""
SELECT DISTINCT m.record_id AS entry, p.id, p.name_en, p.name_zh, p.division
FROM lode.organisation_mention m JOIN lode.organisation_mention o ON o.organisation_id = m.organisation_id
JOIN lode.project p ON o.record_kind = 'project' AND p.id = o.record_id
WHERE m.record_kind = 'list_entry' AND m.record_id = ANY (:entries) ORDER BY 1, 2
""")
DECIDE = text("""
INSERT INTO lode.list_entry_project (entry_id, project_id, decided_by, reason) VALUES (:entry, :project, :account, :reason)
ON CONFLICT (entry_id) DO UPDATE
SET project_id = excluded.project_id, decided_by = excluded.decided_by, decided_at = now(), reason = excluded.reason
""")


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry without a project, and the projects of its organisation."""

    entry: dict[str, Any]
    candidates: tuple[dict[str, Any], ...]


def open_entries(connection: Connection, most: int) -> list[OpenEntry]:
    """Return the entries that name no project and wait for a decision, by list and batch."""
    entries = [dict(row) for row in connection.execute(OPEN, {"most": most}).mappings()]
    projects = _candidates(connection, [entry["id"] for entry in entries])
    return [OpenEntry(entry, tuple(projects.get(entry["id"], ()))) for entry in entries]


def decide(connection: Connection, entry: str, project: str, reason: str, account: str) -> None:
    """Store the project of an entry, or that none is known here if it is empty; the next import applies it.

    Raise BadQuery without a reason or for a project that is not here, NoSuchThing for an entry that is not.
    """
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadQuery("reason", reason[:20], msg("%(parameter)s is too short. State the evidence, such as a register entry."))
    if connection.scalar(text("SELECT id FROM lode.list_entry WHERE id = :id"), {"id": entry}) is None:
        raise NoSuchThing(msg("There is no record %(name)r.", name=entry[:80]))
    if project and connection.scalar(text("SELECT id FROM lode.project WHERE id = :id"), {"id": project}) is None:
        raise BadQuery(
            "project", project[:80], msg('There is no project "%(value)s". Take its id from /api/collections/projects.')
        )
    values = {"entry": entry, "project": project or None, "account": account, "reason": reason}
    connection.execute(DECIDE, values)


def _candidates(connection: Connection, entries: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(CANDIDATES, {"entries": list(entries)}).mappings():
        found.setdefault(row["entry"], []).append(dict(row))
    return found
