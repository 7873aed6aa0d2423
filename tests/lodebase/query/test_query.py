"""The one path to rows: which match, how many, and page by page."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import Engine
from tests.lodebase.query.site_engine import METALS
from tests.quick import mostly_slow

from lodebase.db.schema.prepared_tables import FEATURES, cell_count
from lodebase.db.store import write_conninfo
from lodebase.errors import NotFound
from lodebase.history.dataset_state import Days, read_extents
from lodebase.ingest.rows import record_id
from lodebase.query import Bbox, Counts, Page, Query, expression, pages, plan, read_page
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.reading import count_collection_rows
from lodebase.records.feature import read_served_feature
from lodebase.records.provenance import read_imported_sources, record

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable, Served

PLACES = {
    "west of the line": (179.5, 10.5),
    "on the line": (180, 20.5),
    "on the line from the east": (-180, 30.5),
    "east of the line": (-179.5, 40.5),
    "Greenwich": (0, 51.4775),
    "north pole": (0, 90),
    "south pole": (120, -90),
    "Atacama": (-69.0706, -24.2701),
    "nowhere": (None, None),
}
ROWS: list[dict[str, Any]] = [
    {"id": name, "name": name, "lon": "" if lon is None else lon, "lat": "" if lat is None else lat}
    for name, (lon, lat) in PLACES.items()
]


def features(found: Page) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(b"[" + found.features + b"]")
    assert len(listed) == found.returned
    return listed


def names(engine: Engine, query: Query) -> set[str]:
    """The names of the rows that match, all of them on one page."""
    found = read_page(engine, query, Counts())
    assert found.matched == found.returned
    return {feature["properties"]["name_en"] for feature in features(found)}


# --- which rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "there"),
    [
        (Bbox(-180, -90, 180, 90), set(PLACES) - {"nowhere"}),
        (Bbox(170, -60, 180, 60), {"west of the line", "on the line"}),
        (Bbox(-180, -60, -170, 60), {"east of the line", "on the line from the east"}),
        (Bbox(170, -60, -170, 60), {"west of the line", "on the line", "on the line from the east", "east of the line"}),
        (Bbox(170, 15, -170, 35), {"on the line", "on the line from the east"}),
        (Bbox(180, -60, -180, 60), {"on the line", "on the line from the east"}),
        (Bbox(10, -89, -10, 89), set(PLACES) - {"nowhere", "Greenwich", "north pole", "south pole"}),
        (Bbox(-180, 80, 180, 90), {"north pole"}),
        (Bbox(-180, -90, 180, -80), {"south pole"}),
        (Bbox(-10, 89, 10, 90), {"north pole"}),
        (Bbox(-69.0706, -24.2701, -69.0706, -24.2701), {"Atacama"}),
        (Bbox(-69.0705, -24.2701, -69, -24), set()),
        (Bbox(20, 0, 21, 1), set()),
    ],
)
def test_a_box_has_the_points_inside_and_on_its_edge(served: "Served", box: Bbox, there: set[str]) -> None:
    site = served(ROWS)
    assert names(site, Query("deposits", (BoxCondition(box),))) == there


@pytest.mark.parametrize(
    ("query", "there"),
    [
        (Query("deposits"), {"cu", "cu-co", "ni-co", "li"}),
        (Query("projects"), {"plant"}),
        (Query("discoveries"), {"find"}),
        (Query("deposits", (SelectionCondition("commodities", ("copper",)),)), {"cu", "cu-co"}),
        (Query("deposits", (SelectionCondition("commodities", ("cobalt",)),)), {"cu-co", "ni-co"}),
        (Query("deposits", (SelectionCondition("commodities", ("copper", "lithium")),)), {"cu", "cu-co", "li"}),
        (Query("deposits", (SelectionCondition("commodities", ("tin",)),)), set()),
        (Query("deposits", (SelectionCondition("country", ("CHN",)),)), {"cu-co", "ni-co"}),
        (Query("deposits", (SelectionCondition("country", ("CHN", "CHL")),)), {"cu", "cu-co", "ni-co"}),
        (
            Query("deposits", (SelectionCondition("commodities", ("copper",)), SelectionCondition("country", ("CHN",)))),
            {"cu-co"},
        ),
        (
            Query(
                "deposits",
                (
                    SelectionCondition("commodities", ("copper",)),
                    SelectionCondition("country", ("CHN",)),
                    BoxCondition(Bbox(0, 0, 1, 1)),
                ),
            ),
            set(),
        ),
        (
            Query("deposits", (SelectionCondition("commodities", ("copper",)), BoxCondition(Bbox(10, 20, 11, 21)))),
            {"cu", "cu-co"},
        ),
        (Query("deposits", (SelectionCondition("main_commodity", ("cobalt",)), BoxCondition(Bbox(10, 20, 11, 21)))), set()),
        (
            Query("deposits", (SelectionCondition("main_commodity", ("copper",)), BoxCondition(Bbox(10, 20, 11, 21)))),
            {"cu", "cu-co"},
        ),
        (
            Query(
                "deposits", (SelectionCondition("main_commodity", ("copper", "lithium")), BoxCondition(Bbox(10, 20, 11, 21)))
            ),
            {"cu", "cu-co", "li"},
        ),
        (
            Query(
                "deposits",
                (
                    SelectionCondition("main_commodity", ("copper",)),
                    SelectionCondition("country", ("CHN",)),
                    BoxCondition(Bbox(10, 20, 11, 21)),
                ),
            ),
            {"cu-co"},
        ),
        (Query("deposits", (SelectionCondition("commodities", ("'; DROP TABLE deposit; --",)),)), set()),
        (Query("deposits", (SelectionCondition("country", ("C%",)),)), set()),
        (Query("deposits", (SelectionCondition("country", ("",)),)), set()),
    ],
)
def test_filters_combine_by_and_and_their_codes_by_or(served: "Served", query: Query, there: set[str]) -> None:
    site = served(METALS)
    assert names(site, query) == there


@pytest.mark.parametrize("box", [None, Bbox(10, 20, 11, 21), Bbox(-180, -90, 180, 90)])
@pytest.mark.parametrize(
    "selections",
    [
        (),
        (SelectionCondition("commodities", ("copper",)),),
        (SelectionCondition("commodities", ("copper", "cobalt")),),
        (SelectionCondition("commodities", ("copper",)), SelectionCondition("country", ("CHN",))),
        (SelectionCondition("country", ("CHN", "")),),
        (SelectionCondition("size_class", ("",)),),
    ],
)
def test_the_order_of_a_page_does_not_change_how_many_match(
    served: "Served", selections: tuple[SelectionCondition, ...], box: Bbox | None
) -> None:
    site = served(METALS)
    query = Query("deposits", selections if box is None else (*selections, BoxCondition(box)))
    there = read_page(site, query, Counts()).returned
    for sort in ((), (("name_en", False),), (("size_class", True), ("name_en", True))):
        assert read_page(site, replace(query, sort=sort, limit=1), Counts()).matched == there, sort


def test_a_collection_that_is_not_there_is_reported_with_those_that_are(site: Engine) -> None:
    with pytest.raises(NotFound, match="^There is no collection 'mines'. Choose one of deposits, discoveries"):
        read_page(site, Query("mines"), Counts())


# --- pages -----------------------------------------------------------------------------------------------------------


def visit(engine: Engine, query: Query) -> Iterator[list[str]]:
    """The ids of each page, following its end."""
    while True:
        found = read_page(engine, query, Counts())
        yield [feature["id"] for feature in features(found)]
        if found.next is None:
            return
        query = replace(query, after=found.next)


@pytest.mark.parametrize("limit", [1, 7, 40, 41, 100])
def test_pages_hold_every_row_once_along_the_curve_of_places(served: "Served", limit: int) -> None:
    site = served({"id": str(n), "metal": "copper" if n % 5 else "tin"} for n in range(50))
    wanted = sorted(record_id("test-table", str(n)) for n in range(50) if n % 5)
    pages = list(visit(site, Query("deposits", (SelectionCondition("commodities", ("copper",)),), limit=limit)))
    assert [identity for ids in pages for identity in ids] == wanted
    assert all(len(ids) == limit for ids in pages[: len(wanted) // limit])


def test_a_first_page_that_holds_everything_names_no_next_one(served: "Served") -> None:
    site = served({"id": str(n)} for n in range(5))
    assert read_page(site, Query("deposits", limit=5), Counts()).next is None
    assert read_page(site, Query("deposits", limit=4), Counts()).next is not None


REQUESTED = [
    Query("deposits", limit=10),
    Query("deposits", (BoxCondition(Bbox(0, 0, 90, 60)),), limit=7),
    Query("deposits", (SelectionCondition("commodities", ("copper",)),), limit=9),
    Query("deposits", (DistanceCondition(12, 20, 5000),), limit=8),
    Query("deposits", (DistanceCondition(12, 20, None),), limit=8),
    Query("deposits", sort=(("name_en", True),), limit=11),
    Query("deposits", sort=(("name_zh", False), ("country", True)), limit=6),
]


@pytest.mark.parametrize("query", mostly_slow(REQUESTED, (REQUESTED[0], REQUESTED[3], REQUESTED[-1])))
def test_pages_show_the_rows_as_they_stood_at_the_first_one(own_table: "OwnTable", site: Engine, query: Query) -> None:
    """Whatever is added, changed and taken meanwhile: each row once, as many as were reported."""
    rows = [
        {"id": str(n), "name": f"n{n % 7}", "lon": 10 + n / 10, "lat": 20 + n % 3, "country": "Chile" if n % 4 else ""}
        for n in range(40)
    ]
    own_table.load(rows)
    before = read_page(site, replace(query, limit=100), Counts())
    wanted = [feature["id"] for feature in features(before)]
    seen: list[str] = []
    for number, ids in enumerate(visit(site, query)):
        seen += ids
        moved = [{**row, "name": f"other {number}", "lon": float(row["lon"]) + 30 + number} for row in rows[::2]]
        own_table.load([*moved, *rows[1:20:2], *({"id": f"new {number} {n}", "lon": 11} for n in range(20))])
    assert before.matched == len(wanted) == 40
    assert seen == wanted


@pytest.mark.parametrize("query", REQUESTED)
@pytest.mark.parametrize("limit", [1, 3, 40])
def test_pages_hold_every_row_once_in_the_order_of_the_whole(served: "Served", query: Query, limit: int) -> None:
    site = served(
        {"id": str(n), "name": f"n{n % 7}", "lon": 10 + n % 5, "lat": 20 + n % 3, "country": "Chile" if n % 4 else ""}
        for n in range(40)
    )
    wanted = [feature["id"] for feature in features(read_page(site, replace(query, limit=100), Counts()))]
    assert len(wanted) == 40
    assert [identity for ids in visit(site, replace(query, limit=limit)) for identity in ids] == wanted


def test_an_empty_page_is_no_bytes(site: Engine) -> None:
    found = read_page(site, Query("deposits"), Counts())
    assert found == Page(b"", 0, 0, 0, None)


# --- counts ----------------------------------------------------------------------------------------------------------


def test_the_number_of_matching_rows_is_that_of_the_whole_not_of_the_page(served: "Served") -> None:
    site = served({"id": str(n), "metal": "copper" if n % 5 else "tin"} for n in range(50))
    counts = Counts()
    first = read_page(site, Query("deposits", (SelectionCondition("commodities", ("copper",)),), limit=7), counts)
    second = read_page(
        site, Query("deposits", (SelectionCondition("commodities", ("copper",)),), limit=7, after=first.next), counts
    )
    other = read_page(site, Query("deposits", (SelectionCondition("commodities", ("tin",)),), limit=7), counts)
    assert (first.matched, second.matched, other.matched) == (40, 40, 10)


def test_a_count_is_stored_for_its_version_only(own_table: "OwnTable", site: Engine) -> None:
    own_table.load([{"id": "a"}])
    counts, query = Counts(), Query("deposits")
    assert read_page(site, query, counts).matched == 1
    assert read_page(site, query, counts).matched == 1
    own_table.load([{"id": "a"}, {"id": "b"}])
    assert read_page(site, query, counts).matched == 2
    own_table.load([{"id": "a", "metal": "gold"}])
    assert read_page(site, query, counts).matched == 1
    assert count_collection_rows(site) == {**dict.fromkeys(COLLECTIONS, 0), "deposits": 1}


@pytest.mark.slow
def test_pages_read_while_others_write_are_each_of_one_state(own_table: "OwnTable", site: Engine) -> None:
    sizes = {0: 0}
    stop = threading.Event()

    def write() -> None:
        for n in range(1, 15):
            rows = ({"id": str(i)} for i in range(n * 3))
            sizes[own_table.load(rows).dataset_version] = n * 3
        stop.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    counts = Counts()
    while not stop.is_set():
        seen.append(read_page(site, Query("deposits", limit=1000), counts))
    writer.join()
    assert len({found.dataset_version for found in seen}) > 2
    for found in seen:
        assert (found.returned, found.matched) == (sizes[found.dataset_version],) * 2


WIDE = Bbox(-10, -10, 30, 30)
FIVE = ("copper", "lithium", "nickel", "tin", "gold")
KEY, METAL = "pk_deposit_feature", "ix_deposit_feature_main_commodity"


@pytest.mark.parametrize(
    ("selections", "index"),
    [
        ((), KEY),
        ((SelectionCondition("main_commodity", ("tin",)),), METAL),
        ((SelectionCondition("main_commodity", ("copper", "tin")),), KEY),
        ((SelectionCondition("commodities", ("tin",)),), KEY),
        ((SelectionCondition("country", ("CHL",)),), KEY),
    ],
)
def test_a_box_reads_the_features_of_its_page_alone_and_counts_by_cells(
    own_table: "OwnTable", selections: tuple[SelectionCondition, ...], index: str
) -> None:
    places = ((n * 7919 % 3600 / 10 - 180, n * 104_729 % 1600 / 10 - 80) for n in range(3000))
    own_table.load({"id": n, "lon": lon, "lat": lat, "metal": FIVE[n % 5]} for n, (lon, lat) in enumerate(places))
    addresses = own_table.store.addresses
    with psycopg.connect(write_conninfo(addresses.owner), autocommit=True) as owner:
        requested = (table.name for table in (FEATURES["deposit"], cell_count))
        owner.execute(f"VACUUM (ANALYZE) {', '.join(f'lode.{name}' for name in requested)}".encode())
    query = Query("deposits", (BoxCondition(WIDE), *selections))
    planned = plan.plan(query)
    statement = pages.statement(query.shape(), planned)
    sql = statement.written({**expression.bind_values(query), **pages.bind_counted_values(query, planned)})
    with psycopg.connect(write_conninfo(addresses.site)) as connection:
        lines = [line for (line,) in connection.execute(f"EXPLAIN {sql}".encode())]
    assert any(f"using {index} on deposit_feature" in line for line in lines)
    assert not [line for line in lines if "Seq Scan on deposit_feature" in line or "Sort" in line]


def test_the_stored_counts_are_bounded(own_table: "OwnTable", site: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CACHED_COUNTS", 3)
    own_table.load([{"id": "a"}])
    counts = Counts()
    for n in range(20):
        assert read_page(site, Query("deposits", (BoxCondition(Bbox(n, 0, 180, 90)),)), counts).matched == (1 if n <= 10 else 0)
    assert len(counts._counts) == 3


# --- features --------------------------------------------------------------------------------------------------------


def test_a_feature_has_every_field_of_its_collection(served: "Served") -> None:
    site = served(METALS)
    for name, collection in COLLECTIONS.items():
        if not collection.kind.merged:
            continue
        feature = features(read_page(site, Query(name), Counts()))[0]
        assert list(feature) == ["type", "id", "geometry", "properties"]
        assert feature["type"] == "Feature"
        assert list(feature["properties"]) == list(collection.field_names)


def test_a_features_place_is_longitude_first_and_null_where_there_is_none(served: "Served") -> None:
    site = served(ROWS)
    found = {f["properties"]["name_en"]: f["geometry"] for f in features(read_page(site, Query("deposits"), Counts()))}
    assert found["Atacama"] == {"type": "Point", "coordinates": [-69.0706, -24.2701]}
    assert found["nowhere"] is None


@pytest.mark.parametrize("requested", [("name_en",), ("name_en", "country"), ("country", "name_en"), ()])
def test_only_the_properties_that_are_requested_are_given(served: "Served", requested: tuple[str, ...]) -> None:
    site = served(METALS)
    for feature in features(read_page(site, Query("deposits", properties=requested), Counts())):
        assert set(feature["properties"]) == set(requested)
        assert feature["geometry"] is not None


def test_one_item_is_the_same_feature_as_in_the_list(served: "Served") -> None:
    site = served(METALS)
    for feature in features(read_page(site, Query("deposits"), Counts())):
        body, version = read_served_feature(site, "deposits", feature["id"])
        assert json.loads(body) == feature
        assert version == 1


@pytest.mark.parametrize("identity", ["nothing", "", "'; --", "x" * 10_000, record_id("test-table", "5")])
def test_an_unknown_id_is_reported(served: "Served", identity: str) -> None:
    site = served(METALS)
    with pytest.raises(NotFound, match="^There is no record .* in deposits.$"):
        read_served_feature(site, "deposits", identity)


def test_the_extent_of_a_collection_is_that_of_its_points(own_table: "OwnTable", site: Engine) -> None:
    assert read_extents(site, Days())[1]["deposits"].box is None
    own_table.load(ROWS)
    assert read_extents(site, Days())[1]["deposits"].box == (-180, -90, 180, 90)


# --- where a value comes from ----------------------------------------------------------------------------------------


def test_a_raw_record_reports_where_it_went(own_table: "OwnTable", site: Engine) -> None:
    summary = own_table.load(METALS)
    with site.connect() as connection:
        found = record(connection, "test-table", "5")
        assert [row["name"] for row in read_imported_sources(connection)] == ["test-table"]
    assert found["record_id"] == record_id("test-table", "5")
    assert (found["kind"], found["locator"], found["in_scope"]) == ("project", "table.csv, row 6", True)
    assert found["no_longer_in_source"] is False
    assert found["raw"]["name"] == "plant"
    assert (found["run"]["id"], found["run"]["dataset_version"], found["run"]["file"]) == (summary.run, 1, "table.csv")


def test_a_raw_record_that_is_served_no_more_is_there_still(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(METALS)
    own_table.load([{**METALS[0], "metal": "gold"}])
    with site.connect() as connection:
        scopeless, gone = record(connection, "test-table", "1"), record(connection, "test-table", "2")
    assert (scopeless["record_id"], scopeless["in_scope"], scopeless["raw"]["metal"]) == (None, False, "gold")
    assert (gone["record_id"], gone["no_longer_in_source"]) == (record_id("test-table", "2"), True)


def test_unknown_sources_and_unknown_records_are_distinguished(served: "Served") -> None:
    site = served(METALS)
    with site.connect() as connection:
        with pytest.raises(NotFound, match="^There is no source 'nowhere'.$"):
            record(connection, "nowhere", "1")
        with pytest.raises(NotFound, match="^The source test-table has no record '99'.$"):
            record(connection, "test-table", "99")
