"""The command as its users meet it: help, listings, the database, JSON that parses, and exit statuses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner
from tests.lodebase.cli.command import NOWHERE, ROWS, Lode, expect_sentence, lode, process

from lodebase.cli.main import cli
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.settings import Settings
from lodedata import sources, vocab

if TYPE_CHECKING:
    from tests.lodebase.conftest import Elsewhere, OwnTable

# --- help ----------------------------------------------------------------------------------------------------


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


# --- listings ------------------------------------------------------------------------------------------------


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


# --- db ------------------------------------------------------------------------------------------------------


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


# --- checks of figures ---------------------------------------------------------------------------------------


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
