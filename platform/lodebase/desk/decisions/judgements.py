"""Judgements on pairs of source rows. Each is a row that is never deleted; the last one that was not undone applies."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, text
from sqlalchemy.dialects import postgresql

from lodebase.db.schema.desk_tables import VERDICTS, judgement
from lodebase.db.schema.tables import LINK_RELATIONS
from lodebase.errors import BadQuery, NoSuchThing
from lodedata.messages import msg

MAX_REASON_LENGTH = 2_000
COLUMNS = ("id", "a_source", "a_key", "b_source", "b_key", "verdict", "relation", "reason", "account", "at", "undoes")
"""The exported columns, sufficient to restore the same judgements in another store."""
LATEST = text(
    """
    SELECT j.*, s.id IS NOT NULL AS in_force FROM lode.judgement j LEFT JOIN lode.current_judgement s ON s.id = j.id
    WHERE j.verdict <> 'withdrawn' ORDER BY j.number DESC LIMIT :limit
    """
)
CURRENT = text("SELECT id FROM lode.current_judgement WHERE pair = (SELECT pair FROM lode.judgement WHERE id = :id)")


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


def judge(connection: Connection, said: Judgement, account: str) -> uuid.UUID:
    """Store a judgement and return its id. Raise BadQuery if it is invalid."""
    _require_sense(said)
    made = connection.execute(
        insert(judgement)
        .values(
            a_source=said.a.source,
            a_key=said.a.key,
            b_source=said.b.source,
            b_key=said.b.key,
            verdict=said.verdict,
            relation=said.relation,
            reason=said.reason or None,
            account=account,
        )
        .returning(judgement.c.id)
    )
    return uuid.UUID(str(made.scalar_one()))


def undo(connection: Connection, identity: uuid.UUID, account: str, reason: str | None = None) -> Judgement:
    """Undo a judgement by a later row and return it. Raise NoSuchThing if there is none, BadQuery if it no longer applies."""
    row = connection.execute(select(judgement).where(judgement.c.id == identity)).mappings().first()
    if row is None or row["verdict"] == "withdrawn":
        raise NoSuchThing(msg("There is no judgement %(name)s.", name=identity))
    # if two people undo at once, the second waits here and then sees what the first did
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:pair))"), {"pair": row["pair"]})
    if connection.scalar(CURRENT, {"id": identity}) != identity:
        raise BadQuery(
            "judgement",
            str(identity),
            msg("The judgement %(value)s is no longer in force. A later one, or its withdrawal, replaced it."),
        )
    pair = {name: row[name] for name in ("a_source", "a_key", "b_source", "b_key")}
    connection.execute(
        insert(judgement).values(**pair, verdict="withdrawn", undoes=identity, account=account, reason=reason or None)
    )
    return _build_judgement(row)


def read_judgement_history(connection: Connection, a: JudgementRow, b: JudgementRow) -> list[dict[str, Any]]:
    """Return all judgements on two rows, in either order, latest first."""
    columns = judgement.c
    either = [
        (columns.a_source == x.source) & (columns.a_key == x.key) & (columns.b_source == y.source) & (columns.b_key == y.key)
        for x, y in ((a, b), (b, a))
    ]
    statement = select(judgement).where(either[0] | either[1]).order_by(columns.at.desc(), columns.number.desc())
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_latest_judgements(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the latest judgements and whether each applies; undo rows are not listed separately."""
    return [dict(row) for row in connection.execute(LATEST, {"limit": limit}).mappings()]


def export_judgements(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield all judgements and undo rows, in chronological order."""
    rows = connection.execute(select(*(judgement.c[name] for name in COLUMNS)).order_by(judgement.c.number))
    for row in rows.mappings():
        yield {name: _format_text(row[name]) for name in COLUMNS}


def import_judgements(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Return the number of judgements read and the number of new ones. Raise BadQuery for an invalid row."""
    read = new = 0
    for number, row in enumerate(rows, 1):
        read += 1
        values = _parse_values(number, row)
        made = postgresql.insert(judgement).values(values).on_conflict_do_nothing().returning(judgement.c.id)
        new += connection.execute(made).first() is not None
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
    a, b = (JudgementRow(str(values[f"{one}_source"]), str(values[f"{one}_key"])) for one in "ab")
    if values["verdict"] != "withdrawn":
        _require_sense(Judgement(a, b, str(values["verdict"]), values["relation"], values["reason"]))
    return values


def _require_sense(said: Judgement) -> None:
    verdicts = [verdict for verdict in VERDICTS if verdict != "withdrawn"]
    if said.verdict not in verdicts:
        raise BadQuery(
            "verdict", said.verdict, msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(verdicts))
        )
    if (said.verdict == "linked") != (said.relation in LINK_RELATIONS):
        raise BadQuery(
            "relation",
            str(said.relation),
            msg("A linked pair needs a relation: %(among)s. Other judgements have none.", among=list(LINK_RELATIONS)),
        )
    if said.a == said.b:
        raise BadQuery("pair", said.a.key, msg("Both sides of the pair name the row %(value)s. Name two rows."))
    if said.reason is not None and len(said.reason) > MAX_REASON_LENGTH:
        raise BadQuery(
            "reason",
            said.reason[:20],
            msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_REASON_LENGTH),
        )


def _build_judgement(row: RowMapping) -> Judgement:
    a, b = (JudgementRow(row[f"{one}_source"], row[f"{one}_key"]) for one in "ab")
    return Judgement(a, b, row["verdict"], row["relation"], row["reason"])


def _format_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
