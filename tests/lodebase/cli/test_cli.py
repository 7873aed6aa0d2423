"""The command as its users meet it: help, JSON that parses, exit statuses, and errors in one sentence."""

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from lodebase.cli.main import cli, main
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.ingest.rows import record_id
from lodebase.settings import Settings
from lodedata import sources, vocab

if TYPE_CHECKING:
    from tests.lodebase.conftest import Elsewhere, OwnTable

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


@pytest.fixture(params=["the entry point", "a process"])
def run(request: pytest.FixtureRequest) -> Lode:
    """Both ways to run the command, for what must hold in each."""
    return lode if request.param == "the entry point" else process


def address(own_table: "OwnTable") -> str:
    return own_table.store.addresses.owner.render_as_string().replace("postgresql+psycopg", "postgresql")


@pytest.fixture
def here(own_table: "OwnTable") -> Lode:
    """The command on the store of this test."""
    return lambda *arguments, **more: lode(*arguments, **{"LODE_DATABASE_URL": address(own_table), **more})


def expect_sentence(reported: Reported, *parts: str, status: int = 2) -> None:
    """One sentence on stderr, nothing on stdout, no traceback."""
    assert reported.status == status, reported.err
    assert reported.out == ""
    lines = reported.err.strip().splitlines()
    assert len(lines) == 1, reported.err
    assert lines[0].startswith("lode: ")
    for part in parts:
        assert part in lines[0]


# --- help ------------------------------------------------------------------------------------------------------------


def commands(group: click.Group = cli, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*names, name))


@pytest.mark.parametrize("names", [names for names, _ in commands()], ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_reports_what_it_does(names: tuple[str, ...], option: str) -> None:
    reported = CliRunner().invoke(cli, [*names, option])
    assert reported.exit_code == 0
    assert reported.output.startswith(f"Usage: cli {' '.join(names)} ")
    command = dict(commands())[names]
    assert command.help and command.help.strip().split("\n")[0].endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{names}: {parameter.name} has no help"


@pytest.mark.parametrize("names", [names for names, _ in commands()], ids=" ".join)
def test_every_command_that_reports_something_has_json(names: tuple[str, ...]) -> None:
    command = dict(commands())[names]
    # the protocol of mcp is JSON
    if not isinstance(command, click.Group) and names != ("mcp",):
        assert "--json" in [option for parameter in command.params for option in parameter.opts]


def test_the_command_itself_lists_its_commands_and_its_exit_statuses() -> None:
    reported = process("--help")
    assert reported.status == 0
    for name in ("serve", "db", "import", "sources", "runs", "quarantine", "settings", "vocab"):
        assert f"\n  {name} " in reported.out
    assert "Exit status: 0 done, 2 a problem you can solve" in " ".join(reported.out.split())
    assert process("--version").out.startswith("lode, version ")


# --- listings --------------------------------------------------------------------------------------------------------


def test_settings_are_listed_with_value_origin_and_meaning_and_need_no_database(run: Lode) -> None:
    reported = run("settings", "--json", LODE_DATABASE_URL="postgresql://planner:hush@nowhere/db", PORT="8123")
    rows = {row["variable"]: row for row in reported.json()}
    assert (reported.status, reported.err) == (0, "")
    assert list(rows) == [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert rows["LODE_DATABASE_URL"]["value"] == "postgresql://planner:***@nowhere/db"
    assert (rows["PORT"]["value"], rows["PORT"]["origin"], rows["LODE_HOST"]["origin"]) == ("8123", "environment", "default")
    plain = lode("settings", PORT="8123")
    assert "PORT=8123  (environment)\n    Port the site listens on.\n" in plain.out


def test_vocabularies_are_listed_and_looked_up_and_need_no_database() -> None:
    listed = lode("vocab", "--json", **NOWHERE).json()
    assert {row["name"]: row["terms"] for row in listed}["commodity"] == len(vocab.load_vocabulary("commodity"))
    terms = lode("vocab", "status", "--json", **NOWHERE).json()
    assert {"code", "label_en", "label_zh", "broader", "uri", "aliases"} == set(terms[0])
    assert "operating" in [term["code"] for term in terms]
    for word in ("铜", "Copper", "Cu"):
        (found,) = lode("vocab", "commodity", word, "--json", **NOWHERE).json()
        assert found["code"] == "copper"


def test_sources_and_runs_are_listed(own_table: "OwnTable", here: Lode) -> None:
    own_table.load(ROWS)
    rows = {row["name"]: row for row in here("sources", "--json").json()}
    assert set(rows) == {*sources.names(), "test-table"}
    assert (rows["test-table"]["records"], rows["test-table"]["in_scope"]) == (3, 2)
    assert (rows["usgs-major-deposits"]["records"], rows["usgs-major-deposits"]["licence"]) == (0, "US-PD")
    (run,) = here("runs", "--json").json()
    assert (run["source"], run["state"], run["read"], run["loaded"], run["quarantined"]) == ("test-table", "done", 4, 2, 1)
    plain = here("runs")
    header, row = plain.out.splitlines()
    assert header.split()[:4] == ["id", "source", "state", "read"]
    assert row.split()[:4] == [str(run["id"]), "test-table", "done", "4"]


def test_an_empty_store_lists_nothing(here: Lode) -> None:
    assert here("runs", "--json").json() == []
    assert here("quarantine", "list").out == "nothing\n"


def test_the_quarantine_is_listed_shown_exported_and_imported_corrected(own_table: "OwnTable", here: Lode) -> None:
    own_table.load(ROWS)
    assert here("quarantine", "list", "--json").json() == [{"source": "test-table", "rule": "negative-amount", "rows": 1}]
    (row,) = here("quarantine", "rows", "test-table", "--json").json()
    assert (row["key"], row["locator"]) == ("e", "table.csv, row 5")
    assert "is negative" in row["reason"]
    (shown,) = here("quarantine", "show", str(row["id"]), "--json").json()
    assert shown["raw"]["ore_mt"] == "-3" and shown["reasons"][0]["zh"]
    plain = here("quarantine", "show", str(row["id"])).out
    assert plain.startswith("test-table: table.csv, row 5 (key e)\n") and "-3" in plain
    file = own_table.folder / "refused.csv"
    assert here("quarantine", "export", "test-table", file, "--json").json() == {
        "source": "test-table",
        "rows": 1,
        "file": str(file),
    }
    file.write_text(file.read_text(encoding="utf-8-sig").replace(",-3,", ",3,"), encoding="utf-8-sig")
    reported = here("import", "--mapping", own_table.mapping(), file, "--corrected", "--json")
    assert reported.status == 0, reported.err
    assert [(run["read"], run["loaded"]) for run in reported.json()] == [(1, 1)]
    assert here("quarantine", "list", "--json").json() == []


# --- import ----------------------------------------------------------------------------------------------------------

COUNTS = [
    "source",
    "read",
    "loaded",
    "updated",
    "unchanged",
    "out_of_scope",
    "quarantined",
    "seconds",
    "dataset_version",
    "withheld",
    "columns",
]


def test_an_import_of_ones_own_table_prints_a_list_of_one_run_and_nothing_else(own_table: "OwnTable", run: Lode) -> None:
    def here(*arguments: str | Path) -> Reported:
        return run(*arguments, LODE_DATABASE_URL=address(own_table))

    table, mapping = own_table.write(ROWS), own_table.mapping()
    reported = here("import", "--mapping", mapping, table, "--json")
    assert reported.status == 0, reported.err
    (counts,) = reported.json()
    assert list(counts) == COUNTS
    assert {name: counts[name] for name in COUNTS[:7]} == {
        "source": "test-table", "read": 4, "loaded": 2, "updated": 0, "unchanged": 0, "out_of_scope": 1, "quarantined": 1,
    }  # fmt: skip
    assert "read 4 = loaded 2 + updated 0 + unchanged 0 + out of scope 1 + quarantined 1" in reported.err
    assert "table.csv, row 5: column ore_mt: -3 is negative" in reported.err
    again = here("import", "--mapping", mapping, table)
    assert (again.status, again.out) == (0, "")
    assert "unchanged 2" in again.err


def test_the_columns_of_a_run_are_listed_in_both_languages(own_table: "OwnTable", here: Lode) -> None:
    reported = here("import", "--mapping", own_table.mapping(), own_table.write([{"id": "a", "category": "inferred"}]))
    reason = "there is no figure that it belongs to"
    dropped = f"table.csv, column category: 1 filled, 0 used, 1 dropped: 1 as {reason}, first 'inferred' in row 2"
    assert dropped in reported.err
    number = own_table.one("SELECT max(id) FROM import_run")
    reported = here("runs", str(number))
    assert reported.status == 0, reported.err
    (line,) = (line for line in reported.out.splitlines() if " category " in line)
    assert line.split()[:5] == ["table.csv", "category", "1", "0", "1"]
    assert line.endswith(f"1 as {reason}, first 'inferred' in row 2")
    assert "1 个因没有与之对应的数值，首例为第 2 行的 'inferred'" in here("--lang", "zh", "runs", str(number)).out
    (category,) = (c for c in here("runs", str(number), "--json").json()["columns"] if c["column"] == "category")
    assert category["reasons"][0]["zh"] == "没有与之对应的数值"
    expect_sentence(here("runs", "999"), "there is no import 999")


def test_a_dry_run_says_so_and_changes_nothing(own_table: "OwnTable", here: Lode) -> None:
    reported = here("import", "--mapping", own_table.mapping(), own_table.write(ROWS), "--dry-run")
    assert reported.status == 0
    assert "loaded 2" in reported.err and "(dry run, nothing was changed)" in reported.err
    chinese = here("--lang", "zh", "import", "--mapping", own_table.mapping(), own_table.write(ROWS), "--dry-run").err
    assert "读取 4 = 新载入 2" in chinese and "（试运行，未作任何更改）" in chinese
    assert own_table.one("SELECT count(*) FROM source_record") == 0


def test_a_table_of_which_no_row_can_be_loaded_is_a_failure(own_table: "OwnTable", here: Lode) -> None:
    reported = here("import", "--mapping", own_table.mapping(), own_table.write([{"id": "e", "ore_mt": -3}]), "--json")
    assert reported.status == 2
    assert [run["quarantined"] for run in reported.json()] == [1]
    assert "lode: no row of table.csv could be loaded." in reported.err


def test_a_refused_file_is_one_sentence_and_a_failed_run(own_table: "OwnTable", here: Lode) -> None:
    reported = here("import", "--mapping", own_table.mapping(), own_table.write([]), "--json")
    assert (reported.status, reported.json()) == (2, [])
    assert [line for line in reported.err.splitlines() if line.startswith("lode: ")] == [
        "lode: table.csv: has a header and no rows; nothing was changed."
    ]
    (run,) = here("runs", "--json").json()
    assert (run["state"], run["message"]) == ("failed", "table.csv: has a header and no rows; nothing was changed.")


def test_an_import_that_waits_in_vain_says_why(own_table: "OwnTable", here: Lode) -> None:
    with own_table.connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(7613002)")
        reported = here("import", "--mapping", own_table.mapping(), own_table.write(ROWS), "--json", LODE_IMPORT_WAIT="0")
    assert (reported.status, reported.json()) == (2, [])
    assert "lode: Another import has been running" in reported.err and "Traceback" not in reported.err


DEPOSIT_COLUMNS = (
    *("gid", "dep_name", "country", "state", "latitude", "longitude", "commodity", "dep_type", "type_detail", "model_code"),
    *("model_name", "metallic", "citation"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of folders: boundaries, a source of 3,000 rows, the same once more, and something that is no source."""
    made = tmp_path / "data"
    for name in ("natural-earth", "usgs-major-deposits", "zz-once-more", "holiday"):
        (made / name).mkdir(parents=True)
    (made / "holiday" / "photo.txt").write_text("sea")
    (made / "loose.csv").write_text("id\n1\n")
    (made / "README.md").write_text("no folder")
    for name, about in (("countries", {"ISO_A3": "CHL", "NAME_EN": "Chile"}), ("states", {"iso_3166_2": "CL-AN"})):
        ring = [[-70, -25], [-68, -25], [-68, -23], [-70, -23], [-70, -25]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        feature = {"type": "Feature", "properties": {"ADM0_A3": "CHL", **about}, "geometry": shape}
        file = {"countries": "ne_50m_admin_0_countries", "states": "ne_50m_admin_1_states_provinces"}[name]
        collection = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (made / "natural-earth" / f"{file}.geojson").write_text(collection)
    for name in ("usgs-major-deposits", "zz-once-more"):
        with (made / name / "deposit.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, DEPOSIT_COLUMNS, restval="na")
            writer.writeheader()
            for n in range(3_000):
                metal, where = ("Gold" if n % 3 else "Copper, Gold"), (-40.5 if n == 0 else -24.2701)
                row = {"gid": n, "dep_name": f"Site {n}", "country": "Chile", "latitude": where, "longitude": -69.0706}
                writer.writerow({**row, "commodity": metal})
    return made


def test_a_folder_of_folders_is_imported_boundaries_first(own_table: "OwnTable", here: Lode, folder: Path) -> None:
    reported = here("import", "--all", folder, "--json")
    assert reported.status == 0, reported.err
    runs = reported.json()
    assert [(run["source"], run["read"], run["loaded"], run["out_of_scope"]) for run in runs] == [
        ("natural-earth", 2, 2, 0),
        ("usgs-major-deposits", 3000, 1000, 2000),
    ]
    for run in runs:
        assert list(run) == COUNTS
        assert run["read"] == sum(run[name] for name in COUNTS[2:7])
    assert "holiday: holds the files of no known source, left alone" in reported.err
    assert "loose.csv: is a file and no folder of a source, left alone" in reported.err
    assert "zz-once-more: holds usgs-major-deposits once more, left alone; usgs-major-deposits is read" in reported.err
    flagged = own_table.all("SELECT id, flags FROM deposit WHERE 'outside-country' = ANY (flags)")
    assert [identity for identity, _ in flagged] == [record_id("usgs-major-deposits", "0")]
    again = here("import", "--all", folder, "--json")
    assert [(run["loaded"], run["updated"]) for run in again.json()] == [(0, 0), (0, 0)]
    # of the third version are the records that were compared after the last source
    assert {run["dataset_version"] for run in again.json()} == {3}


def test_one_bad_folder_does_not_keep_the_others_out(here: Lode, folder: Path) -> None:
    deposits = folder / "usgs-major-deposits" / "deposit.csv"
    deposits.write_text("".join(deposits.read_text().splitlines(keepends=True)[:100]))
    (folder / "usgs-lithium-us").mkdir()
    reported = here("import", "--all", folder, "--json")
    assert reported.status == 2
    assert [run["source"] for run in reported.json()] == ["natural-earth"]
    sentences = [line for line in reported.err.splitlines() if line.startswith("lode: ")]
    assert sentences[-1].startswith("lode: deposit.csv: has 99 rows where at least 3000 are expected")
    assert len(sentences) == 2 and "Traceback" not in reported.err


def test_a_suggested_mapping_is_on_stdout_and_is_refused_until_its_open_issues_are_resolved(
    own_table: "OwnTable", here: Lode
) -> None:
    table = own_table.write(ROWS)
    reported = lode("import", "--suggest", table, **NOWHERE)
    assert (reported.status, reported.err) == (0, "")
    assert reported.out.startswith("# A mapping for table.csv")
    mapping = own_table.folder / "suggested.yml"
    mapping.write_text(reported.out)
    expect_sentence(
        here("import", "--mapping", mapping, table), "suggested.yml: ", 'enter a value in place of "?" at publisher'
    )


# --- errors ----------------------------------------------------------------------------------------------------------


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


# --- db --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_private_cluster_is_stopped_after_a_command_unless_another_uses_it(home: Path) -> None:
    for arguments in (("db", "upgrade"), ("runs",)):
        assert lode(*arguments, "--json", LODE_HOME=str(home)).status == 0
        assert not Cluster(home).running()
    other = Cluster(home)
    other.hold()
    other.ensure()
    for arguments in (("db", "status"), ("runs",)):
        assert lode(*arguments, "--json", LODE_HOME=str(home)).status == 0
        assert other.running()
    assert other.let_go()


def test_a_store_is_brought_up_looked_at_and_taken_down(elsewhere: "Elsewhere") -> None:
    address = elsewhere.url("keeper", elsewhere.database("keeper", "postgis"))

    def db(*arguments: str) -> Any:
        reported = lode("db", *arguments, "--json", LODE_DATABASE_URL=address)
        assert reported.status == 0, reported.err
        return reported.json()

    head = db("status")[0]["wanted"]
    assert db("status") == [{"at": None, "wanted": head, "current": False}]
    expect_sentence(lode("runs", LODE_DATABASE_URL=address), "The store has no tables of Lode yet", "Run `lode db upgrade`")
    assert db("upgrade") == [{"at": head, "wanted": head, "current": True}]
    assert db("upgrade") == db("status")
    requested = lode("db", "downgrade", "base", LODE_DATABASE_URL=address)
    assert (requested.status, requested.out) == (130, ""), "nobody said yes"
    assert "The data of removed tables is lost" in requested.err
    assert db("downgrade", "base", "--yes") == [{"at": None, "wanted": head, "current": False}]
    nonsense = lode("db", "downgrade", "nonsense", "--yes", LODE_DATABASE_URL=address)
    expect_sentence(
        nonsense, "Can't locate revision identified by 'nonsense'; the migrations are base, 0001_baseline, 0002_column_usage"
    )


def test_rules_are_listed_by_their_standing_on_a_day() -> None:
    reported = lode("rules", "list", "--on", "2010-01-01", "--json")
    assert {row["id"]: row["standing"] for row in reported.json()}["cn-2006-copper-scale"] == "in_force"


def test_rules_of_ones_own_are_checked_in_sentences(tmp_path: Path) -> None:
    assert lode("rules", "check").status == 0
    (tmp_path / "own.yml").write_text("id: own\n", encoding="utf-8")
    reported = lode("rules", "check", tmp_path)
    assert reported.status == 2
    assert "own.yml: title_en: is missing; write `title_en: …`" in reported.out
    assert lode("rules", "list", LODE_RULES=str(tmp_path)).status == 2


# --- checks of figures -----------------------------------------------------------------------------------------------


SMELTERS: list[dict[str, Any]] = [
    {"id": "1", "kind": "project", "product": "refined-copper", "status": "operating", "country": "Zambia"}
    | {"capacity_kt": "1300", "lon": "28.2", "lat": "-12.8"},
    {"id": "2", "kind": "project", "product": "refined-copper", "status": "operating", "country": "Zambia"}
    | {"capacity_kt": "270", "lon": "29.4", "lat": "-12.8"},
    {"id": "3", "metal": "copper", "category": "inferred-mineral-resource", "ore_mt": "1", "cu_pct": "80"},
]


def test_figures_in_doubt_are_printed_with_their_records(own_table: "OwnTable", here: Lode) -> None:
    own_table.load(SMELTERS)
    reported = here("check", "figures")
    assert reported.status == 0
    held, of_country, left_out = reported.out.splitlines()
    assert held.startswith("Site 3 (") and "80 % metal of Copper, test-table: Grade above" in held
    assert of_country == "Copper, Refinery, Zambia: 270,000 of 1,570,000 t/a count; the output was 222,000 t in 2023"
    assert left_out.startswith("  Site 1 (") and "1,300,000 t/a of Refined copper" in left_out
    assert "产能" in here("--lang", "zh", "check", "figures").out


def test_table_of_sums_compares_with_an_earlier_result(own_table: "OwnTable", here: Lode, tmp_path: Path) -> None:
    own_table.load(SMELTERS)
    data = here("check", "figures", "--json").json()
    (one,) = data["sums"]
    assert (one["reported_tpa"], one["counted_tpa"], one["over_full"], one["unmarked"]) == (1_570_000, 270_000, True, False)
    assert [(row["name_en"], row["counts"]) for row in one["records"]] == [("Site 1", False), ("Site 2", True)]
    one["counted_percent"] = 707.0
    before = tmp_path / "before.json"
    before.write_text(json.dumps(data), "utf-8")
    header, _, row = here("check", "figures", "--table", "--before", before).out.splitlines()
    assert header.count("|") == row.count("|") == 12
    assert row == "| Copper, Refinery | Zambia | 222,000 | 2023 | 1,570,000 |  | 270,000 | 707 | 707 | 122 | 1 |"


def test_sum_above_the_bound_without_a_mark_fails(own_table: "OwnTable", here: Lode) -> None:
    own_table.load(SMELTERS)
    own_table.owner("UPDATE lode.phase SET doubtful = NULL")
    reported = here("check", "figures")
    assert reported.status == 1
    assert "1 sums are above the bound and not marked" in reported.err


def test_store_without_doubts_passes(here: Lode) -> None:
    reported = here("check", "figures")
    assert (reported.status, reported.out) == (0, "no figure is in doubt\n")


@pytest.mark.parametrize("arguments", [("--suggest", "x" * 5000), ("--mapping", "m.yml", "x" * 5000), ("--all", "x" * 5000)])
def test_a_path_that_is_too_long_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    columns = 'key: "{id}", kind: {const: deposit}, commodities: [metal]'
    head = "name: made-up\ntitle_en: A\ntitle_zh: 甲\npublisher: N\nlicence: {id: n, name: N}\ncitation: c\nversion: '1'\n"
    Path("m.yml").write_text(f"{head}tables: [{{{columns}}}]\n", encoding="utf-8")
    reported = lode("import", *arguments)
    assert reported.status == 2
    assert re.search("shorter", reported.err) and "Traceback" not in reported.err
