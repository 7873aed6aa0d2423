"""The code of an investment project (项目代码, 发改投资〔2020〕1439号): month, region, department, type, number."""

import re

from lodedata.vocab import load_vocabulary

SHAPE = re.compile(r"(\d{2})(\d{2})-(\d{2})\d{4}-\d{2}-\d{2}-\d{6}")
"""Such as 2112-520000-04-01-610435. The rule of the check digit is not known here, so the digit is not checked."""


def find_fault(code: str) -> str | None:
    """Return the part of a project code that can't be right: shape, month or region; None for a possible code."""
    match = SHAPE.fullmatch(code.strip())
    if match is None:
        return "shape"
    if not 1 <= int(match[2]) <= 12:
        return "month"
    # codes of the central departments begin with 00
    return None if match[3] == "00" or match[3] in _load_regions() else "region"


def _load_regions() -> frozenset[str]:
    codes = (term.extra.get("gb_code") or "" for term in load_vocabulary("division") if term.extra.get("country") == "CHN")
    return frozenset(code[:2] for code in codes if code)
