"""Classes of licences, so that files of a release never mix what may be used freely with what may not."""

from collections.abc import Iterable, Mapping
from typing import Literal

from lodedata.licences import UNKNOWN, terms
from lodedata.vocab import vocabulary

LicenceClass = Literal["free", "share-alike", "restricted", "unknown"]
CLASSES: tuple[LicenceClass, ...] = ("free", "share-alike", "restricted", "unknown")
"""From the most to the least free; a record has that of its least free source."""
INTERNAL = "internal"
"""The licence of sources that are not published; their records are in no release."""


def class_of_licence(licence: str) -> LicenceClass:
    """Return the class of a licence: free with or without attribution, or else what limits its use."""
    known = terms(licence)
    uses = (known.commercial, known.changes, known.share_alike)
    if known == UNKNOWN or "unknown" in uses:
        return "unknown"
    if "no" in (known.commercial, known.changes):
        return "restricted"
    return "share-alike" if known.share_alike == "yes" else "free"


def licences_of(chosen: LicenceClass) -> tuple[str, ...]:
    """Return the ids of the licences of a class."""
    return tuple(term.code for term in vocabulary("licence") if class_of_licence(term.code) == chosen)


def class_of_sources(sources: Iterable[str], licences: Mapping[str, str]) -> LicenceClass | None:
    """Return the class of a record of some sources; unknown for one without, None if a source is not for publication."""
    found = [licences.get(name, "") for name in sources]
    if INTERNAL in found:
        return None
    return max(map(class_of_licence, found or [""]), key=CLASSES.index)
