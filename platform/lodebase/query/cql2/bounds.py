"""How large and deep a filter may be, checked on its characters and parts before any parser or walk sees it."""

from typing import Any

LONGEST_TEXT = 16_384
MOST_TOKENS = 1_500
DEEPEST = 40
MOST_VALUES = 1_000
MOST_VERTICES = 20_000
MOST_RINGS = 1_000
"""Of a polygon or of polygons; whether they lie in each other costs the square of their number."""

_OPENING, _CLOSING = "([{", ")]}"
_LEVELS_OF_A_NODE = 2
"""An operation and the array of its arguments."""
_LEVELS_OF_COORDINATES = 8
"""A collection of geometries in the deepest operation."""
_PARTS_OF_A_VERTEX = 3


class Malformed(ValueError):
    """A filter that can't be used; the message says what is wrong with it and follows after its name."""


def check_text(text: str) -> None:
    """Raises Malformed for a text that is too long, too deep or too rich.

    A quoted part counts as one. Numbers, commas and signs count nothing: their length bounds them, and a polygon is made
    of them.
    """
    check_characters(text)
    if len(text) > LONGEST_TEXT:
        raise Malformed(f"has {len(text):,} characters, more than the {LONGEST_TEXT:,} that are read; send a polygon by POST")
    if not text.strip():
        raise Malformed("is empty; a filter is such as country = 'CHL'")
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
    if deepest > DEEPEST:
        raise Malformed(f"is nested {deepest} deep, more than the {DEEPEST} that are read")
    if tokens > MOST_TOKENS:
        raise Malformed(f"has {tokens:,} parts, more than the {MOST_TOKENS:,} that are read")


def check_node(node: Any) -> None:
    """Raises Malformed for a JSON filter that is too deep or too rich. Walks without recursion."""
    deepest = DEEPEST * _LEVELS_OF_A_NODE + _LEVELS_OF_COORDINATES
    waiting = [(node, 0)]
    count = members = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > deepest:
            raise Malformed(f"is nested more than {DEEPEST} deep")
        if count > MOST_VERTICES * _PARTS_OF_A_VERTEX + MOST_TOKENS:
            raise Malformed(f"has more parts than are read, such as {MOST_VERTICES:,} vertices")
        if isinstance(part, dict):
            members += len(part)
            if members > MOST_TOKENS:
                raise Malformed(f"has more than the {MOST_TOKENS:,} members of objects that are read")
            waiting += [(value, depth + 1) for value in part.values()]
        elif isinstance(part, list | tuple):
            waiting += [(value, depth + 1) for value in part]
        elif isinstance(part, str):
            check_characters(part)


def check_characters(text: str) -> None:
    """Raises Malformed for what is no text in PostgreSQL: a NUL, half of a surrogate pair."""
    if "\0" in text:
        raise Malformed("holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed("holds half of a character (a lone surrogate)") from None
