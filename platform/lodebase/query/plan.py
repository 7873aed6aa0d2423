"""How a page of features is read and how matches are counted: a table of rules for each; the first that applies is used."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from lodebase.db.schema.prepared_tables import COUNTED_BY
from lodebase.query.collections_ import find_collection
from lodebase.query.crs import CRS84
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.query import Query

Read = Literal["made", "text", "key", "rows"]
Count = Literal["state", "facet", "cells", "key", "rows"]
Name = TypeVar("Name", Read, Count)


@dataclass(frozen=True, slots=True)
class PlanRule(Generic[Name]):
    """A method to read or to count, its description, and the queries that it applies to."""

    name: Name
    what: str
    applies: Callable[[Query, bool], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a page is read and how matches are counted, None if their number is known."""

    read: Read
    count: Count | None


def is_page_prepared(query: Query, earlier: bool = False) -> bool:
    """Return whether the page consists of prepared features in the order of their Morton codes."""
    another = query.sort or query.properties is not None or query.crs != CRS84
    another = another or any(condition.adds_properties for condition in query.conditions)
    return not (another or earlier) and find_collection(query.collection).prepared


def _has_box_alone(query: Query) -> bool:
    """Return whether the query has no condition, or only a box."""
    return all(isinstance(condition, BoxCondition) for condition in query.conditions)


def _is_in_key(query: Query, earlier: bool) -> bool:
    """Return whether the key of the prepared features holds all that the query filters by."""
    held = all(condition.is_in_key for condition in query.conditions)
    return held and not earlier and find_collection(query.collection).prepared


def _is_single_valued(query: Query) -> bool:
    """Return whether counts by value of one field add up: a record counts once per value of a list; no value has no count."""
    if len(query.conditions) != 1 or not isinstance(selection := query.conditions[0], SelectionCondition):
        return False
    field = find_collection(query.collection).field(selection.field_name)
    if field is None or not field.facet or "" in selection.codes:
        return False
    return field.type != "array" or len(selection.codes) == 1


def _is_counted_in_cells(query: Query) -> bool:
    """Return whether the query has a box, and the counts of cells distinguish the selected values."""
    others = query.without(BoxCondition).conditions
    if len(others) == len(query.conditions) or len(others) > 1:
        return False
    # the empty code means no value, which the counts represent differently
    return all(isinstance(one, SelectionCondition) and one.field_name in COUNTED_BY and "" not in one.codes for one in others)


READS: tuple[PlanRule[Read], ...] = (
    PlanRule(
        "made", "features made from records: another order, form or state", lambda q, earlier: not is_page_prepared(q, earlier)
    ),
    PlanRule("text", "finished features in order of Morton code, along the box's ranges", lambda q, _: _has_box_alone(q)),
    PlanRule(
        "key",
        "Morton codes and ids from the key of the finished features alone, which holds what is filtered by; then their text",
        # a country's records have their own index in order of Morton code
        lambda q, earlier: _is_in_key(q, earlier) and (q.find(BoxCondition) is not None or "country" not in q.selections),
    ),
    PlanRule("rows", "Morton codes and ids from the records by whatever index fits; then their text", lambda q, _: True),
)
COUNTS: tuple[PlanRule[Count], ...] = (
    PlanRule("state", "the collection's own count", lambda q, earlier: not (q.conditions or earlier)),
    PlanRule("facet", "counts by value of one field", lambda q, earlier: _is_single_valued(q) and not earlier),
    PlanRule(
        "cells",
        "counts of the cells inside the box, and rows of the cells that its edge cuts",
        lambda q, earlier: _is_in_key(q, earlier) and _is_counted_in_cells(q),
    ),
    PlanRule("key", "entries of the key of the finished features", _is_in_key),
    PlanRule("rows", "records", lambda q, _: True),
)


def plan(query: Query, earlier: bool = False, count: bool = True) -> Plan:
    """Return how the page of a query is read and, if they are to be counted, how its matches are counted."""
    read = next(rule.name for rule in READS if rule.applies(query, earlier))
    return Plan(read, next(rule.name for rule in COUNTS if rule.applies(query, earlier)) if count else None)
