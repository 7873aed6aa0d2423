"""Decisions of people of any kind: how they are stored, undone and listed. A row is never changed or deleted."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from lodebase.db.schema.decision_kinds import DECISION_KINDS
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg

MAX_LISTED_DECISIONS = 100
_KEY = "CAST(CAST(:subject AS jsonb) AS text)"
# if two people decide at once, the second waits here and then sees what the first did
LOCK = text(f"SELECT pg_advisory_xact_lock(hashtext(:kind || {_KEY}))")
LOCK_KEY = text("SELECT pg_advisory_xact_lock(hashtext(:kind || :subject_key))")
WITHDRAW_EARLIER = text(f"""
INSERT INTO lode.decision (kind, subject, decision, account, undoes)
SELECT c.kind, c.subject, 'withdrawn', :account, c.id FROM lode.current_decision c
WHERE c.kind = :kind AND c.subject_key = {_KEY}
""")
RECORD = text("""
INSERT INTO lode.decision (kind, subject, decision, detail, reason, account)
VALUES (:kind, CAST(:subject AS jsonb), :decision, CAST(:detail AS jsonb), :reason, :account) RETURNING id
""")
OF_ID = text("SELECT kind, subject, decision, detail, reason, subject_key FROM lode.decision WHERE id = :id AND undoes IS NULL")
IS_CURRENT = text(
    "SELECT EXISTS (SELECT FROM lode.current_decision WHERE kind = :kind AND subject_key = :subject_key AND id = :id)"
)
IS_UNDONE = text("SELECT EXISTS (SELECT FROM lode.decision WHERE undoes = :id)")
UNDO = text("""
INSERT INTO lode.decision (kind, subject, decision, reason, account, undoes)
SELECT d.kind, d.subject, 'withdrawn', :reason, :account, d.id FROM lode.decision d WHERE d.id = :id
""")
LISTED = text("""
SELECT d.id, d.number, d.kind, d.subject, d.decision, d.detail, d.reason, d.account, d.at, u.account AS undone_by,
  u.at AS undone_at, u.reason AS undone_reason, c.id IS NOT NULL AS in_force, count(*) OVER () AS total
FROM lode.decision d LEFT JOIN lode.decision u ON u.undoes = d.id LEFT JOIN lode.current_decision c ON c.id = d.id
WHERE d.undoes IS NULL AND (:kind = '' OR d.kind = :kind) ORDER BY d.at DESC, d.number DESC LIMIT :most OFFSET :skip
""")


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision of a kind on a subject: its value, further members of it, and the reason."""

    kind: str
    subject: Mapping[str, str]
    decision: str
    detail: Mapping[str, Any]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ListedDecision:
    """A stored decision: who made it and when, who undid it, and whether it applies."""

    id: uuid.UUID
    number: int
    kind: str
    subject: Mapping[str, str]
    decision: str
    detail: Mapping[str, Any]
    reason: str | None
    account: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None
    undone_reason: str | None
    in_force: bool

    @property
    def may_be_undone(self) -> bool:
        """Whether it can be undone: it applies, or is of a kind whose superseded decisions are undone too."""
        return self.in_force or (self.undone_at is None and DECISION_KINDS[self.kind].undone_when_superseded)


def record_decision(connection: Connection, new: NewDecision, account: str) -> uuid.UUID:
    """Store a decision and return its id; of a replacing kind it withdraws the one before on the same subject."""
    values = {"kind": new.kind, "subject": json.dumps(dict(new.subject)), "account": account}
    if DECISION_KINDS[new.kind].replacing:
        connection.execute(LOCK, values)
        connection.execute(WITHDRAW_EARLIER, values)
    detail = json.dumps({name: value for name, value in new.detail.items() if value is not None})
    row = {**values, "decision": new.decision, "detail": detail, "reason": new.reason or None}
    return uuid.UUID(str(connection.execute(RECORD, row).scalar_one()))


def undo_decision(connection: Connection, identity: uuid.UUID, account: str, reason: str | None = None) -> RowMapping:
    """Undo a decision by a later row and return it. Raise NotFound if there is none, BadQuery if it no longer applies."""
    row = connection.execute(OF_ID, {"id": identity}).mappings().first()
    if row is None:
        raise NotFound(msg("There is no decision %(name)s.", name=identity))
    key = {"kind": row["kind"], "subject_key": row["subject_key"], "id": identity}
    connection.execute(LOCK_KEY, key)
    if not _may_be_undone(connection, key):
        raise BadQuery(
            "decision",
            str(identity),
            msg("The decision %(value)s is no longer in force. A later one, or its withdrawal, replaced it."),
        )
    connection.execute(UNDO, {"id": identity, "account": account, "reason": reason or None})
    return row


def _may_be_undone(connection: Connection, key: Mapping[str, Any]) -> bool:
    """Return whether a decision applies, or is not undone yet if its kind allows to undo a superseded one."""
    if DECISION_KINDS[key["kind"]].undone_when_superseded:
        return not connection.scalar(IS_UNDONE, {"id": key["id"]})
    return bool(connection.scalar(IS_CURRENT, key))


def read_decisions(connection: Connection, kind: str, skip: int) -> tuple[list[ListedDecision], int]:
    """Return decisions, latest first, and the number of all: of a kind, or of every one if it is empty.

    Raise BadQuery for a kind that is none.
    """
    if kind and kind not in DECISION_KINDS:
        among = msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(DECISION_KINDS))
        raise BadQuery("kind", kind[:40], among)
    rows = connection.execute(LISTED, {"kind": kind, "skip": skip, "most": MAX_LISTED_DECISIONS}).mappings().all()
    listed = [ListedDecision(**{name: value for name, value in row.items() if name != "total"}) for row in rows]
    return listed, int(rows[0]["total"]) if rows else 0
