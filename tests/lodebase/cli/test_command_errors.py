"""What can be mended is one sentence of the command, and what it was called with wrongly shows the usage."""

import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.lodebase.cli.command import LODE, NOWHERE, ROWS, Lode, Reported, expect_sentence, lode, process

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["import", "nonsense"], ["There is no source 'nonsense'. Choose one of natural-earth, "]),
        (["import", "usgs-major-deposits", "/nowhere"], ["/nowhere: there is no such file or folder"]),
        (["import", "--all", "/nowhere"], ["/nowhere is not a folder; name the folder"]),
        (["import", "--suggest", "/nowhere.csv"], ["/nowhere.csv: there is no such file"]),
        (["import", "--mapping", "/nowhere.yml", "x.csv"], ["/nowhere.yml: can't be read"]),
        (["import", "usgs-africa-mineral-industries"], ["has no address to fetch it from; get it at https://doi.org"]),
        (["vocab", "nonsense"], ["nonsense"]),
        (["vocab", "commodity", "unobtainium"], ["'unobtainium' is not a code, label or alias of the vocabulary commodity"]),
        (["mcp", "--site", "nonsense"], ['"nonsense" is not the address of a site. Write one such as https://']),
        (["runs"], ["The database can't be reached"]),
        (["db", "status"], ["The database of LODE_DATABASE_URL can't be reached"]),
        (["serve"], ["The database of LODE_DATABASE_URL can't be reached"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_can_be_mended_is_one_sentence(arguments: list[str], parts: list[str]) -> None:
    reported = lode(*arguments, **NOWHERE, PORT=str(free_port()))
    steps = [line for line in reported.err.splitlines() if line.startswith("database …")]
    expect_sentence(
        Reported(reported.status, reported.out, reported.err.replace("database …\n", "") if steps else reported.err), *parts
    )


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["import"], "name a source, or a folder with --all"),
        (["import", "--mapping", "m.yml"], "name the table's file"),
        (["import", "--suggest"], "name the file, such as lode import --suggest FILE"),
        (["import", "usgs-major-deposits", "--corrected"], "name the corrected file"),
        (["runs", "--limit", "many"], "'many' is not a valid integer"),
        (["quarantine", "show", "x"], "'x' is not a valid integer"),
        (["vocab", "--nonsense"], "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_invalid_call_shows_the_usage(arguments: list[str], reported: str) -> None:
    said = lode(*arguments, **NOWHERE)
    assert (said.status, said.out) == (2, "")
    assert reported in said.err and "Usage: " in said.err and "Traceback" not in said.err


ABOUT = "title_en: x\ntitle_zh: x\npublisher: x\nlicence: {id: x, name: x}\ncitation: x\nversion: x\n"


@pytest.mark.parametrize(
    ("mapping", "reported"),
    [
        ("name: [", "is not YAML"),
        ("just words", "contains no mapping; `lode import --suggest FILE` writes one"),
        ("name: my-table\n", "title_en: is missing; write `title_en: My table`"),
        ("name: usgs-mrds\n" + ABOUT, "the name 'usgs-mrds' belongs to a source of Lode"),
        ("name: my-table\n" + ABOUT, "has no `tables`"),
    ],
)
def test_a_mapping_that_can_not_be_used_is_one_sentence(tmp_path: Path, mapping: str, reported: str) -> None:
    (tmp_path / "m.yml").write_text(mapping)
    (tmp_path / "t.csv").write_text("id\n1\n")
    expect_sentence(lode("import", "--mapping", tmp_path / "m.yml", tmp_path / "t.csv", **NOWHERE), "m.yml", reported)


def test_a_sentence_of_the_command_is_the_same_in_a_process_of_its_own() -> None:
    for arguments in (("import", "nonsense"), ("runs",)):
        reported = process(*arguments, **NOWHERE)
        assert reported == lode(*arguments, **NOWHERE)
        assert reported.status == 2


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        # nothing listens on port 1: the name is refused before the site is read
        (
            ["import", "--from-lode", "http://127.0.0.1:1", "--as", "Bad Name!"],
            '"Bad Name!" is not a name of a source. Give 2 to 63',
        ),
        (
            ["import", "--from-lode", "http://127.0.0.1:1", "--as", "usgs-mrds"],
            "The name 'usgs-mrds' belongs to a source of Lode.",
        ),
        (["release", "s3://"], "s3:// names no bucket. Write a folder, or an address such as s3://bucket/releases."),
        (["mirror", "/nowhere"], "/nowhere/index.json is missing. Name the folder or the address that `lode release` wrote."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_name_or_place_of_another_lode_is_refused_before_work(here: Lode, arguments: list[str], reported: str) -> None:
    expect_sentence(here(*arguments), reported)


def test_a_row_that_is_not_in_quarantine_is_one_sentence(here: Lode, tmp_path: Path) -> None:
    expect_sentence(here("quarantine", "show", "99"), "there is no row 99 in quarantine")
    expect_sentence(here("quarantine", "export", "test-table", tmp_path / "x.csv"), "test-table has no rows in quarantine")


def test_an_export_that_can_not_be_written_is_one_sentence(own_table: "OwnTable", here: Lode) -> None:
    own_table.load(ROWS)
    expect_sentence(here("quarantine", "export", "test-table", "/nowhere/x.csv"), "/nowhere/x.csv: can't be written")


@pytest.mark.parametrize(
    ("variable", "value", "reported"),
    [
        ("PORT", "http", "PORT='http': "),
        ("LODE_DATABASE_URL", "mysql://u:hush@h/d", "LODE_DATABASE_URL names mysql"),
    ],
)
def test_a_bad_setting_is_one_sentence(variable: str, value: str, reported: str) -> None:
    said = lode("runs", **{**NOWHERE, variable: value})
    expect_sentence(said, reported)
    assert "hush" not in said.err


def test_a_home_that_can_not_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    home = str(tmp_path / "file" / "lode")
    expect_sentence(lode("runs", LODE_HOME=home), f"LODE_HOME={home}: Not a directory")


def test_a_port_that_is_taken_is_one_sentence_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        reported = lode("serve", LODE_HOME=str(tmp_path / "home"), PORT=str(port))
    expect_sentence(reported, f"Port {port} on 127.0.0.1 can't be had (Address already in use)", f"PORT={port + 1} make serve")
    assert not (tmp_path / "home").exists()


def test_an_address_that_is_not_ours_is_one_sentence() -> None:
    reported = lode("serve", LODE_HOST="192.0.2.1", PORT=str(free_port()), **NOWHERE)
    expect_sentence(reported, "on 192.0.2.1 can't be had")
    expect_sentence(lode("serve", LODE_HOST="no such host", **NOWHERE), "on no such host can't be had")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_reader_that_goes_away_is_no_error(here: Lode) -> None:
    """`lode vocab division | head -1`."""
    reported = subprocess.run(
        ["sh", "-c", f"'{LODE}' vocab division | head -n 1"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (reported.returncode, reported.stderr) == (0, "")
