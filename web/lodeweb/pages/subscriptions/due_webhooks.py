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

MAX_CALL_CHANGES = 200
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
    totals = WebhookTotals(dataset_state.read_version(engine).number)
    with open_write_transaction(engine) as connection:
        due = webhooks.read_due_webhooks(connection, totals.version)
    for webhook in due:
        matching = _find_matching(engine, webhook, totals.version)
        if dry_run:
            number = len(matching.changes) if isinstance(matching, ChangePage) else 0
            say(_format_line(webhook, msg("would be sent %(number)s changes", number=number)))
            continue
        with webhooks.hold_webhook_call(engine, webhook) as (connection, is_due):
            if is_due:
                _call(connection, settings, webhooks.derive_signing_key(webhook, site_secret), webhook, matching, totals)
    return totals


def _find_matching(engine: Engine, webhook: Webhook, version: int) -> ChangePage | Message:
    """Return the changes of a webhook; a filter that is no longer valid is a reason, as it concerns no other webhook."""
    try:
        return changelog.read_change_page(
            engine, change_queries.parse(webhook.query), Range(webhook.sent_version, version), MAX_CALL_CHANGES
        )
    except LodeError as error:
        return error.message


def _call(
    connection: Connection,
    settings: Settings,
    key: bytes,
    webhook: Webhook,
    outcome: ChangePage | Message,
    totals: WebhookTotals,
) -> None:
    """Call a webhook with its changes and record the result; without changes only the latter."""
    if isinstance(outcome, ChangePage) and not outcome.changes:
        webhooks.record_success(connection, webhook, totals.version)
        totals.unchanged += 1
        return
    try:
        if isinstance(outcome, Message):
            raise WebhookFailed(outcome)
        hosts = webhook_address.parse_own_hosts(settings.webhook_hosts)
        webhook_address.call(webhook.url, key, build_webhook_message(webhook, outcome, totals.version, settings), hosts)
    except WebhookFailed as error:
        webhooks.record_failure(connection, webhook, str(error))
        totals.failed += 1
        say(_format_line(webhook, error.message))
    else:
        webhooks.record_success(connection, webhook, totals.version)
        totals.called += 1
        say(_format_line(webhook, msg("%(number)s changes sent", number=len(outcome.changes))))


def build_webhook_message(webhook: Webhook, change_page: ChangePage, version: int, settings: Settings) -> WebhookMessage:
    """Return the message of a call; a repeated call of the same versions has the same identifier."""
    query = "&".join(filter(None, (webhook.query, f"since={webhook.sent_version}", f"until={version}")))
    data = {
        "type": "changes",
        "webhook": webhook.number,
        "since": webhook.sent_version,
        "until": version,
        "query": webhook.query,
        "changes": [changes.change_as_json(change) for change in change_page.changes],
        "complete": change_page.next is None,
        "all_changes": (settings.url or "").rstrip("/") + build_changes_address(query),
    }
    return WebhookMessage(f"lode-{webhook.number}-{webhook.sent_version}-{version}", orjson.dumps(data, default=str))


def _format_line(webhook: Webhook, message: Message) -> Message:
    # no address in what cron or the journal stores
    return msg("webhook %(number)s: %(message)s", number=webhook.number, message=message)
