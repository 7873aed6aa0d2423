"""The filter of a subscription: the parameters of the feed of changes, as a query string, as queries and as labels."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from lodebase.query.change_selection import STATISTICS, ChangeSelection
from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.filters.field_values import find_filtered_field
from lodebase.subscriptions import change_queries
from lodedata.messages import join_texts
from lodedata.statistics.series import label
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext

MAX_FILTER_VALUE_CHARACTERS = 200
CHANGES = "/api/changes"


def normalize_change_query(arguments: MultiDict[str, str]) -> str:
    """Return the parameters that select records as a query string, in one order. Raise BadQuery if one is invalid."""
    return change_queries.write_canonical_query(arguments.items(multi=True))


def parse(query: str) -> MultiDict[str, str]:
    """Return the parameters of a query string."""
    return MultiDict(parse_qsl(query))


def parse_change_selection(query: str) -> ChangeSelection:
    """Return what a stored query string selects. Raise BadQuery if a parameter is no longer valid."""
    return change_queries.parse(query)


def build_changes_address(query: str, **more: str) -> str:
    """Return the address of the changes of the records that match, without scheme and host."""
    return f"{CHANGES}?{'&'.join(filter(None, (query, urlencode(more))))}"


def label_change_parameters(query: str) -> list[tuple[str, str]]:
    """Return the title and the values of each parameter, in the language of the request."""
    arguments = parse(query)
    names = [name for value in arguments.getlist("collection") for name in value.split(",")]
    listed = [COLLECTIONS[name] for name in COLLECTIONS if name in names or not names]
    titles = [labels.find_collection_title(collection) for collection in listed] + [gettext("Statistics")] * (
        STATISTICS in names
    )
    kinds = join_texts(titles, get_language()) if names else gettext("all")
    rows = [(str(gettext("Records")), str(kinds))]
    for name in dict.fromkeys(arguments):
        if name != "collection":
            rows.append(_label_parameter(name, arguments.getlist(name), listed))
    return rows


def _label_parameter(name: str, values: list[str], listed: list[Collection]) -> tuple[str, str]:
    field = next(
        (filter_field for collection in listed if (filter_field := find_filtered_field(collection, name)) is not None), None
    )
    # as the map titles them, whatever the field of the kind
    title = _find_title(name) if field is None or name in ("commodity", "status") else labels.title_field(field, get_language())
    if field is None and name == "commodity":
        codes = (code.strip() for value in values for code in value.split(","))
        return title, join_texts(
            (_shorten_text(label("commodity", code, get_language())) for code in codes if code), get_language()
        )
    if field is None:
        return title, join_texts((_shorten_text(value) for value in values), get_language())
    return title, join_texts((part for value in values for part in _list_labels(field, value)), get_language())


def _list_labels(field: Field, value: str) -> Iterator[str]:
    if field.vocabulary is None:
        yield _shorten_text(labels.format_value_text(field, value, get_language()) if field.name == "flags" else value)
        return
    for word in filter(None, (part.strip() for part in value.split(","))):
        term = load_vocabulary(field.vocabulary).find(word)
        yield word if term is None else term.label(get_language())


def _find_title(name: str) -> str:
    titles = {
        "commodity": gettext("Commodity"),
        "status": gettext("Status"),
        "bbox": gettext("Box (west, south, east, north)"),
        "within": gettext("Area"),
        "filter": gettext("Condition (CQL2)"),
        "organisation": gettext("Organisation"),
        "licence": gettext("Licence"),
        "price_change": gettext("Price moves by at least (per cent of the period before)"),
        "price_above": gettext("Price rises above, in the unit of its series"),
        "price_below": gettext("Price falls below, in the unit of its series"),
    }
    return str(titles.get(name, name))


def _shorten_text(text: str) -> str:
    return text if len(text) <= MAX_FILTER_VALUE_CHARACTERS else f"{text[:MAX_FILTER_VALUE_CHARACTERS]}…"
