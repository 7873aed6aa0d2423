"""Feedstock of a planned plant: its needs, the declared sources, and the ore in reach.

Resources and reserves are never added up together, nor are two classes (GB/T 17766-2020, 5.2 and 5.3).
"""

import math
from typing import Any

from lodebase.db.schema.tables import COMBINED_CATEGORIES, RESERVE_CATEGORIES, RESOURCE_CATEGORIES
from lodebase.layout.measures import mines
from lodebase.layout.measures.balance import compute_balance, rates
from lodebase.layout.measures.distance_range import distance_range
from lodebase.layout.measures.outputs import CLOSE_M, Outputs, nearest
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState
from lodebase.layout.statement_parameters import box
from lodebase.layout.statements import CLASSES, CLASSES_OF, DEPOSITS, MINES
from lodedata.layout.feedstock import MATERIALS, OUTPUTS, Need, is_kind_of, required_amount
from lodedata.messages import Label, in_each_language, msg
from lodedata.vocab import vocabulary

MOST = 500
MOST_READ = 100_000
"""Upper limit of the deposits that are measured around an area; there are fewer of any commodity."""
CIRCLES = (1 / 125, 1 / 25, 1 / 5, 1)
"""Search radii for deposits as fractions of the largest radius, tried in this order."""
ADDED = tuple(one for one in (*RESOURCE_CATEGORIES[:3], *RESERVE_CATEGORIES) if one not in COMBINED_CATEGORIES)
"""Classes whose figures may be added up, each class separately."""


def feedstock(state: SiteState, candidate: Candidate, values: dict[str, Any], made: Outputs, live_tpa: float) -> dict[str, Any]:
    """Return needs as ranges, declared shares, places of ore in reach, their figures by class, and the output of mines.

    ``live_tpa`` is the capacity of the same product in reach that exists or is planned.
    """
    dug = mines.in_reach(made, candidate, values)
    places = _places(state, candidate, values, dug)
    return {
        "within_km": candidate.radii_km[-1],
        "needs": [_need(need, candidate) for need in _needs(candidate)],
        "declared": [_declared(candidate, index) for index in range(len(candidate.feedstock))],
        "equity_pct": share(candidate, "equity_pct"),
        "contract_pct": share(candidate, "contract_pct"),
        "places": [_place(row) for row in places[:MOST]],
        "more": len(places) > MOST,
        "by_size": _by_size(places),
        "classes": [_class(row) for row in _classes(state, candidate, values)],
        "mined": [_mined(row) for row in mines.mined(dug, values)],
        "balance": _balance(candidate, values, dug, live_tpa),
    }


def _places(state: SiteState, candidate: Candidate, values: dict[str, Any], dug: Outputs) -> list[dict[str, Any]]:
    """Return the nearest places of ore, at most one more than the report lists."""
    exact, numbers = nearest(dug.sites, candidate, mines.present(dug), MOST + 1)
    found = _deposits(state, candidate, values)
    # read only the mines that can be among the nearest places
    farthest = found[-1]["distance_m"] + CLOSE_M if len(found) > MOST else math.inf
    some = [exact.ids[number] for number in numbers if exact.distance_m[number] <= farthest]
    mined_places = state.rows(MINES, values | {"ids": some}) if some else []
    if candidate.is_area:
        least, most = (dict(zip(exact.ids, column.tolist(), strict=True)) for column in (exact.distance_m, exact.most_m))
        for row in mined_places:
            row["distance_m"], row["farthest_km"] = least[row["id"]], round(most[row["id"]] / 1000, 3)
    return sorted((*found, *mined_places), key=lambda row: (row["distance_m"], row["id"]))[: MOST + 1]


def _deposits(state: SiteState, candidate: Candidate, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nearest deposits, at most one more than the report lists.

    They come from the smallest circle that holds enough of them, which saves measuring every distance in dense areas.
    """
    if candidate.is_area:
        return _in_reach_of_area(state, candidate, values)[: MOST + 1]
    found: list[dict[str, Any]] = []
    for part in CIRCLES:
        radius_m = values["farthest"] * part
        found = state.rows(DEPOSITS, values | box(candidate, radius_m) | {"farthest": radius_m, "most": MOST + 1})
        if len(found) > MOST:
            break
    return found


def _in_reach_of_area(state: SiteState, candidate: Candidate, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all deposits within the largest radius of the nearest point of an area, with the range of their distances."""
    radius_m = values["farthest"] + candidate.reach_m
    bound = values | box(candidate, radius_m) | {"farthest": radius_m, "most": MOST_READ}
    rows = state.rows(DEPOSITS, bound)
    near, far = distance_range(candidate.wkt, [row["lon"] for row in rows], [row["lat"] for row in rows])
    for row, least, most in zip(rows, near.tolist(), far.tolist(), strict=True):
        row["distance_m"], row["farthest_km"] = least, round(most / 1000, 3)
    within = (row for row in rows if row["distance_m"] <= values["farthest"])
    return sorted(within, key=lambda row: (row["distance_m"], row["id"]))


def _classes(state: SiteState, candidate: Candidate, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of the deposits in reach by class."""
    if not candidate.is_area:
        return state.rows(CLASSES, values)
    return state.rows(CLASSES_OF, values | {"ids": [row["id"] for row in _in_reach_of_area(state, candidate, values)]})


def materials(candidate: Candidate) -> tuple[str, ...]:
    """Return the declared materials."""
    return tuple(feed.material for feed in candidate.feedstock)


def _needs(candidate: Candidate) -> list[Need]:
    used = materials(candidate)
    return [need for need in candidate.made.needs if not used or any(is_kind_of(one, need.material) for one in used)]


def _need(need: Need, candidate: Candidate) -> dict[str, Any]:
    amount, material = required_amount(need, candidate.capacity_tpa), MATERIALS[need.material]
    return {
        "material": need.material,
        **in_each_language("label", material.label),
        "t_per_t": [need.low, need.high],
        "tpa": [round(amount.low_tpa), round(amount.high_tpa)],
        "mark": need.mark,
        "source_en": need.source_en,
        "source_zh": need.source_zh,
    }


def _declared(candidate: Candidate, index: int) -> dict[str, Any]:
    feed = candidate.feedstock[index]
    material = MATERIALS[feed.material]
    return {
        "material": feed.material,
        **in_each_language("label", material.label),
        "origin": feed.origin,
        "equity_pct": feed.equity_pct,
        "contract_pct": feed.contract_pct,
    }


def share(candidate: Candidate, name: str) -> float | None:
    """Return the sum of a share over all declared feedstock, or None if none declares it."""
    shares = [value for feed in candidate.feedstock if (value := getattr(feed, name)) is not None]
    return sum(shares) if shares else None


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "distance_km": round(row.pop("distance_m") / 1000, 3)}


def _by_size(places: list[dict[str, Any]]) -> dict[str, int]:
    """Return the number of deposits of each size class; mines have none."""
    found: dict[str, int] = {}
    for row in places[:MOST]:
        if row["kind"] == "deposit":
            size = row["size_class"] or "unknown"
            found[size] = found.get(size, 0) + 1
    return found


def _class(row: dict[str, Any]) -> dict[str, Any]:
    """Return a class with its totals, which only the classes in ADDED have."""
    classes = vocabulary("reserve-category" if row["kind"] == "reserve" else "resource-category")
    added = row["category"] in ADDED
    term = classes.terms.get(row["category"])
    return {
        **row,
        **in_each_language("label", Label(term.label_en, term.label_zh) if term else msg("tonnage without a class")),
        "ore_t": row["ore_t"] if added else None,
        "contained_t": row["contained_t"] if added else None,
    }


def _mined(row: dict[str, Any]) -> dict[str, Any]:
    term = vocabulary("product")[row["product"]]
    return {**row, "label_en": term.label_en, "label_zh": term.label_zh}


def _balance(candidate: Candidate, values: dict[str, Any], dug: Outputs, live_tpa: float) -> dict[str, Any] | None:
    """Return the ratio of the capacity of all plants in reach to what mines in reach could feed, in tonnes of the product.

    Mines whose figure can't be converted are only counted. Returns None for a product without conversion rates.
    """
    if candidate.product not in OUTPUTS:
        return None
    found = compute_balance([], [mines.supply(dug, values, rates(candidate.product))])
    low, high = found.feeds_tpa
    after = live_tpa + candidate.capacity_tpa
    return {
        "capacity_before_tpa": live_tpa,
        "capacity_after_tpa": after,
        "feeds_tpa": [low, high],
        "ratio_after": [round(after / high, 3), round(after / low, 3)] if low > 0 else None,
        "mines": found.mines,
        "mines_without_figure": found.mines_without_figure,
    }
