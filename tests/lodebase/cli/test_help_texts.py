"""The help of commands and click's own texts are in the language of the terminal."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHOW_EACH = """
import json
import click
from click.testing import CliRunner
from lodebase.cli.main import cli

def commands(group, *names):
    yield names
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield from commands(command, *names, name) if isinstance(command, click.Group) else [(*names, name)]

runner = CliRunner()
print(json.dumps({" ".join(names): runner.invoke(cli, ["--lang", "zh", *names, "--help"]).output for names in commands(cli)}))
"""


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The Chinese help of each command; click keeps some texts in the language of a process's first help."""
    run = subprocess.run([sys.executable, "-c", SHOW_EACH], capture_output=True, text=True, check=True, timeout=120)
    helps: dict[str, str] = json.loads(run.stdout)
    return helps


def lode(*arguments: str) -> str:
    program = Path(sys.executable).with_name("lode")
    return subprocess.run([program, *arguments], capture_output=True, text=True).stderr


def test_each_command_explains_itself_in_chinese(shown: dict[str, str]) -> None:
    assert {"", "import", "layout grid", "user sessions"} <= set(shown)
    english = [
        (name, part)
        for name, text in shown.items()
        for part in re.split(r"\n\n|\n(?=  -)", text)
        if not CHINESE.search(part) and not part.strip().startswith("lode")
    ]
    assert english == []


def test_lines_of_chinese_are_broken_by_their_width(shown: dict[str, str]) -> None:
    lines = [line for line in shown["layout grid"].splitlines() if CHINESE.search(line)]
    assert max(sum(1 + bool(CHINESE.match(one)) for one in line) for line in lines) <= 112


def test_a_wrong_command_line_is_explained_in_each_language() -> None:
    chinese = lode("--lang", "zh", "import", "--wrong")
    assert "没有选项 '--wrong'" in chinese and "查看帮助" in chinese
    assert "No such option '--wrong'" in lode("--lang", "en", "import", "--wrong")
