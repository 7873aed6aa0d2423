"""One-time codes by RFC 6238, recovery codes, sessions in the store, and what the audit trail keeps of all that."""

import base64
import json
import os
import pwd
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from tests.lodebase.desk.store_access import lode

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk import trail
from lodebase.desk.identity import accounts, password_rules, second_factor, sessions, sign_in
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, NotFound, TooManyTries

PASSWORD = "long enough to keep"
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
# RFC 6238, appendix B: the last six of eight digits
RFC_CODES = {59: "287082", 1_111_111_109: "081804", 1_111_111_111: "050471", 1_234_567_890: "005924", 2_000_000_000: "279037"}


@pytest.fixture(scope="module")
def shared(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("second_factor") as store:
        yield store


@pytest.fixture(scope="module")
def owner(shared: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(shared.addresses.owner, "tests", pool_size=2)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def desk(shared: Store) -> Iterator[Engine]:
    """The site's writing role."""
    made = engines.create_checked_engine(shared.addresses.desk, "tests", pool_size=2)
    yield made
    made.dispose()


def begun(owner: Engine, desk: Engine, name: str) -> sessions.Session:
    """The session of a new expert who gave a password."""
    with open_write_transaction(owner) as connection:
        accounts.add(connection, name, "expert", Passwords().hash(PASSWORD))
    return again(desk, name)


def again(desk: Engine, name: str) -> sessions.Session:
    found = sign_in.enter(desk, name, PASSWORD, f"client of {name}", Passwords())
    assert found is not None
    with open_write_transaction(desk) as connection:
        token = sessions.begin(connection, found, "password", "192.0.2.77", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        session = sessions.find(connection, token)
        assert session is not None
        if not session.enrolled:
            sessions.set_enrolling(connection, session.number, second_factor.generate_factor_secret())
            session = sessions.find(connection, token)
    assert session is not None
    return session


def enrolled(owner: Engine, desk: Engine, name: str) -> tuple[str, list[str]]:
    """The key and the recovery codes of a new expert."""
    session = begun(owner, desk, name)
    assert session.enrolling is not None
    # the code of the step before, so that those of this step and the next one are not used yet
    code = second_factor.compute_totp_code(session.enrolling, time.time() - second_factor.STEP_S)
    codes = second_factor.enrol(desk, session, code, "client")
    assert codes is not None
    return session.enrolling, codes


@pytest.mark.parametrize(("at", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(at: int, code: str) -> None:
    assert second_factor.compute_totp_code(RFC_SECRET, at) == code
    assert second_factor.find_matching_step(RFC_SECRET, code, at) == at // 30


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(seconds: int, taken: bool) -> None:
    code = second_factor.compute_totp_code(RFC_SECRET, 1_111_111_111 + seconds)
    assert (second_factor.find_matching_step(RFC_SECRET, code, 1_111_111_111) is not None) == taken


def test_a_code_is_taken_once(owner: Engine, desk: Engine) -> None:
    secret, _ = enrolled(owner, desk, "once")
    code = second_factor.compute_totp_code(secret, time.time())
    assert second_factor.check(desk, "once", f"{code[:3]} {code[3:]}", "client")
    assert not second_factor.check(desk, "once", code, "client")


def test_a_wrong_first_code_sets_nothing_up(owner: Engine, desk: Engine) -> None:
    session = begun(owner, desk, "mistyped")
    for code in ("", "000000x", "１２３４５６", "99999", "\u0000"):
        assert second_factor.enrol(desk, session, code, "mistyping") is None
    assert not again(desk, "mistyped").enrolled


def test_a_recovery_code_replaces_a_code_once_and_new_ones_void_the_old(owner: Engine, desk: Engine) -> None:
    _, codes = enrolled(owner, desk, "lost.phone")
    assert len(codes) == len(set(codes)) == 10 and all(len(code) == 19 for code in codes)
    assert second_factor.check(desk, "lost.phone", codes[0].upper().replace("-", " "), "client")
    assert not second_factor.check(desk, "lost.phone", codes[0], "client")
    with open_write_transaction(desk, "lost.phone") as connection:
        assert second_factor.count_recovery_codes(connection, "lost.phone") == 9
        second_factor.renew_recovery_codes(connection, "lost.phone")
    assert not second_factor.check(desk, "lost.phone", codes[1], "client")


def test_codes_are_throttled_like_passwords(owner: Engine, desk: Engine) -> None:
    secret, _ = enrolled(owner, desk, "guessed")
    for _ in range(5):
        assert not second_factor.check(desk, "guessed", "000000", "guesser")
    with pytest.raises(TooManyTries):
        second_factor.check(desk, "guessed", second_factor.compute_totp_code(secret, time.time()), "guesser")
    # ten tries of one account: five of one client, and the one that set it up
    for number in range(4):
        assert not second_factor.check(desk, "guessed", "000000", f"guesser {number}")
    with pytest.raises(TooManyTries):
        second_factor.check(desk, "guessed", "000000", "guesser from elsewhere")


def test_keys_and_codes_are_read_by_the_desk_alone_and_stand_nowhere_in_plain(
    shared: Store, owner: Engine, desk: Engine
) -> None:
    secret, codes = enrolled(owner, desk, "secretive")
    for address in (shared.addresses.site, shared.addresses.importer):
        engine = engines.create_checked_engine(address, "tests", pool_size=1)
        for table in ("session", "second_factor", "recovery_code", "used_code"):
            with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(f"SELECT * FROM lode.{table}"))
        engine.dispose()
    with owner.connect() as connection:
        stored = str(connection.execute(text("SELECT audit::text FROM audit")).all())
        stored += str(connection.execute(text("SELECT recovery_code::text FROM recovery_code")).all())
    assert secret not in stored and PASSWORD not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE second_factor SET secret = 'AAAA'",
        "UPDATE session SET account = 'chief'",
        "DELETE FROM used_code",
        "SELECT lode.note_command('x', 'y', NULL, 'z')",
        "INSERT INTO audit (action) VALUES ('x')",
    ],
)
def test_the_desk_can_give_no_account_anothers_session_or_key(desk: Engine, statement: str) -> None:
    with desk.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(statement))


def test_a_session_ends_on_the_server(owner: Engine, desk: Engine) -> None:
    first = begun(owner, desk, "leaving")
    with open_write_transaction(desk, "leaving") as connection:
        token = sessions.begin(connection, first.account, "password", "2001:db8:1:2::3", "curl/8")
        assert [row["client"] for row in sessions.read_open_sessions(connection, "leaving")] == [
            "2001:db8:1::/48",
            "192.0.2.0/24",
        ]
        assert {row["agent"] for row in sessions.read_open_sessions(connection, "leaving")} == {"Firefox, Linux", "curl"}
        second = sessions.find(connection, token)
        assert second is not None
        renewed = sessions.confirm(connection, second.number)
        assert sessions.find(connection, token) is None
        assert sessions.find(connection, renewed) is not None
        with pytest.raises(NotFound):
            sessions.end(connection, second.number, "somebody.else")
        sessions.end(connection, second.number, "leaving")
        assert sessions.find(connection, renewed) is None
        assert sessions.end_all(connection, "leaving") == 1


@pytest.mark.parametrize("change", [{"role": "contributor"}, {"disabled": True}, {"password_hash": "another"}])
def test_a_changed_account_has_no_session(owner: Engine, desk: Engine, change: dict[str, object]) -> None:
    session = begun(owner, desk, f"changed.{next(iter(change))[:4]}")
    with open_write_transaction(owner) as connection:
        accounts.change(connection, session.account.name, **change)
        assert sessions.read_open_sessions(connection, session.account.name) == []


def test_sessions_end_by_themselves(owner: Engine, desk: Engine) -> None:
    session = begun(owner, desk, "sleeping")
    with open_write_transaction(owner) as connection:
        connection.execute(text("UPDATE session SET made = now() - interval '13 hours' WHERE account = 'sleeping'"))
        assert sessions.read_open_sessions(connection, "sleeping") == []
        connection.execute(text("UPDATE session SET made = now() - interval '25 hours' WHERE account = 'sleeping'"))
        sessions.begin(connection, session.account, "password", "", "")
        assert connection.scalar(text("SELECT count(*) FROM session WHERE account = 'sleeping'")) == 1


@pytest.mark.parametrize(
    ("role", "mode", "missing"),
    [
        ("expert", "required", "enrol"),
        ("administrator", "required", "enrol"),
        ("contributor", "required", None),
        ("expert", "optional", None),
        ("administrator", "off", None),
    ],
)
def test_who_needs_a_second_factor(role: str, mode: str, missing: str | None) -> None:
    account = accounts.Account("a", role, "")
    assert sessions.Session(1, account, "password", False, None).missing(mode) == missing
    assert sessions.Session(1, account, "provider", False, None).missing(mode) is None
    assert sessions.Session(1, account, "code", True, None).missing(mode) is None
    assert sessions.Session(1, account, "password", True, None).missing(mode) == (None if mode == "off" else "code")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "123456789012",
        "qwertyuiop123",
        "li.ming.2026",
        "mineralswatch",
        "lodelodelode",
        "iloveyou1234",
        "LiMing123456",
    ],
)
def test_a_common_password_or_one_made_of_the_names_is_refused(password: str) -> None:
    with pytest.raises(BadQuery, match="too easy to guess") as caught:
        password_rules.require_good(password, "li.ming", "https://minerals-watch.example.org")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", ["long enough to keep", "xkcd-battery-9", "gravel otter lantern", "钻孔-岩芯-1987-灯塔-河"]
)
def test_other_passwords_are_taken(password: str) -> None:
    assert password_rules.require_good(password, "li.ming", "https://minerals-watch.example.org") == password


def test_failed_sign_ins_are_in_the_trail_without_what_was_typed(owner: Engine, desk: Engine) -> None:
    enrolled(owner, desk, "attacked")
    sign_in.enter(desk, "attacked", "a wrong password", "keyed-client", Passwords())
    sign_in.enter(desk, "my secret password", "", "keyed-client", Passwords())
    second_factor.check(desk, "attacked", "000001", "keyed-client")
    with owner.connect() as connection:
        rows = connection.execute(
            text("SELECT account, subject, detail FROM audit WHERE action = 'sign_in failed' ORDER BY id")
        )
        reported = [(row.account, row.subject, row.detail["failed"]) for row in rows if row.detail["client"] == "keyed-client"]
    assert reported == [(None, "attacked", "password"), (None, "", "password"), (None, "attacked", "code")]
    everything = "".join(trail.export_trail_lines(owner))
    assert "wrong password" not in everything and "my secret" not in everything and "000001" not in everything


def test_what_commands_change_is_in_the_trail_with_the_operator(store: Store) -> None:
    lode(store, "user", "add", "li.ming", "--role", "expert", given=PASSWORD)
    lode(store, "user", "role", "li.ming", "--role", "administrator")
    lode(store, "resolve", "apply")
    operator = f"{pwd.getpwuid(os.geteuid()).pw_name} on {socket.gethostname()}"
    lines = lode(store, "audit", "export").stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    reported = {(row["action"], row["subject"], row["operator"]) for row in entries}
    assert reported >= {
        ("account insert", "li.ming", operator),
        ("account update", "li.ming", operator),
        ("command resolve", "apply", operator),
    }
    assert [row["id"] for row in entries] == sorted(row["id"] for row in entries)
    assert lode(store, "audit", "export", "--since", "2999-01-01").stdout == ""
    assert len(lode(store, "audit", "export", "--since", "2020-01-01").stdout.splitlines()) == len(entries)
    refused = lode(store, "audit", "export", "--since", "yesterday")
    assert refused.returncode == 2 and "2026-11-28" in refused.stderr


def test_sudo_is_named_and_nothing_that_a_terminal_would_obey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "li.ming\x1b[2J\n")
    assert trail.describe_operator().isprintable() and "(sudo by li.ming" in trail.describe_operator()


def test_the_importer_adds_to_the_trail_and_changes_nothing_of_it(shared: Store) -> None:
    trail.note_command(shared.importer, "import", "natural-earth", {"loaded": 3})
    engine = engines.create_checked_engine(shared.addresses.importer, "tests", pool_size=1)
    for statement in (
        "INSERT INTO lode.audit (action) VALUES ('x')",
        "DELETE FROM lode.audit",
        "UPDATE lode.audit SET action = 'x'",
    ):
        with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(statement))
    engine.dispose()


def test_sessions_and_second_factors_by_command(store: Store) -> None:
    owner = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    desk = engines.create_checked_engine(store.addresses.desk, "tests", pool_size=1)
    enrolled(owner, desk, "li.ming")
    again(desk, "li.ming")
    (first, _) = json.loads(lode(store, "user", "sessions", "li.ming", "--json").stdout)
    assert lode(store, "user", "sign-out", "li.ming", "--session", str(first["number"])).returncode == 0
    assert lode(store, "user", "sign-out", "li.ming", "--session", str(first["number"])).returncode == 2
    assert json.loads(lode(store, "user", "sign-out", "li.ming", "--json").stdout) == [{"account": "li.ming", "ended": 1}]
    assert json.loads(lode(store, "user", "sessions", "--json").stdout) == []
    assert lode(store, "user", "sign-out", "nobody").returncode == 2
    assert lode(store, "user", "reset-totp", "li.ming").returncode == 0
    assert not again(desk, "li.ming").enrolled
    assert lode(store, "user", "reset-totp", "li.ming").returncode == 2
    owner.dispose()
    desk.dispose()


def test_a_restore_is_in_the_trail_with_the_operator(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "store.zip"
    for arguments in (("backup", str(path)), ("restore", str(path), "--force")):
        done = lode(store, *arguments)
        assert done.returncode == 0, done.stderr
    (last,) = [json.loads(line) for line in lode(store, "audit", "export").stdout.splitlines()[-1:]]
    assert (last["action"], last["subject"]) == ("command restore", str(path))
    assert last["operator"].endswith(f" on {socket.gethostname()}")
