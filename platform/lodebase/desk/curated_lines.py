"""Curated values as lines of a file: exported from one store and imported into another or the same, each only once."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from lodebase.db.schema.desk_tables import proposal, proposal_step
from lodebase.desk.decisions.proposals import FOLLOWING_STATES, MAX_TEXT_CHARACTERS, build_decision, read_proposal, read_value
from lodebase.errors import BadQuery
from lodebase.query.collections_ import COLLECTIONS
from lodedata.choice.expert_values import POSITION
from lodedata.messages import msg

TEXT_COLUMNS = ("collection", "record_id", "record_name", "source", "key", "field", "cited", "reason", "account", "at")
COLUMNS = (*TEXT_COLUMNS, "value", "was")
STEP = ("state", "words", "account", "at")
STATES = {state for states in FOLLOWING_STATES.values() for state in states}
IMPORTED_STATES = {**FOLLOWING_STATES, "declined": ("accepted",), "withdrawn": ("accepted",)}
"""The states that may follow another in lines: another store may have accepted what this one declined."""
SAME = ("source", "key", "field", "account", "at")
"""The columns that identify a value: an account gives at most one value at a time."""
HISTORY = text("SELECT number, state, words, account, at FROM lode.proposal_history ORDER BY at, place")
HISTORY_OF = text("SELECT state, at FROM lode.proposal_history WHERE number = :number")
ACCEPT = text("""
INSERT INTO lode.decision (kind, subject, decision, detail, reason, account, at)
VALUES (:kind, CAST(:subject AS jsonb), :decision, CAST(:detail AS jsonb), :reason, :account, :at)
""")
WITHDRAW = text("""
INSERT INTO lode.decision (kind, subject, decision, reason, account, at, undoes)
SELECT d.kind, d.subject, 'withdrawn', :words, :account, :at, d.id FROM lode.decision d WHERE d.id = :decision
""")


def export_curated_values(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield all values that were ever given, in chronological order, each with its decisions."""
    steps: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(HISTORY).mappings():
        steps.setdefault(row["number"], []).append({name: _simplify_value(row[name]) for name in STEP})
    for row in connection.execute(select(proposal).order_by(proposal.c.number)).mappings():
        yield {name: _simplify_value(row[name]) for name in COLUMNS} | {"steps": steps.get(row["number"], [])}


def import_curated_values(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return the number of values read, and of new values or decisions. Raise BadQuery for an invalid row."""
    read = new = 0
    for line, row in enumerate(rows, 1):
        read += 1
        _require_sense(line, row)
        new += _bring(connection, row)
    return read, new


def _bring(connection: Connection, row: Mapping[str, Any]) -> bool:
    is_same = [proposal.c[name] == _convert_value(name, row[name]) for name in SAME]
    stored_number = connection.scalar(select(proposal.c.number).where(*is_same))
    is_new = stored_number is None
    if stored_number is None:
        values = {name: _convert_value(name, row.get(name)) for name in COLUMNS}
        stored_number = connection.execute(insert(proposal).values(values).returning(proposal.c.number)).scalar_one()
    number = int(stored_number)
    stored_steps = {(stored["at"], stored["state"]) for stored in connection.execute(HISTORY_OF, {"number": number}).mappings()}
    for step in row["steps"]:
        if (datetime.fromisoformat(step["at"]), step["state"]) not in stored_steps:
            is_new |= _take_step(connection, number, {name: _convert_value(name, step.get(name)) for name in STEP})
    return is_new


def _take_step(connection: Connection, number: int, step: Mapping[str, Any]) -> bool:
    """Return whether a step follows the state of a proposal, and then store it as it was at that time.

    One that does not, such as a second acceptance in two stores that exchange values, decides nothing; nor does one that is
    earlier than what was decided last.
    """
    row = read_proposal(connection, number)
    is_earlier = row["decided_at"] is not None and step["at"] < row["decided_at"]
    if is_earlier or step["state"] not in IMPORTED_STATES.get(row["state"], ()):
        return False
    if step["state"] == "accepted":
        new = build_decision(row, step["words"])
        detail = {name: member for name, member in new.detail.items() if member is not None}
        decided = {"kind": new.kind, "subject": json.dumps(dict(new.subject)), "decision": new.decision, "reason": new.reason}
        connection.execute(ACCEPT, {**decided, "detail": json.dumps(detail), "account": step["account"], "at": step["at"]})
    elif step["state"] == "withdrawn":
        connection.execute(WITHDRAW, {**step, "decision": row["decision"]})
    else:
        connection.execute(insert(proposal_step).inline().values(number=number, **step))
    return True


def _require_sense(line: int, row: Mapping[str, Any]) -> None:
    if set(row) != {*COLUMNS, "steps"} or not isinstance(row["steps"], list):
        raise BadQuery(
            f"line {line}",
            ", ".join(sorted(set(row)))[:80],
            msg('"%(value)s" is not an exported value. Use a line as `lode judgements export` writes it.'),
        )
    _require_texts(line, row, TEXT_COLUMNS)
    for step in row["steps"]:
        if not isinstance(step, dict) or set(step) != set(STEP) or step["state"] not in STATES:
            raise BadQuery(f"line {line}", str(step)[:40], msg('"%(value)s" is not a step of an exported value.'))
        _require_texts(line, step, ("state", "account", "at"))
    if row["collection"] not in COLLECTIONS:
        raise BadQuery(
            f"line {line}",
            row["collection"][:40],
            msg('"%(value)s" is not a collection. Choose one of %(choices)s.', choices=list(COLLECTIONS)),
        )
    proposed_value = row["value"]
    written = (
        ", ".join(str(part) for part in proposed_value)
        if row["field"] == POSITION and isinstance(proposed_value, list)
        else str(proposed_value)
    )
    if read_value(COLLECTIONS[row["collection"]], row["field"], written) != proposed_value:
        raise BadQuery(f"line {line}", written[:40], msg('"%(value)s" is not a value of %(row)s.', row=row["field"]))


def _require_texts(line: int, row: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if not isinstance(row[name], str) or not 0 < len(row[name]) <= MAX_TEXT_CHARACTERS:
            raise BadQuery(
                f"line {line}", str(row[name])[:40], msg('"%(value)s" can\'t be the %(name)s of an exported value.', name=name)
            )
    try:
        moment = datetime.fromisoformat(row["at"])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadQuery(
            f"line {line}",
            row["at"][:40],
            msg('"%(value)s" is not a date and time. Write it with its offset from UTC, such as 2026-11-28T06:30:00+00:00.'),
        )


def _convert_value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "at" else value


def _simplify_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
