"""The models of the whole store, whichever module describes a table."""

from types import ModuleType

from sqlalchemy import MetaData

from lodebase.db import desk_tables, layout_tables, matches, tables

MODULES: tuple[ModuleType, ...] = (tables, matches, desk_tables, layout_tables)
METADATA: MetaData = tables.metadata
