"""The conditions of a Query: each class has the SQL, the bound values and what plans and facets need to know of it."""

from lodebase.query.conditions.condition import Condition
from lodebase.query.conditions.field_conditions import Cql2Condition, SelectionCondition, StatusDayCondition, ValidDayCondition
from lodebase.query.conditions.spatial_conditions import AreaCondition, BoxCondition, DistanceCondition
from lodebase.query.conditions.sql_condition import SqlCondition

__all__ = [
    "AreaCondition",
    "BoxCondition",
    "Condition",
    "Cql2Condition",
    "DistanceCondition",
    "SelectionCondition",
    "SqlCondition",
    "StatusDayCondition",
    "ValidDayCondition",
]
