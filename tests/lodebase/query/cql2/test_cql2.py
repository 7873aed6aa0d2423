"""CQL2 on rows in PostGIS: each class of the standard (OGC 21-065r2) by its own examples, and what Lode adds to it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects import postgresql

from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.cql2 import Filter, Malformed, parse_json, parse_text

USUAL: dict[str, Any] = {
    "main_commodity": "copper",
    "commodities": ["copper"],
    "aliases": [],
    "information_date": "2019",
    "sources": ["one"],
}
DEPOSITS: dict[str, dict[str, Any]] = {
    "escondida": {
        "name_en": "Escondida",
        "name_zh": "埃斯康迪达",
        "lon": -69.07,
        "lat": -24.27,
        "country": "CHL",
        "division": "CL-AN",
        "commodities": ["copper", "gold", "silver"],
        "size_class": "large",
        "size_basis_value_t": 32_000_000,
        "discovery_year": 1981,
        "position_accuracy_m": 100,
        "deposit_model": "porphyry-copper",
        "mine_status": "operating",
        "mine_status_date": "2022-04-16",
        "information_date": "2022-04",
        "aliases": ["La Escondida"],
        "sources": ["one", "two"],
    },
    "dexing": {
        "name_en": "Dexing",
        "name_zh": "德兴",
        "lon": 117.73,
        "lat": 29.02,
        "country": "CHN",
        "division": "CN-JX",
        "commodities": ["copper", "molybdenum"],
        "size_class": "large",
        "size_basis_value_t": 8_000_000,
        "discovery_year": 1956,
        "position_accuracy_m": 1000,
        "deposit_model": "porphyry-copper-gold",
        "mine_status": "operating",
        "mine_status_date": "2021-04-16",
        "information_date": "2019-05-03",
        "note_en": "100% of 2_000\\t",
    },
    "rio": {
        "name_en": "Río Débárquér Straße",
        "lon": 179.5,
        "lat": -17.5,
        "country": "FJI",
        "commodities": ["copper"],
        "position_accuracy_m": 50,
        "mine_status": "closed",
        "mine_status_date": "2023-04-16",
        "information_date": "2023",
    },
    "nowhere": {
        "name_en": 'O\'Brien "x"; DROP TABLE deposit; --',
        "main_commodity": "lithium",
        "commodities": ["lithium"],
        "information_date": None,
        "position_accuracy_m": 0,
    },
    "east": {
        "name_en": "dexing east",
        "lon": -179.5,
        "lat": -17.5,
        "country": "FJI",
        "main_commodity": "tin",
        "commodities": ["tin"],
    },
}
EVERYTHING = frozenset(DEPOSITS)
ESTIMATES = (
    ("escondida", "measured-mineral-resource", 100, 1.0, 40_000),
    ("escondida", "indicated-mineral-resource", 300, 0.5, 90_000),
    ("dexing", "indicated-mineral-resource", 50, 2.0, 60_000),
)
ZONES = {
    "square": "MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)))",
    "beside": "MULTIPOLYGON(((10 0,20 0,20 10,10 10,10 0)))",
    "far": "MULTIPOLYGON(((100 50,101 50,101 51,100 51,100 50)))",
}

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


CHILE_AND_CHINA = {"escondida", "dexing"}

BASIC = [
    ("country = 'CHL'", {"escondida"}),
    ("country <> 'CHL'", {"dexing", "rio", "east"}),
    ("NOT country = 'CHL'", {"dexing", "rio", "east"}),
    ("discovery_year > 1956", {"escondida"}),
    ("discovery_year >= 1956", CHILE_AND_CHINA),
    ("discovery_year < 1981.5 AND discovery_year > 1.9805e3", {"escondida"}),
    ("discovery_year <= 1956", {"dexing"}),
    ("name_en > 'E'", {"escondida", "rio", "nowhere", "east"}),
    ("country = 'CHL' OR country = 'CHN'", CHILE_AND_CHINA),
    ("country = 'CHL' or country = 'CHN' and size_class = 'small'", {"escondida"}),
    ("(country = 'CHL' or country = 'CHN') and size_class = 'small'", set()),
    ("not (country = 'CHL' or country = 'CHN')", {"rio", "east"}),
    ("country IS NULL", {"nowhere"}),
    ('"country" IS NOT NULL', EVERYTHING - {"nowhere"}),
    ("geometry IS NULL", {"nowhere"}),
    ("TRUE", EVERYTHING),
    ("false", set()),
    ("(country = 'CHL') = TRUE", {"escondida"}),
    ("(country = 'CHL') <> (discovery_year = 1956)", CHILE_AND_CHINA),
    ("(country = 'CHL') IS NULL", {"nowhere"}),
    ("id = 'rio'", {"rio"}),
    ("mine_status_date = DATE('2022-04-16')", {"escondida"}),
    ("mine_status_date < '2022-04-16'", {"dexing"}),
    ("mine_status_date >= TIMESTAMP('2022-04-16T10:13:19Z')", {"escondida", "rio"}),
    ("discovery_year = -5 or discovery_year=+1981", {"escondida"}),
]
ADVANCED = [
    ("name_en LIKE 'Esc%'", {"escondida"}),
    ("name_en LIKE 'D_xing'", {"dexing"}),
    ("name_en NOT LIKE 'D%'", EVERYTHING - {"dexing"}),
    ("name_en LIKE ''", set()),
    ("name_en like '%'", EVERYTHING),
    ("name_zh LIKE '%斯康%'", {"escondida"}),
    (r"note_en LIKE '%0\% of 2\_000\\t'", {"dexing"}),
    (r"note_en LIKE '100_ of%\'", set()),
    (r"note_en LIKE '%\t'", {"dexing"}),
    (r"name_en LIKE '\'", set()),
    (r"name_en LIKE '%\x%'", {"dexing", "east", "nowhere"}),
    ("discovery_year BETWEEN 1956 AND 1980", {"dexing"}),
    ("discovery_year NOT BETWEEN 1956 AND 1980", {"escondida"}),
    ("discovery_year between 100.0 and 1.0", set()),
    ("mine_status_date BETWEEN DATE('2021-01-01') AND '2022-12-31'", CHILE_AND_CHINA),
    ("name_en BETWEEN 'D' AND 'F'", CHILE_AND_CHINA),
    ("country IN ('CHL','CHN','foo')", CHILE_AND_CHINA),
    ("country NOT IN ('CHL','CHN')", {"rio", "east"}),
    ("discovery_year IN (1981, 7)", {"escondida"}),
    ("discovery_year IN (1980+1, 2*978)", CHILE_AND_CHINA),
    ("discovery_year NOT IN (1981, 7)", {"dexing"}),
    ("mine_status_date IN (DATE('2022-04-16'), '2023-04-16')", {"escondida", "rio"}),
    ("mine_status_date NOT IN ('2022-04-16')", {"dexing", "rio"}),
    ("country IN (country)", EVERYTHING - {"nowhere"}),
    ("(country = 'CHL') IN (true)", {"escondida"}),
]
FOLDED = [
    ("CASEI(name_en) = CASEI('DEXING')", {"dexing"}),
    ("CASEI(name_en) LIKE CASEI('DEX%')", {"dexing", "east"}),
    ("CASEI(name_en) IN (CASEI('ESCONDIDA'), casei('DEXing'))", CHILE_AND_CHINA),
    ("CASEI(name_en) NOT IN (CASEI('ESCONDIDA'))", EVERYTHING - {"escondida"}),
    ("CASEI(name_en) LIKE CASEI('%STRASSE')", {"rio"}),
    ("ACCENTI(name_en) LIKE ACCENTI('%débarquer%')", set()),
    ("ACCENTI(name_en) LIKE ACCENTI('%Débarquer%')", {"rio"}),
    ("ACCENTI(name_en) LIKE 'Rio Debarquer%'", {"rio"}),
    ("CASEI(ACCENTI(name_en)) LIKE CASEI(ACCENTI('rÍo débarquér%'))", {"rio"}),
    ("CASEI(ACCENTI(name_en)) IN (CASEI(ACCENTI('RIO DEBARQUER STRASSE')), CASEI(ACCENTI('é')))", {"rio"}),
    ("ACCENTI(name_en) = ACCENTI('Escóndida')", {"escondida"}),
]
SPATIAL = [
    ("S_INTERSECTS(geometry, BBOX(-75,-30,-65,-20))", {"escondida"}),
    ("S_INTERSECTS(geom, BBOX(-75,-30,0,-65,-20,9))", {"escondida"}),
    ("S_INTERSECTS(geometry, BBOX(-180,-90,180,90))", EVERYTHING - {"nowhere"}),
    ("S_INTERSECTS(geometry, BBOX(170,-30,-170,-10))", {"rio", "east"}),
    ("S_DISJOINT(geometry, BBOX(170,-30,-170,-10))", CHILE_AND_CHINA),
    ("S_WITHIN(geometry, BBOX(170,-30,-170,-10))", {"rio", "east"}),
    ("S_INTERSECTS(geometry, BBOX(-69.07,-24.27,-69.07,-24.27))", {"escondida"}),
    ("S_INTERSECTS(geometry, BBOX(-69.07,-30,-69.07,-20))", {"escondida"}),
    ("S_INTERSECTS(geometry, POINT(-69.07 -24.27))", {"escondida"}),
    ("S_INTERSECTS(POINT(-69.07 -24.27), geometry)", {"escondida"}),
    ('S_INTERSECTS("geometry",POLYGON((-75 -30,-65 -30,-65 -20,-75 -20,-75 -30)))', {"escondida"}),
    ("S_INTERSECTS(geometry,POLYGON Z((-75 -30 1,-65 -30 1,-65 -20 1,-75 -30 1)))", {"escondida"}),
    (
        "S_INTERSECTS(geometry,POLYGON((-75 -30,-65 -30,-65 -20,-75 -20,-75 -30),(-70 -25,-69 -25,-69 -24,-70 -24,-70 -25)))",
        set(),
    ),
    ("S_INTERSECTS(geometry,MULTIPOINT(-69.07 -24.27,117.73 29.02))", CHILE_AND_CHINA),
    ("S_INTERSECTS(geometry,MULTIPOINT((-69.07 -24.27),(117.73 29.02)))", CHILE_AND_CHINA),
    ("S_INTERSECTS(geometry,LINESTRING(-69.07 -25,-69.07 -24))", {"escondida"}),
    ("S_INTERSECTS(geometry,MULTILINESTRING((-69.07 -25,-69.07 -24),(0 0,1 1)))", {"escondida"}),
    (
        "S_INTERSECTS(geometry,MULTIPOLYGON(((-75 -30,-65 -30,-65 -20,-75 -20,-75 -30)),((117 29,118 29,118 30,117 29))))",
        CHILE_AND_CHINA,
    ),
    ("S_INTERSECTS(geometry,GEOMETRYCOLLECTION(POINT(117.73 29.02),LINESTRING(-69.07 -25,-69.07 -24)))", CHILE_AND_CHINA),
    ("S_EQUALS(geometry,POINT(117.73 29.02))", {"dexing"}),
    ("S_TOUCHES(geometry,LINESTRING(117.73 29.02,118 30))", {"dexing"}),
    ("S_CONTAINS(BBOX(117,29,118,30),geometry)", {"dexing"}),
    ("S_CONTAINS(geometry,POINT(117.73 29.02))", {"dexing"}),
    ("S_CROSSES(geometry,LINESTRING(7 50,10 51))", set()),
    ("S_OVERLAPS(geometry,MULTIPOINT(7 50,10 51))", set()),
    ("NOT S_INTERSECTS(geometry,BBOX(-180,-90,0,90))", {"dexing", "rio"}),
    ("S_INTERSECTS(POINT(1 1),BBOX(0,0,2,2))", EVERYTHING),
]
SPATIAL_ZONES = [
    ("S_INTERSECTS(geometry,POINT(10 5))", {"square", "beside"}),
    ("S_CONTAINS(geometry,BBOX(1,1,2,2))", {"square"}),
    ("S_WITHIN(geometry,BBOX(-1,-1,20,10))", {"square", "beside"}),
    ("S_TOUCHES(geometry,POLYGON((10 0,20 0,20 10,10 10,10 0)))", {"square"}),
    ("S_TOUCHES(geometry,POINT(10 5))", {"square", "beside"}),
    ("S_EQUALS(geometry,POLYGON((0 0,10 0,10 10,0 10,0 0)))", {"square"}),
    ("S_OVERLAPS(geometry,BBOX(5,5,15,15))", {"square", "beside"}),
    ("S_CROSSES(LINESTRING(-5 5,5 5),geometry)", {"square"}),
    ("S_DISJOINT(geometry,BBOX(0,0,30,30))", {"far"}),
]
TEMPORAL = [
    ("T_AFTER(mine_status_date,DATE('2022-04-16'))", {"rio"}),
    ("T_BEFORE(mine_status_date,DATE('2022-04-16'))", {"dexing"}),
    ("T_DISJOINT(mine_status_date,DATE('2022-04-16'))", {"dexing", "rio"}),
    ("T_EQUALS(mine_status_date,DATE('2022-04-16'))", {"escondida"}),
    ("T_INTERSECTS(mine_status_date,DATE('2022-04-16'))", {"escondida"}),
    ("T_AFTER(mine_status_date,INTERVAL('2022-01-01','2022-12-31'))", {"rio"}),
    ("T_BEFORE(mine_status_date,INTERVAL('2022-01-01','2022-12-31'))", {"dexing"}),
    ("T_DISJOINT(mine_status_date,INTERVAL('2022-01-01','2022-12-31'))", {"dexing", "rio"}),
    ("T_EQUALS(mine_status_date,INTERVAL('2022-01-01','2022-12-31'))", set()),
    ("T_EQUALS(mine_status_date,INTERVAL('2022-04-16','2022-04-16'))", {"escondida"}),
    ("T_INTERSECTS(mine_status_date,INTERVAL('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z'))", {"escondida"}),
    ("T_INTERSECTS(mine_status_date,INTERVAL('2022-01-01','..'))", {"escondida", "rio"}),
    ("T_DURING(mine_status_date,INTERVAL('..','2022-12-31'))", CHILE_AND_CHINA),
    ("T_AFTER(DATE('2022-04-16'),mine_status_date)", {"dexing"}),
    ("T_EQUALS(information_date,INTERVAL('2022-04-01','2022-04-30'))", {"escondida"}),
    ("T_EQUALS(information_date,INTERVAL('2023-01-01','2023-12-31'))", {"rio"}),
    ("T_DURING(information_date,INTERVAL('2022-01-01','2022-12-31'))", {"escondida"}),
    ("T_CONTAINS(information_date,DATE('2022-04-16'))", {"escondida"}),
    ("T_INTERSECTS(information_date,DATE('2019-05-03'))", {"dexing", "east"}),
    ("T_BEFORE(information_date,DATE('2019-12-31'))", {"dexing"}),
    ("T_FINISHES(information_date,INTERVAL('2022-01-01','2022-04-30'))", {"escondida"}),
    ("T_FINISHEDBY(information_date,INTERVAL('2022-04-05','2022-04-30'))", {"escondida"}),
    ("T_STARTS(information_date,INTERVAL('2022-04-01','2022-12-31'))", {"escondida"}),
    ("T_STARTEDBY(information_date,INTERVAL('2022-04-01','2022-04-05'))", {"escondida"}),
    ("T_MEETS(information_date,INTERVAL('2022-04-30','2022-12-31'))", {"escondida"}),
    ("T_METBY(information_date,INTERVAL('2022-01-01','2022-04-01'))", {"escondida"}),
    ("T_OVERLAPS(information_date,INTERVAL('2022-04-15','2022-12-31'))", {"escondida"}),
    ("T_OVERLAPPEDBY(information_date,INTERVAL('2022-01-01','2022-04-15'))", {"escondida"}),
    ("T_AFTER(INTERVAL(information_date,mine_status_date),DATE('2022-12-31'))", {"rio"}),
    ("T_CONTAINS(INTERVAL(information_date,mine_status_date),DATE('2020-01-01'))", {"dexing"}),
    ("information_date < DATE('2019-12-31')", {"dexing"}),
    ("information_date <= DATE('2019-01-01')", {"east"}),
    ("information_date > DATE('2022-03-31')", {"escondida", "rio"}),
    ("information_date >= DATE('2022-04-30')", {"escondida", "rio"}),
    ("information_date = DATE('2019-05-03')", {"dexing"}),
    ("information_date <> DATE('2019-05-03')", {"escondida", "rio", "east"}),
    ("information_date BETWEEN DATE('2022-04-10') AND DATE('2022-04-11')", {"escondida"}),
    ("information_date IN (DATE('2019-05-03'))", {"dexing"}),
    ("information_date IN (DATE('2019-05-03'), '2022-04', '2023')", {"dexing", "escondida", "rio"}),
    ("information_date IN (DATE('2019-05-03'), mine_status_date)", {"dexing"}),
    ("information_date NOT IN (DATE('2022-04-01'))", EVERYTHING - {"nowhere"}),
    ("information_date = '2022-04'", {"escondida"}),
    ("information_date LIKE '2022%'", {"escondida"}),
    ("information_date > mine_status_date", set()),
    ("DATE('2022-04-16') = mine_status_date", {"escondida"}),
    ("TIMESTAMP('2022-04-14T14:48:46Z') = TIMESTAMP('2022-04-14T16:48:46+02:00')", EVERYTHING),
    ("T_AFTER(TIMESTAMP('2022-04-14T14:48:46Z'),TIMESTAMP('2022-04-14T14:48:45.5Z'))", EVERYTHING),
    ("T_DURING(TIMESTAMP('1969-07-20T20:17:40Z'),INTERVAL('1969-07-16T13:32:00Z','1969-07-24T16:50:35Z'))", EVERYTHING),
    ("T_DURING(DATE('1969-07-20'),INTERVAL('..','..'))", EVERYTHING),
]
ARRAYS = [
    ("commodities = 'copper'", {"escondida", "dexing", "rio"}),
    ("'gold' = commodities", {"escondida"}),
    ("commodities <> 'copper'", {"nowhere", "east"}),
    ("commodities IN ('gold', 'tin')", {"escondida", "east"}),
    ("commodities = main_commodity", EVERYTHING),
    ("A_CONTAINS(commodities, ['copper','gold'])", {"escondida"}),
    ("A_CONTAINS(commodities, ('copper','gold'))", {"escondida"}),
    ("A_CONTAINS(commodities, ('gold'))", {"escondida"}),
    ("A_CONTAINEDBY(commodities, ['copper','molybdenum'])", {"dexing", "rio"}),
    ("A_EQUALS(commodities, ['molybdenum','copper'])", {"dexing"}),
    ("A_OVERLAPS(commodities, ['molybdenum','tin'])", {"dexing", "east"}),
    ("A_CONTAINS(commodities, [])", EVERYTHING),
    ("A_OVERLAPS(commodities, major_commodities)", EVERYTHING),
    ("A_CONTAINS(['copper'], commodities)", {"rio"}),
    ("A_EQUALS(['a','b'], ['b','a'])", EVERYTHING),
    ("A_CONTAINS(sources, ['two'])", {"escondida"}),
    ("aliases = 'La Escondida'", {"escondida"}),
]
ARITHMETIC = [
    ("discovery_year = 1980+1", {"escondida"}),
    ("discovery_year >= 1983-2*2^0", {"escondida"}),
    ("discovery_year > 1958-20/10", {"escondida"}),
    ("discovery_year >= 1958-21 div 10", CHILE_AND_CHINA),
    ("discovery_year = 1982-5%2", {"escondida"}),
    ("1980+1 = discovery_year", {"escondida"}),
    ("discovery_year + 1 = 1982", {"escondida"}),
    ("discovery_year * 2 - discovery_year = 1981", {"escondida"}),
    ("discovery_year - (discovery_year - 3) = 3", CHILE_AND_CHINA),
    ("discovery_year / 2 = 990.5", {"escondida"}),
    ("discovery_year % 10 = 1", {"escondida"}),
    ("discovery_year div 10 = 195", {"dexing"}),
    ("position_accuracy_m ^ 2 = 10000", {"escondida"}),
    ("2 ^ (discovery_year - 1976) = 32", {"escondida"}),
    ("-discovery_year = -1981", {"escondida"}),
    ("size_basis_value_t / position_accuracy_m > 100000", {"escondida"}),
    ("position_accuracy_m * 0.1 + 0.2 = 5.2", {"rio"}),
    ("discovery_year between 3912/2 and (3*(650+10))", {"dexing"}),
    ("discovery_year + 0 in (1981, discovery_year + 0)", CHILE_AND_CHINA),
    ("100 / position_accuracy_m > 0", {"escondida", "dexing", "rio"}),
    ("100 % position_accuracy_m = 0", {"escondida", "rio"}),
    ("100 div position_accuracy_m >= 1", {"escondida", "rio"}),
    ("position_accuracy_m ^ -1 > 0", {"escondida", "dexing", "rio"}),
    ("(0 - position_accuracy_m) ^ 0.5 > 0", set()),
    ("discovery_year ^ discovery_year > 0", set()),
    ("1e308 * size_basis_value_t > 1", CHILE_AND_CHINA),
    ("1e-308 * position_accuracy_m * 1e-308 > 0", {"escondida", "dexing", "rio"}),
    ("position_accuracy_m > discovery_year", set()),
]
PROPERTIES = [
    ("name_en = name_en", EVERYTHING),
    ("name_en < country", set()),
    ("'Escondida' = name_en", {"escondida"}),
    ("1981 <= discovery_year", {"escondida"}),
    ("discovery_year >= position_accuracy_m", CHILE_AND_CHINA),
    ("position_accuracy_m BETWEEN 0 AND discovery_year", CHILE_AND_CHINA),
    ("'foo' = 'foo' AND 3.14 >= 3.14 AND TRUE = TRUE", EVERYTHING),
    ("'København' LIKE 'K_benhavn'", EVERYTHING),
]
VOCABULARY = [
    ("country = 'Chile'", {"escondida"}),
    ("country = '智利'", {"escondida"}),
    ("country <> 'Chile'", {"dexing", "rio", "east"}),
    ("country IN ('Chile', '中国')", CHILE_AND_CHINA),
    ("commodities = '铜'", {"escondida", "dexing", "rio"}),
    ("A_CONTAINS(commodities, ['Cu', '金'])", {"escondida"}),
    ("division = '江西省'", {"dexing"}),
    ("country = 'Atlantis'", set()),
    ("deposit_model = 'porphyry'", set()),
    ("BENEATH(deposit_model, 'porphyry')", CHILE_AND_CHINA),
    ("beneath(deposit_model, 'porphyry-copper-gold', 'skarn')", {"dexing"}),
    ("NOT BENEATH(deposit_model, 'porphyry')", set()),
]
FIGURES = [
    ("LARGEST_CONTAINED_T('copper') >= 90000", {"escondida"}),
    ("LARGEST_CONTAINED_T('copper') >= 60000", CHILE_AND_CHINA),
    ("LARGEST_CONTAINED_T('铜', 'measured-mineral-resource') < 50000", {"escondida"}),
    ("LARGEST_GRADE_PCT('copper') > 1", {"dexing"}),
    ("LARGEST_ORE_T() > 100e6", {"escondida"}),
    ("LARGEST_ORE_T('measured-mineral-resource') = 100000000", {"escondida"}),
    ("LARGEST_CONTAINED_T('copper') > 100000", set()),
    ("LARGEST_CONTAINED_T('gold') IS NULL", EVERYTHING),
    ("LARGEST_CONTAINED_T('copper') / 1000 BETWEEN 50 AND 70", {"dexing"}),
]


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
