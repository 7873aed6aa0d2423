"""Judgements on pairs of source rows. Each is a row that is never deleted; the last one that was not undone applies."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lodebase.db.schema.decision_kinds import JUDGEMENT, WITHDRAWN
from lodebase.db.schema.tables import LINK_RELATIONS
from lodebase.desk.decisions.decision_rows import NewDecision, record_decision, undo_decision
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg

MAX_REASON_CHARACTERS = 2_000
COLUMNS = ("id", "a_source", "a_key", "b_source", "b_key", "verdict", "relation", "reason", "account", "at", "undoes")
"""The exported columns, sufficient to restore the same judgements in another store."""
LATEST = text(
    """
    SELECT j.*, s.id IS NOT NULL AS in_force FROM lode.judgement j LEFT JOIN lode.current_judgement s ON s.id = j.id
    WHERE j.verdict <> 'withdrawn' ORDER BY j.number DESC LIMIT :limit
    """
)
IS_JUDGEMENT = text("SELECT EXISTS (SELECT FROM lode.judgement WHERE id = :id AND undoes IS NULL)")
OF_ROWS = text(
    """
    SELECT * FROM lode.judgement
    WHERE (a_source, a_key, b_source, b_key) IN ((:a_source, :a_key, :b_source, :b_key), (:b_source, :b_key, :a_source, :a_key))
    ORDER BY at DESC, number DESC
    """
)
ALL = text(f"SELECT {', '.join(COLUMNS)} FROM lode.judgement ORDER BY number")
RESTORE = text(
    """
    INSERT INTO lode.decision (id, kind, subject, decision, detail, reason, account, at, undoes)
    VALUES (:id, 'judgement', CAST(:subject AS jsonb), :verdict, CAST(:detail AS jsonb), :reason, :account, :at, :undoes)
    ON CONFLICT DO NOTHING RETURNING id
    """
)


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """A row of a source, identified by its key there."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement on two rows: a verdict, and for ``linked`` the relation of the first to the second."""

    a: JudgementRow
    b: JudgementRow
    verdict: str
    relation: str | None = None
    reason: str | None = None


def judge(connection: Connection, judgement: Judgement, account: str) -> uuid.UUID:
    """Store a judgement and return its id. Raise BadQuery if it is invalid."""
    _require_sense(judgement)
    subject, detail = _build_subject(judgement.a, judgement.b), {"relation": judgement.relation}
    return record_decision(connection, NewDecision("judgement", subject, judgement.verdict, detail, judgement.reason), account)


def undo(connection: Connection, identity: uuid.UUID, account: str, reason: str | None = None) -> Judgement:
    """Undo a judgement by a later row and return it. Raise NotFound if there is none, BadQuery if it no longer applies."""
    if not connection.scalar(IS_JUDGEMENT, {"id": identity}):
        raise NotFound(msg("There is no judgement %(name)s.", name=identity))
    row = undo_decision(connection, identity, account, reason)
    a, b = (JudgementRow(row["subject"][f"{one}_source"], row["subject"][f"{one}_key"]) for one in "ab")
    return Judgement(a, b, row["decision"], row["detail"].get("relation"), row["reason"])


def read_judgement_history(connection: Connection, a: JudgementRow, b: JudgementRow) -> list[dict[str, Any]]:
    """Return all judgements on two rows, in either order, latest first."""
    return [dict(row) for row in connection.execute(OF_ROWS, _build_subject(a, b)).mappings()]


def read_latest_judgements(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the latest judgements and whether each applies; undo rows are not listed separately."""
    return [dict(row) for row in connection.execute(LATEST, {"limit": limit}).mappings()]


def export_judgements(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield all judgements and undo rows, in chronological order."""
    for row in connection.execute(ALL).mappings():
        yield {name: _format_text(row[name]) for name in COLUMNS}


def import_judgements(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return the number of judgements read and the number of new ones. Raise BadQuery for an invalid row."""
    read = new = 0
    for number, row in enumerate(rows, 1):
        read += 1
        new += connection.execute(RESTORE, _parse_values(number, row)).first() is not None
    return read, new


def _parse_values(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row.get(name) or None for name in COLUMNS}
    missing = [name for name in COLUMNS if name not in ("relation", "reason", "undoes") and values[name] is None]
    if missing or set(row) - set(COLUMNS):
        raise BadQuery(
            f"row {number}",
            ", ".join(missing or sorted(set(row) - set(COLUMNS))),
            msg('%(parameter)s is missing or unknown: "%(value)s".'),
        )
    a, b = (JudgementRow(str(values[f"{side}_source"]), str(values[f"{side}_key"])) for side in "ab")
    if values["verdict"] != WITHDRAWN:
        _require_sense(Judgement(a, b, str(values["verdict"]), values["relation"], values["reason"]))
    detail = {"relation": values["relation"]} if values["relation"] else {}
    return values | {"subject": json.dumps(_build_subject(a, b)), "detail": json.dumps(detail)}


def _require_sense(judgement: Judgement) -> None:
    if judgement.verdict not in JUDGEMENT.choices:
        among = msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(JUDGEMENT.choices))
        raise BadQuery("verdict", judgement.verdict, among)
    if (judgement.verdict == "linked") != (judgement.relation in LINK_RELATIONS):
        raise BadQuery(
            "relation",
            str(judgement.relation),
            msg("A linked pair needs a relation: %(among)s. Other judgements have none.", among=list(LINK_RELATIONS)),
        )
    if judgement.a == judgement.b:
        raise BadQuery("pair", judgement.a.key, msg("Both sides of the pair name the row %(value)s. Name two rows."))
    if judgement.reason is not None and len(judgement.reason) > MAX_REASON_CHARACTERS:
        raise BadQuery(
            "reason",
            judgement.reason[:20],
            msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_REASON_CHARACTERS),
        )


def _build_subject(a: JudgementRow, b: JudgementRow) -> dict[str, str]:
    return {"a_source": a.source, "a_key": a.key, "b_source": b.source, "b_key": b.key}


def _format_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
