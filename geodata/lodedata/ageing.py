"""The inferred status of a project that nobody has confirmed for years: shelved after two years, cancelled after four.

The rule is that of Global Energy Monitor's trackers ("shelved – inferred 2 y", "cancelled – inferred 4 y"), for
proposed projects that are not yet built. The reported status is unchanged; the inferred one is shown next to it.
"""

from dataclasses import dataclass
from datetime import date

PROPOSED = ("announced", "pre-permit", "permitted")


@dataclass(frozen=True, slots=True)
class InferredStatus:
    """An inferred status, and the years without news after which it applies, up to ``until`` years."""

    status: str
    years: int
    until: int | None


AGES = (InferredStatus("shelved", 2, 4), InferredStatus("cancelled", 4, None))


def inferred_status(status: str | None, reported_on: date | None, today: date) -> InferredStatus | None:
    """Return the status inferred today from one that was reported on a day, None if it is unchanged."""
    if status not in PROPOSED or reported_on is None:
        return None
    return next((age for age in reversed(AGES) if reported_on <= years_before(today, age.years)), None)


def years_before(today: date, years: int) -> date:
    """Return the same day a number of years earlier; 28 February for 29 February of a leap year."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
