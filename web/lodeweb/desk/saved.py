"""What an account saved: filters under names, and webhooks, on a page of its own."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, LodeError
from lodebase.history import dataset_state
from lodebase.subscriptions import saved_filters, webhook_address, webhooks
from lodebase.subscriptions.saved_filters import SavedFilter
from lodebase.topics.saved.operations import WebhookState, build_changes_address, build_records_address, describe_webhook_state
from lodeweb.http.access import sessions
from lodeweb.http.access.sessions import ROOT, require_account
from lodeweb.http.database import get_site
from lodeweb.pages.form_errors import respond_to_form_error
from lodeweb.pages.subscriptions import change_filter

PATH = f"{ROOT}/saved"
blueprint = Blueprint("desk_saved", __name__, url_prefix=PATH)
blueprint.register_error_handler(LodeError, respond_to_form_error)


@dataclass(frozen=True, slots=True)
class ShownFilter:
    """A saved filter with labels of what it selects, and the addresses that open it; none if it is no longer valid."""

    filter: SavedFilter
    rows: list[tuple[str, str]]
    records: str | None
    changes: str


@blueprint.get("")
def index() -> str:
    """Return the page of the account's filters and webhooks, with the form to save the filter of the address."""
    return _render_page()


@blueprint.post("")
def add() -> AnyResponse:
    """Save a filter."""
    form = request.form
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        saved_filters.add_filter(connection, _find_owner(), form.get("name", "").strip(), form.get("query", ""))
    return redirect(PATH, 303)


@blueprint.post("/<int:number>/rename")
def rename(number: int) -> AnyResponse:
    """Give a filter another name."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        saved_filters.rename_filter(connection, _find_owner(), number, request.form.get("name", "").strip())
    return redirect(PATH, 303)


@blueprint.post("/<int:number>/delete")
def delete(number: int) -> AnyResponse:
    """Delete a filter."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        saved_filters.delete_filter(connection, _find_owner(), number)
    return redirect(PATH, 303)


@blueprint.post("/webhooks")
def add_webhook() -> str:
    """Make a webhook of a saved filter and show its secret, which is shown only once."""
    here, version = get_site(), dataset_state.read_version(get_site().engine).number
    hosts = webhook_address.parse_own_hosts(here.settings.webhook_hosts)
    with open_write_transaction(here.desk, require_account().name) as connection:
        chosen = saved_filters.find_filter(connection, _find_owner(), _number("filter"))
        webhook = webhooks.add_webhook(connection, _find_owner(), request.form.get("url", ""), chosen.query, version, hosts)
    return _render_page(webhooks.secret_text(webhook, sessions.read_secret()))


@blueprint.post("/webhooks/<int:number>/resume")
def resume(number: int) -> AnyResponse:
    """Have a webhook called again."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        webhooks.resume_webhook(connection, _find_owner(), number)
    return redirect(PATH, 303)


@blueprint.post("/webhooks/<int:number>/delete")
def end(number: int) -> AnyResponse:
    """Delete a webhook."""
    with open_write_transaction(get_site().desk, require_account().name) as connection:
        webhooks.delete_webhook(connection, _find_owner(), number)
    return redirect(PATH, 303)


def _render_page(secret: str | None = None) -> str:
    query = change_filter.normalize_change_query(request.args) if request.method == "GET" else ""
    with open_write_transaction(get_site().desk) as connection:
        filters = [_describe_filter(filter_) for filter_ in saved_filters.list_filters(connection, _find_owner())]
        hooks: list[WebhookState] = list(map(describe_webhook_state, webhooks.list_webhooks(connection, _find_owner())))
    return render_template(
        "desk/saved.html",
        filters=filters,
        webhooks=[(hook, _list_rows(hook.query)) for hook in hooks],
        query=query,
        rows=change_filter.label_change_parameters(query) if query else [],
        secret=secret,
    )


def _describe_filter(saved_filter: SavedFilter) -> ShownFilter:
    return ShownFilter(
        saved_filter,
        _list_rows(saved_filter.query),
        build_records_address(saved_filter.query),
        build_changes_address(saved_filter.query),
    )


def _list_rows(query: str) -> list[tuple[str, str]]:
    return change_filter.label_change_parameters(query)


def _find_owner() -> str:
    return saved_filters.name_account_owner(require_account().name)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery(name, text[:20], webhooks.CHOOSE_FILTER)
    return int(text)
