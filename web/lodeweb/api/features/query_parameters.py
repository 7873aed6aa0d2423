"""Conversion of request parameters to a Query, with its version and cursor."""

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import Collection
from lodebase.query.crs import Crs, parse_crs_parameter
from lodebase.query.figures import count_without_figure
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import (
    GENERAL,
    Arguments,
    limit,
    parse_whole_number,
    shorten_quoted_value,
)
from lodebase.query.parameters.declarations import OF_ITEMS, PARAMETERS, Method, check
from lodebase.query.parameters.parameter import Group
from lodedata.messages import msg
from lodeweb.api.features import cursor
from lodeweb.http.database import get_site
from lodeweb.http.representation import pinned, versions

__all__ = [
    "PARAMETERS",
    "check_general_parameters",
    "limit",
    "parse_feature_query",
    "parse_profile",
    "parse_single_parameters",
    "parse_whole_number",
    "without_figure",
]


def parse_feature_query(
    collection: Collection,
    arguments: MultiDict[str, str],
    groups: tuple[Group, ...] = OF_ITEMS,
    extra: tuple[str, ...] = (),
    method: Method = "GET",
) -> Query:
    """Return the query of a request; see ``query_parser.parse_query_arguments`` for the parameters. Raises BadQuery."""
    query = query_parser.parse_query_arguments(collection, Arguments(arguments.items(multi=True)), groups, extra, method)
    if "moment" in groups and "as_of" in arguments:
        query = replace(query, as_of=versions.parse_requested_version(arguments["as_of"])[0])
    return cursor.continue_query(query, arguments["after"]) if "after" in arguments else query


def without_figure(
    collection: Collection,
    arguments: MultiDict[str, str],
    groups: tuple[Group, ...] = OF_ITEMS,
    extra: tuple[str, ...] = (),
    method: Method = "GET",
) -> Mapping[str, int]:
    """Return the number of records without a figure among those that match all other parameters; nothing for a kind without."""
    others = MultiDict((name, value) for name, value in arguments.items(multi=True) if name not in ("has_figure", "after"))
    count = count_without_figure(
        get_site().engine, parse_feature_query(collection, others, groups, extra, method), get_site().counts
    )
    return {} if count is None else {"numberWithoutFigure": count}


def check_general_parameters(arguments: MultiDict[str, str], extra: tuple[str, ...] = ()) -> None:
    """Check the parameters of a response that accepts only the general ones and ``extra``. Raises BadQuery."""
    version = ("as_of",) if pinned.takes_version() else ()
    check(Arguments(arguments.items(multi=True)), (*GENERAL, *version, *extra))


def parse_single_parameters(arguments: MultiDict[str, str]) -> tuple[Crs, bool, int | None]:
    """Return the coordinate reference system of one record, whether related records are wanted, and its version.

    Raises BadQuery.
    """
    parameters = Arguments(arguments.items(multi=True))
    check(parameters, ("crs", "profile", "as_of", *GENERAL))
    as_of = versions.parse_requested_version(parameters["as_of"])[0] if "as_of" in parameters else None
    return parse_crs_parameter("crs", parameters), parse_profile(arguments), as_of


def parse_profile(arguments: Mapping[str, str]) -> bool:
    """Return whether all rows that belong to a record are wanted. Raises BadQuery."""
    profile = arguments.get("profile")
    if profile not in (None, "full"):
        raise BadQuery(
            "profile", shorten_quoted_value(profile), msg('%(parameter)s must be full or be left out, not "%(value)s".')
        )
    return profile == "full"
