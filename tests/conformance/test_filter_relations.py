"""Filters in CQL2 that relate places, times, lists and properties, and their form as JSON."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.conformance.conftest import Api
from tests.conformance.filter_texts import (
    LINE,
    OFF_THE_GLOBE,
    PARTIAL,
    POINT,
    WORLD_BOX,
    fields,
    refused,
    value_of,
    valued,
    where,
)

WORLD = "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"
HOLED = "POLYGON((-180 -90,-90 -90,-90 90,-180 90,-180 -90),(-120 -50,-100 -50,-100 -40,-120 -40,-120 -50))"
LITERALS = (
    "LINESTRING(-180 -45,0 -45)",
    "MULTILINESTRING((-180 -45,0 -45),(0 45,180 45))",
    HOLED,
    "MULTIPOLYGON(((-180 -90,-90 -90,-90 90,-180 90,-180 -90)),((0 0,10 0,10 10,0 10,0 0)))",
    "GEOMETRYCOLLECTION(POINT(7.02 49.92),POLYGON((0 0,10 0,10 10,0 10,0 0)))",
    "POLYGON((0 40,10 40,10 50,0 50,0 40))",
    "LINESTRING(0 40,10 50)",
)
TEMPORAL = ("T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS")
TEMPORAL_OF_INTERVALS = (
    *TEMPORAL,
    *("T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY"),
    *("T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS"),
)


@pytest.mark.parametrize("literal", LITERALS)
def test_s_intersects_takes_every_kind_of_geometry(api: "Api", name: str, literal: str) -> None:
    """/conf/basic-spatial-functions-plus/s_intersects, test-data; /conf/spatial-functions/s_intersects and s_disjoint."""
    found = api.matching(name, f"S_INTERSECTS(geometry,{literal})")
    assert found == where(api, name, shapely.from_wkt(literal).intersects)
    apart = api.matching(name, f"S_DISJOINT(geometry,{literal})")
    assert not found & apart and found | apart == where(api, name, lambda geometry: True)


def test_a_multipoint_off_the_globe_is_refused(api: "Api", name: str) -> None:
    """/conf/basic-spatial-functions-plus/s_intersects, the first expression."""
    assert refused(api, name, "S_INTERSECTS(geometry,MULTIPOINT(7.02 49.92, 90 180))")
    assert refused(api, name, f"S_DISJOINT(geometry,{OFF_THE_GLOBE})")


def test_the_world_holds_everything(api: "Api", name: str) -> None:
    """/conf/spatial-functions/s_intersects, s_disjoint, s_within, s_contains: box and polygon of the world are alike."""
    located = where(api, name, lambda geometry: True)
    for function, wanted in (("S_INTERSECTS", located), ("S_DISJOINT", set())):
        assert api.matching(name, f"{function}(geometry,{WORLD_BOX})") == wanted
        assert api.matching(name, f"{function}(geometry,{WORLD})") == wanted
    for function in ("S_WITHIN", "S_CONTAINS", "S_TOUCHES", "S_EQUALS", "S_OVERLAPS"):
        assert api.matching(name, f"{function}(geometry,{WORLD_BOX})") == api.matching(name, f"{function}(geometry,{WORLD})")


RELATED: dict[str, tuple[str, ...]] = {
    "equals": (LINE, POINT, WORLD, "POLYGON((0 40,10 40,10 50,0 50,0 40))", "POINT(12.5123 89.5)"),
    "touches": (WORLD, LINE, "POINT(0 40)", "POLYGON((20 40,30 40,30 50,20 50,20 40))", "LINESTRING(10 40,10 50)"),
    "within": (
        WORLD,
        LINE,
        "MULTIPOINT(7 50,10 51)",
        "MULTIPOINT(7.02 49.92,10 51)",
        "POLYGON((-1 39,11 39,11 51,-1 51,-1 39))",
    ),
    "contains": (WORLD, LINE, "MULTIPOINT(7 50,10 51)", "POLYGON((1 41,2 41,2 42,1 42,1 41))", "POINT(7.02 49.92)"),
    "overlaps": (WORLD, "MULTIPOINT(7 50,10 51)", "LINESTRING(7 50,10 51)", "POLYGON((5 45,15 45,15 55,5 55,5 45))"),
    "crosses": (WORLD, LINE, "LINESTRING(-1 45,11 45)", "MULTIPOINT(5 45,15 55)"),
}


@pytest.mark.parametrize("relation", RELATED)
def test_geometries_are_related_as_shapely_relates_them(api: "Api", name: str, relation: str) -> None:
    """/conf/spatial-functions/s_equals, s_touches, s_within, s_contains, s_overlaps, s_crosses, test-data."""
    hits = 0
    for literal in RELATED[relation]:
        other = shapely.from_wkt(literal)
        wanted = where(api, name, partial(_related, relation, other))
        assert api.matching(name, f"S_{relation.upper()}(geometry,{literal})") == wanted, literal
        hits += len(wanted)
    if name == "zones" or (name == "deposits" and relation in ("equals", "within")):
        assert hits


def _related(relation: str, other: shapely.Geometry, geometry: shapely.Geometry) -> bool:
    return bool(getattr(shapely, relation)(geometry, other))


def test_contains_and_within_exclude_each_other(api: "Api", name: str) -> None:
    """/conf/spatial-functions/s_contains, the third assertion."""
    for literal in (WORLD_BOX, WORLD, LINE, "MULTIPOINT(7 50,10 51)"):
        assert not api.matching(name, f"S_CONTAINS(geometry,{literal})") & api.matching(name, f"S_WITHIN(geometry,{literal})")


# CQL2: time, lists, both sides, figures


def test_instants_are_related_to_instants_and_intervals(api: "Api", name: str) -> None:
    """/conf/temporal-functions/temporal-functions-1."""
    for field in fields(name, "date"):
        filled = valued(api, name, field)
        for literal in ("DATE('2022-04-16')", "INTERVAL('2021-01-01','2021-12-31')"):
            after, before, apart, equal, meet = (
                api.matching(name, f"{function}({field.name},{literal})") for function in TEMPORAL
            )
            assert apart == after | before and not after & before
            assert not apart & meet and apart | meet == filled
            assert equal <= meet
        for function in TEMPORAL:
            api.matching(name, f"{function}({field.name},TIMESTAMP('2022-04-24T07:59:57Z'))")
            api.matching(name, f"{function}({field.name},INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z'))")


def test_instants_are_related_as_their_days_are(api: "Api") -> None:
    """/conf/temporal-functions/test-data: three dates, as the test data has them."""

    def count(text: str) -> int:
        return len(api.matching("deposits", f"{text} AND sources = 'made-up'"))

    day, year = "date('2022-04-16')", "interval('2022-01-01','2022-12-31')"
    for function, of_day, of_year in (
        ("t_after", 1, 1),
        ("t_before", 1, 1),
        ("t_disjoint", 2, 2),
        ("t_equals", 1, 0),
        ("t_intersects", 1, 1),
    ):
        assert count(f"{function}(mine_status_date,{day})") == of_day, function
        assert count(f"{function}(mine_status_date,{year})") == of_year, function
    assert count("t_equals(mine_status_date,interval('2022-04-16','2022-04-16'))") == 1
    assert count("t_after(mine_status_date,interval('..','2022-04-16'))") == 1
    assert count("t_before(mine_status_date,interval('2022-04-17','..'))") == 2


def test_intervals_are_related(api: "Api") -> None:
    """/conf/temporal-functions/temporal-functions-2: an interval of two properties, against every literal relation."""
    zones = {i: f["properties"] for i, f in api.features("zones").items()}
    bounded = {i for i, p in zones.items() if p["valid_from"] and p["valid_to"]}
    assert bounded
    ends = {i: (_first(zones[i]["valid_from"]), _last(zones[i]["valid_to"])) for i in bounded}
    interval = (date(2018, 2, 12), date(2020, 6, 30))
    meanings: dict[str, Callable[[date, date, date, date], bool]] = {
        "T_AFTER": lambda s, e, a, b: s > b,
        "T_BEFORE": lambda s, e, a, b: e < a,
        "T_DISJOINT": lambda s, e, a, b: s > b or e < a,
        "T_EQUALS": lambda s, e, a, b: (s, e) == (a, b),
        "T_INTERSECTS": lambda s, e, a, b: s <= b and e >= a,
        "T_CONTAINS": lambda s, e, a, b: s < a and e > b,
        "T_DURING": lambda s, e, a, b: s > a and e < b,
        "T_FINISHEDBY": lambda s, e, a, b: s < a and e == b,
        "T_FINISHES": lambda s, e, a, b: s > a and e == b,
        "T_MEETS": lambda s, e, a, b: e == a,
        "T_METBY": lambda s, e, a, b: s == b,
        "T_OVERLAPPEDBY": lambda s, e, a, b: a < s < b < e,
        "T_OVERLAPS": lambda s, e, a, b: s < a < e < b,
        "T_STARTEDBY": lambda s, e, a, b: s == a and e > b,
        "T_STARTS": lambda s, e, a, b: s == a and e < b,
    }
    assert set(meanings) == set(TEMPORAL_OF_INTERVALS)
    for function, met in meanings.items():
        text = f"{function}(INTERVAL(valid_from,valid_to),INTERVAL('{interval[0]}','{interval[1]}'))"
        assert api.matching("zones", text) & bounded == {i for i in bounded if met(*ends[i], *interval)}, function


def _first(text: str) -> date:
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)


def _last(text: str) -> date:
    if len(text) == 10:
        return date.fromisoformat(text)
    assert len(text) == 4
    return date(int(text), 12, 31)


def test_lists_are_compared(api: "Api", name: str) -> None:
    """/conf/array-functions/array-predicates: with the values of the abstract test and with those of the rows."""
    for field in fields(name, "array"):
        # a list that is not stated meets no condition
        stated = {i: f["properties"][field.name] for i, f in api.features(name).items()}
        rows = {i: set(values) for i, values in stated.items() if values is not None}
        known = sorted(set().union(*rows.values()))[:2]
        for values in (["foo", "bar"], known or ["foo"]):
            written = "(" + ",".join("'" + word.replace("'", "''") + "'" for word in values) + ")"
            wanted = {
                "A_CONTAINS": {i for i, has in rows.items() if has >= set(values)},
                "A_CONTAINEDBY": {i for i, has in rows.items() if has <= set(values)},
                "A_EQUALS": {i for i, has in rows.items() if has == set(values)},
                "A_OVERLAPS": {i for i, has in rows.items() if has & set(values)},
            }
            for function, ids in wanted.items():
                assert api.matching(name, f"{function}({field.name},{written})") == ids, (function, field.name, values)


def test_a_value_may_stand_on_the_left(api: "Api", name: str) -> None:
    """/conf/property-property/comparison-value-property."""
    turned = {"=": "=", "<>": "<>", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
    for field in fields(name, "string", "number", "integer", "date"):
        for operator, other in turned.items():
            left = api.matching(name, f"{value_of(field)} {operator} {field.name}")
            assert left == api.matching(name, f"{field.name} {other} {value_of(field)}"), (field.name, operator)


def test_properties_may_stand_on_both_sides(api: "Api", name: str) -> None:
    """/conf/property-property/comparison-property-property."""
    for field in fields(name, "string", "number", "integer", "date"):
        for operator in ("<>", "<", ">"):
            assert api.matching(name, f"{field.name} {operator} {field.name}") == set(), field.name
        for operator in ("=", ">=", "<="):
            assert api.matching(name, f"{field.name} {operator} {field.name}") == valued(api, name, field), field.name


@pytest.mark.parametrize("value", ["'foo'", "true", "3.14", "1", "TIMESTAMP('2022-04-14T14:48:46Z')", "DATE('2022-04-14')"])
def test_values_may_stand_on_both_sides(api: "Api", name: str, value: str) -> None:
    """/conf/property-property/comparison-value-value."""
    for operator in ("<>", "<", ">"):
        assert api.matching(name, f"{value} {operator} {value}") == set()
    for operator in ("=", ">=", "<="):
        assert api.matching(name, f"{value} {operator} {value}") == set(api.features(name))


def test_the_other_predicates_take_values_on_the_left_too(api: "Api", name: str) -> None:
    """/conf/property-property/test-data with its conditional dependencies."""
    assert api.matching(name, "'København' LIKE 'K_benhavn'") == set(api.features(name))
    assert api.matching(name, "'København' NOT LIKE 'K_benhavn'") == set()
    for literal in ("BBOX(0,40,10,50)", "BBOX(150,-90,-150,90)", POINT, LINE):
        for function, other in (("S_INTERSECTS", "S_INTERSECTS"), ("S_CONTAINS", "S_WITHIN"), ("S_DISJOINT", "S_DISJOINT")):
            assert api.matching(name, f"{function}({literal},geometry)") == api.matching(name, f"{other}(geometry,{literal})")
    for field in fields(name, "date"):
        for function, other in (("T_AFTER", "T_BEFORE"), ("T_INTERSECTS", "T_INTERSECTS"), ("T_DURING", "T_CONTAINS")):
            literal = "INTERVAL('2022-01-01','2022-12-31')"
            assert api.matching(name, f"{function}({literal},{field.name})") == api.matching(
                name, f"{other}({field.name},{literal})"
            )


def test_figures_are_calculated(api: "Api") -> None:
    """/conf/arithmetic/arithmetic, test-data: every operator, their order, and in BETWEEN and IN."""

    def same(text: str, plain: str) -> None:
        assert api.matching("deposits", text) == api.matching("deposits", plain) != set(), text

    for name, value in (("discovery_year", 1956), ("position_accuracy_m", 100)):
        for text, operator in (
            (f"{value - 8}+8", "="),
            (f"{value + 2}-2*2^0", ">="),
            (f"{value + 2}-20/10", "<="),
            (f"{value + 2}-21 div 10", "<="),
            (f"{value + 1}-5%2", ">="),
            (f"{value - 88}+8*11", "<="),
            (f"{value - 8}+2^3", "="),
            (f"{value + 2}-2^1", "<>"),
        ):
            same(f"{name}{operator}{text}", f"{name}{operator}{value}")
        same(f"{name} between {value * 2}/2 and (3*({value}+{value}))", f"{name} between {value} and {6 * value}")
        same(f"{name} in ({value}-1+1,{value}*0)", f"{name} = {value}")
        same(f"{value - 8}+8={name}", f"{name} = {value}")
        same(f"{name} * 2 - {name} = {value}", f"{name} = {value}")


def literal(text: str) -> Any:
    """A literal of CQL2 text as CQL2 JSON."""
    if text.startswith("DATE"):
        return {"date": text[6:-2]}
    return text[1:-1] if text.startswith("'") else json.loads(text)


def test_cql2_json_and_text_select_the_same_features(api: "Api", name: str) -> None:
    """/conf/cql2-json/validate, /conf/cql2-text/validate: both encodings of a predicate of each class select the same."""

    def same(text: str, node: Any) -> None:
        assert api.matching(name, json.dumps(node), filter_lang="cql2-json") == api.matching(name, text), text

    def prop(field: str) -> dict[str, str]:
        return {"property": field}

    for field in COLLECTIONS[name].fields:
        if field.type == "array":
            same(
                f"A_OVERLAPS({field.name},('foo','copper'))",
                {"op": "a_overlaps", "args": [prop(field.name), ["foo", "copper"]]},
            )
            continue
        value = value_of(field)
        for operator in ("=", "<>", "<", "<=", ">", ">="):
            same(f"{field.name} {operator} {value}", {"op": operator, "args": [prop(field.name), literal(value)]})
        same(f"{field.name} IS NULL", {"op": "isNull", "args": [prop(field.name)]})
        same(f"{field.name} IS NOT NULL", {"op": "not", "args": [{"op": "isNull", "args": [prop(field.name)]}]})
        if field.type == "string" and field.name not in PARTIAL:
            same(f"{field.name} LIKE 'C%'", {"op": "like", "args": [prop(field.name), "C%"]})
            same(
                f"CASEI({field.name}) = casei('CHL')",
                {"op": "=", "args": [{"op": "casei", "args": [prop(field.name)]}, {"op": "casei", "args": ["CHL"]}]},
            )
            same(f"{field.name} IN ('CHL','CHN')", {"op": "in", "args": [prop(field.name), ["CHL", "CHN"]]})
        if field.type in ("number", "integer"):
            same(f"{field.name} BETWEEN 1 AND 2000", {"op": "between", "args": [prop(field.name), 1, 2000]})
            same(f"{field.name} + 1 > 5", {"op": ">", "args": [{"op": "+", "args": [prop(field.name), 1]}, 5]})
        if field.type == "date" or field.name in PARTIAL:
            node = {"op": "t_after", "args": [prop(field.name), {"interval": ["2018-02-12", ".."]}]}
            same(f"T_AFTER({field.name},INTERVAL('2018-02-12','..'))", node)
    polygon = shapely.from_wkt(LITERALS[-2])
    node = {"op": "s_intersects", "args": [prop("geometry"), json.loads(shapely.to_geojson(polygon))]}
    same(f"S_INTERSECTS(geometry,{LITERALS[-2]})", node)
    same(
        "S_INTERSECTS(geometry,BBOX(0,40,10,50))", {"op": "s_intersects", "args": [prop("geometry"), {"bbox": [0, 40, 10, 50]}]}
    )
    same("name_en IS NULL OR (true AND NOT false)", {"op": "or", "args": [{"op": "isNull", "args": [prop("name_en")]}, True]})


def test_a_filter_in_json_may_be_posted(api: "Api", name: str) -> None:
    """Beyond the standard: the body of a POST is the same query."""
    node = {"op": "isNull", "args": [{"property": "name_zh"}]}
    response = api.client.post(f"/api/collections/{name}/items", json={"filter": node, "limit": 10_000})
    assert response.status_code == 200
    assert {f["id"] for f in response.get_json(force=True)["features"]} == api.matching(name, "name_zh IS NULL")
