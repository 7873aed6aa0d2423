"""The pages on which a reader subscribes to changes, confirms that by a link in a mail, and ends it."""

from flask import render_template, request

from lodebase.errors import BadQuery, LodeError, MailFailed, NotAllowed
from lodebase.history import dataset_state
from lodebase.settings import Settings
from lodebase.subscriptions import mail_server, stored_subscriptions
from lodebase.subscriptions.stored_subscriptions import CONFIRM_DAYS, SubscriptionRequest
from lodedata.messages import msg
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.declared import DeclaredBlueprint
from lodeweb.i18n.language import get_language, gettext
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.pages.subscriptions import change_filter, subscription_mail
from lodeweb.pages.subscriptions.subscription_mail import MailSender

blueprint = DeclaredBlueprint("subscriptions", __name__, primary=True)
blueprint.register_error_handler(LodeError, respond_to_form_error)


@blueprint.get("/subscribe")
def show_subscribe() -> str:
    """Return the page that offers the changes of the records that match a filter as a feed and, with a mail server, by mail."""
    query = change_filter.normalize_change_query(request.args)
    return render_template(
        "subscriptions/subscribe.html",
        query=query,
        rows=change_filter.label_change_parameters(query),
        of_prices=change_filter.parse_change_selection(query).prices is not None,
        feed=change_filter.build_changes_address(query, f="atom"),
        page=change_filter.build_changes_address(query, f="html"),
        by_mail=get_site().settings.smtp_url is not None,
        days=CONFIRM_DAYS,
    )


@blueprint.post("/subscribe")
@open_to_all("requests a mail that confirms a subscription; counted by client and address")
def send_confirmation() -> str:
    """Send a mail that confirms a subscription; the page is the same whether or not the address is known."""
    # a hidden field that people leave empty: only a program fills it in
    if request.form.get("website"):
        raise NotAllowed(msg("This was not written by a person."))
    sender = _get_sender(get_site().settings)
    query = change_filter.normalize_change_query(change_filter.parse(request.form.get("query", "")))
    address = mail_server.check_mail_address(request.form.get("address", "")[:1_000])
    wanted = SubscriptionRequest(address, query, get_language(), request.form.get("period", ""))
    stored, token = stored_subscriptions.request(get_site().desk, wanted, sessions.hash_subscriber(), sender.secret)
    try:
        sender.server.send(subscription_mail.write_confirmation_mail(sender, stored, token))
    except MailFailed:
        if token is not None:
            stored_subscriptions.end(get_site().desk, stored.number)
        raise
    return _render_message(
        gettext("Check your mail"),
        gettext("A message was sent to %(address)s. Open its link within %(days)s days.", address=address, days=CONFIRM_DAYS),
    )


@blueprint.get("/subscriptions/confirm/<token>")
def confirm(token: str) -> str:
    """Return the page that confirms a subscription by a button: programs that check mail open its links, too."""
    requested_subscription = stored_subscriptions.read_requested_subscription(get_site().desk, token)
    return render_template(
        "subscriptions/button.html",
        title=gettext("Confirm the subscription"),
        rows=change_filter.label_change_parameters(requested_subscription.query),
        address=requested_subscription.address,
        button=gettext("Confirm"),
    )


@blueprint.post("/subscriptions/confirm/<token>")
@open_to_all("confirms a subscription by a token that can't be guessed")
def confirm_subscription(token: str) -> str:
    """Confirm a subscription, to changes after the present version of the data."""
    version = dataset_state.read_version(get_site().engine).number
    subscription = stored_subscriptions.confirm(get_site().desk, token, version)
    return _render_message(
        gettext("You are subscribed"),
        gettext("Changes after data version %(number)s are sent to %(address)s.", number=version, address=subscription.address),
        gettext("Each message has a link that ends the subscription."),
    )


@blueprint.get("/subscriptions/<int:number>/end/<token>")
def end(number: int, token: str) -> str:
    """Return the page that ends a subscription by a button."""
    subscription = stored_subscriptions.find(get_site().desk, number, token, sessions.read_secret())
    if subscription is None:
        return _render_end()
    return render_template(
        "subscriptions/button.html",
        title=gettext("End the subscription"),
        rows=change_filter.label_change_parameters(subscription.query),
        address=subscription.address,
        button=gettext("Unsubscribe"),
    )


@blueprint.post("/subscriptions/<int:number>/end/<token>")
@open_to_all("deletes a subscription by a token that can't be guessed")
def end_subscription(number: int, token: str) -> str:
    """End a subscription and delete its address; mail programs send this by themselves (RFC 8058)."""
    subscription = stored_subscriptions.find(get_site().desk, number, token, sessions.read_secret())
    if subscription is not None:
        stored_subscriptions.end(get_site().desk, subscription.number)
    return _render_end()


def _render_end() -> str:
    return _render_message(gettext("The subscription has ended"), gettext("The address of this subscription is deleted."))


def _render_message(title: str, *sentences: str) -> str:
    return render_template("subscriptions/message.html", title=title, sentences=sentences)


def _get_sender(settings: Settings) -> MailSender:
    sender = subscription_mail.build_mail_sender(settings, sessions.read_secret())
    if sender is None:
        raise BadQuery("address", "", msg("This site sends no mail. Subscribe by Atom."))
    return sender
