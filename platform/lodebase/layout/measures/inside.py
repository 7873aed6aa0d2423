"""Sites of the same product inside the area of a planned plant: number and capacity by status, and the age of the statuses."""

from collections.abc import Iterable, Mapping

import numpy as np

from lodebase.layout.measures.distance_range import measure_edge_distance
from lodebase.layout.measures.neighbours import read_phases
from lodebase.layout.measures.outputs import Outputs
from lodebase.layout.measures.uncertainty import OLD_YEARS, is_old
from lodebase.layout.measures.units import count_sites, group_units
from lodebase.layout.parts.sites import SitesInside, StatusAges
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.planned.place import measure_place_km2
from lodebase.layout.state import SiteState, SqlRow, SqlValues
from lodebase.layout.statement_parameters import GROUPS
from lodebase.layout.statements import LISTED


def count_inside(state: SiteState, candidate: Candidate, values: SqlValues, outputs: Outputs) -> SitesInside | None:
    """Return the sites inside the area, None for a plant at a point.

    A site is certainly inside if it is farther from the edge than its position is accurate, and possibly inside if it is no
    farther outside. Counts and tonnes a year are as those of a radius; ``ages`` are the dates of the statuses by group.
    """
    if not candidate.is_area:
        return None
    units = group_units(outputs, values)
    placed = units.sites.distance_m <= 0
    edge_m = measure_edge_distance(candidate.wkt, units.sites.lon, units.sites.lat)
    accuracy_m = units.accuracy_m
    counted = count_sites(
        units,
        {
            "certain": placed & (edge_m > accuracy_m + candidate.accuracy_m),
            "placed": placed,
            "possible": placed | (edge_m <= np.nan_to_num(accuracy_m) + candidate.accuracy_m),
        },
    )
    numbers = np.flatnonzero(units.present() & placed).tolist()
    rows = state.rows(LISTED, {**values, "ids": [units.sites.ids[number] for number in numbers]})
    of_site = dict(zip((units.sites.ids[number] for number in numbers), units.by_site(numbers), strict=True))
    return SitesInside(
        km2=round(measure_place_km2(candidate.wkt), 1),
        all=counted.all,
        groups=counted.groups,
        ages=_compute_status_ages(rows, of_site, candidate),
        old_years=OLD_YEARS,
        sites=tuple(row["id"] for row in rows),
    )


def _compute_status_ages(
    rows: Iterable[SqlRow], of_site: Mapping[str, Mapping[str, float | None]], candidate: Candidate
) -> dict[str, StatusAges]:
    """Return the oldest and latest date of the statuses by group, and how many are old or not dated."""
    dates: dict[str, list[str | None]] = {group: [] for group in GROUPS}
    for row in rows:
        latest = max((phase.status_date for phase in read_phases(row) if phase.status_date), default=None)
        for group in of_site[row["id"]]:
            dates[group].append(latest)
    return {
        group: StatusAges(
            oldest=min(filter(None, some), default=None),
            newest=max(filter(None, some), default=None),
            old=sum(status_date is not None and is_old(status_date, candidate.on) for status_date in some),
            undated=sum(status_date is None for status_date in some),
        )
        for group, some in dates.items()
        if some
    }
