"""Keys of rows, which identify a source's row from one import to the next."""

import re
from collections.abc import Callable

from lodedata.cells import convert_cell_to_text
from lodedata.errors import MappingRefused
from lodedata.mapping.values.fields import Cells, Columns
from lodedata.messages import msg

OPTIONAL = "?"
"""The mark of a column whose cells may be empty, after its name."""


def build_key_maker(template: str, bound: Columns) -> Callable[[Cells, int], str | None]:
    """Return a function that gives the key of a row, None if a column of it is empty.

    The template has columns in braces; ``{#}`` is the row's number, ``{column?}`` nothing where its cell is empty.
    """

    def place_of(name: str) -> int | None:
        return None if name == "#" else bound.named(name, bound.nulls)

    return build_template_key_filler(template, bound.table, place_of, bound.nulls, bound.usage.taken)


def build_template_key_filler(
    template: str, table: str, place_of: Callable[[str], int | None], nulls: frozenset[str], taken: list[int] | None = None
) -> Callable[[Cells, int], str | None]:
    """Return a function that fills a template of columns from a row's cells, None if a column of it is empty.

    ``place_of`` gives the index of a column, None for the row's number; ``taken`` counts the cells that are used.
    Raises MappingRefused for a template without columns.
    """
    parts = re.split(r"\{([^}]+)\}", template)
    literals, names = parts[::2], parts[1::2]
    if not names:
        raise MappingRefused(
            msg("%(table)s: the key %(template)r names no column; write it as {column}", table=table, template=template)
        )
    places = [place_of(name.removesuffix(OPTIONAL)) for name in names]
    may_be_empty = [name.endswith(OPTIONAL) for name in names]

    def key(cells: Cells, count: int) -> str | None:
        key_text = literals[0]
        for place, optional, literal in zip(places, may_be_empty, literals[1:], strict=True):
            value = count if place is None else cells[place]
            written = None if value is None else convert_cell_to_text(value)
            if written is None or written in nulls:
                if not optional:
                    return None
                key_text += literal
                continue
            if place is not None and taken is not None:
                taken[place] += 1
            key_text += written + literal
        return key_text

    return key
