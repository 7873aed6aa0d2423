"""The pages and templates of topics, found by their folders."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader

from lodeweb import topics
from lodeweb.adapter.responses import AnyOperation, Presentation

FOLDER = Path(__file__).parent


@cache
def list_page_modules() -> tuple[ModuleType, ...]:
    """Return the module ``page`` of each topic that has one."""
    names = [f"{topics.__name__}.{topic.name}.page" for topic in pkgutil.iter_modules(topics.__path__) if topic.ispkg]
    return tuple(import_module(name) for name in names if find_spec(name) is not None)


def collect_presentations() -> Mapping[AnyOperation, Presentation]:
    """Return what the page modules of topics declare as ``PRESENTATIONS``, by operation."""
    return {
        operation: shown for module in list_page_modules() for operation, shown in getattr(module, "PRESENTATIONS", {}).items()
    }


def build_template_loader() -> BaseLoader:
    """Return the loader of the templates of topics; a name begins with that of the topic."""
    folders = sorted(path for path in FOLDER.glob("*/templates") if path.is_dir())
    return PrefixLoader({path.parent.name: FileSystemLoader(path) for path in folders})
