"""Webhooks that are due: each is called with the changes since it was last called."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine

from lodebase.cli.output import say
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import LodeError
from lodebase.history import changelog, dataset_state
from lodebase.history.changelog import ChangePage, Range
from lodebase.settings import Settings
from lodebase.subscriptions import change_queries, webhook_address, webhooks
from lodebase.subscriptions.webhook_address import WebhookFailed, WebhookMessage
from lodebase.subscriptions.webhooks import Webhook
from lodebase.topics.saved.operations import build_changes_address
from lodedata.messages import Message, msg
from lodeweb.api.catalogue import changes

MAX_CHANGES = 200
"""Number of changes that a call lists; its ``all_changes`` leads to all of them."""


@dataclass(slots=True)
class WebhookTotals:
    """What a run did, by number of webhooks."""

    version: int
    called: int = 0
    unchanged: int = 0
    failed: int = 0


def call_due(engine: Engine, settings: Settings, site_secret: str, dry_run: bool = False) -> WebhookTotals:
    """Call each webhook that is due, or only print it, and return the totals."""
    totals = WebhookTotals(dataset_state.version(engine).number)
    with open_write_transaction(engine) as connection:
        due = webhooks.read_due_webhooks(connection, totals.version)
    for one in due:
        found = _find_matching(engine, one, totals.version)
        if dry_run:
            number = len(found.changes) if isinstance(found, ChangePage) else 0
            say(_format_line(one, msg("would be sent %(number)s changes", number=number)))
            continue
        with webhooks.hold_webhook_call(engine, one) as (connection, is_due):
            if is_due:
                _call(connection, settings, webhooks.derive_signing_key(one, site_secret), one, found, totals)
    return totals


def _find_matching(engine: Engine, one: Webhook, version: int) -> ChangePage | Message:
    """Return the changes of a webhook; a filter that is no longer valid is a reason, as it concerns no other webhook."""
    try:
        return changelog.read_change_page(
            engine, change_queries.parse(one.query), Range(one.sent_version, version), MAX_CHANGES
        )
    except LodeError as error:
        return error.message


def _call(
    connection: Connection, settings: Settings, key: bytes, one: Webhook, found: ChangePage | Message, totals: WebhookTotals
) -> None:
    """Call a webhook with its changes and record the result; without changes only the latter."""
    if isinstance(found, ChangePage) and not found.changes:
        webhooks.record_success(connection, one, totals.version)
        totals.unchanged += 1
        return
    try:
        if isinstance(found, Message):
            raise WebhookFailed(found)
        hosts = webhook_address.own_hosts(settings.webhook_hosts)
        webhook_address.call(one.url, key, build_webhook_message(one, found, totals.version, settings), hosts)
    except WebhookFailed as error:
        webhooks.record_failure(connection, one, str(error))
        totals.failed += 1
        say(_format_line(one, error.message))
    else:
        webhooks.record_success(connection, one, totals.version)
        totals.called += 1
        say(_format_line(one, msg("%(number)s changes sent", number=len(found.changes))))


def build_webhook_message(one: Webhook, found: ChangePage, version: int, settings: Settings) -> WebhookMessage:
    """Return the message of a call; a repeated call of the same versions has the same identifier."""
    query = "&".join(filter(None, (one.query, f"since={one.sent_version}", f"until={version}")))
    data = {
        "type": "changes",
        "webhook": one.number,
        "since": one.sent_version,
        "until": version,
        "query": one.query,
        "changes": [changes.change_as_json(change) for change in found.changes],
        "complete": found.next is None,
        "all_changes": (settings.url or "").rstrip("/") + build_changes_address(query),
    }
    return WebhookMessage(f"lode-{one.number}-{one.sent_version}-{version}", orjson.dumps(data, default=str))


def _format_line(one: Webhook, message: Message) -> Message:
    # no address in what cron or the journal stores
    return msg("webhook %(number)s: %(message)s", number=one.number, message=message)
