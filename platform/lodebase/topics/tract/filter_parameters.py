"""The parameters of the economic filter of a tract, and the filter that they declare."""

from typing import Annotated, Literal, cast, get_args

from lodebase.errors import BadQuery
from lodebase.field_types import MAX_QUOTED_CHARACTERS, Choice, Description, FieldType, Number, Percent
from lodebase.topics.tract.parameters import TractParameters
from lodedata.cells import number
from lodedata.messages import msg
from lodedata.topics.undiscovered.economics import (
    COPPER_SMELTING_USD_T,
    DAYS_PER_YEAR,
    DISCOUNT_PCT,
    OPEN_PIT_DEPTH_M,
    DepthInterval,
    EconomicFilter,
)
from lodedata.topics.undiscovered.mine_costs import RECOVERIES_PCT, MillName, OreBody, Tailings

MAX_MINED_DEPTH_M = 3_000.0
MAX_INTERVALS = 6
MAX_USD_T = 1e9
_DEPTHS = msg("Write intervals of depth in metres with their shares in per cent, such as 0-250:25, 250-500:25, 500-1000:50.")


def _parse_depths(value: str) -> tuple[DepthInterval, ...]:
    """Return the intervals of a text. Raise ValueError for any other text, BadQuery for intervals that do not fit."""
    parts = [part for part in value.replace("，", ",").replace(";", ",").split(",") if part.strip()]
    if not 1 <= len(parts) <= MAX_INTERVALS:
        raise ValueError
    intervals = []
    for part in parts:
        metres, _, share = part.partition(":")
        top, dash, bottom = metres.partition("-")
        if not dash or (not share.strip() and len(parts) > 1):
            raise ValueError
        intervals.append(
            DepthInterval(number(top.strip()), number(bottom.strip()), number(share.strip()) if share.strip() else 100.0)
        )
    _require_intervals(value, intervals)
    return tuple(intervals)


def _require_intervals(value: str, depth_intervals: list[DepthInterval]) -> None:
    bottom = 0.0
    for depth_interval in depth_intervals:
        if not bottom <= depth_interval.top_m < depth_interval.bottom_m <= MAX_MINED_DEPTH_M or depth_interval.share_pct < 0:
            raise BadQuery(
                "depths",
                value[:MAX_QUOTED_CHARACTERS],
                msg(
                    "The interval of depth %(top)s-%(bottom)s m does not follow the one before it. Enter intervals from the "
                    "surface down, each with its top above its bottom, to %(most)s m at most.",
                    top=f"{depth_interval.top_m:g}",
                    bottom=f"{depth_interval.bottom_m:g}",
                    most=f"{MAX_MINED_DEPTH_M:,.0f}",
                ),
            )
        bottom = depth_interval.bottom_m
    total = sum(depth_interval.share_pct for depth_interval in depth_intervals)
    if abs(total - 100) > 0.5:
        raise BadQuery(
            "depths",
            value[:MAX_QUOTED_CHARACTERS],
            msg("The shares of the depths add up to %(total)s %%. Enter shares that add up to 100 %%.", total=f"{total:g}"),
        )


DEPTHS = FieldType(
    _parse_depths,
    {"type": "string", "maxLength": 200},
    msg('"%(value)s" are no intervals of depth. %(advice)s', advice=_DEPTHS),
    _DEPTHS,
    msg("Metres to the top of the ore and the share of deposits in per cent, such as 0-250:25, 250-500:25, 500-1000:50."),
)


Dollars = Annotated[float, Number(0, MAX_USD_T, msg("An amount in US dollars."))]
Factor = Annotated[float, Number(0.01, 100, msg("A factor."))]
Metres = Annotated[float, Number(0, MAX_MINED_DEPTH_M, msg("A depth in metres."))]
DayNumber = Literal["350", "260"]


class EstimateParameters(TractParameters):
    """A tract with its numbers, and an economic filter if a price is given."""

    price_usd_t: Annotated[
        Dollars | None,
        Description(msg("The economic filter: price of the metal in US dollars a tonne. Nothing is assumed for it.")),
    ] = None
    cost_factor: Annotated[
        Factor | None,
        Description(
            msg("The economic filter: factor for the costs of Camm (1991), which are US dollars of that report; 1 leaves them.")
        ),
    ] = None
    depths: Annotated[tuple[DepthInterval, ...], DEPTHS] | None = None
    ore_body: Annotated[
        Annotated[str, Choice(get_args(OreBody), msg("The form of the ore, which decides on the underground method."))] | None,
        Description(
            msg(
                "The economic filter: massive (block caving, the default), flat (room and pillar) or vein (vertical crater "
                "retreat); ore near the surface that is no vein is mined in an open pit."
            )
        ),
    ] = None
    open_pit_depth_m: Annotated[
        Metres | None,
        Description(
            msg("The economic filter: metres to the top of the ore from which it is mined underground; 61 by default.")
        ),
    ] = None
    mill: Annotated[
        Annotated[str, Choice(get_args(MillName), msg("The mill."))] | None,
        Description(
            msg("The economic filter: flotation with 1, 2 or 3 products (3 by default), or solvent extraction (sx-ew).")
        ),
    ] = None
    recovery_pct: Annotated[
        Percent | None,
        Description(
            msg("The economic filter: metal that the mill recovers in per cent; by default that of RAEF for metal and mill.")
        ),
    ] = None
    smelting_usd_t: Annotated[
        Dollars | None,
        Description(
            msg("The economic filter: smelting and refining in US dollars a tonne of metal; for copper 573.2 by default.")
        ),
    ] = None
    byproduct_usd_t: Annotated[
        Dollars | None,
        Description(msg("The economic filter: what other metals bring, in US dollars a tonne of ore; nothing by default.")),
    ] = None
    discount_pct: Annotated[
        Percent | None, Description(msg("The economic filter: rate of return in per cent a year; 15 by default."))
    ] = None
    days_per_year: Annotated[
        Annotated[str, Choice(get_args(DayNumber), msg("Days of operation a year."))] | None,
        Description(msg("The economic filter: days of operation a year, 350 (the default) or 260.")),
    ] = None
    tailings: Annotated[
        Annotated[str, Choice(get_args(Tailings), msg("Pond and dam of the tailings."))] | None,
        Description(msg("The economic filter: a tailings pond with a liner (lined, the default), without (unlined), or none.")),
    ] = None


FILTER_NAMES = tuple(name for name in EstimateParameters.model_fields if name not in TractParameters.model_fields)


def declare_filter(parameters: EstimateParameters) -> EconomicFilter | None:
    """Return the economic filter, None if no parameter of it is given. Raise BadQuery if one is missing."""
    if all(getattr(parameters, name) is None for name in FILTER_NAMES):
        return None
    price, factor, depths = parameters.price_usd_t, parameters.cost_factor, parameters.depths
    if price is None or factor is None or depths is None:
        missing = next(name for name in ("price_usd_t", "cost_factor", "depths") if getattr(parameters, name) is None)
        raise BadQuery(
            missing,
            "",
            msg(
                "The economic filter needs %(parameter)s. Enter the price of the metal (price_usd_t), a factor for costs "
                "(cost_factor) and the depth of deposits (depths), or leave all of its parameters out."
            ),
        )
    mill = cast(MillName, parameters.mill or "flotation-3")
    return EconomicFilter(
        price,
        depths,
        factor,
        cast(OreBody, parameters.ore_body or "massive"),
        mill,
        _read_recovery(parameters, mill),
        _read_smelting(parameters),
        parameters.byproduct_usd_t or 0.0,
        DISCOUNT_PCT if parameters.discount_pct is None else parameters.discount_pct,
        DAYS_PER_YEAR if parameters.days_per_year is None else int(parameters.days_per_year),
        OPEN_PIT_DEPTH_M if parameters.open_pit_depth_m is None else parameters.open_pit_depth_m,
        cast(Tailings, parameters.tailings or "lined"),
    )


def _read_recovery(parameters: EstimateParameters, mill: MillName) -> float:
    if parameters.recovery_pct is not None:
        return parameters.recovery_pct
    usual = RECOVERIES_PCT[mill].get(parameters.commodity)
    if usual is None:
        raise BadQuery(
            "recovery_pct",
            "",
            msg("No recovery of this metal by this mill is published here. Enter recovery_pct, or choose another mill."),
        )
    return usual


def _read_smelting(parameters: EstimateParameters) -> float:
    if parameters.smelting_usd_t is not None:
        return parameters.smelting_usd_t
    if parameters.commodity == "copper":
        return COPPER_SMELTING_USD_T
    raise BadQuery(
        "smelting_usd_t",
        "",
        msg(
            "No cost of smelting is published here for this metal. Enter smelting_usd_t; 0 if the price is for the concentrate."
        ),
    )
