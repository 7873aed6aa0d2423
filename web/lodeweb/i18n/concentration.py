"""Indices of concentration as texts."""


def write_hhi(low: float, high: float) -> str:
    """Return an index of concentration in points, as a range where other countries or companies matter."""
    return f"{low:,.0f}" if high - low < 1 else f"{low:,.0f}–{high:,.0f}"
