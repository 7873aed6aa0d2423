"""What can't be used of a filter is told in a sentence: what was wrong, and what would be right. Nothing is a crash."""

import json
import threading
import time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.cql2 import Malformed, parse_json, parse_text

DEPOSITS = COLLECTIONS["deposits"]


def said(filter_text: str) -> str:
    """The sentence about a filter that can't be used."""
    with pytest.raises(Malformed) as caught:
        parse_text(filter_text, DEPOSITS)
    return str(caught.value)


def sql(filter_text: str) -> str:
    filter = parse_text(filter_text, DEPOSITS)
    statement = select(DEPOSITS.table.c.id).where(cql2.condition(filter.shape, DEPOSITS, DEPOSITS.table))
    return str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("filter_text", "sentence"),
    [
        ("", "is empty; a filter is such as country = 'CHL'"),
        (" \n", "is empty; a filter is such as country = 'CHL'"),
        ("country = ", "can't be read at its end; a filter is such as"),
        ("country == 'CHL'", "can't be read at character 10, near \"= 'CHL'\"; a filter is such as"),
        ("country = 'CHL", "can't be read at character 11, near \"'CHL\""),
        ("(country = 'CHL'", "can't be read at its end"),
        ("country = 'CHL')", "can't be read at character 16, near ')'"),
        ("country", "has country, a text, where a condition is wanted, such as country = 'CHL'"),
        ("5", "has the number 5, a number, where a condition is wanted"),
        ("country = 'CHL' AND 5", "has the number 5, a number, where a condition is wanted"),
        ("town = 'x'", "names the property 'town', which is none; deposits has name_en, name_zh, aliases, main_commodity"),
        ("country = 5", "compares country (a text) with the number 5; write it in quotes: country = '5'"),
        (
            "discovery_year = 'x'",
            "compares discovery_year (a number) with the text 'x'; write a number, such as discovery_year > 100",
        ),
        ("discovery_year < country", "compares discovery_year (a number) with country (a text); write a number"),
        (
            "mine_status_date = 5",
            "compares mine_status_date (a date) with the number 5; write a date, such as mine_status_date > DATE(",
        ),
        ("mine_status_date > '2019'", "compares a date with '2019'; write it as DATE('2019-05-31')"),
        ("discovery_year LIKE '19%'", "compares discovery_year, a number, by LIKE, which is for texts"),
        (
            "commodities LIKE 'c%'",
            "compares commodities, a list of texts, by LIKE, which is for texts; ask a list with = or IN",
        ),
        ("name_en LIKE name_zh", "has a LIKE without a pattern; write name_en LIKE 'Esc%'"),
        ("CASEI(discovery_year) = 'x'", "takes CASEI of discovery_year, a number; it is for texts"),
        ("commodities > 'a'", "compares commodities, a list of texts, by >; = asks whether it contains a value"),
        ("commodities = 5", "compares commodities, a list of texts, with the number 5, which is no text"),
        ("commodities = aliases", "compares commodities, a list of texts, with aliases, which is no text; write A_EQUALS"),
        ("country IN ('CHL', 5)", "compares country (a text) with the number 5"),
        ("geometry = 'x'", "compares geometry (a geometry) with the text 'x'; ask S_EQUALS or S_INTERSECTS of geometries"),
        ("S_INTERSECTS(country, POINT(1 2))", "asks S_INTERSECTS of country, a text; write S_INTERSECTS(geometry, BBOX("),
        ("S_INTERSECTS(geometry)", "gives S_INTERSECTS 1 arguments; it takes 2"),
        (
            "S_INTERSECTS(geometry, POINT(90 180))",
            "holds the position 90 180, which lies off the globe in EPSG:4326; longitude comes first",
        ),
        ("S_INTERSECTS(geometry, POINT(1e400 1))", "holds the coordinate inf, which lies off every map"),
        ("S_INTERSECTS(geometry, POINT(1))", "can't be read at character"),
        ("S_INTERSECTS(geometry, POINT(1 2,3 4))", "holds a POINT with a position that is not two numbers"),
        ("S_INTERSECTS(geometry, POINT EMPTY)", "can't be read at character"),
        ("S_INTERSECTS(geometry, LINESTRING(1 2))", "holds a LINESTRING with fewer than 2 positions"),
        ("S_INTERSECTS(geometry, POLYGON((1 2,3 4)))", "holds a POLYGON with fewer than 3 positions"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))", "holds a POLYGON that is not valid: Self-intersection[1 1]"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,2 2,0 0)))", "holds a POLYGON that is not valid: "),
        ("S_INTERSECTS(geometry, BBOX(1,2,3))", "holds a box without four or six edges; write a box as BBOX(-75,-30,-65,-20)"),
        ("S_INTERSECTS(geometry, BBOX(1,5,3,2))", "holds a box with its south above its north"),
        ("S_INTERSECTS(geometry, BBOX(-190,2,3,4))", "holds the position -190 2, which lies off the globe"),
        ("S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2)))", "asks S_WITHIN of a GEOMETRYCOLLECTION; write a MULTIPOINT"),
        ("mine_status_date = DATE('2019-02-30')", "holds the date '2019-02-30', which is none; write it as 2019-05-31 or"),
        ("mine_status_date = DATE('0000-01-01')", "holds the date '0000-01-01', which is none"),
        ("mine_status_date = DATE('12019-01-01')", "holds the date '12019-01-01', which is none"),
        (
            "mine_status_date = TIMESTAMP('9999-12-31T23:59:59-10:00')",
            "holds the date '9999-12-31T23:59:59-10:00', which is none",
        ),
        ("mine_status_date = TIMESTAMP('2019-01-01T25:00:00Z')", "holds the date '2019-01-01T25:00:00Z', which is none"),
        ("T_AFTER(country, DATE('2019-01-01'))", "takes country, a text, for a date"),
        (
            "T_AFTER(information_date, '2019-01-01')",
            "takes the text '2019-01-01' for a date; write DATE('2019-05-31') or INTERVAL(",
        ),
        ("T_AFTER(information_date, INTERVAL('2020-01-01','2019-01-01'))", "holds an interval that ends before it begins"),
        ("T_AFTER(information_date, INTERVAL(country,'..'))", "holds an interval with country, which is no date"),
        ("T_AFTER(information_date, INTERVAL(1,2))", "holds a date that is no text"),
        ("INTERVAL('2019-01-01','..') = information_date", "compares the interval"),
        ("A_CONTAINS(country, ['CHL'])", "asks A_CONTAINS of country, a text; write A_CONTAINS(commodities, ['copper'])"),
        ("A_CONTAINS(commodities, [5])", "asks A_CONTAINS of a list that holds what is no text"),
        ("country + 1 = 2", "calculates with country, a text, where a number is wanted"),
        ("discovery_year = 1/0", "calculates 1 / 0, which is no number"),
        ("discovery_year = 10 ^ 400", "calculates 10 ^ 400, which is no number"),
        ("discovery_year = (0-8) ^ 0.5", "calculates -8 ^ 0.5, which is no number"),
        ("discovery_year = 1e400", "holds a number beyond 1.8e308, the largest there is"),
        ("discovery_year = " + "9" * 400, "holds a number beyond 1.8e308, the largest there is"),
        ("*".join(["discovery_year"] * 20) + " = 1", "multiplies more numbers than are counted with"),
        ("FROBNICATE(country) = 1", "names the function 'frobnicate', which is none; there are"),
        ("pg_sleep(10) = 1", "names the function 'pg_sleep', which is none; there are"),
        ("BENEATH(name_en, 'x')", "asks what is beneath a value of name_en, which has no vocabulary"),
        ("BENEATH('porphyry', 'x')", "asks BENEATH without a field and words; write BENEATH(deposit_model, 'porphyry')"),
        ("LARGEST_CONTAINED_T() > 1", "gives LARGEST_CONTAINED_T 0 arguments; it takes 1 to 2"),
        (
            "LARGEST_CONTAINED_T(country) > 1",
            "asks LARGEST_CONTAINED_T of something else than words; write LARGEST_CONTAINED_T(",
        ),
        ("name_en = 'a\0b'", "holds a NUL character"),
        ("name_en = 'a\ud800b'", "holds half of a character (a lone surrogate)"),
    ],
)
def test_what_is_wrong_is_told(filter_text: str, sentence: str) -> None:
    assert said(filter_text).startswith(sentence)


@pytest.mark.parametrize(
    "node",
    [
        None,
        [],
        {},
        "country = 'CHL'",
        5,
        {"op": "and", "args": []},
        {"op": "and"},
        {"op": None, "args": [True]},
        {"op": ["and"], "args": [True]},
        {"op": "not", "args": [True, True]},
        {"op": "=", "args": [{"property": "country"}, None]},
        {"op": "=", "args": [{"property": ["country"]}, "CHL"]},
        {"op": "=", "args": [{"property": "country"}, {"x": 1}]},
        {"op": "=", "args": [{"property": "country"}, "a\0b"]},
        {"op": "=", "args": [{"property": "country"}, "a\udfff"]},
        {"op": "=", "args": [{"property": "discovery_year"}, 10**400]},
        {"op": "=", "args": [{"property": "discovery_year"}, float("nan")]},
        {"op": "=", "args": [{"property": "discovery_year"}, float("-inf")]},
        {"op": "in", "args": [{"property": "country"}, "CHL"]},
        {"op": "in", "args": [{"property": "country"}, [["CHL"]]]},
        {"op": "in", "args": [{"property": "country"}, ["x"] * 1001]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Circle", "coordinates": [1, 2]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": ["Point"], "coordinates": [1, 2]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point"}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["1", 2]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [True, 2]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [10**400, 2]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": {}}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [[]]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": []}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "GeometryCollection", "geometries": []}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "GeometryCollection", "geometries": [5]}]},
        {
            "op": "s_intersects",
            "args": [
                {"property": "geometry"},
                {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
            ],
        },
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": "1,2,3,4"}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3, None]}]},
        {"op": "t_after", "args": [{"property": "information_date"}, {"interval": "2019-01-01"}]},
        {"op": "t_after", "args": [{"property": "information_date"}, {"interval": [None, ".."]}]},
        {"op": "t_after", "args": [{"property": "information_date"}, {"date": 5}]},
        {"op": "t_after", "args": [{"property": "information_date"}, {"timestamp": None}]},
    ],
)
def test_json_that_says_nothing_is_told(node: Any) -> None:
    with pytest.raises(Malformed, match="."):
        parse_json(node, DEPOSITS)


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_text", "sentence"),
    [
        (
            "(" * 41 + "TRUE" + ")" * 41,
            "has 41 levels of nesting, more than the 40 that are allowed; write conditions beside each other",
        ),
        ("(" * 16_000, "has 16,000 levels of nesting, more than the 40 that are allowed"),
        ("[" * 5_000, "has 5,000 levels of nesting"),
        ("NOT " * 41 + "TRUE", "has 41 levels of nesting, more than the 40 that are allowed"),
        ("discovery_year = " + "(2^" * 30 + "discovery_year" + ")" * 30, "raises more than 4 powers one in another"),
        ("NOT " * 1_499 + "TRUE", "has 41 levels of nesting, more than the 40 that are allowed"),
        (
            "NOT " * 1_600 + "TRUE",
            "has 1,601 words, signs and quoted texts, or members of JSON objects, more than the 1,500 that are allowed",
        ),
        ("-" * 15_000 + "1 = 1", ""),
        ("-" * 5_000 + "discovery_year = 1", "has 41 levels of nesting, more than the 40 that are allowed"),
        ("discovery_year" + "+1" * 800 + " = 1", "has 41 levels of nesting, more than the 40 that are allowed"),
        ("discovery_year = " + "2^" * 300 + "2", "has 41 levels of nesting, more than the 40 that are allowed"),
        (
            "TRUE" + " OR TRUE" * 800,
            "has 1,601 words, signs and quoted texts, or members of JSON objects, more than the 1,500 that are allowed",
        ),
        (
            "name_en = '" + "x" * 17_000 + "'",
            "has 17,012 characters, more than the 16,384 that are allowed; write a shorter filter, or write it as CQL2 JSON",
        ),
        (
            "discovery_year IN (" + ",".join(["1"] * 1001) + ")",
            "has 1,001 values of one list, more than the 1,000 that are allowed",
        ),
    ],
)
def test_more_than_is_read_is_told_before_it_is_read(filter_text: str, sentence: str) -> None:
    began = time.perf_counter()
    if sentence:
        assert said(filter_text).startswith(sentence)
    else:
        parse_text(filter_text, DEPOSITS)
    assert time.perf_counter() - began < 1


def test_as_much_as_is_read_is_answered() -> None:
    assert sql("(" * 40 + "TRUE" + ")" * 40)
    assert sql("NOT " * 38 + "country = 'CHL'")
    assert sql("country = 'CHL'" + " OR country = 'CHL'" * 298)
    assert sql("discovery_year IN (" + ",".join(["1"] * 1000) + ")")
    corners = ",".join(f"{-100 + n / 10:.1f} {n % 2}" for n in range(1000))
    assert sql(f"S_INTERSECTS(geometry, LINESTRING({corners}))")


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%", "div", "^", "and", "or", "=", "<>"])
def test_the_deepest_filter_is_compiled_far_down_a_stack(operator: str) -> None:
    """Wherever it is asked from: a hundred calls above it, in a thread of its own."""
    inner: Any = {"property": "discovery_year"} if operator in ("+", "-", "*", "/", "%", "div", "^") else True
    node: Any = inner
    levels = 4 if operator == "^" else 8 if operator in ("*", "/", "%", "div") else 38
    for _ in range(levels):
        node = {"op": operator, "args": [inner, node]}
    if not isinstance(inner, bool):
        node = {"op": "=", "args": [node, inner]}
        for level in range(39 - levels):
            node = {"op": ("or", "and", "isNull")[level % 3], "args": [node, True][: 2 if level % 3 < 2 else 1]}
    made: list[str] = []

    def down(calls: int) -> None:
        if calls:
            down(calls - 1)
            return
        filter = parse_json(node, DEPOSITS)
        statement = select(DEPOSITS.table.c.id).where(cql2.condition(filter.shape, DEPOSITS, DEPOSITS.table))
        made.append(str(statement.compile(dialect=postgresql.psycopg.dialect())))  # type: ignore[no-untyped-call]

    thread = threading.Thread(target=down, args=(100,))
    thread.start()
    thread.join()
    assert made


def test_json_deeper_or_richer_than_is_read_is_told() -> None:
    node: Any = True
    for _ in range(100_000):
        node = {"op": "not", "args": [node]}
    with pytest.raises(Malformed, match="^has 41 levels of nesting"):
        parse_json(node, DEPOSITS)
    line = {"type": "LineString", "coordinates": [[n / 1000, n % 2] for n in range(20_001)]}
    with pytest.raises(Malformed, match="^has 20,001 vertices of geometries, more than the 20,000"):
        parse_json({"op": "s_intersects", "args": [{"property": "geometry"}, line]}, DEPOSITS)
    with pytest.raises(Malformed, match="members of JSON objects, more than the 1,500"):
        parse_json({"op": "or", "args": [{"op": "not", "args": [True]} for _ in range(1000)]}, DEPOSITS)


def test_a_polygon_of_more_rings_than_are_read_is_told_at_once() -> None:
    squares = [[[-n, -n], [n, -n], [n, n], [-n, n], [-n, -n]] for n in (step / 100 for step in range(1, 3_000))]
    began = time.perf_counter()
    for kind, coordinates in (("Polygon", squares), ("MultiPolygon", [[square] for square in squares])):
        node = {"op": "s_within", "args": [{"property": "geometry"}, {"type": kind, "coordinates": coordinates}]}
        with pytest.raises(Malformed, match="^has 2,999 rings of one geometry, more than the 1,000"):
            parse_json(node, DEPOSITS)
    assert time.perf_counter() - began < 2


def test_a_polygon_of_twenty_thousand_vertices_is_read() -> None:
    top = [[n / 100 - 100, 50 + (n % 2) / 10] for n in range(19_990)]
    ring = [*top, [99.9, 10], [-100, 10], top[0]]
    node = {"op": "s_within", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": [ring]}]}
    assert parse_json(json.loads(json.dumps(node)), DEPOSITS).values


# --- injection -------------------------------------------------------------------------------------------------------

HOSTILE = (
    "'; DROP TABLE deposit; --",
    "' OR 1=1 --",
    "x') OR pg_sleep(10) IS NULL --",
    "%(f0)s",
    ":f0",
    "$1",
    "{0}",
    "%s%%",
    "\\'; SELECT 1; --",
    "\\",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_a_value(value: str) -> None:
    quoted = value.replace("'", "''")
    texts = [f"name_en = '{quoted}'", f"name_en IN ('{quoted}', 'x')", f"commodities = '{quoted}'", f"name_en LIKE '{quoted}'"]
    for filter_text in texts:
        filter = parse_text(filter_text, DEPOSITS)
        assert "DROP" not in sql(filter_text)
        assert "SELECT 1" not in sql(filter_text)
        assert "sleep" not in sql(filter_text)
        assert "%s%%" not in sql(filter_text)
        if "LIKE" not in filter_text:
            assert value in filter.values or any(value in held for held in filter.values)


@pytest.mark.parametrize(
    "name", [*HOSTILE, "search_text", "coord_original", "since_version", "geom.x", "deposit.id", "DEPOSIT"]
)
def test_a_name_is_a_field_of_the_collection_or_nothing(name: str) -> None:
    quoted = name.replace('"', '""')
    assert "which is none" in said(f'"{quoted}" = 1')


def test_a_name_may_begin_as_a_word_of_the_language_does() -> None:
    for name in (
        "android",
        "order",
        "notes",
        "island",
        "inside",
        "likely",
        "nullable",
        "true_copper",
        "division",
        "pointless",
        "date",
    ):
        filter_text = f"{name} = 'x'"
        if name == "division":
            parse_text(filter_text, DEPOSITS)
        else:
            assert said(filter_text).startswith(f"names the property '{name}', which is none")


@pytest.mark.parametrize("field", [field.name for field in DEPOSITS.fields])
def test_every_field_can_be_asked_for_null_and_by_a_code(field: str) -> None:
    assert sql(f"{field} IS NULL OR {field} IS NOT NULL")
    assert len(cql2.any_of(field, ["2019-01-01"] if field.endswith("status_date") else ["1"]).values) == 1


def test_a_large_number_whose_plus_an_address_made_a_space_is_read() -> None:
    """As QGIS sends it."""
    read = parse_text("size_basis_value_t > 5e 07 AND S_INTERSECTS(geom, POINT(1.2e 01 5))", DEPOSITS)
    meant = parse_text("size_basis_value_t > 50000000 AND S_INTERSECTS(geom, POINT(12 5))", DEPOSITS)
    assert (read.shape, read.values) == (meant.shape, meant.values)
