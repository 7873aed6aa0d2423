"""The command run as its users do, and what it reported."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lodebase.cli.main import main

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


LODE = str(Path(sys.executable).with_name("lode"))
NOWHERE = {"LODE_DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere"}
ROWS: list[dict[str, Any]] = [
    {"id": "a"},
    {"id": "b", "kind": "project", "product": "x", "status": "operating"},
    {"id": "g", "metal": "gold"},
    {"id": "e", "ore_mt": -3},
]


@dataclass(frozen=True, slots=True)
class Reported:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """The content of stdout, all of it."""
        return json.loads(self.out)


def lode(*arguments: str | Path, **environment: str) -> Reported:
    """Run the command as its entry point does, in this process: starting another costs over a second."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["lode", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.StringIO())
        for name in _ours():
            patch.delenv(name)
        for name, value in {"LODE_BOUNDARIES": "/nowhere", **environment}.items():
            patch.setenv(name, value)
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return Reported(status, out.getvalue(), err.getvalue())


def process(*arguments: str | Path, **environment: str) -> Reported:
    """Run the command in a process of its own, as a user does."""
    clean = {name: value for name, value in os.environ.items() if name not in _ours()}
    reported = subprocess.run(
        [LODE, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**clean, "LODE_BOUNDARIES": "/nowhere", **environment},
        timeout=120,
        check=False,
    )
    return Reported(reported.returncode, reported.stdout, reported.stderr)


def _ours() -> list[str]:
    return [name for name in os.environ if name.startswith("LODE_") or name == "PORT"]


Lode = Callable[..., Reported]


def address(own_table: "OwnTable") -> str:
    return own_table.store.addresses.owner.render_as_string().replace("postgresql+psycopg", "postgresql")


def expect_sentence(reported: Reported, *parts: str, status: int = 2) -> None:
    """One sentence on stderr, nothing on stdout, no traceback."""
    assert reported.status == status, reported.err
    assert reported.out == ""
    lines = reported.err.strip().splitlines()
    assert len(lines) == 1, reported.err
    assert lines[0].startswith("lode: ")
    for part in parts:
        assert part in lines[0]
