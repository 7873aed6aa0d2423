"""Filters of single parameters, built without CQL2 text: a field's codes, limits and dates, and conditions on child rows."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from lodebase.query.collections_ import Field
from lodebase.query.cql2 import dates, field_terms
from lodebase.query.cql2.bounds import Malformed, check_characters, require
from lodebase.query.cql2.nodes import Filter, Form, OperatorCall, Placeholder, Property, Shape
from lodebase.query.cql2.parts import number
from lodedata.messages import msg

Development: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether a mine on a deposit works or has ever worked, as far as statuses say."""


def any_of(field: str, values: Sequence[str]) -> Filter:
    """Return the filter that the field is one of the values; a list field contains one of them. Raise Malformed if invalid.

    Terms of the field's vocabulary are replaced by their codes.
    """
    filter_field = field_terms.find_filter_field(field)
    require("values", len(values))
    if filter_field.type in ("number", "integer"):
        return _filter_among(field, "numbers", tuple(_number(value) for value in values))
    if filter_field.type == "date":
        return _filter_among(field, "dates", tuple(dates.parse_whole_day(value) for value in values))
    for value in values:
        check_characters(value)
    return _filter_any_code(filter_field, field_terms.find_term_codes(filter_field, values))


def filter_beneath_terms(field: str, values: Sequence[str]) -> Filter:
    """Return the filter that the field is one of the vocabulary terms or codes, or a descendant. Raise Malformed if invalid."""
    for value in values:
        check_characters(value)
    filter_field = field_terms.find_filter_field(field)
    return _filter_any_code(filter_field, field_terms.find_descendant_codes(filter_field, values))


def filter_from_value(field: str, value: float | str) -> Filter:
    """Return the filter that the field is at least the value. Raise Malformed if invalid."""
    return _filter_by_bound(field, ">=", value)


def filter_up_to_value(field: str, value: float | str) -> Filter:
    """Return the filter that the field is at most the value. Raise Malformed if invalid."""
    return _filter_by_bound(field, "<=", value)


def filter_within_dates(field: str, start: str | None, end: str | None) -> Filter:
    """Return the filter that the field lies between two days, both included; of a partial date, any day. Raise Malformed.

    The ends are days, timestamps or partial dates, such as 2019 for all of the year; None is an open end.
    """
    field_terms.find_filter_field(field)
    first = None if start is None else dates.parse_first_day(start)
    last = None if end is None else dates.parse_last_day(end)
    if first is not None and last is not None and first > last:
        raise Malformed(msg("The interval from %(start)s to %(end)s ends before it begins.", start=start, end=end))
    bounds = [(name, day) for name, day in (("since", first), ("until", last)) if day is not None]
    if not bounds:
        return Filter(OperatorCall("not", (OperatorCall("isnull", (Property(field),)),)))
    parts = tuple(OperatorCall(name, (Property(field), Placeholder("text"))) for name, _ in bounds)
    shape = parts[0] if len(parts) == 1 else OperatorCall("and", parts)
    return Filter(shape, tuple(day for _, day in bounds))


def estimate(
    *,
    category: str | None = None,
    commodity: str | None = None,
    contained_t_min: float | None = None,
    contained_t_max: float | None = None,
    grade_pct_min: float | None = None,
    grade_pct_max: float | None = None,
    ore_t_min: float | None = None,
    ore_t_max: float | None = None,
) -> Filter:
    """Return the filter that one estimate meets all conditions, and one of its measures those on commodity, metal and grade.

    Categories are never summed: two estimates of half the amount do not match the full amount. Raise Malformed if invalid.
    """
    conditions: dict[str, tuple[Form, str | float]] = {}
    for name, word, code in (
        ("category", category, field_terms.read_category_code),
        ("commodity", commodity, field_terms.find_commodity),
    ):
        if word is not None:
            check_characters(word)
            conditions[name] = ("text", code(word))
    limits = {
        "contained_t_min": contained_t_min,
        "contained_t_max": contained_t_max,
        "grade_pct_min": grade_pct_min,
        "grade_pct_max": grade_pct_max,
        "ore_t_min": ore_t_min,
        "ore_t_max": ore_t_max,
    }
    conditions |= {name: ("number", _number(value)) for name, value in limits.items() if value is not None}
    if not conditions:
        raise Malformed(msg("The filter on estimates has no conditions."))
    operands = tuple(OperatorCall(name, (Placeholder(form),)) for name, (form, _) in conditions.items())
    return Filter(OperatorCall("estimate", operands), tuple(value for _, value in conditions.values()))


def filter_by_development(state: Development) -> Filter:
    """Return the filter of deposits by whether a mine on them works or has worked.

    ``yes``: the status of the deposit, or of a phase of a project that mines it, is one of a mine that has worked. ``no``:
    there is a status, each that is known is one of a mine that has not, and no mine without a status is linked. ``unknown``:
    the rest.
    """
    return Filter(OperatorCall(f"developed_{state}", ()))


def filter_started_projects(until: str) -> Filter:
    """Return the filter of projects with a phase that began in a year or before; the year has four digits."""
    return Filter(OperatorCall("started_until", (Placeholder("text"),)), (until,))


def filter_unstarted_projects() -> Filter:
    """Return the filter of projects without a phase whose beginning is known."""
    return Filter(OperatorCall("started_unknown", ()))


def _filter_any_code(field: Field, codes: tuple[str, ...]) -> Filter:
    if len(codes) == 1 and field.type == "string":
        return Filter(OperatorCall("=", (Property(field.name), Placeholder("text"))), codes)
    return Filter(OperatorCall("any_of", (Property(field.name), Placeholder("texts"))), (codes,))


def _filter_among(field: str, form: Form, values: tuple[float | str, ...]) -> Filter:
    return Filter(OperatorCall("among", (Property(field), Placeholder(form))), (values,))


def _filter_by_bound(name: str, operator: str, value: float | str) -> Filter:
    field: Field = field_terms.find_filter_field(name)
    shape: Shape
    bound: float | str
    match field.type:
        case "number" | "integer":
            shape, bound = Placeholder("number"), _number(value)
        case "date":
            shape, bound = Placeholder("date"), dates.parse_whole_day(str(value))
        case "array":
            raise Malformed(msg("%(name)s is a list of texts and can't be filtered by range.", name=name))
        case _:
            check_characters(str(value))
            shape, bound = Placeholder("text"), str(value)
    return Filter(OperatorCall(operator, (Property(name), shape)), (bound,))


def _number(value: float | str) -> float:
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        raise Malformed(msg("%(shown)s is not a number.", shown=field_terms.quote_shown_value(str(value)))) from None
    return float(number(amount).values[0])
