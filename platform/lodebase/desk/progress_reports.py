"""Monthly reports of projects at the desk: a reporter enters one, a checker accepts it or returns it with a reason.

Every step is a row of its own with what the report had then; none is overwritten. Reports name money and problems, so
only people at the desk read them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from sqlalchemy import Connection, insert, text

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.desk_tables import monthly_report, monthly_report_step
from lodebase.desk.identity.accounts import Account
from lodebase.errors import BadQuery, NotAllowed, NotFound
from lodedata.kinds import KINDS, Field
from lodedata.messages import Message, msg

MAX_TEXT_CHARACTERS = 2_000
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
KIND = KINDS["progress_report"]
ENTERED = tuple(
    field
    for field in KIND.fields
    if field.name in ("investment_done_month_cny", "investment_done_cum_cny", "physical_progress_pct")
    or field.name in ("next_month_plan", "problem_zh")
)
"""The fields that a reporter fills in."""
REPORTED = """
SELECT r.*, s.id AS step, s.state, s."values", s.account AS by, s.at AS changed_at, s.reason, p.name_en, p.name_zh
FROM lode.monthly_report r
JOIN LATERAL (SELECT * FROM lode.monthly_report_step t WHERE t.number = r.number ORDER BY t.id DESC LIMIT 1) s ON true
LEFT JOIN lode.keyed_record w ON w.source = r.project_source AND w.key = r.project AND w.kind = 'project'
LEFT JOIN lode.project p ON p.id = w.id
"""
PHASES = text("""
SELECT m.project_source, m.project, m.phase, max(m.name_en) AS name_en, max(m.name_zh) AS name_zh FROM (
  SELECT project_source, project, phase, name_en, name_zh FROM lode.milestone
  UNION ALL SELECT project_source, project, phase, name_en, name_zh FROM lode.schedule_entry) m
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")
STEPS_OF = text("SELECT * FROM lode.monthly_report_step WHERE number = :number ORDER BY id")


@dataclass(frozen=True, slots=True)
class ReportStep:
    """A state that a report can get: from which states, by which role, and by its reporter or by somebody else."""

    state: str
    after: tuple[str | None, ...]
    role: str
    by_reporter: bool
    needs_reason: bool = False


STEPS = (
    ReportStep("draft", (None, "draft", "returned"), "contributor", by_reporter=True),
    ReportStep("submitted", (None, "draft", "returned"), "contributor", by_reporter=True),
    ReportStep("accepted", ("submitted",), "expert", by_reporter=False),
    ReportStep("returned", ("submitted",), "expert", by_reporter=False, needs_reason=True),
)


@dataclass(frozen=True, slots=True)
class ReportedPhase:
    """The phase of a project that a report is about."""

    project_source: str
    project: str
    phase: int | None


def list_report_steps(of: Account, reporter: str, state: str | None) -> list[ReportStep]:
    """Return the steps that an account may take with a reporter's report in a state."""
    return [step for step in STEPS if state in step.after and of.may(step.role) and step.by_reporter == (of.name == reporter)]


def parse_report_form(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a form by field, without empty ones. Raise BadQuery for one that its field can't have."""
    values = {field.name: _parse_value(field, form.get(field.name, "").strip()) for field in ENTERED}
    month, to_date = values["investment_done_month_cny"], values["investment_done_cum_cny"]
    if month is not None and to_date is not None and to_date < month:
        raise BadQuery(
            "investment_done_cum_cny",
            f"{to_date:g}",
            msg(
                "The investment to date (%(value)s) is less than that of the month (%(month)s). Correct one.",
                month=f"{month:g}",
            ),
        )
    return {name: value for name, value in values.items() if value is not None}


def read_project_phases(connection: Connection) -> list[dict[str, Any]]:
    """Return the phases of projects that have milestones or are in a ledger."""
    return [dict(row) for row in connection.execute(PHASES).mappings()]


def add(connection: Connection, of: ReportedPhase, month: str, values: Mapping[str, Any], state: str, account: Account) -> int:
    """Store the report of a month and return its number. Raise BadQuery if it is invalid or there is one already."""
    if not MONTH.fullmatch(month) or month > date.today().isoformat()[:7]:
        raise BadQuery("month", month[:20], msg('"%(value)s" is not a month up to now. Write it as 2026-03.'))
    if not any(
        ReportedPhase(row["project_source"], row["project"], row["phase"]) == of for row in read_project_phases(connection)
    ):
        raise BadQuery("project", of.project[:80], msg("%(value)s has no milestone and no ledger entry. Choose a project."))
    same = text(
        "SELECT number FROM lode.monthly_report WHERE project_source = :source AND project = :project "
        "AND phase IS NOT DISTINCT FROM :phase AND month = :month"
    )
    parameters = {"source": of.project_source, "project": of.project, "phase": of.phase, "month": month}
    there = connection.scalar(same, parameters)
    if there is not None:
        raise BadQuery("month", month, msg("Report %(number)s is of this project and month. Change that one.", number=there))
    step = _check_step(account, account.name, None, state)
    row = {"project_source": of.project_source, "project": of.project, "phase": of.phase, "month": month}
    statement = insert(monthly_report).values(**row, account=account.name).returning(monthly_report.c.number)
    number = int(connection.execute(statement).scalar_one())
    _store(connection, number, step, values, None, account)
    return number


def take(connection: Connection, number: int, state: str, values: Mapping[str, Any], reason: str, account: Account) -> None:
    """Take a step with a report. Raise NotFound, NotAllowed, or BadQuery if it lacks a reason or does not follow."""
    progress_report = read_progress_report(connection, number, account)
    step = _check_step(account, progress_report["account"], progress_report["state"], state)
    if not int(step.needs_reason) <= len(reason) <= MAX_TEXT_CHARACTERS:
        raise BadQuery(
            "reason", reason[:20], msg("%(parameter)s must have 1 to %(longest)s characters.", longest=MAX_TEXT_CHARACTERS)
        )
    # a checker decides on what the reporter entered
    _store(connection, number, step, values if step.by_reporter else progress_report["values"], reason or None, account)


def read_progress_report(connection: Connection, number: int, account: Account) -> dict[str, Any]:
    """Return a report with its latest values and state. Raise NotFound if the account sees none of this number."""
    statement = text(f"SELECT * FROM ({REPORTED}) l WHERE number = :number AND (state <> 'draft' OR account = :account)")
    row = connection.execute(statement, {"number": min(number, MAX_BIGINT), "account": account.name}).mappings().first()
    if row is None:
        raise NotFound(msg("There is no report %(name)s.", name=number))
    return dict(row)


def read_progress_reports(connection: Connection, account: Account, limit: int) -> list[dict[str, Any]]:
    """Return the reports that an account sees, those that wait for a checker first, then the latest months first."""
    statement = text(
        f"SELECT * FROM ({REPORTED}) l WHERE state <> 'draft' OR account = :account "
        "ORDER BY state <> 'submitted', month DESC, number DESC LIMIT :limit"
    )
    return [dict(row) for row in connection.execute(statement, {"account": account.name, "limit": limit}).mappings()]


def read_report_steps(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Return the steps of a report, in order."""
    return [dict(row) for row in connection.execute(STEPS_OF, {"number": number}).mappings()]


def _check_step(account: Account, reporter: str, state: str | None, wanted: str) -> ReportStep:
    step = next((step for step in STEPS if step.state == wanted), None)
    if step is None or state not in step.after:
        raise BadQuery("state", wanted[:20], msg("A report that is %(state)s can't become %(value)s.", state=state or "new"))
    if step not in list_report_steps(account, reporter, state):
        raise NotAllowed(_describe_forbidden_step(step))
    return step


def _describe_forbidden_step(step: ReportStep) -> Message:
    if step.by_reporter:
        return msg("Only the reporter of a report changes it.")
    return msg("An expert other than its reporter checks a report.")


def _store(
    connection: Connection, number: int, step: ReportStep, values: Mapping[str, Any], reason: str | None, account: Account
) -> None:
    row = {"number": number, "state": step.state, "values": dict(values), "reason": reason, "account": account.name}
    connection.execute(insert(monthly_report_step).inline().values(**row))


def _parse_value(field: Field, entered_text: str) -> Any:
    if not entered_text:
        return None
    if field.type != "number":
        if len(entered_text) > MAX_TEXT_CHARACTERS:
            raise BadQuery(
                field.name,
                entered_text[:20],
                msg("%(parameter)s must have 1 to %(longest)s characters.", longest=MAX_TEXT_CHARACTERS),
            )
        return entered_text
    try:
        number = float(entered_text.replace(",", ""))
    except ValueError:
        raise BadQuery(field.name, entered_text[:40], msg('"%(value)s" is not a number.')) from None
    most = 100 if field.unit == "%" else 1e13
    if not isfinite(number) or not 0 <= number <= most:
        raise BadQuery(field.name, entered_text[:40], msg("%(parameter)s must be from 0 to %(most)s.", most=f"{most:,.0f}"))
    return number
