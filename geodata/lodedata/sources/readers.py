"""The reader of each source."""

from importlib import import_module
from importlib.util import find_spec

from lodedata.mapping import Reader
from lodedata.mapping.tables import read_mapped


def get_source_reader(name: str) -> Reader:
    """Return the reader of a source: its own if it has one, else that of its mapping."""
    module = f"lodedata.sources.{name.replace('-', '_')}.reader"
    if find_spec(module) is None:
        return read_mapped
    read: Reader = import_module(module).read
    return read
