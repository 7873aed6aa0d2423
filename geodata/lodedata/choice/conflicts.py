"""Contradictions between sources: one function per rule, reported records in, problems out."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from lodedata.choice.criteria import NEAR_KM, measure_distance_km
from lodedata.choice.reported_record import ReportedRecord, find_site_units
from lodedata.problems import Problem
from lodedata.vocab import label

CAPACITY_SHARE = 0.2
"""Capacities that differ by no more than this share of the larger one count as equal."""


def find_position_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem if positions lie more than 10 km apart."""
    points = [t.point for t in reported_records if t.point is not None]
    distance_km = max((measure_distance_km(point, other) for point, other in combinations(points, 2)), default=0.0)
    if distance_km > NEAR_KM:
        yield Problem("sources-differ-position", f"{distance_km:.0f}")


def find_status_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem if two sources have no status in common."""
    reported = [codes for of in _group_by_source(reported_records) if (codes := set().union(*map(_collect_statuses, of)))]
    if any(not statuses & other for statuses, other in combinations(reported, 2)):
        every = sorted({code for statuses in reported for code in statuses})
        labels = [label("status", code) for code in every]
        yield Problem("sources-differ-status", ", ".join(every), detail={"value": labels})


def find_capacity_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield a problem for each product whose capacities differ by more than CAPACITY_SHARE."""
    reported = [_sum_capacities(of) for of in _group_by_source(reported_records)]
    for product in sorted({name for capacities in reported for name in capacities}):
        figures = [capacities[product] for capacities in reported if product in capacities]
        low, high = min(figures), max(figures)
        if high - low > CAPACITY_SHARE * high:
            detail = {"product": label("product", product)}
            yield Problem("sources-differ-capacity", f"{low:,.0f} – {high:,.0f}", detail=detail)


def find_conflicts(reported_records: Sequence[ReportedRecord]) -> Iterable[Problem]:
    """Yield all contradictions between the reported records of one site or deposit."""
    for find in (find_position_conflicts, find_status_conflicts, find_capacity_conflicts):
        yield from find(reported_records)


def _group_by_source(reported_records: Sequence[ReportedRecord]) -> list[list[ReportedRecord]]:
    """Return the reported records of each source; several rows of one source may be units of one site."""
    records_by_source: dict[str, list[ReportedRecord]] = {}
    for t in reported_records:
        records_by_source.setdefault(t.source, []).append(t)
    return list(records_by_source.values())


def _collect_statuses(reported_record: ReportedRecord) -> set[str]:
    codes = {phase["status"] for phase in reported_record.part("phase") if phase.get("status")}
    return codes | ({reported_record.row["mine_status"]} if reported_record.row.get("mine_status") else set())


def _sum_capacities(of: Sequence[ReportedRecord]) -> dict[str, float]:
    """Return a source's total capacity by product, without products of which a unit has no capacity."""
    totals: dict[str, float] = {}
    unknown = set()
    for phase in find_site_units(of):
        product, capacity = phase.get("product"), phase.get("capacity_tpa")
        if product is not None and capacity is not None:
            totals[product] = totals.get(product, 0.0) + capacity
        elif product is not None:
            unknown.add(product)
    return {product: capacity for product, capacity in totals.items() if product not in unknown}
