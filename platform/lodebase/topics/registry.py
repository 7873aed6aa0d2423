"""All operations, found by name: those that the module ``operations`` of each topic declares."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lodebase import topics
from lodebase.operations.operation import Operation


@cache
def find_declared_operations() -> Mapping[str, Operation[Any, Any]]:
    """Return each operation by its name; a topic whose folder exists needs no line anywhere else."""
    modules = [f"{topics.__name__}.{topic.name}.operations" for topic in pkgutil.iter_modules(topics.__path__) if topic.ispkg]
    declared = [operation for name in modules if find_spec(name) is not None for operation in import_module(name).OPERATIONS]
    return {operation.name: operation for operation in declared}
