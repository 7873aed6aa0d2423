"""The columns of a source that everybody may read in its rows as received; all others are for the operator."""

import re

from lodedata.mapping.column_usage import OTHERS
from lodedata.mapping.model import Source
from lodedata.mapping.reading import Tally

GEOMETRY = "geometry (WKB)"
"""The geometry of a row in the row as it is stored."""


def list_public_columns(source: Source, tally: Tally) -> list[str]:
    """Return the columns that an import found and everybody may read: those that its mapping reads or calls public.

    ``*`` alone is every column. A column is closed if a table that was read has it without a field, also if another table
    reads it: a stored row does not state its table.
    """
    stated = {*source.public_columns, *(name for spec in source.tables for name in spec.public_columns)}
    if OTHERS in stated:
        return [OTHERS]
    origins = {place: set(columns) for place, columns in tally.origins.items()}
    read, closed = set(_list_key_columns(source)), set()
    for usage in tally.usage.values():
        own = usage.read.union(*(origins.get(name, ()) for name in usage.read))
        closed |= usage.unread.union(*(origins.get(name, ()) for name in usage.unread)) - own
        read |= own
    if any(spec.position is not None and spec.position.geometry for spec in source.tables):
        read.add(GEOMETRY)
    return sorted((read - (closed - set(_list_key_columns(source)))) | stated)


def _list_key_columns(source: Source) -> list[str]:
    """Return the columns of keys, which are in the addresses of rows."""
    templates = [template for spec in source.tables for template in (spec.key, *(join.key for join in spec.join))]
    return [name.strip() for template in templates for name in re.findall(r"\{([^}#?]+)\??\}", template)]
