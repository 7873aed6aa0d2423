"""The changes that are requested: those of records of some queries, and those of statistics."""

from dataclasses import dataclass

from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.query import Query

STATISTICS = "statistics"
"""The name of releases of statistics among the collections of changes; no collection of records has it."""
CHANGING = (*COLLECTIONS, STATISTICS)
"""The names of all that changes, in the order in which the changes of a version are listed."""


@dataclass(frozen=True, slots=True)
class PriceThreshold:
    """The prices that are requested: of some commodities or of all, by their move on the period before or by a level.

    ``change_percent`` is the least move up or down. A price passes ``above`` or ``below``, in the unit of its series, where the
    one of the period before did not. A price that meets one of the conditions is requested.
    """

    commodities: tuple[str, ...] = ()
    change_percent: float | None = None
    above: float | None = None
    below: float | None = None

    def is_met(self, price: float, before: float) -> bool:
        """Return whether a price meets a condition, by the price of the period before in the same series."""
        return (
            (self.change_percent is not None and before > 0 and abs(100 * (price / before - 1)) >= self.change_percent)
            or (self.above is not None and before <= self.above < price)
            or (self.below is not None and before >= self.below > price)
        )


@dataclass(frozen=True, slots=True)
class ChangeSelection:
    """A query for each collection whose changes are requested, and whether those of statistics are.

    With ``prices`` the releases of statistics are those that brought a price beyond the threshold.
    """

    queries: tuple[Query, ...]
    statistics: bool = False
    prices: PriceThreshold | None = None
