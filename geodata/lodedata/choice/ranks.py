"""Which source goes before which where nothing else tells their values apart."""

from collections.abc import Mapping

RANKS: tuple[str, ...] = (
    "lode-starter",
    "icmm-global-mining",
    "usgs-lithium-us",
    "usgs-copper-assessment-sir20105090z",
    "usgs-pp1802-critical-minerals",
    "usgs-africa-mineral-industries",
    "usgs-minfac-world-facilities",
    "usgs-mineplant-us",
    "usgs-major-deposits",
    "usgs-mrds",
)
"""The sources by how far their values have been looked at one by one, and then by how new they are. Any other, such as a
table of somebody's own, comes after them, so that it adds to what is published and doesn't replace it."""

SEVERAL_ROWS = frozenset({"usgs-africa-mineral-industries", "usgs-minfac-world-facilities", "usgs-mineplant-us", "usgs-mrds"})
"""The sources that give several rows to one thing: its products, its units, or the same once more. The rows of any other are
different things, as its authors have told them apart."""
SOMETIMES_TWICE = frozenset({"icmm-global-mining", "usgs-major-deposits"})
"""The sources that list some things twice by mistake: two of their rows are one where that is very likely."""

_RANK: Mapping[str, int] = {name: number for number, name in enumerate(RANKS)}


def rank(source: str) -> int:
    """The place of a source in the order, the first is 0; sources that are not listed share the last."""
    return _RANK.get(source, len(RANKS))
