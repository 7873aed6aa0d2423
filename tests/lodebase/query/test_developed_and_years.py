"""Filters by whether a deposit was ever mined, by a missing position, and by the year up to which records are shown."""

from typing import TYPE_CHECKING

import orjson
import pytest
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.errors import BadQuery
from lodebase.query import Counts, Query, read_page
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.tiles import read_tile_content

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

NAMES = ("idle", "closed", "planned", "silent", "taken", "dropped", "worked", "unlinked")
STATUSES = {"idle": "suspended", "closed": "closed", "planned": "announced", "dropped": "cancelled", "unlinked": "permitted"}
YEARS = {"idle": "1960", "closed": "1985", "planned": "1986"}
DATES = {"planned": "2012-05", "closed": "2012"}
STATUS = {"column": "status", "date": {"column": "cu_pct"}}
MINES = {"mine of taken": "announced", "mine of worked": "closed", "mine of unlinked": ""}
"""Projects that mine the deposit they are named after, with the status of their only phase."""


def query(collection: str, **given: str) -> Query:
    return query_parser.parse_query_arguments(find_collection(collection), Arguments(given.items()))


def load(table: "OwnTable") -> Engine:
    """Deposits with statuses of their own, of their mines, of both and of none; one has no position."""
    deposits = [
        {
            "id": name,
            "lon": str(10 + n),
            "status": STATUSES.get(name, ""),
            "capacity_kt": YEARS.get(name, ""),
            "cu_pct": DATES.get(name, ""),
        }
        for n, name in enumerate(NAMES)
    ]
    deposits[3] |= {"lon": "", "lat": ""}
    projects = [
        {"id": name, "kind": "project", "lon": str(40 + n), "status": status, "cu_kt": "1998" if status == "closed" else ""}
        for n, (name, status) in enumerate(MINES.items())
    ]
    phases = [{"status": "status", "start": "cu_kt", "product": "product"}]
    source = table.source(mine_status=STATUS, discovery_year="capacity_kt", estimates=[], owners=[], phases=phases)
    table.load([*deposits, *projects], source)
    table.owner("UPDATE lode.deposit SET occurrence_type = 'deposit'")
    for mine in MINES:
        table.owner(
            "INSERT INTO lode.link (from_kind, from_id, relation, to_kind, to_id, source) "
            f"SELECT 'project', p.id, 'works', 'deposit', d.id, 'lode' FROM lode.project p, lode.deposit d "
            f"WHERE p.name_en = 'Site {mine}' AND d.name_en = 'Site {mine.removeprefix('mine of ')}'"
        )
    return engines.create_checked_engine(table.store.addresses.site, "tests", 20, pool_size=2)


def names(engine: Engine, collection: str, **given: str) -> set[str]:
    found = read_page(engine, query(collection, **given), Counts())
    features = orjson.loads(b"[" + found.features + b"]")
    assert found.matched == len(features)
    return {feature["properties"]["name_en"].removeprefix("Site ") for feature in features}


def test_filters_find_what_was_never_mined_what_has_no_position_and_what_a_year_knew(own_table: "OwnTable") -> None:
    engine = load(own_table)
    assert names(engine, "deposits", developed="yes") == {"idle", "closed", "worked"}
    # a mine is linked to the last one that has no status, so whether it worked is not known
    assert names(engine, "deposits", developed="no") == {"planned", "dropped", "taken"}
    assert names(engine, "deposits", developed="unknown") == {"silent", "unlinked"}
    assert names(engine, "deposits", located="false") == {"silent"} == set(NAMES) - names(engine, "deposits", located="true")
    assert names(engine, "deposits", year="1985") == {"idle", "closed"}
    assert names(engine, "deposits", year="unknown") == set(NAMES) - set(YEARS)
    assert names(engine, "projects", year="1998", year_of="start") == {"mine of worked"}
    assert names(engine, "projects", year="1997", year_of="start") == set()
    assert names(engine, "projects", year="unknown", year_of="start") == {"mine of taken", "mine of unlinked"}
    assert names(engine, "deposits", year="2012", year_of="status", developed="no") == {"planned"}
    assert names(engine, "deposits", year="2011", year_of="status") == set()
    assert names(engine, "deposits", year="unknown", year_of="status", developed="no") == {"dropped", "taken"}
    # tiles are those of the same rows
    assert (
        read_tile_content(engine, query("deposits", developed="unknown")).records,
        read_tile_content(engine, query("deposits")).records,
    ) == (
        2,
        8,
    )
    assert read_tile_content(engine, query("deposits", developed="unknown")).without_position == 1
    engine.dispose()


def test_a_prospect_has_no_mine_unless_one_is_linked_to_it(own_table: "OwnTable") -> None:
    engine = load(own_table)
    own_table.owner("UPDATE lode.deposit SET occurrence_type = 'prospect' WHERE name_en IN ('Site silent', 'Site unlinked')")
    own_table.owner("UPDATE lode.deposit SET occurrence_type = 'prospect' WHERE name_en = 'Site worked'")
    assert names(engine, "deposits", developed="no") == {"planned", "dropped", "taken", "silent"}
    assert names(engine, "deposits", developed="yes") == {"idle", "closed", "worked"}
    engine.dispose()


@pytest.mark.parametrize(
    ("collection", "given", "sentence"),
    [
        ("deposits", {"developed": "maybe"}, "developed has no choice"),
        ("deposits", {"located": "maybe"}, "located must be true or false"),
        ("deposits", {"year": "85"}, "year must be a year such as 1985, or unknown"),
        ("deposits", {"year": "1985", "year_of": "end"}, "year_of has no choice"),
        ("deposits", {"year": "1985", "year_of": "start"}, "deposits have no year of"),
        ("deposits", {"year_of": "status"}, "year_of needs a year"),
        ("projects", {"year": "1985"}, "projects have no year of"),
        ("projects", {"developed": "no"}, "developed"),
    ],
)
def test_another_value_is_refused_with_its_remedy(collection: str, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadQuery, match=sentence):
        query(collection, **given)


def test_a_collection_with_a_field_year_still_filters_by_its_value() -> None:
    assert query("recovery-records", year="2020") == query("recovery-records", filter="year = 2020")
