"""What a status that nobody has confirmed for years is taken for: two years without news shelved, four cancelled.

The rule is that of Global Energy Monitor's trackers ("shelved – inferred 2 y", "cancelled – inferred 4 y"), for projects
that are proposed and not yet built. The status as reported stays; what is inferred is shown beside it as inferred.
"""

from dataclasses import dataclass
from datetime import date

PROPOSED = ("announced", "pre-permit", "permitted")


@dataclass(frozen=True, slots=True)
class Age:
    """A status that is inferred, and after how many years without news; from ``until`` years on it is another one."""

    status: str
    years: int
    until: int | None


AGES = (Age("shelved", 2, 4), Age("cancelled", 4, None))


def inferred(status: str | None, told: date | None, today: date) -> Age | None:
    """What a status that was told on a day is taken for today; None where it is taken for what it is."""
    if status not in PROPOSED or told is None:
        return None
    return next((age for age in reversed(AGES) if told <= back(today, age.years)), None)


def back(today: date, years: int) -> date:
    """The same day so many years before; the 28th of February for the 29th where that year has none."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)
