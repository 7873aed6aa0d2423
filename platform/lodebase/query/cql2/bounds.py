"""Limits on the size of a filter: one table of limits, and the checks of text and JSON that run before any parser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodedata.messages import Message, MessageError, msg


class Malformed(MessageError, ValueError):
    """A filter that can't be used."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The limit for one kind of element in a filter: its name, the maximum, and advice for the user."""

    name: str
    most: int
    counted: Message
    advice: Message

    def message(self, number: int) -> Message:
        """Return the error message for a filter that exceeds the limit."""
        return msg(
            "The filter has %(found)s %(counted)s, more than the %(most)s that are allowed. %(advice)s",
            found=f"{number:,}",
            counted=self.counted,
            most=f"{self.most:,}",
            advice=self.advice,
        )


BOUNDS: Mapping[str, Bound] = {
    bound.name: bound
    for bound in (
        Bound(
            "characters",
            16_384,
            msg("characters"),
            msg("Write a shorter filter, or write it as CQL2 JSON."),
        ),
        Bound(
            "nesting",
            40,
            msg("levels of nesting"),
            msg("Write conditions next to each other: a AND b AND c."),
        ),
        Bound(
            "parts",
            1_500,
            msg("tokens: names, signs and quoted texts, or members of JSON objects"),
            msg("Send several requests."),
        ),
        Bound(
            "operations",
            300,
            msg("operations"),
            msg("Write alternatives as one list, such as country IN ('CHL', 'PER'), or ask in several requests."),
        ),
        Bound(
            "powers",
            8,
            msg("powers (^) of properties"),
            msg("Multiply instead, such as discovery_year * discovery_year."),
        ),
        Bound(
            "figures",
            16,
            msg("figures of estimates (LARGEST_...)"),
            msg("Send several requests."),
        ),
        Bound(
            "folds",
            64,
            msg("texts without case or accents (CASEI, ACCENTI)"),
            msg("Compare with a list: CASEI(name_en) IN (CASEI('a'), CASEI('b'))."),
        ),
        Bound(
            "relations",
            32,
            msg("comparisons of geometries (S_...)"),
            msg("Write the geometries as one MULTIPOINT or MULTIPOLYGON."),
        ),
        Bound(
            "vertices",
            20_000,
            msg("vertices of geometries"),
            msg("Simplify the geometries."),
        ),
        Bound(
            "rings",
            1_000,
            msg("rings of one geometry"),
            msg("Leave out small holes, or ask in several requests."),
        ),
        Bound(
            "literal_vertices",
            24,
            msg("vertices of two geometries that are compared with each other and not with the records"),
            msg("Compare each of them with the property geometry."),
        ),
        Bound(
            "text",
            2_000,
            msg("characters of one quoted text"),
            msg("Write a shorter text."),
        ),
        Bound(
            "values",
            1_000,
            msg("values of one list"),
            msg("Send several requests."),
        ),
    )
}
"""The limits by name. The API reference and the tests read this table.

They are set so that PostgreSQL plans the most costly filter allowed in less than 50 ms: planning cannot be interrupted at
every moment, so statement_timeout does not always end it in time.
"""

MAX_TEXT_LENGTH = BOUNDS["characters"].most
MAX_TOKENS = BOUNDS["parts"].most
MAX_NESTING = BOUNDS["nesting"].most
MAX_FILTER_VALUES = BOUNDS["values"].most
MAX_FILTER_VERTICES = BOUNDS["vertices"].most
MAX_RINGS = BOUNDS["rings"].most
MAX_OPERATIONS = BOUNDS["operations"].most

_OPENING, _CLOSING = "([{", ")]}"
_LEVELS_OF_A_NODE = 2
"""The nesting levels of one node: an operation and the array of its arguments."""
_LEVELS_OF_COORDINATES = 8
"""The nesting levels of coordinates: a geometry collection in the deepest operation."""
_PARTS_OF_A_VERTEX = 3


def require(name: str, number: int) -> None:
    """Raise Malformed if the number exceeds the limit of this name."""
    bound = BOUNDS[name]
    if number > bound.most:
        raise Malformed(bound.message(number))


def check_text(text: str) -> None:
    """Raise Malformed if a text is too long, nested too deep or has too many elements.

    A quoted part counts as one element. Numbers, commas and signs are not counted: the length limits them, and a polygon
    consists of them.
    """
    check_characters(text)
    require("characters", len(text))
    if not text.strip():
        raise Malformed(msg("The filter is empty. Write a filter such as country = 'CHL'."))
    depth = deepest = tokens = 0
    quote: str | None = None
    word = False
    for character in text:
        if quote is not None:
            quote = None if character == quote else quote
        elif character in "'\"":
            quote, word = character, False
            tokens += 1
        elif character.isalnum() or character in "_.:":
            tokens += not word and not character.isdigit() and character != "."
            word = True
        else:
            word = False
            tokens += not character.isspace() and character not in ",+-"
            depth += (character in _OPENING) - (character in _CLOSING)
            deepest = max(deepest, depth)
    require("nesting", deepest)
    require("parts", tokens)


def check_node(node: Any) -> None:
    """Raise Malformed if a JSON filter is nested too deep or has too many elements. Walk the tree without recursion."""
    deepest = MAX_NESTING * _LEVELS_OF_A_NODE + _LEVELS_OF_COORDINATES
    waiting = [(node, 0)]
    count = members = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > deepest:
            require("nesting", MAX_NESTING + 1)
        if count > MAX_FILTER_VERTICES * _PARTS_OF_A_VERTEX + MAX_TOKENS:
            require("vertices", MAX_FILTER_VERTICES + 1)
        if isinstance(part, dict):
            members += len(part)
            require("parts", members)
            waiting += [(value, depth + 1) for value in part.values()]
        elif isinstance(part, list | tuple):
            waiting += [(value, depth + 1) for value in part]
        elif isinstance(part, str):
            check_characters(part)


def check_characters(text: str) -> None:
    """Raise Malformed for characters that PostgreSQL cannot store in a text: NUL and unpaired surrogates."""
    if "\0" in text:
        raise Malformed(msg("The filter contains a NUL character. Remove it."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed(msg("The filter contains half of a character (a lone surrogate). Remove it.")) from None
