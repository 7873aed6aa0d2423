"""Capacities that are left out of a country's sum if it is over-full: more than 1.5 times the output of the country.

They are left out one after the other in the order of doubt until the rest is within the bound, so that the plants with the
best evidence stay. A capacity that a person judged right is never left out. docs/methods/coverage.md explains the order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lodedata.figures.national_output import MAX_OUTPUT_RATIO

DOUBTS = ("above-country", "basis-unstated", "status-inferred", "undated", "oldest")
"""The reasons in the order of doubt (vocabulary ``figure-doubt``); every dated capacity has at least the last."""


@dataclass(frozen=True, slots=True)
class CountedCapacity:
    """A capacity of a phase in a country's sum: tonnes a year, the date of its figure, and what weakens it."""

    phase: str
    tonnes: float
    on: str | None = None
    has_basis: bool = True
    inferred: bool = False
    judged_right: bool = False

    def doubt(self, output: float) -> str:
        """Return the strongest reason to doubt it, where the country has this output."""
        weak = {
            "above-country": self.tonnes > output,
            "basis-unstated": not self.has_basis,
            "status-inferred": self.inferred,
            "undated": self.on is None,
        }
        return next((reason for reason, applies in weak.items() if applies), "oldest")


def choose_doubtful(capacities: Iterable[CountedCapacity], output: float) -> dict[str, str]:
    """Return the reasons of the capacities that are left out by phase, none if the sum is within the bound."""
    listed = list(capacities)
    total = sum(capacity.tonnes for capacity in listed)
    chosen: dict[str, str] = {}
    for capacity in sorted(
        (capacity for capacity in listed if not capacity.judged_right), key=lambda capacity: _order(capacity, output)
    ):
        if total <= MAX_OUTPUT_RATIO * output:
            break
        chosen[capacity.phase] = capacity.doubt(output)
        total -= capacity.tonnes
    return chosen


def _order(counted_capacity: CountedCapacity, output: float) -> tuple[Any, ...]:
    return (
        DOUBTS.index(counted_capacity.doubt(output)),
        counted_capacity.on or "",
        -counted_capacity.tonnes,
        counted_capacity.phase,
    )
