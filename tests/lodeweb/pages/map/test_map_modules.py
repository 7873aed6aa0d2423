"""The parts of the scripts that need no browser, tried in Node; all of them checked for types and style."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lodeweb

FRONTEND = Path(lodeweb.__file__).parents[1] / "frontend"
NODE = Path(sys.executable).with_name("node")


def test_the_parts_of_the_map_do_what_their_tests_say() -> None:
    assert NODE.exists(), "there is no node in the virtual environment; run scripts/setup.sh test"
    tests = sorted(FRONTEND.rglob("*.test.mjs"))
    assert tests
    command = [str(NODE), "--test", *map(str, tests)]
    reported = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert reported.returncode == 0, reported.stdout + reported.stderr
    assert "fail 0" in reported.stdout and "pass 0" not in reported.stdout


@pytest.mark.parametrize("command", [("tsc", "-p", "."), ("biome", "lint", "--error-on-warnings")], ids=["types", "style"])
def test_the_scripts_pass_their_checks(command: tuple[str, ...]) -> None:
    program = FRONTEND.parent / "node_modules" / ".bin" / command[0]
    assert program.exists(), f"there is no {command[0]}; run scripts/setup.sh test"
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    reported = subprocess.run(
        [str(program), *command[1:]],
        cwd=FRONTEND.parent,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert reported.returncode == 0, reported.stdout + reported.stderr
