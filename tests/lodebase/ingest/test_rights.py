"""Imports of mining rights: names of persons are where only the importer reads them; made-up names."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from lodebase.db.store import Store, conninfo
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

PERSON = "QUIROGA ELVIRA"
MAPPING = """
name: own-rights
title_en: Own rights
title_zh: 自有矿业权
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    position: {ring: corners}
    right_no: id
    status: status
    valid_to: to
    holder: holder
"""
ROWS = (
    {"id": "T1", "corners": "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2", "holder": f"{PERSON},ALFA S.A.", "status": "granted"},
    {"id": "T2", "corners": "1,103.1,36.1 2,103.2,36.2 3,103.2,36.1 4,103.1,36.2", "holder": PERSON},
)
OwnStore = Callable[[str], AbstractContextManager[Store]]
READABLE = """
SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
WHERE table_schema IN ('lode', 'lode_history') AND table_type = 'BASE TABLE'
  AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')
"""


def load(store: Store, folder: Path, rows: tuple[dict[str, str], ...]) -> Summary:
    path = folder / "rights.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ("id", "corners", "status", "to", "holder"), restval="")
        writer.writeheader()
        writer.writerows(rows)
    source = Source.model_validate(yaml.safe_load(MAPPING))
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def rights(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with one right, and another one in quarantine."""
    with own_store("rights") as store:
        summary = load(store, tmp_path_factory.mktemp("rights"), ROWS)
        assert (summary.read, summary.loaded, summary.quarantined) == (2, 1, 1)
        assert PERSON not in repr(summary)
        yield store


def test_no_table_that_the_site_reads_has_the_name_of_a_person(rights: Store) -> None:
    tables = [name for (name,) in rows(conninfo(rights.addresses.site), READABLE)]
    assert {"lode.mining_right", "lode.source_record", "lode.quarantine", "lode.import_run"} <= set(tables)
    having = [
        name
        for name in tables
        if rows(conninfo(rights.addresses.site), f"SELECT 1 FROM {name} t WHERE t::text LIKE '%{PERSON}%' LIMIT 1")
    ]
    assert having == []


def test_the_name_is_stored_where_only_the_importer_reads_it(rights: Store) -> None:
    assert rows(rights.importer, "SELECT key, field, name FROM withheld_name ORDER BY key") == [
        ("T1", "holder", PERSON),
        ("T2", "holder", PERSON),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(conninfo(rights.addresses.site), "SELECT * FROM lode.withheld_name")


def test_a_right_has_its_ground_and_its_public_holder(rights: Store) -> None:
    ((holder, kind, corners, area),) = rows(
        conninfo(rights.addresses.site),
        "SELECT holder, holder_kind, corners_reported, round(area_km2_computed::numeric, 1)::text FROM lode.mining_right",
    )
    assert (holder, kind, corners, area) == ("ALFA S.A.", "mixed", ROWS[0]["corners"], "50.0")
