"""Waiting for a job within the request that ordered it, as a client prefers (``Prefer: wait=60``, RFC 7240, 4.3)."""

import re
import time
from threading import BoundedSemaphore

from flask import request

from lodebase.jobs import job_store
from lodebase.jobs.job_store import Job
from lodeweb.http.database import get_site

MAX_WAIT_S, POLL_S = 60, 0.5
MAX_WAITING = 2
"""Requests of one process that may wait at a time; one more gets the address of its job at once."""
_PREFERENCE = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?![\w.])")
_places = BoundedSemaphore(MAX_WAITING)


def wait_for(identity: str) -> Job | None:
    """Return a job once it has ended; None if the client does not wait, or if the job takes longer than it wants to wait."""
    match = _PREFERENCE.search(request.headers.get("Prefer", ""))
    if match is None or not _places.acquire(blocking=False):
        return None
    try:
        end = time.monotonic() + min(int(match[1]), MAX_WAIT_S)
        while time.monotonic() < end:
            job = job_store.find(get_site().desk, identity)
            if job.state not in job_store.OPEN:
                return job
            time.sleep(POLL_S)
    finally:
        _places.release()
    return None
