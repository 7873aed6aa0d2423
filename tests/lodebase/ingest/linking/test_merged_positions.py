"""The country follows from the position, at import and again after merging; a doubtful position is not near anything."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import Engine

from lodebase.db import engine as engines
from lodebase.ingest.run import run
from lodebase.query import Counts, Query, read_page
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodedata.geography.boundaries import Boundaries, BoundaryArea

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

CHILE, PERU = shapely.box(0, 0, 20, 20), shapely.box(0, 20.001, 20, 40)
"""Two countries of a test, one north of the other; the usual point of a row lies in the northern one."""
AREAS = Boundaries([BoundaryArea("CHL", "CHL", False, CHILE), BoundaryArea("PER", "PER", False, PERU)])
ZONE = """
INSERT INTO lode.zone (id, zone_kind, code, name_en, geom, sources)
VALUES ('{code}', 'country', '{code}', '{code}', ST_Multi(ST_GeomFromText('{wkt}', 4326)), '{{test}}')
"""


def load(own_table: "OwnTable", name: str, row: Mapping[str, Any], boundaries: Boundaries = AREAS) -> None:
    """Import a row as a source of its own, checked against the boundaries."""
    source = own_table.source().model_copy(update={"name": name})
    run(own_table.store.importer, replace(own_table.job([row], source), boundaries=boundaries))


@pytest.fixture
def site(own_table: "OwnTable") -> Iterator[Engine]:
    made = engines.create_checked_engine(own_table.store.addresses.site, "tests", 20, pool_size=2)
    yield made
    made.dispose()


def test_a_record_without_a_country_has_that_of_its_position(own_table: "OwnTable") -> None:
    load(own_table, "first", {"id": "1", "name": "Xarumba"})
    assert own_table.all("SELECT country, flags FROM deposit") == [("PER", ["country-from-position"])]


def test_a_position_outside_its_country_is_doubtful_until_an_undoubted_source_comes(own_table: "OwnTable") -> None:
    load(own_table, "first", {"id": "1", "name": "Xarumba Quell", "country": "Chile", "lat": "20.2345"})
    assert own_table.all("SELECT country, position_doubtful FROM deposit") == [("CHL", True)]
    load(own_table, "second", {"id": "x", "name": "Xarumba Quell", "country": "Chile", "lat": "19.9345"})
    assert own_table.all("SELECT ST_Y(geom), country, position_doubtful FROM deposit") == [(19.9345, "CHL", False)]


def test_a_position_and_a_country_of_two_sources_are_checked_after_merging(own_table: "OwnTable") -> None:
    for code, area in (("CHL", CHILE), ("PER", PERU)):
        own_table.owner(ZONE.format(code=code, wkt=area.wkt))
    load(own_table, "first", {"id": "1", "name": "Xarumba Quell"}, Boundaries(()))
    load(own_table, "second", {"id": "x", "name": "Xarumba Quell", "lon": "", "lat": "", "country": "Chile"}, Boundaries(()))
    ((country, doubtful, flags),) = own_table.all("SELECT country, position_doubtful, flags FROM deposit")
    assert (country, doubtful) == ("CHL", True)
    assert "outside-country" in flags


def test_a_doubtful_position_is_not_near(own_table: "OwnTable", site: Engine) -> None:
    near = Query("deposits", (DistanceCondition(10.1, 20.4, 50),))
    load(own_table, "first", {"id": "1", "name": "Xarumba", "country": "Peru"})
    assert read_page(site, near, Counts()).matched == 1
    load(own_table, "first", {"id": "1", "name": "Xarumba", "country": "Chile"})
    assert read_page(site, near, Counts()).matched == 0
    assert read_page(site, Query("deposits"), Counts()).matched == 1
