"""The command that imports: dry runs, folders, refused files, suggested mappings."""

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.lodebase.cli.command import NOWHERE, ROWS, Lode, Reported, address, expect_sentence, lode

from lodebase.ingest.rows import record_id

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


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
