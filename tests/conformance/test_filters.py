"""OGC API Features, Part 3 (19-079r2) and CQL2 (21-065r2), annexes A: their abstract tests, over HTTP, for each collection.

What a filter must select is worked out in Python from the features themselves, not by the database.
"""

import json
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from pyproj import Transformer
from tests.quick import mostly_slow

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

Feature = dict[str, Any]
GEOJSON = "application/geo+json"
FEATURES_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
INVALID = "THIS IS NOT A FILTER"
OPPOSITES = (("=", "<>"), (">", "<="), ("<", ">="))
SEED = 21065


def extent(api: "Api", name: str) -> list[float]:
    return list(api.get(f"/collections/{name}")["extent"]["spatial"]["bbox"][0])


# Part 3


def test_the_classes_of_filters_are_declared(api: "Api") -> None:
    """/conf/filter/get-conformance, /conf/features-filter/get-conformance and the same of each CQL2 class."""
    classes = api.get("/conformance")["conformsTo"]
    wanted = {FEATURES_3 + part for part in ("queryables", "queryables-query-parameters", "filter", "features-filter")}
    wanted |= {
        CQL2 + part
        for part in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison"),
            *("accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus"),
            *("spatial-functions", "temporal-functions", "array-functions", "property-property", "arithmetic"),
        )
    }
    assert wanted <= set(classes)


def test_a_collection_links_to_its_queryables(api: "Api", name: str) -> None:
    """/conf/queryables/get-collection."""
    body = api.get(f"/collections/{name}")
    (link,) = [link for link in body["links"] if link["rel"] == QUERYABLES]
    assert link["href"].endswith(f"/api/collections/{name}/queryables") and link["type"] == "application/schema+json"


def test_the_queryables_are_a_schema(api: "Api", name: str) -> None:
    """/conf/queryables/get-queryables; /conf/basic-cql2/basic-test: at least one, each with its type."""
    response = api.request(f"/collections/{name}/queryables", Accept="application/schema+json")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/schema+json")
    body = json.loads(response.data)
    assert body["$schema"] in {f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")}
    assert body["$id"].endswith(f"/api/collections/{name}/queryables")
    assert body["type"] == "object" and body["properties"]
    for property_ in body["properties"].values():
        assert property_.get("type") in ("string", "number", "integer", "boolean", "array") or property_["format"].startswith(
            "geometry-"
        )


def test_a_filter_selects_what_it_says(api: "Api", name: str) -> None:
    """/conf/filter/filter-param, and filter-lang-default: with the language named and not."""
    for field in COLLECTIONS[name].fields:
        without = set(api.features(name)) - valued(api, name, field)
        if field.type != "array":
            assert api.matching(name, f"{field.name} IS NULL", filter_lang="cql2-text") == without
            assert api.matching(name, f"{field.name} IS NULL") == without
    response = api.request(f"/collections/{name}/items", {"filter": "name_en IS NULL"})
    assert response.headers["Content-Type"] == GEOJSON


@pytest.mark.parametrize(
    "text", [INVALID, "name_en =", "= 'x'", "name_en IS NULL AND", "(name_en IS NULL", "name_en LIKE", "1"]
)
def test_malformed_filter_is_refused(api: "Api", name: str, text: str) -> None:
    """/conf/filter/filter-param, filter-lang-default: 400."""
    assert refused(api, name, text) and refused(api, name, text, filter_lang="cql2-text")


def test_an_unknown_language_is_refused(api: "Api", name: str) -> None:
    """/req/filter/filter-lang-param."""
    assert refused(api, name, "name_en IS NULL", filter_lang="cql-text")
    assert refused(api, name, "name_en IS NULL", filter_lang="cql2-json")


def test_unknown_queryable_is_refused(api: "Api", name: str) -> None:
    """/conf/filter/expression-construction."""
    for text in ("this_is_not_a_queryable IS NULL", "this_is_not_a_queryable = 1", "name_en = this_is_not_a_queryable"):
        assert refused(api, name, text)


def test_positions_are_of_the_default_system(api: "Api", name: str) -> None:
    """/conf/filter/filter-crs-wgs84: the extent selects all that has a position; what lies out of range is refused."""
    west, south, east, north = extent(api, name)
    found = api.matching(name, f"S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))")
    assert found == where(api, name, lambda geometry: True)
    assert refused(api, name, "S_INTERSECTS(geometry,BBOX(1000000,1000000,2000000,2000000))")


@pytest.mark.parametrize("code", mostly_slow([4326, 4490, 3857, 32719, 32650, 4509, 4548], quick=(4326, 4548)))
def test_positions_may_be_of_another_system(api: "Api", name: str, code: int) -> None:
    """/conf/filter/filter-crs-param: a polygon of that system, its axes as the authority orders them."""
    west, south, east, north = (117.0, 28.0, 118.0, 30.0) if code in (32650, 4509, 4548) else (-71.0, -31.0, -70.0, -30.0)
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    written = [Transformer.from_crs("OGC:CRS84", f"EPSG:{code}").transform(*corner) for corner in ring]
    polygon = "POLYGON((" + ",".join(f"{x!r} {y!r}" for x, y in written) + "))"
    crs = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    found = api.matching(name, f"S_INTERSECTS(geometry,{polygon})", filter_crs=crs)
    wanted = shapely.Polygon(ring)
    if code in (4326, 4490):
        assert found == where(api, name, wanted.intersects)
    else:
        # the edges of other systems bend by less than this
        assert where(api, name, wanted.buffer(-0.01).intersects) <= found <= where(api, name, wanted.buffer(0.01).intersects)
    assert found or name != "deposits"


def test_an_unknown_system_of_a_filter_is_refused(api: "Api", name: str) -> None:
    """/conf/filter/filter-crs-param, the last step."""
    unknown = "http://www.opengis.net/def/crs/OGC/0/does_not_exist"
    assert refused(api, name, "S_INTERSECTS(geometry,BBOX(0,0,1,1))", filter_crs=unknown)


def test_a_filter_and_a_box_must_both_hold(api: "Api", name: str) -> None:
    """/conf/filter/mixing-expression; with parameters of fields too."""
    located = where(api, name, lambda geometry: True)
    west, south, east, north = extent(api, name)
    everywhere = f"S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))"
    assert located <= api.matching(name, everywhere, bbox=f"{west},{south},{east},{north}")
    chile = shapely.box(-75, -32, -65, -20)
    elsewhere = api.matching(name, "S_INTERSECTS(geometry,BBOX(-75,-32,-65,-20))", bbox="100,20,120,40")
    assert elsewhere == set()
    found = api.matching(name, everywhere, bbox="-75,-32,-65,-20")
    assert found == where(api, name, chile.intersects)
    one = next(iter(found), None)
    if one is not None:
        country = api.features(name)[one]["properties"]["country"]
        both = api.features(name, filter=everywhere, bbox="-75,-32,-65,-20", **({"country": country} if country else {}))
        assert one in both and set(both) <= found


def test_every_queryable_of_one_value_is_a_parameter(api: "Api", name: str) -> None:
    """/req/queryables-query-parameters/parameters A: each that is no list and no geometry."""
    described = api.get("/openapi.json")
    listed = described["paths"][f"/collections/{name}/items"]["get"]["parameters"]
    parameters = {part["$ref"].rsplit("/", 1)[1] if "$ref" in part else part["name"] for part in listed}
    simple = {
        queryable
        for queryable, part in api.get(f"/collections/{name}/queryables")["properties"].items()
        if part.get("type") in ("string", "number", "integer", "boolean")
    }
    assert simple - parameters == set()


def test_a_queryable_as_a_parameter_selects_its_value(api: "Api", name: str) -> None:
    """/req/queryables-query-parameters/parameters B."""
    everything = api.features(name)
    (identity, *_) = everything
    assert list(api.features(name, id=identity)) == [identity]
    for field in COLLECTIONS[name].fields:
        value = next((v for f in everything.values() if (v := f["properties"][field.name]) is not None), None)
        if field.type == "array" or value is None or field.vocabulary == "deposit-model" or "," in str(value):
            continue
        wanted = {i for i, feature in everything.items() if feature["properties"][field.name] == value}
        if field.name in PARTIAL:
            assert wanted <= set(api.features(name, **{field.name: str(value)}))
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            assert set(api.features(name, **{field.name: text})) == wanted, field.name


def test_the_parameters_of_filters_are_in_the_definition(api: "Api", name: str) -> None:
    """/req/filter/filter-param, filter-lang-param, filter-crs-param."""
    described = api.get("/openapi.json")
    listed = {part.get("$ref") for part in described["paths"][f"/collections/{name}/items"]["get"]["parameters"]}
    parts = {wanted: described["components"]["parameters"][wanted] for wanted in ("filter", "filter-lang", "filter-crs")}
    assert {f"#/components/parameters/{wanted}" for wanted in parts} <= listed
    assert all(part["in"] == "query" and part["schema"]["type"] == "string" for part in parts.values())
    assert parts["filter-lang"]["schema"]["enum"] == ["cql2-text", "cql2-json"]
    assert parts["filter-lang"]["schema"]["default"] == "cql2-text"
    assert parts["filter-crs"]["schema"]["format"] == "uri"


# CQL2: basic


def test_comparisons_exclude_each_other(api: "Api", name: str) -> None:
    """/conf/basic-cql2/comparison."""
    for field in fields(name, "string", "number", "integer", "date"):
        for one, other in OPPOSITES:
            first = api.matching(name, f"{field.name} {one} {value_of(field)}")
            second = api.matching(name, f"{field.name} {other} {value_of(field)}")
            assert not first & second
            # of a year no day is known, so that both may be unknown
            assert first | second == valued(api, name, field), field.name


def test_comparisons_are_those_of_the_values(api: "Api") -> None:
    """/conf/basic-cql2/test-data, on rows of our own: numbers, dates and texts, the last by their characters' codes."""
    rows = api.features("deposits")
    compared: dict[str, Callable[[Any, Any], bool]] = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    accuracies = sorted({a for f in rows.values() if (a := f["properties"]["position_accuracy_m"]) is not None})
    middle = accuracies[len(accuracies) // 2]
    cases: tuple[tuple[str, str, Any], ...] = (
        ("discovery_year", "1956", 1956),
        ("position_accuracy_m", str(middle), middle),
        ("mine_status_date", "DATE('2022-04-16')", "2022-04-16"),
        ("name_en", "'Río Débárquér'", "Río Débárquér"),
        ("country", "'CHL'", "CHL"),
    )
    for field, written, value in cases:
        for operator, met in compared.items():
            wanted = {i for i, f in rows.items() if (v := f["properties"][field]) is not None and met(v, value)}
            assert api.matching("deposits", f"{field} {operator} {written}") == wanted, (field, operator)
            assert wanted, (field, operator)


def test_null_and_not_null_exclude_each_other(api: "Api", name: str) -> None:
    """/conf/basic-cql2/is-null."""
    for queryable in (*COLLECTIONS[name].field_names, "geometry", "id"):
        null, not_null = api.matching(name, f"{queryable} IS NULL"), api.matching(name, f"{queryable} is not null")
        assert not null & not_null and null | not_null == set(api.features(name))


def test_true_is_all_and_false_is_none(api: "Api", name: str) -> None:
    """/conf/basic-cql2/boolean."""
    assert api.matching(name, "true") == set(api.features(name))
    assert api.matching(name, "false") == set()


def predicates(name: str) -> list[str]:
    """Predicates of every class, the stored ones of the abstract tests."""
    found = ["true", "false", f"S_INTERSECTS(geometry,{WORLD_BOX})", f"S_DISJOINT(geometry,{LINE})"]
    for field in COLLECTIONS[name].fields:
        if field.type == "array":
            found.append(f"A_CONTAINS({field.name},('foo','bar'))")
            continue
        found += [f"{field.name} IS NULL", f"{field.name} >= {value_of(field)}", f"{field.name} <> {value_of(field)}"]
        if field.type == "string" and field.name not in PARTIAL:
            found += [
                f"{field.name} LIKE '_%'",
                f"CASEI({field.name}) = casei('FOO')",
                f"ACCENTI({field.name}) LIKE accenti('A%')",
            ]
        if field.type in ("number", "integer"):
            found += [f"{field.name} BETWEEN 0 AND 100", f"{field.name} + 1 > 3 * 2"]
        if field.type == "date" or field.name in PARTIAL:
            found.append(f"T_AFTER({field.name},INTERVAL('2021-01-01','2021-12-31'))")
    return found


def test_predicates_combine(api: "Api", name: str) -> None:
    """/conf/basic-cql2/logical and /conf/{class}/logical of all others: combinations at random, by three-valued logic."""
    stored = predicates(name)
    chosen = random.Random(SEED)
    everything = set(api.features(name))
    known: dict[str, tuple[set[str], set[str]]] = {}

    def both(predicate: str) -> tuple[set[str], set[str]]:
        if predicate not in known:
            known[predicate] = api.matching(name, predicate), api.matching(name, f"NOT ({predicate})")
        return known[predicate]

    for _ in range(12):
        p1, p2, p3, p4 = (chosen.choice(stored) for _ in range(4))
        (t1, f1), (t2, _2), (t3, _3), (t4, f4) = map(both, (p1, p2, p3, p4))
        assert t1 | f1 <= everything and not t1 & f1
        found = api.matching(name, f"((NOT ({p1}) AND {p2}) OR ({p3} and NOT ({p4})) or not ({p1} AND {p4}))")
        assert found == (f1 & t2) | (t3 & f4) | (f1 | f4), (p1, p2, p3, p4)


# CQL2: advanced comparison, case and accents


def test_like_has_its_wildcards(api: "Api", name: str) -> None:
    """/conf/advanced-comparison-operators/like."""
    for field in fields(name, "string"):
        filled, empty = api.matching(name, f"{field.name} like '_%'"), api.matching(name, f"{field.name} like ''")
        assert not filled & empty
        assert api.matching(name, f"{field.name} LIKE '%'") == api.matching(name, f"{field.name} like '%%'") == filled | empty
        assert api.matching(name, rf"{field.name} like '\%\_'") == set()


def test_like_escapes_and_takes_one_character_for_another(api: "Api") -> None:
    """/conf/advanced-comparison-operators/test-data; /conf/cql2-text/escaping, /conf/cql2-json/escaping."""
    rows = api.features("deposits")
    named = {f["properties"]["name_en"]: i for i, f in rows.items() if f["properties"]["name_en"]}
    odd = named['O\'Brien \\ "Shaft" 100%']
    assert api.matching("deposits", r"name_en LIKE '%100\%'") == {odd}
    assert api.matching("deposits", "name_en LIKE 'O''Brien%'") == {odd}
    assert api.matching("deposits", "name_en = 'O''Brien \\ \"Shaft\" 100%'") == {odd}
    text = json.dumps({"op": "=", "args": [{"property": "name_en"}, 'O\'Brien \\ "Shaft" 100%']})
    assert api.matching("deposits", text, filter_lang="cql2-json") == {odd}
    assert api.matching("deposits", "name_en LIKE 'R_o D_b_rqu_r'") == {named["Río Débárquér"]}
    assert api.matching("deposits", "name_en NOT LIKE 'R%'") == {
        i for i, f in rows.items() if (text := f["properties"]["name_en"]) is not None and not text.startswith("R")
    }


def test_between_and_not_between(api: "Api", name: str) -> None:
    """/conf/advanced-comparison-operators/between."""
    for field in fields(name, "number", "integer"):
        values = {i: f["properties"][field.name] for i, f in api.features(name).items()}
        wanted = {i for i, value in values.items() if value is not None and 0 <= value <= 100}
        assert api.matching(name, f"{field.name} BETWEEN 0 AND 100") == wanted
        assert (
            api.matching(name, f"{field.name} not between 0 and 100")
            == {i for i, v in values.items() if v is not None} - wanted
        )
        assert api.matching(name, f"{field.name} between 100.0 and 1.0") == set()


def test_in_and_not_in(api: "Api", name: str) -> None:
    """/conf/advanced-comparison-operators/in."""
    for field in fields(name, "string", "number", "integer", "date"):
        kind = "date" if field.name in PARTIAL else field.type
        written = {
            "string": "('foo', 'bar')",
            "date": "(DATE('2022-04-14'), DATE('2022-04-16'))",
        }.get(kind, "(1, 2, 3)")
        inside, outside = api.matching(name, f"{field.name} in {written}"), api.matching(name, f"{field.name} NOT IN {written}")
        assert not inside & outside and inside | outside == valued(api, name, field), field.name
    dates = [field.name for field in fields(name, "date") if field.type == "date"]
    for field_name in dates:
        # the texts of dates that the abstract test writes
        api.matching(name, f"{field_name} in ('2022-04-14', '2022-04-15')")


def test_case_does_not_count_under_casei(api: "Api", name: str) -> None:
    """/conf/case-insensitive-comparison/casei, casei-like, test-data."""
    for field in fields(name, "string"):
        same, other = (
            api.matching(name, f"CASEI({field.name}) = casei('foo')"),
            api.matching(name, f"CASEI({field.name}) <> casei('FOO')"),
        )
        assert not same & other
        assert api.matching(name, f"CASEI({field.name}) LIKE casei('foo%')") == api.matching(
            name, f"CASEI({field.name}) LIKE casei('FOO%')"
        )
    if name == "deposits":
        found = {
            frozenset(api.matching(name, f"CASEI(name_en)=casei('{text}')"))
            for text in ("RÍO DÉBÁRQUÉR", "río débárquér", "Río Débárquér")
        }
        assert len(found) == 1 and len(next(iter(found))) == 1


def test_accents_do_not_count_under_accenti(api: "Api", name: str) -> None:
    """/conf/accent-insensitive-comparison/accenti, accenti-like, accenti-casei, accenti-casei-like, test-data."""
    for field in fields(name, "string"):
        assert not api.matching(name, f"ACCENTI({field.name}) = accenti('äöüéáí')") & api.matching(
            name, f"ACCENTI({field.name}) <> accenti('aoueai')"
        )
        for one, other in (
            ("ACCENTI({}) LIKE accenti('Ä%')", "ACCENTI({}) LIKE accenti('A%')"),
            ("ACCENTI(CASEI({})) = accenti(casei('ÄÉ'))", "ACCENTI(CASEI({})) = accenti(casei('ae'))"),
            ("ACCENTI(CASEI({})) LIKE accenti(casei('Ä%'))", "ACCENTI(CASEI({})) LIKE accenti(casei('a%'))"),
        ):
            assert api.matching(name, one.format(field.name)) == api.matching(name, other.format(field.name))
    if name == "deposits":
        assert len(api.matching(name, "ACCENTI(name_en)=accenti('Rio Debarquer')")) == 1
        assert len(api.matching(name, "ACCENTI(CASEI(name_en))=accenti(casei('rÍo dÉbarquer'))")) == 2
        assert (
            len(api.matching(name, "ACCENTI(CASEI(name_en)) IN (accenti(casei('RIO debarquer')), accenti(casei('foo')))")) == 2
        )


# CQL2: space


def test_s_intersects_takes_points_and_boxes(api: "Api", name: str) -> None:
    """/conf/basic-spatial-functions/s_intersects, test-data: what shapely finds; out of range is refused."""
    located = where(api, name, lambda geometry: True)
    assert api.matching(name, f"S_INTERSECTS(geometry,{WORLD_BOX})") == located
    assert api.matching(name, f"S_INTERSECTS(geometry,{POINT})") == where(api, name, shapely.from_wkt(POINT).intersects)
    assert refused(api, name, f"S_INTERSECTS(geometry,{OFF_THE_GLOBE})")
    west, east = shapely.box(-180, -90, -90, 90), shapely.box(90, -90, 180, 90)
    both = "S_INTERSECTS(geometry,BBOX(-180,-90,-90,90)) AND S_INTERSECTS(geometry,BBOX(90,-90,180,90))"
    assert api.matching(name, both) == where(api, name, west.intersects) & where(api, name, east.intersects)
    box = "S_INTERSECTS(geometry,BBOX(0,40,10,50))"
    inside = where(api, name, shapely.box(0, 40, 10, 50).intersects)
    assert api.matching(name, box) == inside
    assert api.matching(name, f"NOT {box}") == located - inside
    across = where(api, name, shapely.union(shapely.box(150, -90, 180, 90), shapely.box(-180, -90, -150, 90)).intersects)
    assert api.matching(name, "S_INTERSECTS(geometry,BBOX(150,-90,-150,90))") == across
    assert across if name in ("deposits", "projects", "zones") else True
