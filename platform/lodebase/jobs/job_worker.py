"""The background task that runs accepted jobs, one after the other; several machines run several at a time."""

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from lodebase.db import engine as engines
from lodebase.db.background_work import BackgroundWork, WorkTable
from lodebase.db.engine import Addresses
from lodebase.db.schema.layout_tables import MAX_REPORT_BYTES
from lodebase.errors import DatabaseAway
from lodebase.jobs.processes import PROCESSES, ProcessServices
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodedata.messages import MessageError, msg

CHANNEL = "lode_jobs"
POLL_S = 30.0
"""Seconds between looks without a notification."""
MAX_JOB_TRIES = 3
"""How often a job is begun whose runs end with the process that runs it, before it is given up."""
UNENDING = msg("The job was begun %(most)s times and never ended. Use smaller inputs.", most=MAX_JOB_TRIES)
JOBS = WorkTable(
    kind="job",
    table="process_job",
    key="id",
    # first of the clients that had the fewest jobs lately, so that one with many delays others by one
    next_piece="""
UPDATE process_job SET state = 'running', started_at = now(), tries = tries + 1 WHERE id = (
  SELECT id FROM process_job j WHERE state = 'accepted'
  ORDER BY (SELECT count(*) FROM process_job o WHERE o.client = j.client AND o.started_at > now() - interval '10 minutes'),
           at, id
  LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, process, inputs, at
""",
    put_back=(
        "UPDATE process_job SET state = 'failed', problem = %(problem)s, finished_at = now() "
        "WHERE id = ANY(%(ended)s) AND tries >= %(most)s",
        "UPDATE process_job SET state = 'accepted', started_at = NULL, progress = NULL "
        "WHERE id = ANY(%(ended)s) AND state = 'running'",
    ),
    values={"problem": Jsonb(UNENDING.as_data(), dumps=orjson.dumps), "most": MAX_JOB_TRIES},
)
PROGRESS = "UPDATE process_job SET progress = %s WHERE id = %s AND state = 'running'"
PROGRESS_S = 1.0
# a job that was dismissed meanwhile stays so
FINISHED = """
UPDATE process_job SET state = %s, result = %s, problem = %s, finished_at = now(), progress = NULL
WHERE id = %s AND state = 'running'
"""


class JobDismissed(Exception):
    """Ends the run of a job that nobody waits for any more."""


def watch(
    importer: str, addresses: Addresses, settings: Settings, stop: threading.Event, report: Callable[[str], None]
) -> None:
    """Run accepted jobs until ``stop`` is set; a job whose process ended, here or on another machine, is run again."""
    engine = engines.create_checked_engine(addresses.site, "lode jobs", settings.statement_timeout_s, 2, alone=True)
    services = ProcessServices(engine, Known(), settings)
    BackgroundWork("jobs", CHANNEL, POLL_S, partial(run_next, importer, services), JOBS).watch(importer, stop, report)
    engine.dispose()


def run_next(importer: str, services: ProcessServices) -> bool:
    """Run the job that was ordered first and store its result; return False without any."""
    with JOBS.take(importer) as row:
        if row is not None:
            _run(importer, services, row)
    return row is not None


def _run(importer: str, services: ProcessServices, row: tuple[Any, ...]) -> None:
    """Run a job and store its result or problem."""
    identity, process, inputs, at = row
    state, result, problem = "successful", None, None
    try:
        prepare = PROCESSES[process].prepare
        assert prepare is not None
        output = prepare(inputs, at.date())(replace(services, progress=make_progress_writer(importer, identity)))
        result = gzip.compress(orjson.dumps(output, option=orjson.OPT_NON_STR_KEYS), mtime=0)
        if len(result) > MAX_REPORT_BYTES:
            state, result, problem = "failed", None, _convert_message(msg("The result is too large. Use smaller inputs."))
    except (JobDismissed, DatabaseAway):
        # without its lock the job is put back, and run again when the database is there
        return
    except MessageError as error:
        state, problem = "failed", error.message.as_data()
    # the outermost place of this task: an error of Lode ends this job and not those after it
    except Exception as error:
        state = "failed"
        problem = _convert_message(msg("An error in Lode ended the job (%(reason)s).", reason=type(error).__name__))
    with psycopg.connect(importer) as connection:
        connection.execute(FINISHED, (state, result, None if problem is None else Jsonb(problem, dumps=orjson.dumps), identity))


def make_progress_writer(importer: str, identity: str) -> Callable[[int, int], None]:
    """Return a function that stores the progress of a job, at most once a second. Ends a job that was dismissed."""
    last = time.monotonic()

    def store(done: int, number: int) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_S:
            return
        last = time.monotonic()
        with psycopg.connect(importer) as connection:
            if not connection.execute(PROGRESS, (100 * done // number, identity)).rowcount:
                raise JobDismissed

    return store


def _convert_message(message: Any) -> list[Any]:
    message_data: list[Any] = message.as_data()
    return message_data
