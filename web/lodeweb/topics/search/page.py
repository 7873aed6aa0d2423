"""The data of suggestions, whose addresses are complete."""

from typing import Any

from lodebase.topics.search.operations import SUGGESTIONS, Suggestions
from lodeweb.adapter.responses import Presentation, add_links, complete_addresses


def describe_suggestions(suggestions: Suggestions) -> dict[str, Any]:
    """Return the data of suggestions with their addresses."""
    data: dict[str, Any] = complete_addresses(add_links(suggestions))
    return data


PRESENTATIONS = {SUGGESTIONS: Presentation(data=describe_suggestions)}
