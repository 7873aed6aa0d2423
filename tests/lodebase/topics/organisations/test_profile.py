"""The profile of an organisation: all its projects count, even if only the first are listed."""

from typing import TYPE_CHECKING

from lodebase.db import engine as engines
from lodebase.topics.organisations.store import MAX_READ_RECORDS, find_projects, measure_capacity

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


def test_projects_beyond_the_most_that_are_listed_count(own_table: "OwnTable") -> None:
    project = {"kind": "project", "product": "refined copper", "capacity_kt": "1", "status": "operating", "country": "CHL"}
    project["owner"] = "Codelco"
    own_table.load([{"id": f"{n}", **project} for n in range(MAX_READ_RECORDS + 1)])
    identity = own_table.one("SELECT id FROM organisation")
    engine = engines.create_checked_engine(own_table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
    with engine.connect() as connection:
        projects, capacity = find_projects(connection, [identity]), measure_capacity(connection, [identity])
    engine.dispose()
    assert (len(projects.records), projects.matched) == (MAX_READ_RECORDS, MAX_READ_RECORDS + 1)
    assert sum(row.built_tpa or 0 for row in capacity) == 1000 * (MAX_READ_RECORDS + 1)
