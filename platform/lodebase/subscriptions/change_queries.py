"""The filter of changes: parameters that select records, as a query string in one order and as queries."""

import math
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.change_selection import CHANGING, STATISTICS, ChangeSelection, PriceThreshold
from lodebase.query.collections_ import COLLECTIONS, find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import GENERAL, Arguments
from lodebase.query.parameters.parameter import Group
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

OWN = ("since", "until", "collection", "limit", "after")
"""Parameters of changes that are no filters of a collection."""
WITHOUT = ("f", "lang", "limit", "since", "until", "after", "sent")
"""Parameters that do not select records."""
FILTERS: tuple[Group, ...] = ("filter", "general")
REFUSED = ("near", "nearest", "certainty")
"""Filters that set an order or a limit on the position error."""
MAX_QUERY_LENGTH = 4_000
PRICE_CONDITIONS = ("price_change", "price_above", "price_below")
"""Parameters of a threshold of prices, of which one is enough; they and ``commodity`` select releases of statistics alone."""
Pairs = Iterable[tuple[str, str]]


def write_canonical_query(pairs: Pairs) -> str:
    """Return the parameters that select records as a query string, in one order. Raise BadQuery if one is invalid."""
    chosen = sorted((name, value) for name, value in pairs if name not in WITHOUT and value)
    parse_pairs(chosen)
    return urlencode(chosen)


def rewrite_canonical_text(text: str) -> str:
    """Return a query string, which may be a whole address of this site, in one order. Raises BadQuery."""
    query = write_canonical_query(parse_qsl(text.partition("?")[2] if "?" in text else text))
    if len(query) > MAX_QUERY_LENGTH:
        sentence = msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_QUERY_LENGTH)
        raise BadQuery("query", query[:20], sentence)
    return query


def parse(query: str) -> ChangeSelection:
    """Return what a stored query string selects. Raise BadQuery if a parameter is no longer valid."""
    return parse_pairs(parse_qsl(query))


def list_query_collections(query: str) -> list[str]:
    """Return the names of the collections of a query string, in their order; none if it names none."""
    named = [word for name, value in parse_qsl(query) if name == "collection" for word in map(str.strip, value.split(","))]
    return [name for name in COLLECTIONS if name in named]


def parse_pairs(pairs: Pairs) -> ChangeSelection:
    """Return a query for each requested collection; filters are allowed for collections that are named. Raises BadQuery.

    Without names all collections and statistics are requested.
    """
    arguments = Arguments(pairs)
    for name in REFUSED:
        if name in arguments:
            raise BadQuery(
                name,
                arguments[name][:200],
                msg("Changes can't be filtered by %(parameter)s. Use bbox, within and the filters by value."),
            )
    names = [word for value in arguments.getlist("collection") for word in map(str.strip, value.split(",")) if word]
    listed = [find_collection(name) for name in COLLECTIONS if name in names or not names]
    if missing := [name for name in names if name not in CHANGING]:
        raise BadQuery(
            "collection",
            missing[0][:200],
            msg('"%(value)s" is not a collection. Choose one of %(choices)s.', choices=list(CHANGING)),
        )
    filters = Arguments((name, value) for name, value in arguments.pairs() if name not in OWN)
    if set(names) == {STATISTICS} and any(name in filters for name in (*PRICE_CONDITIONS, "commodity")):
        return ChangeSelection((), statistics=True, prices=_parse_threshold(filters))
    if names and STATISTICS not in names:
        return ChangeSelection(tuple(query_parser.parse_query_arguments(collection, filters, FILTERS) for collection in listed))
    for name, value in filters.pairs():
        if name not in GENERAL:
            sentence = msg("%(parameter)s filters some collections only. Name them, such as collection=deposits,projects.")
            if names:
                sentence = msg("%(parameter)s filters records. Leave it out, or leave statistics out of the collections.")
            raise BadQuery(name, value[:200], sentence)
    return ChangeSelection(tuple(Query(collection.name) for collection in listed), statistics=True)


def _parse_threshold(filters: Arguments) -> PriceThreshold:
    """Return the threshold of prices. Raises BadQuery."""
    for name, value in filters.pairs():
        if name not in (*GENERAL, *PRICE_CONDITIONS, "commodity"):
            sentence = msg("%(parameter)s does not filter prices. Use %(choices)s.", choices=["commodity", *PRICE_CONDITIONS])
            raise BadQuery(name, value[:200], sentence)
    change, above, below = (_parse_amount(name, filters.get(name)) for name in PRICE_CONDITIONS)
    if change is None and above is None and below is None:
        sentence = msg("%(parameter)s filters prices here. Add a threshold, such as price_change=10 for ten per cent.")
        raise BadQuery("commodity", filters["commodity"][:200], sentence)
    names = (name.strip() for value in filters.getlist("commodity") for name in value.split(","))
    commodities = tuple(dict.fromkeys(_find_commodity(name) for name in names if name))
    return PriceThreshold(commodities, change_percent=change, above=above, below=below)


def _parse_amount(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 < amount < math.inf:
        sentence = msg('%(parameter)s must be a number above 0, such as 10 or 12500, not "%(value)s".')
        raise BadQuery(name, text[:40], sentence)
    return amount


def _find_commodity(word: str) -> str:
    term = load_vocabulary("commodity").find(word)
    if term is None:
        sentence = msg('"%(value)s" is not a commodity. Use a code or name from /api/vocabularies/commodity.')
        raise BadQuery("commodity", word[:200], sentence)
    return term.code


def remove_query_collections(query: str) -> str:
    """Return a query string without the names of its collections."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name != "collection"])
