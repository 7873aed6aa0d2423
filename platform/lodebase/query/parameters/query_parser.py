"""Build a Query from the parameters of a request or of a call in a notebook."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, get_args

from lodebase.errors import BadQuery
from lodebase.query import Query, cql2
from lodebase.query.collections_ import Collection, Field
from lodebase.query.conditions import BoxCondition, Cql2Condition
from lodebase.query.conditions.condition import AnyCondition
from lodebase.query.conditions.field_conditions import select_codes
from lodebase.query.conditions.spatial_conditions import Certainty
from lodebase.query.crs import GEOGRAPHIC
from lodebase.query.filters.registry import parse_filters
from lodebase.query.filters.row_filter import (
    check_number,
    compare,
    parse_amount,
    parse_condition,
    parse_truth,
)
from lodebase.query.parameters import spatial_parameters, time_parameters
from lodebase.query.parameters.arguments import Arguments, limit, shorten_quoted_value
from lodebase.query.parameters.declarations import (
    OF_ITEMS,
    Method,
    check,
    list_taken_parameters,
    list_value_fields,
    splits_at_commas,
)
from lodebase.query.parameters.parameter import Group
from lodedata.cells import number
from lodedata.figures.compounds import find_stored_commodity
from lodedata.messages import msg
from lodedata.vocab import Term, describe_unknown_term, load_vocabulary

ALIASES = {"source": "sources", "flag": "flags", "stage": "exploration_stage"}
"""Shorter parameter names that filter by a field."""


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
    names = list_taken_parameters(collection, groups)
    check(arguments, (*names, *extra), method)
    return Query(
        collection=collection.name,
        conditions=tuple(_parse_conditions(collection, arguments, names, list_value_fields(collection, groups))),
        sort=_sort(collection, arguments.get("sortby")),
        properties=_parse_properties(collection, arguments),
        crs=spatial_parameters.parse_crs_parameter("crs", arguments),
        limit=limit(arguments.get("limit")),
    )


def _parse_conditions(
    collection: Collection, arguments: Arguments, names: tuple[str, ...], fields: tuple[str, ...]
) -> Iterator[AnyCondition]:
    """Yield the conditions of all parameters; those that CQL2 expresses are joined."""
    near, within = spatial_parameters.near(arguments), spatial_parameters.within(arguments.get("within"))
    nodes = [*_parse_values(collection, arguments, fields), *parse_filters(collection, arguments, names)]
    yield from (node for node in nodes if not isinstance(node, cql2.Filter))
    filters = [node for node in nodes if isinstance(node, cql2.Filter)]
    if filters:
        yield Cql2Condition(_join_filters(filters, arguments))
    if arguments.get("bbox"):
        box_crs = spatial_parameters.parse_crs_parameter("bbox-crs", arguments)
        yield BoxCondition(spatial_parameters.bbox(arguments["bbox"], box_crs))
    day = time_parameters.day("on", arguments["on"]) if "on" in arguments else None
    yield from select_codes(collection, _parse_selections(collection, arguments, names), day)
    bounded = within is not None or (near is not None and near.radius_km is not None)
    certainty = _parse_certainty(arguments, bounded)
    if near is not None:
        # the nearest records are those by their coordinates
        yield near if near.radius_km is None else replace(near, certainty=certainty)
    if within is not None:
        yield replace(within, certainty=certainty)


def _parse_selections(collection: Collection, arguments: Arguments, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the codes selected of each field that is filtered by value."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(arguments):
        field = _find_field(collection, name, arguments)
        if name not in names or field is None or not splits_at_commas(field):
            continue
        codes = tuple(dict.fromkeys(_parse_codes(name, field, arguments.getlist(name))))
        check_number(name, arguments[name], len(codes))
        if codes:
            before = chosen.get(field.name)
            # two names of one field, such as commodity and commodities: both must hold
            chosen[field.name] = codes if before is None else tuple(code for code in before if code in codes) or ("",)
    return chosen


def _find_field(collection: Collection, name: str, arguments: Arguments) -> Field | None:
    """Return the field that a parameter filters by value."""
    if name == "commodity":
        role = arguments.get("commodity_role", "any")
        if role not in ("any", "main"):
            raise BadQuery(
                "commodity_role", shorten_quoted_value(role), msg('%(parameter)s must be any or main, not "%(value)s".')
            )
        return collection.field("main_commodity" if role == "main" else "commodities")
    if name == "status":
        return collection.field("status") or collection.field("mine_status")
    # an exact field name takes precedence over an alias
    return collection.field(name) or collection.field(ALIASES.get(name, name))


def _parse_codes(name: str, field: Field, values: Iterable[str]) -> Iterable[str]:
    for value in values:
        for word in filter(None, (part.strip() for part in value.split(","))):
            if field.vocabulary is None:
                yield word
                continue
            terms = load_vocabulary(field.vocabulary)
            term = terms.find(word) or _find_scoped_division(field.vocabulary, word)
            if term is None:
                raise BadQuery(name, shorten_quoted_value(word), describe_unknown_term(field.vocabulary))
            # descendants of a model are that model too, and records of a compound are those of its metal
            if field.vocabulary == "commodity":
                yield find_stored_commodity(term.code)
            else:
                yield from (sorted(terms.within(term.code)) if field.vocabulary == "deposit-model" else (term.code,))


def _find_scoped_division(name: str, word: str) -> Term | None:
    """Return a division by its name if it is in only one country. Raise BadQuery if several countries have one."""
    if name != "division":
        return None
    terms = load_vocabulary(name)
    countries = dict.fromkeys(term.extra["country"] for term in terms)
    divisions = {term.code: term for country in countries if (term := terms.find(word, country)) is not None}
    if len(divisions) > 1:
        raise BadQuery(
            "division",
            shorten_quoted_value(word),
            msg('"%(value)s" is the name of several divisions. Use a code: %(choices)s.', choices=list(divisions)),
        )
    return next(iter(divisions.values()), None)


def _parse_values(collection: Collection, arguments: Arguments, fields: tuple[str, ...]) -> Iterator[cql2.Filter]:
    """Yield the conditions of fields that have a value, and of a box in metres."""
    for name in sorted(arguments):
        field = collection.field(name) if name in fields else None
        if field is not None and not splits_at_commas(field):
            yield from (_filter_equal(field, value, collection) for value in arguments.getlist(name))
    if arguments.get("bbox") and (crs := spatial_parameters.parse_crs_parameter("bbox-crs", arguments)).srid not in GEOGRAPHIC:
        # the box in degrees around a box in metres contains more than that box
        edges = [number(part) for part in arguments["bbox"].split(",")]
        yield parse_condition("bbox", arguments["bbox"], compare("geometry", "s_intersects", {"bbox": edges}), collection, crs)


def _join_filters(filters: list[cql2.Filter], arguments: Arguments) -> cql2.Filter:
    """Return the filter that holds if all hold. Raise BadQuery if it is too costly."""
    combined = cql2.join_filters(*filters)
    try:
        cql2.check_cost(combined)
    except cql2.Malformed as error:
        raise BadQuery("filter", shorten_quoted_value(arguments.get("filter", "")), error.message) from None
    return combined


def _filter_equal(field: Field, value: str, collection: Collection) -> cql2.Filter:
    literal: object = value
    if field.type in ("number", "integer"):
        literal = parse_amount(field.name, value)
    elif field.type == "date":
        literal = {"date": value}
    elif field.type == "boolean":
        literal = parse_truth(field.name, value)
    return parse_condition(field.name, value, compare(field.name, "=", literal), collection)


def _parse_certainty(arguments: Arguments, bounded: bool) -> Certainty | None:
    text = arguments.get("certainty")
    if text is None:
        return None
    levels: tuple[Literal["certain", "possible", "all"], ...] = get_args(Certainty)
    for level in levels:
        if text == level:
            if not bounded:
                raise BadQuery("certainty", text, msg("certainty=%(value)s needs an area. Give near and radius_km, or within."))
            return level
    raise BadQuery(
        "certainty",
        shorten_quoted_value(text),
        msg('%(parameter)s must be one of %(choices)s, not "%(value)s".', choices=list(levels)),
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
