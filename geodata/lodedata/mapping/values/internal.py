"""The cell that makes a row internal, so that only people with a role read it."""

from collections.abc import Callable

from lodedata.mapping.model import TableSpec
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Cells, Columns

PUBLIC = frozenset({"no", "n", "false", "0", "public", "否", "公开"})
"""Values of a row that everybody may read; an empty cell is one too."""


def build_internal_reader(spec: TableSpec, bound: Columns) -> Callable[[Cells], bool]:
    """Return a function that returns whether a row is internal."""
    if spec.internal is None:
        return lambda cells: False
    read = fields.build_text_reader(spec.internal, bound)
    return lambda cells: (value := read(cells)) is not None and value.strip().casefold() not in PUBLIC
