"""The parts of the charts' script that need no browser, tried in Node."""

import subprocess
import sys
from pathlib import Path

import lodeweb

MODULES = Path(lodeweb.__file__).parents[1] / "frontend" / "charts"
NODE = Path(sys.executable).with_name("node")


def test_the_parts_of_charts_do_what_their_tests_say() -> None:
    assert NODE.exists(), "there is no node in the virtual environment; run scripts/setup.sh test"
    tests = sorted(MODULES.glob("*.test.mjs"))
    assert tests
    command = [str(NODE), "--test", *map(str, tests)]
    reported = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert reported.returncode == 0, reported.stdout + reported.stderr
    assert "fail 0" in reported.stdout and "pass 0" not in reported.stdout
