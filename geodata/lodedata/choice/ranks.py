"""The rank of each source, which decides if no other criterion does."""

from collections.abc import Mapping

RANKS: tuple[str, ...] = (
    "lode-starter",
    "icmm-global-mining",
    "usgs-lithium-us",
    "usgs-copper-assessment-sir20105090z",
    "usgs-porphyry-copper-2008",
    "usgs-vms-minmod",
    "usgs-nickel-laterite-minmod",
    "usgs-pp1802-critical-minerals",
    "labrador-minerals-2026",
    "usgs-africa-mineral-industries",
    "usgs-minfac-world-facilities",
    "usgs-mineplant-us",
    "usgs-major-deposits",
    "minmod-world-resources",
    "usgs-mrds",
    "usgs-ni-cr-pge-minmod",
    "canada-nrcan-critical-minerals-2026",
    "us-battery-supply-chain-investments-2024",
    "ni43101-reports-minmod",
    "plants-and-milestones-2026",
)
"""Sources in descending rank: by the extent of review of single values, then by recency. Any other source, such as a
user's own table, ranks after them, so that it supplements published values and doesn't replace them."""

SEVERAL_ROWS = frozenset(
    {
        "plants-and-milestones-2026",
        "usgs-africa-mineral-industries",
        "usgs-minfac-world-facilities",
        "usgs-mineplant-us",
        "usgs-mrds",
    }
)
"""Sources with several rows for one site: one per product, unit or page, or duplicates. Rows of any other source are distinct
sites or deposits."""
SOMETIMES_TWICE = frozenset(
    {
        *("icmm-global-mining", "labrador-minerals-2026", "minmod-world-resources", "ni43101-reports-minmod"),
        *("usgs-major-deposits", "usgs-ni-cr-pge-minmod"),
    }
)
"""Sources with occasional duplicates: two of their rows are merged only if a match is very likely."""

_RANK: Mapping[str, int] = {name: number for number, name in enumerate(RANKS)}


def rank(source: str) -> int:
    """Return the rank of a source, 0 for the first; sources that are not listed share the last rank."""
    return _RANK.get(source, len(RANKS))
