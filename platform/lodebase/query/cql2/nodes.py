"""The parts of a checked filter: a shape without literals, and the values in the order in which the shape uses them."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Values: TypeAlias = tuple[Any, ...]
Form: TypeAlias = Literal["text", "number", "exact", "date", "texts", "numbers", "exacts", "dates", "geometry"]
"""How a literal is bound: the plurals are arrays, exact numbers are decimal, dates can be infinite, geometries are WKB."""

GEOMETRY = "geom"
"""The geometry column of a collection."""


@dataclass(frozen=True, slots=True)
class Property:
    """The value of a column."""

    name: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder for the next value."""

    form: Form


@dataclass(frozen=True, slots=True)
class Constant:
    """A truth value that does not depend on the row."""

    value: bool


@dataclass(frozen=True, slots=True)
class OperatorCall:
    """An operation of :mod:`lodebase.query.cql2.sql` and its operands."""

    name: str
    operands: tuple["Shape", ...]


Shape: TypeAlias = Property | Placeholder | Constant | OperatorCall


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on the rows of a collection. Filters of one shape have one SQL text."""

    shape: Shape
    values: Values = ()


def join_filters(*filters: Filter) -> Filter:
    """Return the filter that holds if all filters hold, of which there is at least one."""
    if len(filters) == 1:
        return filters[0]
    values = tuple(value for part in filters for value in part.values)
    return Filter(OperatorCall("and", tuple(part.shape for part in filters)), values)
