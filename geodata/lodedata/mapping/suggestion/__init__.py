"""Suggestion of a mapping for a table that Lode does not know."""

from lodedata.mapping.suggestion.document import suggestion

__all__ = ["suggestion"]
