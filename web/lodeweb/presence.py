"""Whether the client of a request is still there: one who has gone is told nothing, and nothing is made for it."""

import select
from collections.abc import Callable

from flask import request

GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)
SOCKET = "gunicorn.socket"


def watch() -> Callable[[], bool]:
    """Tells, whenever it is asked, whether the client of this request is still there; yes where that can't be seen."""
    line = request.environ.get(SOCKET)
    if line is None:
        return lambda: True
    poller = select.poll()
    poller.register(line.fileno(), GONE & ~select.POLLERR & ~select.POLLHUP)
    return lambda: not any(event & GONE for _, event in poller.poll(0))
