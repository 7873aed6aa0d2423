"""One record for each thing, whatever order its sources come in; the others' values next to it, and the reversal."""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import shapely
from sqlalchemy import create_engine

from lodebase.db.schema import tables
from lodebase.db.store import Store, write_conninfo
from lodebase.desk.decisions import queue
from lodebase.ingest.linking import regroup, uncompared
from lodebase.ingest.linking.resolution import ResolutionOptions, resolve
from lodebase.ingest.rows import record_id
from lodebase.ingest.run import Summary, run
from lodedata.geography.boundaries import Boundaries, BoundaryArea
from lodedata.mapping import Source

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

Rows = Iterable[Mapping[str, Any]]
CONTENT = (
    *tables.SERVED,
    *(child.name for child in tables.CHILDREN),
    *("reported_record", "link", "search_term", "cell_count", "facet_count"),
    *("deposit_feature", "project_feature", "deposit_combination", "project_combination"),
)


def named(own_table: "OwnTable", name: str) -> Source:
    """The table's mapping as a source of another name."""
    return own_table.source().model_copy(update={"name": name})


def load(own_table: "OwnTable", name: str, rows: Rows, **options: Any) -> Summary:
    return own_table.load(rows, named(own_table, name), **options)


def ident(record: str) -> str:
    source, key = record.split("/")
    return record_id(source, key)


def served(own_table: "OwnTable", kind: str = "deposit") -> set[str]:
    return {row[0] for row in own_table.all(f"SELECT id FROM {kind}")}


def content(own_table: "OwnTable") -> dict[str, list[str]]:
    """All that is served and stored, without when it came to be."""
    return {
        name: sorted(row[0] for row in own_table.all(f"SELECT (to_jsonb(t) - 'since_version')::text FROM {name} t"))
        for name in CONTENT
    }


@pytest.fixture
def two(own_table: "OwnTable") -> "OwnTable":
    """A deposit that two sources report, each in a table of its own, imported one after the other."""
    load(
        own_table,
        "first",
        [{"id": "1", "name": "Old Hill", "lon": "10.1234", "category": "inferred", "ore_mt": 5, "cu_pct": 1}],
    )
    load(own_table, "second", [{"id": "x", "name": "Old Hill Mine", "country": "Chile", "metal": "copper,cobalt"}])
    return own_table


def test_a_source_of_sure_joins_is_joined_with_a_namesake_nearby_and_its_other_pairs_wait(own_table: "OwnTable") -> None:
    place = {"country": "Chile", "metal": "copper"}
    load(own_table, "first", [{"id": "1", "name": "Xarumba Quell", **place}])
    names = {"a": "Xarumba Quell Mine", "b": "Xarumba", "c": "", "d": ""}
    load(own_table, "usgs-ni-cr-pge-minmod", [{"id": key, "name": name, **place} for key, name in names.items()])
    own = {key: ident(f"usgs-ni-cr-pge-minmod/{key}") for key in "abcd"}
    assert served(own_table) == set(own.values())
    (joined,) = own_table.all("SELECT id, sources FROM deposit WHERE cardinality(sources) > 1")
    assert joined[0] == own["a"] and set(joined[1]) == {"first", "usgs-ni-cr-pge-minmod"}
    waiting = own_table.all(
        "SELECT probability, reasons->0->>'comparison' FROM match_pair WHERE %s IN (a_id, b_id) AND probability >= 0.2",
        own["b"],
    )
    assert waiting and all(probability <= 0.5 and reason == "guard" for probability, reason in waiting)


def test_one_name_and_one_figure_are_one_deposit_without_a_position(own_table: "OwnTable") -> None:
    """Kal’makyr (Almalyk) of Mudd and Jowitt has no position, and the ore and grade of the placed Almalyk Group."""
    figure = {"category": "inferred", "ore_mt": 6080, "cu_pct": 0.39, "country": "Uzbekistan", "metal": "copper"}
    nowhere = {"name": "Kal’makyr (Almalyk)", "lon": "", "lat": ""}
    load(own_table, "first", [{"id": "1", "name": "Almalyk Group", "lon": "69.65", "lat": "40.81", **figure}])
    load(
        own_table, "second", [{"id": "x", **nowhere, **figure, "ore_mt": 6070}, {"id": "y", **nowhere, **figure, "cu_pct": 0.5}]
    )
    assert served(own_table) == {ident("first/1"), ident("second/y")}
    ((reason,),) = own_table.all(
        "SELECT reasons->0->>'comparison' FROM match_pair WHERE probability >= 0.95 AND %s IN (a_id, b_id)", ident("first/1")
    )
    assert reason == "figures"


def test_a_likely_pair_that_a_rule_keeps_apart_waits_for_an_expert(own_table: "OwnTable") -> None:
    """A source that lists each thing once has two rows of one name at one place."""
    load(own_table, "first", [{"id": "1", "name": "Xarumba Quell"}, {"id": "2", "name": "Xarumba Quell"}])
    assert served(own_table) == {ident("first/1"), ident("first/2")}
    engine = create_engine(own_table.store.addresses.owner)
    with engine.connect() as connection:
        (pair,), count = queue.list_waiting(connection, 0.3, 0.7, 10)
    engine.dispose()
    assert pair.probability > 0.7 and count == 1 and {pair.a.key, pair.b.key} == {"1", "2"}


def test_what_two_sources_report_is_served_once(two: "OwnTable") -> None:
    assert served(two) == {ident("first/1")}
    assert two.all("SELECT name_en, aliases, country, commodities, sources FROM deposit") == [
        ("Old Hill", ["Old Hill Mine"], "CHL", ["copper", "cobalt"], ["first", "second"])
    ]
    assert two.all("SELECT deposit_id, id FROM estimate") == [(ident("first/1"), f"{ident('first/1')}.e0")]


LAND = BoundaryArea("CHL", "CHL", False, shapely.box(-76, -56, -66, -17))
SOUTH = {"name": "Xarumba", "country": "Chile", "lon": "-70.1234", "lat": "-24.1234"}


@pytest.mark.parametrize("lon_lat", [("-70.1234", "24.1234"), ("70.1234", "-24.1234"), ("0", "0")])
def test_a_position_with_a_lost_sign_does_not_keep_a_record_apart(own_table: "OwnTable", lon_lat: tuple[str, str]) -> None:
    slipped = {**SOUTH, "id": "x", "lon": lon_lat[0], "lat": lon_lat[1]}
    for name, row in (("first", {**SOUTH, "id": "1"}), ("second", slipped)):
        job = own_table.job([row], named(own_table, name))
        run(own_table.store.importer, replace(job, boundaries=Boundaries([LAND])))
    ((sources, doubtful, flags, lat),) = own_table.all("SELECT sources, position_doubtful, flags, ST_Y(geom) FROM deposit")
    assert (sources, doubtful, lat) == (["first", "second"], False, pytest.approx(-24.1234))
    ((of_row,),) = own_table.all("SELECT row -> 'position_doubtful' FROM reported_record WHERE source = 'second'")
    assert of_row is True


def test_a_position_in_another_country_that_no_slip_explains_keeps_a_record_apart(own_table: "OwnTable") -> None:
    elsewhere = {**SOUTH, "id": "x", "lon": "-60.5678", "lat": "-2.3456"}
    for name, row in (("first", {**SOUTH, "id": "1"}), ("second", elsewhere)):
        job = own_table.job([row], named(own_table, name))
        run(own_table.store.importer, replace(job, boundaries=Boundaries([LAND])))
    assert len(served(own_table)) == 2


def test_both_names_find_it_and_it_is_counted_once(two: "OwnTable") -> None:
    found = {
        row[0]
        for row in two.all("SELECT DISTINCT id FROM search_term WHERE key LIKE '1__old hill' OR key LIKE '1__old hill mine'")
    }
    assert found == {ident("first/1")}
    assert two.one("SELECT n FROM collection_state WHERE collection = 'deposits'") == 1
    assert two.one("SELECT count(*) FROM deposit_feature") == 1


def test_apart_both_are_as_their_sources_report(two: "OwnTable") -> None:
    assert two.all("SELECT id, name_en, country, commodities FROM lode_reported.deposit ORDER BY name_en") == [
        (ident("first/1"), "Old Hill", None, ["copper"]),
        (ident("second/x"), "Old Hill Mine", "CHL", ["copper", "cobalt"]),
    ]
    assert two.all("SELECT id, ore_t FROM lode_reported.estimate") == [(f"{ident('first/1')}.e0", 5e6)]
    assert two.all("SELECT commodity, grade_pct FROM lode_reported.estimate_measure") == [("copper", 1.0)]


def test_the_same_again_changes_nothing(two: "OwnTable") -> None:
    before = two.state()
    assert (
        load(two, "second", [{"id": "x", "name": "Old Hill Mine", "country": "Chile", "metal": "copper,cobalt"}]).unchanged == 1
    )
    after = two.state()
    assert after == before


def test_a_changed_row_changes_the_served_record_and_no_other(two: "OwnTable") -> None:
    load(two, "third", [{"id": "y", "name": "Elsewhere", "lon": "50"}])
    since = two.one("SELECT since_version FROM deposit WHERE id = %s", ident("third/y"))
    load(two, "second", [{"id": "x", "name": "Old Hill Mine", "country": "Peru"}])
    assert two.all("SELECT country, commodities FROM deposit WHERE id = %s", ident("first/1")) == [("PER", ["copper"])]
    assert two.one("SELECT since_version FROM deposit WHERE id = %s", ident("third/y")) == since
    assert two.all("SELECT row ->> 'country' FROM reported_record ORDER BY source") == [(None,), ("PER",)]


def test_a_row_that_goes_leaves_the_other_as_its_source_reports_it(two: "OwnTable") -> None:
    load(two, "second", [{"id": "x", "metal": "gold"}])
    assert two.all("SELECT id, name_en, country, aliases, sources FROM deposit") == [
        (ident("first/1"), "Old Hill", None, [], ["first"])
    ]
    assert two.one("SELECT count(*) FROM reported_record") == 0


def test_the_row_that_gave_the_id_goes_and_the_other_is_served(two: "OwnTable") -> None:
    load(two, "first", [{"id": "1", "metal": "gold"}])
    assert two.all("SELECT id, name_en, sources FROM deposit") == [(ident("second/x"), "Old Hill Mine", ["second"])]
    assert two.one("SELECT count(*) FROM estimate") == 0


def test_a_row_that_is_no_longer_in_its_source_marks_the_record_only_if_it_is_the_last(two: "OwnTable") -> None:
    load(two, "first", [{"id": "2", "name": "Another", "lon": "50"}])
    assert two.one("SELECT flags FROM deposit WHERE id = %s", ident("first/1")) == []
    assert two.one("SELECT name_en FROM deposit WHERE id = %s", ident("first/1")) == "Old Hill Mine"
    load(two, "second", [{"id": "z", "name": "Elsewhere", "lon": "-50"}])
    assert two.one("SELECT flags FROM deposit WHERE id = %s", ident("first/1")) == ["no-longer-in-source"]
    load(two, "first", [{"id": "1", "name": "Old Hill"}])
    assert two.one("SELECT flags FROM deposit WHERE id = %s", ident("first/1")) == []


def test_a_row_that_becomes_another_kind_leaves_the_group(two: "OwnTable") -> None:
    load(two, "first", [{"id": "1", "name": "Old Hill", "kind": "project"}])
    assert (served(two), served(two, "project")) == ({ident("second/x")}, {ident("first/1")})
    load(two, "first", [{"id": "1", "name": "Old Hill"}])
    assert (served(two), served(two, "project")) == ({ident("first/1")}, set())


def test_what_sources_contradict_each_other_in_is_flagged(own_table: "OwnTable") -> None:
    common = {"id": "1", "kind": "project", "product": "refined copper", "name": "Zarzuela"}
    load(own_table, "first", [{**common, "capacity_kt": 100, "status": "operating", "lon": "10.5"}])
    load(own_table, "second", [{**common, "capacity_kt": 130, "status": "closed", "lon": "10.6"}])
    assert own_table.one("SELECT flags FROM project") == [
        "sources-differ-position",
        "sources-differ-status",
        "sources-differ-capacity",
    ]
    assert own_table.one("SELECT count(*) FROM phase") == 1
    assert own_table.one("SELECT n FROM facet_count WHERE field = 'flags' AND value = 'sources-differ-capacity'") == 1
    assert own_table.all("SELECT status FROM lode_reported.project ORDER BY 1") == [("closed",), ("operating",)]


def test_records_of_two_kinds_are_linked_and_never_one(own_table: "OwnTable") -> None:
    load(own_table, "first", [{"id": "d", "name": "Zarzuela"}])
    load(own_table, "third", [{"id": "p", "kind": "project", "name": "Zarzuela"}])
    load(own_table, "second", [{"id": "p", "kind": "project", "name": "Zarzuela"}])
    assert (served(own_table), served(own_table, "project")) == ({ident("first/d")}, {ident("second/p")})
    links = "SELECT from_kind, from_id, relation, to_kind, to_id FROM link"
    assert own_table.all(links) == [("project", ident("second/p"), "works", "deposit", ident("first/d"))]
    load(own_table, "second", [{"id": "p", "metal": "gold"}])
    assert own_table.all(links) == [("project", ident("third/p"), "works", "deposit", ident("first/d"))]
    load(own_table, "first", [{"id": "d", "metal": "gold"}])
    assert own_table.all(links) == []


def test_rows_that_their_source_distinguishes_are_never_joined(own_table: "OwnTable") -> None:
    load(own_table, "first", [{"id": "1", "name": "Zarzuela"}, {"id": "2", "name": "Zarzuela"}])
    assert own_table.one("SELECT count(*) FROM deposit") == 2
    load(own_table, "usgs-mrds", [{"id": "1", "name": "Zarzuela"}, {"id": "2", "name": "Zarzuela"}])
    found = own_table.all("SELECT sources, count(*) FROM deposit GROUP BY 1 ORDER BY cardinality(sources) DESC")
    assert found == [(["usgs-mrds", "first"], 1), (["first"], 1)]


def test_rows_that_their_source_distinguishes_are_linked_where_they_are_likely_one(own_table: "OwnTable") -> None:
    load(
        own_table,
        "first",
        [{"id": "1", "name": "Zarzuela"}, {"id": "2", "name": "Zarzuela-Ferris"}, {"id": "3", "name": "Other"}],
    )
    links = "SELECT from_id, relation, to_id FROM link"
    resolve(own_table.store.importer, ResolutionOptions(True, 0.2, 10))
    assert (ident("first/2"), "contains", ident("first/1")) in own_table.all(links)
    assert len(served(own_table)) == 3


def test_duplicates_within_a_source_are_joined(own_table: "OwnTable") -> None:
    load(own_table, "usgs-major-deposits", [{"id": "1", "name": "Zarzuela"}, {"id": "2", "name": "Zarzuela"}])
    assert len(served(own_table)) == 1


def test_a_link_has_to_be_likely_on_the_whole(own_table: "OwnTable") -> None:
    load(own_table, "first", [{"id": "d", "name": "Zarzuela"}, {"id": "far", "name": "Mount Ferris", "lon": "-70"}])
    load(own_table, "second", [{"id": "p", "kind": "project", "name": "Zarzuela"}])
    load(own_table, "third", [{"id": "far", "name": "Mount Ferris", "lon": "-70"}])
    assert own_table.one("SELECT count(*) FROM link") == 1
    judge(own_table, "first/d", "third/far", "same")
    assert own_table.all("SELECT from_id, to_id FROM link") == []


def test_a_part_is_linked_with_its_whole_though_it_differs_from_another_part_of_it(own_table: "OwnTable") -> None:
    load(own_table, "lode-starter", [{"id": "reko-diq", "name": "Reko Diq"}])
    porphyries = [{"id": "pcu:1936", "name": "Reko Diq H14"}, {"id": "pcu:1944", "name": "Reko Diq H8"}]
    load(own_table, "usgs-copper-assessment-sir20105090z", porphyries)
    contains = ("reko-diq", "contains", "pcu:1944")
    named_links = """SELECT a.key, l.relation, b.key FROM link l
        JOIN member m ON m.record_id = l.from_id JOIN source_record a ON a.id = m.source_record_id
        JOIN member n ON n.record_id = l.to_id JOIN source_record b ON b.id = n.source_record_id"""
    assert len(served(own_table)) == 2
    assert contains not in own_table.all(named_links)
    load(own_table, "usgs-major-deposits", [{"id": "406", "name": "Reko Diq"}])
    assert len(served(own_table)) == 2
    assert contains in own_table.all(named_links)


def test_a_former_name_is_one_record_with_the_new_one(own_table: "OwnTable") -> None:
    load(own_table, "usgs-copper-assessment-sir20105090z", [{"id": "pcu:82", "name": "Mansa Mina"}])
    hales = {"id": "copper:ministro-hales__764", "name": "Ministro Hales", "lon": "-60"}
    load(own_table, "minmod-world-resources", [hales])
    assert len(served(own_table)) == 1


def judge(own_table: "OwnTable", a: str, b: str, verdict: str, relation: str | None = None) -> None:
    """Write what a person says of two rows, each as source/key, and have it served."""
    with psycopg.connect(write_conninfo(own_table.store.addresses.owner)) as connection:
        connection.execute(
            "INSERT INTO decision (kind, subject, decision, detail, account) VALUES ('judgement', jsonb_build_object("
            "'a_source', %s::text, 'a_key', %s::text, 'b_source', %s::text, 'b_key', %s::text), %s,"
            " jsonb_strip_nulls(jsonb_build_object('relation', %s::text)), 'tester')",
            (*a.split("/"), *b.split("/"), verdict, relation),
        )
    resolve(own_table.store.importer, ResolutionOptions(False, 0.8, 10))


def undo_last(own_table: "OwnTable") -> None:
    own_table.owner(
        "INSERT INTO lode.decision (kind, subject, decision, undoes, account)"
        " SELECT kind, subject, 'withdrawn', id, 'tester' FROM lode.decision ORDER BY number DESC LIMIT 1"
    )
    resolve(own_table.store.importer, ResolutionOptions(False, 0.8, 10))


def test_a_person_parts_what_was_joined_and_an_undoing_joins_it_again(two: "OwnTable") -> None:
    joined = content(two)
    judge(two, "second/x", "first/1", "different")
    assert served(two) == {ident("first/1"), ident("second/x")}
    load(two, "second", [{"id": "x", "name": "Old Hill Mine", "country": "Peru", "metal": "copper,cobalt"}])
    load(two, "second", [{"id": "x", "name": "Old Hill Mine", "country": "Chile", "metal": "copper,cobalt"}])
    assert served(two) == {ident("first/1"), ident("second/x")}
    undo_last(two)
    assert content(two) == joined


def test_what_a_person_holds_the_same_is_one_however_far_apart_and_stays_so(own_table: "OwnTable") -> None:
    rows = {"first": [{"id": "1", "name": "Zarzuela"}], "second": [{"id": "1", "name": "Mount Ferris", "lon": "-70"}]}
    for name, reported in rows.items():
        load(own_table, name, reported)
    judge(own_table, "first/1", "second/1", "same")
    assert served(own_table) == {ident("first/1")}
    load(own_table, "first", [{"id": "1", "name": "Zarzuela II", "metal": "copper,cobalt"}])
    assert own_table.all("SELECT name_en, aliases, flags FROM deposit") == [
        ("Zarzuela II", ["Mount Ferris"], ["sources-differ-position"])
    ]
    resolve(own_table.store.importer, ResolutionOptions(True, 0.8, 10))
    assert served(own_table) == {ident("first/1")}


def test_a_near_smelter_is_linked_only_by_a_person(own_table: "OwnTable") -> None:
    load(own_table, "first", [{"id": "d", "name": "Zarzuela"}])
    load(own_table, "second", [{"id": "p", "kind": "project", "name": "Zarzuela smelter"}])
    pairs = "SELECT relation, probability > 0.8 FROM match_pair"
    assert own_table.all(pairs) == [("processes_ore_of", True)]
    links = "SELECT from_id, relation, to_id FROM link"
    assert own_table.all(links) == []
    judge(own_table, "first/d", "second/p", "linked", "ore_processed_by")
    assert own_table.all(links) == [(ident("second/p"), "processes_ore_of", ident("first/d"))]


def test_a_person_links_and_takes_links_away(own_table: "OwnTable") -> None:
    load(own_table, "first", [{"id": "d", "name": "Zarzuela"}, {"id": "far", "name": "Mount Ferris", "lon": "-70"}])
    load(own_table, "second", [{"id": "p", "kind": "project", "name": "Zarzuela"}])
    links = "SELECT from_id, relation, to_id FROM link"
    judge(own_table, "first/d", "second/p", "different")
    assert own_table.all(links) == []
    judge(own_table, "first/far", "second/p", "linked", "worked_by")
    assert own_table.all(links) == [(ident("second/p"), "works", ident("first/far"))]
    undo_last(own_table)
    assert own_table.all(links) == []


def test_comparing_all_anew_changes_nothing_that_imports_have_found(two: "OwnTable") -> None:
    before = content(two)
    resolve(two.store.importer, ResolutionOptions(True, 0.8, 10))
    assert content(two) == before


def test_one_source_after_another_finds_what_is_found_at_once(own_table: "OwnTable") -> None:
    """A rough place looks as far as an exact one next to it does not, and a name that many share brings nobody together."""
    table = own_table.source().tables[0]
    assert table.position is not None
    rough = table.model_copy(update={"position": table.position.model_copy(update={"accuracy_m": 30_000})})
    alike = {"name": "Santa Rosa", "country": "Chile"}
    rows = [alike | {"id": "rough"}, *(alike | {"id": str(n), "lon": f"{30 + n}.1234"} for n in range(62))]
    own_table.load(rows, named(own_table, "first").model_copy(update={"tables": (rough,)}))
    exact = alike | {"id": "exact", "lon": "10.3234"}
    load(own_table, "second", [exact, {"id": "else", "name": "Quellaveco", "lon": "5.1234"}])
    pairs = "SELECT a_id, b_id, relation, probability FROM match_pair ORDER BY 1, 2"
    found = own_table.all(pairs)
    assert {ident("first/rough"), ident("second/exact")} in [{a, b} for a, b, _, _ in found]
    resolve(own_table.store.importer, ResolutionOptions(True, 0.8, 10))
    assert own_table.all(pairs) == found


SITES = ("Zarzuela", "Quebrada Honda", "Mount Ferris", "Kolwezi", "铜官山", "Bolshoy")
KINDS = ("deposit", "project", "discovery")
SOURCES = ("usgs-mrds", "alpha", "beta")


def made_up(numbers: random.Random) -> list[dict[str, Any]]:
    """Rows of a source that report some of the sites, each as it may, with figures, some of them poor."""
    rows = []
    for n, kind in itertools.product(range(len(SITES)), KINDS):
        figures = {"category": "inferred", "ore_mt": numbers.randint(1, 99), "cu_pct": 1}
        works = {"product": "refined copper", "capacity_kt": numbers.randint(1, 99), "status": "operating"}
        row = {
            "id": f"{kind}{n}",
            "kind": kind,
            "name": numbers.choice(["", SITES[n], SITES[n], f"{SITES[n]} Mine"]),
            "lon": f"{10 + n + numbers.random() / 100:.4f}",
            "country": numbers.choice(["", "Chile", "Peru"]),
            "metal": numbers.choice(["copper", "copper,cobalt"]),
        }
        if numbers.random() < 0.8:
            rows.append(row | (works if kind == "project" else figures if n % 2 else {}))
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_imports_gives_the_same_records_and_ids(
    own_table: "OwnTable", own_store: Callable[[str], AbstractContextManager[Store]], seed: int
) -> None:
    numbers = random.Random(seed)
    rows = {name: made_up(numbers) for name in SOURCES}
    seen = []
    for n, order in enumerate(numbers.sample(list(itertools.permutations(SOURCES)), 3)):
        with own_store(f"order{n}") as store:
            here = replace(own_table, store=store)
            for name in order:
                load(here, name, rows[name])
            seen.append(content(here))
            # one source's rows change, and come back as they were
            load(here, order[0], [{**row, "name": f"Changed {row['id']}", "lon": "-50"} for row in rows[order[0]]])
            load(here, order[0], rows[order[0]])
            assert content(here) == seen[-1]
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]["reported_record"]) > 10 and seen[0]["link"]


def test_a_large_import_is_compared_in_the_background_part_by_part(
    own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch
) -> None:
    hills = ("Old", "Red", "Far", "Low", "Big")
    first = [{"id": n, "name": f"{hill} Hill", "lon": f"10.{n}234"} for n, hill in enumerate(hills)]
    second = [{**row, "name": f"{row['name']} Mine"} for row in first]
    load(own_table, "first", first)
    load(own_table, "second", second)
    expected = served(own_table)
    assert len(expected) == len(hills)
    load(own_table, "second", [{"id": "other", "name": "Elsewhere", "lon": "50.5"}])
    with monkeypatch.context() as few:
        few.setattr(regroup, "MAX_CHANGED", 2)
        summary = load(own_table, "second", second)
    assert "records are compared with those of other sources in the background" in str(summary.notes[-1])
    assert len(served(own_table)) > len(expected)
    address = own_table.store.importer
    left = list(iter(lambda: uncompared.compare_part(address, 0.7, 1.0, most=2), -1))
    assert len(left) > 2 and left == sorted(left, reverse=True) and left[-1] == 0
    assert expected <= served(own_table)
    assert not {ident(f"second/{n}") for n in range(len(hills))} & served(own_table)


def test_records_without_a_position_are_compared_too(own_table: "OwnTable") -> None:
    nowhere = {"name": "Quebrada Honda", "country": "Chile", "lon": "", "lat": ""}
    load(own_table, "first", [{"id": "1", **nowhere}])
    load(own_table, "second", [{"id": "1", **nowhere}])
    assert own_table.one("SELECT count(*) FROM match_pair") == 1
