"""What can't be used of a filter is reported in a sentence: what was wrong, and what would be right. Nothing is a crash."""

import json
import threading
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
    statement = select(DEPOSITS.table.c.id).where(cql2.build_filter_condition(filter.shape, DEPOSITS, DEPOSITS.table))
    return str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("filter_text", "sentence"),
    [
        ("", "The filter is empty. Write a filter such as country = 'CHL'."),
        (" \n", "The filter is empty. Write a filter such as country = 'CHL'."),
        ("country = ", "The filter can't be read at its end. Write a filter such as country = 'CHL' AND"),
        ("country == 'CHL'", "The filter can't be read at character 10, near \"= 'CHL'\". Write a filter such as country"),
        ("country = 'CHL", "The filter can't be read at character 11, near \"'CHL\". Write a filter such as country ="),
        ("(country = 'CHL'", "The filter can't be read at its end. Write a filter such as country = 'CHL' AND"),
        ("country = 'CHL')", "The filter can't be read at character 16, near ')'. Write a filter such as country ="),
        ("country", "The filter has country (a text) in place of a condition. Write a condition such as country = 'CHL'."),
        ("5", "The filter has the number 5 (a number) in place of a condition. Write a condition such as"),
        ("country = 'CHL' AND 5", "The filter has the number 5 (a number) in place of a condition. Write a condition such as"),
        ("town = 'x'", "'town' is not a property. deposits has name_en, name_zh, aliases, main_commodity"),
        ("country = 5", "The filter compares country (a text) with the number 5. Write it in quotes: country = '5'."),
        (
            "discovery_year = 'x'",
            "The filter compares discovery_year (a number) with the text 'x'. Write a number, such as discovery_year > 100.",
        ),
        ("discovery_year < country", "The filter compares discovery_year (a number) with"),
        (
            "mine_status_date = 5",
            "The filter compares mine_status_date (a date) with the number 5. Write a date, such as mine_status_date > DATE(",
        ),
        ("mine_status_date > '2019'", "The filter compares a date with '2019'. Write it as DATE('2019-05-31')."),
        ("discovery_year LIKE '19%'", "The filter compares discovery_year (a number) by LIKE, which compares texts only."),
        (
            "commodities LIKE 'c%'",
            "The filter compares commodities (a list of texts) by LIKE, which compares texts only. Use = or IN with a list.",
        ),
        ("name_en LIKE name_zh", "The filter has LIKE without a pattern. Write it as name_en LIKE 'Esc%'."),
        ("CASEI(discovery_year) = 'x'", "The filter uses CASEI with discovery_year (a number). Use it with a text."),
        ("commodities > 'a'", "The filter compares commodities, a list of texts, by >. Use = to find a value in the list."),
        ("commodities = 5", "The filter compares commodities, a list of texts, with the number 5. Compare it"),
        (
            "commodities = aliases",
            "The filter compares commodities, a list of texts, with aliases. Compare it with a text. Write A_EQUALS.",
        ),
        ("country IN ('CHL', 5)", "The filter compares country (a text) with the number 5."),
        (
            "geometry = 'x'",
            "The filter compares geometry (a geometry) with the text 'x'. Use S_EQUALS or S_INTERSECTS with geometries.",
        ),
        (
            "S_INTERSECTS(country, POINT(1 2))",
            "The filter uses S_INTERSECTS with country (a text). Write it as S_INTERSECTS(geometry,",
        ),
        ("S_INTERSECTS(geometry)", "The filter gives S_INTERSECTS 1 arguments. It takes 2."),
        (
            "S_INTERSECTS(geometry, POINT(90 180))",
            "The position 90 180 of the filter is out of range in EPSG:4326. Write longitude first.",
        ),
        ("S_INTERSECTS(geometry, POINT(1e400 1))", "The coordinate inf of the filter is too large."),
        (
            "S_INTERSECTS(geometry, POINT(1))",
            "The filter can't be read at character 31, near '))'. Write a filter such as country =",
        ),
        (
            "S_INTERSECTS(geometry, POINT(1 2,3 4))",
            "The filter has a POINT with a position that is not two numbers. Write it as POINT(-69.07",
        ),
        (
            "S_INTERSECTS(geometry, POINT EMPTY)",
            "The filter can't be read at character 30, near 'EMPTY)'. Write a filter such as country =",
        ),
        ("S_INTERSECTS(geometry, LINESTRING(1 2))", "The filter has a LINESTRING with fewer than 2 positions."),
        ("S_INTERSECTS(geometry, POLYGON((1 2,3 4)))", "The filter has a POLYGON with fewer than 3 positions."),
        (
            "S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))",
            "The filter has an invalid POLYGON: Self-intersection[1 1].",
        ),
        ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,2 2,0 0)))", "The filter has an invalid POLYGON: Self-intersection[1 1]."),
        (
            "S_INTERSECTS(geometry, BBOX(1,2,3))",
            "The filter has a box without four or six edges. Write a box as BBOX(-75,-30,-65,-20): west, south, east, north.",
        ),
        (
            "S_INTERSECTS(geometry, BBOX(1,5,3,2))",
            "The filter has a box whose south is above its north. Write a box as BBOX(-75,-30,-65,-20)",
        ),
        (
            "S_INTERSECTS(geometry, BBOX(-190,2,3,4))",
            "The position -190 2 of the filter is out of range in EPSG:4326. Write longitude first.",
        ),
        (
            "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2)))",
            "The filter uses S_WITHIN with a GEOMETRYCOLLECTION. Use a MULTIPOINT, MULTILINESTRING or",
        ),
        (
            "mine_status_date = DATE('2019-02-30')",
            "'2019-02-30' is not a date. Write a date as 2019-05-31 or 2019-05-31T08:00:00Z.",
        ),
        (
            "mine_status_date = DATE('0000-01-01')",
            "'0000-01-01' is not a date. Write a date as 2019-05-31 or 2019-05-31T08:00:00Z.",
        ),
        (
            "mine_status_date = DATE('12019-01-01')",
            "'12019-01-01' is not a date. Write a date as 2019-05-31 or 2019-05-31T08:00:00Z.",
        ),
        (
            "mine_status_date = TIMESTAMP('9999-12-31T23:59:59-10:00')",
            "'9999-12-31T23:59:59-10:00' is not a date. Write a date as 2019-05-31 or",
        ),
        (
            "mine_status_date = TIMESTAMP('2019-01-01T25:00:00Z')",
            "'2019-01-01T25:00:00Z' is not a date. Write a date as 2019-05-31 or 2019-05-31T08:00:00Z.",
        ),
        ("T_AFTER(country, DATE('2019-01-01'))", "The filter uses country (a text) as a date."),
        (
            "T_AFTER(information_date, '2019-01-01')",
            "The filter uses the text '2019-01-01' as a date. Write DATE('2019-05-31') or",
        ),
        (
            "T_AFTER(information_date, INTERVAL('2020-01-01','2019-01-01'))",
            "The interval from '2020-01-01' to '2019-01-01' ends before it begins.",
        ),
        ("T_AFTER(information_date, INTERVAL(country,'..'))", "The filter has an interval with country, which is not a date."),
        ("T_AFTER(information_date, INTERVAL(1,2))", "The filter has a date that is not a text. Write it as 2019-05-31."),
        (
            "INTERVAL('2019-01-01','..') = information_date",
            "The filter compares the interval with information_date (a text). Use T_DURING or",
        ),
        (
            "A_CONTAINS(country, ['CHL'])",
            "The filter uses A_CONTAINS with country (a text). Write it as A_CONTAINS(commodities, ['copper']).",
        ),
        ("A_CONTAINS(commodities, [5])", "The filter gives A_CONTAINS a list with a value that is not a text. Use texts only."),
        ("country + 1 = 2", "The filter calculates with country (a text). Calculate with numbers."),
        ("discovery_year = 1/0", "The result of 1 / 0 is not a number."),
        ("discovery_year = 10 ^ 400", "The result of 10 ^ 400 is not a number."),
        ("discovery_year = (0-8) ^ 0.5", "The result of -8 ^ 0.5 is not a number."),
        ("discovery_year = 1e400", "The filter contains a number above 1.8e308, the largest possible."),
        ("discovery_year = " + "9" * 400, "The filter contains a number above 1.8e308, the largest possible."),
        ("*".join(["discovery_year"] * 20) + " = 1", "The filter multiplies too many numbers. Use fewer."),
        ("FROBNICATE(country) = 1", "'frobnicate' is not a function of filters. Use one of CASEI, ACCENTI, S_INTERSECTS,"),
        ("pg_sleep(10) = 1", "'pg_sleep' is not a function of filters. Use one of CASEI, ACCENTI, S_INTERSECTS,"),
        ("BENEATH(name_en, 'x')", "name_en has no vocabulary, so no terms are beneath its values."),
        (
            "BENEATH('porphyry', 'x')",
            "The filter has BENEATH without a property and terms. Write it as BENEATH(deposit_model, 'porphyry').",
        ),
        ("LARGEST_CONTAINED_T() > 1", "The filter gives LARGEST_CONTAINED_T 0 arguments. It takes 1 to 2."),
        (
            "LARGEST_CONTAINED_T(country) > 1",
            "The filter gives LARGEST_CONTAINED_T an argument that is not a text. Write LARGEST_CONTAINED_T(",
        ),
        ("name_en = 'a\0b'", "The filter contains a NUL character."),
        ("name_en = 'a\ud800b'", "The filter contains half of a character (a lone surrogate). Remove it."),
    ],
)
def test_malformed_filter_gets_a_sentence(filter_text: str, sentence: str) -> None:
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
def test_json_that_says_nothing_is_reported(node: Any) -> None:
    with pytest.raises(Malformed, match="."):
        parse_json(node, DEPOSITS)


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filter_text", "sentence"),
    [
        (
            "(" * 41 + "TRUE" + ")" * 41,
            "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions",
        ),
        ("(" * 16_000, "The filter has 16,000 levels of nesting, more than the 40 that are allowed. Write"),
        ("[" * 5_000, "The filter has 5,000 levels of nesting, more than the 40 that are allowed. Write"),
        ("NOT " * 41 + "TRUE", "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions"),
        ("discovery_year = " + "(2^" * 30 + "discovery_year" + ")" * 30, "The filter nests more than 4 powers. Use fewer."),
        ("NOT " * 1_499 + "TRUE", "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions"),
        (
            "NOT " * 1_600 + "TRUE",
            "The filter has 1,601 tokens: names, signs and quoted texts, or members of JSON objects, more than",
        ),
        ("-" * 15_000 + "1 = 1", ""),
        (
            "-" * 5_000 + "discovery_year = 1",
            "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions",
        ),
        (
            "discovery_year" + "+1" * 800 + " = 1",
            "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions",
        ),
        (
            "discovery_year = " + "2^" * 300 + "2",
            "The filter has 41 levels of nesting, more than the 40 that are allowed. Write conditions",
        ),
        (
            "TRUE" + " OR TRUE" * 800,
            "The filter has 1,601 tokens: names, signs and quoted texts, or members of JSON objects, more than",
        ),
        (
            "name_en = '" + "x" * 17_000 + "'",
            "The filter has 17,012 characters, more than the 16,384 that are allowed. Write a shorter",
        ),
        (
            "discovery_year IN (" + ",".join(["1"] * 1001) + ")",
            "The filter has 1,001 values of one list, more than the 1,000 that are allowed. Send",
        ),
    ],
)
def test_filter_beyond_a_limit_is_refused_with_the_limit(filter_text: str, sentence: str) -> None:
    if sentence:
        assert said(filter_text).startswith(sentence)
    else:
        parse_text(filter_text, DEPOSITS)


def test_as_much_as_is_read_is_answered() -> None:
    assert sql("(" * 40 + "TRUE" + ")" * 40)
    assert sql("NOT " * 38 + "country = 'CHL'")
    assert sql("country = 'CHL'" + " OR country = 'CHL'" * 298)
    assert sql("discovery_year IN (" + ",".join(["1"] * 1000) + ")")
    corners = ",".join(f"{-100 + n / 10:.1f} {n % 2}" for n in range(1000))
    assert sql(f"S_INTERSECTS(geometry, LINESTRING({corners}))")


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "%", "div", "^", "and", "or", "=", "<>"])
def test_the_deepest_filter_is_compiled_far_down_a_stack(operator: str) -> None:
    """Wherever it is called from: a hundred calls above it, in a thread of its own."""
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
        statement = select(DEPOSITS.table.c.id).where(cql2.build_filter_condition(filter.shape, DEPOSITS, DEPOSITS.table))
        made.append(str(statement.compile(dialect=postgresql.psycopg.dialect())))  # type: ignore[no-untyped-call]

    thread = threading.Thread(target=down, args=(100,))
    thread.start()
    thread.join()
    assert made


def test_json_deeper_or_richer_than_is_read_is_reported() -> None:
    node: Any = True
    for _ in range(100_000):
        node = {"op": "not", "args": [node]}
    with pytest.raises(Malformed, match="^The filter has 41 levels of nesting"):
        parse_json(node, DEPOSITS)
    line = {"type": "LineString", "coordinates": [[n / 1000, n % 2] for n in range(20_001)]}
    with pytest.raises(Malformed, match="^The filter has 20,001 vertices of geometries, more than the 20,000"):
        parse_json({"op": "s_intersects", "args": [{"property": "geometry"}, line]}, DEPOSITS)
    with pytest.raises(Malformed, match="members of JSON objects, more than the 1,500"):
        parse_json({"op": "or", "args": [{"op": "not", "args": [True]} for _ in range(1000)]}, DEPOSITS)


def test_polygon_of_too_many_rings_is_refused() -> None:
    squares = [[[-n, -n], [n, -n], [n, n], [-n, n], [-n, -n]] for n in (step / 100 for step in range(1, 3_000))]
    for kind, coordinates in (("Polygon", squares), ("MultiPolygon", [[square] for square in squares])):
        node = {"op": "s_within", "args": [{"property": "geometry"}, {"type": kind, "coordinates": coordinates}]}
        with pytest.raises(Malformed, match="^The filter has 2,999 rings of one geometry, more than the 1,000"):
            parse_json(node, DEPOSITS)


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
    assert "is not a" in said(f'"{quoted}" = 1')


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
            assert said(filter_text).startswith(f"'{name}' is not a property")


@pytest.mark.parametrize("field", [field.name for field in DEPOSITS.fields])
def test_every_field_can_be_queried_for_null_and_by_a_code(field: str) -> None:
    assert sql(f"{field} IS NULL OR {field} IS NOT NULL")
    assert len(cql2.any_of(field, ["2019-01-01"] if field.endswith("status_date") else ["1"]).values) == 1


def test_a_large_number_whose_plus_an_address_made_a_space_is_read() -> None:
    """As QGIS sends it."""
    read = parse_text("size_basis_value_t > 5e 07 AND S_INTERSECTS(geom, POINT(1.2e 01 5))", DEPOSITS)
    meant = parse_text("size_basis_value_t > 50000000 AND S_INTERSECTS(geom, POINT(12 5))", DEPOSITS)
    assert (read.shape, read.values) == (meant.shape, meant.values)


def test_a_collection_without_geometry_is_not_filtered_by_one() -> None:
    for name in ("geometry", "geom"):
        with pytest.raises(Malformed, match=rf"^'{name}' is not a property\. organisations has name_en, .*note_zh\.$"):
            parse_text(f"S_INTERSECTS({name}, POINT(1 2))", COLLECTIONS["organisations"])
