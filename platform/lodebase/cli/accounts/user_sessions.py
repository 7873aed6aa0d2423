"""``lode user sessions``, ``sign-out`` and ``reset-totp``: where accounts are signed in, and their second factor."""

import click

from lodebase.cli.accounts.owner import open_owner_transaction
from lodebase.cli.output import json_option, print_rows, say
from lodebase.desk.identity import accounts, second_factor, sessions
from lodebase.errors import NotFound
from lodedata.messages import msg


@click.command("sessions")
@click.argument("name", required=False)
@json_option
def list_sessions(name: str | None, as_json: bool) -> None:
    """List the open sessions of the account NAME, or of all accounts."""
    with open_owner_transaction() as connection:
        rows = sessions.read_open_sessions(connection, name)
    print_rows(rows, as_json)


@click.command("sign-out")
@click.argument("name")
@click.option("--session", "number", type=int, help="End this session only; `lode user sessions` has the numbers.")
@json_option
def sign_out(name: str, number: int | None, as_json: bool) -> None:
    """End the sessions of the account NAME."""
    with open_owner_transaction() as connection:
        if not accounts.has_account(connection, name):
            raise NotFound(msg("There is no account %(name)r.", name=name))
        if number is not None:
            sessions.end(connection, number, name)
        ended = 1 if number is not None else sessions.end_all(connection, name)
    if as_json:
        print_rows([{"account": name, "ended": ended}], as_json)
    else:
        singular, more = msg("1 session of %(name)s ended."), msg("%(number)s sessions of %(name)s ended.")
        say((singular if ended == 1 else more).filled(name=name, number=ended))


@click.command("reset-totp")
@click.argument("name")
@json_option
def reset_totp(name: str, as_json: bool) -> None:
    """Remove the second factor of the account NAME, for example of a lost phone, and end its sessions."""
    with open_owner_transaction() as connection:
        second_factor.reset(connection, name)
    if as_json:
        print_rows([{"account": name, "second_factor": False}], as_json)
    else:
        say(
            msg(
                "%(name)s has no second factor now, and sets one up at the next sign-in where LODE_TOTP requires it.", name=name
            )
        )


COMMANDS = (list_sessions, sign_out, reset_totp)
"""Of the group ``lode user``."""
