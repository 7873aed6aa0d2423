"""Calculations: between literals they are done at once, else by PostgreSQL in decimal figures, which can't overflow.

A division by zero and a power that is no number are null, so that their row does not match.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from lodebase.query.cql2.bounds import Malformed
from lodebase.query.cql2.parts import NAMES, FilterPart, as_exact, joined, number

OPERATORS = ("+", "-", "*", "/", "%", "div", "^")
MOST_DIGITS = 4_000
"""Of an intermediate result; far from what PostgreSQL holds, and enough for a dozen multiplied fields."""
MOST_POWERS = 4
"""One in another; each is a query of its own in the SQL."""
_DIGITS_OF_A_POWER = 400


def calculate(operator: str, parts: Sequence[FilterPart]) -> FilterPart:
    """A number from two. Raises Malformed for what is no number and for what comes to none."""
    left, right = parts
    for part in parts:
        if part.kind != "number":
            raise Malformed(f"calculates with {part.said}, {NAMES[part.kind]}, where a number is wanted")
    if left.literal is not None and right.literal is not None:
        return number(_result(operator, left.literal, right.literal))
    digits = {"^": _DIGITS_OF_A_POWER, "+": 1 + max(left.digits, right.digits)}.get("+" if operator == "-" else operator)
    if digits is None:
        digits = left.digits + right.digits
    if digits > MOST_DIGITS:
        raise Malformed("multiplies more numbers than are counted with")
    powers = max(left.powers, right.powers) + (operator == "^")
    if powers > MOST_POWERS:
        raise Malformed(f"raises more than {MOST_POWERS} powers one in another")
    made = joined("number", operator, (as_exact(left), as_exact(right)), "the calculation")
    return replace(made, exact=True, digits=digits, powers=powers)


def _result(operator: str, left: float, right: float) -> float:
    try:
        match operator:
            case "+":
                made = left + right
            case "-":
                made = left - right
            case "*":
                made = left * right
            case "/":
                made = left / right
            case "%":
                made = math.fmod(left, right)
            case "div":
                made = float(math.trunc(left / right))
            case _:
                made = math.pow(left, right)
    except (ZeroDivisionError, OverflowError, ValueError):
        made = math.nan
    if not math.isfinite(made):
        raise Malformed(f"calculates {left:.15g} {operator} {right:.15g}, which is no number")
    # the binary remainder of decimal figures is no part of them: 0.1 + 0.2 is 0.3
    return float(f"{made:.15g}")
