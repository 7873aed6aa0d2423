"""Official acts that experts enter at the desk with a file, their review by a second person, and their withdrawal.

The site may not write records, so a background task with the importer's rights stores and removes them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select, text, update

from lodebase.db.schema.desk_tables import act_correction, act_entry, act_part
from lodebase.desk import parts
from lodebase.desk.decisions import reasons
from lodebase.desk.parts import FilePart
from lodebase.errors import BadQuery, NotFound
from lodedata.acts import attachments
from lodedata.acts.form import Subject
from lodedata.messages import Message, msg

WAITING = ("uploading", "waiting", "withdrawing")
WITHDRAWN_FROM = ("uploading", "review", "returned", "served", "refused")
CORRECTED_FROM = ("served", "refused", "returned")
MAX_LISTED_ACTS = 200
OWNER = act_part.c.entry
CORRECT = text("SELECT lode.correct_act(:entry, CAST(:fields AS jsonb), CAST(:subjects AS jsonb), :state, :account, :reason)")


@dataclass(frozen=True, slots=True)
class ActFile:
    """The name and the size of a file that follows in parts."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ActPart:
    """A part of a file: its first byte, counted from 0, and its bytes."""

    position: int
    content: bytes


@dataclass(frozen=True, slots=True)
class ActEntry:
    """An act as it was entered, its file, its state, and why it was refused or withdrawn."""

    number: int
    entered_by: str
    entered_at: datetime
    fields: Mapping[str, str]
    subjects: Sequence[Subject]
    file_name: str | None
    bytes: int | None
    media_type: str | None
    sha256: str | None
    state: str
    record_id: str | None
    problems: list[dict[str, Any]] | None
    withdrawn_by: str | None
    reason: str | None
    changed_by: str | None
    """The account that entered the values which hold now; None for an act from before reviews."""
    reviewed_by: str | None
    review_note: str | None

    @property
    def waits(self) -> bool:
        """Whether a file or the background task is still to come."""
        return self.state in WAITING

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it can be withdrawn."""
        return self.state in WITHDRAWN_FROM

    @property
    def may_be_corrected(self) -> bool:
        """Whether its values can be corrected."""
        return self.state in CORRECTED_FROM

    def may_be_published_by(self, account: str) -> bool:
        """Return whether it waits for a second person and an account is not the one that entered its values."""
        return self.state == "review" and account != self.changed_by


@dataclass(frozen=True, slots=True)
class ActCorrection:
    """A correction of an entered act, with its values and records before it."""

    corrected_by: str
    corrected_at: datetime
    reason: str
    fields: Mapping[str, str]
    subjects: Sequence[Subject]


@dataclass(frozen=True, slots=True)
class NewValues:
    """Other values and records of an act, and why they are corrected."""

    fields: Mapping[str, str]
    subjects: Sequence[Subject]
    reason: str


def add(
    connection: Connection,
    account: str,
    fields: Mapping[str, str],
    subjects: Sequence[Subject],
    file: ActFile | None,
    reviewed: bool,
) -> int:
    """Store an act, which waits for its file if it has one, then for a second person, and return its number.

    Raise BadQuery for a wrong file.
    """
    row: dict[str, Any] = {
        "entered_by": account,
        "changed_by": account,
        "fields": dict(fields),
        "subjects": [dict(subject) for subject in subjects],
        "state": _complete_state(reviewed),
    }
    if file is not None:
        remedy = msg("Attach a smaller file, such as one scanned at a lower resolution.")
        parts.require_size(file.size, attachments.MAX_FILE_BYTES, remedy)
        row |= {"file_name": parts.clean_file_name(file.name), "bytes": file.size, "state": "uploading"}
    return int(connection.execute(insert(act_entry).values(row).returning(act_entry.c.number)).scalar_one())


def add_part(connection: Connection, number: int, part: ActPart, reviewed: bool) -> int:
    """Store a part of the file and return how many bytes are there; the complete act waits to be stored or reviewed.

    Raise BadQuery for a part that does not fit, or if the content of the file is of no accepted type.
    """
    entry = read_act_entry(connection, number)
    if entry.state != "uploading" or entry.bytes is None or entry.file_name is None:
        raise BadQuery(
            "position", str(part.position), msg("The act %(number)s waits for no file. Enter it again.", number=number)
        )
    stored = parts.add(connection, OWNER, number, FilePart(entry.bytes, part.position, part.content))
    if stored == entry.bytes:
        whole = b"".join(parts.read_file_parts(connection, OWNER, number))
        media = attachments.detect_media_type(whole)
        if media is None:
            raise BadQuery("file", entry.file_name[:40], describe_wrong_type(entry.file_name))
        file_values = {
            "media_type": media,
            "file_name": attachments.name_for(media, entry.file_name),
            "state": _complete_state(reviewed),
        }
        _change(connection, number, {**file_values, "sha256": hashlib.sha256(whole).hexdigest()})
    return stored


def describe_wrong_type(name: str) -> Message:
    """Return the sentence for a file of no accepted type."""
    return msg(
        "The content of the file %(name)s is not one of %(types)s, or it has macros. Save it as one of them.",
        name=name[:40],
        types=attachments.NAMES,
    )


def read_act_entry(connection: Connection, number: int) -> ActEntry:
    """Return an entered act. Raise NotFound if there is none of this number."""
    columns = [act_entry.c[name] for name in ActEntry.__slots__]
    statement = select(*columns).where(act_entry.c.number == min(number, 2**31 - 1))
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(msg("There is no act %(number)s at the desk.", number=number))
    return ActEntry(**row)


def read_latest_acts(connection: Connection) -> list[ActEntry]:
    """Return the latest acts: those that wait for a second person first, then the latest."""
    columns = [act_entry.c[name] for name in ActEntry.__slots__]
    order = (act_entry.c.state != "review", act_entry.c.number.desc())
    statement = select(*columns).order_by(*order).limit(MAX_LISTED_ACTS)
    return [ActEntry(**row) for row in connection.execute(statement).mappings()]


def correct(connection: Connection, number: int, correction: NewValues, account: str, reviewed: bool) -> None:
    """Store other values of an act, which waits to be stored or reviewed again; its file stays, and the earlier values too.

    Raise BadQuery without a reason, without a change, or while the act is stored, reviewed or withdrawn.
    """
    _require_reason(correction.reason)
    entry = read_act_entry(connection, number)
    if not entry.may_be_corrected:
        raise _build_busy_error(number)
    fields, subjects = correction.fields, correction.subjects
    changed = {"fields": dict(fields), "subjects": [dict(subject) for subject in subjects]}
    earlier = {"fields": dict(entry.fields), "subjects": list(entry.subjects)}
    if changed == earlier:
        raise BadQuery("reason", "", msg("No value of the act is changed. Correct a value first."))
    documents = {name: orjson.dumps(value).decode() for name, value in changed.items()}
    parameters = {"entry": number, "account": account, "reason": correction.reason, "state": _complete_state(reviewed)}
    connection.execute(CORRECT, {**documents, **parameters})


def read_act_corrections(connection: Connection, number: int) -> list[ActCorrection]:
    """Return the corrections of an act, latest first."""
    columns = [act_correction.c[name] for name in ActCorrection.__slots__]
    statement = select(*columns).where(act_correction.c.entry == number).order_by(act_correction.c.number.desc())
    return [ActCorrection(**row) for row in connection.execute(statement).mappings()]


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason) <= reasons.MAX_REASON_CHARACTERS:
        too_long = msg(
            "%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=reasons.MAX_REASON_CHARACTERS
        )
        raise BadQuery("reason", reason[:20], too_long)


def withdraw(connection: Connection, number: int, reason: str, account: str) -> None:
    """Order that an act and its file are removed. Raise BadQuery without a reason, or while it is stored or removed."""
    _require_reason(reason)
    if not read_act_entry(connection, number).may_be_withdrawn:
        raise _build_busy_error(number)
    change = {"state": "withdrawing", "withdrawn_by": account, "withdrawn_at": func.now(), "reason": reason}
    _change(connection, number, change)


def publish(connection: Connection, number: int, account: str) -> None:
    """Have an act that waits for a second person stored. Raise BadQuery for the person who entered its values."""
    if not read_act_entry(connection, number).may_be_published_by(account):
        raise BadQuery("action", "publish", msg("Somebody who did not enter these values has to publish them."))
    _review(connection, number, {"state": "waiting", "reviewed_by": account})


def send_back(connection: Connection, number: int, account: str, note: str) -> None:
    """Return an act that waits for a second person, with the reason. Raise BadQuery without one."""
    if not read_act_entry(connection, number).may_be_published_by(account):
        raise BadQuery("action", "send-back", msg("Somebody who did not enter these values has to review them."))
    if not 1 <= len(note) <= reasons.MAX_REASON_CHARACTERS:
        raise BadQuery(
            "note",
            note[:20],
            msg("Enter why it is sent back, in up to %(most)s characters.", most=reasons.MAX_REASON_CHARACTERS),
        )
    _review(connection, number, {"state": "returned", "reviewed_by": account, "review_note": note})


def _complete_state(reviewed: bool) -> str:
    """Return the state of an act whose values and file are complete."""
    return "review" if reviewed else "waiting"


def _build_busy_error(number: int) -> BadQuery:
    being = msg("The act %(value)s is being stored or reviewed, or is withdrawn already. Load the page again.")
    return BadQuery("state", str(number), being)


def _review(connection: Connection, number: int, change: Mapping[str, Any]) -> None:
    """Change an act that still waits for a second person. Raise BadQuery if somebody else was faster."""
    waiting = (act_entry.c.number == number, act_entry.c.state == "review")
    if not connection.execute(update(act_entry).where(*waiting).values(dict(change))).rowcount:
        raise _build_busy_error(number)


def _change(connection: Connection, number: int, change: Mapping[str, Any]) -> None:
    connection.execute(update(act_entry).where(act_entry.c.number == number).values(dict(change)))
