"""Values as statistical tables print them: with thousand separators, bounds, and letters in place of figures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.cells import number
from lodedata.statistics.series import Bound

ZERO_DASHES = frozenset({"—", "——"})
"""An em dash is printed for zero; a hyphen or an en dash says nothing, so a mapping lists it among its nulls."""
FLAGS: Mapping[str, tuple[str, str]] = {
    "W": ("Q", "C"),
    "NA": ("O", "F"),
    "N/A": ("O", "F"),
    "n.a.": ("O", "F"),
    "…": ("O", "F"),
    "...": ("O", "F"),
    "..": ("O", "F"),
    "c": ("Q", "C"),
}
"""Observation status and confidentiality status of letters that are printed in place of a figure."""
_BOUND = re.compile(r"(?P<bound>[<>＜＞≤≥])\s*(?P<figure>.+)")
_BOUNDS: Mapping[str, Bound] = {"<": "<", "＜": "<", "≤": "<", ">": ">", "＞": ">", "≥": ">"}
_HALF_UNIT = re.compile(r"\(?less than (?:½|1/2) unit\.?\)?", re.IGNORECASE)
_ESTIMATED = re.compile(r"e\s?(?P<before>[\d,.]+)|(?P<after>[\d,.]+)\s?e", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """The value of a printed text with its flags; ``value`` is None if the text is no figure."""

    value: float | None
    bound: Bound | None = None
    obs_status: str = "A"
    conf_status: str = "F"


def parse_printed_value(text: str, decimal: str = ".") -> PrintedValue:
    """Return the value of a text. Raises Unreadable for one that is neither a figure nor a known flag."""
    if text in ZERO_DASHES:
        return PrintedValue(0.0)
    if text in FLAGS:
        obs_status, conf_status = FLAGS[text]
        return PrintedValue(None, None, obs_status, conf_status)
    if _HALF_UNIT.fullmatch(text):
        return PrintedValue(0.5, "<")
    if match := _BOUND.fullmatch(text):
        return PrintedValue(number(match["figure"], decimal), _BOUNDS[match["bound"]])
    if match := _ESTIMATED.fullmatch(text):
        return PrintedValue(number(match["before"] or match["after"], decimal), None, "E")
    return PrintedValue(number(text, decimal))
