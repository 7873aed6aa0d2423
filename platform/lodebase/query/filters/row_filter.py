"""The declaration of a filter, and what its parameters' values are read with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lodebase.errors import BadQuery
from lodebase.query import cql2
from lodebase.query.collections_ import Collection
from lodebase.query.conditions.condition import AnyCondition
from lodebase.query.crs import CRS84, Crs
from lodebase.query.parameters.arguments import MAX_PARAMETER_VALUES, Arguments, shorten_quoted_value
from lodebase.query.parameters.parameter import Parameter
from lodedata.cells import Unreadable, number
from lodedata.messages import msg

Node: TypeAlias = cql2.Filter | AnyCondition
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, eq=False)
class RowFilter:
    """A filter of rows: its parameters, and the conditions that their values mean; rows fulfil all of them."""

    parameters: tuple[Parameter, ...]
    parse: Callable[[Collection, Arguments], Iterator[Node]]
    """Called with the filters of a request if a parameter of this one is given. Raises BadQuery if a value is invalid."""
    takes_fields: bool = False
    """Whether each field of a collection is a parameter too."""


def parse_condition(name: str, value: str, node: object, collection: Collection, crs: Crs = CRS84) -> cql2.Filter:
    """Return the filter of the CQL2 JSON that a parameter is short for. Raise BadQuery if it is invalid."""
    try:
        return cql2.parse_json(node, collection, crs.srid, crs.latitude_first)
    except cql2.Malformed as error:
        raise BadQuery(name, shorten_quoted_value(value), error.message) from None


def compare(name: str, operator: str, value: object) -> dict[str, object]:
    """Return the CQL2 JSON of a comparison of a property with a value."""
    return {"op": operator, "args": [{"property": name}, value]}


def write_null_condition(name: str) -> dict[str, object]:
    """Return the CQL2 JSON of a property without a value."""
    return {"op": "isNull", "args": [{"property": name}]}


def parse_truth(name: str, value: str) -> bool:
    """Return a truth value. Raise BadQuery if it is neither."""
    if value not in TRUTHS:
        raise BadQuery(name, shorten_quoted_value(value), msg('%(parameter)s must be true or false, not "%(value)s".'))
    return TRUTHS[value]


def parse_amount(name: str, text: str) -> float:
    """Return a number. Raise BadQuery if it is none, or too large."""
    try:
        value = number(text)
    except Unreadable:
        raise BadQuery(
            name, shorten_quoted_value(text), msg('%(parameter)s must be a number such as 1500000 or 0.85, not "%(value)s".')
        ) from None
    if not abs(value) < 1e300:
        raise BadQuery(name, shorten_quoted_value(text), msg("%(parameter)s=%(value)s is too large."))
    return value


def split_listed(name: str, arguments: Arguments) -> tuple[str, ...]:
    """Return the values of a parameter that may be repeated and holds several, sorted. Raise BadQuery if there are too many."""
    values = arguments.getlist(name)
    listed = {part for value in values for part in map(str.strip, value.split(",")) if part}
    check_number(name, values[0] if values else "", len(listed))
    return tuple(sorted(listed))


def check_number(name: str, value: str, count: int) -> None:
    """Raise BadQuery if a parameter has too many values."""
    if count > MAX_PARAMETER_VALUES:
        raise BadQuery(
            name,
            shorten_quoted_value(value),
            msg("%(parameter)s has %(found)s values. Give at most %(most)s.", found=count, most=MAX_PARAMETER_VALUES),
        )
