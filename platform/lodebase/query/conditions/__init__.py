"""What a condition of a Query is; the filters have its classes."""

from lodebase.query.conditions.condition import Condition
from lodebase.query.conditions.sql_condition import SqlCondition

__all__ = ["Condition", "SqlCondition"]
