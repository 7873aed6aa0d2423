"""Keys of rows, which identify a source's row from one import to the next."""

import re
from collections.abc import Callable

from lodedata.cells import text_of
from lodedata.errors import MappingRefused
from lodedata.mapping.fields import Cells, Columns
from lodedata.messages import msg


def key_maker(template: str, bound: Columns) -> Callable[[Cells, int], str | None]:
    """Return a function that gives the key of a row, None if a column of it is empty.

    The template has columns in braces; ``{#}`` is the row's number.
    """
    parts = re.split(r"\{([^}]+)\}", template)
    literals, names = parts[::2], parts[1::2]
    places = [None if name == "#" else bound.named(name, bound.nulls) for name in names]
    if not names:
        raise MappingRefused(
            msg("%(table)s: the key %(template)r names no column; write it as {column}", table=bound.table, template=template)
        )

    def key(cells: Cells, count: int) -> str | None:
        made = literals[0]
        for place, literal in zip(places, literals[1:], strict=True):
            value = count if place is None else cells[place]
            if value is None:
                return None
            written = text_of(value)
            if written in bound.nulls:
                return None
            if place is not None:
                bound.usage.taken[place] += 1
            made += written + literal
        return made

    return key
