"""Criteria by which one value is preferred to another: each measures a reported record, and the least measure is preferred."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyproj import Geod

from lodedata.choice.estimate_criteria import is_copy, is_exceeded, is_of_part
from lodedata.choice.ranks import rank
from lodedata.choice.reported_record import ReportedRecord
from lodedata.choice.shared_names import count_name
from lodedata.choice.site_metals import rank_by_output, yields_to_host
from lodedata.messages import Message, msg
from lodedata.normal_form import normalise_search_text
from lodedata.starter.references import find_cited_reference

NEAR_KM = 10.0
"""Positions that are nearer to each other count as the same place."""
MISPLACED = frozenset(
    {
        "zero-zero",
        "rounded-degree",
        "rounded-tenth",
        "outside-country",
        "outside-division",
        "swapped-coordinates",
        "lost-minus",
        "shifted-degree",
        "in-the-sea",
        "at-the-capital",
        "far-from-namesake",
        "datum-uncertain",
    }
)
"""Rules of checks that cast doubt on a position."""
DOUBTFUL = frozenset({"zero-zero", "outside-country", "in-the-sea"})
"""Rules of checks that make a position doubtful: it is not drawn, and not found nearby, as if it were known."""
_SLIPS = frozenset({"lost-minus", "swapped-coordinates"})
OUTSIDE_AREA = frozenset({"outside-country", "outside-division", "in-the-sea"})
"""Rules of checks by which a position contradicts the country or division that its source states."""
COPY_KM = 0.05
"""Positions of two sources that are nearer to each other were copied from one another: measured ones are never so close."""
NO_LONGER_IN_SOURCE = "no-longer-in-source"
_GEOD = Geod(ellps="WGS84")

Measure = Callable[[ReportedRecord, str, Sequence[ReportedRecord]], Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measure of reported records, and the reason for the value that it selects."""

    measure: Measure
    reason: Message
    among_left: bool = False
    """Whether reported records are compared only with those that earlier criteria left."""


def is_position_doubtful(rules: Collection[str]) -> bool:
    """Return whether the rules of a record's flags make its position doubtful."""
    return not DOUBTFUL.isdisjoint(rules)


def is_position_refuted(rules: Collection[str]) -> bool:
    """Return whether a position is certainly wrong: 0, 0, or outside the stated country, where one slip would put it inside.

    It says nothing of how near another record lies, so that the name and the country decide.
    """
    return "zero-zero" in rules or ("outside-country" in rules and not _SLIPS.isdisjoint(rules))


def measure_distance_km(point: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the geodesic distance in kilometres of two points in WGS 84, longitude first."""
    return float(_GEOD.inv(*point, *other)[2]) / 1000


def normalise_for_comparison(reported_record: ReportedRecord, field: str) -> Any:
    """Return a value in its normal form for comparison: text without case, accents and punctuation."""
    value = reported_record.row.get(field)
    return normalise_search_text(value) if isinstance(value, str) else value


def get_cited_source(reported_record: ReportedRecord, field: str) -> str:
    """Return the source that a value comes from: the one that a compilation cites for it, else the reported record's own."""
    cited = find_cited_reference((reported_record.row.get("value_sources") or {}).get(_CITED_AS.get(field, field)))
    return reported_record.source if cited is None or cited.source is None else cited.source


_CITED_AS = {"geom": "position", "main_commodity": "commodities"}
_PARTS = {"status": "phase"}
"""Child tables whose citations are those of a value."""


def _count_agreeing(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> int:
    """Return minus the number of sources that agree, a cited one once; positions agree if they lie near each other."""
    if field == "geom":
        return -_count_independent_positions(reported_record, among)
    return -len(
        {
            get_cited_source(other, field)
            for other in among
            if normalise_for_comparison(other, field) == normalise_for_comparison(reported_record, field)
        }
    )


def _count_independent_positions(reported_record: ReportedRecord, among: Sequence[ReportedRecord]) -> int:
    """Return the number of sources whose positions lie near that of a reported record; copies of one position count once."""
    here = reported_record.point
    assert here is not None
    counted_sources: set[str] = set()
    counted: list[tuple[float, float]] = []
    for other in (reported_record, *among):
        name, there = get_cited_source(other, "geom"), other.point
        if there is None or name in counted_sources or measure_distance_km(here, there) > NEAR_KM:
            continue
        if all(measure_distance_km(there, point) > COPY_KM for point in counted):
            counted_sources.add(name)
            counted.append(there)
    return len(counted)


def _is_outside_area(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> tuple[bool, bool]:
    """Return whether a reported record's country, and its division, is another than the one that most sources name."""
    return _is_outvoted(reported_record, "country", among), _is_outvoted(reported_record, "division", among)


def _is_outvoted(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    voters: dict[str, set[str]] = {}
    for other in among:
        if (area := other.row.get(field)) is not None:
            voters.setdefault(area, set()).add(get_cited_source(other, "geom"))
    own = reported_record.row.get(field)
    return own is not None and len(voters[own]) < max(map(len, voters.values()))


def _is_doubted(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    return bool(reported_record.rules & MISPLACED)


def _is_gone(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    return NO_LONGER_IN_SOURCE in reported_record.rules


def _get_radius(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> float:
    accuracy = reported_record.row.get("position_accuracy_m")
    return float("inf") if accuracy is None else float(accuracy)


def _is_unmeasured(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    return not any(phase.get("capacity_tpa") is not None for phase in reported_record.part("phase"))


def is_superseded(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> bool:
    """Return whether the value of another source is certainly later: its own date is after the latest that this one may have.

    Dates of values are compared by their first days. An undated value may be as late as what is cited for it, its row or its
    source; without any of these dates it may be the latest.
    """
    latest = _find_value_date(reported_record, field) or _find_latest_possible(reported_record, field)
    return latest is not None and any((_find_value_date(other, field) or "") > latest for other in among)


def _find_value_date(reported_record: ReportedRecord, field: str) -> str | None:
    """Return the first day of the latest date of a value itself, None for an undated one."""
    dates = _DATES[field](reported_record) if field in _DATES else (reported_record.row.get("information_date"),)
    latest = max((date for date in dates if date), default=None)
    return None if latest is None else latest + "-01-01"[len(latest) - len("2000") :]


def _find_latest_possible(reported_record: ReportedRecord, field: str) -> str | None:
    """Return the last day on which an undated value may have been true, as ISO 8601 text."""
    date = (
        _find_cited_date(reported_record, field) or reported_record.row.get("information_date") or reported_record.source_date
    )
    return None if date is None else date + "-12-31"[len(date) - len("2000") :]


def _get_size_figure(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> float:
    return -float(reported_record.row["size_basis_value_t"])


def _rate_guess(reported_record: ReportedRecord, field: str, among: Sequence[ReportedRecord]) -> int:
    """Return how weak the ground of the main commodity is: 0 for one that is stated or has the greatest value."""
    return _GROUNDS.get(reported_record.row.get("main_commodity_ground") or "", 2)


_GROUNDS = {"stated": 0, "ore-of-metal": 0, "contained-value": 0, "deposit-model": 1}


def _find_cited_date(reported_record: ReportedRecord, field: str) -> str | None:
    """Return the latest year of the references that are cited for a value or for the rows of a child table."""
    citations = [row.get("citation") for row in reported_record.part(_PARTS.get(field, field))]
    citations.append((reported_record.row.get("value_sources") or {}).get(_CITED_AS.get(field, field)))
    years = [
        cited.year for citation in citations if (cited := find_cited_reference(citation)) is not None and cited.year is not None
    ]
    return str(max(years)) if years else None


_DATES: Mapping[str, Callable[[ReportedRecord], Sequence[str | None]]] = {
    "mine_status": lambda t: (t.row.get("mine_status_date"),),
    "phase": lambda t: [phase.get("status_date") for phase in t.part("phase")],
    "status": lambda t: (t.row.get("status_date"),),
    "owner": lambda t: [owner.get("information_date") for owner in t.part("owner")],
    "estimate": lambda t: [estimate.get("effective_date") for estimate in t.part("estimate")],
}

CRITERIA: Mapping[str, Criterion] = {
    "present": Criterion(_is_gone, msg("its source still lists the record")),
    "undoubted": Criterion(_is_doubted, msg("no check casts doubt on it")),
    "area": Criterion(_is_outside_area, msg("it lies in the country and division that most sources name")),
    "agreement": Criterion(_count_agreeing, msg("more sources report it than any other value")),
    "ground": Criterion(_rate_guess, msg("it rests on more than the order of a list")),
    "host": Criterion(yields_to_host, msg("the other metal is its by-product")),
    "output": Criterion(rank_by_output, msg("a source lists it as a product of the site"), among_left=True),
    "named": Criterion(count_name, msg("more sources use this name")),
    "measured": Criterion(_is_unmeasured, msg("it has capacities")),
    "not-exceeded": Criterion(
        is_exceeded, msg("totals of other sources are less than a resource that is stated, so out of date")
    ),
    "whole": Criterion(is_of_part, msg("its figures are of the whole deposit, not of one class or zone")),
    "recency": Criterion(is_superseded, msg("it is the latest"), among_left=True),
    "original": Criterion(is_copy, msg("it is the source that another one cites"), among_left=True),
    "accuracy": Criterion(_get_radius, msg("it is the most accurate")),
    "largest": Criterion(_get_size_figure, msg("its figure is the largest of any source")),
    "rank": Criterion(lambda t, field, among: rank(t.source), msg("its source ranks first")),
}
"""The criteria by name."""
REASONS: Mapping[str, Message] = {
    "only": msg("no other source reports it"),
    "alike": msg("all sources that report it agree"),
    "cited": msg("one source reports it, and a compilation cites that source"),
    "together": msg("combined from all sources"),
    "same-source": msg("it comes from the source of the figures"),
    "same-position": msg("it comes from the source of the position"),
    "given": msg("an expert gave it"),
    "main_commodity": msg("it has figures of the main commodity"),
    "key": msg("its key comes first in its source"),
    **{name: criterion.reason for name, criterion in CRITERIA.items()},
}
"""Why a value is served."""
