"""Mail that is due: the changes of each subscription since it was last sent any."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from lodebase.cli.output import say
from lodebase.desk.identity import sign_in
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadSetting, LodeError
from lodebase.history import changelog, dataset_state
from lodebase.history.changelog import ChangePage, Range
from lodebase.settings import Settings
from lodebase.subscriptions import stored_subscriptions
from lodebase.subscriptions.stored_subscriptions import Subscription
from lodedata.messages import Message, msg
from lodeweb.i18n import language
from lodeweb.pages.subscriptions import change_filter, subscription_mail
from lodeweb.pages.subscriptions.subscription_mail import MAX_MAIL_CHANGES, MailSender


@dataclass(slots=True)
class RunTotals:
    """What a run did, by number of subscriptions."""

    version: int
    sent: int = 0
    unchanged: int = 0
    failed: int = 0
    expired: int = 0


def build_due_mail_sender(engine: Engine, settings: Settings) -> MailSender:
    """Return what sends mail. Raise BadSetting without a mail server."""
    sender = subscription_mail.build_mail_sender(settings, sign_in.read_session_secret(engine))
    if sender is None:
        raise BadSetting(
            msg("LODE_SMTP is not set: this site sends no mail. docs/operate/send-mail.md describes the settings.")
        )
    return sender


def send_due(engine: Engine, sender: MailSender, settings: Settings, dry_run: bool) -> RunTotals:
    """Send each subscription what is due, or only print it, and return the totals."""
    totals = RunTotals(dataset_state.read_version(engine).number)
    with open_write_transaction(engine) as connection:
        totals.expired = len(stored_subscriptions.find_expired_subscriptions(connection))
        due = stored_subscriptions.read_due_subscriptions(connection, totals.version)
        if not dry_run:
            stored_subscriptions.delete_expired(connection)
    app = build_mail_app()
    for subscription in due:
        with _use_language(app, subscription, settings):
            try:
                _notify(engine, sender, subscription, totals, dry_run)
            # a filter that is no longer valid or a refused address concerns no other subscription
            except LodeError as error:
                totals.failed += 1
                say(_format_line(subscription, error.message))
    return totals


def _notify(engine: Engine, sender: MailSender, subscription: Subscription, totals: RunTotals, dry_run: bool) -> None:
    """Send a subscription its changes and record that; without changes only the latter."""
    assert subscription.sent_version is not None
    over = Range(subscription.sent_version, totals.version)
    matching = _find_matching(engine, subscription, over)
    mail = subscription_mail.compose_change_mail(sender, subscription, matching, over) if matching.changes else None
    if dry_run:
        _count(totals, mail is not None)
        if mail is not None:
            say(_format_line(subscription, msg("would be sent %(number)s changes", number=len(matching.changes))))
        return
    with stored_subscriptions.record_subscription_sending(engine, subscription, totals.version) as there:
        if there and mail is not None:
            sender.server.send(mail)
    if there:
        _count(totals, mail is not None)
        if mail is not None:
            say(_format_line(subscription, msg("%(number)s changes sent", number=len(matching.changes))))


def _find_matching(engine: Engine, subscription: Subscription, over: Range) -> ChangePage:
    return changelog.read_change_page(engine, change_filter.parse_change_selection(subscription.query), over, MAX_MAIL_CHANGES)


def _count(totals: RunTotals, sent: bool) -> None:
    if sent:
        totals.sent += 1
    else:
        totals.unchanged += 1


def _format_line(subscription: Subscription, message: Message) -> Message:
    # no address in what cron or the journal stores
    return msg("subscription %(number)s: %(message)s", number=subscription.number, message=message)


def build_mail_app() -> Flask:
    """Return an application for the templates of mail."""
    app = Flask("lodeweb", template_folder="templates")
    language.register(app)
    return app


@contextmanager
def _use_language(app: Flask, one: Subscription, settings: Settings) -> Iterator[Any]:
    with app.test_request_context(f"/?lang={one.language}", base_url=settings.url) as context:
        yield context
