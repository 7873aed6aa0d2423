"""The age of a status: what is inferred from one that nobody has confirmed for years, and which are only last known.

Proposed projects are inferred to be shelved after two years, cancelled after four.

The rule is that of Global Energy Monitor's trackers ("shelved – inferred 2 y", "cancelled – inferred 4 y"), for
proposed projects that are not yet built. The reported status is unchanged; the inferred one is shown next to it.
"""

from dataclasses import dataclass
from datetime import date

LAST_KNOWN_YEARS = 5
"""Years after which a status is the last known one, which may have changed."""
PROPOSED = ("announced", "pre-permit", "permitted")


@dataclass(frozen=True, slots=True)
class InferredStatus:
    """An inferred status, and the years without news after which it applies, up to ``until`` years."""

    status: str
    years: int
    until: int | None


AGES = (InferredStatus("shelved", 2, 4), InferredStatus("cancelled", 4, None))


def infer_status(status: str | None, reported_on: date | None, today: date) -> InferredStatus | None:
    """Return the status inferred today from one that was reported on a day, None if it is unchanged."""
    if status not in PROPOSED or reported_on is None:
        return None
    return next((age for age in reversed(AGES) if reported_on <= subtract_years(today, age.years)), None)


def is_last_known(reported_on: date | None, today: date) -> bool:
    """Return whether a status that was reported on a day is so old that it is only the last known one."""
    return reported_on is not None and reported_on <= subtract_years(today, LAST_KNOWN_YEARS)


def subtract_years(today: date, years: int) -> date:
    """Return the same day a number of years earlier; 28 February for 29 February of a leap year."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
