"""The model of metal that arises in reach: every input is needed, and the formula is the one that the page shows."""

import pytest

from lodedata.topics.recycling.reach import ReachModel


@pytest.mark.parametrize(
    ("design", "supply", "share", "arising", "ratio"),
    [
        (50_000.0, 1e6, 2.5, 25_000, 2),
        (None, 1e6, 2.5, 25_000, None),
        (50_000.0, None, 2.5, None, None),
        (50_000.0, 1e6, None, None, None),
        (50_000.0, 1e6, 0.0, 0, None),
    ],
)
def test_capacity_by_metal_that_arises(
    design: float | None, supply: float | None, share: float | None, arising: float | None, ratio: float | None
) -> None:
    reach_model = ReachModel(supply, share, design)
    assert (reach_model.arising_t, reach_model.ratio) == (arising, ratio)
