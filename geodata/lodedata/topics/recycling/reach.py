"""A model of the recycled metal that arises in reach of a place, and the capacity in reach: no measurement, every input named.

Without figures by region, metal arises evenly over the land of a country; who knows the share in reach states it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lodedata.messages import Message, msg

ShareOrigin = Literal["area", "stated", "unknown"]
DISTANCE_MODEL = msg("capacity in reach = sum of the design outputs of plants within the radius, along the great circle")
ARISING_MODEL = msg("metal that arises in reach = recycled metal of the country × share of the country in reach ÷ 100")
RATIO = msg("capacity in reach ÷ metal that arises in reach")
ORIGINS: Mapping[ShareOrigin, Message] = {
    "area": msg("share of the country's area within the radius: metal is taken to arise evenly over the land"),
    "stated": msg("share as you state it"),
    "unknown": msg("not known: the boundary of the country is not stored; state a share"),
}


@dataclass(frozen=True, slots=True)
class ReachModel:
    """The model of one stream: recycled metal of the country in tonnes a year, share of it in reach, capacity in reach."""

    supply_t: float | None
    share_pct: float | None
    design_output_tpa: float | None

    @property
    def arising_t(self) -> float | None:
        """The metal that arises in reach by the model, None if an input is missing."""
        return None if self.supply_t is None or self.share_pct is None else self.supply_t * self.share_pct / 100

    @property
    def ratio(self) -> float | None:
        """Capacity by metal that arises, None without both."""
        return None if self.design_output_tpa is None or not self.arising_t else self.design_output_tpa / self.arising_t
