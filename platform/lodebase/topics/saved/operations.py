"""Operations on what belongs to an API key: its saved filters, and its webhooks with their state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from lodebase.desk.writing import open_write_transaction
from lodebase.field_types import AnyText, Description, FieldType
from lodebase.history import dataset_state
from lodebase.operations.formats import JSON
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters, Parameters
from lodebase.subscriptions import change_queries, saved_filters, webhooks
from lodebase.subscriptions.saved_filters import MAX_NAME_CHARACTERS, SavedFilter
from lodebase.subscriptions.webhook_address import MAX_URL_LENGTH, parse_own_hosts
from lodebase.subscriptions.webhooks import Webhook
from lodedata.messages import msg

CHANGES = "/api/changes"
ONE_FILTER = "/api/saved-filters/<number>"
ONE_WEBHOOK = "/api/webhooks/<number>"


def _parse_number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise ValueError
    return int(value)


NUMBER = FieldType(
    _parse_number,
    {"type": "integer", "minimum": 1},
    msg('"%(value)s" is not a number of yours. Use one of the list.'),
    msg("Use a number of the list."),
    msg("Its number."),
)
NAME = AnyText(MAX_NAME_CHARACTERS, msg("The name, up to 80 characters."))
QUERY = AnyText(
    change_queries.MAX_QUERY_LENGTH,
    msg("The parameters that select records, as in the address of /api/changes, such as collection=projects&commodity=copper."),
)
URL = AnyText(MAX_URL_LENGTH, msg("The address that is called, with https."))


class NamedFilter(Parameters):
    """A filter and its name."""

    name: Annotated[str, NAME]
    query: Annotated[str, QUERY]


class OneNumber(Parameters):
    """The number of a filter or of a webhook."""

    number: Annotated[int, NUMBER]


class Renaming(Parameters):
    """The number of a filter, and its new name."""

    number: Annotated[int, NUMBER]
    name: Annotated[str, NAME]


class NewWebhook(Parameters):
    """An address, and a filter as a query or as the number of a saved one."""

    url: Annotated[str, URL]
    query: Annotated[str | None, QUERY] = None
    saved_filter: Annotated[int | None, NUMBER, Description(msg("The number of a saved filter, instead of query."))] = None


@dataclass(frozen=True, slots=True)
class OpenedFilter:
    """A saved filter with the addresses that open it: the records where it is of one kind, and their changes."""

    number: int
    name: str
    query: str
    saved_at: datetime
    records: str | None
    changes: str


@dataclass(frozen=True, slots=True)
class FilterList:
    """The saved filters of a key."""

    saved_filters: tuple[OpenedFilter, ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted."""

    deleted: int


@dataclass(frozen=True, slots=True)
class WebhookState:
    """A webhook: the version of the data that it has, failed calls since, and when it is called next or why it stopped."""

    number: int
    url: str
    query: str
    made_at: datetime
    sent_version: int
    sent_at: datetime | None
    failed_calls: int
    next_call_from: datetime | None
    last_error: str | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookList:
    """The webhooks of a key."""

    webhooks: tuple[WebhookState, ...]


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook with the secret that signs its calls, which is not shown again."""

    webhook: WebhookState
    secret: str


def open_filter(of: SavedFilter) -> OpenedFilter:
    """Return a filter with the addresses that open it."""
    return OpenedFilter(
        of.number, of.name, of.query, of.made_at, build_records_address(of.query), build_changes_address(of.query)
    )


def build_records_address(query: str) -> str | None:
    """Return the address of the records that a filter of one kind selects, None for one of several."""
    kinds = change_queries.list_query_collections(query)
    if len(kinds) != 1:
        return None
    return f"/api/collections/{kinds[0]}/items?{change_queries.remove_query_collections(query)}".rstrip("?")


def build_changes_address(query: str) -> str:
    """Return the address of the changes of the records that a filter selects."""
    return f"{CHANGES}?{query}" if query else CHANGES


def describe_webhook_state(of: Webhook) -> WebhookState:
    """Return a webhook as its owner sees it."""
    following = of.next_try_at if of.stopped_at is None and of.tries else None
    return WebhookState(
        of.number,
        of.url,
        of.query,
        of.made_at,
        of.sent_version,
        of.sent_at,
        of.tries,
        following,
        of.last_error,
        of.stopped_at,
    )


def list_own_filters(services: OperationServices, _: NoParameters) -> FilterList:
    """Return the filters of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return FilterList(tuple(map(open_filter, saved_filters.list_filters(connection, caller.owner))))


def save_filter(services: OperationServices, named_filter: NamedFilter) -> OpenedFilter:
    """Save a filter."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return open_filter(saved_filters.add_filter(connection, caller.owner, named_filter.name, named_filter.query))


def find_own_filter(services: OperationServices, parameters: OneNumber) -> OpenedFilter:
    """Return one filter of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return open_filter(saved_filters.find_filter(connection, caller.owner, parameters.number))


def rename_own_filter(services: OperationServices, renaming: Renaming) -> OpenedFilter:
    """Rename a filter of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return open_filter(saved_filters.rename_filter(connection, caller.owner, renaming.number, renaming.name))


def delete_own_filter(services: OperationServices, parameters: OneNumber) -> Deleted:
    """Delete a filter of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        saved_filters.delete_filter(connection, caller.owner, parameters.number)
    return Deleted(parameters.number)


def list_own_webhooks(services: OperationServices, _: NoParameters) -> WebhookList:
    """Return the webhooks of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return WebhookList(tuple(map(describe_webhook_state, webhooks.list_webhooks(connection, caller.owner))))


def make_webhook(services: OperationServices, new_webhook: NewWebhook) -> MadeWebhook:
    """Make a webhook for the changes after the present version of the data."""
    caller = services.require_caller()
    version = dataset_state.read_version(services.engine).number
    with open_write_transaction(caller.engine) as connection:
        query = new_webhook.query or ""
        if new_webhook.saved_filter is not None:
            query = saved_filters.find_filter(connection, caller.owner, new_webhook.saved_filter).query
        hosts = parse_own_hosts(services.settings.webhook_hosts)
        webhook = webhooks.add_webhook(connection, caller.owner, new_webhook.url, query, version, hosts)
    return MadeWebhook(describe_webhook_state(webhook), webhooks.secret_text(webhook, caller.secret))


def resume_own_webhook(services: OperationServices, parameters: OneNumber) -> WebhookState:
    """Have a webhook of the key called again."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        return describe_webhook_state(webhooks.resume_webhook(connection, caller.owner, parameters.number))


def delete_own_webhook(services: OperationServices, parameters: OneNumber) -> Deleted:
    """Delete a webhook of the key."""
    caller = services.require_caller()
    with open_write_transaction(caller.engine) as connection:
        webhooks.delete_webhook(connection, caller.owner, parameters.number)
    return Deleted(parameters.number)


FILTERS = Operation(
    "saved.filters",
    "/api/saved-filters",
    msg("Saved filters"),
    msg("The filters that this API key saved, with the addresses that open them"),
    NoParameters,
    run=list_own_filters,
    result=FilterList,
    formats=(JSON,),
    needs_key=True,
)
ADD_FILTER = Operation(
    "saved.add_filter",
    "/api/saved-filters",
    msg("Save a filter"),
    msg("Save a filter under a name for this API key"),
    NamedFilter,
    run=save_filter,
    result=OpenedFilter,
    formats=(JSON,),
    method="POST",
    needs_key=True,
)
ONE = Operation(
    "saved.filter",
    ONE_FILTER,
    msg("A saved filter"),
    msg("A saved filter with the addresses that open it"),
    OneNumber,
    run=find_own_filter,
    result=OpenedFilter,
    formats=(JSON,),
    needs_key=True,
)
RENAME_FILTER = Operation(
    "saved.rename_filter",
    ONE_FILTER,
    msg("Rename a saved filter"),
    msg("Give a saved filter another name"),
    Renaming,
    run=rename_own_filter,
    result=OpenedFilter,
    formats=(JSON,),
    method="POST",
    needs_key=True,
)
DELETE_FILTER = Operation(
    "saved.delete_filter",
    ONE_FILTER,
    msg("Delete a saved filter"),
    msg("Delete a saved filter of this API key"),
    OneNumber,
    run=delete_own_filter,
    result=Deleted,
    formats=(JSON,),
    method="DELETE",
    needs_key=True,
)
WEBHOOKS = Operation(
    "saved.webhooks",
    "/api/webhooks",
    msg("Webhooks"),
    msg("The webhooks of this API key: up to which version of the data each was called, and what failed"),
    NoParameters,
    run=list_own_webhooks,
    result=WebhookList,
    formats=(JSON,),
    needs_key=True,
)
ADD_WEBHOOK = Operation(
    "saved.add_webhook",
    "/api/webhooks",
    msg("Make a webhook"),
    msg("Send the changes of records that match a filter to an address (webhook); the secret of its signatures is shown once"),
    NewWebhook,
    run=make_webhook,
    result=MadeWebhook,
    formats=(JSON,),
    method="POST",
    needs_key=True,
)
RESUME_WEBHOOK = Operation(
    "saved.resume_webhook",
    ONE_WEBHOOK,
    msg("Resume a webhook"),
    msg("Resume a stopped webhook from the first change that it did not receive"),
    OneNumber,
    run=resume_own_webhook,
    result=WebhookState,
    formats=(JSON,),
    method="POST",
    needs_key=True,
)
DELETE_WEBHOOK = Operation(
    "saved.delete_webhook",
    ONE_WEBHOOK,
    msg("Delete a webhook"),
    msg("Delete a webhook of this API key"),
    OneNumber,
    run=delete_own_webhook,
    result=Deleted,
    formats=(JSON,),
    method="DELETE",
    needs_key=True,
)
OPERATIONS = (
    FILTERS,
    ADD_FILTER,
    ONE,
    RENAME_FILTER,
    DELETE_FILTER,
    WEBHOOKS,
    ADD_WEBHOOK,
    RESUME_WEBHOOK,
    DELETE_WEBHOOK,
)
