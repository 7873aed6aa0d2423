"""The legal status of a rule on a day, such as in force, draft or not verified, and the label of its clause."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

from lodedata.messages import Message, msg
from lodedata.rules.model import LegalText

LegalStatus = Literal["in_force", "guidance", "draft", "superseded", "not_yet", "unverified"]
COUNTS: tuple[LegalStatus, ...] = ("in_force", "guidance")
"""Legal statuses whose results count."""
LABELS: Mapping[LegalStatus, Message] = {
    "in_force": msg("in force"),
    "guidance": msg("guidance, not a condition of approval"),
    "draft": msg("draft, never issued in this form"),
    "superseded": msg("superseded or expired"),
    "not_yet": msg("not yet in force"),
    "unverified": msg("not verified, does not count"),
}


class MarkedRule(Protocol):
    """A rule that says whether its text was checked."""

    @property
    def mark(self) -> Literal["verified", "unverified"]:
        """Whether its text was checked."""
        ...


def determine_legal_status(instrument: LegalText, rule: MarkedRule, on: date) -> LegalStatus:
    """Return the legal status of a rule on a day; ``unverified`` too if the first day of its instrument is unknown."""
    if rule.mark != "verified":
        return "unverified"
    if instrument.standing == "draft":
        return "draft"
    if instrument.valid_from is None:
        return "unverified"
    if on < instrument.valid_from:
        return "not_yet"
    if instrument.valid_to is not None and on > instrument.valid_to:
        return "superseded"
    return "guidance" if instrument.standing == "guidance" else "in_force"


def label_clause(number: str | None) -> Message:
    """Return the number of a clause in its text, such as 4.1 or 一、（二）, or the sentence that it was not read."""
    return msg("clause number not read") if number is None else msg("clause %(number)s", number=number)
