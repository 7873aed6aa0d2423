"""CQL2 (OGC 21-065r2): a filter's text or JSON is size-checked, parsed, checked against the fields and compiled to SQL.

Extensions of the standard: ``=`` and ``IN`` on a list field test what the list contains; a term of a field's vocabulary,
in either language, is replaced by its code; BENEATH(field, 'term') matches a term and all its descendants;
LARGEST_CONTAINED_T, LARGEST_GRADE_PCT and LARGEST_ORE_T are the largest single figures of estimates.
"""

from lodebase.query.cql2.bounds import BOUNDS, Malformed
from lodebase.query.cql2.check import FUNCTIONS
from lodebase.query.cql2.cost import check_cost
from lodebase.query.cql2.nodes import Filter, OperatorCall, Shape, join_filters
from lodebase.query.cql2.read import parse_json, parse_text
from lodebase.query.cql2.selections import (
    Development,
    any_of,
    estimate,
    filter_beneath_terms,
    filter_by_development,
    filter_from_value,
    filter_started_projects,
    filter_unstarted_projects,
    filter_up_to_value,
    filter_within_dates,
)
from lodebase.query.cql2.sql import build_filter_condition, collect_bound_values

__all__ = [
    "BOUNDS",
    "FUNCTIONS",
    "Development",
    "Filter",
    "Malformed",
    "OperatorCall",
    "Shape",
    "join_filters",
    "any_of",
    "filter_from_value",
    "filter_up_to_value",
    "filter_beneath_terms",
    "collect_bound_values",
    "check_cost",
    "build_filter_condition",
    "filter_by_development",
    "estimate",
    "filter_unstarted_projects",
    "parse_json",
    "parse_text",
    "filter_started_projects",
    "filter_within_dates",
]
