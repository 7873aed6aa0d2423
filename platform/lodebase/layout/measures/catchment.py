"""Competition for feedstock: Huff market shares of a planned plant over the places of ore in reach, each counted once."""

from collections.abc import Sequence

from lodebase.layout.parts.capacity import CatchmentShares, PlantCatchment, TakenShare
from lodebase.layout.parts.feedstock import OrePlace
from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.statement_parameters import LIVE
from lodedata.layout.huff import NEAREST_KM, MarketShares, compute_market_shares


def compute_catchment(candidate: Candidate, sites: Sequence[NeighbourSite], places: Sequence[OrePlace]) -> PlantCatchment:
    """Return the share of ore places drawn by the planned plant, and the share that each existing plant in reach would lose.

    Attraction is the capacity that exists or is planned; plants without a figure are left out and counted. The shares are given
    for beta = 1, 2 and 3.
    """
    if candidate.place is not None:
        # the shares of a plant somewhere in an area would be those of an arbitrary point in it
        return PlantCatchment(demands=len(places), plants=0, left_out=len(sites), nearest_km=NEAREST_KM, betas=())
    within = [site for site in sites if site.distance_km <= candidate.radii_km[-1]]
    sized = [(site, sum(site.groups.get(name) or 0.0 for name in LIVE)) for site in within]
    plants = [(plant, tpa) for plant, tpa in sized if tpa > 0]
    market_shares = compute_market_shares(
        (candidate.lon, candidate.lat),
        candidate.capacity_tpa,
        [(plant.lon, plant.lat) for plant, _ in plants],
        [tpa for _, tpa in plants],
        [(place.lon, place.lat) for place in places],
    )
    return PlantCatchment(
        demands=len(places),
        plants=len(plants),
        left_out=len(within) - len(plants),
        nearest_km=NEAREST_KM,
        betas=tuple(_describe_shares(market_share, [plant for plant, _ in plants]) for market_share in market_shares),
    )


def _describe_shares(shares: MarketShares, plants: Sequence[NeighbourSite]) -> CatchmentShares:
    taken = (
        TakenShare(
            id=plant.id,
            name_en=plant.name_en,
            name_zh=plant.name_zh,
            before_pct=round(before * 100, 4),
            after_pct=round(after * 100, 4),
            taken_pct=round((before - after) * 100, 4),
        )
        for plant, before, after in zip(plants, shares.before, shares.after, strict=True)
    )
    return CatchmentShares(beta=shares.beta, share_pct=round(shares.share * 100, 4), taken=tuple(taken))
