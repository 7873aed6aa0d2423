"""Which of the metals that sources name first is the main one of a site: by what is produced there.

A table with a row for each product states no order of importance, and neither does a list of sites without capacities.
"""

from collections.abc import Sequence
from functools import lru_cache

from lodedata.choice.reported_record import ReportedRecord
from lodedata.figures.leading_figures import GROSS
from lodedata.figures.main_commodity import load_commodity_prices
from lodedata.vocab import load_vocabulary

HOSTS = {"cobalt": frozenset({"copper", "nickel"}), "gallium": frozenset({"bauxite"})}
"""Metals that are mined with another one, and those others."""
BROAD = "aluminium"
"""The metal that sources also name for its ores and oxide, so that it is a product only where a source says so."""
BEST = (False, 0.0)


def yields_to_host(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    """Return whether the metal is a by-product of another source's metal, and no capacity of it is known to be worth more."""
    metal = reported_record.row[field]
    hosts = HOSTS.get(metal, frozenset()) & {other.row[field] for other in among}
    return bool(hosts) and (compute_capacity_value(metal, among) or 0.0) <= max(
        compute_capacity_value(host, among) or 0.0 for host in hosts
    )


def rank_by_output(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> tuple[bool, float]:
    """Return whether no source lists the metal as a product of the site, and minus the value of its capacity (USD a year).

    A metal of which no capacities are held, such as zinc, is as good as the best: nothing is known about its output.
    """
    metals = {other.row[field] for other in among if other.row[field] in _load_producible()}
    if reported_record.row[field] not in metals:
        return min((_measure_output(metal, metals, among) for metal in metals), default=BEST)
    return _measure_output(reported_record.row[field], metals, among)


def compute_capacity_value(metal: str, among: Sequence[ReportedRecord]) -> float | None:
    """Return the value in US dollars of the largest yearly capacity of a metal, None if none is stated in metal or product."""
    price = load_commodity_prices().get(metal)
    amounts = [
        float(phase["capacity_tpa"])
        for reported_record in among
        for phase in reported_record.part("phase")
        if phase.get("capacity_tpa") is not None
        and phase.get("capacity_basis") not in GROSS
        and metal in _find_product_metals(phase.get("product"))
    ]
    return max(amounts) * price if amounts and price is not None else None


def _measure_output(metal: str, metals: set[str], among: Sequence[ReportedRecord]) -> tuple[bool, float]:
    listed = any(metal in _list_product_metals(reported_record) for reported_record in among)
    values = {metal: compute_capacity_value(metal, among) for metal in metals}
    comparable = all(value is not None for value in values.values())
    return not listed, -(values[metal] or 0.0) if comparable else 0.0


def _list_product_metals(reported_record: ReportedRecord) -> frozenset[str]:
    """Return the metals of the products that a source lists; a product without a code is of the metal that it names first."""
    phases = reported_record.part("phase")
    metals = frozenset().union(*(_find_product_metals(phase.get("product")) for phase in phases))
    uncoded = any(phase.get("product") is None for phase in phases)
    return metals | ({reported_record.row["main_commodity"]} - {BROAD} if uncoded else frozenset())


@lru_cache(maxsize=256)
def _find_product_metals(product: str | None) -> frozenset[str]:
    term = load_vocabulary("product").terms.get(product or "")
    return frozenset() if term is None else frozenset(term.extra["commodity"].split("|"))


@lru_cache(maxsize=1)
def _load_producible() -> frozenset[str]:
    return frozenset(code for term in load_vocabulary("product").terms.values() for code in term.extra["commodity"].split("|"))
