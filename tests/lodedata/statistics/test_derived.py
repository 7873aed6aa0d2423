"""Derived figures: those of the USGS commodity summaries, ranges because of other countries, and what is refused."""

from pathlib import Path

import pytest

from lodedata import sources
from lodedata.mapping import Tally
from lodedata.statistics import derived
from lodedata.statistics.conversion import NotConvertible, convert
from lodedata.statistics.derived import compute_reserve_years, derive_concentration
from lodedata.statistics.reading import read_statistics
from lodedata.statistics.series import WORLD_ROUNDED
from lodedata.statistics.table_spec import StatisticsSource

EDITION_2025 = [
    ("copper", "mine", 23.0e6, "CHL 23.4|COD 14.6|PER 11.5", 1069, 1211, 1.80e6, 980e6, 43, 23),
    ("copper", "refinery", 27.0e6, "CHN 44.1|COD 9.2|CHL 7.0", 2168, 2252, 12.0e6, None, None, None),
    ("bauxite", "mine", 450e6, "GIN 28.9|AUS 22.2|CHN 20.6", 1895, 1897, 93e6, 29e9, 64, 7),
    ("alumina", "refinery", 142e6, "CHN 59.2|AUS 12.7|BRA 7.7", 3766, 3767, 84e6, None, None, None),
    ("aluminium", "smelter", 72e6, "CHN 60.0|IND 5.9|RUS 5.3", 3721, 3811, 43e6, None, None, None),
    ("nickel", "mine", 3.70e6, "IDN 60.2|PHL 9.0|RUS 5.7", 3798, 3865, 120e3, 130e6, 35, 37),
    ("tin", "mine", 300e3, "CHN 23.4|IDN 16.9|MMR 11.5", 1318, 1319, 69e3, 4.2e6, 14, 14),
    ("lithium", "mine", 240e3, "AUS 37.4|CHL 20.8|CHN 17.4", 2303, 2303, 41e3, 30e6, 125, 73),
]
"""Commodity, stage, printed world total of 2024, leaders in per cent, HHI range, China, world reserves, R/P of both.

Computed from the rows of U.S. Geological Survey, 2025, Mineral Commodity Summaries 2025 data release.
"""
EDITION_2026 = [
    ("lithium", 290e3, 62e3, 37e6, 4.6e6, 128, 74),
    ("cobalt", 310e3, None, 12e6, None, 39, None),
]
"""World and Chinese production of 2025, world and Chinese reserves, and their ratios, in the edition of 2026."""
LEADERS_2026 = [
    ("lithium", "AUS 31.9|CHN 21.5|CHL 19.4", 2047, 2047),
    ("cobalt", "COD 73.1|IDN 14.0|RUS 2.4", 5554, 5562),
]
"""Shares of the leaders in 2025 in per cent, and the HHI range, in the edition of 2026; its other rows are not here."""
TWO_EDITIONS = [
    ("cobalt", "production", "WLD-rounded", 290e3, 302e3),
    ("lithium", "production", "WLD-rounded", 240e3, 222e3),
    ("lithium", "reserves", "CHN", 3.0e6, 4.6e6),
]
"""Values of 2024 in the edition of 2025, whose file is read, and in that of 2026."""


def values(real_data: Path, commodity: str, stage: str, indicator: str) -> dict[str, float | None]:
    """The latest values of each area in tonnes."""
    source = sources.load_source("usgs-mcs2025")
    assert isinstance(source, StatisticsSource)
    return {
        key.area: None if one.value is None else one.value * 10**key.unit_mult
        for reading in read_statistics(source, real_data / "usgs-mcs2025", Tally())
        for key, one in reading.observations
        if (key.commodity, key.indicator) == (commodity, indicator) and one.period.year == 2024
        if indicator == "reserves" or key.stage == stage
    }


@pytest.mark.parametrize("figure", EDITION_2025, ids=lambda figure: f"{figure[0]}-{figure[1]}")
def test_the_shares_and_ratios_of_the_edition_of_2025_are_reproduced(
    real_data: Path, figure: tuple[str, str, float, str, int, int, float, float | None, int | None, int | None]
) -> None:
    commodity, stage, world, leaders, low, high, china, reserves, ratio_world, ratio_china = figure
    produced = values(real_data, commodity, stage, "production")
    assert produced.pop(WORLD_ROUNDED) == world
    found = derive_concentration(produced)
    assert found is not None
    assert "|".join(f"{area} {share:.1f}" for area, share in found.leaders) == leaders
    assert (round(found.hhi_low), round(found.hhi_high)) == (low, high)
    assert produced["CHN"] == china
    if reserves is not None:
        known = values(real_data, commodity, stage, "reserves")
        assert known[WORLD_ROUNDED] == reserves
        assert [
            round(compute_reserve_years(known[area], made).low or 0) for area, made in ((WORLD_ROUNDED, world), ("CHN", china))
        ] == [ratio_world, ratio_china]


def test_what_is_withheld_is_named_and_no_zero(real_data: Path) -> None:
    found = derive_concentration(
        {a: v for a, v in values(real_data, "lithium", "mine", "production").items() if a != WORLD_ROUNDED}
    )
    assert found is not None
    assert found.withheld == ("USA",)


@pytest.mark.parametrize("figure", EDITION_2026, ids=lambda figure: figure[0])
def test_the_ratios_of_the_edition_of_2026_are_reproduced(
    figure: tuple[str, float, float | None, float, float | None, int, int | None],
) -> None:
    _, world, china, reserves_world, reserves_china, ratio_world, ratio_china = figure
    assert round(compute_reserve_years(reserves_world, world).low or 0) == ratio_world
    china_low = compute_reserve_years(reserves_china, china).low
    assert (None if china_low is None else round(china_low)) == ratio_china


@pytest.mark.parametrize("figure", LEADERS_2026, ids=lambda figure: figure[0])
def test_the_leaders_of_the_edition_of_2026_agree_with_its_index(figure: tuple[str, str, int, int]) -> None:
    """Of three shares the index is known within what the rest may add: nothing, or countries as large as the third."""
    _, leaders, low, high = figure
    shares = {area: float(share) for area, share in (part.split() for part in leaders.split("|"))}
    rest = 100 - sum(shares.values())
    found = derive_concentration({**shares, "rest": rest})
    assert found is not None
    assert "|".join(f"{area} {share:.1f}" for area, share in found.leaders) == leaders
    smallest = min(shares.values())
    assert found.hhi_low <= low <= high <= found.hhi_low + rest * smallest


@pytest.mark.parametrize("figure", TWO_EDITIONS, ids=lambda figure: f"{figure[0]}-{figure[1]}")
def test_a_later_edition_revises_the_value_of_the_earlier_one(
    real_data: Path, figure: tuple[str, str, str, float, float]
) -> None:
    commodity, indicator, area, first, later = figure
    assert values(real_data, commodity, "mine", indicator)[WORLD_ROUNDED if area != "CHN" else area] == first
    assert derived.compute_yearly_growth(later, first).low == pytest.approx(100 * (later / first - 1))


def test_reserves_by_a_stricter_code_give_a_smaller_ratio() -> None:
    """Australia's lithium reserves are 8.4 Mt, of which 5.1 Mt comply with the JORC code; its share of 290 kt is 31.9 %."""
    produced = 0.319 * 290e3
    assert [round(compute_reserve_years(reserves, produced).low or 0) for reserves in (8.4e6, 5.1e6)] == [91, 55]


def test_two_sources_state_two_outputs_of_refined_copper(real_data: Path) -> None:
    """China 2024: the U.S. Geological Survey 12.0 Mt, the table of the statistics bureau 13.64 Mt."""
    source = sources.load_source("china-nbs-output-unverified")
    assert isinstance(source, StatisticsSource)
    (bureau,) = {
        one.value * 10**key.unit_mult
        for reading in read_statistics(source, real_data / "china-nbs-output-unverified", Tally())
        for key, one in reading.observations
        if (key.commodity, key.transformation, one.period.year) == ("copper", "level", 2024) and one.value is not None
    }
    assert (values(real_data, "copper", "refinery", "production")["CHN"], round(bureau / 1e6, 2)) == (12.0e6, 13.64)


def test_nickel_reserves_are_a_lower_bound(real_data: Path) -> None:
    source = sources.load_source("usgs-mcs2025")
    assert isinstance(source, StatisticsSource)
    (bound,) = {
        one.bound
        for reading in read_statistics(source, real_data / "usgs-mcs2025", Tally())
        for key, one in reading.observations
        if (key.commodity, key.indicator, key.area) == ("nickel", "reserves", WORLD_ROUNDED)
    }
    assert bound == ">"
    assert compute_reserve_years(130e6, 3.7e6, at_least=True).open_end


def test_other_countries_widen_the_index_to_a_range() -> None:
    found = derive_concentration({"CHL": 60, "PER": 20, "rest": 20})
    assert found is not None
    assert (found.hhi_low, found.hhi_high, found.rest_share, found.top_three) == (4000, 4400, 20, 80)
    assert derive_concentration({"CHL": None}) is None
    assert derive_concentration({"CHL": 0.0}) is None


def test_a_ratio_without_its_inputs_has_a_reason_and_a_bound_stays_one() -> None:
    assert str(compute_reserve_years(None, 5).reason) == "Reserves are not reported."
    assert compute_reserve_years(10, 0).low is None
    assert compute_reserve_years(130e6, 3.7e6, at_least=True).open_end


def test_growth_from_levels_is_not_the_published_growth() -> None:
    # 8,175.0 and 7,918.8 ten thousand tonnes; published was +3.9 %
    assert round(derived.compute_yearly_growth(8175.0, 7918.8).low or 0, 2) == 3.24
    assert derived.compute_yearly_growth(8175.0, None).reason is not None


def test_apparent_consumption_and_reliance_name_what_is_missing() -> None:
    consumption = derived.derive_apparent_consumption(850, 810, 60)
    assert consumption.low == 1600
    assert round(derived.compute_import_reliance(consumption.low, 850).low or 0) == 47
    assert derived.derive_apparent_consumption(850, None, 60).reason is not None
    assert derived.compute_import_reliance(None, 850).reason is not None


def test_a_conversion_has_its_factor_and_gross_weight_needs_a_grade() -> None:
    found = convert(100, "lithium", "content", "lce")
    assert found.value == pytest.approx(532.3)
    assert found.factor == 5.323
    assert convert(532.3, "lithium", "lce", "content").value == pytest.approx(100)
    for basis, wanted in (("gross", "content"), ("content", "ore")):
        with pytest.raises(NotConvertible, match="without a grade"):
            convert(1, "copper", basis, wanted)
    with pytest.raises(NotConvertible, match="no factor"):
        convert(1, "copper", "content", "oxide")
