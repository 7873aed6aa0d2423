"""References from rows of a source to rows of other sources that they were derived from."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lodedata.matching.record import Reference

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
"""Patterns by which the Lode register cites rows of other sources, the source, and the form of the key."""


def extract_references(source: str, raw: Mapping[str, Any]) -> frozenset[Reference]:
    """Return the rows of other sources that a raw row of a source refers to."""
    reader = READERS.get(source)
    return frozenset() if reader is None else frozenset(reader(raw))


def _read_africa_references(raw: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield the rows of older USGS lists that a deposit cites; its number is that of either list if it names both."""
    number, origin = raw.get("DsgAttr10"), raw.get("InfSource1") or ""
    if not isinstance(number, int):
        return
    if "PP1802" in origin:
        yield CRITICAL, str(number)
    if "OFR2005-1294" in origin:
        yield MAJOR, str(number)


def _register_references(raw: Mapping[str, Any]) -> Iterator[Reference]:
    for text in _parse_cited(raw):
        for pattern, source, key in CITED:
            yield from ((source, key.format(part)) for part in pattern.findall(text))


def _parse_cited(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        at = value.get("at")
        if isinstance(at, str):
            yield at
        for inner in value.values():
            yield from _parse_cited(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parse_cited(inner)


COMPLETE_REFERENCES = frozenset({AFRICA})
"""Sources whose rows cite every row that they derive from, so that any other row of the cited list does not match."""
READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Reference]]] = {
    AFRICA: _read_africa_references,
    STARTER: _register_references,
}
