"""What the tests of the command share."""

from collections.abc import Iterator

import pytest

from lodebase.cli import output


@pytest.fixture(autouse=True)
def no_chosen_language() -> Iterator[None]:
    """A command in this process leaves its ``--lang``; the next test has none."""
    yield
    output.chosen_language.set(None)
