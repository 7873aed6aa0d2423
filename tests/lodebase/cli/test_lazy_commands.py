"""The command starts fast: it imports the module of a command when that command is called, and heavy libraries with it."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import lodebase.cli
from lodebase.cli.main import COMMANDS, cli

HEAVY = (
    *("adbc_driver_postgresql", "alembic", "authlib", "dask", "flask", "folium", "geoalchemy2", "geopandas", "h3", "lark"),
    *("numpy", "openpyxl", "orjson", "pandas", "psycopg", "pyarrow", "pydantic", "pyogrio", "pypinyin", "pyproj"),
    *("requests", "shapely", "sqlalchemy", "typst", "xlsxwriter", "yaml"),
)
"""Libraries that take more than a few milliseconds to import."""
LIGHT = {
    "lodebase",
    "lodebase.cli",
    "lodebase.cli.help_texts",
    "lodebase.cli.lazy_group",
    "lodebase.cli.main",
    "lodebase.cli.output",
}
LIGHT |= {
    "lodebase.errors",
    "lodebase.ingest",
    "lodebase.ingest.jobs",
    "lodebase.ingest.jobs.progress",
    "lodebase.process",
    "lodebase.process.printable",
}
LIGHT |= {"lodedata", "lodedata.errors", "lodedata.messages"}
"""All modules of Lode that the root of the command needs."""
MODULES = sorted({entry.target.partition(":")[0] for entry in COMMANDS.values()})


def imported(statement: str) -> set[str]:
    """Return the names of the modules that a statement brings into a new interpreter."""
    script = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return set(run.stdout.splitlines())


@pytest.fixture(scope="module")
def imported_by_module() -> dict[str, set[str]]:
    """The modules that each module of commands brings into a new interpreter.

    All but those of files are shared: the interpreters are forks of one that has imported what reads the store.
    """
    script = f"""
import os, sys
import lodebase.db.store
for module in {MODULES!r}:
    if not os.fork():
        __import__(module)
        print(module, *sys.modules, flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(module)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return {module: set(names) for module, *names in map(str.split, run.stdout.splitlines())}


def test_the_root_of_the_command_imports_no_heavy_library_and_few_modules_of_our_own() -> None:
    modules = imported("import lodebase.cli.main")
    assert modules & set(HEAVY) == set()
    assert {name for name in modules if name.partition(".")[0] in ("lodebase", "lodedata", "lodeweb")} == LIGHT


def test_the_version_and_the_help_need_no_more() -> None:
    for option in ("--version", "--help"):
        statement = f"from lodebase.cli.main import cli; cli.main([{option!r}], standalone_mode=False)"
        assert imported(statement) & set(HEAVY) == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_command_imports_no_library_for_files_that_it_does_not_write(
    imported_by_module: dict[str, set[str]], module: str
) -> None:
    assert module in imported_by_module[module]
    assert imported_by_module[module] & {"pandas", "geopandas", "pyogrio", "openpyxl", "flask", "folium", "dask"} == set()


def test_every_command_is_in_the_table() -> None:
    """A group or command that a module defines is an entry, or a command within one."""
    within = {id(command) for entry in COMMANDS.values() for command in _tree(entry.load())}
    folder = Path(lodebase.cli.__file__).parent
    missing = [
        f"{path.stem}.{name}"
        for path in sorted(folder.rglob("*.py"))
        for name, command in _defined(path).items()
        if command is not cli and id(command) not in within
    ]
    assert missing == []


def _defined(path: Path) -> dict[str, click.Command]:
    module = import_module(".".join(path.relative_to(Path(lodebase.__file__).parents[1]).with_suffix("").parts))
    functions = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    found = {name: getattr(module, name) for name in functions}
    return {name: value for name, value in found.items() if isinstance(value, click.Command)}


def _tree(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    children = [command.get_command(context, name) for name in command.list_commands(context)]
    return [command, *(command for child in children if child is not None for command in _tree(child))]


@pytest.mark.parametrize("name", COMMANDS)
def test_an_entry_has_the_name_of_its_command_and_a_sentence(name: str) -> None:
    entry = COMMANDS[name]
    assert entry.load().name == name
    assert entry.help.endswith(".") and entry.help[0].isupper() and "\n" not in entry.help


def test_the_help_lists_every_command_with_its_sentence() -> None:
    shown = " ".join(CliRunner().invoke(cli, ["--help"]).output.split())
    for name, entry in COMMANDS.items():
        assert f" {name} {entry.help}" in shown
