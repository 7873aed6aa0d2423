"""A checked part of a filter with its kind, and the parts made from literals and properties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from lodebase.query.collections_ import Collection, Field
from lodebase.query.cql2 import dates, geometry
from lodebase.query.cql2.bounds import Malformed, require
from lodebase.query.cql2.field_terms import PARTIAL_DATES, find_filter_field, quote_shown_value
from lodebase.query.cql2.nodes import GEOMETRY, Constant, Form, OperatorCall, Placeholder, Property, Shape, Values
from lodedata.kinds.shared import IDENTITY
from lodedata.messages import Message, msg

Kind: TypeAlias = Literal["text", "number", "date", "instant", "interval", "boolean", "array", "list", "geometry"]
"""``date`` is a column of days, ``instant`` a literal; ``array`` a column of texts, ``list`` a literal."""

NAMES: dict[str, Message] = {
    "text": msg("a text"),
    "number": msg("a number"),
    "date": msg("a date"),
    "instant": msg("a date"),
    "interval": msg("an interval"),
    "boolean": msg("a condition"),
    "array": msg("a list of texts"),
    "list": msg("a list"),
    "geometry": msg("a geometry"),
}

_FIELD_KINDS: dict[str, Kind] = {
    "number": "number",
    "integer": "number",
    "date": "date",
    "array": "array",
    "boolean": "boolean",
}
DIGITS_OF_A_FLOAT = 330


@dataclass(frozen=True, slots=True)
class FilterPart:
    """An expression: its kind, shape and values, its name in messages, and what is known of it in advance."""

    kind: Kind
    shape: Shape
    values: Values = ()
    label: Message | str = ""
    field: Field | None = None
    literal: Any = None
    """The value of a literal: a text, a number, a moment, shapes, the parts of a list."""
    ends: tuple["FilterPart", "FilterPart"] | None = None
    """The first and the last day of a temporal part."""
    exact: bool = False
    """Whether a number is calculated and therefore decimal."""
    digits: int = 0
    """The maximum number of digits of a number, before and after the decimal point together."""
    powers: int = 0
    """The number of nested powers."""
    operations: int = 0
    """The number of operations in the part."""

    @property
    def is_partial_date(self) -> bool:
        """Return whether it is a field that holds a year, a month or a day as text."""
        return self.field is not None and self.field.name in PARTIAL_DATES and isinstance(self.shape, Property)

    def with_kind(self) -> Message | str:
        """Return its name in messages, with its kind."""
        if self.literal is not None or self.kind == "list":
            return self.label
        return msg("%(part)s (%(kind)s)", part=self.label, kind=NAMES[self.kind])


def join_parts(kind: Kind, name: str, parts: Sequence[FilterPart], label: Message | str = "") -> FilterPart:
    """Return an operation on parts. Raise Malformed if it has more operations than a filter may have.

    This is checked here and not at the end, as an operand can be used twice, and 40 levels would be 2**40 operations.
    """
    operations = 1 + sum(part.operations for part in parts)
    require("operations", operations)
    shapes = tuple(part.shape for part in parts)
    values = tuple(value for part in parts for value in part.values)
    return FilterPart(kind, OperatorCall(name, shapes), values, label or f"{name}(...)", operations=operations)


def build_property_part(name: Any, collection: Collection) -> FilterPart:
    """Return the value of a property. Raise Malformed with the names of the properties if there is none of this name."""
    if not isinstance(name, str):
        raise Malformed(msg("The filter names a property by a value that is not a text."))
    if name in ("geometry", GEOMETRY) and collection.geometry is not None:
        return FilterPart("geometry", Property(GEOMETRY), label="geometry")
    field = IDENTITY if name == IDENTITY.name else find_filter_field(name, collection)
    kind = _FIELD_KINDS.get(field.type, "text")
    shape = Property(name)
    ends = None
    if kind == "date" or name in PARTIAL_DATES:
        first, last = (FilterPart("date", OperatorCall(end, (shape,)), label=name) for end in ("first_day", "last_day"))
        ends = (first, last)
    return FilterPart(kind, shape, label=name, field=field, ends=ends, digits=DIGITS_OF_A_FLOAT)


def text(value: str) -> FilterPart:
    """Return a text. Raise Malformed if it is too long."""
    require("text", len(value))
    return FilterPart(
        "text", Placeholder("text"), (value,), msg("the text %(text)s", text=quote_shown_value(value)), literal=value
    )


def build_boolean_part(value: bool) -> FilterPart:
    """Return a boolean."""
    return FilterPart("boolean", Constant(value), label=str(value).upper(), literal=value)


def number(value: float) -> FilterPart:
    """Return a finite number. Raise Malformed if it is outside the supported range."""
    try:
        float_value = float(value)
    except OverflowError:
        float_value = float("inf")
    if float_value - float_value != 0:
        raise Malformed(msg("The filter contains a number above 1.8e308, the largest possible."))
    # the exponent, and the maximum number of digits of a float
    digits = abs(int(f"{float_value:e}".partition("e")[2])) + 18
    return FilterPart(
        "number",
        Placeholder("number"),
        (float_value,),
        msg("the number %(number)s", number=f"{float_value:.15g}"),
        literal=float_value,
        digits=digits,
    )


def instant(value: Any) -> FilterPart:
    """Return a day or a timestamp. Raise Malformed if it is invalid."""
    if not isinstance(value, str):
        raise Malformed(msg("The filter has a date that is not a text. Write it as 2019-05-31."))
    moment = dates.parse_moment_bounds(value)
    day = _parse_day(dates.day(value))
    return FilterPart("instant", day.shape, day.values, msg("the date %(date)s", date=value), literal=moment, ends=(day, day))


def interval(ends: Any, collection: Collection) -> FilterPart:
    """Return the interval between two instants, each a text, '..' or a property. Raise Malformed if it is invalid."""
    if not isinstance(ends, list) or len(ends) != 2:
        raise Malformed(msg("The filter has an interval without two ends. Write it as INTERVAL('2019-01-01', '..')."))
    (first, start), (last, end) = _end(ends[0], collection, 0), _end(ends[1], collection, 1)
    moments = (start, end) if start is not None and end is not None else None
    if moments is not None and start is not None and end is not None and start > end:
        raise Malformed(msg("The interval from %(ends)r to %(ends_)r ends before it begins.", ends=ends[0], ends_=ends[1]))
    return FilterPart("interval", Constant(False), label=msg("the interval"), literal=moments, ends=(first, last))


def shapes(literal: geometry.Shapes) -> FilterPart:
    """Return a literal geometry."""
    return FilterPart("geometry", Placeholder("geometry"), (literal.whole,), msg("the geometry"), literal=literal)


def list_(parts: Sequence[FilterPart]) -> FilterPart:
    """Return a list of literals or expressions. Raise Malformed if it is too long."""
    require("values", len(parts))
    return FilterPart("list", Constant(False), label=msg("the list"), literal=tuple(parts))


def array(values: Iterable[Any], form: Form) -> FilterPart:
    """Return literals as one bound array."""
    return FilterPart("list", Placeholder(form), (tuple(values),), label=msg("the list"))


def convert_to_exact(part: FilterPart) -> FilterPart:
    """Return a number as a decimal."""
    if part.exact:
        return part
    if part.literal is not None:
        return replace(part, shape=Placeholder("exact"), exact=True)
    return replace(part, shape=OperatorCall("exact", (part.shape,)), exact=True)


def convert_to_date(part: FilterPart) -> FilterPart:
    """Return a part to compare with a date column; it may be a text. Raise Malformed if it is not a date."""
    if part.kind == "text" and isinstance(part.literal, str):
        return _parse_day(dates.parse_whole_day(part.literal))
    return part


def _parse_day(text_of_it: str) -> FilterPart:
    return FilterPart("date", Placeholder("date"), (text_of_it,), msg("the date %(date)s", date=text_of_it))


def _end(node: Any, collection: Collection, last: int) -> tuple[FilterPart, Any]:
    """Return an end of an interval, and its moment if it is a literal."""
    if node == "..":
        # a moment before or after all others
        open_end = dates.LATEST if last else dates.EARLIEST
        return _parse_day(open_end), dates.AFTER_ALL if last else dates.BEFORE_ALL
    part = build_property_part(node["property"], collection) if isinstance(node, dict) and "property" in node else instant(node)
    if part.ends is None:
        raise Malformed(msg("The filter has an interval with %(part)s, which is not a date.", part=part.label))
    return part.ends[last], None if part.literal is None else part.literal[last]
