"""Accounts by the command: added, given a password, disabled, linked to the identity provider."""

import json

import pytest
from tests.lodebase.desk.store_access import PASSWORD, lode, opened

from lodebase.db.store import Store
from lodebase.desk.identity import sign_in
from lodebase.desk.identity.passwords import Passwords


@pytest.mark.slow
def test_accounts_of_the_identity_provider_by_command(store: Store) -> None:
    assert lode(store, "user", "add", "li.ming", "--role", "expert", "--subject", "Li@Example.org").returncode == 0
    assert lode(store, "user", "add", "other", "--role", "expert", "--subject", "li@example.org").returncode == 2
    assert lode(store, "user", "add", "kai", "--role", "expert", given=PASSWORD).returncode == 0

    def known() -> dict[str, str | None]:
        rows = json.loads(lode(store, "user", "list", "--json").stdout)
        return {row["name"]: row["subject"] for row in rows}

    assert known() == {"kai": None, "li.ming": "li@example.org"}
    assert lode(store, "user", "subject", "kai", "li@example.org").returncode == 2
    assert lode(store, "user", "subject", "li.ming").returncode == 0
    assert lode(store, "user", "subject", "kai", "li@example.org").returncode == 0
    assert known() == {"kai": "li@example.org", "li.ming": None}


def test_accounts_by_command_with_the_password_on_standard_input(store: Store, passwords: Passwords) -> None:
    assert lode(store, "user", "add", "li.ming", "--role", "expert", given=PASSWORD + "\n").returncode == 0
    assert lode(store, "user", "add", "brief", "--role", "expert", given="short\n").returncode == 2
    assert lode(store, "user", "add", "li.ming", "--role", "expert", given=PASSWORD).returncode == 2
    assert lode(store, "user", "password", "li.ming", given="quite another one").returncode == 0
    assert lode(store, "user", "role", "li.ming", "--role", "administrator").returncode == 0
    (row,) = json.loads(lode(store, "user", "list", "--json").stdout)
    assert (row["name"], row["role"], row["disabled"]) == ("li.ming", "administrator", False)
    assert set(row) == {"name", "role", "disabled", "subject", "made_at"}
    with opened(store.addresses.desk) as desk:
        assert sign_in.enter(desk, "li.ming", PASSWORD, "here", passwords) is None
        assert sign_in.enter(desk, "li.ming", "quite another one", "here", passwords) is not None
        assert lode(store, "user", "disable", "li.ming").returncode == 0
        assert sign_in.enter(desk, "li.ming", "quite another one", "here", passwords) is None
        assert lode(store, "user", "disable", "--again", "li.ming").returncode == 0
        assert sign_in.enter(desk, "li.ming", "quite another one", "here", passwords) is not None
