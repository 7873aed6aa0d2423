"""``lode user``: the accounts of those who work on the data."""

import sys

import click
from sqlalchemy import Connection

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_transaction
from lodebase.cli.accounts.user_sessions import COMMANDS
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import json_option, print_rows, say, translate_for_terminal
from lodebase.db.schema.identity_tables import ROLES
from lodebase.desk.identity import accounts
from lodebase.desk.identity.password_rules import require_good
from lodebase.desk.identity.passwords import Passwords
from lodedata.messages import Message, msg

role_option = click.option("--role", type=click.Choice(ROLES), required=True, help="What the account may do.")


@click.group(cls=CommandGroup)
def user() -> None:
    """Make, list and change the accounts of those who work on the data."""


for command in COMMANDS:
    user.add_command(command)


@user.command("add")
@click.argument("name")
@role_option
@click.option("--subject", help="Subject of the person at the identity provider; the account then has no password.")
@json_option
def add(name: str, role: str, subject: str | None, as_json: bool) -> None:
    """Add the account NAME; enter its password at the prompt or on standard input."""
    stored = Passwords().hash(_read_password(name)) if subject is None else None
    with open_owner_transaction() as connection:
        accounts.add(connection, name, role, stored, subject)
        _report(connection, name, msg("%(name)s may sign in as %(role)s.", name=name, role=role), as_json)


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the accounts."""
    with open_owner_transaction() as connection:
        rows = accounts.read_accounts(connection)
    print_rows(rows, as_json)


@user.command()
@click.argument("name")
@click.option("--again", is_flag=True, help="Enable the account again.")
@json_option
def disable(name: str, again: bool, as_json: bool) -> None:
    """Disable the account NAME and end its sessions."""
    with open_owner_transaction() as connection:
        accounts.change(connection, name, disabled=not again)
        _report(
            connection,
            name,
            msg("%(name)s may sign in again.", name=name) if again else msg("%(name)s may sign in no more.", name=name),
            as_json,
        )


@user.command()
@click.argument("name")
@json_option
def password(name: str, as_json: bool) -> None:
    """Give the account NAME a new password, from the prompt or standard input, and end its sessions."""
    new_password = _read_password(name)
    with open_owner_transaction() as connection:
        accounts.change(connection, name, password_hash=Passwords().hash(new_password))
        _report(connection, name, msg("%(name)s has a new password.", name=name), as_json)


@user.command()
@click.argument("name")
@click.argument("subject", required=False)
@json_option
def subject(name: str, subject: str | None, as_json: bool) -> None:
    """Link the account NAME to SUBJECT of the identity provider (without SUBJECT: to nobody), and end its sessions."""
    with open_owner_transaction() as connection:
        stored = None if subject is None else accounts.require_free(connection, subject)
        accounts.change(connection, name, subject=stored)
        _report(
            connection,
            name,
            msg("%(name)s is opened by %(subject)s at the identity provider.", name=name, subject=stored or msg("nobody")),
            as_json,
        )


@user.command()
@click.argument("name")
@role_option
@json_option
def role(name: str, role: str, as_json: bool) -> None:
    """Give the account NAME another role, and end its sessions."""
    with open_owner_transaction() as connection:
        accounts.change(connection, name, role=role)
        _report(connection, name, msg("%(name)s is %(role)s now.", name=name, role=role), as_json)


def _report(connection: Connection, name: str, sentence: Message, as_json: bool) -> None:
    """What became of an account: a sentence, or its row as JSON."""
    if as_json:
        print_rows([row for row in accounts.read_accounts(connection) if row["name"] == name], as_json)
    else:
        say(sentence)


def _read_password(name: str) -> str:
    """Return the new password of an account: entered twice on a terminal, else read from standard input."""
    if sys.stdin.isatty():
        new_password = click.prompt(
            translate_for_terminal(msg("Password")),
            hide_input=True,
            confirmation_prompt=translate_for_terminal(msg("Enter the password again")),
            err=True,
        )
    else:
        new_password = sys.stdin.readline().rstrip("\r\n")
    return require_good(str(new_password), name, settings_module.load().url)
