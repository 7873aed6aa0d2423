"""The background task that runs accepted jobs, one after the other."""

import gzip
import threading
from collections.abc import Callable
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.failures import first_line
from lodebase.db.schema.layout_tables import MOST_BYTES
from lodebase.jobs.processes import PROCESSES, ProcessServices
from lodebase.layout.rulebook import rulebook
from lodebase.settings import Settings
from lodebase.statistics.figures import Known
from lodedata.messages import MessageError, msg

POLL_S, RETRY_S = 0.5, 5.0
RESTARTED = "UPDATE process_job SET state = 'accepted', started_at = NULL WHERE state = 'running'"
# first of the clients that had the fewest jobs lately, so that one with many delays others by one
NEXT = """
UPDATE process_job SET state = 'running', started_at = now() WHERE id = (
  SELECT id FROM process_job j WHERE state = 'accepted'
  ORDER BY (SELECT count(*) FROM process_job o WHERE o.client = j.client AND o.started_at > now() - interval '10 minutes'),
           at, id
  LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, process, inputs, at
"""
# a job that was dismissed meanwhile stays so
FINISHED = """
UPDATE process_job SET state = %s, result = %s, problem = %s, finished_at = now() WHERE id = %s AND state = 'running'
"""


def watch(
    importer: str, addresses: Addresses, settings: Settings, stop: threading.Event, report: Callable[[str], None]
) -> None:
    """Run accepted jobs until ``stop`` is set; an interrupted job is run again."""
    engine = engines.engine(addresses.site, "lode jobs", settings.statement_timeout_s, 2, alone=True)
    services = ProcessServices(engine, Known(), lambda: rulebook(settings))
    begun = False
    while not stop.is_set():
        try:
            if not begun:
                with psycopg.connect(importer) as connection:
                    connection.execute(RESTARTED)
                begun = True
            if not run_next(importer, services):
                stop.wait(POLL_S)
        except psycopg.OperationalError as error:
            report(f"jobs wait: the database is away ({first_line(error)})")
            stop.wait(RETRY_S)
    engine.dispose()


def run_next(importer: str, services: ProcessServices) -> bool:
    """Run the job that was ordered first and store its result; return False without any."""
    with psycopg.connect(importer) as connection:
        row = connection.execute(NEXT).fetchone()
    if row is None:
        return False
    identity, process, inputs, at = row
    state, result, problem = "successful", None, None
    try:
        prepare = PROCESSES[process].prepare
        assert prepare is not None
        result = gzip.compress(orjson.dumps(prepare(inputs, at.date())(services), option=orjson.OPT_NON_STR_KEYS), mtime=0)
        if len(result) > MOST_BYTES:
            state, result, problem = "failed", None, _data(msg("The result is too large. Use smaller inputs."))
    except MessageError as error:
        state, problem = "failed", error.message.as_data()
    # the outermost place of this task: an error of Lode ends this job and not those after it
    except Exception as error:
        state = "failed"
        problem = _data(msg("The job ended with an error of Lode (%(reason)s).", reason=type(error).__name__))
    with psycopg.connect(importer) as connection:
        connection.execute(FINISHED, (state, result, None if problem is None else Jsonb(problem, dumps=orjson.dumps), identity))
    return True


def _data(message: Any) -> list[Any]:
    found: list[Any] = message.as_data()
    return found
