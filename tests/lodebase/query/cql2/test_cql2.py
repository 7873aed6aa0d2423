"""CQL2 on rows in PostGIS: each class of the standard (OGC 21-065r2) by its own examples, and what Lode adds to it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects import postgresql
from tests.lodebase.query.cql2.filter_cases import (
    ADVANCED,
    ARITHMETIC,
    ARRAYS,
    BASIC,
    CHILE_AND_CHINA,
    DEPOSITS,
    ESTIMATES,
    EVERYTHING,
    FIGURES,
    FOLDED,
    PROPERTIES,
    SPATIAL,
    SPATIAL_ZONES,
    TEMPORAL,
    USUAL,
    VOCABULARY,
    ZONES,
)

from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.cql2 import Filter, Malformed, parse_json, parse_text

Found = Callable[[Filter, str], set[str]]


@pytest.fixture(scope="module")
def rows(owner_engine: Engine) -> Iterator[Connection]:
    """A few deposits, discoveries, zones and estimates, gone with the module."""
    with owner_engine.connect() as connection:
        transaction = connection.begin()
        for identity, deposit in DEPOSITS.items():
            _deposit(connection, identity, USUAL | deposit)
        for number, (owner, category, ore_mt, grade, contained_t) in enumerate(ESTIMATES):
            _estimate(connection, number, owner, category, ore_mt, grade, contained_t)
        for identity, wkt in ZONES.items():
            connection.execute(
                text(
                    "INSERT INTO zone (id, zone_kind, code, name_en, geom, sources, valid_from, valid_to) "
                    "VALUES (:id, 'test', :id, :id, ST_GeomFromText(:wkt, 4326), '{one}', '2020-01-01', '2021-12-31')"
                ),
                {"id": identity, "wkt": wkt},
            )
        yield connection
        transaction.rollback()


def _deposit(connection: Connection, identity: str, about: dict[str, Any]) -> None:
    about = about | {"id": identity, "commodity_group": about["main_commodity"], "search_text": about["name_en"]}
    about["major_commodities"] = [about["main_commodity"]]
    if "lon" in about:
        about["geom"] = f"SRID=4326;POINT({about.pop('lon')} {about.pop('lat')})"
        about["position_method"] = "test"
    if "size_class" in about:
        about |= {"size_standard": "s", "size_commodity": "copper", "size_basis": "b", "size_estimate_id": "e"}
    if "mine_status" in about:
        about |= {"mine_status_reported": "r", "mine_status_date_precision": "day", "mine_status_source": "one"}
        about["mine_status_inferred"] = False
    names = ", ".join(about)
    connection.execute(text(f"INSERT INTO deposit ({names}) VALUES ({', '.join(f':{name}' for name in about)})"), about)


def _estimate(connection: Connection, number: int, owner: str, category: str, ore_mt: float, grade: float, t: float) -> None:
    connection.execute(
        text(
            "INSERT INTO estimate (id, deposit_id, ordinal, category, kind, combined, ore_reported, ore_unit, ore_factor,"
            " ore_t, source) VALUES (:id, :owner, :ordinal, :category, 'resource', false, :ore, 'Mt', 1e6, :ore * 1e6, 'one')"
        ),
        {"id": f"e{number}", "owner": owner, "ordinal": number, "category": category, "ore": float(ore_mt)},
    )
    connection.execute(
        text(
            "INSERT INTO estimate_measure (estimate_id, commodity, grade_reported, grade_unit, grade_basis, grade_factor,"
            " grade_pct, contained_reported, contained_unit, contained_basis, contained_factor, contained_t)"
            " VALUES (:id, 'copper', :grade, '%', 'metal', 1, :grade, :t, 't', 'metal', 1, :t)"
        ),
        {"id": f"e{number}", "grade": grade, "t": float(t)},
    )


@pytest.fixture
def found(rows: Connection) -> Found:
    """The ids of the rows that match a filter, run as the site runs it: SQL text of the shape, values bound."""

    def run(filter: Filter, name: str = "deposits") -> set[str]:
        collection = COLLECTIONS[name]
        statement = select(collection.table.c.id).where(cql2.build_filter_condition(filter.shape, collection, collection.table))
        sql = str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]
        return set(rows.exec_driver_sql(sql, cql2.collect_bound_values(filter)).scalars())

    return run


def read(filter_text: str, name: str = "deposits", **about: Any) -> Filter:
    return parse_text(filter_text, COLLECTIONS[name], **about)


@pytest.mark.parametrize(
    ("filter_text", "there"),
    [*BASIC, *ADVANCED, *FOLDED, *SPATIAL, *TEMPORAL, *ARRAYS, *ARITHMETIC, *PROPERTIES, *VOCABULARY, *FIGURES],
)
def test_a_filter_finds_its_deposits(found: Found, filter_text: str, there: set[str]) -> None:
    assert found(read(filter_text), "deposits") == there


@pytest.mark.parametrize(("filter_text", "there"), SPATIAL_ZONES)
def test_a_filter_finds_its_zones(found: Found, filter_text: str, there: set[str]) -> None:
    assert found(read(filter_text, "zones"), "zones") == there
    assert found(read(filter_text.replace("geometry", '"geom"'), "zones"), "zones") == there


@pytest.mark.parametrize(
    ("filter_text", "node"),
    [
        ("country = 'CHL'", {"op": "=", "args": [{"property": "country"}, "CHL"]}),
        ("NOT country = 'CHL'", {"op": "not", "args": [{"op": "=", "args": [{"property": "country"}, "CHL"]}]}),
        (
            "country = 'CHL' AND discovery_year > 1900 OR TRUE",
            {
                "op": "or",
                "args": [
                    {
                        "op": "and",
                        "args": [
                            {"op": "=", "args": [{"property": "country"}, "CHL"]},
                            {"op": ">", "args": [{"property": "discovery_year"}, 1900]},
                        ],
                    },
                    True,
                ],
            },
        ),
        ("name_en NOT LIKE 'E%'", {"op": "not", "args": [{"op": "like", "args": [{"property": "name_en"}, "E%"]}]}),
        ("discovery_year BETWEEN 1900 AND 2000.5", {"op": "between", "args": [{"property": "discovery_year"}, 1900, 2000.5]}),
        ("country IN ('CHL')", {"op": "in", "args": [{"property": "country"}, ["CHL"]]}),
        ("name_zh IS NULL", {"op": "isNull", "args": [{"property": "name_zh"}]}),
        (
            "CASEI(name_en) IN (CASEI('ESCONDIDA'), CASEI('b'))",
            {
                "op": "in",
                "args": [
                    {"op": "casei", "args": [{"property": "name_en"}]},
                    [{"op": "casei", "args": ["ESCONDIDA"]}, {"op": "casei", "args": ["b"]}],
                ],
            },
        ),
        (
            "S_INTERSECTS(geometry, BBOX(-75,-30,-65,-20))",
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [-75, -30, -65, -20]}]},
        ),
        (
            "S_WITHIN(geometry, POLYGON((-75 -30,-65 -30,-65 -20,-75 -30)))",
            {
                "op": "s_within",
                "args": [
                    {"property": "geometry"},
                    {"type": "Polygon", "coordinates": [[[-75, -30], [-65, -30], [-65, -20], [-75, -30]]]},
                ],
            },
        ),
        (
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(3 4, 5 6)))",
            {
                "op": "s_intersects",
                "args": [
                    {"property": "geometry"},
                    {
                        "type": "GeometryCollection",
                        "geometries": [
                            {"type": "Point", "coordinates": [1, 2]},
                            {"type": "LineString", "coordinates": [[3, 4], [5, 6]]},
                        ],
                    },
                ],
            },
        ),
        (
            "T_DURING(information_date, INTERVAL('2019-01-01', '..'))",
            {"op": "t_during", "args": [{"property": "information_date"}, {"interval": ["2019-01-01", ".."]}]},
        ),
        (
            "T_AFTER(INTERVAL(information_date, mine_status_date), DATE('2020-01-01'))",
            {
                "op": "t_after",
                "args": [
                    {"interval": [{"property": "information_date"}, {"property": "mine_status_date"}]},
                    {"date": "2020-01-01"},
                ],
            },
        ),
        (
            "mine_status_date < TIMESTAMP('2022-04-16T10:13:19Z')",
            {"op": "<", "args": [{"property": "mine_status_date"}, {"timestamp": "2022-04-16T10:13:19Z"}]},
        ),
        (
            "A_CONTAINS(commodities, ['copper', 'gold'])",
            {"op": "a_contains", "args": [{"property": "commodities"}, ["copper", "gold"]]},
        ),
        (
            "discovery_year > (position_accuracy_m - 1) * 2 div 3",
            {
                "op": ">",
                "args": [
                    {"property": "discovery_year"},
                    {
                        "op": "div",
                        "args": [{"op": "*", "args": [{"op": "-", "args": [{"property": "position_accuracy_m"}, 1]}, 2]}, 3],
                    },
                ],
            },
        ),
        ("BENEATH(deposit_model, 'porphyry')", {"op": "beneath", "args": [{"property": "deposit_model"}, "porphyry"]}),
    ],
)
def test_text_and_json_say_the_same(found: Found, filter_text: str, node: dict[str, Any]) -> None:
    said = read(filter_text)
    assert said == parse_json(json.loads(json.dumps(node)), COLLECTIONS["deposits"])
    assert found(said, "deposits") <= EVERYTHING


def test_a_null_is_neither_true_nor_false(found: Found) -> None:
    holds, holds_not = read("discovery_year > 1960"), read("NOT discovery_year > 1960")
    assert found(holds, "deposits") | found(holds_not, "deposits") == CHILE_AND_CHINA


def test_combinations_of_predicates_are_answered(found: Found) -> None:
    """The abstract test /conf/.../logical, each predicate next to its neighbours."""
    texts = [about[0] for group in (BASIC, ADVANCED, FOLDED, SPATIAL, TEMPORAL, ARRAYS, ARITHMETIC) for about in group]
    there = {
        about[0]: about[1] for group in (BASIC, ADVANCED, FOLDED, SPATIAL, TEMPORAL, ARRAYS, ARITHMETIC) for about in group
    }
    for one, other in zip(texts[::3], texts[1::3], strict=False):
        assert found(read(f"(({one}) AND ({other}))"), "deposits") == there[one] & there[other]
        assert found(read(f"({one}) OR ({other})"), "deposits") == there[one] | there[other]
        assert found(read(f"(NOT ({one}) AND ({other})) OR (({one}) AND NOT ({other}))"), "deposits") <= EVERYTHING


# --- the coordinate system of literals -------------------------------------------------------------------------------


def test_literals_are_in_the_system_of_the_filter(found: Found) -> None:
    box = "S_INTERSECTS(geometry, BBOX(-7700000,-2800000,-7600000,-2700000))"
    assert found(read(box, srid=3857), "deposits") == {"escondida"}
    point = "S_INTERSECTS(geometry, POLYGON((-30 -75,-30 -65,-20 -65,-20 -75,-30 -75)))"
    assert found(read(point, latitude_first=True), "deposits") == {"escondida"}
    assert found(read("S_INTERSECTS(geometry, BBOX(-30,-75,-20,-65))", latitude_first=True), "deposits") == {"escondida"}
    assert found(read("S_INTERSECTS(geometry, BBOX(-30,170,-10,-170))", latitude_first=True), "deposits") == {"rio", "east"}
    assert found(read("S_INTERSECTS(geometry, BBOX(-75,-30,-65,-20))", srid=4490), "deposits") == {"escondida"}


def test_a_box_in_metres_has_curved_edges_in_degrees(found: Found) -> None:
    # EPSG:32719, 200 to 800 km east at 7,300 km north: its north edge bends by tens of kilometres from corner to corner
    filter = read("S_INTERSECTS(geometry, BBOX(200000,7300000,800000,7400000))", srid=32719)
    wkb = filter.values[0]
    assert isinstance(wkb, bytes)
    assert len(wkb) > 40 * 16


# --- filters without a text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter", "there"),
    [
        (cql2.any_of("country", ["CHL", "China"]), CHILE_AND_CHINA),
        (cql2.any_of("country", ["智利"]), {"escondida"}),
        (cql2.any_of("country", []), set()),
        (cql2.any_of("commodities", ["gold", "Sn"]), {"escondida", "east"}),
        (cql2.any_of("sources", ["two"]), {"escondida"}),
        (cql2.any_of("discovery_year", ["1981", "7"]), {"escondida"}),
        (cql2.any_of("mine_status_date", ["2022-04-16"]), {"escondida"}),
        (cql2.any_of("information_date", ["2023"]), {"rio"}),
        (cql2.filter_beneath_terms("deposit_model", ["porphyry"]), CHILE_AND_CHINA),
        (cql2.filter_from_value("discovery_year", 1981), {"escondida"}),
        (cql2.filter_up_to_value("discovery_year", 1980.5), {"dexing"}),
        (cql2.filter_from_value("position_accuracy_m", 100), CHILE_AND_CHINA),
        (cql2.filter_up_to_value("mine_status_date", "2022-04-16"), CHILE_AND_CHINA),
        (cql2.filter_from_value("information_date", "2022"), {"escondida", "rio"}),
        (cql2.filter_within_dates("mine_status_date", "2022-01-01", "2022-12-31"), {"escondida"}),
        (cql2.filter_within_dates("mine_status_date", "2022", None), {"escondida", "rio"}),
        (cql2.filter_within_dates("mine_status_date", None, "2022-04-16T08:00:00Z"), CHILE_AND_CHINA),
        (cql2.filter_within_dates("mine_status_date", None, None), {"escondida", "dexing", "rio"}),
        (cql2.filter_within_dates("information_date", "2019-05-01", "2019-05-31"), {"dexing", "east"}),
        (cql2.filter_within_dates("information_date", "2019-05-04", "2019-05-31"), {"east"}),
        (cql2.filter_within_dates("information_date", "2022-04-30", None), {"escondida", "rio"}),
        (cql2.filter_within_dates("information_date", None, "2019"), {"dexing", "east"}),
        (cql2.filter_within_dates("information_date", "2022-02", "2022-03"), set()),
        (cql2.estimate(commodity="copper", contained_t_min=60_000), CHILE_AND_CHINA),
        (cql2.estimate(commodity="Cu", contained_t_min=50_000, category="measured-mineral-resource"), set()),
        (cql2.estimate(contained_t_max=40_000), {"escondida"}),
        (cql2.estimate(grade_pct_min=1, grade_pct_max=2, contained_t_min=50_000), {"dexing"}),
        (cql2.estimate(ore_t_min=100_000_000), {"escondida"}),
        (cql2.estimate(ore_t_max=99_999_999), CHILE_AND_CHINA - {"escondida"}),
        (cql2.estimate(category="indicated-mineral-resource"), CHILE_AND_CHINA),
        (cql2.estimate(commodity="gold"), set()),
    ],
)
def test_a_selection_finds_its_deposits(found: Found, filter: Filter, there: set[str]) -> None:
    assert found(filter, "deposits") == there


def test_classes_are_never_added_up(found: Found) -> None:
    """Escondida has 40,000 t measured and 90,000 t indicated here, and no estimate of both."""
    assert found(cql2.estimate(contained_t_min=90_001), "deposits") == set()
    assert found(read("LARGEST_CONTAINED_T('copper') > 90000"), "deposits") == set()


def test_filters_join_into_one_with_their_values_in_order(found: Found) -> None:
    one = cql2.any_of("country", ["CHL", "CHN"])
    assert cql2.join_filters(one) is one
    joined = cql2.join_filters(
        one,
        read("discovery_year > 1960 AND name_en LIKE 'E%'"),
        cql2.estimate(commodity="copper", contained_t_min=50_000),
        cql2.filter_within_dates("information_date", "2022", None),
    )
    assert found(joined, "deposits") == {"escondida"}


def test_a_shape_has_no_literals_so_that_its_sql_serves_every_value() -> None:
    for one, other in (
        ("country = 'CHL'", "country = 'Nowhere'"),
        ("country IN ('CHL', 'CHN')", "country IN ('a', 'b', 'c')"),
        ("discovery_year > 5", "discovery_year > 6e7"),
        ("S_INTERSECTS(geometry, BBOX(1,2,3,4))", "S_INTERSECTS(geometry, POLYGON((1 2,3 4,5 7,1 2)))"),
        ("T_AFTER(information_date, DATE('2019-01-01'))", "T_AFTER(information_date, INTERVAL('2019-01-01','2020-01-01'))"),
        ("CASEI(name_en) IN (CASEI('a'))", "CASEI(name_en) IN (CASEI('a'),CASEI('b'))"),
    ):
        first, second = read(one), read(other)
        assert first.shape == second.shape
        assert hash(first.shape) == hash(second.shape)
        assert first != second
        assert hash(first) != hash(second)


def test_a_spatial_filter_can_use_the_index(rows: Connection) -> None:
    collection = COLLECTIONS["deposits"]
    for filter_text in ("S_INTERSECTS(geometry, BBOX(-75,-30,-65,-20))", "S_WITHIN(geometry, POLYGON((1 2,3 4,5 7,1 2)))"):
        filter = read(filter_text)
        statement = select(collection.table.c.id).where(cql2.build_filter_condition(filter.shape, collection, collection.table))
        sql = str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]
        rows.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(rows.exec_driver_sql(f"EXPLAIN {sql}", cql2.collect_bound_values(filter)).scalars())
        assert "ix_deposit_geom" in plan


def test_estimates_are_queried_where_they_exist() -> None:
    with pytest.raises(Malformed, match="^The collection projects has no estimates. Use deposits, discoveries.$"):
        read("LARGEST_ORE_T() > 1", "projects")
    collection = COLLECTIONS["zones"]
    with pytest.raises(Malformed, match="^The collection zones has no estimates"):
        cql2.build_filter_condition(cql2.estimate(commodity="copper").shape, collection, collection.table)
