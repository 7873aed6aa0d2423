"""The rank of sites by weighted criteria: only what is known at every site counts, and the rest is named."""

from lodebase.layout.reports.site_ranking import find_uncounted, rank_by_criteria

GROUND = {"port_km": 5.0, "railway_km": None}
NEAR = {"feed_km": 10.0, "nearby_tpa": 0.0, "nearest_km": 0.0, "not_met": 2.0, "no_data": 0.0} | GROUND
FAR = {"feed_km": 110.0, "nearby_tpa": 100.0, "nearest_km": 0.0, "not_met": 0.0, "no_data": 0.0} | GROUND


def test_the_weights_decide_the_order() -> None:
    assert [criterion.number for criterion in rank_by_criteria([FAR, NEAR], {"feed_km": 3, "not_met": 1})] == [1, 0]
    assert [criterion.number for criterion in rank_by_criteria([FAR, NEAR], {"feed_km": 1, "not_met": 3})] == [0, 1]
    assert rank_by_criteria([FAR, NEAR], {"feed_km": 3, "not_met": 1})[0].score == 0.75


def test_a_criterion_that_is_unknown_at_one_site_counts_for_none_and_is_named() -> None:
    unknown = NEAR | {"feed_km": None}
    weights = {"feed_km": 1, "not_met": 1}
    found = {criterion.number: criterion for criterion in rank_by_criteria([FAR, unknown], weights)}
    assert (found[0].score, found[1].score) == (1.0, 0.0)
    assert found[1].values["feed_km"] is None
    assert [site_criterion.name for site_criterion in find_uncounted([FAR, unknown], weights)] == ["feed_km"]


def test_without_a_known_criterion_there_is_no_score() -> None:
    assert [criterion.score for criterion in rank_by_criteria([NEAR, FAR], {"railway_km": 1})] == [None, None]
    assert [site_criterion.name for site_criterion in find_uncounted([NEAR, FAR], {"railway_km": 1})] == ["railway_km"]


def test_a_site_far_from_others_of_its_product_is_the_better_one() -> None:
    lonely, crowded = NEAR | {"nearest_km": 300.0}, NEAR | {"nearest_km": 5.0}
    assert [(criterion.number, criterion.score) for criterion in rank_by_criteria([crowded, lonely], {"nearest_km": 1})] == [
        (1, 1.0),
        (0, 0.0),
    ]


def test_a_site_near_a_port_is_the_better_one_whatever_the_unknown_railway() -> None:
    inland = NEAR | {"port_km": 500.0}
    ranked_sites = rank_by_criteria([inland, NEAR], {"port_km": 1, "railway_km": 1})
    assert [(ranked_site.number, ranked_site.score) for ranked_site in ranked_sites] == [(1, 1.0), (0, 0.0)]
