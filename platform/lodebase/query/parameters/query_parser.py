"""Build a Query from the parameters of a request or of a call in a notebook."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal, get_args

from lodebase.errors import BadQuery
from lodebase.query import Query, cql2
from lodebase.query.collections_ import Collection, Field
from lodebase.query.crs import GEOGRAPHIC, is_latitude_first
from lodebase.query.crs import list_supported_crs as known_crs
from lodebase.query.figures import build_figure_condition
from lodebase.query.parameters import related_parameters, spatial_parameters, time_parameters
from lodebase.query.parameters.arguments import MAX_VALUES, Arguments, Method, check, limit, shorten_quoted_value
from lodebase.query.parameters.declarations import (
    CAPABLE,
    OF_ITEMS,
    STATUS_DATES,
    Group,
    list_taken_parameters,
    list_value_fields,
    splits_at_commas,
)
from lodebase.query.parameters.nesting import read_json
from lodebase.query.query import CRS84, Certainty, Crs
from lodedata.ageing import LAST_KNOWN_YEARS, subtract_years
from lodedata.cells import Unreadable, number
from lodedata.figures.compounds import find_stored_commodity
from lodedata.figures.facilities import FACILITY, UNDISTINGUISHED, FacilityMeaning, find_facility_meaning
from lodedata.figures.low_grade import LowGradeRule, load_low_grade_rules
from lodedata.messages import msg
from lodedata.vocab import Term, describe_unknown_term, vocabulary

ALIASES = {"source": "sources", "flag": "flags", "stage": "exploration_stage"}
"""Shorter parameter names that filter by a field."""
LIMITS = {
    "area_km2_min": ("area_km2_computed", ">="),
    "area_km2_max": ("area_km2_computed", "<="),
    "capacity_tpa_min": ("figure_capacity_tpa", ">="),
    "capacity_tpa_max": ("figure_capacity_tpa", "<="),
}
"""Parameters that are limits of a field."""
TRUTHS = {"true": True, "false": False}
AMOUNTS = ("contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max", "ore_t_min")


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
    near = spatial_parameters.near(arguments)
    within = spatial_parameters.within(arguments.get("within"))
    sort = _sort(collection, arguments.get("sortby"))
    return Query(
        collection=collection.name,
        bbox=spatial_parameters.bbox(arguments["bbox"], parse_crs_parameter("bbox-crs", arguments))
        if arguments.get("bbox")
        else None,
        selections=tuple(sorted(_parse_selections(collection, arguments, names).items())),
        filter=_filter(collection, arguments, list_value_fields(collection, groups)),
        near=near,
        within=within,
        certainty=_parse_certainty(arguments, near is not None and near.radius_km is not None or within is not None),
        on=time_parameters.day("on", arguments["on"]) if "on" in arguments else None,
        expires_before=time_parameters.day("expires_before", arguments["expires_before"])
        if "expires_before" in arguments
        else None,
        updated_since=time_parameters.parse_utc_moment("updated_since", arguments["updated_since"])
        if "updated_since" in arguments
        else None,
        licences=_split_listed("licence", arguments),
        organisations=_split_listed("organisation", arguments) if "organisation" in names else (),
        include_subsidiaries=_includes_subsidiaries(arguments),
        sort=sort,
        properties=_parse_properties(collection, arguments),
        crs=parse_crs_parameter("crs", arguments),
        limit=limit(arguments.get("limit")),
    )


def _parse_selections(collection: Collection, arguments: Arguments, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the codes selected of each field that is filtered by value."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(arguments):
        field = _find_field(collection, name, arguments)
        if name not in names or field is None or not splits_at_commas(field):
            continue
        codes = tuple(dict.fromkeys(_parse_codes(name, field, arguments.getlist(name))))
        _check_number(name, arguments[name], len(codes))
        if codes:
            before = chosen.get(field.name)
            # two names of one field, such as commodity and commodities: both must hold
            chosen[field.name] = codes if before is None else tuple(code for code in before if code in codes) or ("",)
    return chosen


def _check_number(name: str, value: str, found: int) -> None:
    if found > MAX_VALUES:
        raise BadQuery(
            name,
            shorten_quoted_value(value),
            msg("%(parameter)s has %(found)s values. Give at most %(most)s.", found=found, most=MAX_VALUES),
        )


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
            known = vocabulary(field.vocabulary)
            term = known.find(word) or _find_scoped_division(field.vocabulary, word)
            if term is None:
                raise BadQuery(name, shorten_quoted_value(word), describe_unknown_term(field.vocabulary))
            # descendants of a model are that model too, and records of a compound are those of its metal
            if field.vocabulary == "commodity":
                yield find_stored_commodity(term.code)
            else:
                yield from (sorted(known.within(term.code)) if field.vocabulary == "deposit-model" else (term.code,))


def _find_scoped_division(name: str, word: str) -> Term | None:
    """Return a division by its name if it is in only one country. Raise BadQuery if several countries have one."""
    if name != "division":
        return None
    known = vocabulary(name)
    countries = dict.fromkeys(term.extra["country"] for term in known)
    found = {term.code: term for country in countries if (term := known.find(word, country)) is not None}
    if len(found) > 1:
        raise BadQuery(
            "division",
            shorten_quoted_value(word),
            msg('"%(value)s" is the name of several divisions. Use a code: %(choices)s.', choices=list(found)),
        )
    return next(iter(found.values()), None)


def _filter(collection: Collection, arguments: Arguments, fields: tuple[str, ...]) -> cql2.Filter | None:
    """Return the filter of the parameters that are more than the codes of a field."""
    found: list[cql2.Filter] = []
    for name in dict.fromkeys(arguments):
        field = collection.field(name)
        if name in fields and field is not None and not splits_at_commas(field):
            found += [_filter_equal(field, value, collection) for value in arguments.getlist(name)]
    for name, (of, operator) in LIMITS.items():
        if name in arguments:
            node: object = {"op": operator, "args": [{"property": of}, _parse_amount(name, arguments[name])]}
            found.append(_filter_by_node(name, arguments[name], node, collection))
    if identities := [one for value in arguments.getlist("id") for one in map(str.strip, value.split(",")) if one]:
        found.append(_filter_by_node("id", arguments["id"], {"op": "in", "args": [{"property": "id"}, identities]}, collection))
    if arguments.get("bbox") and (crs := parse_crs_parameter("bbox-crs", arguments)).srid not in GEOGRAPHIC:
        # the box in degrees around a box in metres contains more than that box
        edges = [number(part) for part in arguments["bbox"].split(",")]
        node = {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": edges}]}
        found.append(_filter_by_node("bbox", arguments["bbox"], node, collection, crs))
    if "datetime" in arguments and collection.date_field is not None:
        found.append(cql2.filter_within_dates(collection.date_field, *time_parameters.parse_day_span(arguments["datetime"])))
    found += _filter_by_booleans(collection, arguments)
    found += related_parameters.parse_related_filters(collection, arguments)
    found += _filter_by_facilities(collection, arguments)
    found += _filter_by_estimates(collection, arguments)
    if arguments.get("filter"):
        found.append(_parse_cql2(collection, arguments))
    combined = cql2.join_all_filters(found)
    if combined is not None:
        try:
            cql2.check_cost(combined)
        except cql2.Malformed as error:
            raise BadQuery("filter", shorten_quoted_value(arguments.get("filter", "")), error.message) from None
    return combined


def _filter_by_booleans(collection: Collection, arguments: Arguments) -> Iterator[cql2.Filter]:
    """Yield the filters that are true or false: by the age of the status, and by whether there is a figure."""
    if "last_known" in arguments:
        yield _filter_by_age(arguments["last_known"], collection)
    if "has_figure" in arguments:
        text = arguments["has_figure"]
        yield _filter_by_node(
            "has_figure", text, build_figure_condition(collection, _parse_truth("has_figure", text)), collection
        )


def _filter_by_age(text: str, collection: Collection) -> cql2.Filter:
    """Return the filter of records by whether their status is only the last known one."""
    operator = "<=" if _parse_truth("last_known", text) else ">"
    limit = subtract_years(datetime.now(UTC).date(), LAST_KNOWN_YEARS).isoformat()
    node = {"op": operator, "args": [{"property": STATUS_DATES[collection.name]}, {"date": limit}]}
    return _filter_by_node("last_known", text, node, collection)


def _filter_by_facilities(collection: Collection, arguments: Arguments) -> Iterator[cql2.Filter]:
    """Yield the filter of plants by what people call them, if it is given."""
    if "facility" not in arguments or collection.name not in CAPABLE:
        return
    types, values = vocabulary(FACILITY), arguments.getlist("facility")
    parts: list[object] = []
    for word in (word for value in values for part in value.split(",") if (word := part.strip())):
        term = types.find(word)
        if term is None:
            raise BadQuery("facility", shorten_quoted_value(word), describe_unknown_term(FACILITY))
        parts += _list_meant_conditions(find_facility_meaning(term.code))
    if not parts:
        raise BadQuery("facility", "", describe_unknown_term(FACILITY))
    node = parts[0] if len(parts) == 1 else {"op": "or", "args": parts}
    yield _filter_by_node("facility", ",".join(values), node, collection)


def _list_meant_conditions(of: FacilityMeaning) -> Iterator[object]:
    """Yield the conditions of which a plant that is meant fulfils one."""
    yield _build_overlap("facility_types", of.types)
    metal = [] if of.metal is None else [{"op": "=", "args": [{"property": "main_commodity"}, of.metal]}]
    if of.broader is not None:
        yield {"op": "and", "args": [_build_overlap("facility_types", (of.broader,)), *metal]}
    undistinguished = _build_overlap("facility_types", UNDISTINGUISHED)
    if of.products:
        yield {"op": "and", "args": [undistinguished, _build_overlap("products", of.products)]}
    if of.name_parts is not None:
        english, chinese = of.name_parts
        in_english = {"op": "like", "args": [_fold_case({"property": "name_en"}), _fold_case(f"%{english}%")]}
        in_chinese = {"op": "like", "args": [{"property": "name_zh"}, f"%{chinese}%"]}
        yield {"op": "and", "args": [undistinguished, *metal, {"op": "or", "args": [in_english, in_chinese]}]}


def _build_overlap(name: str, codes: tuple[str, ...]) -> object:
    return {"op": "a_overlaps", "args": [{"property": name}, list(codes)]}


def _fold_case(value: object) -> object:
    return {"op": "casei", "args": [value]}


def _parse_truth(name: str, value: str) -> bool:
    if value not in TRUTHS:
        raise BadQuery(name, shorten_quoted_value(value), msg('%(parameter)s must be true or false, not "%(value)s".'))
    return TRUTHS[value]


def _filter_equal(field: Field, value: str, collection: Collection) -> cql2.Filter:
    literal: object = value
    if field.type in ("number", "integer"):
        literal = _parse_amount(field.name, value)
    elif field.type == "date":
        literal = {"date": value}
    elif field.type == "boolean":
        literal = _parse_truth(field.name, value)
    return _filter_by_node(field.name, value, {"op": "=", "args": [{"property": field.name}, literal]}, collection)


def _filter_by_node(name: str, value: str, node: object, collection: Collection, crs: Crs = CRS84) -> cql2.Filter:
    """Return the filter of the node that a parameter is short for. Raise BadQuery if it is invalid."""
    try:
        return cql2.parse_json(node, collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery(name, shorten_quoted_value(value), error.message) from None


def _filter_by_estimates(collection: Collection, arguments: Arguments) -> Iterable[cql2.Filter]:
    if any(name in arguments for name in (*AMOUNTS, "estimate_category", "estimate_commodity")):
        yield _estimate(arguments)
    if arguments.get("low_grade"):
        yield cql2.parse_text(_find_low_grade_rule(arguments["low_grade"]).condition, collection)


def _estimate(arguments: Arguments) -> cql2.Filter:
    amounts = {name: _parse_amount(name, arguments[name]) if name in arguments else None for name in AMOUNTS}
    return cql2.estimate(
        category=_parse_code("estimate_category", ("resource-category", "reserve-category"), arguments),
        commodity=_parse_code("estimate_commodity", ("commodity",), arguments),
        **amounts,
    )


def _parse_code(name: str, vocabularies: tuple[str, ...], arguments: Arguments) -> str | None:
    word = arguments.get(name)
    if word is None:
        return None
    found = next((term.code for known in vocabularies if (term := vocabulary(known).find(word)) is not None), None)
    if found is None:
        listed = [f"/api/vocabularies/{known}" for known in vocabularies]
        raise BadQuery(
            name, shorten_quoted_value(word), msg('"%(value)s" is not a code, label or alias. See %(listed)s.', listed=listed)
        )
    return found


def _find_low_grade_rule(code: str) -> LowGradeRule:
    rules = load_low_grade_rules()
    if code not in rules:
        sentence = msg('"%(value)s" is not a rule of low-grade ore. Use one of %(choices)s.', choices=list(rules))
        raise BadQuery("low_grade", shorten_quoted_value(code), sentence)
    return rules[code]


def _parse_amount(name: str, text: str) -> float:
    try:
        value = number(text)
    except Unreadable:
        raise BadQuery(
            name, shorten_quoted_value(text), msg('%(parameter)s must be a number such as 1500000 or 0.85, not "%(value)s".')
        ) from None
    if not abs(value) < 1e300:
        raise BadQuery(name, shorten_quoted_value(text), msg("%(parameter)s=%(value)s is too large."))
    return value


def _parse_cql2(collection: Collection, arguments: Arguments) -> cql2.Filter:
    text, lang = arguments["filter"], arguments.get("filter-lang", "cql2-text")
    crs = parse_crs_parameter("filter-crs", arguments)
    try:
        if lang == "cql2-text":
            return cql2.parse_text(text, collection, crs.srid, crs.latitude_first)
        if lang == "cql2-json":
            return cql2.parse_json(read_json("filter", text), collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery("filter", shorten_quoted_value(text), error.message) from None
    raise BadQuery(
        "filter-lang", shorten_quoted_value(lang), msg('"%(value)s" is not a filter language here. Use cql2-text or cql2-json.')
    )


def parse_crs_parameter(name: str, arguments: Arguments) -> Crs:
    """Return the coordinate reference system that a parameter names by its URI. Raise BadQuery if it is not supported."""
    uri = arguments.get(name)
    if uri is None:
        return CRS84
    code = known_crs().get(uri)
    if code is None:
        raise BadQuery(
            name,
            shorten_quoted_value(uri),
            msg('"%(value)s" is not a coordinate reference system here. Use one that the collection lists under crs.'),
        )
    return Crs(code, is_latitude_first(uri))


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
    made: dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.lstrip("+-") if part[:1] in "+-" else part
        if name not in sortable:
            raise BadQuery(
                "sortby",
                shorten_quoted_value(part),
                msg('Records can\'t be sorted by "%(value)s". Use one of %(choices)s.', choices=list(sortable)),
            )
        made.setdefault(name, part.startswith("-"))
    return tuple(made.items())


def _split_listed(name: str, arguments: Arguments) -> tuple[str, ...]:
    values = arguments.getlist(name)
    found = {word for value in values for word in map(str.strip, value.split(",")) if word}
    _check_number(name, values[0] if values else "", len(found))
    return tuple(sorted(found))


def _includes_subsidiaries(arguments: Arguments) -> bool:
    text = arguments.get("include_subsidiaries", "false")
    if text not in ("true", "false"):
        raise BadQuery(
            "include_subsidiaries", shorten_quoted_value(text), msg('%(parameter)s must be true or false, not "%(value)s".')
        )
    if text == "true" and "organisation" not in arguments:
        raise BadQuery("include_subsidiaries", text, msg("%(parameter)s=true needs an organisation. Give organisation."))
    return text == "true"


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
