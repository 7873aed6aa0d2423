"""Build a Query from the parameters of a request or of a call in a notebook."""

from lodebase.errors import BadQuery
from lodebase.query import Query
from lodebase.query.collections_ import Collection
from lodebase.query.crs import parse_crs_parameter
from lodebase.query.filters.registry import parse_conditions
from lodebase.query.parameters.arguments import Arguments, limit, shorten_quoted_value
from lodebase.query.parameters.declarations import OF_ITEMS, Method, check, list_taken_parameters
from lodebase.query.parameters.parameter import Group
from lodedata.messages import msg


def parse_query_arguments(
    collection: Collection,
    arguments: Arguments,
    groups: tuple[Group, ...] = OF_ITEMS,
    extra: tuple[str, ...] = (),
    method: Method = "GET",
) -> Query:
    """Return the query of the parameters, without its version and cursor. Raise BadQuery if one is invalid.

    ``groups`` are the groups of parameters to accept, ``extra`` names that the caller reads itself. ``method`` is "POST"
    for parameters from the body of a request, "GET or POST" for those of a URL whose route also accepts them by POST.
    """
    check(arguments, (*list_taken_parameters(collection, groups), *extra), method)
    return Query(
        collection=collection.name,
        conditions=tuple(parse_conditions(collection, arguments)) if "filter" in groups else (),
        sort=_sort(collection, arguments.get("sortby")),
        properties=_parse_properties(collection, arguments),
        crs=parse_crs_parameter("crs", arguments),
        limit=limit(arguments.get("limit")),
    )


def _sort(collection: Collection, text: str | None) -> tuple[tuple[str, bool], ...]:
    if text is None:
        return ()
    sortable = [field.name for field in collection.fields if field.sortable]
    directions: dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.lstrip("+-") if part[:1] in "+-" else part
        if name not in sortable:
            raise BadQuery(
                "sortby",
                shorten_quoted_value(part),
                msg('Records can\'t be sorted by "%(value)s". Use one of %(choices)s.', choices=list(sortable)),
            )
        directions.setdefault(name, part.startswith("-"))
    return tuple(directions.items())


def _parse_properties(collection: Collection, arguments: Arguments) -> tuple[str, ...] | None:
    """Return the properties to include in the response, by either of their two names."""
    parameter = "columns" if "columns" in arguments else "properties"
    text = arguments.get(parameter)
    if text is None:
        return None
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in collection.field_names:
            raise BadQuery(
                parameter,
                shorten_quoted_value(name),
                msg(
                    '"%(value)s" is not a property of %(name)s. Use %(choices)s.',
                    name=collection.name,
                    choices=collection.field_names,
                ),
            )
    if not names:
        raise BadQuery(parameter, text, msg("%(parameter)s does not name a property. Name at least one."))
    return tuple(dict.fromkeys(names))
