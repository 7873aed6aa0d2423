"""API keys: made, used, listed and revoked; the store never holds a token."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.rate_counts import SWEEP_EVERY_S, PostgresRateCounts
from lodebase.db.store import Store
from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import ApiKey, NewKey
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound


@pytest.fixture(scope="module")
def shared(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("keys") as made:
        yield made


@pytest.fixture(scope="module")
def desk(shared: Store) -> Iterator[Engine]:
    """The site's writing role."""
    made = engines.create_checked_engine(shared.addresses.desk, "tests", pool_size=1)
    yield made
    made.dispose()


@pytest.fixture
def limits(shared: Store) -> Iterator[Engine]:
    """The same, with each statement a transaction, as the site counts."""
    made = engines.create_checked_engine(shared.addresses.desk, "tests", pool_size=2, alone=True)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def owner(shared: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(shared.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


def add(desk: Engine, **more: Any) -> tuple[int, str]:
    with open_write_transaction(desk) as connection:
        return api_keys.add(connection, NewKey("harvester", "Survey of Nowhere", **more))


def row_of(owner: Engine, number: int) -> dict[str, Any]:
    with owner.connect() as connection:
        statement = text("SELECT * FROM api_key WHERE number = :number")
        return dict(connection.execute(statement, {"number": number}).mappings().one())


def test_a_token_is_random_and_only_its_hash_is_stored(desk: Engine, owner: Engine) -> None:
    made = [add(desk) for _ in range(20)]
    assert len({token for _, token in made}) == 20
    for number, token in made:
        assert token.startswith("lode_") and len(token) == 48
        stored = row_of(owner, number)
        assert token not in str(stored) and token.startswith(stored["prefix"]) and len(stored["prefix"]) == 11


def test_a_key_is_found_until_it_is_revoked(desk: Engine) -> None:
    number, token = add(desk, per_minute=7, per_day=100)
    with open_write_transaction(desk) as connection:
        assert api_keys.find(connection, token) == ApiKey(number, 7, 100)
        for wrong in (token[:-1], token + "x", token.upper(), "", "lode_"):
            assert api_keys.find(connection, wrong) is None
        api_keys.revoke(connection, number)
        api_keys.revoke(connection, number)
        assert api_keys.find(connection, token) is None
        with pytest.raises(NotFound):
            api_keys.revoke(connection, 2**40)


def test_the_last_use_is_written_at_most_once_a_minute(desk: Engine, owner: Engine) -> None:
    number, token = add(desk)

    def last_use_after(seconds: int) -> Any:
        with owner.begin() as connection:
            moved = text("UPDATE api_key SET last_used_at = now() - make_interval(secs => :secs) WHERE number = :number")
            connection.execute(moved, {"secs": seconds, "number": number})
        before = row_of(owner, number)["last_used_at"]
        with open_write_transaction(desk) as connection:
            api_keys.find(connection, token)
        return row_of(owner, number)["last_used_at"] > before

    assert row_of(owner, number)["last_used_at"] is None
    with open_write_transaction(desk) as connection:
        api_keys.find(connection, token)
    assert row_of(owner, number)["last_used_at"] is not None
    assert not last_use_after(50)
    assert last_use_after(70)


def test_making_and_revoking_are_in_the_trail_without_the_hash_and_uses_are_not(desk: Engine, owner: Engine) -> None:
    number, token = add(desk)
    with open_write_transaction(desk, "chief") as connection:
        api_keys.find(connection, token)
        api_keys.revoke(connection, number)
    with owner.connect() as connection:
        statement = text(
            "SELECT action, account, detail FROM audit WHERE subject = :number AND action LIKE 'api_key%' ORDER BY id"
        )
        rows = list(connection.execute(statement, {"number": str(number)}))
    assert [(row.action, row.account) for row in rows] == [("api_key insert", None), ("api_key update", "chief")]
    assert rows[0].detail["hash"] == "***" and "revoked_at" in rows[1].detail


def test_the_site_can_not_change_whose_key_it_is(desk: Engine) -> None:
    number, _ = add(desk)
    for change in ("name = 'x'", "hash = 'x'", "per_minute = 1000000"):
        with pytest.raises(ProgrammingError, match="permission denied"), desk.connect() as connection:
            connection.execute(text(f"UPDATE api_key SET {change} WHERE number = {number}"))


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 81}, {"owner": ""}, {"owner": "x" * 201}, {"name": "a\nb"}]
    + [{quota: value} for quota in ("per_minute", "per_day") for value in (0, -1, 2**31)],
)
def test_values_out_of_bounds_are_refused(desk: Engine, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadQuery) as caught, open_write_transaction(desk) as connection:
        api_keys.add(connection, NewKey(**{"name": "a", "owner": "b", **wrong}))
    assert caught.value.parameter in wrong


def test_keys_by_the_command(shared: Store) -> None:
    environment = {"LODE_DATABASE_URL": shared.addresses.owner.render_as_string(hide_password=False)}

    def lode(*arguments: str) -> Any:
        found = CliRunner().invoke(cli, ["key", *arguments], env=environment, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found

    plain = lode("add", "by hand", "--owner", "somebody@example.org")
    token = plain.stdout.strip()
    assert token.startswith("lode_") and "X-API-Key" in plain.stderr
    document = json.loads(lode("add", "by program", "--owner", "x", "--per-minute", "5", "--json").stdout)
    assert document["token"].startswith("lode_")
    rows = {row["name"]: row for row in json.loads(lode("list", "--json").stdout)}
    assert rows["by program"]["per_minute"] == 5 and "hash" not in rows["by hand"] and token not in lode("list").stdout
    revoked = json.loads(lode("revoke", str(document["number"]), "--json").stdout)
    assert revoked[0]["revoked_at"] is not None
    with pytest.raises(NotFound):
        lode("revoke", "999999")


def test_a_window_begins_with_its_first_hit_and_ends(limits: Engine) -> None:
    counts, again = PostgresRateCounts(engine=limits), PostgresRateCounts(engine=limits)
    assert [counts.incr("window", 600), again.incr("window", 600, 3), counts.incr("window", 600)] == [1, 4, 5]
    assert counts.get("window") == 5 and again.get("window") == 4
    with limits.connect() as connection:
        connection.execute(text("UPDATE rate_count SET expires_at = now() WHERE key = 'window'"))
    assert counts.incr("window", 600) == 1
    counts.clear("window")
    assert again.get("nothing") == 0 and counts.get("window") == 0 and counts.check()


def test_counts_of_windows_that_ended_are_removed_now_and_then(limits: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = PostgresRateCounts(engine=limits)
    counts.incr("ended", 600)
    with limits.connect() as connection:
        connection.execute(text("UPDATE rate_count SET expires_at = now() - interval '1 s' WHERE key = 'ended'"))
    monkeypatch.setattr(counts, "_sweep_at", counts._sweep_at - 2 * SWEEP_EVERY_S)
    counts.incr("kept", 600)
    with limits.connect() as connection:
        keys = set(connection.scalars(text("SELECT key FROM rate_count WHERE key IN ('ended', 'kept')")))
    assert keys == {"kept"}
    assert counts.reset() > 0
