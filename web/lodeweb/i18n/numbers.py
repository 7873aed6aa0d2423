"""Formatted numbers."""

import math

DIGITS = 6


def number(value: float, digits: int = DIGITS) -> str:
    """Return a number with a given number of significant digits and thousands separators, never with an exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = f"{rounded:,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_hhi(low: float, high: float) -> str:
    """Return an index of concentration in points, as a range where other countries or companies matter."""
    return f"{low:,.0f}" if high - low < 1 else f"{low:,.0f}–{high:,.0f}"
