"""The rows of other sources that a source's row says it was taken from."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lodedata.matching.side import Reference

AFRICA, STARTER = "usgs-africa-mineral-industries", "lode-starter"
MAJOR, CRITICAL = "usgs-major-deposits", "usgs-pp1802-critical-minerals"
CITED = (
    (re.compile(r"\brec_id (\d+)"), "usgs-minfac-world-facilities", "{}"),
    (re.compile(r"\b(ICMM\d+)"), "icmm-global-mining", "{}"),
    (re.compile(r"\bpcu (\d+)"), "usgs-copper-assessment-sir20105090z", "pcu:{}"),
    (re.compile(r"\bsedcu (\d+)"), "usgs-copper-assessment-sir20105090z", "sedcu:{}"),
    (re.compile(r"\bgid (\d+)"), MAJOR, "{}"),
    (re.compile(r"^(?:facility )?([A-Z]{3}\d{3})\b"), AFRICA, "facilities:{}"),
)
"""What the register cites rows of the other sources by."""


def references(source: str, raw: Mapping[str, Any]) -> frozenset[Reference]:
    """The rows that a raw row of a source names as what it was made from; none where the source names none."""
    reader = READERS.get(source)
    return frozenset() if reader is None else frozenset(reader(raw))


def _of_africa(raw: Mapping[str, Any]) -> Iterator[Reference]:
    """Deposits tell the number of the row in the older list; where two lists are named, of either."""
    number, origin = raw.get("DsgAttr10"), raw.get("InfSource1") or ""
    if not isinstance(number, int):
        return
    if "PP1802" in origin:
        yield CRITICAL, str(number)
    if "OFR2005-1294" in origin:
        yield MAJOR, str(number)


def _of_the_register(raw: Mapping[str, Any]) -> Iterator[Reference]:
    for text in _cited(raw):
        for pattern, source, key in CITED:
            yield from ((source, key.format(found)) for found in pattern.findall(text))


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        at = value.get("at")
        if isinstance(at, str):
            yield at
        for inner in value.values():
            yield from _cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _cited(inner)


SAYS_ALL = frozenset({AFRICA})
"""Sources whose rows name every row that they were made from; another row of the same list is another thing."""
READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Reference]]] = {AFRICA: _of_africa, STARTER: _of_the_register}
