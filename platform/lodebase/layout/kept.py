"""Saved reports, grouped under a private link that cannot be guessed; anyone who has it can read and add reports."""

import gzip
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from lodebase.db.layout_tables import MOST_BYTES, keep_try, kept_report
from lodebase.desk.writing import writing
from lodebase.errors import BadQuery, NoSuchThing, TooManyTries
from lodebase.layout.candidate import Candidate
from lodedata.messages import msg

NAME = re.compile(r"[A-Za-z0-9_-]{24}")
LONGEST_NOTE = 200
MOST_ON_A_SHELF = 500
MOST = {"of_client": 60, "of_all": 2_000}
"""Upper limits of the reports saved within a day: by one client, and by all clients."""
MOST_NUMBER = 2**63 - 1
TRIES = text("SELECT count(*) FILTER (WHERE client = :client) AS of_client, count(*) AS of_all FROM lode.keep_try")
ABOUT = tuple(kept_report.c[name] for name in ("number", "at", "note", "product", "data_version", "rules_on", "checksum"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved report: the result on the day it was saved, and its inputs."""

    shelf: str
    number: int
    at: datetime
    note: str | None
    candidate: dict[str, Any]
    body: dict[str, Any]


def require_may_keep(engine: Engine, client: str) -> None:
    """Count an attempt of a client to save a report. Raises TooManyTries."""
    with writing(engine) as connection:
        connection.execute(insert(keep_try).inline().values(client=client))
    with writing(engine) as connection:
        row = connection.execute(TRIES, {"client": client}).one()
    if any(getattr(row, what) > most for what, most in MOST.items()):
        raise TooManyTries(msg("Too many reports were saved today. Try again tomorrow."))


def keep(
    connection: Connection, asked: Candidate, body: Mapping[str, Any], shelf: str | None = None, note: str | None = None
) -> tuple[str, int]:
    """Save a report under a link, or under a new one for None; return the link and the number of the report.

    Raises NoSuchThing if the link does not exist, BadQuery if the note is too long or the link has too many reports.
    """
    if note is not None and len(note) > LONGEST_NOTE:
        raise BadQuery(
            "note", note[:20], msg("%(parameter)s is longer than %(most)s characters. Shorten it.", most=LONGEST_NOTE)
        )
    if shelf is None:
        # a token with a leading dash would be parsed as an option on the command line
        shelf = secrets.token_hex(12)
    elif count(connection, shelf) >= MOST_ON_A_SHELF:
        raise BadQuery(
            "shelf", "", msg("There are %(most)s reports under this link already. Save to a new one.", most=MOST_ON_A_SHELF)
        )
    data = gzip.compress(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), mtime=0)
    if len(data) > MOST_BYTES:
        raise BadQuery("report", "", msg("The report is too large to be saved. Use smaller radii."))
    row = {
        "shelf": shelf,
        "note": note or None,
        "candidate": asked.feature(),
        "body": data,
        **{name: body[name] for name in ("data_version", "rules_on", "checksum")},
        "product": asked.product,
    }
    made = connection.execute(insert(kept_report).values(**row).returning(kept_report.c.number))
    return shelf, int(made.scalar_one())


def count(connection: Connection, shelf: str) -> int:
    """Return the number of reports under a link. Raises NoSuchThing if the link does not exist."""
    of = select(func.count()).select_from(kept_report).where(kept_report.c.shelf == _name(shelf))
    found = int(connection.scalar(of) or 0)
    if not found:
        raise _none(shelf)
    return found


def listed(connection: Connection, shelf: str) -> list[dict[str, Any]]:
    """Return the metadata of the reports under a link, latest first. Raises NoSuchThing."""
    title = kept_report.c.candidate["properties"]
    about = (*ABOUT, title["name"].astext.label("name"), title["capacity_tpa"].astext.label("capacity_tpa"))
    rows = connection.execute(
        select(*about).where(kept_report.c.shelf == _name(shelf)).order_by(kept_report.c.number.desc())
    ).mappings()
    found = [{**row, "capacity_tpa": float(row["capacity_tpa"])} for row in rows]
    if not found:
        raise _none(shelf)
    return found


def one(connection: Connection, shelf: str, number: int) -> Kept:
    """Return a saved report under a link. Raises NoSuchThing."""
    asked = select(kept_report).where(kept_report.c.shelf == _name(shelf), kept_report.c.number == min(number, MOST_NUMBER))
    row = connection.execute(asked).mappings().first()
    if row is None:
        raise NoSuchThing(msg("There is no saved report %(number)s under this link.", number=number))
    body = orjson.loads(gzip.decompress(row["body"]))
    return Kept(row["shelf"], row["number"], row["at"], row["note"], row["candidate"], body)


def shelves(connection: Connection) -> list[dict[str, Any]]:
    """Return every link with its number of reports and their first and last dates; for the operator only."""
    c = kept_report.c
    asked = select(c.shelf, func.count().label("reports"), func.min(c.at).label("first"), func.max(c.at).label("last"))
    return [dict(row) for row in connection.execute(asked.group_by(c.shelf).order_by(func.max(c.at).desc())).mappings()]


def forget(connection: Connection, shelf: str, number: int | None = None) -> int:
    """Delete a report, or all reports under a link; return the number deleted. Raises NoSuchThing."""
    gone = delete(kept_report).where(kept_report.c.shelf == _name(shelf))
    if number is not None:
        gone = gone.where(kept_report.c.number == number)
    found = connection.execute(gone).rowcount
    if not found:
        raise _none(shelf)
    return int(found)


def _name(shelf: str) -> str:
    if not NAME.fullmatch(shelf):
        raise _none(shelf)
    return shelf


def _none(shelf: str) -> NoSuchThing:
    return NoSuchThing(msg("There are no saved reports under %(link)r. Use the complete link.", link=shelf[:24]))
