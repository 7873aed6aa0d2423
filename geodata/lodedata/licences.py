"""What the licences of sources allow, and what follows for a file of several sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary

TERMS = ("attribution", "commercial", "changes", "share_alike")
TERM_TITLES: Mapping[str, Message] = {
    "attribution": msg("Attribution required"),
    "commercial": msg("Commercial use allowed"),
    "changes": msg("Adaptation allowed"),
    "share_alike": msg("Share-alike"),
}
VALUES: Mapping[str, Message] = {"yes": msg("yes"), "no": msg("no"), "unknown": msg("not known")}


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What a licence requires and allows: yes, no or unknown."""

    attribution: str
    commercial: str
    changes: str
    share_alike: str


UNKNOWN = LicenceTerms("unknown", "unknown", "unknown", "unknown")
LicenceClass = Literal["free", "share-alike", "restricted", "unknown"]
CLASSES: tuple[LicenceClass, ...] = ("free", "share-alike", "restricted", "unknown")
"""From the most to the least free; a record has that of its least free source."""


def find_licence_terms(licence: str) -> LicenceTerms:
    """Return the terms of a licence by its id; all unknown for one that is not in the vocabulary."""
    terms = load_vocabulary("licence")
    return LicenceTerms(*(terms[licence].extra[name] for name in TERMS)) if licence in terms else UNKNOWN


def classify_licence(licence: str) -> LicenceClass:
    """Return the class of a licence: free with or without attribution, or else what limits its use."""
    licence_terms = find_licence_terms(licence)
    uses = (licence_terms.commercial, licence_terms.changes, licence_terms.share_alike)
    if licence_terms == UNKNOWN or "unknown" in uses:
        return "unknown"
    if "no" in (licence_terms.commercial, licence_terms.changes):
        return "restricted"
    return "share-alike" if licence_terms.share_alike == "yes" else "free"


def find_least_free_licence(licences: Iterable[str]) -> str | None:
    """Return the licence that limits a work of several the most, None without any."""
    return max(sorted(set(licences)), key=lambda licence: CLASSES.index(classify_licence(licence)), default=None)


def describe_consequences(licences: Iterable[str]) -> Iterator[Message]:
    """Yield what follows for the use of a file whose sources have these licences."""
    terms_by_licence = {licence: find_licence_terms(licence) for licence in dict.fromkeys(licences)}
    named = {name: [licence for licence, of in terms_by_licence.items() if getattr(of, name) == "yes"] for name in TERMS}
    refused = {name: [licence for licence, of in terms_by_licence.items() if getattr(of, name) == "no"] for name in TERMS}
    if refused["commercial"]:
        yield msg("Parts of the file may not be used commercially: %(licences)s.", licences=refused["commercial"])
    if refused["changes"]:
        yield msg("Parts of the file may be shared only unchanged: %(licences)s.", licences=refused["changes"])
    if len(named["share_alike"]) > 1:
        yield msg(
            "%(licences)s each require the same licence for works made from them. Do not publish a work of all parts together.",
            licences=named["share_alike"],
        )
    elif named["share_alike"]:
        yield msg("A work made from the file must be shared under %(licences)s.", licences=named["share_alike"])
    if unknown := [
        licence for licence, of in terms_by_licence.items() if "unknown" in (of.commercial, of.changes, of.share_alike)
    ]:
        yield msg("Not known in full, read the terms before you publish: %(licences)s.", licences=unknown)
    if named["attribution"]:
        yield msg("Name the sources as the attributions require.")
