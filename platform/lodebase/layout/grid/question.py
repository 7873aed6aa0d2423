"""What a national what-if asks: over which area, how fine, and which plant of each product is set at every place."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from lodebase.layout.candidate import Candidate, candidate
from lodedata.layout.products import PRODUCTS

NOWHERE = {"type": "Point", "coordinates": [0.0, 0.0]}


@dataclass(frozen=True, slots=True)
class Question:
    """A what-if. The area is a country as the store bounds it, or ``area``, polygons as WKB.

    Places are ``step_km`` apart, or the cells of H3 at a resolution. ``plants`` are as asked, each without its place; one whose
    capacity is 0 is as large as plants of its product are in the area.
    """

    country: str
    area: bytes | None
    step_km: float | None
    h3: int | None
    plants: tuple[Candidate, ...]
    on: date

    def told(self) -> dict[str, Any]:
        """The question as data, the same for the same question."""
        return {
            "country": self.country if self.area is None else None,
            "area_sha256": None if self.area is None else hashlib.sha256(self.area).hexdigest(),
            "step_km": self.step_km,
            "h3": self.h3,
            "plants": [plant(one) for one in self.plants],
            "on": self.on.isoformat(),
        }

    def on_day(self, on: date) -> "Question":
        """The same question under the rules of another day."""
        return replace(self, on=on, plants=tuple(replace(one, on=on) for one in self.plants))


def plant(one: Candidate) -> dict[str, Any]:
    """A plant as it was asked for, without its place."""
    told: dict[str, Any] = {**one.feature()["properties"], "capacity_tpa": one.capacity_tpa or None}
    del told["on"]
    return told


def template(told: dict[str, Any], on: date) -> Candidate:
    """A plant to be set at every place; without a capacity it is one of 0. Raises BadCandidate."""
    if told.get("capacity_tpa") is not None:
        return candidate({"type": "Feature", "geometry": NOWHERE, "properties": told}, on)
    product = PRODUCTS.get(str(told.get("product")))
    some = 1.0 if product is None else product.largest_tpa / 10
    made = candidate({"type": "Feature", "geometry": NOWHERE, "properties": {**told, "capacity_tpa": some}}, on)
    return replace(made, capacity_tpa=0.0)


def usual(products: Iterable[str], on: date) -> tuple[Candidate, ...]:
    """A plant of each product, of all for none, as large as plants of it are."""
    return tuple(template({"product": product}, on) for product in (products or PRODUCTS))


def digest(told: dict[str, Any]) -> str:
    """What two equal questions share."""
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
