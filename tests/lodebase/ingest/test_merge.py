"""What becomes of each row: new, changed, vanished, back again, out of scope, of another kind, double, of several rows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from lodebase.db.schema import tables
from lodebase.errors import RowsLost
from lodebase.ingest import run
from lodebase.ingest.rows import record_id
from lodebase.ingest.run import ImportJob, Summary
from lodedata.mapping import Reading, Tally
from lodedata.records import Commodity, Deposit, Owner, Phase, Project, SourceRow

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

SERVED = ("deposit", "discovery", "project")
ESTIMATED = {"category": "inferred", "ore_mt": 10, "cu_pct": 1.5}
BUILT: dict[str, Any] = {
    "kind": "project",
    "product": "refined copper",
    "capacity_kt": 100,
    "status": "operating",
    "owner": "Codelco",
}


def ident(key: str) -> str:
    return record_id("test-table", key)


def served(own_table: "OwnTable") -> dict[str, tuple[str, str]]:
    """Each served record's kind and name by its id."""
    union = " UNION ALL ".join(f"SELECT id, '{kind}', name_en FROM {kind}" for kind in SERVED)
    return {identity: (kind, name) for identity, kind, name in own_table.all(union)}


def children(own_table: "OwnTable") -> dict[str, int]:
    return {table.name: own_table.one(f"SELECT count(*) FROM {table.name}") for table in tables.CHILDREN}


# --- changed ---------------------------------------------------------------------------------------------------------


def test_a_changed_row_updates_its_record_which_keeps_its_id_and_its_history(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "b"}])
    summary = own_table.load([{"id": "a", "name": "New"}, {"id": "b"}])
    assert (summary.updated, summary.unchanged, summary.loaded) == (1, 1, 0)
    assert served(own_table) == {ident("a"): ("deposit", "New"), ident("b"): ("deposit", "Site b")}
    earlier = own_table.all("SELECT id, name_en, since_version, until_version FROM lode_history.deposit")
    assert earlier == [(ident("a"), "Site a", 1, 2)]
    assert own_table.one("SELECT since_version FROM deposit WHERE name_en = 'Site b'") == 1


def test_a_figure_that_changes_takes_the_place_of_the_old_one(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a", **ESTIMATED}])
    own_table.load([{"id": "a", **ESTIMATED, "ore_mt": 12}])
    assert own_table.all("SELECT ore_reported, ore_unit, ore_t FROM estimate") == [(12.0, "Mt", 12e6)]
    assert own_table.all("SELECT ore_reported FROM lode_history.estimate") == [(10.0,)]


def test_children_that_a_changed_row_no_longer_makes_go(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a", **ESTIMATED}, {"id": "b", **BUILT}, {"id": "c", "lat": "", "lon": ""}])
    assert children(own_table) == {
        "estimate": 1, "estimate_measure": 1, "exploration_activity": 0, "phase": 1, "owner": 1, "flag": 1,
    }  # fmt: skip
    own_table.load([{"id": "a"}, {"id": "b", "kind": "project"}, {"id": "c"}])
    assert set(children(own_table).values()) == {0}
    assert own_table.one("SELECT status FROM project") is None
    assert own_table.all("SELECT flags FROM deposit WHERE name_en = 'Site c'") == [([],)]
    for table in ("estimate", "estimate_measure", "phase", "owner", "flag"):
        assert own_table.one(f"SELECT count(*) FROM lode_history.{table}") == 1, table


def test_only_the_measure_that_is_gone_goes(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a", **ESTIMATED}])
    own_table.load([{"id": "a", **ESTIMATED, "cu_pct": ""}])
    assert own_table.one("SELECT count(*) FROM estimate") == 1
    assert own_table.one("SELECT count(*) FROM estimate_measure") == 0


def test_a_cell_that_makes_nothing_changes_the_source_record_and_no_served_row(own_table: "OwnTable") -> None:
    spec = own_table.source().tables[0].model_dump(exclude_unset=True)
    source = own_table.source(**{**spec, "owners": []})
    own_table.load([{"id": "a", "owner": "x"}], source)
    summary = own_table.load([{"id": "a", "owner": "y"}], source)
    assert summary.updated == 1
    assert own_table.one("SELECT raw ->> 'owner' FROM source_record") == "y"
    assert own_table.one("SELECT since_version FROM deposit") == 1
    assert own_table.one("SELECT count(*) FROM lode_history.deposit") == 0


# --- vanished and back -----------------------------------------------------------------------------------------------


def test_a_vanished_row_is_marked_and_its_record_stays_with_a_flag(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "b", "lat": "", "lon": ""}])
    summary = own_table.load([{"id": "a"}])
    assert (summary.read, summary.unchanged, summary.gone) == (1, 1, 1)
    assert served(own_table).keys() == {ident("a"), ident("b")}
    assert own_table.all("SELECT key FROM source_record WHERE gone_run = %s", summary.run) == [("b",)]
    assert own_table.all("SELECT flags FROM deposit ORDER BY name_en") == [([],), (["no-position", "no-longer-in-source"],)]
    reported = own_table.all("SELECT ordinal, rule, sentence_en, sentence_zh FROM flag ORDER BY ordinal")
    assert [row[:2] for row in reported] == [(0, "no-position"), (1, "no-longer-in-source")]
    assert reported[1][2:] == ("the record is no longer in its source's newer file.", "来源的新版文件中已无此记录。")


def test_a_row_gone_already_is_not_marked_again(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "b"}])
    first = own_table.load([{"id": "a"}])
    before = own_table.state()
    second = own_table.load([{"id": "a"}])
    assert (second.gone, second.dataset_version) == (0, first.dataset_version)
    assert own_table.state() == before


def test_a_row_that_returns_is_as_if_it_had_never_gone(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "b", "lat": "", "lon": ""}])
    own_table.load([{"id": "a"}])
    summary = own_table.load([{"id": "a"}, {"id": "b", "lat": "", "lon": ""}])
    assert (summary.unchanged, summary.updated, summary.gone) == (1, 1, 0)
    assert own_table.all("SELECT id, flags FROM deposit WHERE name_en = 'Site b'") == [(ident("b"), ["no-position"])]
    assert own_table.all("SELECT rule FROM flag") == [("no-position",)]
    assert own_table.one("SELECT count(*) FROM source_record WHERE gone_run IS NOT NULL") == 0
    spans = "SELECT flags, since_version, until_version FROM lode_history.deposit ORDER BY 2"
    assert own_table.all(spans) == [(["no-position"], 1, 2), (["no-position", "no-longer-in-source"], 2, 3)]


def test_a_row_that_vanishes_out_of_scope_has_no_record_to_flag(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "g", "metal": "gold"}])
    summary = own_table.load([{"id": "a"}])
    assert (summary.gone, summary.dataset_version) == (1, 1)


def test_rows_of_another_source_are_nobodys_business(own_table: "OwnTable") -> None:
    other = own_table.source().model_copy(update={"name": "other-table"})
    own_table.load([{"id": "a"}, {"id": "b"}])
    own_table.load([{"id": "a", "name": "Another"}], other)
    assert len(served(own_table)) == 3
    assert own_table.load([{"id": "a", "name": "Another"}], other).gone == 0
    assert own_table.one("SELECT count(*) FROM source_record WHERE gone_run IS NOT NULL") == 0


def test_a_row_refused_this_time_is_not_gone_and_its_record_stays_as_it_was(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a"}, {"id": "b"}])
    summary = own_table.load([{"id": "a"}, {"id": "b", "ore_mt": -3, "name": "New"}])
    assert (summary.quarantined, summary.gone, summary.dataset_version) == (1, 0, 1)
    assert served(own_table)[ident("b")] == ("deposit", "Site b")


# --- scope and kind --------------------------------------------------------------------------------------------------


def test_a_row_out_of_scope_is_stored_as_it_came_and_not_served(own_table: "OwnTable") -> None:
    summary = own_table.load([{"id": "g", "metal": "gold"}])
    assert (summary.out_of_scope, summary.dataset_version) == (1, 0)
    assert served(own_table) == {}
    assert own_table.all("SELECT key, in_scope, raw ->> 'metal' FROM source_record") == [("g", False, "gold")]


def test_a_row_that_leaves_scope_is_withdrawn_and_stored_in_history(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a", **ESTIMATED, "lat": "", "lon": ""}, {"id": "b"}])
    summary = own_table.load([{"id": "a", **ESTIMATED, "metal": "gold"}, {"id": "b"}])
    assert (summary.out_of_scope, summary.unchanged, summary.dataset_version) == (1, 1, 2)
    assert served(own_table).keys() == {ident("b")}
    assert set(children(own_table).values()) == {0}
    assert own_table.one("SELECT count(*) FROM member") == 1
    for table in ("deposit", "estimate", "estimate_measure", "flag"):
        assert own_table.all(f"SELECT since_version, until_version FROM lode_history.{table}") == [(1, 2)], table
    back = own_table.load([{"id": "a", **ESTIMATED}, {"id": "b"}])
    assert (back.updated, back.dataset_version) == (1, 3)
    assert served(own_table).keys() == {ident("a"), ident("b")}


@pytest.mark.parametrize("other", ["discovery", "project"])
def test_a_row_that_changes_kind_keeps_its_id(own_table: "OwnTable", other: str) -> None:
    own_table.load([{"id": "a", **ESTIMATED, "lat": "", "lon": ""}])
    summary = own_table.load([{"id": "a", **ESTIMATED, "kind": other}])
    assert summary.updated == 1
    assert served(own_table) == {ident("a"): (other, "Site a")}
    assert own_table.all("SELECT record_id, kind, leads FROM member") == [(ident("a"), other, True)]
    assert own_table.all("SELECT id, until_version FROM lode_history.deposit") == [(ident("a"), 2)]
    left = own_table.all("SELECT rule FROM flag")
    assert left == ([] if other == "discovery" else [("figure-dropped",), ("figure-dropped",)])
    assert own_table.one("SELECT count(discovery_id) FROM estimate") == (1 if other == "discovery" else 0)
    again = own_table.load([{"id": "a", **ESTIMATED, "lat": "", "lon": ""}])
    assert again.updated == 1
    assert served(own_table) == {ident("a"): ("deposit", "Site a")}
    assert own_table.one("SELECT count(deposit_id) FROM estimate") == 1


# --- doubles ---------------------------------------------------------------------------------------------------------

DOUBLES = [
    {"id": "a"},
    {"id": "b"},
    {"id": "a", "name": "Second"},
    {"id": "c"},
    {"id": "a", "name": "Third", "kind": "project"},
    {"id": "b", "name": "Second"},
]


def read_in_chunks(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """Read so many rows at a time, and merge two such chunks at once if they are odd."""
    monkeypatch.setattr(run, "CHUNK_READINGS", chunk)
    monkeypatch.setattr(run, "CHUNKS_MERGED", 1 + chunk % 2)


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 5, 100])
def test_of_rows_with_one_key_the_first_is_stored_wherever_the_chunks_end(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    summary = own_table.load(DOUBLES)
    assert (summary.read, summary.loaded, summary.quarantined) == (6, 3, 3)
    assert served(own_table) == {ident(key): ("deposit", f"Site {key}") for key in "abc"}
    reported = own_table.all("SELECT locator, reasons -> 0 ->> 'rule', reasons -> 0 ->> 'en' FROM quarantine ORDER BY id")
    first = "the key 'a' is already used at table.csv, row 2; the first row with it keeps it."
    assert reported == [
        ("table.csv, row 4", "duplicate-key", first),
        ("table.csv, row 6", "duplicate-key", first),
        ("table.csv, row 7", "duplicate-key", first.replace("'a'", "'b'").replace("row 2", "row 3")),
    ]
    again = own_table.load(DOUBLES)
    assert (again.unchanged, again.quarantined, again.dataset_version) == (3, 3, 1)


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_first_row_that_is_refused_for_itself_reserves_its_key(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    summary = own_table.load(
        [{"id": "a", "ore_mt": -3}, {"id": "b"}, {"id": "a", "name": "Second"}, {"id": "a", "name": "Third"}]
    )
    assert (summary.loaded, summary.quarantined) == (1, 3)
    assert served(own_table).keys() == {ident("b")}
    rules = own_table.all("SELECT locator, reasons -> 0 ->> 'rule' FROM quarantine ORDER BY locator")
    double = "duplicate-key"
    assert rules == [("table.csv, row 2", "negative-amount"), ("table.csv, row 4", double), ("table.csv, row 5", double)]


def test_a_file_that_lacks_more_than_a_fifth_of_a_source_needs_a_confirmation(own_table: "OwnTable") -> None:
    own_table.load([{"id": str(at)} for at in range(10)])
    few = replace(own_table.job([{"id": str(at)} for at in range(7)]), may_lose_rows=False)
    with pytest.raises(RowsLost, match="lacks 3 of the 10 rows .*`--yes`"):
        run.run(own_table.store.importer, few)
    assert len(served(own_table)) == 10 and own_table.one("SELECT count(*) FROM source_record WHERE gone_run IS NOT NULL") == 0
    most = replace(own_table.job([{"id": str(at)} for at in range(8)]), may_lose_rows=False)
    assert run.run(own_table.store.importer, most).gone == 2
    assert own_table.load([{"id": str(at)} for at in range(3)]).gone == 5


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_doubles_of_which_the_first_changes_change_it_alone(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    own_table.load(DOUBLES)
    summary = own_table.load([{"id": "a", "name": "New", **ESTIMATED}, *DOUBLES[1:]])
    assert (summary.updated, summary.unchanged, summary.quarantined) == (1, 2, 3)
    assert served(own_table)[ident("a")] == ("deposit", "New")
    assert own_table.one("SELECT count(*) FROM estimate") == 1


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_double_out_of_scope_is_a_double_too(own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    read_in_chunks(monkeypatch, chunk)
    summary = own_table.load([{"id": "a"}, {"id": "a", "metal": "gold"}, {"id": "g", "metal": "gold"}, {"id": "g"}])
    assert (summary.loaded, summary.out_of_scope, summary.quarantined) == (1, 1, 2)
    assert served(own_table) == {ident("a"): ("deposit", "Site a")}


def test_keys_are_distinguished_to_the_letter(own_table: "OwnTable") -> None:
    rows = [{"id": key} for key in ("a", "A", "á", "a\u0301", "ａ", "a b", "0", "00")]
    assert own_table.load(rows).loaded == 8
    assert len(served(own_table)) == 8


# --- records of several rows -----------------------------------------------------------------------------------------

COPPER = (Commodity("copper", "main"),)


def row(key: str, **cells: str) -> SourceRow:
    return SourceRow(key, orjson.dumps(cells), f"table.csv, row {key} {cells}")


def facility(*investors: str) -> Reading:
    """A project whose first row leads and whose further rows each name an investor."""
    rows = (row("7", investors=str(investors)), *(row(f"7+{n}", investor=name) for n, name in enumerate(investors, start=1)))
    owners = tuple(Owner(name, source_row=f"7+{n}") for n, name in enumerate(investors, start=1))
    return Reading(rows, (Project(name_en="Plant", commodities=COPPER, owners=owners, phases=(Phase(name="one"),)),))


def load(own_table: "OwnTable", *readings: Reading) -> Summary:
    job = own_table.job([])

    def read(tally: Tally) -> Iterator[Reading]:
        tally.rows["table.csv"] = len(readings)
        yield from readings

    return run.run(own_table.store.importer, ImportJob(job.source, job.path, read, job.boundaries))


def members(own_table: "OwnTable", key: str) -> list[tuple[str, bool]]:
    """The source rows of the record that a key leads."""
    return own_table.all(
        "SELECT key, leads FROM member JOIN source_record o ON o.id = source_record_id WHERE record_id = %s ORDER BY 1",
        ident(key),
    )


def test_a_record_of_several_rows_has_them_all_for_members(own_table: "OwnTable") -> None:
    summary = load(own_table, facility("Codelco", "BHP"))
    assert (summary.read, summary.loaded) == (3, 3)
    assert members(own_table, "7") == [("7", True), ("7+1", False), ("7+2", False)]
    assert own_table.all("SELECT name_en, source_row FROM owner ORDER BY ordinal") == [("Codelco", "7+1"), ("BHP", "7+2")]
    again = load(own_table, facility("Codelco", "BHP"))
    assert (again.unchanged, again.dataset_version) == (3, 1)


def test_a_row_added_to_a_record_changes_it(own_table: "OwnTable") -> None:
    load(own_table, facility("Codelco"))
    summary = load(own_table, facility("Codelco", "BHP"))
    assert (summary.loaded, summary.updated, summary.unchanged) == (1, 2, 0)
    assert own_table.all("SELECT name_en FROM owner ORDER BY ordinal") == [("Codelco",), ("BHP",)]
    assert members(own_table, "7") == [("7", True), ("7+1", False), ("7+2", False)]


def test_a_row_taken_from_a_record_changes_it_and_the_record_is_not_gone(own_table: "OwnTable") -> None:
    load(own_table, facility("Codelco", "BHP"))
    summary = load(own_table, facility("Codelco"))
    assert (summary.updated, summary.gone) == (2, 1)
    assert own_table.all("SELECT name_en FROM owner") == [("Codelco",)]
    assert own_table.one("SELECT 'no-longer-in-source' = ANY (flags) FROM project") is False


def test_a_record_is_gone_when_all_its_rows_are(own_table: "OwnTable") -> None:
    load(own_table, facility("Codelco", "BHP"), Reading((row("8"),), (Deposit(name_en="Pit", commodities=COPPER),)))
    summary = load(own_table, Reading((row("8"),), (Deposit(name_en="Pit", commodities=COPPER),)))
    assert summary.gone == 3
    assert own_table.one("SELECT 'no-longer-in-source' = ANY (flags) FROM project") is True


def test_rows_that_become_two_records_have_two(own_table: "OwnTable") -> None:
    """Of one row's records the first has the key's own id, the others ids that follow from it."""
    both = Reading((row("7"),), (Deposit(name_en="Pit", commodities=COPPER), Project(name_en="Mine", commodities=COPPER)))
    load(own_table, both)
    assert served(own_table) == {ident("7"): ("deposit", "Pit"), ident("7\x001"): ("project", "Mine")}
    load(own_table, replace(both, records=both.records[:1]))
    assert served(own_table) == {ident("7"): ("deposit", "Pit")}
    assert members(own_table, "7") == [("7", True)]


@pytest.mark.parametrize("chunk", [1, 100])
def test_a_row_that_belongs_to_records_of_others_is_their_member(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    pits = [Reading((row(key),), (Deposit(name_en=f"Pit {key}", commodities=COPPER),)) for key in "12"]
    survey = Reading((row("s", by="USGS"),), (), (), ("1", "2"))
    summary = load(own_table, *pits, survey)
    assert (summary.read, summary.loaded) == (3, 3)
    assert members(own_table, "1") == [("1", True), ("s", False)]
    assert members(own_table, "2") == [("2", True), ("s", False)]
    again = load(own_table, *pits, survey)
    assert (again.unchanged, again.dataset_version) == (3, 1)
    moved = load(own_table, *pits, replace(survey, rows=(row("s", by="BGS"),), belongs_to=("2",)))
    assert (moved.unchanged, moved.updated) == (2, 1)
    assert members(own_table, "1") == [("1", True)]
    assert members(own_table, "2") == [("2", True), ("s", False)]
    assert len(served(own_table)) == 2


def test_a_refused_record_of_several_rows_is_refused_whole(own_table: "OwnTable") -> None:
    load(own_table, facility("Codelco"))
    reading = facility("Codelco", "BHP")
    from_file = own_table.job([{"id": "x", "ore_mt": -3}])
    (refused,) = from_file.read(Tally())
    summary = load(own_table, replace(reading, problems=refused.problems, records=()))
    assert (summary.read, summary.quarantined, summary.gone) == (3, 3, 0)
    assert own_table.all("SELECT name_en FROM owner") == [("Codelco",)]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_of_records_of_several_rows_with_one_key_the_second_is_refused_whole(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    summary = load(own_table, facility("Codelco"), facility("BHP", "Rio"), Reading((row("8"),), belongs_to=("7",)))
    assert (summary.read, summary.loaded, summary.quarantined) == (6, 3, 3)
    assert own_table.all("SELECT name_en FROM owner") == [("Codelco",)]
    assert members(own_table, "7") == [("7", True), ("7+1", False), ("8", False)]


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_a_double_never_takes_anything_from_the_record_it_doubles(
    own_table: "OwnTable", chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in_chunks(monkeypatch, chunk)
    rows: list[dict[str, Any]]
    rows = [{"id": "a", **ESTIMATED}, {"id": "b"}, {"id": "a", **ESTIMATED, "cu_pct": "", "name": "Second"}, {"id": "c"}]
    own_table.load(rows)
    summary = own_table.load([*rows[:2], *rows[2:3], {"id": "c", "name": "New"}])
    assert (summary.unchanged, summary.updated, summary.quarantined) == (2, 1, 1)
    assert served(own_table)[ident("a")] == ("deposit", "Site a")
    assert own_table.all("SELECT grade_reported, since_version FROM estimate_measure") == [(1.5, 1)]


# --- every value's source --------------------------------------------------------------------------------------------


def test_every_served_record_is_led_by_one_source_row_which_is_there_as_it_came(own_table: "OwnTable") -> None:
    rows = [{"id": "a", **ESTIMATED}, {"id": "b", **BUILT}, {"id": "c", "kind": "discovery"}, {"id": "g", "metal": "gold"}]
    own_table.load(rows)
    own_table.load([{**rows[0], "name": "New"}, *rows[1:]])
    for identity, (kind, name) in served(own_table).items():
        found = own_table.all(
            "SELECT m.kind, m.leads, o.source, o.locator, o.raw FROM member m JOIN source_record o ON o.id = m.source_record_id"
            " WHERE m.record_id = %s",
            identity,
        )
        ((member_kind, leads, source, locator, raw),) = found
        assert (member_kind, leads, source) == (kind, True, "test-table")
        assert raw["name"] == name
        assert locator == f"table.csv, row {'abc'.index(raw['id']) + 2}"
    for table in ("estimate", "phase", "owner"):
        assert own_table.all(f"SELECT DISTINCT source FROM {table}") == [("test-table",)]
    assert own_table.one("SELECT count(*) FROM member") == 3


def test_the_text_of_the_original_coordinates_is_stored(own_table: "OwnTable") -> None:
    own_table.load([{"id": "a", "lat": "24°16'12\"S", "lon": "69°04'W"}])
    row = own_table.all("SELECT ST_X(geom), ST_Y(geom), coord_original, coord_crs, position_accuracy_m FROM deposit")
    ((x, y, original, crs, accuracy),) = row
    assert (round(x, 6), round(y, 6)) == (-69.066667, -24.27)
    assert (original, crs, accuracy) == ("69°04'W, 24°16'12\"S", "EPSG:4326", 100.0)


def test_an_id_is_public_opaque_and_the_same_in_every_store() -> None:
    """Pinned: links that people keep must not break with a new version of the code."""
    assert record_id("usgs-major-deposits", "1") == PINNED
    assert len(PINNED) == 12 and PINNED.isalnum() and PINNED.lower() == PINNED


PINNED = "4mwadqfa38gy"
