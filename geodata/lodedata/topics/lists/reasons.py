"""Reasons of the results of a check of lists, as sentences."""

from collections.abc import Mapping

from lodedata.messages import Label, Message, msg
from lodedata.vocab import load_vocabulary

REASONS: Mapping[str, Message] = {
    "listed": msg("It has been on the list since %(since)s."),
    "under-rectification": msg("It has been on the list and under rectification since %(since)s."),
    "suspended": msg("Its listing has been suspended since %(since)s."),
    "withdrawn": msg("The authority withdrew it on %(since)s."),
    "self-withdrawn": msg("It was withdrawn at its own request on %(since)s."),
    "expired": msg("Its listing ended and has not been valid since %(since)s."),
    "before-list": msg("The list did not exist on %(on)s. Choose a date from %(first)s."),
    "before-first-batch": msg("Nobody was listed on %(on)s: the first batch is of %(first)s."),
    "before-entry": msg("It was listed after %(on)s only."),
    "consultation": msg("Only a consultation names it; an announcement is not known here."),
    "proposed": msg("A public notice proposed it for the list; an announcement that lists it is not known here."),
    "change-proposed": msg(
        "A public notice proposed a change or the withdrawal of its entry; the entry itself is not known here."
    ),
    "not-collected": msg("The entries of this list are not collected here."),
    "several-firms": msg("Several firms of this name are on the list. Give the unified social credit code or the province."),
    "province-missing": msg("The list covers some provinces only. Give the province or the unified social credit code."),
    "out-of-scope": msg("The list does not cover this province."),
    "similar-name": msg("An entry has a similar name, or this name in another province. Compare it, or give the exact name."),
    "no-coverage": msg("The entries of this list are not complete here for any day."),
    "after-complete": msg("The list is complete here up to %(complete)s; %(on)s is later."),
    "after-entry": msg(
        "On %(last_on)s, the last day known here, its entry is: %(last_state)s. The list is not complete here for any day, so "
        "its state on %(on)s is not known."
    ),
    "owner-not-known": msg("The owner of the project is not known here. Give the name of the firm."),
    "code-not-printed": msg("The list prints no codes for some entries. Give the name of the firm, too."),
    "undated": msg("The list names it, but the day of its listing or of its change is not known here."),
    "site-not-stated": msg("The firm is listed; whether the entry means this plant is not stated."),
    "not-on-list": msg("No entry has this code or name on %(on)s, and the list is complete here up to %(complete)s."),
}
"""Sentences by reason; a day that is not known is written as a dash."""


def word_reason(name: str, details: Mapping[str, object]) -> Message:
    """Return the sentence of a reason."""
    return REASONS[name].filled(**{key: "–" if value is None else _format_detail(key, value) for key, value in details.items()})


def _format_detail(key: str, value: object) -> object:
    terms = load_vocabulary("list-entry-state")
    if key.endswith("state") and value in terms:
        term = terms[str(value)]
        return Label(term.label_en, term.label_zh)
    return str(value)
