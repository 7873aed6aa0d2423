"""Labels of what a check of lists finds, for its pages."""

from collections.abc import Mapping
from typing import Any

from lodebase.topics.lists.list_labels import METHODS, SITES, STATUS_LABELS, find_event_label
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary
from lodeweb.i18n.language import get_language, gettext

STATES: dict[str, Message] = {"absent": msg("not on the list"), "expired": msg("expired")}


def list_labels() -> Mapping[str, Any]:
    """Return the labels of statuses, methods, states, kinds and types in the language of the request."""
    lang = get_language()
    terms = {
        name: {term.code: term.label(lang) for term in load_vocabulary(f"list-{name}")}
        for name in ("entry-state", "entry-kind", "event-type", "type", "source-grade")
    }
    return {
        "statuses": {name: text.in_language(lang) for name, text in STATUS_LABELS.items()},
        "methods": {name: text.in_language(lang) for name, text in METHODS.items()},
        "sites": {name: text.in_language(lang) for name, text in SITES.items()},
        "states": terms["entry-state"] | {name: text.in_language(lang) for name, text in STATES.items()},
        "kinds": terms["entry-kind"],
        "grades": terms["source-grade"],
        "events": terms["event-type"],
        "event_label": find_event_label,
        "types": terms["type"],
        "title": gettext("Condition lists"),
    }
