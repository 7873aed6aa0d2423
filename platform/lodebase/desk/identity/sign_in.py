"""Sign-in, with limits on failures: of a name from one client, of a client, and of a name from all clients together.

A client that has signed in under a name before is limited only by its own failures with that name, so nobody can lock
the owner out, neither from other addresses nor from the same one.
"""

from collections.abc import Collection
from hashlib import blake2b

from sqlalchemy import Connection, Engine, insert, select, text

from lodebase.db.schema.identity_tables import sign_in, site_secret
from lodebase.desk.identity import accounts
from lodebase.desk.identity.accounts import MAX_PASSWORD_LENGTH, Account
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.identity.provider import Person
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import DatabaseUnfit, TooManyTries
from lodedata.messages import msg

WHILE_MIN = 15
NAME_LENGTH = 40
MAX_SIGN_IN_TRIES = {"of_both": 5, "of_client": 30, "of_name": 60}
"""The failure limits per period: of a name from a client since its last sign-in, of a client, of a name from all clients."""
MAX_CODES = {"of_both": 5, "of_client": 30, "of_name": 10}
"""The same for one-time codes; fewer in total, as there are only a million codes and the attacker has the password."""
# one client adds to the failures of a name no more than its own limit; a failure is a second row of an attempt already counted
TRIES = text(
    f"""
    WITH known AS (SELECT max(at) AS at FROM lode.sign_in WHERE opened AND name = :name AND client = :client),
         wrong AS (SELECT name, client, at, step FROM lode.sign_in
                   WHERE NOT opened AND failed IS NULL AND at > now() - make_interval(mins => :mins))
    SELECT (SELECT at FROM known) IS NOT NULL AS known,
           count(*) FILTER (WHERE name = :name AND client = :client AND step = :step
                            AND at > coalesce((SELECT at FROM known), '-infinity')) AS of_both,
           count(*) FILTER (WHERE client = :client) AS of_client,
           (SELECT coalesce(sum(least(tries, {MAX_SIGN_IN_TRIES["of_both"]})), 0)
            FROM (SELECT count(*) AS tries FROM wrong WHERE name = :name AND step = :step GROUP BY client) c) AS of_name
    FROM wrong
    """
)


def read_session_secret(engine: Engine) -> str:
    """Return the secret that signs sessions. Raise DatabaseUnfit if there is none."""
    with open_write_transaction(engine) as connection:
        secret = connection.scalar(select(site_secret.c.value).where(site_secret.c.name == "sessions"))
    if secret is None:
        raise DatabaseUnfit(msg("The store has no secret to sign sessions with. Run `lode db upgrade`."))
    return str(secret)


def enter(engine: Engine, name: str, password: str, client: str, passwords: Passwords) -> Account | None:
    """Return the account of a name and password; None if they are wrong. Raise TooManyTries above the limits."""
    name, password = name[:NAME_LENGTH], password[: MAX_PASSWORD_LENGTH + 1]
    with open_write_transaction(engine) as connection:
        _note(connection, name, client)
    # counted after it was recorded, so that many simultaneous attempts count one another
    with open_write_transaction(engine) as connection:
        _require_few(connection, name, client)
        account = accounts.find_account_by_password(connection, name, password, passwords)
        # a password may be typed as a name: an unknown name is not stored in the trail
        known = account is not None or accounts.has_account(connection, name)
    if account is None:
        note_failure(engine, name if known else "", client, "password")
    return account


def note_opened(connection: Connection, name: str, client: str) -> None:
    """Record a completed sign-in, with all factors that the account requires."""
    _note(connection, name, client, opened=True)


def note_failure(engine: Engine, name: str, client: str, failed: str) -> None:
    """Write a failed sign-in to the audit trail: the account, the client (as a keyed hash) and the step."""
    with open_write_transaction(engine) as connection:
        _note(connection, name, client, failed=failed, step="code" if failed == "code" else "password")


def require_few_codes(engine: Engine, name: str, client: str) -> None:
    """Count an attempt at a one-time code. Raise TooManyTries above the limits."""
    with open_write_transaction(engine) as connection:
        _note(connection, name, client, step="code")
    with open_write_transaction(engine) as connection:
        _require_few(connection, name, client, "code")


def try_by_provider(engine: Engine, client: str) -> None:
    """Count a client that returns from the provider, before it is identified. Raise TooManyTries above the limits."""
    with open_write_transaction(engine) as connection:
        _note(connection, "", client)
    with open_write_transaction(engine) as connection:
        _require_few(connection, "", client, counted=("of_client",))


def enter_by_provider(engine: Engine, person: Person, client: str, role: str | None) -> Account | None:
    """Return the account of a provider's subject; with a role, create one if there is none.

    Return None if there is none or it is disabled.
    """
    with open_write_transaction(engine) as connection:
        if role is not None:
            accounts.create_subject_account(connection, person.called, person.subject, role)
        account = accounts.find_account_by_subject(connection, person.subject)
        if account is not None:
            note_opened(connection, account.name, client)
    if account is None:
        note_failure(engine, "", client, "provider")
    return account


def hash_client_address(key: str, client: str) -> str:
    """Return the stored form of a client's address: it cannot be reversed without the site's secret."""
    return blake2b(client.encode(), key=key.encode()[:64], digest_size=12).hexdigest()


def _note(connection: Connection, name: str, client: str, opened: bool = False, **more: str) -> None:
    connection.execute(insert(sign_in).inline().values(name=name, client=client, opened=opened, **more))


def _require_few(
    connection: Connection, name: str, client: str, step: str = "password", counted: Collection[str] = tuple(MAX_SIGN_IN_TRIES)
) -> None:
    values = {"name": name, "client": client, "mins": WHILE_MIN, "step": step}
    row = connection.execute(TRIES, values).one()
    counted = ("of_both",) if row.known else counted
    most = MAX_CODES if step == "code" else MAX_SIGN_IN_TRIES
    if any(getattr(row, what) > most[what] for what in counted):
        raise TooManyTries(msg("Too many tries to sign in. Wait %(minutes)s minutes and try again.", minutes=WHILE_MIN))
