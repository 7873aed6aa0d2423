"""Jobs of processes in the database: accepted, found, listed and dismissed; who knows a job's id can read it."""

import gzip
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, Row, func, insert, select, update

from lodebase.db.schema.layout_tables import process_job
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import NotFound, TooManyTries
from lodedata.messages import msg

OPEN = ("accepted", "running")
STATES = (*OPEN, "successful", "failed", "dismissed")
MAX_OPEN, MAX_OPEN_OF_CLIENT, MAX_OF_CLIENT = 100, 5, 200
"""The most jobs that wait or run, of all clients and of one; the most that one client orders within a day."""
ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Job:
    """A job: the process and its inputs, its state, times and progress in per cent, and its result or problem."""

    id: str
    process: str
    state: str
    inputs: dict[str, Any]
    response: str
    at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: int | None
    result: Any
    problem: list[Any] | None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are listed: by process, state, time of creation and duration in seconds."""

    processes: Sequence[str] = ()
    states: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_duration_s: int | None = None
    max_duration_s: int | None = None


def accept(engine: Engine, process: str, inputs: Mapping[str, Any], response: str, client: str) -> Job:
    """Store a new job of a client. Raise TooManyTries if there are too many."""
    c = process_job.c
    waiting = c.state.in_(OPEN)
    counts = select(
        func.count().filter(waiting), func.count().filter(waiting, c.client == client), func.count().filter(c.client == client)
    ).select_from(process_job)
    values = {"id": secrets.token_hex(16), "process": process, "inputs": dict(inputs), "response": response, "client": client}
    with open_write_transaction(engine) as connection:
        row = connection.execute(counts).one()
        if any(count >= most for count, most in zip(row, (MAX_OPEN, MAX_OPEN_OF_CLIENT, MAX_OF_CLIENT), strict=True)):
            raise TooManyTries(msg("Too many jobs wait or were ordered today. Wait for yours, or dismiss them."))
        rows = connection.execute(insert(process_job).values(**values).returning(*c))
        return _build_job(rows.one())


def find(engine: Engine, identity: str) -> Job:
    """Return a job. Raise NotFound if there is none."""
    with open_write_transaction(engine) as connection:
        row = connection.execute(select(process_job).where(process_job.c.id == identity)).first()
    if row is None or row.state == "dismissed":
        raise build_no_job_error()
    return _build_job(row)


def read_client_jobs(engine: Engine, client: str, chosen: JobFilter, limit: int) -> tuple[list[Job], int]:
    """Return the latest jobs of a client that match, and their number."""
    conditions = [process_job.c.client == client, process_job.c.state != "dismissed", *_build_conditions(chosen)]
    statement = select(process_job).where(*conditions).order_by(process_job.c.at.desc(), process_job.c.id).limit(limit)
    with open_write_transaction(engine) as connection:
        rows = connection.execute(statement).all()
        number = connection.scalar(select(func.count()).select_from(process_job).where(*conditions))
    return [_build_job(row) for row in rows], int(number or 0)


def dismiss(engine: Engine, identity: str) -> Job:
    """Dismiss a job, with its result; a running one ends unseen. Raise NotFound if there is none."""
    job = find(engine, identity)
    values = {"state": "dismissed", "result": None, "finished_at": func.coalesce(process_job.c.finished_at, func.now())}
    with open_write_transaction(engine) as connection:
        connection.execute(update(process_job).where(process_job.c.id == job.id).values(**values))
        row = connection.execute(select(process_job).where(process_job.c.id == job.id)).first()
    if row is None:
        raise build_no_job_error()
    return _build_job(row)


def build_no_job_error() -> NotFound:
    """Return the error about a job that does not exist."""
    return NotFound(msg("There is no such job. Jobs are deleted when they are dismissed, and after a day."))


def _build_conditions(chosen: JobFilter) -> list[ColumnElement[bool]]:
    c = process_job.c
    lasted = func.extract("epoch", func.coalesce(c.finished_at, func.now()) - c.started_at)
    conditions = {
        "processes": c.process.in_(chosen.processes) if chosen.processes else None,
        "states": c.state.in_(chosen.states) if chosen.states else None,
        "since": None if chosen.since is None else c.at >= chosen.since,
        "until": None if chosen.until is None else c.at <= chosen.until,
        "min": None if chosen.min_duration_s is None else lasted >= chosen.min_duration_s,
        "max": None if chosen.max_duration_s is None else lasted <= chosen.max_duration_s,
    }
    return [condition for condition in conditions.values() if condition is not None]


def _build_job(row: Row[Any]) -> Job:
    result = None if row.result is None else orjson.loads(gzip.decompress(row.result))
    return Job(
        row.id,
        row.process,
        row.state,
        row.inputs,
        row.response,
        row.at,
        row.started_at,
        row.finished_at,
        row.progress,
        result=result,
        problem=row.problem,
    )
