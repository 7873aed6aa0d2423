"""Feedstock of a planned plant: its needs, the declared sources, and the ore in reach.

Resources and reserves are never added up together, nor are two classes (GB/T 17766-2020, 5.2 and 5.3).
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from lodebase.db.schema.tables import COMBINED_CATEGORIES, RESERVE_CATEGORIES, RESOURCE_CATEGORIES
from lodebase.layout.measures import mines
from lodebase.layout.measures.balance import compute_balance, find_rates
from lodebase.layout.measures.distance_range import measure_distance_range
from lodebase.layout.measures.outputs import CLOSE_M, Outputs, find_nearest
from lodebase.layout.parts.feedstock import CapacityBalance, DeclaredFeed, EstimateClass, FeedNeed, OrePlace, PlantFeedstock
from lodebase.layout.planned.candidate import Candidate, Feed
from lodebase.layout.state import SiteState, SqlRow, SqlValues
from lodebase.layout.statement_parameters import compute_box_edges
from lodebase.layout.statements import CLASSES, CLASSES_OF, DEPOSITS, MINES
from lodedata.layout.feedstock import MATERIALS, OUTPUTS, Need, compute_required_amount, is_kind_of
from lodedata.messages import Label, msg
from lodedata.vocab import load_vocabulary

MAX_SOURCE_PLACES = 500
"""Places of ore that a report lists."""
MAX_READ = 100_000
"""Upper limit of the deposits that are measured around an area; there are fewer of any commodity."""
CIRCLES = (1 / 125, 1 / 25, 1 / 5, 1)
"""Search radii for deposits as fractions of the largest radius, tried in this order."""
ADDED = tuple(category for category in (*RESOURCE_CATEGORIES[:3], *RESERVE_CATEGORIES) if category not in COMBINED_CATEGORIES)
"""Classes whose figures may be added up, each class separately."""


def measure_feedstock(
    state: SiteState, candidate: Candidate, values: SqlValues, outputs: Outputs, live_tpa: float
) -> PlantFeedstock:
    """Return needs as ranges, declared shares, places of ore in reach, their figures by class, and the output of mines.

    ``live_tpa`` is the capacity of the same product in reach that exists or is planned.
    """
    in_reach = mines.select_in_reach(outputs, candidate, values)
    places = _find_places(state, candidate, values, in_reach)
    listed = places[:MAX_SOURCE_PLACES]
    return PlantFeedstock(
        within_km=candidate.radii_km[-1],
        needs=tuple(_describe_need(need, candidate) for need in _select_needs(candidate)),
        declared=tuple(_describe_feed(feed) for feed in candidate.feedstock),
        equity_pct=sum_equity_pct(candidate),
        contract_pct=sum_contract_pct(candidate),
        places=tuple(listed),
        more=len(places) > MAX_SOURCE_PLACES,
        by_size=_count_by_size(listed),
        classes=tuple(_describe_class(row) for row in _read_classes(state, candidate, values)),
        mined=mines.list_mined_products(in_reach, values),
        balance=_compare_with_supply(candidate, values, in_reach, live_tpa),
    )


def _find_places(state: SiteState, candidate: Candidate, values: SqlValues, in_reach: Outputs) -> list[OrePlace]:
    """Return the nearest places of ore, at most one more than the report lists."""
    exact, numbers = find_nearest(in_reach.sites, candidate, mines.mask_mines(in_reach), MAX_SOURCE_PLACES + 1)
    deposits = _find_deposits(state, candidate, values)
    # read only the mines that can be among the nearest places
    farthest = deposits[-1].distance_m + CLOSE_M if len(deposits) > MAX_SOURCE_PLACES else math.inf
    some = [exact.ids[number] for number in numbers if exact.distance_m[number] <= farthest]
    rows = state.rows(MINES, {**values, "ids": some}) if some else []
    if candidate.is_area:
        least, most = (dict(zip(exact.ids, column.tolist(), strict=True)) for column in (exact.distance_m, exact.most_m))
        deposits += [_read_place(row, least[row["id"]], most[row["id"]]) for row in rows]
    else:
        deposits += [_read_place(row, row["distance_m"]) for row in rows]
    return sorted(deposits, key=lambda deposit: (deposit.distance_m, deposit.id))[: MAX_SOURCE_PLACES + 1]


def _read_place(row: SqlRow, distance_m: float, farthest_m: float | None = None) -> OrePlace:
    return OrePlace(
        id=row["id"],
        kind=row["kind"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        size_class=row["size_class"],
        status=row["status"],
        country=row["country"],
        sources=tuple(row["sources"]),
        accuracy_m=row["accuracy_m"],
        lon=row["lon"],
        lat=row["lat"],
        distance_m=distance_m,
        farthest_km=None if farthest_m is None else round(farthest_m / 1000, 3),
        distance_km=round(distance_m / 1000, 3),
    )


def _find_deposits(state: SiteState, candidate: Candidate, values: SqlValues) -> list[OrePlace]:
    """Return the nearest deposits, at most one more than the report lists.

    They come from the smallest circle that holds enough of them, which saves measuring every distance in dense areas.
    """
    if candidate.is_area:
        return _find_in_reach_of_area(state, candidate, values)[: MAX_SOURCE_PLACES + 1]
    rows: list[SqlRow] = []
    for part in CIRCLES:
        radius_m = values["farthest"] * part
        rows = state.rows(
            DEPOSITS, {**values, **compute_box_edges(candidate, radius_m), "farthest": radius_m, "most": MAX_SOURCE_PLACES + 1}
        )
        if len(rows) > MAX_SOURCE_PLACES:
            break
    return [_read_place(row, row["distance_m"]) for row in rows]


def _find_in_reach_of_area(state: SiteState, candidate: Candidate, values: SqlValues) -> list[OrePlace]:
    """Return all deposits within the largest radius of the nearest point of an area, with the range of their distances."""
    radius_m = values["farthest"] + candidate.reach_m
    rows = state.rows(DEPOSITS, {**values, **compute_box_edges(candidate, radius_m), "farthest": radius_m, "most": MAX_READ})
    near, far = measure_distance_range(candidate.wkt, [row["lon"] for row in rows], [row["lat"] for row in rows])
    ranges = zip(rows, near.tolist(), far.tolist(), strict=True)
    within = [_read_place(row, least, most) for row, least, most in ranges if least <= values["farthest"]]
    return sorted(within, key=lambda place: (place.distance_m, place.id))


def _read_classes(state: SiteState, candidate: Candidate, values: SqlValues) -> list[SqlRow]:
    """Return the figures of the deposits in reach by class."""
    if not candidate.is_area:
        return state.rows(CLASSES, values)
    ids = [place.id for place in _find_in_reach_of_area(state, candidate, values)]
    return state.rows(CLASSES_OF, {**values, "ids": ids})


def list_materials(candidate: Candidate) -> tuple[str, ...]:
    """Return the declared materials."""
    return tuple(feed.material for feed in candidate.feedstock)


def _select_needs(candidate: Candidate) -> list[Need]:
    used = list_materials(candidate)
    return [
        need
        for need in candidate.product_details.needs
        if not used or any(is_kind_of(material, need.material) for material in used)
    ]


def _describe_need(need: Need, candidate: Candidate) -> FeedNeed:
    amount, label = compute_required_amount(need, candidate.capacity_tpa), MATERIALS[need.material].label
    return FeedNeed(
        material=need.material,
        label_en=label.in_language("en"),
        label_zh=label.in_language("zh"),
        t_per_t=(need.low, need.high),
        tpa=(round(amount.low_tpa), round(amount.high_tpa)),
        mark=need.mark,
        source_en=need.source_en,
        source_zh=need.source_zh,
    )


def _describe_feed(feed: Feed) -> DeclaredFeed:
    label = MATERIALS[feed.material].label
    return DeclaredFeed(
        material=feed.material,
        label_en=label.in_language("en"),
        label_zh=label.in_language("zh"),
        origin=feed.origin,
        equity_pct=feed.equity_pct,
        contract_pct=feed.contract_pct,
    )


def sum_equity_pct(candidate: Candidate) -> float | None:
    """Return the sum of the shares from mines with equity over all declared feedstock, or None if none declares it."""
    return _sum(feed.equity_pct for feed in candidate.feedstock)


def sum_contract_pct(candidate: Candidate) -> float | None:
    """Return the sum of the contracted shares over all declared feedstock, or None if none declares it."""
    return _sum(feed.contract_pct for feed in candidate.feedstock)


def _sum(shares: Iterable[float | None]) -> float | None:
    declared = [value for value in shares if value is not None]
    return sum(declared) if declared else None


def _count_by_size(places: Sequence[OrePlace]) -> dict[str, int]:
    """Return the number of deposits of each size class; mines have none."""
    return dict(Counter(place.size_class or "unknown" for place in places if place.kind == "deposit"))


def _describe_class(row: SqlRow) -> EstimateClass:
    """Return a class with its totals, which only the classes in ADDED have."""
    classes = load_vocabulary("reserve-category" if row["kind"] == "reserve" else "resource-category")
    added = row["category"] in ADDED
    term = classes.terms.get(row["category"])
    label = Label(term.label_en, term.label_zh) if term else msg("tonnage without a class")
    return EstimateClass(
        category=row["category"],
        kind=row["kind"],
        combined=row["combined"],
        deposits=row["deposits"],
        ore_t=row["ore_t"] if added else None,
        contained_t=row["contained_t"] if added else None,
        label_en=label.in_language("en"),
        label_zh=label.in_language("zh"),
    )


def _compare_with_supply(candidate: Candidate, values: SqlValues, in_reach: Outputs, live_tpa: float) -> CapacityBalance | None:
    """Return the ratio of the capacity of all plants in reach to what mines in reach could feed, in tonnes of the product.

    Mines whose figure can't be converted are only counted. Returns None for a product without conversion rates.
    """
    if candidate.product not in OUTPUTS:
        return None
    balance = compute_balance([], mines.measure_supply(in_reach, values, find_rates(candidate.product)))
    low, high = balance.feeds_tpa
    after = live_tpa + candidate.capacity_tpa
    return CapacityBalance(
        capacity_before_tpa=live_tpa,
        capacity_after_tpa=after,
        feeds_tpa=(low, high),
        ratio_after=(round(after / high, 3), round(after / low, 3)) if low > 0 else None,
        mines=balance.mines,
        mines_without_figure=balance.mines_without_figure,
    )
