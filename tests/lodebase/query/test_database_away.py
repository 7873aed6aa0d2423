"""Each failure of the database is one sentence, and the site can't write."""

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import Engine, text
from tests.lodebase.query.site_engine import METALS, engine_of

from lodebase.db.store import write_conninfo
from lodebase.errors import DatabaseAway, StatementTimeout
from lodebase.query import Counts, Query, read_page
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodebase.query.reading import open_reading

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


def test_a_statement_past_its_limit_is_one_sentence(own_table: "OwnTable") -> None:
    own_table.load(METALS)
    own_table.owner(
        "ALTER TABLE deposit RENAME TO slow; CREATE VIEW deposit AS SELECT slow.* FROM slow, pg_sleep(30);"
        " GRANT SELECT ON deposit TO lode_site"
    )
    with engine_of(own_table.store.addresses.site, statement_timeout_s=0.2) as engine:
        sorted_, near = Query("deposits", sort=(("name_en", False),)), Query("deposits", (DistanceCondition(10, 20, 5000),))
        for query in (sorted_, near):
            with pytest.raises(StatementTimeout, match="^The query took longer than the limit. Request less at a time.$"):
                read_page(engine, query, Counts())
        assert read_page(engine, Query("projects"), Counts()).matched == 1


def test_a_database_that_is_not_there_is_one_sentence(own_table: "OwnTable") -> None:
    refusal = "^The database can't be reached. Try again in a moment.$"
    address = own_table.store.addresses.site.set(database="nowhere")
    with engine_of(address) as engine, pytest.raises(DatabaseAway, match=refusal):
        read_page(engine, Query("deposits"), Counts())


def test_a_connection_that_is_lost_in_a_query_is_one_sentence_and_the_next_query_works(
    own_table: "OwnTable", site: Engine
) -> None:
    with pytest.raises(DatabaseAway), open_reading(site) as connection:
        connection.execute(text("SELECT 1"))
        end_connections(own_table)
        connection.execute(text("SELECT 1"))
    assert read_page(site, Query("deposits"), Counts()).matched == 0


def test_a_connection_that_was_lost_while_nobody_sent_a_query_is_not_noticed(own_table: "OwnTable", site: Engine) -> None:
    read_page(site, Query("deposits"), Counts())
    end_connections(own_table)
    assert read_page(site, Query("deposits"), Counts()).matched == 0


def end_connections(own_table: "OwnTable") -> None:
    assert own_table.store.addresses.admin is not None
    with psycopg.connect(write_conninfo(own_table.store.addresses.admin)) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'lode_site'"
        )


@pytest.mark.slow
def test_more_requests_than_connections_wait_and_then_fail(own_table: "OwnTable", site: Engine) -> None:
    with site.connect(), site.connect(), pytest.raises(DatabaseAway, match="^Too many requests wait for the database"):
        read_page(site, Query("deposits"), Counts())


def test_the_site_can_not_write_even_where_a_statement_tries(own_table: "OwnTable", site: Engine) -> None:
    own_table.load(METALS)
    with pytest.raises(Exception, match="permission denied|read-only transaction"), open_reading(site) as connection:
        connection.execute(text("DELETE FROM deposit"))
    assert own_table.one("SELECT count(*) FROM deposit") == 4
