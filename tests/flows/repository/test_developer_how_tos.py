"""The how-tos for developers work word for word: their commands run in a copy of the checkout."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flows.repository.operate_docs import ROOT, blocks, operating_environment, run_blocks

FOLDER = ROOT / "docs" / "how-to"
PRODUCT = ("geodata", "platform", "web/lodeweb", "migrations")
PRINTED = {
    "add-a-field": "Fault Hill north-south faults",
    "add-a-kind": "North block A Mining 120.5",
    "add-a-source": "Second Hill [nickel]",
}
"""The last row that each page's own commands print."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the product's folders, whose files the commands may change."""
    for name in PRODUCT:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    return tmp_path


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("suffix", ["", ".zh"], ids=["en", "zh"])
def test_the_commands_of_a_page_run(
    checkout: Path,
    made_home: Path,
    new_home: Path,
    lode: Callable[..., subprocess.CompletedProcess[str]],
    name: str,
    suffix: str,
) -> None:
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    paths = os.pathsep.join(str(checkout / part) for part in ("geodata", "platform", "web"))
    environment = operating_environment(new_home, 8000, PYTHONPATH=paths)
    made = [block for block in blocks(FOLDER / f"{name}{suffix}.md") if block.is_run]
    output = run_blocks(made, environment, checkout)
    assert PRINTED[name] in " ".join(output.split()), output


def test_both_languages_give_the_same_commands() -> None:
    for name in PRINTED:
        english, chinese = (blocks(FOLDER / f"{name}{suffix}.md") for suffix in ("", ".zh"))
        assert [block.text for block in english] == [block.text for block in chinese], name
