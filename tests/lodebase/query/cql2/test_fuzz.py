"""Ten thousand generated and mutated filters: none is answered with anything but rows or a sentence.

The generator is seeded, so that a failure comes back; ``LODE_FUZZ_SEED`` and ``LODE_FUZZ_CASES`` make other and longer runs.
"""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects import postgresql

from lodebase.query import cql2
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.cql2 import Malformed, parse_json, parse_text
from lodebase.query.cql2.text import parse

SEED = int(os.environ.get("LODE_FUZZ_SEED", "21065"))
QUICK, CASES = 300, int(os.environ.get("LODE_FUZZ_CASES", "10000"))
EVERY = 2
"""One of so many filters that can be read is run."""

NUMBERS = (
    "0",
    "1",
    "-1",
    "1981",
    "2.5",
    ".5",
    "1e308",
    "-1e308",
    "1e-308",
    "5e-324",
    "1e400",
    "9" * 30,
    "1e15",
    "-0.0",
    "3.0e-1",
)
TEXTS = (
    *("'CHL'", "'copper'", "''", "'%'", "'_'", r"'\'", r"'\\'", r"'a\%'", "'it''s'", "'2019'", "'2019-05'", "'2019-02-30'"),
    *("'铜'", "'é'", "'e\u0301'", "'\U0001f600'", "'x'';--'", "'%(f0)s'", "'\u202e'", "'..'", "'İ'", "'ß'", r"'\é'"),
)
DATES = ("0001-01-01", "9999-12-31", "2019-05-31", "2019-02-29", "0000-01-01", "2022-04-16", "10000-01-01", "2020-02-29")
TIMES = ("T00:00:00Z", "T23:59:59.999999999Z", "T24:00:00Z", "T10:00:00+14:00", "T10:00:00-23:59", "T00:00:60Z")
COORDINATES = ("0", "-69.07", "180", "-180", "90", "-90", "117.73", "1e-300", "179.9999999", "200", "1e308", "29.02", "5")
SPARE = (
    "(",
    ")",
    "'",
    '"',
    ",",
    "[",
    "]",
    "-",
    " AND ",
    " OR ",
    " NOT ",
    "=",
    "\0",
    "\ud800",
    "é",
    "%",
    ";",
    "--",
    "^",
    " IN ",
    "\\",
)


class Generator:
    """Writes filters: mostly well formed, of fields that there are, and often with kinds that don't go together."""

    def __init__(self, random_: random.Random, collection: Collection) -> None:
        self._random = random_
        self._names = [*collection.field_names, "geometry", "geom", "id", "nothing"]
        self._by_type: dict[str, list[str]] = {}
        for field in collection.fields:
            self._by_type.setdefault("number" if field.type == "integer" else field.type, []).append(field.name)

    def pick(self, *options: Any) -> Any:
        return self._random.choice(options)

    def some(self, make: Callable[[], str], most: int = 3, least: int = 1) -> str:
        return ",".join(make() for _ in range(self._random.randint(least, most)))

    def condition(self, depth: int = 0) -> str:
        kinds = [
            self.comparison,
            self.like,
            self.between,
            self.listed,
            self.null,
            self.spatial,
            self.temporal,
            self.array,
            self.word,
        ]
        if depth < 5 and self._random.random() < 0.4:
            inner = self.condition(depth + 1)
            other = self.condition(depth + 1)
            return str(self.pick(f"({inner}) AND ({other})", f"{inner} OR {other}", f"NOT ({inner})", f"({inner}) = ({other})"))
        return str(self.pick(*kinds)())

    def any_kind(self) -> str:
        return str(self.pick(self.number, self.text, self.instant, self.shape, self.name, self.name, self.truth)())

    def truth(self) -> str:
        return str(self.pick("TRUE", "false"))

    def name(self, kind: str | None = None) -> str:
        if kind is None or self._random.random() < 0.05:
            return str(self.pick(*self._names))
        return str(self.pick(*self._by_type.get(kind, self._names)))

    def number(self, depth: int = 0) -> str:
        if depth > 3 or self._random.random() < 0.4:
            return str(self.pick(*NUMBERS, self.name("number"), self.name("number"), self.name("number")))
        if self._random.random() < 0.1:
            return str(self.pick("LARGEST_CONTAINED_T('copper')", "LARGEST_ORE_T()", "LARGEST_GRADE_PCT('Cu','x')"))
        operator = self.pick("+", "-", "*", "/", "%", " div ", "^")
        return f"({self.number(depth + 1)}{operator}{self.number(depth + 1)})"

    def text(self) -> str:
        made = str(self.pick(*TEXTS, self.name("string"), self.name("string"), self.name("string"), self.name("string")))
        for fold in ("CASEI", "ACCENTI"):
            if self._random.random() < 0.2:
                made = f"{fold}({made})"
        return made

    def pattern(self) -> str:
        made = str(self.pick(*TEXTS))
        for fold in ("CASEI", "ACCENTI"):
            if self._random.random() < 0.3:
                made = f"{fold}({made})"
        return made

    def comparison(self) -> str:
        kind = self.pick(self.number, self.number, self.text, self.text, self.instant, self.any_kind)
        other = kind if self._random.random() < 0.9 else self.any_kind
        return f"{kind()} {self.pick('=', '<>', '<', '<=', '>', '>=')} {other()}"

    def like(self) -> str:
        return f"{self.text()} {self.pick('', 'NOT ')}LIKE {self.pattern()}"

    def between(self) -> str:
        kind = self.pick(self.number, self.number, self.text, self.instant)
        return f"{kind()} {self.pick('', 'NOT ')}BETWEEN {kind()} AND {kind()}"

    def listed(self) -> str:
        kind = self.pick(self.number, self.text, self.instant, self.any_kind)
        return f"{kind()} {self.pick('', 'NOT ')}IN ({self.some(kind, 5)})"

    def null(self) -> str:
        return f"{self.any_kind()} IS {self.pick('', 'NOT ')}NULL"

    def day(self) -> str:
        return str(self.pick(*DATES)) + str(self.pick("", "", *TIMES))

    def instant(self) -> str:
        end = str(self.pick(f"'{self.day()}'", "'..'", self.name("date"), "information_date"))
        interval = f"INTERVAL('{self.pick('..', self.day())}', {end})"
        return str(
            self.pick(
                *(f"DATE('{self.pick(*DATES)}')", f"TIMESTAMP('{self.day()}')"),
                *(interval, self.name("date"), "information_date"),
            )
        )

    def temporal(self) -> str:
        names = ("after", "before", "contains", "disjoint", "during", "equals", "finishedby", "finishes", "intersects", "meets")
        name = self.pick(*names, "metby", "overlappedby", "overlaps", "startedby", "starts")
        return f"T_{name.upper()}({self.instant()}, {self.instant()})"

    def position(self) -> str:
        return f"{self.pick(*COORDINATES)} {self.pick(*COORDINATES)}{self.pick('', '', '', ' 5')}"

    def ring(self) -> str:
        first = self.position()
        return f"({first},{self.some(self.position, 5)},{first})"

    def shape(self) -> str:
        boxes = f"BBOX({self.some(lambda: str(self.pick(*COORDINATES)), 4, 4)})"
        square = "POLYGON((-75 -30,-65 -30,-65 -20,-75 -20,-75 -30))"
        several = f"MULTIPOLYGON(({self.ring()}),({self.ring()}))"
        made = self.pick(
            "BBOX(-75,-30,-65,-20)", "BBOX(170,-90,-170,90)", "POINT(-69.07 -24.27)", "LINESTRING(0 0,180 90)", "geometry",
            boxes, square, several, f"POINT({self.position()})", f"LINESTRING({self.some(self.position, 4, 2)})",
            f"POLYGON({self.ring()})", f"MULTIPOINT({self.some(self.position)})",
            f"MULTILINESTRING(({self.some(self.position, 4, 2)}))",
            f"GEOMETRYCOLLECTION(POINT({self.position()}),LINESTRING({self.some(self.position, 4, 2)}))", "geometry", "geom",
        )  # fmt: skip
        return str(made)

    def spatial(self) -> str:
        name = self.pick("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
        return f"S_{name.upper()}({self.pick('geometry', self.shape())}, {self.shape()})"

    def array(self) -> str:
        def one() -> str:
            return str(
                self.pick(self.name("array"), self.name("array"), f"[{self.some(self.pattern, 3, 0)}]", "('copper','tin')")
            )

        return str(
            self.pick(
                f"A_{self.pick('EQUALS', 'CONTAINS', 'CONTAINEDBY', 'OVERLAPS')}({one()}, {one()})", f"{one()} = 'copper'"
            )
        )

    def word(self) -> str:
        return str(
            self.pick(f"BENEATH({self.name()}, {self.pattern()})", f"country IN ({self.some(lambda: self.pick(*TEXTS), 4)})")
        )

    def mutated(self, filter_text: str) -> str:
        """The text with some of it taken out, put in, doubled or moved."""
        made = filter_text
        for _ in range(self._random.randint(1, 4)):
            at, to = sorted(self._random.randint(0, len(made)) for _ in range(2))
            made = str(
                self.pick(
                    made[:at] + made[to:] if to - at < 20 else made[:at] + made[at + 1 :],
                    made[:at] + self.pick(*SPARE, *NUMBERS, *TEXTS) + made[at:],
                    made[:to] + made[at:to] * self._random.randint(1, 3) + made[to:],
                    made[:at] + chr(self._random.randint(1, 0x2FFF)) + made[at:],
                    made[:at] + "(" * self._random.randint(1, 60) + made[at:],
                )
            )
        return made


@pytest.fixture(scope="module")
def rows(owner_engine: Engine) -> Iterator[Connection]:
    """A few rows of every kind of value, gone with the module."""
    with owner_engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(
            text(
                "INSERT INTO deposit (id, name_en, commodity_group, main_commodity, major_commodities, commodities, sources,"
                " search_text, geom, position_method, position_accuracy_m, discovery_year, information_date, country) VALUES"
                " ('a', 'Escondida', 'copper', 'copper', '{copper}', '{copper,gold}', '{one}', 'x',"
                "  'SRID=4326;POINT(-69.07 -24.27)', 'test', 0, 1981, '2019', 'CHL'),"
                " ('b', E'R\\u00edo \\\\ % _', 'tin', 'tin', '{tin}', '{tin}', '{one}', 'x',"
                "  'SRID=4326;POINT(180 90)', 'test', 1e300, -5, '2020-02', 'CHN'),"
                " ('c', NULL, 'tin', 'tin', '{tin}', '{tin}', '{one}', 'x', NULL, NULL, 5e-320, 2147483647, NULL, NULL),"
                " ('d', '', 'tin', 'tin', '{tin}', '{tin}', '{one}', 'x', NULL, NULL, NULL, 0, '9999-12', NULL)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO zone (id, zone_kind, code, name_en, geom, sources, valid_from, valid_to) VALUES"
                " ('z', 'test', 'z', 'z', 'SRID=4326;MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)))', '{one}', '2020', NULL)"
            )
        )
        connection.execute(text("SET LOCAL statement_timeout = '5s'"))
        yield connection
        transaction.rollback()


def _run(rows: Connection, filter: cql2.Filter, collection: Collection) -> None:
    statement = select(collection.table.c.id).where(cql2.build_filter_condition(filter.shape, collection, collection.table))
    sql = str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]
    with rows.begin_nested():
        rows.exec_driver_sql(sql, cql2.collect_bound_values(filter)).all()


@pytest.mark.parametrize("cases", [QUICK, pytest.param(CASES, marks=pytest.mark.slow)], ids=["quick", "all"])
def test_no_filter_is_answered_with_anything_but_rows_or_a_sentence(rows: Connection, cases: int) -> None:
    random_ = random.Random(SEED)
    generators = [(collection, Generator(random_, collection)) for collection in COLLECTIONS.values()]
    readable = refused = 0
    for number in range(cases):
        collection, generator = generators[(0, 0, 1, 2, 3)[number % 5]]
        filter_text = generator.condition()
        if number % 3 == 0:
            filter_text = generator.mutated(filter_text)
        try:
            srid, latitude_first = random_.choice([(4326, False), (4326, False), (3857, False), (4326, True), (32719, False)])
            filter = parse_text(filter_text, collection, srid, latitude_first)
        except Malformed as error:
            refused += 1
            assert str(error), filter_text
            continue
        except Exception as error:
            raise AssertionError(f"reading {filter_text!r}: {error!r}") from error
        readable += 1
        if readable % EVERY == 0:
            try:
                _run(rows, filter, collection)
            except Exception as error:
                raise AssertionError(f"running {filter_text!r}: {error!r}") from error
    assert readable > cases / 10, "the generator writes filters that can be read"
    assert refused > cases / 10, "and some that can't"


@pytest.mark.parametrize("cases", [QUICK, pytest.param(CASES // 10, marks=pytest.mark.slow)], ids=["quick", "all"])
def test_no_mutated_json_is_answered_with_anything_but_a_filter_or_a_sentence(cases: int) -> None:
    random_ = random.Random(SEED)
    collection = COLLECTIONS["deposits"]
    generator = Generator(random_, collection)
    wild: tuple[Any, ...] = (
        None,
        True,
        -1,
        10**400,
        float("nan"),
        "",
        "x",
        [],
        {},
        {"op": "and"},
        [[]],
        {"property": 5},
        {"type": "Point"},
    )

    def mutated(node: Any) -> Any:
        if random_.random() < 0.05:
            return random_.choice(wild)
        if isinstance(node, dict):
            return {random_.choice((*node, key, key, key)): mutated(value) for key, value in node.items()}
        if isinstance(node, list):
            remaining = [mutated(item) for item in node if random_.random() > 0.03]
            return [*remaining, random_.choice(wild)] if random_.random() < 0.03 else remaining
        return node

    made = 0
    while made < cases:
        try:
            node = parse(generator.condition())
        except Malformed:
            continue
        made += 1
        try:
            parse_json(mutated(node), collection)
        except Malformed:
            continue
