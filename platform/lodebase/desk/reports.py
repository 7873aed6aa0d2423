"""Error reports: anybody may send one; it has a number, a state, a reply and timestamps. The sender is not stored."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.desk_tables import REPORT_STATES, report, report_step, report_try
from lodebase.desk import daily_limits
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound
from lodedata.messages import msg

MIN_TEXT_CHARACTERS, MAX_TEXT_CHARACTERS = 10, 4_000
ENDED = ("corrected", "declined", "duplicate")
"""The final states of a report."""
MAX_REPORTS_PER_DAY = {"of_client": 10, "of_all": 300}
"""The maximum number of reports per day: from one client, and in total."""
# The public text, for readers, is empty until a curator has reviewed the report.
PUBLIC = "SELECT * FROM lode.report_public"
WHOLE = """
SELECT r.number, r.at, r.collection, r.record_id, r.record_name, r.text, coalesce(s.state, 'open') AS state, s.answer,
       s.at AS answered_at, s.account, coalesce(s.shows_text, false) AS shows_text
FROM lode.report r LEFT JOIN LATERAL (
  SELECT * FROM lode.report_step t WHERE t.number = r.number ORDER BY t.id DESC LIMIT 1) s ON true
"""

WAITING_FIRST = "ORDER BY state = ANY (:ended), CASE WHEN state = ANY (:ended) THEN -number END, number"


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """A reported error in a record."""

    collection: str
    record_id: str
    record_name: str
    text: str


def send(engine: Engine, error_report: ErrorReport, client: str) -> int:
    """Store a report and return its number. Raise BadQuery if it is empty or too long, TooManyTries above the daily limit."""
    if not MIN_TEXT_CHARACTERS <= len(error_report.text) <= MAX_TEXT_CHARACTERS:
        raise BadQuery(
            "text",
            error_report.text[:20],
            msg(
                "%(parameter)s must have %(shortest)s to %(longest)s characters.",
                shortest=MIN_TEXT_CHARACTERS,
                longest=MAX_TEXT_CHARACTERS,
            ),
        )
    refusal = msg("Too many reports were sent today. Try again tomorrow.")
    daily_limits.require_few(engine, report_try, {"client": client}, MAX_REPORTS_PER_DAY, refusal)
    with open_write_transaction(engine) as connection:
        statement = insert(report).values(
            collection=error_report.collection,
            record_id=error_report.record_id,
            record_name=error_report.record_name,
            text=error_report.text,
        )
        return int(connection.execute(statement.returning(report.c.number)).scalar_one())


def send_reply(connection: Connection, number: int, state: str, reply_text: str | None, shows_text: bool, account: str) -> None:
    """Store the next step of a report. Raise NotFound if there is none, BadQuery if the step is invalid."""
    if state not in REPORT_STATES:
        raise BadQuery(
            "state", state, msg('%(parameter)s must be one of %(among)s, not "%(value)s".', among=list(REPORT_STATES))
        )
    if state in ENDED and not reply_text:
        raise BadQuery("reply", "", msg("Give a reason for the sender of the report."))
    if reply_text is not None and len(reply_text) > MAX_TEXT_CHARACTERS:
        raise BadQuery(
            "reply",
            reply_text[:20],
            msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_TEXT_CHARACTERS),
        )
    read_public_report(connection, number)
    step = {"number": number, "state": state, "answer": reply_text or None, "shows_text": shows_text, "account": account}
    connection.execute(insert(report_step).inline().values(**step))


def read_public_report(connection: Connection, number: int) -> dict[str, Any]:
    """Return the public part of a report. Raise NotFound if there is none of this number."""
    return _read_row(connection, f"{PUBLIC} WHERE number = :number", number)


def read_public_reports(connection: Connection, states: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
    """Return the public part of the reports in some states, latest first."""
    statement = text(f"{PUBLIC} WHERE state = ANY (:states) ORDER BY number DESC LIMIT :limit")
    return [dict(row) for row in connection.execute(statement, {"states": list(states), "limit": limit}).mappings()]


def count(connection: Connection, states: tuple[str, ...]) -> int:
    """Return the number of reports in some states."""
    statement = text("SELECT count(*) FROM lode.report_public WHERE state = ANY (:states)")
    return int(connection.scalar(statement, {"states": list(states)}) or 0)


def read_desk_reports(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return reports for curators: open ones first, oldest first."""
    statement = text(f"SELECT * FROM ({WHOLE}) w {WAITING_FIRST} LIMIT :limit")
    return [dict(row) for row in connection.execute(statement, {"ended": list(ENDED), "limit": limit}).mappings()]


def read_whole_report(connection: Connection, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return a report with its text and all its steps, latest first. Raise NotFound if there is none of this number."""
    row = _read_row(connection, f"SELECT * FROM ({WHOLE}) w WHERE number = :number", number)
    steps = select(report_step).where(report_step.c.number == number).order_by(report_step.c.id.desc())
    return row, [dict(step) for step in connection.execute(steps).mappings()]


def _read_row(connection: Connection, statement: str, number: int) -> dict[str, Any]:
    # no number is longer than the column holds
    row = connection.execute(text(statement), {"number": min(number, MAX_BIGINT)}).mappings().first()
    if row is None:
        raise NotFound(msg("There is no report %(name)s.", name=number))
    return dict(row)
