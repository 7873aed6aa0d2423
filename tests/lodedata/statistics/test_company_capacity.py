"""Capacity of companies: stated shares, sole owners and operators, and what is attributed to none."""

import pytest

from lodedata.statistics.company_capacity import ProjectCapacity, Stake, attribute_capacity
from lodedata.statistics.leagues import list_leagues


@pytest.mark.parametrize(
    ("stakes", "companies", "unattributed"),
    [
        ([Stake("a", 60), Stake("b", 40)], {"a": (60, 0), "b": (40, 0)}, 0),
        ([Stake("a", 51)], {"a": (51, 0)}, 49),
        ([Stake("a", 51), Stake("b")], {"a": (51, 0)}, 49),
        ([Stake("a")], {"a": (100, 100)}, 0),
        ([Stake("a"), Stake("b")], {}, 100),
        ([Stake("c", operates=True)], {"c": (100, 100)}, 0),
        ([Stake("a", 51), Stake("c", operates=True)], {"a": (51, 0)}, 49),
        ([Stake("a", 70), Stake("b", 70)], {}, 100),
        ([], {}, 100),
    ],
)
def test_capacity_is_attributed_by_stated_shares_and_to_sole_owners(
    stakes: list[Stake], companies: dict[str, tuple[float, float]], unattributed: float
) -> None:
    company_league = attribute_capacity([ProjectCapacity("p", "CHL", 100, stakes)])
    assert {company.company: (company.tonnes, company.assumed) for company in company_league.companies} == companies
    assert (company_league.total, company_league.unattributed) == (100, unattributed)


def test_concentration_by_company_is_a_range_of_what_is_not_attributed() -> None:
    capacities = [ProjectCapacity("p", "CHL", 100, [Stake("a", 50)]), ProjectCapacity("q", "CHN", 100, [Stake("a")])]
    concentration = attribute_capacity(capacities).concentration
    assert concentration is not None
    assert (concentration.hhi_low, concentration.hhi_high) == (75**2, 75**2 + 25**2)


def test_lithium_chemicals_are_added_as_carbonate() -> None:
    league = list_leagues()["lithium-refinery"]
    # molar masses: Li2CO3 73.89, LiOH·H2O 41.96: 73.89 / (2 x 41.96) = 0.8805
    assert league.tonnes("lithium-hydroxide", "product", 1000) == pytest.approx(880.5, abs=1)
    assert league.tonnes("battery-lithium-carbonate", None, 1000) == 1000
    assert league.tonnes("lithium-hydroxide", "LCE", 1000) == 1000
    assert league.tonnes("lithium-carbonate", "ore", 1000) is None
    assert list_leagues()["copper-mine"].tonnes("mine-copper", "concentrate", 1000) is None
