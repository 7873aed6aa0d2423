"""Where sources contradict each other about one thing: one function per rule, testimonies in, problems out."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from lodedata.choice.criteria import NEAR_KM, kilometres
from lodedata.choice.testimony import Testimony, units
from lodedata.problems import Problem
from lodedata.vocab import vocabulary

CAPACITY_SHARE = 0.2
"""Capacities that differ by no more of the larger one are taken for the same."""


def positions(testimonies: Sequence[Testimony]) -> Iterable[Problem]:
    """Positions that lie more than 10 km apart."""
    points = [t.point for t in testimonies if t.point is not None]
    apart = max((kilometres(one, other) for one, other in combinations(points, 2)), default=0.0)
    if apart > NEAR_KM:
        yield Problem("sources-differ-position", f"{apart:.0f}")


def statuses(testimonies: Sequence[Testimony]) -> Iterable[Problem]:
    """Sources that have no status of the thing in common."""
    told = [codes for of in _by_source(testimonies) if (codes := set().union(*map(_statuses, of)))]
    if any(not one & other for one, other in combinations(told, 2)):
        every = sorted({code for one in told for code in one})
        terms = [vocabulary("status")[code] for code in every]
        words = {"value": ", ".join(t.label("en") for t in terms), "value_zh": "、".join(t.label("zh") for t in terms)}
        yield Problem("sources-differ-status", ", ".join(every), detail=words)


def capacities(testimonies: Sequence[Testimony]) -> Iterable[Problem]:
    """Capacities of one product that differ by more than a fifth."""
    told = [_capacities(of) for of in _by_source(testimonies)]
    for product in sorted({name for one in told for name in one}):
        figures = [one[product] for one in told if product in one]
        low, high = min(figures), max(figures)
        if high - low > CAPACITY_SHARE * high:
            term = vocabulary("product")[product]
            words = {"product": term.label("en"), "product_zh": term.label("zh")}
            yield Problem("sources-differ-capacity", f"{low:,.0f} – {high:,.0f}", detail=words)


def conflicts(testimonies: Sequence[Testimony]) -> Iterable[Problem]:
    """Everything in which the testimonies of one thing contradict each other."""
    for find in (positions, statuses, capacities):
        yield from find(testimonies)


def _by_source(testimonies: Sequence[Testimony]) -> list[list[Testimony]]:
    """The testimonies of each source: several rows of one may be the units of one site."""
    found: dict[str, list[Testimony]] = {}
    for t in testimonies:
        found.setdefault(t.source, []).append(t)
    return list(found.values())


def _statuses(testimony: Testimony) -> set[str]:
    codes = {phase["status"] for phase in testimony.part("phase") if phase.get("status")}
    return codes | ({testimony.row["mine_status"]} if testimony.row.get("mine_status") else set())


def _capacities(of: Sequence[Testimony]) -> dict[str, float]:
    """A source's capacity of each product over the units; of a product with a unit that has none it is not known."""
    found: dict[str, float] = {}
    unknown = set()
    for phase in units(of):
        product, capacity = phase.get("product"), phase.get("capacity_tpa")
        if product is not None and capacity is not None:
            found[product] = found.get(product, 0.0) + capacity
        elif product is not None:
            unknown.add(product)
    return {product: capacity for product, capacity in found.items() if product not in unknown}
