"""The mail of subscriptions: the one with the link that confirms, and the one that lists changes. In the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from flask import render_template

from lodebase.history.changelog import ChangeEntry, ChangePage, Range
from lodebase.settings import Settings
from lodebase.subscriptions import mail_server, stored_subscriptions
from lodebase.subscriptions.mail_server import MailServer
from lodebase.subscriptions.stored_subscriptions import CONFIRM_DAYS, Subscription
from lodeweb.api.catalogue import change_messages
from lodeweb.api.catalogue.change_messages import Line
from lodeweb.i18n.language import find_locale_tag, get_language, gettext
from lodeweb.pages.subscriptions import change_filter

MAX_MAIL_CHANGES = 200
"""Number of changes that a mail lists; it links to all of them."""


@dataclass(frozen=True, slots=True)
class MailSender:
    """What mail is made with: the server, the address of the site without a slash at its end, and the site's secret."""

    server: MailServer
    root: str
    secret: str


def build_mail_sender(settings: Settings, secret: str) -> MailSender | None:
    """Return what sends mail, with links to the address of the site in the settings; None without a mail server."""
    server = mail_server.read_mail_settings(settings)
    return None if server is None or settings.url is None else MailSender(server, settings.url.rstrip("/"), secret)


def write_confirmation_mail(sender: MailSender, to: Subscription, token: str | None) -> EmailMessage:
    """Return the mail with the link that confirms a subscription, or with the one that ends a confirmed one."""
    link = end_address(sender, to) if token is None else f"{sender.root}/subscriptions/confirm/{token}?lang={to.language}"
    text = render_template(
        "subscriptions/confirmation.txt",
        confirmed=token is None,
        link=link,
        root=sender.root,
        rows=change_filter.label_change_parameters(to.query),
        days=CONFIRM_DAYS,
    )
    return _build_mail(sender, to, str(gettext("Lode: subscription to changes")), text, {})


def compose_change_mail(sender: MailSender, to: Subscription, change_page: ChangePage, over: Range) -> EmailMessage:
    """Return the mail that lists what was added, changed and removed among the records that match a filter."""
    text = render_template(
        "subscriptions/changes.txt",
        groups=_group_changes(change_page.changes),
        more=change_page.next is not None,
        most=len(change_page.changes),
        over=over,
        root=sender.root,
        rows=change_filter.label_change_parameters(to.query),
        all=sender.root
        + change_filter.build_changes_address(
            to.query, f="html", since=str(over.since), until=str(over.until), lang=to.language
        ),
        end=end_address(sender, to),
        confirmed_on=to.confirmed_at.date() if to.confirmed_at else None,
    )
    subject = str(gettext("Lode: changes up to data version %(number)s", number=over.until))
    # a mail that is sent again after an interrupted run has the same identifier, by which programs drop the second one
    host = sender.server.sender.domain
    headers = {
        "Message-ID": f"<subscription-{to.number}-{over.since}-{over.until}@{host}>",
        "List-Unsubscribe": f"<{end_address(sender, to)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return _build_mail(sender, to, subject, text, headers)


def end_address(sender: MailSender, of: Subscription) -> str:
    """Return the address of the page that ends a subscription; a POST to it ends it at once (RFC 8058)."""
    token = stored_subscriptions.end_token(of, sender.secret)
    return f"{sender.root}/subscriptions/{of.number}/end/{token}?lang={of.language}"


def _build_mail(sender: MailSender, to: Subscription, subject: str, text: str, headers: dict[str, str]) -> EmailMessage:
    return mail_server.compose_mail(
        sender.server, to.address, subject, text, {"Content-Language": find_locale_tag(), **headers}
    )


def _group_changes(changes: Sequence[ChangeEntry]) -> list[tuple[str, list[Line]]]:
    """Return the changes as the reader of a filter sees them: a record that no longer matches is removed."""
    groups: dict[str, list[Line]] = {
        str(gettext("Added or newly matching")): [],
        str(gettext("Changed")): [],
        str(gettext("Removed, merged or no longer matching")): [],
    }
    added, changed, removed = groups.values()
    for change in changes:
        if change.matches and not change.matched:
            added.append(change_messages.write_change_line(change, get_language()))
        elif change.matched and not change.matches:
            removed.append(change_messages.write_change_line(change, get_language()))
        else:
            changed.append(change_messages.write_change_line(change, get_language()))
    return [(title, lines) for title, lines in groups.items() if lines]
