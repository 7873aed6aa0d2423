"""Record kinds: one module each, found by its name; ``KIND`` in it is the declaration.

Another distribution adds kinds by modules of its own in a folder ``lodedata/kinds`` on the path.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from lodedata.kinds.model import ChildTable, ChoiceRule, Field, Format, Geometry, Kind, Reference

__path__ = pkgutil.extend_path(__path__, __name__)


def _collect_declared() -> Mapping[str, Kind]:
    modules = [import_module(f"{__name__}.{module_info.name}") for module_info in pkgutil.iter_modules(__path__)]
    kinds: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    # the kinds that everything else refers to come first on pages and in lists, those of other distributions last
    first = ("deposit", "discovery", "project", "zone")
    shipped = {path.stem for path in Path(__file__).parent.glob("*.py")}
    kinds.sort(key=lambda k: (first.index(k.name) if k.name in first else len(first), k.name not in shipped, k.name))
    return {kind.name: kind for kind in kinds}


KINDS: Mapping[str, Kind] = _collect_declared()
"""Every kind by its name, in the order in which pages list them."""
SHIPPED = frozenset(path.stem for path in Path(__file__).parent.glob("*.py")) & KINDS.keys()
"""Names of the kinds that Lode declares itself; migrations make their tables."""


PUBLIC: Mapping[str, Kind] = {name: kind for name, kind in KINDS.items() if not kind.internal}
"""The kinds that everybody reads."""


def find_kind_by_collection(name: str) -> Kind | None:
    """Return the kind of a collection, None for an unknown name."""
    return next((kind for kind in PUBLIC.values() if kind.collection == name), None)


__all__ = [
    "KINDS",
    "PUBLIC",
    "SHIPPED",
    "ChildTable",
    "ChoiceRule",
    "Field",
    "Format",
    "Geometry",
    "Kind",
    "Reference",
    "find_kind_by_collection",
]
