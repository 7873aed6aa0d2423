"""A query on the store, parsed once at the edge and immutable."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

import orjson

from lodebase.field_types import DEFAULT_LIMIT
from lodebase.query.conditions.condition import AnyCondition
from lodebase.query.crs import CRS84, Crs
from lodebase.query.filters.spatial.distance import DistanceCondition

Found = TypeVar("Found", bound=AnyCondition)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: the dataset version of the first page, the number of rows that matched and that came before, and
    the sort values of the last row."""

    version: int
    matched: int
    seen: int
    last: tuple[Any, ...]

    def token(self) -> str:
        """Return the cursor as letters, digits, - and _ for a URL."""
        last = [value.isoformat() if isinstance(value, date) else value for value in self.last]
        return urlsafe_b64encode(orjson.dumps([self.version, self.matched, self.seen, last])).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a query's SQL depends on: which conditions it has, without their values."""

    collection: str
    conditions: tuple[tuple[type[AnyCondition], Any], ...]
    """The class and the form of each condition."""
    sort: tuple[tuple[str, bool], ...]
    after: tuple[bool, ...] | None
    """Which of the last row's sort values are null."""
    earlier: bool
    properties: tuple[str, ...] | None
    crs: Crs

    def has(self, kind: type[AnyCondition]) -> bool:
        """Return whether it has a condition of a class."""
        return any(present is kind for present, _ in self.conditions)


@dataclass(frozen=True, slots=True)
class Query:
    """A query on one collection; rows fulfil all conditions.

    Conditions are sorted, so that queries with the same conditions are equal.
    """

    collection: str
    conditions: tuple[AnyCondition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    """Fields to sort by, each with whether it is descending."""
    properties: tuple[str, ...] | None = None
    crs: Crs = CRS84
    as_of: int | None = None
    """The requested dataset version, None for the latest."""
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None

    def __post_init__(self) -> None:
        if len(self.conditions) > 1:
            ordered = tuple(sorted(self.conditions, key=lambda condition: (condition.rank, condition.order_key)))
            object.__setattr__(self, "conditions", ordered)

    def find(self, kind: type[Found]) -> Found | None:
        """Return the condition of a class, the first if there are several; None if there is none."""
        return next((condition for condition in self.conditions if isinstance(condition, kind)), None)

    @property
    def selections(self) -> dict[str, tuple[str, ...]]:
        """Return the codes selected of each field."""
        return dict(condition.selection for condition in self.conditions if condition.selection is not None)

    @property
    def requests_nearest(self) -> bool:
        """Return whether it requests the nearest rows, at any distance."""
        near = self.find(DistanceCondition)
        return near is not None and near.radius_km is None

    def shape(self, earlier: bool = False) -> Shape:
        """Return what the query's SQL depends on; ``earlier`` if it requests a version that is no longer the latest."""
        return Shape(
            self.collection,
            tuple((type(condition), condition.form) for condition in self.conditions),
            self.sort,
            None if self.after is None else tuple(value is None for value in self.after.last),
            earlier,
            self.properties,
            self.crs,
        )

    def same_rows(self) -> "Query":
        """Return the query for all rows of this one, in any page and format: the cache key of its count."""
        return Query(self.collection, self.conditions, as_of=self.as_of)

    def without(self, kind: type[AnyCondition]) -> "Query":
        """Return the query without its conditions of a class."""
        return replace(self, conditions=tuple(condition for condition in self.conditions if not isinstance(condition, kind)))

    def fulfilling(self, condition: AnyCondition) -> "Query":
        """Return the query for those of its rows that fulfil a condition too."""
        return replace(self, conditions=(*self.conditions, condition))

    def replacing(self, condition: AnyCondition) -> "Query":
        """Return the query with a condition in place of those of its class."""
        return self.without(type(condition)).fulfilling(condition)
