"""From a query string to a Query; every 400 is born here and in what it calls."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, get_args

from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query import Query, cql2
from lodebase.query.collections_ import Collection, Field
from lodebase.query.query import CRS84, DEFAULT_LIMIT, MAX_LIMIT, Certainty, Crs
from lodedata.cells import Unreadable, number
from lodedata.vocab import Term, vocabulary
from lodeweb import cursor, instants, positions, versions
from lodeweb.crs import GEOGRAPHIC, latitude_first
from lodeweb.crs import known as known_crs
from lodeweb.http.nesting import read_json
from lodeweb.parameters import OF_ITEMS, PARAMETERS, Group, by_value, splits, taken

__all__ = ["PARAMETERS", "general", "limit", "query", "single", "whole_number"]

GENERAL = ("f", "lang")
LONGEST_VALUE = 16_384
LONGEST_POSTED = 1 << 20
"""Of a parameter that is sent by POST because it is too long for an address."""
POSTED = ("filter", "within", "id")
MOST_VALUES = 1_000
"""Of all parameters of one name together, and of all parameters of a request."""
SHOWN_OF_VALUE = 200
ALIASES = {"source": "sources", "flag": "flags", "stage": "exploration_stage"}
"""Parameters that ask of a field by a shorter name."""
AMOUNTS = ("contained_t_min", "contained_t_max", "grade_pct_min", "grade_pct_max", "ore_t_min")

Arguments = MultiDict[str, str]
Method = Literal["GET", "POST", "GET or POST"]


def query(
    collection: Collection,
    arguments: Arguments,
    groups: tuple[Group, ...] = OF_ITEMS,
    extra: tuple[str, ...] = (),
    method: Method = "GET",
) -> Query:
    """The query that a request asks. Raises BadQuery with the parameter, its value and what would be right.

    ``groups`` are the kinds of parameters that are taken, ``extra`` names that the caller reads itself. ``method`` is "POST"
    for parameters from the body of a request, "GET or POST" for those of an address whose route takes them by POST too.
    """
    names = taken(collection, groups)
    _check(arguments, (*names, *extra), method)
    near = positions.near(arguments)
    within = positions.within(arguments.get("within"))
    sort = _sort(collection, arguments.get("sortby"))
    asked = Query(
        collection=collection.name,
        bbox=positions.bbox(arguments["bbox"], _crs("bbox-crs", arguments)) if arguments.get("bbox") else None,
        selections=tuple(sorted(_selections(collection, arguments, names).items())),
        filter=_filter(collection, arguments, by_value(collection, groups)),
        near=near,
        within=within,
        certainty=_certainty(arguments, near is not None and near.radius_km is not None or within is not None),
        updated_since=instants.moment("updated_since", arguments["updated_since"]) if "updated_since" in arguments else None,
        licences=_licences(arguments.getlist("licence")),
        sort=sort,
        properties=_properties(collection, arguments),
        crs=_crs("crs", arguments),
        limit=limit(arguments.get("limit")),
    )
    if "moment" in groups and "as_of" in arguments:
        asked = replace(asked, as_of=versions.version(arguments["as_of"])[0])
    return cursor.placed(asked, arguments.get("after"))


def general(arguments: Arguments, extra: tuple[str, ...] = ()) -> None:
    """Check the parameters of an answer that has none of its own but ``extra``. Raises BadQuery."""
    _check(arguments, (*GENERAL, *extra))


def single(arguments: Arguments) -> tuple[Crs, bool, int | None]:
    """The coordinate reference system that one record is asked in, whether with all that belongs to it, and its version.

    Raises BadQuery.
    """
    _check(arguments, ("crs", "profile", "as_of", *GENERAL))
    profile = arguments.get("profile")
    if profile not in (None, "full"):
        raise BadQuery("profile", _short(profile), "must be full, or be left out")
    as_of = versions.version(arguments["as_of"])[0] if "as_of" in arguments else None
    return _crs("crs", arguments), profile == "full", as_of


def limit(text: str | None) -> int:
    """A positive whole number; one above the maximum is taken for the maximum (OGC 17-069r4, fc-limit-response-1 C)."""
    return min(whole_number("limit", text, DEFAULT_LIMIT, (1, MAX_LIMIT)), MAX_LIMIT)


def whole_number(name: str, text: str | None, usual: int, span: tuple[int, int]) -> int:
    """Return the whole number of a parameter, ``usual`` if it is not given. Raises BadQuery for one below the span.

    One above the span is returned, up to its next power of ten, for the caller to clamp or refuse.
    """
    if text is None:
        return usual
    # no more digits are read than the largest number has, since PostgreSQL's numbers have an end
    digits = text.lstrip("0")[: len(str(span[1])) + 1] or "0"
    if not text or not text.isascii() or not text.isdigit() or int(digits) < span[0]:
        raise BadQuery(name, _short(text), f"must be a whole number from {span[0]} to {span[1]}")
    return int(digits)


def _check(arguments: Arguments, known: tuple[str, ...], method: Method = "GET") -> None:
    for count, (name, value) in enumerate(arguments.items(multi=True), 1):
        if count > MOST_VALUES:
            raise BadQuery(_short(name), _short(value), f"comes after {MOST_VALUES} other parameters, the most that are read")
        if name not in known:
            raise BadQuery(_short(name), _short(value), f"is no parameter here; there are {', '.join(known)}")
        _check_length(name, value, method)
        if "\0" in value:
            raise BadQuery(name, value.replace("\0", "\\0"), "holds a NUL character")
        if not _repeatable(name) and len(set(given := arguments.getlist(name))) > 1:
            raise BadQuery(name, _short(given[1]), "stands there twice; give it once")
    fmt = arguments.get("f")
    if fmt not in (None, "json", "geojson", "html"):
        raise BadQuery("f", fmt, "is no format here; there are json and html")


def _check_length(name: str, value: str, method: Method) -> None:
    if len(value) <= LONGEST_VALUE or (method == "POST" and name in POSTED and len(value) <= LONGEST_POSTED):
        return
    if method == "GET or POST" and name in POSTED:
        right = f"is longer than {LONGEST_VALUE} characters; send it by POST to the same address, as JSON"
        raise BadQuery(name, _short(value), right)
    most = LONGEST_POSTED if method == "POST" and name in POSTED else LONGEST_VALUE
    raise BadQuery(name, _short(value), f"is longer than {most} characters")


def _repeatable(name: str) -> bool:
    known = PARAMETERS.get(name)
    return known is None or known.repeatable


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_OF_VALUE else f"{text[:SHOWN_OF_VALUE]}…"


def _selections(collection: Collection, arguments: Arguments, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The codes chosen of each field that is counted by value."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(arguments):
        field = _field_of(collection, name, arguments)
        if name not in names or field is None or not splits(field):
            continue
        codes = tuple(dict.fromkeys(_codes(name, field, arguments.getlist(name))))
        _check_number(name, arguments[name], len(codes))
        if codes:
            before = chosen.get(field.name)
            # two names of one field, such as commodity and commodities: both must hold
            chosen[field.name] = codes if before is None else tuple(code for code in before if code in codes) or ("",)
    return chosen


def _check_number(name: str, value: str, found: int) -> None:
    if found > MOST_VALUES:
        raise BadQuery(name, _short(value), f"has {found} values, more than the {MOST_VALUES} that are read")


def _field_of(collection: Collection, name: str, arguments: Arguments) -> Field | None:
    """The field that a parameter asks the value of."""
    if name == "commodity":
        role = arguments.get("commodity_role", "any")
        if role not in ("any", "main"):
            raise BadQuery("commodity_role", _short(role), "must be any or main")
        return collection.field("main_commodity" if role == "main" else "commodities")
    if name == "status":
        return collection.field("status") or collection.field("mine_status")
    return collection.field(ALIASES.get(name, name))


def _codes(name: str, field: Field, values: Iterable[str]) -> Iterable[str]:
    for value in values:
        for word in filter(None, (part.strip() for part in value.split(","))):
            if field.vocabulary is None:
                yield word
                continue
            known = vocabulary(field.vocabulary)
            term = known.find(word) or _scoped(field.vocabulary, word)
            if term is None:
                right = f"is no code, label or alias of the vocabulary {field.vocabulary}"
                raise BadQuery(name, _short(word), f"{right}; /api/vocabularies/{field.vocabulary} lists them")
            # what lies beneath a model is that model too
            yield from (sorted(known.within(term.code)) if field.vocabulary == "deposit-model" else (term.code,))


def _scoped(name: str, word: str) -> Term | None:
    """A division by its name, where one country alone has it. Raises BadQuery where several have."""
    if name != "division":
        return None
    known = vocabulary(name)
    countries = dict.fromkeys(term.extra["country"] for term in known)
    found = {term.code: term for country in countries if (term := known.find(word, country)) is not None}
    if len(found) > 1:
        raise BadQuery("division", _short(word), f"is the name of several; give the code: {', '.join(found)}")
    return next(iter(found.values()), None)


def _filter(collection: Collection, arguments: Arguments, fields: tuple[str, ...]) -> cql2.Filter | None:
    """What asks of rows by more than the codes of a field."""
    found: list[cql2.Filter] = []
    for name in dict.fromkeys(arguments):
        field = collection.field(name)
        if name in fields and field is not None and not splits(field):
            found += [_equals(field, value, collection) for value in arguments.getlist(name)]
    if identities := [one for value in arguments.getlist("id") for one in map(str.strip, value.split(",")) if one]:
        found.append(_node("id", arguments["id"], {"op": "in", "args": [{"property": "id"}, identities]}, collection))
    if arguments.get("bbox") and (crs := _crs("bbox-crs", arguments)).srid not in GEOGRAPHIC:
        # the box of degrees around a box of metres holds more than that
        edges = [number(part) for part in arguments["bbox"].split(",")]
        node = {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": edges}]}
        found.append(_node("bbox", arguments["bbox"], node, collection, crs))
    if "datetime" in arguments and collection.date_field is not None:
        found.append(cql2.within_dates(collection.date_field, *instants.span(arguments["datetime"])))
    if any(name in arguments for name in (*AMOUNTS, "estimate_category", "estimate_commodity")):
        found.append(_estimate(arguments))
    if arguments.get("filter"):
        found.append(_cql2(collection, arguments))
    asked = cql2.all_of(found)
    if asked is not None:
        try:
            cql2.check_cost(asked)
        except cql2.Malformed as error:
            raise BadQuery("filter", _short(arguments.get("filter", "")), str(error)) from None
    return asked


def _equals(field: Field, value: str, collection: Collection) -> cql2.Filter:
    literal: object = value
    if field.type in ("number", "integer"):
        literal = _amount(field.name, value)
    elif field.type == "date":
        literal = {"date": value}
    return _node(field.name, value, {"op": "=", "args": [{"property": field.name}, literal]}, collection)


def _node(name: str, value: str, node: object, collection: Collection, crs: Crs = CRS84) -> cql2.Filter:
    """The filter of a node that a parameter stands for. Raises BadQuery."""
    try:
        return cql2.parse_json(node, collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery(name, _short(value), str(error)) from None


def _estimate(arguments: Arguments) -> cql2.Filter:
    amounts = {name: _amount(name, arguments[name]) if name in arguments else None for name in AMOUNTS}
    return cql2.estimate(
        category=_code("estimate_category", ("resource-category", "reserve-category"), arguments),
        commodity=_code("estimate_commodity", ("commodity",), arguments),
        **amounts,
    )


def _code(name: str, vocabularies: tuple[str, ...], arguments: Arguments) -> str | None:
    word = arguments.get(name)
    if word is None:
        return None
    found = next((term.code for known in vocabularies if (term := vocabulary(known).find(word)) is not None), None)
    if found is None:
        listed = " and ".join(f"/api/vocabularies/{known}" for known in vocabularies)
        raise BadQuery(name, _short(word), f"is no code, label or alias; {listed} list them")
    return found


def _amount(name: str, text: str) -> float:
    try:
        value = number(text)
    except Unreadable:
        raise BadQuery(name, _short(text), "must be a number, such as 1500000 or 0.85") from None
    if not abs(value) < 1e300:
        raise BadQuery(name, _short(text), "is no number that anything is measured by")
    return value


def _cql2(collection: Collection, arguments: Arguments) -> cql2.Filter:
    text, lang = arguments["filter"], arguments.get("filter-lang", "cql2-text")
    crs = _crs("filter-crs", arguments)
    try:
        if lang == "cql2-text":
            return cql2.parse_text(text, collection, crs.srid, crs.latitude_first)
        if lang == "cql2-json":
            return cql2.parse_json(read_json("filter", text), collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery("filter", _short(text), str(error)) from None
    raise BadQuery("filter-lang", _short(lang), "is no language here; there are cql2-text and cql2-json")


def _crs(name: str, arguments: Arguments) -> Crs:
    uri = arguments.get(name)
    if uri is None:
        return CRS84
    code = known_crs().get(uri)
    if code is None:
        raise BadQuery(name, _short(uri), "is no coordinate reference system here; each collection lists its own under crs")
    return Crs(code, latitude_first(uri))


def _certainty(arguments: Arguments, bounded: bool) -> Certainty | None:
    text = arguments.get("certainty")
    if text is None:
        return None
    levels: tuple[Literal["certain", "possible", "all"], ...] = get_args(Certainty)
    for level in levels:
        if text == level:
            if not bounded:
                raise BadQuery("certainty", text, "asks of a radius or polygon; give near and radius_km, or within")
            return level
    raise BadQuery("certainty", _short(text), f"must be one of {', '.join(levels)}")


def _sort(collection: Collection, text: str | None) -> tuple[tuple[str, bool], ...]:
    if text is None:
        return ()
    sortable = [field.name for field in collection.fields if field.sortable]
    made: dict[str, bool] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.lstrip("+-") if part[:1] in "+-" else part
        if name not in sortable:
            raise BadQuery("sortby", _short(part), f"can't be sorted by; there are {', '.join(sortable)}")
        made.setdefault(name, part.startswith("-"))
    return tuple(made.items())


def _licences(values: list[str]) -> tuple[str, ...]:
    found = {word for value in values for word in map(str.strip, value.split(",")) if word}
    _check_number("licence", values[0] if values else "", len(found))
    return tuple(sorted(found))


def _properties(collection: Collection, arguments: Arguments) -> tuple[str, ...] | None:
    """The properties to tell, by either of their two names."""
    parameter = "columns" if "columns" in arguments else "properties"
    text = arguments.get(parameter)
    if text is None:
        return None
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in collection.field_names:
            right = f"is no property of {collection.name}; there are {', '.join(collection.field_names)}"
            raise BadQuery(parameter, _short(name), right)
    if not names:
        raise BadQuery(parameter, text, "names no property")
    return tuple(dict.fromkeys(names))
