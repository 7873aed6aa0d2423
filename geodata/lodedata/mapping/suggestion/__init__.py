"""Suggestion of a mapping for a table that Lode does not know."""

from lodedata.mapping.suggestion.document import Choices, Suggested, SuggestedColumn, suggest, write_mapping_suggestion

__all__ = ["Choices", "Suggested", "SuggestedColumn", "suggest", "write_mapping_suggestion"]
