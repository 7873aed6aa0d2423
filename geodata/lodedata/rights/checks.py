"""Checks of mining rights and sales: figures that follow from others, and what contradicts them."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import shapely

from lodedata.kinds import Kind
from lodedata.problems import Problem
from lodedata.rights.area import disagrees, measure_area_km2

Completion = Callable[[dict[str, Any], Any, str, list[Problem]], None]
"""Fills in values of a row that follow from others; takes them, the polygon or None, the row's key, and its problems."""


def build_right_completion() -> Completion:
    """Return the checks of rights of one table, which remembers the outlines it has seen."""
    seen: dict[bytes, str] = {}

    def complete(values: dict[str, Any], shape: Any, key: str, problems: list[Problem]) -> None:
        if shape is None:
            return
        computed, printed = measure_area_km2(shape), values.get("area_km2_reported")
        values["area_km2_computed"] = round(computed, 6)
        if printed is not None and disagrees(computed, printed):
            problems.append(Problem("area-disagrees", f"{printed:g}", None, {"computed": f"{computed:.6g}"}))
        outline = hashlib.blake2b(shapely.to_wkb(shapely.normalize(shapely.set_precision(shape, 1e-7)))).digest()
        first = seen.setdefault(outline, key)
        if first != key:
            problems.append(Problem("geometry-repeated", first))

    return complete


def build_sale_completion() -> Completion:
    """Return the derivation of a sale's ratio of prices and its price per area."""

    def complete(values: dict[str, Any], shape: Any, key: str, problems: list[Problem]) -> None:
        start, deal, area = (values.get(name) for name in ("start_price_10k_cny", "deal_price_10k_cny", "area_km2"))
        if start and deal:
            values["deal_to_start_ratio"] = round(deal / start, 4)
        price = deal or start
        if price and area:
            values["price_per_km2_10k_cny"] = round(price / area, 4)

    return complete


def find_validity_problem(kind: Kind, values: Mapping[str, Any]) -> Problem | None:
    """Return a problem if the validity of a row ends before it begins."""
    if kind.validity is None:
        return None
    first, last = (str(values.get(name) or "") for name in kind.validity)
    shorter = min(len(first), len(last))
    if last[:shorter] >= first[:shorter]:
        return None
    return Problem("validity-reversed", f"{first} – {last}", None, {"field": " / ".join(kind.validity)})
