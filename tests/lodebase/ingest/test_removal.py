"""Removal of a source: its records leave as one new version, the history has them, and an import brings them back."""

from typing import TYPE_CHECKING, Any

import pytest

from lodebase.errors import NotFound
from lodebase.ingest.removal import remove_source

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

ROWS: list[dict[str, Any]] = [
    {"id": "a", "ore_mt": 5},
    {"id": "b", "kind": "project", "product": "copper", "status": "operating"},
]


def test_the_records_of_a_removed_source_are_in_earlier_versions_only(own_table: "OwnTable") -> None:
    loaded = own_table.load(ROWS)
    (name,) = (row[0] for row in own_table.all("SELECT DISTINCT source FROM source_record"))
    removed = remove_source(own_table.store.importer, name, 10)
    assert (removed.read, removed.out_of_scope, removed.dataset_version) == (2, 2, loaded.dataset_version + 1)
    for table in ("deposit", "project", "estimate", "phase", "member"):
        assert own_table.one(f"SELECT count(*) FROM {table}") == 0, table
    assert own_table.one("SELECT count(*) FROM source_record") == 2
    assert own_table.all("SELECT until_version FROM lode_history.deposit") == [(removed.dataset_version,)]
    again = own_table.load(ROWS)
    assert again.updated == 2 and own_table.one("SELECT count(*) FROM deposit") == 1


def test_removing_twice_changes_nothing_more(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    (name,) = (row[0] for row in own_table.all("SELECT DISTINCT source FROM source_record"))
    first = remove_source(own_table.store.importer, name, 10)
    assert remove_source(own_table.store.importer, name, 10).dataset_version == first.dataset_version


def test_a_source_that_is_not_here_is_refused(own_table: "OwnTable") -> None:
    with pytest.raises(NotFound, match="there is no source nowhere here"):
        remove_source(own_table.store.importer, "nowhere", 10)
