"""``lode db describe`` lists the tables of the store as the migrations make them."""

import json
from typing import Any

from click.testing import CliRunner
from tests.lodebase.conftest import OwnTable

from lodebase.cli.main import cli

COLUMNS = """
    SELECT relname::text, array_agg(attname::text) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'lode'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped GROUP BY relname
"""


def describe(*arguments: str) -> Any:
    """Return what the command prints as JSON."""
    printed = CliRunner().invoke(cli, ["db", "describe", *arguments, "--json"])
    assert printed.exit_code == 0, printed.output
    return json.loads(printed.stdout)


def test_each_described_table_has_the_columns_of_the_database(own_table: OwnTable) -> None:
    in_database = dict(own_table.all(COLUMNS))
    listed = [row["table"] for row in describe()]
    assert len(listed) > 60
    assert set(listed) <= set(in_database)
    for name in ("deposit", "estimate", "reported_record"):
        assert sorted(c["column"] for c in describe(name)["columns"]) == sorted(in_database[name])


def test_a_table_is_described_with_keys_references_and_constraints() -> None:
    act = describe("act_correction")
    columns = {column["column"]: column for column in act["columns"]}
    assert columns["number"]["key"]
    assert columns["entry"]["references"] == "act_entry.number"
    assert ["reason", "trim(reason) <> ''"] in act["constraints"]
    assert not act["history"]
    assert describe("deposit")["history"]


def test_an_unknown_table_is_refused_with_near_names() -> None:
    refused = CliRunner().invoke(cli, ["db", "describe", "depositt"])
    assert refused.exit_code == 2
    assert "no table depositt" in refused.output
    assert "deposit" in refused.output.split("near names:")[1]
