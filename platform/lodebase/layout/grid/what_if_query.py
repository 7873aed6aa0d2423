"""Queries of national what-if runs: the area, the resolution of the grid, and the plant of each product."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import orjson

from lodebase.layout.planned.candidate import Candidate, parse_candidate
from lodedata.layout.products import PRODUCTS

NOWHERE = {"type": "Point", "coordinates": [0.0, 0.0]}


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A what-if query as the plan of a run stores it: the digest of its area, and the properties of its plants."""

    country: str | None
    area_sha256: str | None
    step_km: float | None
    h3: int | None
    plants: list[dict[str, object]]
    on: str


@dataclass(frozen=True, slots=True)
class WhatIfQuery:
    """A what-if query. The area is a country with the boundary in the store, or ``area``, polygons as WKB.

    Places are ``step_km`` apart, or are the H3 cells of a resolution. ``plants`` have no place; one whose capacity is 0 gets
    the usual capacity of its product in the area.
    """

    country: str
    area: bytes | None
    step_km: float | None
    h3: int | None
    plants: tuple[Candidate, ...]
    on: date

    def stored(self) -> StoredQuery:
        """Return the query as it is stored, which is equal for equal queries."""
        return StoredQuery(
            country=self.country if self.area is None else None,
            area_sha256=None if self.area is None else hashlib.sha256(self.area).hexdigest(),
            step_km=self.step_km,
            h3=self.h3,
            plants=[describe_plant(plant) for plant in self.plants],
            on=self.on.isoformat(),
        )

    def on_day(self, on: date) -> "WhatIfQuery":
        """Return the same query under the rules of another day."""
        return replace(self, on=on, plants=tuple(replace(plant, on=on) for plant in self.plants))


def describe_plant(candidate: Candidate) -> dict[str, object]:
    """Return the properties of a plant without its day; a capacity of 0 becomes None."""
    properties: dict[str, object] = {**candidate.feature()["properties"], "capacity_tpa": candidate.capacity_tpa or None}
    del properties["on"]
    return properties


def parse_plant_template(properties: Mapping[str, object], on: date) -> Candidate:
    """Return a plant to be placed everywhere; its capacity is 0 if none is given. Raises BadCandidate."""
    if properties.get("capacity_tpa") is not None:
        return parse_candidate({"type": "Feature", "geometry": NOWHERE, "properties": properties}, on)
    product = PRODUCTS.get(str(properties.get("product")))
    some = 1.0 if product is None else product.largest_tpa / 10
    candidate = parse_candidate(
        {"type": "Feature", "geometry": NOWHERE, "properties": {**properties, "capacity_tpa": some}}, on
    )
    return replace(candidate, capacity_tpa=0.0)


def build_usual_plants(products: Iterable[str], on: date) -> tuple[Candidate, ...]:
    """Return a plant of usual capacity for each product, or for all products if none is named."""
    return tuple(parse_plant_template({"product": product}, on) for product in (products or PRODUCTS))


def compute_query_digest(query: Mapping[str, object]) -> str:
    """Return the SHA-256 digest of a query."""
    return hashlib.sha256(orjson.dumps(query, option=orjson.OPT_SORT_KEYS)).hexdigest()
