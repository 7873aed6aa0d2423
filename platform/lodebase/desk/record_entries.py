"""Mining rights and milestones that experts enter in a form: add, correct, review, withdraw.

The site may not write records, so a background task with the importer's rights stores and removes them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, text, update

from lodebase.db.schema.desk_tables import record_correction, record_entry
from lodebase.desk.decisions import reasons
from lodebase.errors import BadQuery, NotFound
from lodedata.entries.record_forms import FORMS, RecordForm, Values
from lodedata.messages import msg

WAITING = ("waiting", "withdrawing")
CORRECTED_FROM = ("served", "refused", "returned")
WITHDRAWN_FROM = ("review", "returned", "served", "refused")
MAX_LISTED_ENTRIES = 200
MAX_PROJECTS = 12
CORRECT = text("SELECT lode.correct_record(:entry, CAST(:fields AS jsonb), :state, :account, :reason)")
PROJECTS = text("""
SELECT p.id, p.name_en, p.name_zh, p.country FROM lode.project p, (SELECT CAST(:q AS text) AS name) q
WHERE p.id = q.name OR strpos(lower(concat_ws(' ', p.name_en, p.name_zh)), lower(q.name)) > 0
ORDER BY p.id <> q.name, lower(q.name) NOT IN (lower(coalesce(p.name_en, '')), lower(coalesce(p.name_zh, ''))),
  coalesce(p.name_en, p.name_zh), p.id LIMIT :most
""")
BASELINE = text("""
SELECT EXISTS (
  SELECT FROM lode.milestone m
  WHERE m.project_source = :source AND m.project = :project AND m.phase IS NOT DISTINCT FROM :phase
    AND m.milestone_type = :type AND m.baseline_date IS NOT NULL)
""")


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """A record as it was entered, its state, and why it was refused, returned or withdrawn."""

    number: int
    form: str
    entered_by: str
    entered_at: datetime
    changed_by: str
    """The account that entered the values which hold now."""
    fields: Values
    state: str
    record_id: str | None
    problems: list[dict[str, str]] | None
    reviewed_by: str | None
    review_note: str | None
    withdrawn_by: str | None
    reason: str | None

    @property
    def waits(self) -> bool:
        """Whether the background task has it."""
        return self.state in WAITING

    @property
    def may_be_corrected(self) -> bool:
        """Whether its values can be corrected."""
        return self.state in CORRECTED_FROM

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it can be withdrawn."""
        return self.state in WITHDRAWN_FROM

    def may_be_published_by(self, account: str) -> bool:
        """Return whether it waits for a second person and an account is not the one that entered its values."""
        return self.state == "review" and account != self.changed_by


@dataclass(frozen=True, slots=True)
class RecordCorrection:
    """A correction of an entered record, with its values before it."""

    corrected_by: str
    corrected_at: datetime
    reason: str
    fields: Values


@dataclass(frozen=True, slots=True)
class FoundProject:
    """A project that a text finds, by its id and names."""

    id: str
    name_en: str | None
    name_zh: str | None
    country: str | None


def add(connection: Connection, form: RecordForm, values: Values, account: str, reviewed: bool) -> int:
    """Store the values of a form, which wait to be imported, or for a second person, and return their number."""
    row = {"form": form.name, "entered_by": account, "changed_by": account, "fields": dict(values)}
    state = "review" if reviewed else "waiting"
    return int(
        connection.execute(insert(record_entry).values(**row, state=state).returning(record_entry.c.number)).scalar_one()
    )


def read_record_entry(connection: Connection, form: RecordForm, number: int) -> RecordEntry:
    """Return an entered record. Raise NotFound if the form has none of this number."""
    columns = [record_entry.c[name] for name in RecordEntry.__slots__]
    statement = select(*columns).where(record_entry.c.number == min(number, 2**31 - 1), record_entry.c.form == form.name)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(msg("There is no entry %(number)s at the desk.", number=number))
    return RecordEntry(**row)


def read_record_entries(connection: Connection, form: RecordForm) -> list[RecordEntry]:
    """Return the latest entries of a form: those that wait for a second person first, then the latest."""
    columns = [record_entry.c[name] for name in RecordEntry.__slots__]
    order = (record_entry.c.state != "review", record_entry.c.number.desc())
    statement = select(*columns).where(record_entry.c.form == form.name).order_by(*order).limit(MAX_LISTED_ENTRIES)
    return [RecordEntry(**row) for row in connection.execute(statement).mappings()]


def correct(
    connection: Connection, form: RecordForm, number: int, values: Values, reason: str, account: str, reviewed: bool
) -> None:
    """Store other values of an entry with the reason; the earlier ones stay in its history.

    Raise BadQuery without a reason, without a change, or while it is stored, reviewed or withdrawn.
    """
    _require_reason(reason)
    entry = read_record_entry(connection, form, number)
    if not entry.may_be_corrected:
        raise _build_busy_error(number)
    if dict(values) == dict(entry.fields):
        raise BadQuery("reason", "", msg("No value is changed. Correct a value first."))
    parameters = {"entry": number, "fields": orjson.dumps(dict(values)).decode(), "account": account, "reason": reason}
    connection.execute(CORRECT, {**parameters, "state": "review" if reviewed else "waiting"})


def read_record_corrections(connection: Connection, number: int) -> list[RecordCorrection]:
    """Return the corrections of an entry, latest first."""
    columns = [record_correction.c[name] for name in RecordCorrection.__slots__]
    statement = select(*columns).where(record_correction.c.entry == number).order_by(record_correction.c.number.desc())
    return [RecordCorrection(**row) for row in connection.execute(statement).mappings()]


def publish(connection: Connection, form: RecordForm, number: int, account: str) -> None:
    """Have an entry that waits for a second person stored. Raise BadQuery for the person who entered its values."""
    if not read_record_entry(connection, form, number).may_be_published_by(account):
        raise BadQuery("action", "publish", msg("Somebody who did not enter these values has to publish them."))
    _change(connection, number, "review", {"state": "waiting", "reviewed_by": account})


def send_back(connection: Connection, form: RecordForm, number: int, account: str, note: str) -> None:
    """Return an entry that waits for a second person, with the reason. Raise BadQuery without one."""
    if not read_record_entry(connection, form, number).may_be_published_by(account):
        raise BadQuery("action", "send-back", msg("Somebody who did not enter these values has to review them."))
    if not 1 <= len(note) <= reasons.MAX_REASON_CHARACTERS:
        raise BadQuery(
            "note",
            note[:20],
            msg("Enter why it is sent back, in up to %(most)s characters.", most=reasons.MAX_REASON_CHARACTERS),
        )
    _change(connection, number, "review", {"state": "returned", "reviewed_by": account, "review_note": note})


def withdraw(connection: Connection, form: RecordForm, number: int, reason: str, account: str) -> None:
    """Order that the record of an entry is removed; earlier versions of the data still have it.

    Raise BadQuery without a reason, or while it is stored or removed.
    """
    _require_reason(reason)
    entry = read_record_entry(connection, form, number)
    if not entry.may_be_withdrawn:
        raise _build_busy_error(number)
    _change(connection, number, entry.state, {"state": "withdrawing", "withdrawn_by": account, "reason": reason})


def find_projects(connection: Connection, q: str) -> Sequence[FoundProject]:
    """Return the projects with a text in their names, those of exactly this name or id first."""
    rows = connection.execute(PROJECTS, {"q": q, "most": MAX_PROJECTS}).mappings()
    return [FoundProject(row["id"], row["name_en"], row["name_zh"], row["country"]) for row in rows]


def has_baseline(connection: Connection, values: Values) -> bool:
    """Return whether a milestone of the same project, phase and step has a baseline already."""
    phase = int(values["phase"]) if values.get("phase") else None
    parameters = {"source": values["project_source"], "project": values["project_key"], "phase": phase}
    return bool(connection.scalar(BASELINE, {**parameters, "type": values["milestone_type"]}))


def read_entry_forms(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """Return the name of the form of each entry, by its number as text."""
    wanted = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 10]
    rows = connection.execute(select(record_entry.c.number, record_entry.c.form).where(record_entry.c.number.in_(wanted)))
    return {str(row.number): row.form for row in rows}


def find_record_form(name: str) -> RecordForm:
    """Return a form. Raise NotFound if there is none of this name."""
    if name not in FORMS:
        raise NotFound(msg("There is no form %(name)r.", name=name[:40]))
    return FORMS[name]


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason) <= reasons.MAX_REASON_CHARACTERS:
        wrong = msg(
            "%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=reasons.MAX_REASON_CHARACTERS
        )
        raise BadQuery("reason", reason[:20], wrong)


def _build_busy_error(number: int) -> BadQuery:
    being = msg("The entry %(value)s is being stored or reviewed, or is withdrawn already. Load the page again.")
    return BadQuery("state", str(number), being)


def _change(connection: Connection, number: int, state: str, change: Mapping[str, Any]) -> None:
    unchanged = (record_entry.c.number == number, record_entry.c.state == state)
    if not connection.execute(update(record_entry).where(*unchanged).values(dict(change))).rowcount:
        raise _build_busy_error(number)
