"""What the tests of the command share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.lodebase.cli.command import Lode, address, lode, process

from lodebase.cli import output

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


@pytest.fixture(autouse=True)
def no_chosen_language() -> Iterator[None]:
    """A command in this process leaves its ``--lang``; the next test has none."""
    yield
    output.chosen_language.set(None)


@pytest.fixture(params=["the entry point", "a process"])
def run(request: pytest.FixtureRequest) -> Lode:
    """Both ways to run the command, for what must hold in each."""
    return lode if request.param == "the entry point" else process


@pytest.fixture
def here(own_table: "OwnTable") -> Lode:
    """The command on the store of this test."""
    return lambda *arguments, **more: lode(*arguments, **{"LODE_DATABASE_URL": address(own_table), **more})
