"""Condition lists in the store: the sources that ship are imported, and imported again without a change."""

import psycopg

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

NAME = "standard-conditions-lists"


def load(store: Store) -> Summary:
    """Import the lists that ship."""
    source, read, folder = sources.load_source(NAME), readers.get_source_reader(NAME), sources.find_shipped_folder(NAME)
    assert folder is not None
    return run(store.importer, ImportJob(source, folder, lambda tally: read(source, folder, tally), Boundaries(())))


def test_the_lists_that_ship_are_stored_once(store: Store) -> None:
    first, second = load(store), load(store)
    assert (first.read, first.loaded, first.quarantined) == (35, 35, 0)
    assert (second.loaded, second.updated, second.unchanged) == (0, 0, 35)
    with psycopg.connect(store.importer) as connection:
        rows = connection.execute(
            "SELECT code, provinces_covered, complete_up_to FROM condition_list WHERE list_type = 'finance-white-list'"
        ).fetchall()
        (counted,) = connection.execute("SELECT n FROM collection_state WHERE collection = 'list-batches'").fetchall()
    assert rows == [("finance-white-list-jiangxi", ["CN-JX"], None)]
    assert counted == (21,)
