"""What the register cites: the date of each reference, and the source of Lode that it is, for published data sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import yaml

from lodedata.starter import get_register_folder

SOURCES: Mapping[str, str] = {
    "icmm-gmd-2025": "icmm-global-mining",
    "usgs-africa-2021": "usgs-africa-mineral-industries",
    "usgs-lithium-us-2019": "usgs-lithium-us",
    "usgs-minfac-2010": "usgs-minfac-world-facilities",
    "usgs-ofr-2005-1294": "usgs-major-deposits",
    "usgs-pp1802": "usgs-pp1802-critical-minerals",
    "usgs-sir2010-5090z": "usgs-copper-assessment-sir20105090z",
}
"""The data sets that the register cites and that are sources of their own, by reference."""

GAZETTEERS = frozenset({"lode-compilation", "geonames", "natural-earth"})
"""References for names, classifications and positions, whose dates say nothing about what is reported of a record."""


@dataclass(frozen=True, slots=True)
class CitedReference:
    """A reference: the source that it is, if any, and the year of its publication, if known."""

    source: str | None
    year: int | None


def find_cited_reference(citation: str | None) -> CitedReference | None:
    """Return the reference of a citation, such as ``usgs-pp1802: row 12``; None for a text that names none."""
    return _load_references().get(citation.partition(":")[0]) if citation else None


@lru_cache(maxsize=1)
def _load_references() -> Mapping[str, CitedReference]:
    references: dict[str, CitedReference] = {}
    for file in sorted(get_register_folder().glob("*.yml")):
        # the records after it take a hundred times as long to parse
        head, _, _ = file.read_text("utf-8").partition("\nrecords:")
        listed = yaml.load(head, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["references"]
        references |= {name: CitedReference(SOURCES.get(name), reference.get("year")) for name, reference in listed.items()}
    return references
