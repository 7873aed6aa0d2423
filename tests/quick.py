"""Matrices of which `make test` runs a part."""

from collections.abc import Collection
from typing import Any

import pytest


def mostly_slow(values: Collection[Any], quick: Collection[Any]) -> list[Any]:
    """Return the values, a tuple for each test of several, as parameters; all but the quick ones are marked slow."""
    rest = (value if isinstance(value, tuple) else (value,) for value in values if value not in quick)
    return [*(value for value in values if value in quick), *(pytest.param(*value, marks=pytest.mark.slow) for value in rest)]
