"""Saved reports in private collections: the name can't be guessed, and anyone who has it can read and add reports."""

import gzip
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, delete, func, insert, select

from lodebase.db.engine import MAX_BIGINT
from lodebase.db.schema.layout_tables import MAX_REPORT_BYTES, saved_report, saved_report_try
from lodebase.desk import daily_limits
from lodebase.errors import BadQuery, NotFound
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.reports.report import LayoutReport
from lodedata.messages import msg

NAME = re.compile(r"[A-Za-z0-9_-]{24}")
MAX_NOTE_CHARACTERS = 200
RANDOM_BYTES = 18
"""Random bytes of the name of a collection, 144 bits (decision 033)."""
MAX_IN_COLLECTION = 500
MAX_DAILY = {"of_client": 60, "of_all": 2_000}
"""Upper limits of the reports saved within a day: by one client, and by all clients."""
SUMMARY_COLUMNS = tuple(
    saved_report.c[name] for name in ("number", "at", "note", "product", "data_version", "rules_on", "checksum")
)


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A saved report: the result on the day it was saved, and its inputs."""

    collection: str
    number: int
    at: datetime
    note: str | None
    candidate: Mapping[str, Any]
    """The planned plant as a GeoJSON Feature."""
    body: Mapping[str, Any]
    """The report as it was saved, which its checksum is of."""

    @property
    def dataset_version(self) -> int:
        """Return the version of the data that it is of."""
        return int(self.body["data_version"])

    @property
    def report(self) -> LayoutReport:
        """Return the report."""
        return LayoutReport.read(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReportSummary:
    """What the list of a collection has of a report."""

    number: int
    at: datetime
    note: str | None
    product: str
    data_version: int
    rules_on: str
    checksum: str
    name: str | None
    capacity_tpa: float


@dataclass(frozen=True, slots=True)
class ReportCollection:
    """A collection with its number of reports and their first and last dates."""

    collection: str
    reports: int
    first: datetime
    last: datetime


def require_may_save(engine: Engine, client: str) -> None:
    """Count an attempt of a client to save a report. Raises TooManyTries."""
    refusal = msg("Too many reports were saved today. Try again tomorrow.")
    daily_limits.require_few(engine, saved_report_try, {"client": client}, MAX_DAILY, refusal)


def save_report(
    connection: Connection,
    candidate: Candidate,
    report: LayoutReport,
    collection: str | None = None,
    note: str | None = None,
) -> tuple[str, int]:
    """Save a report in a collection, a new one for None; return the name of the collection and the number of the report.

    Raises NotFound if the collection does not exist, BadQuery if the note is too long or the collection is full.
    """
    if note is not None and len(note) > MAX_NOTE_CHARACTERS:
        raise BadQuery(
            "note", note[:20], msg("%(parameter)s is longer than %(most)s characters. Shorten it.", most=MAX_NOTE_CHARACTERS)
        )
    if collection is None:
        # a token with a leading dash would be parsed as an option on the command line
        tokens = iter(lambda: secrets.token_urlsafe(RANDOM_BYTES), "")
        collection = next(token for token in tokens if not token.startswith("-"))
    elif count_reports(connection, collection) >= MAX_IN_COLLECTION:
        raise BadQuery(
            "collection",
            "",
            msg("This link already has %(most)s reports. Save to a new link.", most=MAX_IN_COLLECTION),
        )
    data = gzip.compress(orjson.dumps(report.as_data(), option=orjson.OPT_NON_STR_KEYS), mtime=0)
    if len(data) > MAX_REPORT_BYTES:
        raise BadQuery("report", "", msg("The report is too large to be saved. Use smaller radii."))
    row = {
        "collection": collection,
        "note": note or None,
        "candidate": candidate.feature(),
        "body": data,
        "data_version": report.data_version,
        "rules_on": report.rules_on,
        "checksum": report.checksum,
        "product": candidate.product,
    }
    rows = connection.execute(insert(saved_report).values(**row).returning(saved_report.c.number))
    return collection, int(rows.scalar_one())


def count_reports(connection: Connection, collection: str) -> int:
    """Return the number of reports in a collection. Raises NotFound if it does not exist."""
    of = select(func.count()).select_from(saved_report).where(saved_report.c.collection == _require_name(collection))
    reports = int(connection.scalar(of) or 0)
    if not reports:
        raise _build_no_collection_error(collection)
    return reports


def list_reports(connection: Connection, collection: str) -> list[SavedReportSummary]:
    """Return the metadata of the reports in a collection, latest first. Raises NotFound."""
    title = saved_report.c.candidate["properties"]
    columns = (*SUMMARY_COLUMNS, title["name"].astext.label("name"), title["capacity_tpa"].astext.label("capacity_tpa"))
    rows = connection.execute(
        select(*columns).where(saved_report.c.collection == _require_name(collection)).order_by(saved_report.c.number.desc())
    ).mappings()
    summaries = [SavedReportSummary(**{**row, "capacity_tpa": float(row["capacity_tpa"])}) for row in rows]
    if not summaries:
        raise _build_no_collection_error(collection)
    return summaries


def read_report(connection: Connection, collection: str, number: int) -> SavedReport:
    """Return a report of a collection. Raises NotFound."""
    statement = select(saved_report).where(
        saved_report.c.collection == _require_name(collection), saved_report.c.number == min(number, MAX_BIGINT)
    )
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(msg("There is no saved report %(number)s under this link.", number=number))
    body = orjson.loads(gzip.decompress(row["body"]))
    return SavedReport(row["collection"], row["number"], row["at"], row["note"], row["candidate"], body)


def list_collections(connection: Connection) -> list[ReportCollection]:
    """Return every collection with its number of reports and their first and last dates; for the operator only."""
    c = saved_report.c
    statement = select(c.collection, func.count().label("reports"), func.min(c.at).label("first"), func.max(c.at).label("last"))
    rows = connection.execute(statement.group_by(c.collection).order_by(func.max(c.at).desc())).mappings()
    return [ReportCollection(**row) for row in rows]


def delete_reports(connection: Connection, collection: str, number: int | None = None) -> int:
    """Delete a report, or all reports of a collection; return the number deleted. Raises NotFound."""
    statement = delete(saved_report).where(saved_report.c.collection == _require_name(collection))
    if number is not None:
        statement = statement.where(saved_report.c.number == number)
    rowcount = connection.execute(statement).rowcount
    if not rowcount:
        raise _build_no_collection_error(collection)
    return int(rowcount)


def _require_name(collection: str) -> str:
    if not NAME.fullmatch(collection):
        raise _build_no_collection_error(collection)
    return collection


def _build_no_collection_error(collection: str) -> NotFound:
    return NotFound(msg("There are no saved reports under %(link)r. Use the complete link.", link=collection[:24]))
