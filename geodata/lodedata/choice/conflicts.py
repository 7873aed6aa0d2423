"""Contradictions between sources: one function per rule, reported records in, problems out."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from lodedata.choice.criteria import NEAR_KM, distance_km
from lodedata.choice.reported_record import ReportedRecord, site_units
from lodedata.problems import Problem
from lodedata.vocab import label

CAPACITY_SHARE = 0.2
"""Capacities that differ by no more than this share of the larger one count as equal."""


def position_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem if positions lie more than 10 km apart."""
    points = [t.point for t in reported_records if t.point is not None]
    apart = max((distance_km(one, other) for one, other in combinations(points, 2)), default=0.0)
    if apart > NEAR_KM:
        yield Problem("sources-differ-position", f"{apart:.0f}")


def status_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem if two sources have no status in common."""
    reported = [codes for of in _by_source(reported_records) if (codes := set().union(*map(_statuses, of)))]
    if any(not one & other for one, other in combinations(reported, 2)):
        every = sorted({code for one in reported for code in one})
        labels = [label("status", code) for code in every]
        yield Problem("sources-differ-status", ", ".join(every), detail={"value": labels})


def capacity_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem for each product whose capacities differ by more than CAPACITY_SHARE."""
    reported = [_capacities(of) for of in _by_source(reported_records)]
    for product in sorted({name for one in reported for name in one}):
        figures = [one[product] for one in reported if product in one]
        low, high = min(figures), max(figures)
        if high - low > CAPACITY_SHARE * high:
            detail = {"product": label("product", product)}
            yield Problem("sources-differ-capacity", f"{low:,.0f} – {high:,.0f}", detail=detail)


def conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield all contradictions between the reported records of one site or deposit."""
    for find in (position_conflicts, status_conflicts, capacity_conflicts):
        yield from find(reported_records)


def _by_source(reported_records: Sequence[ReportedRecord]) -> list[list[ReportedRecord]]:
    """Return the reported records of each source; several rows of one source may be units of one site."""
    found: dict[str, list[ReportedRecord]] = {}
    for t in reported_records:
        found.setdefault(t.source, []).append(t)
    return list(found.values())


def _statuses(reported_record: ReportedRecord) -> set[str]:
    codes = {phase["status"] for phase in reported_record.part("phase") if phase.get("status")}
    return codes | ({reported_record.row["mine_status"]} if reported_record.row.get("mine_status") else set())


def _capacities(of: Sequence[ReportedRecord]) -> dict[str, float]:
    """Return a source's total capacity by product, without products of which a unit has no capacity."""
    found: dict[str, float] = {}
    unknown = set()
    for phase in site_units(of):
        product, capacity = phase.get("product"), phase.get("capacity_tpa")
        if product is not None and capacity is not None:
            found[product] = found.get(product, 0.0) + capacity
        elif product is not None:
            unknown.add(product)
    return {product: capacity for product, capacity in found.items() if product not in unknown}
