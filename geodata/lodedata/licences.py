"""What the licences of sources allow, and what follows for a file of several sources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lodedata.messages import Message, msg
from lodedata.vocab import vocabulary

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


def terms(licence: str) -> LicenceTerms:
    """Return the terms of a licence by its id; all unknown for one that is not in the vocabulary."""
    known = vocabulary("licence")
    return LicenceTerms(*(known[licence].extra[name] for name in TERMS)) if licence in known else UNKNOWN


def consequences(licences: Iterable[str]) -> Iterator[Message]:
    """Yield what follows for the use of a file whose sources have these licences."""
    found = {licence: terms(licence) for licence in dict.fromkeys(licences)}
    named = {name: [one for one, of in found.items() if getattr(of, name) == "yes"] for name in TERMS}
    refused = {name: [one for one, of in found.items() if getattr(of, name) == "no"] for name in TERMS}
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
    if unknown := [one for one, of in found.items() if "unknown" in (of.commercial, of.changes, of.share_alike)]:
        yield msg("Not known in full, read the terms before you publish: %(licences)s.", licences=unknown)
    if named["attribution"]:
        yield msg("Name the sources as the attributions require.")
