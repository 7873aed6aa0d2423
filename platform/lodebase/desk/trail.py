"""The audit trail: who did what and when, as written by the triggers of the store and by commands."""

import json
import os
import pwd
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, Text, cast, or_, select

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.desk_tables import audit
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery
from lodebase.process.printable import escape_printable_line
from lodedata.messages import msg

BATCH = 1000
NOTE_COMMAND = "SELECT lode.note_command(%s, %s, %s::jsonb, %s)"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: of an account or operator, on a record or other object, from a moment on and before one."""

    person: str = ""
    record: str = ""
    since: datetime | None = None
    until: datetime | None = None


def read_matching_entries(
    connection: Connection, wanted: AuditFilter, limit: int, before: int | None = None
) -> list[dict[str, Any]]:
    """Return the entries that match, latest first, or those before one of them."""
    statement = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit.c.id < min(before, MAX_BIGINT))
    if wanted.person:
        statement = statement.where(
            or_(audit.c.account == wanted.person, audit.c.operator.contains(wanted.person, autoescape=True))
        )
    if wanted.record:
        in_detail = cast(audit.c.detail, Text).contains(f'"{wanted.record}"', autoescape=True)
        statement = statement.where(or_(audit.c.subject == wanted.record, in_detail))
    if wanted.since is not None:
        statement = statement.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(audit.c.at < wanted.until)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_entry_details(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """Return what is stored with each entry that has something more, by id."""
    rows = connection.execute(select(audit.c.id, audit.c.detail).where(audit.c.id.in_(ids), audit.c.detail.is_not(None)))
    return {row.id: row.detail for row in rows}


def read_next_entries(connection: Connection, since: datetime | None, after: int) -> list[dict[str, Any]]:
    """Return the next entries after an id, in order, from a moment on; times as ISO 8601."""
    statement = select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(BATCH)
    if since is not None:
        statement = statement.where(audit.c.at >= since)
    return [{**row, "at": row["at"].isoformat()} for row in connection.execute(statement).mappings()]


def export_trail_lines(engine: Engine, since: datetime | None = None) -> Iterator[str]:
    """Yield the entries as lines of JSON, some thousand at a time, each batch in its own transaction."""
    after = 0
    while True:
        with open_write_transaction(engine) as connection:
            rows = read_next_entries(connection, since, after)
        if not rows:
            return
        yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        after = rows[-1]["id"]


def parse_trail_moment(text: str) -> datetime:
    """Return the moment of an ISO 8601 date or time, in UTC if it has no zone. Raise BadQuery if it is invalid."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuery(
            "since", text[:40], msg('"%(value)s" is not a date or time. Write it as 2026-11-28 or 2026-11-28T06:30:00+00:00.')
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def describe_operator() -> str:
    """Return the identity of the user who runs a command, such as ``postgres (sudo by li.ming) on db1``."""
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    by = escape_printable_line(os.environ.get("SUDO_USER", ""))[:100]
    return f"{user}{f' (sudo by {by})' if by else ''} on {socket.gethostname()}"


def note_command(address: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
    """Write a command and the user who ran it to the trail; ``address`` is the importer's or the owner's."""
    detail_json = None if detail is None else json.dumps(detail, ensure_ascii=False, default=str)
    if detail_json is not None:
        # the name of a file may hold bytes that are no text
        detail_json = detail_json.encode("utf-8", "replace").decode()
    with psycopg.connect(address) as connection:
        connection.execute(NOTE_COMMAND, (action, subject, detail_json, describe_operator()))
