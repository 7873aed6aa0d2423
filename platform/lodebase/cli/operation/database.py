"""``lode db``: the store's migrations."""

from dataclasses import asdict
from difflib import get_close_matches
from typing import Any

import click

from lodebase import settings as settings_module
from lodebase.cli.help_texts import CommandGroup
from lodebase.cli.output import build_usage_error, echo, echo_json, json_option, print_rows, translate_for_terminal
from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.description import describe_tables
from lodebase.db.engine import Addresses
from lodebase.db.private_cluster import preparation
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.revision import RevisionState, state
from lodebase.db.store import require_owner, write_conninfo
from lodebase.desk import trail
from lodedata.messages import msg


@click.group(cls=CommandGroup)
def db() -> None:
    """Upgrade or downgrade the store, show its version, or describe its tables."""


@db.command("upgrade")
@json_option
def upgrade_(as_json: bool) -> None:
    """Create the store, or upgrade it to the version of this code."""
    addresses = _open_database()
    before = _state(addresses)
    reached = upgrade.upgrade(addresses)
    if reached.at != before.at:
        trail.note_command(write_conninfo(addresses.owner), "db upgrade", str(reached.at), {"from": before.at})
    _print(reached, as_json)


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Skip the prompt; data of removed tables is lost.")
@json_option
def downgrade(revision: str, yes: bool, as_json: bool) -> None:
    """Downgrade the store to REVISION; `base` removes everything."""
    if not yes:
        down = msg("Downgrade the store to %(revision)s? The data of removed tables is lost", revision=revision)
        click.confirm(translate_for_terminal(down), abort=True, err=True)
    addresses = _open_database()
    # an older store may have no trail to write to
    if _state(addresses).current:
        trail.note_command(write_conninfo(addresses.owner), "db downgrade", revision)
    _print(upgrade.run_downgrade(addresses, revision), as_json)


@db.command()
@json_option
def status(as_json: bool) -> None:
    """Show the version of the store."""
    _print(_state(_open_database()), as_json)


@db.command()
@click.argument("table", required=False)
@json_option
def describe(table: str | None, as_json: bool) -> None:
    """List the tables of the store, or the columns and constraints of TABLE."""
    described = {each.table: each for each in describe_tables()}
    if table is None:
        print_rows([{"table": each.table, "text": each.text} for each in described.values()], as_json)
        return
    chosen = described.get(table)
    if chosen is None:
        near = ", ".join(get_close_matches(table, described, 3)) or "lode db describe"
        raise build_usage_error(msg("the store has no table %(table)s; near names: %(near)s", table=table, near=near))
    if as_json:
        echo_json(asdict(chosen), indent=2)
        return
    echo(chosen.text)
    print_rows([asdict(column) for column in chosen.columns], as_json)
    if chosen.constraints:
        print_rows([{"constraint": name, "condition": condition} for name, condition in chosen.constraints], as_json)


def _state(addresses: Addresses) -> RevisionState:
    engine = engines.create_checked_engine(addresses.owner, "lode db", pool_size=1)
    try:
        with engine.connect() as connection:
            return state(connection)
    finally:
        engine.dispose()


def _open_database() -> Addresses:
    """The addresses of a database that is there: someone else's, or the private cluster's until the command ends."""
    settings = settings_module.load()
    require_owner(settings)
    if settings.database_url is not None:
        addresses = engines.read_database_addresses(settings)
        preparation.fit_database(addresses)
        return addresses
    cluster = Cluster(settings.home, settings.postgres_bin)
    cluster.hold()
    click.get_current_context().call_on_close(cluster.let_go)
    cluster.ensure()
    addresses = engines.find_cluster_addresses(cluster)
    preparation.make_database(addresses)
    return addresses


def _print(revision_state: RevisionState, as_json: bool) -> None:
    row: dict[str, Any] = {"at": revision_state.at, "wanted": revision_state.wanted, "current": revision_state.current}
    print_rows([row], as_json)
