"""What the economic filter of an estimate found, and each of its parameters, in sentences."""

from collections.abc import Mapping

from lodedata.messages import Message, msg, wrap_foreign_text
from lodedata.topics.undiscovered.economics import DepthInterval
from lodedata.topics.undiscovered.mine_costs import MINES, MillName, MineName, OreBody, Tailings
from lodedata.topics.undiscovered.simulation import AboveFilter

METHOD_NAMES: Mapping[MineName, Message] = {
    "open-pit": msg("open pit"),
    "block-caving": msg("block caving"),
    "room-and-pillar": msg("room and pillar"),
    "vertical-crater-retreat": msg("vertical crater retreat"),
}
ORE_BODIES: Mapping[OreBody, Message] = {
    "massive": msg("massive or disseminated"),
    "flat": msg("flat bed"),
    "vein": msg("steep vein"),
}
MILL_NAMES: Mapping[MillName, Message] = {
    "flotation-1": msg("flotation, one product"),
    "flotation-2": msg("flotation, two products"),
    "flotation-3": msg("flotation, three products"),
    "sx-ew": msg("solvent extraction and electrowinning"),
}
TAILINGS: Mapping[Tailings, Message] = {
    "lined": msg("pond and dam with a liner"),
    "unlined": msg("pond and dam without a liner"),
    "none": msg("no pond"),
}
CITATION = msg(
    "Costs: Camm (1991), U.S. Bureau of Mines Information Circular 9298. Method: Robinson and Menzie (2012), U.S. Geological "
    "Survey SIR 2010-5090-H; Shapiro and Robinson (2019), Techniques and Methods 7-C23."
)


def describe_share(above: AboveFilter) -> Message:
    """Return a sentence on how many deposits pass."""
    return msg(
        "%(share)s %% of the simulated deposits have a net present value above zero under these assumptions, and in "
        "%(none)s %% of the simulated tracts none has. It is no feasibility study.",
        share=f"{above.share_of_deposits * 100:.3g}",
        none=f"{above.chance_of_none * 100:.3g}",
    )


def describe_methods(above: AboveFilter) -> tuple[Message, ...]:
    """Return a sentence for each mining method, and the median life and capacity of what passes."""
    methods = tuple(
        msg(
            "%(method)s: %(share)s %% of deposits, of which %(passing)s %% pass (ore mined %(recovery)s %%, waste with it "
            "%(dilution)s %%).",
            method=METHOD_NAMES[method.method],
            share=f"{method.share_of_deposits * 100:.3g}",
            passing=f"{method.share_passing / method.share_of_deposits * 100:.3g}",
            recovery=f"{MINES[method.method].recovery * 100:g}",
            dilution=f"{MINES[method.method].dilution * 100:g}",
        )
        for method in above.methods
    )
    if above.median_life_years is None or above.median_capacity_t_day is None:
        return methods
    median = msg(
        "Median of those that pass: a life of %(years)s years, a mill of %(capacity)s t a day (Taylor's rule).",
        years=f"{above.median_life_years:.0f}",
        capacity=f"{above.median_capacity_t_day:,.0f}",
    )
    return (*methods, median)


def describe_parameters(above: AboveFilter) -> tuple[tuple[Message, Message], ...]:
    """Return the name and the value of each parameter of the filter."""
    by = above.filter
    return (
        (msg("Price of the metal"), _format_usd_t(by.price_usd_t)),
        (msg("Recovery by the mill"), wrap_foreign_text(f"{by.recovery_pct:g} %")),
        (msg("Smelting and refining, of metal"), _format_usd_t(by.smelting_usd_t)),
        (msg("Other metals, of ore"), _format_usd_t(by.byproduct_usd_t)),
        (msg("Depth to the top of the ore"), _describe_depths(by.depths)),
        (msg("Form of the ore"), ORE_BODIES[by.ore_body]),
        (msg("Underground from a depth of"), wrap_foreign_text(f"{by.open_pit_depth_m:g} m")),
        (msg("Mill"), MILL_NAMES[by.mill]),
        (msg("Tailings"), TAILINGS[by.tailings]),
        (msg("Factor for the costs of 1991"), wrap_foreign_text(f"{by.cost_factor:g}")),
        (msg("Rate of return"), wrap_foreign_text(f"{by.discount_pct:g} %")),
        (msg("Days of operation a year"), wrap_foreign_text(str(by.days_per_year))),
    )


def _format_usd_t(amount: float) -> Message:
    return wrap_foreign_text(f"{amount:,.10g} US$/t")


def _describe_depths(intervals: tuple[DepthInterval, ...]) -> Message:
    return wrap_foreign_text(
        " · ".join(f"{interval.top_m:g}–{interval.bottom_m:g} m: {interval.share_pct:g} %" for interval in intervals)
    )
