"""``lode notify``: the mail and the calls of webhooks that are due to those who subscribed to changes."""

from dataclasses import asdict

import click
from sqlalchemy import Engine

from lodebase import settings as settings_module
from lodebase.cli.accounts.owner import open_owner_engine
from lodebase.cli.output import echo_json, json_option, say
from lodebase.desk import trail
from lodebase.desk.identity import sign_in
from lodebase.desk.writing import open_write_transaction
from lodebase.settings import Settings
from lodebase.subscriptions import stored_subscriptions
from lodedata.messages import msg


@click.command()
@click.option("--dry-run", is_flag=True, help="Print what would be sent and deleted, and do neither.")
@click.option("--forget", metavar="ADDRESS", help="Delete the subscriptions of ADDRESS, such as one whose mail is returned.")
@click.option("--webhooks", "only_webhooks", is_flag=True, help="Call webhooks alone; run this every few minutes.")
@json_option
def notify(dry_run: bool, forget: str | None, only_webhooks: bool, as_json: bool) -> None:
    """Send subscribers the changes of the records that match their filters.

    Run it daily by cron or a systemd timer. A mail that fails is sent by the next run. Subscriptions that were not confirmed
    in time are deleted. A webhook that fails is called again after a minute, then after longer waits, by --webhooks.
    """
    from lodeweb.pages.subscriptions import due_mail  # noqa: PLC0415 - its templates need Flask, which --help does not

    settings = settings_module.load()
    with open_owner_engine() as engine:
        if forget is not None:
            _forget(engine, forget, as_json)
            return
        if only_webhooks:
            _call_webhooks(engine, settings, dry_run, as_json)
            return
        totals = due_mail.send_due(engine, due_mail.build_due_mail_sender(engine, settings), settings, dry_run)
    if as_json:
        echo_json({**asdict(totals), "dry_run": dry_run})
    say(
        msg(
            "data version %(version)s: %(sent)s sent, %(unchanged)s without changes, %(failed)s failed, %(expired)s expired",
            **asdict(totals),
        )
    )
    if totals.failed:
        raise click.exceptions.Exit(2)


def _call_webhooks(engine: Engine, settings: Settings, dry_run: bool, as_json: bool) -> None:
    from lodeweb.pages.subscriptions import due_webhooks  # noqa: PLC0415 - it needs Flask, which --help does not

    totals = due_webhooks.call_due(engine, settings, sign_in.read_session_secret(engine), dry_run)
    if as_json:
        echo_json({**asdict(totals), "dry_run": dry_run})
    say(
        msg(
            "data version %(version)s: %(called)s webhooks called, %(unchanged)s without changes, %(failed)s failed",
            **asdict(totals),
        )
    )
    if totals.failed:
        raise click.exceptions.Exit(2)


def _forget(engine: Engine, address: str, as_json: bool) -> None:
    with open_write_transaction(engine, operator=trail.describe_operator()) as connection:
        number = stored_subscriptions.forget(connection, address)
    if as_json:
        echo_json({"deleted": number})
    say(msg("%(number)s subscriptions deleted", number=number))
