"""The columns that the mapping of a table reads."""

import re
from collections.abc import Iterator
from typing import Any

from lodedata.mapping.model import TableSpec


def list_mentioned_columns(spec: TableSpec) -> Iterator[str]:
    """Yield the columns that a table's mapping reads."""
    yield from (name.strip() for name in re.findall(r"\{([^}#?]+)\??\}", spec.key))
    yield from find_columns_within(spec.model_dump(exclude={"ignored", "fill", "nulls"}))


def find_columns_within(part: Any) -> Iterator[str]:
    """Yield the columns that a part of a mapping reads."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("column", "unit_column", "basis_column") and isinstance(value, str):
                yield value.strip()
            elif name == "template" and isinstance(value, str):
                yield from (column.strip() for column in re.findall(r"\{([^}]+)\}", value))
            elif name != "map":
                yield from find_columns_within(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from find_columns_within(value)
