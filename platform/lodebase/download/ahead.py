"""Files of whole collections are made after an import, before anybody asks: when, and by which process."""

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping

import psycopg

COMMAND = (sys.executable, "-m", "lodeweb.ahead")
"""The process that makes them, beside the site."""
EVERY_S = 5.0
"""How often is looked for a new version."""
LOOK_S = 0.5
NOW = """
SELECT (SELECT coalesce(max(version), 0) FROM dataset_version), (SELECT coalesce(max(n), 0) FROM collection_state)
"""


def watch(address: str, least: int, environment: Mapping[str, str], over: threading.Event, say: Callable[[str], None]) -> None:
    """Have the files of each version made where a collection has so many records, until it is ``over``."""
    done = 0
    while not over.wait(EVERY_S):
        try:
            with psycopg.connect(address) as connection:
                version, rows = connection.execute(NOW).fetchone() or (0, 0)
        except psycopg.OperationalError:
            continue
        if version > done and rows >= least:
            _make(environment, over, say)
        done = version


def _make(environment: Mapping[str, str], over: threading.Event, say: Callable[[str], None]) -> None:
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    while process.poll() is None and not over.wait(LOOK_S):
        continue
    # it ends with what it reads from
    assert process.stdin is not None
    process.stdin.close()
    if process.wait() and not over.is_set():
        say("files of whole collections could not be made ahead; they are made when they are asked for")
