"""The columns whose values are the figures that a record is known by."""

from collections.abc import Iterable

CAPACITIES = ("figure_capacity_tpa", "figure_coming_tpa")
"""Of a project: built capacity, and capacity that is not built yet."""
AMOUNTS = ("figure_ore_t", "figure_grade_pct", "figure_contained_t")
"""Of a deposit or discovery."""


def choose_figure_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of some columns that are figures; a record without a value in any of them has no figure."""
    listed = tuple(names)
    return tuple(name for name in (*CAPACITIES, *AMOUNTS) if name in listed)
