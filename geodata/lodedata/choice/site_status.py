"""The status of a site: that of the best source that states one, whichever source its capacities come from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lodedata.choice.criteria import is_superseded
from lodedata.choice.reported_record import ReportedRecord, find_site_units
from lodedata.figures.leading_figures import list_coming_statuses, list_gone_statuses
from lodedata.figures.national_output import find_stage
from lodedata.kinds.project import STATUS_RULE, STATUSES_BY_ACTIVITY

STATUS_COLUMNS = ("status", "status_reported", "status_date", "status_date_precision", "status_source", "status_inferred")
"""Columns of a phase that come from one source together."""
CAPACITY_COLUMNS = (
    *("capacity_reported", "capacity_qualifier", "capacity_upper", "capacity_unit", "capacity_basis", "capacity_factor"),
    *("capacity_tpa", "shared_with", "included_in", "held", "held_factor", "doubtful", "judged"),
)
"""Columns of a phase that say how much it can make."""
Row = Mapping[str, Any]


def state_site_status(reported_records: Sequence[ReportedRecord]) -> list[ReportedRecord]:
    """Return the reported records with the status that their source states of the site, in ``status`` and ``status_date``.

    It is that of the most active phase of all rows of the source, and of these the newest; None without any.
    """
    phase_by_source = {
        source: find_most_active_phase(find_statuses(source, reported_records)) or {}
        for source in {t.source for t in reported_records}
    }
    return [
        replace(t, row={**t.row, **{name: phase_by_source[t.source].get(name) for name in STATUS_RULE.fields}})
        for t in reported_records
    ]


def find_statuses(source: str, reported_records: Sequence[ReportedRecord]) -> list[Row]:
    """Return the phases with a status of all rows of a source, without those that another row of it states otherwise later."""
    rows = [[unit for unit in find_site_units([t]) if unit.get("status")] for t in reported_records if t.source == source]
    return [
        unit
        for own in rows
        for unit in own
        if not any(_replaces(other, unit) for others in rows if others is not own for other in others)
    ]


def find_most_active_phase(phases: Sequence[Row]) -> Row | None:
    """Return the phase with the most active status, and of these the newest; None without phases."""
    by_date = sorted(phases, key=lambda phase: phase.get("status_date") or "", reverse=True)
    return min(by_date, key=lambda phase: STATUSES_BY_ACTIVITY.index(phase["status"]), default=None)


def take_statuses(
    phases: Sequence[Row],
    own: ReportedRecord | None,
    best: ReportedRecord | None,
    stating: Sequence[ReportedRecord],
    reported_records: Sequence[ReportedRecord],
) -> list[dict[str, Any]]:
    """Return the phases of the source of ``own`` with the statuses of that of ``best``, of those that are ``stating`` any.

    A phase takes the status of its stage, such as smelting, else the one that is stated of the site: always if its own source
    states no status, else only if the other one is later for certain. Of several phases one that is not built, or gone, does
    not work because the site does. A status that no phase can take is a phase of its own, without a capacity.
    """
    rows = [dict(phase) for phase in phases]
    if best is None or own is None or own.source == best.source:
        return rows
    earlier = next((t for t in stating if t.source == own.source), None)
    if earlier is not None and not is_superseded(earlier, STATUS_RULE.name, [best]):
        return rows
    stated: dict[Any, list[Row]] = {}
    for unit in find_statuses(best.source, reported_records):
        stated.setdefault(_stage(unit), []).append(unit)
    left = {stage: status for stage, units in stated.items() if (status := find_most_active_phase(units)) is not None}
    of_stage = dict(left)
    for row in rows:
        status = of_stage.get(_stage(row)) or of_stage.get(None)
        if status is None and len(rows) == 1 and row.get("product") is None:
            status = find_most_active_phase(list(of_stage.values()))
        if status is not None and _may_take(row, status, rows):
            row |= {name: status.get(name) for name in STATUS_COLUMNS}
            taken = (
                [_stage(status)]
                if row.get("product") is not None
                else [k for k, other_status in left.items() if _are_equal(other_status, status)]
            )
            for stage in taken:
                left.pop(stage, None)
    return rows + [{**left_status, **dict.fromkeys(CAPACITY_COLUMNS)} for left_status in left.values()]


def _replaces(later: Row, unit: Row) -> bool:
    """Return whether a status is that of the same stage, or one of both is of the whole site, at a later date."""
    if not (later.get("status_date") and unit.get("status_date") and later["status_date"] > unit["status_date"]):
        return False
    return _stage(later) == _stage(unit) or None in (_stage(later), _stage(unit))


def _may_take(row: Row, status: Row, rows: Sequence[Row]) -> bool:
    """Return whether a phase may take a status: of several, one that is not built or gone takes none that says it works."""
    if len(rows) == 1 or row.get("status") not in (*list_coming_statuses(), *list_gone_statuses()):
        return True
    return status["status"] in list_gone_statuses() or (
        status["status"] in list_coming_statuses() and row["status"] in list_coming_statuses()
    )


def _stage(phase: Row) -> Any:
    """Return the stage that makes the product of a phase, else the product; None without a product."""
    product: str | None = phase.get("product")
    stage = find_stage(product)
    return product if stage is None else (stage.commodity, stage.stage)


def _are_equal(row: Row, other: Row) -> bool:
    return (row["status"], row.get("status_date")) == (other["status"], other.get("status_date"))
