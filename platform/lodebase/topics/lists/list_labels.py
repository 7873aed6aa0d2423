"""Labels of the results of a check of condition lists."""

from collections.abc import Mapping

from lodedata.messages import Message, Translatable, msg
from lodedata.topics.lists.reasons import REASONS
from lodedata.topics.lists.states import EXPIRED, PROPOSED
from lodedata.vocab import label

STATUS_LABELS: Mapping[str, Message] = {
    "listed": msg("Listed"),
    "not-listed": msg("Not listed"),
    "withdrawn": msg("Withdrawn"),
    "under-rectification": msg("Under rectification"),
    "not-known": msg("Not known here"),
    "proposed": msg("Proposed, not listed"),
}
LISTING_ENDED = msg("Listing ended")
NO_IS_NOT_UNKNOWN = msg('"Not known here" means that the list is not complete here for that day; it does not mean no.')
METHODS: Mapping[str, Message] = {
    "uscc": msg("by unified social credit code"),
    "project": msg("the entry names the project"),
    "exact-name": msg("same name and province"),
    "former-name": msg("former or later name"),
    "exact-name-no-province": msg("same name, province not compared"),
    "same-name-other-province": msg("same name, other province"),
    "short-name": msg("similar name"),
    "branch": msg("branch or head office"),
    "same-name-other-code": msg("same name, other code"),
}
SITES: Mapping[str, Message] = {
    "named": msg("The entry names this plant."),
    "not-stated": REASONS["site-not-stated"],
}
TITLES: Mapping[str, Message] = {
    "extract": msg("Extract: was it on the list on that day?"),
    "extract_of_table": msg("Extract: were these firms on lists on that day?"),
    "evidence": msg("The same results as signed data"),
    "evidence_of_pdf": msg("The same results as data, which the signature of this PDF covers"),
    "lists_sha256": msg("SHA-256 of the lists in this version"),
    "number": msg("No."),
    "status": msg("Result"),
    "list": msg("List"),
    "reason": msg("Reason"),
    "act_url": msg("Address of the act"),
    "history": msg("History of the entry"),
    "name": msg("Firm"),
    "uscc": msg("Unified social credit code"),
    "project": msg("Project"),
    "date": msg("Date"),
    "version": msg("Version of the data"),
    "checksum": msg("SHA-256"),
    "entry": msg("Name as printed"),
    "province": msg("Province as printed"),
    "batch": msg("Batch"),
    "act": msg("Act"),
    "since": msg("Since"),
    "complete": msg("List complete here up to"),
    "method": msg("Found by"),
    "last": msg("Last known state"),
    "candidates": msg("Other entries that may be meant"),
}


def find_event_label(event: str) -> Translatable:
    """Return the label of a step of an entry."""
    if event == EXPIRED:
        return LISTING_ENDED
    return label("list-entry-state" if event in PROPOSED else "list-event-type", event)
