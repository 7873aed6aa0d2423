"""Criteria of estimates: whether a source's figures are of a whole deposit, refuted by another source, or copied from it.

They measure the leading estimate of a source for the main commodity of its row.
"""

from collections.abc import Sequence

from lodedata.choice.reported_record import ReportedRecord
from lodedata.figures.amounts import EstimateAmounts, compute_row_amounts
from lodedata.figures.estimate_classes import UNDIVIDED
from lodedata.figures.leading_figures import choose_leading, get_contained_t, is_total
from lodedata.starter.references import find_cited_reference

FIGURE_FLAGS = frozenset({"contained-differs", "unit-unstated", "unknown-unit", "figure-unreadable"})
"""Rules of checks that cast doubt on figures."""
EXCESS = 1.1
"""Factor from which a figure exceeds a total; one that is rounded to two digits differs from its source by up to 5 per cent."""


def is_of_part(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    """Return whether the leading figures are of a zone, or of a class that leaves out some of the resource."""
    return not is_total(_find_leading(reported_record))


def is_exceeded(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    """Return whether another source states more in one class, or in the classes of a resource, than this one in total.

    A total counts all classes, an undivided one mined ore as well. One that is less than a part of it is out of date, or of a
    part itself; unless the part is of an earlier year.
    """
    total, commodity = _find_leading(reported_record), reported_record.row["main_commodity"]
    total_t = get_contained_t(total, commodity)
    if total is None or not is_total(total) or not total_t:
        return False
    others = [_find_leading(t) for t in among if t.source != reported_record.source and not t.rules & FIGURE_FLAGS]
    return any(
        other.category != UNDIVIDED
        and (get_contained_t(other, commodity) or 0) > EXCESS * total_t
        and not (other.on and total.on and other.on[:4] < total.on[:4])
        for other in others
        if other is not None
    )


def is_copy(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    """Return whether the leading estimate cites another of the sources, as a register does that copied a compilation."""
    leading = _find_leading(reported_record)
    rows = (row for row in reported_record.part("estimate") if leading is not None and row["id"] == leading.id)
    cited = next((find_cited_reference(row.get("citation")) for row in rows), None)
    return cited is not None and any(t.source == cited.source for t in among if t is not reported_record)


def _find_leading(reported_record: ReportedRecord) -> EstimateAmounts | None:
    amounts = compute_row_amounts(reported_record.part("estimate"), reported_record.part("estimate_measure"))
    return choose_leading(amounts, reported_record.row["main_commodity"])
