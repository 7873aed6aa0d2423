"""Capacities as people write them: 400000, 40万吨, 400 kt, 0.4 Mt/a, also in full-width digits."""

import re
import unicodedata
from collections.abc import Mapping

FACTORS: Mapping[str, float] = {
    **dict.fromkeys(("", "t", "吨", "tonne", "tonnes", "公吨"), 1.0),
    **dict.fromkeys(("kg", "千克", "公斤"), 0.001),
    **dict.fromkeys(("kt", "千吨"), 1_000.0),
    **dict.fromkeys(("万吨", "万t", "10kt", "万"), 10_000.0),
    **dict.fromkeys(("mt", "百万吨"), 1_000_000.0),
    **dict.fromkeys(("亿吨",), 100_000_000.0),
}
"""Tonnes of a unit of mass."""
UNITS = ("t", "万吨", "kt", "Mt")
"""Units that a form offers."""
_TEXT = re.compile(r"(?P<number>[+-]?(?:\d+(?:[,\s]\d{3})*|\d*)(?:\.\d+)?(?:e[+-]?\d+)?)\s*(?P<unit>[^\d\s,.][^/]*?)?", re.I)
_PER_YEAR = re.compile(r"\s*(?:/\s*(?:a|y|yr|year|年)|per year|每年)\s*$|^年产(?:能)?\s*", re.I)


def parse_tonnes(text: str, unit: str = "") -> float | None:
    """Return tonnes a year of a text with or without a unit, None if it is no such text; ``unit`` is that of a bare number.

    A full-width digit is the digit. ``10 %``, ``400 lb`` and ``1,2`` are no capacities.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    per_tonne = re.fullmatch(r"(.*\d)\s*tpa", plain, re.I)
    plain = per_tonne[1] + "t" if per_tonne else _PER_YEAR.sub("", plain)
    match = _TEXT.fullmatch(plain.strip())
    if match is None or not any(character.isdigit() for character in match["number"]):
        return None
    own = (match["unit"] or unit).strip()
    factor = FACTORS.get(own.casefold())
    if factor is None:
        return None
    number = float(re.sub(r"[,\s]", "", match["number"]))
    return round(number * factor, 6)
