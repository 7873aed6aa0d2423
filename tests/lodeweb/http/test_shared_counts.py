"""Sites of the topology with replicas count requests in a Valkey, and go on without it."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from tests.lodeweb.http.test_rate_limits import ITEMS, get

from lodebase.db import engine as engines
from lodebase.db.store import Store

pytestmark = pytest.mark.slow
CLIENT = "198.51.100.7"


@contextmanager
def run_valkey(folder: Path, command: Sequence[str] = ("valkey-server", "--save", "")) -> Iterator[int]:
    """Run a Valkey of Debian on this machine and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    arguments = [*command, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait()


def test_two_sites_count_in_one_valkey_and_nothing_in_the_database(
    own_app: Callable[..., Flask], site_store: Store, tmp_path: Path
) -> None:
    with run_valkey(tmp_path) as port:
        store = f"valkey://127.0.0.1:{port}"
        first, second = (own_app(LODE_RATE_LIMIT_STORE=store, LODE_RATE_LIMIT="4/hour") for _ in range(2))
        assert [get(app, ITEMS, CLIENT).status_code for app in (first, second, first, second)] == [200] * 4
        assert [get(app, ITEMS, CLIENT).status_code for app in (first, second)] == [429] * 2
        assert get(first, ITEMS, "198.51.100.8").status_code == 200
    engine = engines.create_checked_engine(site_store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM rate_count WHERE key LIKE '%/4/1/hour'")) == 0
    engine.dispose()
    # without it each process counts by itself
    alone = [get(first, ITEMS, CLIENT).status_code for _ in range(6)]
    assert set(alone) == {200, 429} and alone == sorted(alone)
