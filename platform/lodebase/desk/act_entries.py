"""Official acts that experts enter at the desk with a file, and their withdrawal.

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
from lodebase.errors import BadQuery, NoSuchThing
from lodedata.acts import attachments
from lodedata.acts.form import Subject
from lodedata.messages import Message, msg

WAITING = ("uploading", "waiting", "withdrawing")
WITHDRAWN_FROM = ("uploading", "served", "refused")
CORRECTED_FROM = ("served", "refused")
MOST_LISTED = 200
OWNER = act_part.c.entry
CORRECT = text("SELECT lode.correct_act(:entry, CAST(:fields AS jsonb), CAST(:subjects AS jsonb), :account, :reason)")


@dataclass(frozen=True, slots=True)
class ActFile:
    """The name and the size of a file that follows in parts."""

    name: str
    size: int


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


@dataclass(frozen=True, slots=True)
class ActCorrection:
    """A correction of an entered act, with its values and records before it."""

    corrected_by: str
    corrected_at: datetime
    reason: str
    fields: Mapping[str, str]
    subjects: Sequence[Subject]


def add(
    connection: Connection, account: str, fields: Mapping[str, str], subjects: Sequence[Subject], file: ActFile | None
) -> int:
    """Store an act, which waits for its file if it has one, and return its number. Raise BadQuery for a wrong file."""
    row: dict[str, Any] = {
        "entered_by": account,
        "fields": dict(fields),
        "subjects": [dict(one) for one in subjects],
        "state": "waiting",
    }
    if file is not None:
        remedy = msg("Attach a smaller file, such as one scanned at a lower resolution.")
        parts.require_size(file.size, attachments.MOST_BYTES, remedy)
        row |= {"file_name": parts.file_name(file.name), "bytes": file.size, "state": "uploading"}
    return int(connection.execute(insert(act_entry).values(row).returning(act_entry.c.number)).scalar_one())


def add_part(connection: Connection, number: int, position: int, content: bytes) -> int:
    """Store a part of the file and return how many bytes are there; when it is complete, the act waits to be stored.

    Raise BadQuery for a part that does not fit, or if the content of the file is of no accepted type.
    """
    entry = one(connection, number)
    if entry.state != "uploading" or entry.bytes is None or entry.file_name is None:
        raise BadQuery("position", str(position), msg("The act %(number)s waits for no file. Enter it again.", number=number))
    stored = parts.add(connection, OWNER, number, FilePart(entry.bytes, position, content))
    if stored == entry.bytes:
        whole = b"".join(parts.contents(connection, OWNER, number))
        media = attachments.media_type(whole)
        if media is None:
            raise BadQuery("file", entry.file_name[:40], wrong_type(entry.file_name))
        found = {"media_type": media, "file_name": attachments.name_for(media, entry.file_name), "state": "waiting"}
        _change(connection, number, {**found, "sha256": hashlib.sha256(whole).hexdigest()})
    return stored


def wrong_type(name: str) -> Message:
    """Return the sentence for a file of no accepted type."""
    return msg(
        "The content of the file %(name)s is none of %(types)s, or it has macros. Save it as one of them.",
        name=name[:40],
        types=attachments.NAMES,
    )


def one(connection: Connection, number: int) -> ActEntry:
    """Return an entered act. Raise NoSuchThing if there is none of this number."""
    columns = [act_entry.c[name] for name in ActEntry.__slots__]
    statement = select(*columns).where(act_entry.c.number == min(number, 2**31 - 1))
    found = connection.execute(statement).mappings().first()
    if found is None:
        raise NoSuchThing(msg("There is no act %(number)s at the desk.", number=number))
    return ActEntry(**found)


def listed(connection: Connection) -> list[ActEntry]:
    """Return the latest acts, latest first."""
    columns = [act_entry.c[name] for name in ActEntry.__slots__]
    statement = select(*columns).order_by(act_entry.c.number.desc()).limit(MOST_LISTED)
    return [ActEntry(**row) for row in connection.execute(statement).mappings()]


def correct(
    connection: Connection, number: int, fields: Mapping[str, str], subjects: Sequence[Subject], reason: str, account: str
) -> None:
    """Store other values of an act, which waits to be stored again; its file stays, and the earlier values too.

    Raise BadQuery without a reason, without a change, or while the act is stored or withdrawn.
    """
    _require_reason(reason)
    found = one(connection, number)
    if not found.may_be_corrected:
        raise BadQuery(
            "state", str(number), msg("The act %(value)s is being stored or is withdrawn already. Load the page again.")
        )
    changed = {"fields": dict(fields), "subjects": [dict(subject) for subject in subjects]}
    earlier = {"fields": dict(found.fields), "subjects": list(found.subjects)}
    if changed == earlier:
        raise BadQuery("reason", "", msg("No value of the act is changed. Correct a value first."))
    documents = {name: orjson.dumps(value).decode() for name, value in changed.items()}
    connection.execute(CORRECT, {**documents, "entry": number, "account": account, "reason": reason})


def corrections(connection: Connection, number: int) -> list[ActCorrection]:
    """Return the corrections of an act, latest first."""
    columns = [act_correction.c[name] for name in ActCorrection.__slots__]
    statement = select(*columns).where(act_correction.c.entry == number).order_by(act_correction.c.number.desc())
    return [ActCorrection(**row) for row in connection.execute(statement).mappings()]


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason) <= reasons.LONGEST:
        too_long = msg("%(parameter)s must have %(shortest)s to %(longest)s characters.", shortest=1, longest=reasons.LONGEST)
        raise BadQuery("reason", reason[:20], too_long)


def withdraw(connection: Connection, number: int, reason: str, account: str) -> None:
    """Order that an act and its file are removed. Raise BadQuery without a reason, or while it is stored or removed."""
    _require_reason(reason)
    if not one(connection, number).may_be_withdrawn:
        raise BadQuery(
            "state", str(number), msg("The act %(value)s is being stored or is withdrawn already. Load the page again.")
        )
    change = {"state": "withdrawing", "withdrawn_by": account, "withdrawn_at": func.now(), "reason": reason}
    _change(connection, number, change)


def _change(connection: Connection, number: int, change: Mapping[str, Any]) -> None:
    connection.execute(update(act_entry).where(act_entry.c.number == number).values(dict(change)))
