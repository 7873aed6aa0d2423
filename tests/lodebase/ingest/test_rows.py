"""Records as rows for COPY: what goes in comes out as it was."""

from datetime import date
from typing import Literal

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodebase.db.engine import Addresses
from lodebase.db.schema import tables
from lodebase.db.store import write_conninfo
from lodebase.ingest.rows import COLUMNS, build_served_row, clean, format_array, group_of, record_id
from lodedata.records import Commodity, Deposit, Discovery, PartialDate, Position, Project

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
COPPER = (Commodity("copper", "main"),)


def test_the_columns_are_those_of_the_tables_but_for_what_the_store_fills() -> None:
    for name, columns in COLUMNS.items():
        own = [column.name for column in tables.metadata.tables[f"lode.{name}"].columns]
        derived = {"status", "status_date"} if name == "project" else set()
        assert list(columns) == [column for column in own if column not in {"since_version", "morton_code", *derived}]


@pytest.mark.parametrize("record", [Deposit(commodities=COPPER), Discovery(commodities=COPPER), Project(commodities=COPPER)])
def test_a_row_has_a_value_for_every_column(record: Deposit | Discovery | Project) -> None:
    kind = type(record).__name__.casefold()
    row = dict(zip(COLUMNS[kind], build_served_row(record, "x", "test", [], []), strict=True))
    assert (row["id"], row["main_commodity"], row["commodities"], row["sources"]) == ("x", "copper", '{"copper"}', '{"test"}')


@given(st.lists(TEXT, max_size=5))
def test_an_array_is_read_as_it_was_written(values: list[str]) -> None:
    with_braces = format_array(values)
    assert _parsed(with_braces) == values


def _parsed(text: str) -> list[str]:
    """The array as psycopg reads it from a server's text."""
    transformer = psycopg.adapt.Transformer()
    loader = transformer.get_loader(psycopg.postgres.types["text"].array_oid, psycopg.pq.Format.TEXT)
    found: list[str] = loader.load(text.encode())
    return found


@pytest.mark.parametrize(
    "values", [[], [""], ["a"], ['"'], ["\\"], ["a,b", "{c}", "NULL", "null"], [" ", "\t", "\n"], ["铜", "é", "𝄞"]]
)
def test_an_array_is_read_by_the_server_as_it_was_written(addresses: Addresses, values: list[str]) -> None:
    with psycopg.connect(write_conninfo(addresses.importer)) as connection:
        assert connection.execute("SELECT %s::text[]", (format_array(values),)).fetchone() == (values,)


@given(st.text())
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    cleaned.encode()


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (-69.0706, -24.2701), (180.0, 90.0), (-180.0, -90.0), (1e-12, 51.4775)])
def test_a_point_is_the_point_that_it_was(addresses: Addresses, lon: float, lat: float) -> None:
    record = Deposit(commodities=COPPER, position=Position(lon, lat, None, "exact", "", "EPSG:4326"))
    wkb = dict(zip(COLUMNS["deposit"], build_served_row(record, "x", "test", [], []), strict=True))["geom"]
    with psycopg.connect(write_conninfo(addresses.importer)) as connection:
        row = connection.execute("SELECT ST_X(g), ST_Y(g), ST_SRID(g) FROM (SELECT %s::geometry AS g) t", (wkb,)).fetchone()
    assert row == (lon, lat, 4326)


@given(st.text(), st.text(), st.text(), st.text())
def test_ids_are_twelve_letters_and_differ(source: str, key: str, other_source: str, other_key: str) -> None:
    try:
        first, second = record_id(source, key), record_id(other_source, other_key)
    except UnicodeEncodeError:
        return
    assert len(first) == 12 and set(first) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert (first == second) == ((source, key) == (other_source, other_key))


def test_ids_of_many_keys_differ() -> None:
    assert len({record_id("source", str(n)) for n in range(200_000)}) == 200_000


@pytest.mark.parametrize(
    ("codes", "group"),
    [
        (["copper", "gold"], "copper"),
        (["gold", "copper"], "copper"),
        (["gold", "cobalt", "nickel"], "cobalt"),
        (["bauxite"], "aluminium"),
        (["alumina"], "aluminium"),
        (["gold"], "other"),
        ([], "other"),
    ],
)
def test_the_group_is_that_of_the_first_commodity_that_has_one(codes: list[str], group: str) -> None:
    assert group_of(codes) == group


@pytest.mark.parametrize(("precision", "reported"), [("year", "2024"), ("month", "2024-05"), ("day", "2024-05-31")])
def test_a_date_is_as_exact_as_it_is_known(precision: Literal["year", "month", "day"], reported: str) -> None:
    record = Deposit(commodities=COPPER, information_date=PartialDate(date(2024, 5, 31), precision))
    assert (
        dict(zip(COLUMNS["deposit"], build_served_row(record, "x", "test", [], []), strict=True))["information_date"]
        == reported
    )
