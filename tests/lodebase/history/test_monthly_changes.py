"""Changes of a month: records by collection and country, and the imports that made its versions."""

import psycopg
from sqlalchemy import create_engine

from lodebase.db.store import Store, write_conninfo
from lodebase.history import monthly_changes
from lodebase.history.monthly_changes import CountryChanges, Month

DEPOSIT = """
INSERT INTO deposit
  (id, name_en, country, commodity_group, main_commodity, major_commodities, commodities, sources, search_text)
VALUES ('{id}', 'x', {country}, 'copper', 'copper', '{{copper}}', '{{copper}}', '{{test}}', 'test')
"""


def test_each_record_counts_once_by_its_state_before_and_after_a_month(store: Store) -> None:
    with psycopg.connect(write_conninfo(store.addresses.importer)) as importer:

        def version(*statements: str) -> int:
            """Commit statements as a version of their own."""
            for statement in statements:
                importer.execute(statement.encode())
            importer.commit()
            row = importer.execute("SELECT coalesce(max(version), 0) FROM dataset_version").fetchone()
            assert row is not None
            return int(row[0])

        first = version(*(DEPOSIT.format(id=name, country="'CHL'") for name in "abc"))
        version("UPDATE deposit SET name_en = 'y' WHERE id = 'a'", DEPOSIT.format(id="d", country="NULL"))
        version("UPDATE deposit SET name_en = 'z' WHERE id = 'a'", DEPOSIT.format(id="e", country="'PER'"))
        last = version("DELETE FROM deposit WHERE id IN ('b', 'e')")
        version("DELETE FROM deposit WHERE id = 'c'")

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(write_conninfo(store.addresses.importer)))
    with engine.connect() as connection:
        changes = list(monthly_changes.read_changes_by_country(connection, Month("2026-11", first, last)))
        assert changes == [CountryChanges("deposits", "CHL", 0, 1, 1), CountryChanges("deposits", None, 1, 0, 0)]
        assert list(monthly_changes.read_changes_by_country(connection, Month("2026-10", 0, first))) == [
            CountryChanges("deposits", "CHL", 3, 0, 0)
        ]
        (month,) = monthly_changes.read_change_months(connection)
        assert (month.since, month.until) == (0, last + 1)
        versions = monthly_changes.read_month_imports(connection, month, 10)
        assert [version.version for version in versions] == list(range(last + 1, 0, -1))
        assert all(version.source is None and version.rows == {} for version in versions)
    engine.dispose()
