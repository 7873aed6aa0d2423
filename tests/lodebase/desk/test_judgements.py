"""Accounts, judgements and the trail: who may write what, in plain SQL, and what stays whatever is done."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, TextClause, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.lodebase.desk.store_access import PASSWORD, lode, opened
from tests.quick import mostly_slow

from lodebase.db.store import Store
from lodebase.desk.curated_lines import export_curated_values, import_curated_values
from lodebase.desk.decisions import judgements, proposals
from lodebase.desk.decisions.judgements import Judgement, JudgementRow
from lodebase.desk.decisions.proposals import Proposal
from lodebase.desk.identity import accounts, password_rules, sessions, sign_in
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound, TooManyTries

A, B, C = JudgementRow("s", "1"), JudgementRow("t", "2"), JudgementRow("t", "3")
DENIED = "permission denied|never changed or taken away"


@pytest.fixture(scope="module")
def shared(own_store: Callable[[str], AbstractContextManager[Store]], passwords: Passwords) -> Iterator[Store]:
    """A store with an expert; tests write under names of their own."""
    with own_store("desk") as store:
        with opened(store.addresses.owner) as owner, open_write_transaction(owner) as connection:
            accounts.add(connection, "expert", "expert", passwords.hash(PASSWORD))
        yield store


@pytest.fixture(scope="module")
def desk(shared: Store) -> Iterator[Engine]:
    """The site's writing role."""
    with opened(shared.addresses.desk) as made:
        yield made


@pytest.fixture(scope="module")
def owner(shared: Store) -> Iterator[Engine]:
    with opened(shared.addresses.owner) as made:
        yield made


@pytest.fixture
def trail(owner: Engine) -> Callable[[str], list[tuple[str | None, str]]]:
    """Who did what to a subject, as the audit trail has it."""

    def of(subject: str) -> list[tuple[str | None, str]]:
        with owner.connect() as connection:
            rows = connection.execute(text("SELECT account, action FROM audit WHERE subject = :s ORDER BY id"), {"s": subject})
            return [(row.account, row.action) for row in rows]

    return of


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET account = 'somebody'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT INTO audit (account, action) VALUES ('somebody', 'nothing')",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TABLE audit",
        "UPDATE decision SET decision = 'different'",
        "UPDATE decision SET outcome = '{}'",
        "DELETE FROM decision",
        "TRUNCATE decision",
        "INSERT INTO decision (kind, subject, decision, account, at)"
        " VALUES ('organisation_decision', '{\"comparable\": \"a\", \"country\": \"\"}', 'means', 'x', '2000-01-01')",
        "INSERT INTO account (name, role) VALUES ('intruder', 'administrator')",
        "UPDATE account SET role = 'administrator'",
        "UPDATE account SET password_hash = 'x'",
        "DELETE FROM sign_in",
        "UPDATE site_secret SET value = 'x'",
        "DELETE FROM signing_key",
        "INSERT INTO signing_key (kid, public_key) VALUES ('x', '{}')",
        "UPDATE deposit SET name_en = 'x'",
        "DELETE FROM source_record",
        "SELECT count(*) FROM deposit",
        "SELECT note_change()",
        "CREATE TABLE lode.made (n int)",
    ],
)
def test_the_desk_adds_rows_and_can_change_none(desk: Engine, statement: str) -> None:
    with desk.connect() as connection, pytest.raises(DBAPIError, match=f"{DENIED}|must be owner"):
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ["audit", "decision"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET account = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_the_trail_or_a_decision(owner: Engine, table: str, statement: str) -> None:
    with owner.connect() as connection, pytest.raises(DBAPIError, match="never changed or taken away"):
        connection.execute(text(statement.format(table)))


@pytest.mark.parametrize("table", ["account", "site_secret", "signing_key", "sign_in", "audit"])
def test_the_reading_role_sees_nothing_of_accounts(shared: Store, table: str) -> None:
    with opened(shared.addresses.site) as site, site.connect() as connection, pytest.raises(DBAPIError, match=DENIED):
        connection.execute(text(f"SELECT * FROM {table}"))


def test_the_reading_role_sees_what_was_judged_and_not_by_whom(shared: Store) -> None:
    with opened(shared.addresses.site) as site, site.connect() as connection:
        connection.execute(text("SELECT verdict, reason FROM current_judgement"))
        with pytest.raises(DBAPIError, match=DENIED):
            connection.execute(text("SELECT account FROM judgement"))


def test_every_change_of_an_account_is_in_the_trail_without_its_secrets(
    owner: Engine, trail: Callable[[str], list[tuple[str | None, str]]]
) -> None:
    with open_write_transaction(owner) as connection:
        accounts.add(connection, "new.one", "contributor", "a secret hash")
    with open_write_transaction(owner, "chief") as connection:
        accounts.change(connection, "new.one", role="expert")
    assert trail("new.one") == [(None, "account insert"), ("chief", "account update")]
    with owner.connect() as connection:
        details = [*connection.scalars(text("SELECT detail FROM audit WHERE subject = 'new.one' ORDER BY id"))]
    assert "a secret hash" not in str(details)
    assert details[0]["role"] == "contributor" and details[1] == {"role": "expert", "stamp": "***"}


@pytest.mark.parametrize("name", ["", "x", "X-ray", "1st", "a b", "a" * 41, "expert", "a;b", "ünal"])
def test_a_name_that_is_none_or_taken_is_refused(owner: Engine, name: str) -> None:
    with open_write_transaction(owner) as connection, pytest.raises(BadQuery):
        accounts.add(connection, name, "expert", "hash")


@pytest.mark.parametrize("password", ["", "short", "eleven char", "x" * 257])
def test_a_password_too_short_or_too_long_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(BadQuery) as caught:
        password_rules.require_good(password)
    assert not password or password not in str(caught.value)


def test_the_right_password_opens_and_nothing_else_does(desk: Engine, passwords: Passwords) -> None:
    found = sign_in.enter(desk, "expert", PASSWORD, "client-1", passwords)
    assert found is not None and found.role == "expert"
    for name, password in (("expert", PASSWORD + "x"), ("expert", ""), ("nobody", PASSWORD), ("", "")):
        assert sign_in.enter(desk, name, password, "client-2", passwords) is None


def test_the_sixth_try_of_a_name_from_a_client_has_to_wait_even_with_the_right_password(
    desk: Engine, passwords: Passwords
) -> None:
    for _ in range(5):
        assert sign_in.enter(desk, "expert", "wrong", "guesser", passwords) is None
    with pytest.raises(TooManyTries):
        sign_in.enter(desk, "expert", PASSWORD, "guesser", passwords)
    assert sign_in.enter(desk, "expert", PASSWORD, "elsewhere", passwords) is not None


def test_signing_in_ends_the_count_of_what_failed_before(desk: Engine, passwords: Passwords) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in.enter(desk, "expert", "wrong", "forgetful", passwords)
        assert sign_in.enter(desk, "expert", PASSWORD, "forgetful", passwords) is not None
        with open_write_transaction(desk) as connection:
            sign_in.note_opened(connection, "expert", "forgetful")


def test_a_client_that_tries_many_names_has_to_wait(desk: Engine, passwords: Passwords) -> None:
    for number in range(30):
        sign_in.enter(desk, f"name{number}", "wrong", "sprayer", passwords)
    with pytest.raises(TooManyTries):
        sign_in.enter(desk, "name99", "wrong", "sprayer", passwords)


def account(owner: Engine, passwords: Passwords, name: str) -> None:
    """Make an account whose tries no other test adds to."""
    with open_write_transaction(owner) as connection:
        accounts.add(connection, name, "administrator", passwords.hash(PASSWORD))


def test_one_client_cannot_lock_a_name_for_another(owner: Engine, desk: Engine, passwords: Passwords) -> None:
    account(owner, passwords, "locked")
    for _ in range(100):
        with suppress(TooManyTries):
            sign_in.enter(desk, "locked", "wrong", "attacker", passwords)
    assert sign_in.enter(desk, "locked", PASSWORD, "new address", passwords) is not None


def signed_in_before(desk: Engine, passwords: Passwords, name: str, client: str) -> None:
    """Sign in to the end, second factor and all."""
    assert sign_in.enter(desk, name, PASSWORD, client, passwords) is not None
    with open_write_transaction(desk) as connection:
        sign_in.note_opened(connection, name, client)


def test_many_clients_cannot_lock_a_name_for_a_client_that_has_signed_in_under_it(
    owner: Engine, desk: Engine, passwords: Passwords
) -> None:
    account(owner, passwords, "watched")
    signed_in_before(desk, passwords, "watched", "usual address")
    for number in range(13):
        for _ in range(5):
            with suppress(TooManyTries):
                sign_in.enter(desk, "watched", "wrong", f"bot {number}", passwords)
    with pytest.raises(TooManyTries):
        sign_in.enter(desk, "watched", PASSWORD, "unknown address", passwords)
    assert sign_in.enter(desk, "watched", PASSWORD, "usual address", passwords) is not None


def test_wrong_tries_behind_the_same_address_cannot_lock_out_who_has_signed_in_there(
    owner: Engine, desk: Engine, passwords: Passwords
) -> None:
    account(owner, passwords, "colleague")
    signed_in_before(desk, passwords, "colleague", "office")
    for number in range(31):
        with suppress(TooManyTries):
            sign_in.enter(desk, f"name{number}", "wrong", "office", passwords)
    assert sign_in.enter(desk, "colleague", PASSWORD, "office", passwords) is not None


def test_a_sign_in_is_known_for_90_days_and_a_wrong_try_for_one(owner: Engine, desk: Engine, passwords: Passwords) -> None:
    rows = "('old', 'a', true, now() - interval '89 days'), ('older', 'a', true, now() - interval '91 days'), "
    rows += "('wrong', 'a', false, now() - interval '25 hours')"
    with open_write_transaction(owner) as connection:
        connection.execute(text(f"INSERT INTO sign_in (name, client, opened, at) VALUES {rows}"))
    sign_in.enter(desk, "expert", "wrong", "client-4", passwords)
    with open_write_transaction(desk) as connection:
        names = set(connection.scalars(text("SELECT name FROM sign_in")))
    assert "old" in names and not names & {"older", "wrong"}


def test_a_disabled_account_and_a_new_password_end_sessions(owner: Engine, desk: Engine, passwords: Passwords) -> None:
    with open_write_transaction(owner) as connection:
        accounts.add(connection, "leaver", "expert", passwords.hash(PASSWORD))
    found = sign_in.enter(desk, "leaver", PASSWORD, "client-3", passwords)
    assert found is not None
    with open_write_transaction(desk) as connection:
        token = sessions.begin(connection, found, "password", "192.0.2.7", "")
        assert sessions.find(connection, token) is not None
    with open_write_transaction(owner) as connection:
        accounts.change(connection, "leaver", disabled=True)
    with open_write_transaction(desk) as connection:
        assert sessions.find(connection, token) is None
    assert sign_in.enter(desk, "leaver", PASSWORD, "client-3", passwords) is None
    with pytest.raises(NotFound), open_write_transaction(owner) as connection:
        accounts.change(connection, "nobody", disabled=True)


def legal_status(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT a_key, b_key, verdict FROM current_judgement"))
    return {f"{row.a_key}-{row.b_key}": row.verdict for row in rows}


def test_the_last_judgement_is_in_force_and_undoing_brings_back_the_one_before(desk: Engine) -> None:
    with open_write_transaction(desk, "expert") as connection:
        first = judgements.judge(connection, Judgement(A, B, "different", reason="two shafts"), "expert")
    with open_write_transaction(desk, "expert") as connection:
        # the same pair the in reverse order
        second = judgements.judge(connection, Judgement(B, A, "same"), "expert")
        assert legal_status(connection) == {"2-1": "same"}
    with open_write_transaction(desk, "expert") as connection, pytest.raises(BadQuery, match="no longer in force"):
        judgements.undo(connection, first, "expert")
    with open_write_transaction(desk, "expert") as connection:
        assert judgements.undo(connection, second, "expert").verdict == "same"
        assert legal_status(connection) == {"1-2": "different"}
    with open_write_transaction(desk, "expert") as connection, pytest.raises(BadQuery, match="no longer in force"):
        judgements.undo(connection, second, "expert")
    with open_write_transaction(desk, "expert") as connection:
        judgements.undo(connection, first, "expert", "no longer sure")
        assert legal_status(connection) == {}
        reported = judgements.read_judgement_history(connection, B, A)
        assert [row["verdict"] for row in reported] == ["withdrawn", "withdrawn", "same", "different"]
    with open_write_transaction(desk, "expert") as connection, pytest.raises(NotFound):
        judgements.undo(connection, uuid.uuid4(), "expert")


@pytest.mark.parametrize(
    "said",
    [
        Judgement(A, A, "same"),
        Judgement(A, B, "perhaps"),
        Judgement(A, B, "withdrawn"),
        Judgement(A, B, "linked"),
        Judgement(A, B, "linked", "married_to"),
        Judgement(A, B, "same", "works"),
        Judgement(A, B, "same", reason="x" * 2001),
    ],
)
def test_a_judgement_that_makes_no_sense_is_refused(desk: Engine, said: Judgement) -> None:
    with open_write_transaction(desk, "expert") as connection, pytest.raises(BadQuery):
        judgements.judge(connection, said, "expert")


def test_the_store_itself_refuses_what_makes_no_sense(desk: Engine) -> None:
    statement = text(
        "INSERT INTO decision (kind, subject, decision, account) VALUES (:kind, CAST(:subject AS jsonb), :decision, 'x')"
    )
    pair = json.dumps({"a_source": "s", "a_key": "1", "b_source": "s", "b_key": "1"})
    for kind, subject, decision, name in (
        ("judgement", pair, "same", "of_two"),
        ("judgement", "{}", "same", "kind"),
        ("judgement", pair.replace('"1"}', '"2"}'), "linked", "linked"),
        ("judgement", pair.replace('"1"}', '"2"}'), "withdrawn", "kind|withdrawn_tells_what"),
        ("holder_decision", '{"key": "x"}', "natural-person", "kind"),
        ("another", "{}", "same", "kind"),
    ):
        with desk.connect() as connection, pytest.raises(IntegrityError, match=f"ck_decision_({name})"):
            connection.execute(statement, {"kind": kind, "subject": subject, "decision": decision})


def test_judgements_go_out_and_into_another_store_and_come_in_only_once(shared: Store, store: Store, tmp_path: Path) -> None:
    with opened(shared.addresses.desk) as desk, open_write_transaction(desk, "expert") as connection:
        stored = judgements.judge(connection, Judgement(A, C, "linked", "works", "矿山开采该矿床"), "expert")
        taken = judgements.judge(connection, Judgement(B, C, "same"), "expert")
        judgements.undo(connection, taken, "expert")
    path = tmp_path / "judgements.jsonl"
    assert lode(shared, "judgements", "export", str(path)).returncode == 0
    count = len(path.read_text().splitlines())
    assert "矿山开采该矿床" in path.read_text()
    for new in (count, 0):
        reported = lode(store, "judgements", "import", "--json", str(path))
        assert reported.returncode == 0, reported.stderr
        assert json.loads(reported.stdout) == [{"read": count, "new": new, "known": count - new}]
    again = lode(store, "judgements", "export")
    assert again.stdout == path.read_text()
    with opened(store.addresses.owner) as owner, owner.connect() as connection:
        assert connection.scalar(text("SELECT id FROM current_judgement WHERE verdict = 'linked'")) == stored
        assert legal_status(connection) == {"1-3": "linked"}


@pytest.mark.slow
def test_values_by_people_go_out_and_into_another_store_and_come_in_only_once(
    shared: Store, store: Store, tmp_path: Path
) -> None:
    def said(field: str, value: object) -> Proposal:
        return Proposal("deposits", "d1", "甲", A, field, value, None, "a report", "it is newer")

    with opened(shared.addresses.desk) as desk, open_write_transaction(desk, "expert") as connection:
        taken = proposals.propose(connection, said("discovery_year", 1990), "expert", accepted=True)
        proposals.propose(connection, said("position", [-69.07, -24.27]), "li.ming", accepted=False)
    path = tmp_path / "values.jsonl"
    for new in (2, 0):
        assert lode(shared, "judgements", "export", "--values", str(path)).returncode == 0
        reported = lode(store, "judgements", "import", "--values", "--json", str(path))
        assert reported.returncode == 0, reported.stderr
        assert json.loads(reported.stdout) == [{"read": 2, "new": new, "known": 2 - new}]
    # what became of a value later comes in by itself
    with opened(shared.addresses.desk) as desk, open_write_transaction(desk, "expert") as connection:
        proposals.decide(connection, taken, "withdrawn", "not so new", "expert")
    assert lode(shared, "judgements", "export", "--values", str(path)).returncode == 0
    assert json.loads(lode(store, "judgements", "import", "--values", "--json", str(path)).stdout)[0]["new"] == 1
    assert lode(store, "judgements", "export", "--values").stdout == path.read_text()


def test_stores_that_accepted_the_same_value_share_its_withdrawal(
    shared: Store, desk: Engine, owner: Engine, store: Store
) -> None:
    said = Proposal("deposits", "d3", "丙", C, "age", "Jurassic", None, "a map", "read there")
    with open_write_transaction(desk, "expert") as connection:
        number = proposals.propose(connection, said, "kai", accepted=False)

    def exchange(here: Engine) -> int:
        with open_write_transaction(owner) as connection:
            lines = [line for line in export_curated_values(connection) if line["record_id"] == "d3"]
        with open_write_transaction(here) as connection:
            return import_curated_values(connection, lines)[1]

    with opened(store.addresses.owner) as other:
        assert exchange(other) == 1
        with open_write_transaction(other) as connection:
            proposals.decide(connection, 1, "accepted", "there", "li")
        with open_write_transaction(desk, "expert") as connection:
            proposals.decide(connection, number, "accepted", "here", "expert")
        assert exchange(other) == 0, "it is accepted already"
        with open_write_transaction(desk, "expert") as connection:
            proposals.decide(connection, number, "withdrawn", "misread", "expert")
        assert (exchange(other), exchange(other)) == (1, 0)
        with other.connect() as connection:
            row = proposals.read_proposal(connection, 1)
            assert (row["state"], row["by"], row["words"]) == ("withdrawn", "expert", "misread")
            assert connection.execute(text("SELECT FROM current_override")).all() == []


def test_of_two_people_who_accept_a_value_at_once_the_second_is_refused(desk: Engine, owner: Engine) -> None:
    said = Proposal("deposits", "d4", "丁", A, "age", "Jurassic", None, "a map", "read there")
    with open_write_transaction(desk, "expert") as connection:
        number = proposals.propose(connection, said, "kai", accepted=False)
    refused: list[str] = []

    def accept() -> None:
        try:
            with open_write_transaction(desk, "li") as connection:
                proposals.decide(connection, number, "accepted", None, "li")
        except BadQuery as error:
            refused.append(error.parameter)

    second = threading.Thread(target=accept)
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with open_write_transaction(desk, "expert") as connection:
        proposals.decide(connection, number, "accepted", None, "expert")
        second.start()
        deadline = time.monotonic() + 30
        while not _count(owner, waiting) and time.monotonic() < deadline:
            time.sleep(0.02)
    second.join()
    assert refused == ["state"]


def _count(engine: Engine, statement: TextClause) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(statement) or 0)


@pytest.mark.parametrize(
    ("name", "wrong"),
    mostly_slow([("value", 3000), ("field", "status"), ("at", "1990-01-01"), ("steps", None)], quick=[("value", 3000)]),
)
def test_a_value_that_nobody_could_have_given_is_not_brought_in(store: Store, tmp_path: Path, name: str, wrong: object) -> None:
    line: dict[str, object] = {
        "collection": "deposits",
        "record_id": "d1",
        "record_name": "A",
        "source": "s",
        "key": "1",
        "was": None,
    }
    line |= {"field": "discovery_year", "value": 1990, "cited": "a report", "reason": "new", "account": "x", "steps": []}
    path = tmp_path / "values.jsonl"
    path.write_text(json.dumps(line | {"at": "2024-05-01T00:00:00+00:00", name: wrong}) + "\n")
    reported = lode(store, "judgements", "import", "--values", str(path))
    assert reported.returncode == 2 and "Traceback" not in reported.stderr
    assert lode(store, "judgements", "export", "--values").stdout == ""


@pytest.mark.parametrize("line", mostly_slow(["nonsense", "[1]", "{}", '{"id": "x", "more": 1}'], quick=["{}"]))
def test_a_file_that_holds_no_judgements_changes_nothing(store: Store, tmp_path: Path, line: str) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(line + "\n")
    reported = lode(store, "judgements", "import", str(path))
    assert (reported.returncode, reported.stdout) == (2, "") and "Traceback" not in reported.stderr
