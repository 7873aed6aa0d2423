"""Signing in, with limits on wrong tries: of a name from one client, of a client, and of a name from all clients together.

A client that has signed in under a name before is limited by its own wrong tries of that name alone, so nobody can lock
its owner out, neither from other addresses nor from behind the same one.
"""

from collections.abc import Collection
from hashlib import blake2b

from sqlalchemy import Connection, Engine, insert, select, text

from lodebase.db.desk_tables import sign_in, site_secret
from lodebase.desk import accounts
from lodebase.desk.accounts import LONGEST, Account
from lodebase.desk.passwords import Passwords
from lodebase.desk.provider import Person
from lodebase.desk.refusals import sentence
from lodebase.desk.writing import writing
from lodebase.errors import DatabaseUnfit, TooManyTries

WHILE_MIN = 15
NAME_LENGTH = 40
MOST = {"of_both": 5, "of_client": 30, "of_name": 60}
"""Wrong tries within the while: of a name from a client since it last signed in, of a client, of a name from all clients."""
# one client adds to the tries of a name no more than it may make itself
TRIES = text(
    f"""
    WITH known AS (SELECT max(at) AS at FROM lode.sign_in WHERE opened AND name = :name AND client = :client),
         wrong AS (SELECT name, client, at FROM lode.sign_in WHERE NOT opened AND at > now() - make_interval(mins => :mins))
    SELECT (SELECT at FROM known) IS NOT NULL AS known,
           count(*) FILTER (WHERE name = :name AND client = :client
                            AND at > coalesce((SELECT at FROM known), '-infinity')) AS of_both,
           count(*) FILTER (WHERE client = :client) AS of_client,
           (SELECT coalesce(sum(least(tries, {MOST["of_both"]})), 0)
            FROM (SELECT count(*) AS tries FROM wrong WHERE name = :name GROUP BY client) of_clients) AS of_name
    FROM wrong
    """
)


def secret(engine: Engine) -> str:
    """What sessions are signed with. Raises DatabaseUnfit."""
    with writing(engine) as connection:
        found = connection.scalar(select(site_secret.c.value).where(site_secret.c.name == "sessions"))
    if found is None:
        raise DatabaseUnfit("The store has no secret to sign sessions with; run `lode db upgrade`.")
    return str(found)


def enter(engine: Engine, name: str, password: str, client: str, passwords: Passwords) -> Account | None:
    """The account of a name and password; None where they are not right. Raises TooManyTries."""
    name, password = name[:NAME_LENGTH], password[: LONGEST + 1]
    with writing(engine) as connection:
        _note(connection, name, client, opened=False)
    # counted after it was noted, so that many tries at once count one another
    with writing(engine) as connection:
        _require_few(connection, name, client)
        found = accounts.of_password(connection, name, password, passwords)
        if found is not None:
            _note(connection, name, client, opened=True)
    return found


def try_by_provider(engine: Engine, client: str) -> None:
    """Count a client that comes back from the provider; who it is, is not known yet. Raises TooManyTries."""
    with writing(engine) as connection:
        _note(connection, "", client, opened=False)
    with writing(engine) as connection:
        _require_few(connection, "", client, ("of_client",))


def enter_by_provider(engine: Engine, person: Person, client: str, role: str | None) -> Account | None:
    """The account of somebody whom the provider knows; with a role one is made for whoever has none.

    None where there is none or it is disabled.
    """
    with writing(engine) as connection:
        if role is not None:
            accounts.admit(connection, person.called, person.subject, role)
        found = accounts.of_subject(connection, person.subject)
        if found is not None:
            _note(connection, found.name, client, opened=True)
    return found


def keyed(key: str, client: str) -> str:
    """What is kept of a client's address: nobody without the site's secret can tell the address from it."""
    return blake2b(client.encode(), key=key.encode()[:64], digest_size=12).hexdigest()


def _note(connection: Connection, name: str, client: str, opened: bool) -> None:
    connection.execute(insert(sign_in).inline().values(name=name, client=client, opened=opened))


def _require_few(connection: Connection, name: str, client: str, counted: Collection[str] = tuple(MOST)) -> None:
    row = connection.execute(TRIES, {"name": name, "client": client, "mins": WHILE_MIN}).one()
    counted = ("of_both",) if row.known else counted
    if any(getattr(row, what) > MOST[what] for what in counted):
        raise TooManyTries(sentence("wait", minutes=WHILE_MIN))
