"""Entries of condition lists whose project is not known here, and the decisions of experts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lodebase.desk.decisions.decision_rows import NewDecision, record_decision, undo_decision
from lodebase.desk.decisions.reasons import require_reason
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg

OPEN = text("""
SELECT e.id, e.list, e.batch, e.name_as_printed, e.province_as_printed, e.scope_as_printed, e.entry_kind
FROM lode.list_entry e LEFT JOIN lode.list_entry_project d ON d.entry_id = e.id
WHERE d.reopened OR e.project IS NULL AND d.entry_id IS NULL ORDER BY e.list, e.batch, e.serial, e.id LIMIT :most
""")
# projects that name the organisation of the entry
CANDIDATES = text("""
SELECT DISTINCT m.record_id AS entry, p.id, p.name_en, p.name_zh, p.division
FROM lode.organisation_mention m JOIN lode.organisation_mention o ON o.organisation_id = m.organisation_id
JOIN lode.project p ON o.record_kind = 'project' AND p.id = o.record_id
WHERE m.record_kind = 'list_entry' AND m.record_id = ANY (:entries) ORDER BY 1, 2
""")
DECIDED = text("""
SELECT e.id, e.list, e.batch, e.name_as_printed, d.project_id, p.name_en, p.name_zh, d.decided_by, d.decided_at, d.reason
FROM lode.list_entry_project d JOIN lode.list_entry e ON e.id = d.entry_id LEFT JOIN lode.project p ON p.id = e.project
WHERE NOT d.reopened ORDER BY d.decided_at DESC, e.id LIMIT :most
""")
CURRENT = text("SELECT id FROM lode.list_entry_project WHERE entry_id = :entry AND NOT reopened")


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An entry without a project, and the projects of its organisation."""

    entry: dict[str, Any]
    candidates: tuple[dict[str, Any], ...]


def open_entries(connection: Connection, most: int) -> list[OpenEntry]:
    """Return the entries that name no project and wait for a decision, by list and batch."""
    entries = [dict(row) for row in connection.execute(OPEN, {"most": most}).mappings()]
    projects = _find_candidates(connection, [entry["id"] for entry in entries])
    return [OpenEntry(entry, tuple(projects.get(entry["id"], ()))) for entry in entries]


def decide(connection: Connection, entry: str, project: str, reason: str, account: str) -> None:
    """Store the project of an entry, or that none is known here if it is empty; it is applied at once.

    Raise BadQuery without a reason or for a project that is not here, NotFound for an entry that is not.
    """
    require_reason(reason, reason[:20])
    if connection.scalar(text("SELECT id FROM lode.list_entry WHERE id = :id"), {"id": entry}) is None:
        raise NotFound(msg("There is no record %(name)r.", name=entry[:80]))
    if project and connection.scalar(text("SELECT id FROM lode.project WHERE id = :id"), {"id": project}) is None:
        raise BadQuery(
            "project", project[:80], msg('There is no project "%(value)s". Take its id from /api/collections/projects.')
        )
    decided = "covers" if project else "none-here"
    detail = {"project_id": project or None}
    record_decision(connection, NewDecision("list_entry_project", {"entry_id": entry}, decided, detail, reason), account)


def read_project_decisions(connection: Connection, most: int) -> list[dict[str, Any]]:
    """Return the latest decisions, latest first, each with the entry and its project."""
    return [dict(row) for row in connection.execute(DECIDED, {"most": most}).mappings()]


def reopen_entry(connection: Connection, entry: str, reason: str, account: str) -> None:
    """Have an entry wait for a decision again, without the project of the earlier one.

    Raise BadQuery without a reason, NotFound if the entry is not decided.
    """
    require_reason(reason, reason[:20])
    identity = connection.scalar(CURRENT, {"entry": entry})
    if identity is None:
        raise NotFound(msg("The entry waits for a decision already. Open the page again."))
    undo_decision(connection, identity, account, reason)


def _find_candidates(connection: Connection, entries: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    candidates: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(CANDIDATES, {"entries": list(entries)}).mappings():
        candidates.setdefault(row["entry"], []).append(dict(row))
    return candidates
