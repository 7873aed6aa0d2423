"""Arithmetic: between literals it is evaluated at once, otherwise by PostgreSQL with decimal numbers, which cannot overflow.

Division by zero and a power that is not a number are null, so the row does not match.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from lodebase.query.cql2.bounds import Malformed
from lodebase.query.cql2.parts import NAMES, FilterPart, convert_to_exact, join_parts, number
from lodedata.messages import msg

OPERATORS = ("+", "-", "*", "/", "%", "div", "^")
MAX_DIGITS = 4_000
"""The maximum number of digits of an intermediate result: far below PostgreSQL's limit, enough to multiply a dozen fields."""
MAX_POWERS = 4
"""The maximum number of nested powers; each is a subquery in the SQL."""
_DIGITS_OF_A_POWER = 400


def calculate(operator: str, parts: Sequence[FilterPart]) -> FilterPart:
    """Return the result of arithmetic on two numbers. Raise Malformed for other kinds and for an undefined result."""
    left, right = parts
    for part in parts:
        if part.kind != "number":
            raise Malformed(
                msg(
                    "The filter calculates with %(part)s (%(kind)s). Calculate with numbers.",
                    part=part.label,
                    kind=NAMES[part.kind],
                )
            )
    if left.literal is not None and right.literal is not None:
        return number(_compute_result(operator, left.literal, right.literal))
    digits = {"^": _DIGITS_OF_A_POWER, "+": 1 + max(left.digits, right.digits)}.get("+" if operator == "-" else operator)
    if digits is None:
        digits = left.digits + right.digits
    if digits > MAX_DIGITS:
        raise Malformed(msg("The filter multiplies too many numbers. Use fewer."))
    powers = max(left.powers, right.powers) + (operator == "^")
    if powers > MAX_POWERS:
        raise Malformed(msg("The filter nests more than %(most)s powers. Use fewer.", most=MAX_POWERS))
    calculation = join_parts("number", operator, (convert_to_exact(left), convert_to_exact(right)), msg("the calculation"))
    return replace(calculation, exact=True, digits=digits, powers=powers)


def _compute_result(operator: str, left: float, right: float) -> float:
    try:
        match operator:
            case "+":
                outcome = left + right
            case "-":
                outcome = left - right
            case "*":
                outcome = left * right
            case "/":
                outcome = left / right
            case "%":
                outcome = math.fmod(left, right)
            case "div":
                outcome = float(math.trunc(left / right))
            case _:
                outcome = math.pow(left, right)
    except (ZeroDivisionError, OverflowError, ValueError):
        outcome = math.nan
    if not math.isfinite(outcome):
        raise Malformed(
            msg(
                "The result of %(left)s %(operator)s %(right)s is not a number.",
                left=f"{left:.15g}",
                operator=operator,
                right=f"{right:.15g}",
            )
        )
    # drop the binary remainder of decimal numbers: 0.1 + 0.2 is 0.3
    return float(f"{outcome:.15g}")
