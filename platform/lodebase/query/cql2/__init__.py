"""CQL2 (OGC 21-065r2): a filter's text or JSON is size-checked, parsed, checked against the fields and compiled to SQL.

Extensions of the standard: ``=`` and ``IN`` on a list field test what the list contains; a term of a field's vocabulary,
in either language, is replaced by its code; BENEATH(field, 'term') matches a term and all its descendants;
LARGEST_CONTAINED_T, LARGEST_GRADE_PCT and LARGEST_ORE_T are the largest single figures of estimates.
"""

from lodebase.query.cql2.bounds import BOUNDS, Malformed
from lodebase.query.cql2.check import FUNCTIONS
from lodebase.query.cql2.cost import check_cost
from lodebase.query.cql2.nodes import Filter, OperatorCall, Shape, all_of
from lodebase.query.cql2.read import parse_json, parse_text
from lodebase.query.cql2.selections import (
    Development,
    any_of,
    at_least,
    at_most,
    beneath,
    developed,
    estimate,
    not_started,
    started,
    within_dates,
)
from lodebase.query.cql2.sql import bound, condition

__all__ = [
    "BOUNDS",
    "FUNCTIONS",
    "Development",
    "Filter",
    "Malformed",
    "OperatorCall",
    "Shape",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "beneath",
    "bound",
    "check_cost",
    "condition",
    "developed",
    "estimate",
    "not_started",
    "parse_json",
    "parse_text",
    "started",
    "within_dates",
]
