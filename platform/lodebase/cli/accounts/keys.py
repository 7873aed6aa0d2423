"""``lode key``: API keys, by which programs have higher rate limits."""

import json

import click

from lodebase.cli.accounts.owner import open_owner_transaction
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import json_option, print_rows, say
from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import NewKey
from lodedata.messages import msg

COLUMNS = ("number", "name", "owner", "prefix", "per_minute", "per_day", "made_at", "last_used_at", "revoked_at")


@click.group(cls=CommandGroup)
def key() -> None:
    """Make, list and revoke API keys, which have higher rate limits than clients without one."""


@key.command("add")
@click.argument("name")
@click.option("--owner", required=True, help="User of the key, who can be contacted about it.")
@click.option("--per-minute", type=int, help="Requests in a minute, in place of the limit of the settings.")
@click.option("--per-day", type=int, help="Requests in a day, of all kinds; without it only the other limits apply.")
@json_option
def add(name: str, owner: str, per_minute: int | None, per_day: int | None, as_json: bool) -> None:
    """Make the key NAME and print its token, which is shown only now."""
    with open_owner_transaction() as connection:
        number, token = api_keys.add(connection, NewKey(name, owner, per_minute, per_day))
    if as_json:
        click.echo(json.dumps({"number": number, "name": name, "token": token}, ensure_ascii=False))
        return
    say(msg("Key %(number)s is made. Send this token in the header X-API-Key; it can't be shown again:", number=number))
    click.echo(token)


@key.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all keys with their last use; tokens are not stored."""
    with open_owner_transaction() as connection:
        rows = api_keys.read_api_keys(connection)
    print_rows(rows, as_json, COLUMNS)


@key.command()
@click.argument("number", type=int)
@json_option
def revoke(number: int, as_json: bool) -> None:
    """Revoke the key with this NUMBER; sites refuse it within ten seconds."""
    with open_owner_transaction() as connection:
        api_keys.revoke(connection, number)
        rows = [row for row in api_keys.read_api_keys(connection) if row["number"] == number]
    if as_json:
        print_rows(rows, as_json)
    else:
        say(msg("Key %(number)s is revoked.", number=number))
