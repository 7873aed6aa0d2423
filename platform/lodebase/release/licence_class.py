"""Classes of licences, so that files of a release never mix what may be used freely with what may not."""

from collections.abc import Iterable, Mapping

from lodedata.licences import CLASSES, LicenceClass, classify_licence
from lodedata.vocab import load_vocabulary

INTERNAL = "internal"
"""The licence of sources that are not published; their records are in no release."""


def list_class_licences(chosen: LicenceClass) -> tuple[str, ...]:
    """Return the ids of the licences of a class."""
    return tuple(term.code for term in load_vocabulary("licence") if classify_licence(term.code) == chosen)


def classify_sources(sources: Iterable[str], licences: Mapping[str, str]) -> LicenceClass | None:
    """Return the class of a record of some sources; unknown for one without, None if a source is not for publication."""
    source_licences = [licences.get(name, "") for name in sources]
    if INTERNAL in source_licences:
        return None
    return max(map(classify_licence, source_licences or [""]), key=CLASSES.index)
