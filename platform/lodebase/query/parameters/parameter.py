"""What a request parameter is: its name, schema and description, and the collections that take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lodebase.query.collections_ import COLLECTIONS
from lodedata.messages import Message

Group = Literal["filter", "moment", "page", "form", "file", "general"]
"""What a parameter controls: the rows, the dataset version, the page, the format, the content of a file, or the form of the
response."""
POINTS = tuple(name for name, collection in COLLECTIONS.items() if collection.geometry == "point")
PLACED = tuple(name for name, collection in COLLECTIONS.items() if collection.geometry is not None)
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": {"type": "string"}}
AMOUNT = {"type": "number", "minimum": 0}
URI = {"type": "string", "format": "uri"}
TRUTH = {"type": "string", "enum": ["true", "false"]}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A request parameter: its JSON schema, its description, and where it applies."""

    name: str
    group: Group
    schema: Mapping[str, Any]
    text: Message
    collections: tuple[str, ...] | None = None
    """The collections whose list requests take it, None for all; a request for a single record never does."""
    repeatable: bool = False

    def applies_to(self, collection: str) -> bool:
        """Return whether list requests of a collection take it."""
        return self.collections is None or collection in self.collections
