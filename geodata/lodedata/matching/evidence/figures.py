"""The comparison of two deposits' estimates: the same tonnage of ore with the same grade."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.names.name_comparison import compare_directions_and_numbers
from lodedata.matching.pair import RecordPair
from lodedata.matching.record import Figure
from lodedata.messages import msg

MAX_DIFFERENCE = 0.01
"""Greatest relative difference of two tonnages or grades that are the same but for rounding."""
MIN_LIKENESS = 0.75
"""Least similarity of two names that may be spellings of one: Sipalay and Sipilay."""
MIN_WEIGHT = 0.85
"""Least weight of the two names: an item of a list and a full name, not an item of each, as NiWest-Hepi and NiWest-Waite."""


def compare_figures(pair: RecordPair) -> Comparison | None:
    """Return the comparison of two deposits that have one name and one figure in common, None if they have not.

    A name is one of several, or of a list, and may be spelt differently; names of other directions or numbers are not the same.
    """
    names = pair.similarity
    if names is None or not pair.are_deposits:
        return None
    if names.overall < MIN_LIKENESS or names.first.weight * names.second.weight < MIN_WEIGHT:
        return None
    if compare_directions_and_numbers(pair, names)["apart"]:
        return None
    figure = _find_common_figure(pair)
    if figure is None:
        return None
    reason = msg(
        "one name, and the same ore and grade: %(first)s, %(second)s, %(ore)s t of ore",
        first=names.first.text,
        second=names.second.text,
        ore=f"{figure[1]:,.0f}",
    )
    return Comparison("figures", {}, reason)


def _find_common_figure(pair: RecordPair) -> Figure | None:
    """Return the figure with the most ore that both records have, but for rounding; None if there is none."""
    common = (figure for figure in pair.a.figures for other in pair.b.figures if _is_same(figure, other))
    return max(common, key=lambda figure: (figure[1], figure), default=None)


def _is_same(a: Figure, b: Figure) -> bool:
    return a[0] == b[0] and all(abs(x - y) <= MAX_DIFFERENCE * max(x, y) for x, y in zip(a[1:], b[1:], strict=True))
