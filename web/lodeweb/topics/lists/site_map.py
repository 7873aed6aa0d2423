"""The map of listed sites: entries whose project is known, in a colour for each kind of entry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lodebase.topics.lists.list_overview import ListedSite
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint

FILLS = ("--chart-accent", "--chart-resource", "--mark", "--chart-ink", "--chart-quiet")
"""The CSS variables of the colours of kinds, in order; further kinds share the last one."""


def draw_map(sites: Sequence[ListedSite], labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return the map and its legend, for the template, with the labels of kinds and states."""
    kinds = labels["kinds"]
    used = [kind for kind in kinds if any(kind == _find_kind(site) for site in sites)]
    fills = {kind: FILLS[min(number, len(FILLS) - 1)] for number, kind in enumerate(used)}
    legend = [(fill, kinds[kind]) for kind, fill in fills.items()]
    return {"map_settings": points_map.write_points_settings(_list_points(sites, fills, labels)), "legend": legend}


def _list_points(sites: Sequence[ListedSite], fills: Mapping[str, str], labels: Mapping[str, Any]) -> Iterator[MapPoint]:
    for site in sites:
        titles = [labels["kinds"].get(kind, kind) for kind in site.entry.kinds]
        title = " · ".join((site.entry.name, *titles, labels["states"][site.state]))
        href = f"/records/{site.entry.id}"
        yield MapPoint(site.lon, site.lat, title, fills.get(_find_kind(site), FILLS[-1]), href)


def _find_kind(listed_site: ListedSite) -> str:
    return next(iter(listed_site.entry.kinds), "")
