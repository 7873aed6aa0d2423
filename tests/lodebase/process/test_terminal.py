"""No control character of a foreign text reaches a terminal: not by a command's messages, tables or JSON."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lodebase.cli import output
from lodebase.process.printable import escape_printable_json, escape_printable_line, escape_printable_text

HOSTILE = (
    *("\x1b[2J", "\x1b]0;title\x07", "\r", "\b", "\x07", "\x7f", "\x9b31m", "\x85", "\u202e", "\u2066", "\u200f", "\u061c"),
    *("\u2028", "\u200b", "\ufeff", "\udc1b"),
)
RAW = {character for text in HOSTILE for character in text if not character.isprintable()}


@pytest.mark.parametrize("text", HOSTILE)
def test_control_characters_are_escaped(text: str) -> None:
    for made in (
        escape_printable_text(text),
        escape_printable_line(text),
        escape_printable_json(json.dumps(text, ensure_ascii=False)),
    ):
        assert not RAW & set(made)
    assert json.loads(escape_printable_json(json.dumps(text, ensure_ascii=False))) == text


def test_what_people_write_stays_as_it_is() -> None:
    text = "Señor 德兴铜矿 'ñ' — 5 °C\n\tЧукотка ＝ 😀 ½"
    assert escape_printable_text(text) == text
    assert escape_printable_line("a\tb\nc") == "a\\tb\\nc"


def test_tables_lines_and_json_of_commands_are_escaped() -> None:
    @click.command()
    def command() -> None:
        for text in HOSTILE:
            output.say(text)
            output.echo(text)
            output.echo_json({"name": text})
            output.print_rows([{"name": text}], as_json=False)
            output.print_rows([{"name": text}], as_json=True)

    result = CliRunner().invoke(command)
    assert result.exception is None
    assert not RAW & set(result.output.replace("\n", ""))


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no\x1b[31msuch\x07\u202e"),
        pytest.param(("\x1b[2Jcommand",), marks=pytest.mark.slow),
        ("import", "--file", "/nowhere/\x1b]0;x\x07.csv", "usgs-mrds"),
        pytest.param(("quarantine", "show", "\x1b[2J"), marks=pytest.mark.slow),
        pytest.param(("vocab", "\x9b31m"), marks=pytest.mark.slow),
    ],
)
def test_a_message_that_repeats_an_argument_is_escaped(arguments: tuple[str, ...], tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("lode")), *arguments]
    environment = {
        "LODE_HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LODE_DATABASE_URL": "postgresql:///x",
    }
    reported = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert reported.returncode == 2 and reported.stderr
    assert not RAW & set((reported.stdout + reported.stderr).replace("\n", ""))


def test_a_header_that_is_repeated_by_a_refusal_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "table\x1b[2J.csv").write_text("id,\x1b[31mname\x07,\x1b[31mname\x07\n1,2,3\n", encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lode")), "import", str(tmp_path / "table\x1b[2J.csv"), "--suggest"]
    reported = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert reported.stdout + reported.stderr
    assert not RAW & set((reported.stdout + reported.stderr).replace("\n", ""))
