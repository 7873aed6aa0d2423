"""An engine and the command on a store, and the password of the people of these tests."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from sqlalchemy import URL, Engine

from lodebase.cli.main import main
from lodebase.db import engine as engines
from lodebase.db.store import Store

PASSWORD = "long enough to keep"


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    made = engines.create_checked_engine(url, "tests", pool_size=2)
    yield made
    made.dispose()


def lode(store: Store, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command on a store, its standard input no terminal; in this process, since starting another takes a second."""
    assert store.addresses.admin is not None
    out, err, status = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("LODE_")]:
            patch.delenv(name)
        patch.setenv("LODE_DATABASE_URL", store.addresses.admin.render_as_string(hide_password=False))
        patch.setattr(sys, "argv", ["lode", *arguments])
        patch.setattr(sys, "stdin", io.StringIO(given))
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())
