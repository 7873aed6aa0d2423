"""The content of responses is prepared by every transaction, and never differs from the rows."""

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import create_engine

from lodebase.db.store import write_conninfo
from lodebase.ingest import run
from lodebase.query.collections_ import COLLECTIONS
from lodebase.records.feature import read_served_feature

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

NAMES = {"deposits": "deposit", "discoveries": "discovery", "projects": "project"}
ROWS: list[dict[str, Any]] = [
    {
        "id": str(n),
        "name": f'N"{n}\\ 铜',
        "kind": ("deposit", "project", "discovery")[n % 3],
        "metal": ("copper", "copper,cobalt", "tin", "lithium")[n % 4],
        "country": ("Chile", "China", "")[n % 3 if n % 5 else 2],
        "lon": "" if n % 11 == 0 else -179 + n * 5.3 % 358,
        "lat": "" if n % 11 == 0 else -88 + n * 7.7 % 176,
        "product": ("alumina", "refined-copper", "")[n // 3 % 3] if n % 3 == 1 else "",
        "capacity_kt": n or "",
        "status": ("operating", "announced")[n % 2],
    }
    for n in range(60)
]


CELL_KEYS = "commodity_group, main_commodity, coalesce(country, ''), commodities"
"""What counts by cell distinguish."""


_SITE = "ST_X(geom) lon, ST_Y(geom) lat, position_accuracy_m accuracy_m, country, division"
MADE = f"""
SELECT f.product AS term, morton_code, p.id, 'phase' AS origin, {_SITE}, f.status, capacity_basis AS basis, capacity_tpa
FROM phase f JOIN project p ON p.id = project_id WHERE geom IS NOT NULL AND f.product IS NOT NULL
UNION ALL
SELECT term, morton_code, p.id, kind, {_SITE}, status, NULL, NULL FROM project p,
  LATERAL (SELECT unnest(products) AS term, 'product' AS kind UNION SELECT unnest(facility_types), 'facility') outputs
WHERE geom IS NOT NULL
  AND (kind = 'facility' OR term NOT IN (SELECT product FROM phase WHERE project_id = p.id AND product IS NOT NULL))
"""
"""What each located project makes, as its rows report."""


def assert_true(own_table: "OwnTable") -> None:
    """Compare everything prepared with what the rows say."""
    for collection, table in NAMES.items():
        rows = own_table.all(f"SELECT morton_code, id FROM {table} ORDER BY 1, 2")
        assert own_table.all(f"SELECT morton_code, id FROM {table}_feature ORDER BY 1, 2") == rows
        prepared = own_table.all(
            f"SELECT level, cell, {CELL_KEYS}, n FROM cell_count WHERE collection = %s ORDER BY level, cell, {CELL_KEYS}",
            collection,
        )
        assert prepared == own_table.all(
            f"SELECT l, morton_code >> (2 * (26 - l)), {CELL_KEYS}, count(*)"
            f" FROM {table}, unnest(ARRAY[3, 5, 6, 7, 8, 9, 11]) l"
            f" WHERE geom IS NOT NULL GROUP BY l, morton_code >> (2 * (26 - l)), {CELL_KEYS} ORDER BY 1, 2, {CELL_KEYS}"
        )
    outputs = "term, morton_code, id, origin, lon, lat, accuracy_m, country, division, status, basis, capacity_tpa"
    made = own_table.all(f"SELECT {outputs} FROM project_output ORDER BY {outputs}")
    assert made == own_table.all(f"{MADE} ORDER BY {outputs}")
    for served in COLLECTIONS.values():
        about = f"FROM {served.table.name}"
        for field in served.fields:
            if not field.facet:
                continue
            by_value: dict[str, int] = dict(
                own_table.all("SELECT value, n FROM facet_count WHERE collection = %s AND field = %s", served.name, field.name)
            )
            values = f"coalesce({field.name}, '')"
            if field.type == "array":
                values = f"unnest(CASE WHEN cardinality({field.name}) = 0 THEN ARRAY[''] ELSE {field.name} END)"
            assert by_value == dict(own_table.all(f"SELECT {values}, count(*) {about} GROUP BY 1")), field.name
        assert not own_table.all(
            "SELECT FROM facet_count WHERE field <> ALL (%s)",
            [f.name for c in COLLECTIONS.values() for f in c.fields if f.facet],
        )
        state = own_table.all(
            "SELECT n, located, west, south, east, north FROM collection_state WHERE collection = %s", served.name
        )
        geom = "geom" if served.geometry is not None else "NULL::geometry"
        edges = f"min(ST_XMin({geom})), min(ST_YMin({geom})), max(ST_XMax({geom})), max(ST_YMax({geom}))"
        assert state == own_table.all(f"SELECT count(*), count({geom}), {edges} {about}")


@pytest.mark.slow
def test_an_import_a_change_and_a_deletion_keep_it_true(own_table: "OwnTable") -> None:
    assert_true(own_table)
    own_table.load(ROWS)
    assert_true(own_table)
    assert own_table.all("SELECT count(*) > 5 FROM project_output") == [(True,)]
    own_table.load([{**row, "name": "new", "lon": 5 + n, "lat": 50} if n % 2 else row for n, row in enumerate(ROWS)])
    assert_true(own_table)
    own_table.load([{**row, "capacity_kt": n * 7} if n % 2 else row for n, row in enumerate(ROWS)])
    assert_true(own_table)
    own_table.load([{**row, "metal": "gold"} if n % 3 == 0 else row for n, row in enumerate(ROWS)])
    assert_true(own_table)
    own_table.load([{"id": "alone"}])
    assert_true(own_table)


def test_a_manual_change_keeps_it_true(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    with own_table.connection() as connection:
        moved = "name_en = 'by hand', geom = ST_SetSRID(ST_MakePoint(1, 2), 4326)"
        connection.execute(f"UPDATE deposit SET {moved} WHERE country = 'CHL' AND geom IS NOT NULL")
        connection.execute(
            "UPDATE deposit SET name_en = 'twice', commodity_group = 'other' WHERE country = 'CHL' AND geom IS NOT NULL"
        )
        connection.execute("DELETE FROM project WHERE country = 'CHN'")
        connection.execute("UPDATE phase SET status = 'closed' WHERE product = 'alumina'")
        connection.execute("DELETE FROM phase WHERE product = 'refined-copper'")
        connection.execute("UPDATE project SET facility_types = '{copper-smelter}' WHERE geom IS NOT NULL")
    assert_true(own_table)
    assert own_table.all("SELECT DISTINCT origin FROM project_output ORDER BY 1") == [("facility",), ("phase",), ("product",)]


@pytest.mark.slow
def test_features_written_while_an_import_reads_on_are_the_same(own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("CHUNK_READINGS", 4), ("CHUNKS_MERGED", 2), ("MERGES_SERVED", 3)):
        monkeypatch.setattr(run, name, value)
    own_table.load(ROWS)
    assert_true(own_table)
    own_table.load([{**row, "name": "new", "lon": 5 + n, "lat": 50} if n % 2 else row for n, row in enumerate(ROWS)])
    assert_true(own_table)


def test_a_row_changed_after_its_feature_was_written_has_a_new_one(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    ids = [row[0] for row in own_table.all("SELECT id FROM deposit WHERE geom IS NOT NULL ORDER BY 1 LIMIT 4")]
    with own_table.connection() as connection:
        for name in ("first", "second", "third"):
            connection.execute("UPDATE deposit SET name_en = %s WHERE id = ANY (%s)", (name, ids))
            connection.execute("SELECT write_features()")
        connection.execute("UPDATE deposit SET geom = ST_SetSRID(ST_MakePoint(1, 2), 4326) WHERE id = %s", (ids[0],))
        connection.execute("SELECT write_features()")
        connection.execute("UPDATE deposit SET name_en = 'last' WHERE id = ANY (%s)", (ids[:2],))
        connection.execute("DELETE FROM deposit WHERE id = %s", (ids[3],))
    assert_true(own_table)
    reported = "SELECT feature FROM deposit_feature WHERE id = ANY (%s) ORDER BY id"
    features = [json.loads(text) for (text,) in own_table.all(reported, ids)]
    assert [feature["properties"]["name_en"] for feature in features] == ["last", "last", "third"]


def test_what_is_rolled_back_changes_nothing_prepared(own_table: "OwnTable") -> None:
    own_table.load(ROWS)
    before = (
        own_table.all("SELECT * FROM deposit_feature ORDER BY 1, 2"),
        own_table.all("SELECT * FROM cell_count ORDER BY collection, level, cell, commodity_group, main_commodity, country"),
    )
    with own_table.connection() as connection:
        connection.execute("DELETE FROM deposit")
        connection.rollback()
    after = (
        own_table.all("SELECT * FROM deposit_feature ORDER BY 1, 2"),
        own_table.all("SELECT * FROM cell_count ORDER BY collection, level, cell, commodity_group, main_commodity, country"),
    )
    assert after == before


@pytest.mark.parametrize("collection", NAMES)
def test_a_finished_feature_is_the_one_that_is_made_of_the_row(own_table: "OwnTable", collection: str) -> None:
    own_table.load(ROWS)
    engine = create_engine(own_table.store.addresses.site)
    finished = dict(own_table.all(f"SELECT id, feature FROM {NAMES[collection]}_feature"))
    assert len(finished) == 20
    for identity, text in finished.items():
        made, _ = read_served_feature(engine, collection, identity)
        assert made.decode() == text
        assert list(json.loads(made)["properties"]) == list(COLLECTIONS[collection].field_names)
    engine.dispose()


HARD = ("\x01 and \x1f", '"},"properties":{"name_en":"', '\\","country":"CHL', "null,null", "矿床\u2028\x7f", "a\\\nb\tc")


@pytest.mark.parametrize("name", HARD)
def test_any_name_is_in_a_finished_feature(own_table: "OwnTable", name: str) -> None:
    own_table.load(ROWS)
    with own_table.connection() as connection:
        connection.execute("UPDATE deposit SET name_en = %s WHERE id = (SELECT min(id) FROM deposit)", (name,))
    (finished,) = own_table.all("SELECT feature FROM deposit_feature WHERE id = (SELECT min(id) FROM deposit)")
    assert json.loads(finished[0])["properties"]["name_en"] == name


@pytest.mark.parametrize("table", ["deposit_feature", "cell_count", "facet_count", "collection_state"])
def test_nobody_but_the_store_writes_what_is_prepared(own_table: "OwnTable", table: str) -> None:
    with own_table.connection() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"DELETE FROM {table}")
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with psycopg.connect(write_conninfo(own_table.store.addresses.site)) as connection, pytest.raises(refused):
        connection.execute(f"DELETE FROM {table}")
