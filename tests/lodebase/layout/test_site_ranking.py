"""The rank of sites by weighted criteria: unknown values make a range, and never count as zero."""

from lodebase.layout.reports.site_ranking import ranked

GROUND = {"port_km": 5.0, "railway_km": None}
NEAR = {"feed_km": 10.0, "nearby_tpa": 0.0, "nearest_km": 0.0, "not_met": 2.0, "no_data": 0.0} | GROUND
FAR = {"feed_km": 110.0, "nearby_tpa": 100.0, "nearest_km": 0.0, "not_met": 0.0, "no_data": 0.0} | GROUND


def test_the_weights_decide_the_order() -> None:
    assert [one.number for one in ranked([FAR, NEAR], {"feed_km": 3, "not_met": 1})] == [1, 0]
    assert [one.number for one in ranked([FAR, NEAR], {"feed_km": 1, "not_met": 3})] == [0, 1]
    best = ranked([FAR, NEAR], {"feed_km": 3, "not_met": 1})[0]
    assert (best.low, best.high) == (0.75, 0.75)


def test_an_unknown_value_makes_a_range() -> None:
    unknown = NEAR | {"feed_km": None}
    found = {one.number: one for one in ranked([FAR, unknown], {"feed_km": 1, "not_met": 1})}
    assert (found[1].low, found[1].high) == (0.0, 0.5)
    assert found[1].values["feed_km"] is None
    # the only known value is the best and the worst
    assert (found[0].low, found[0].high) == (1.0, 1.0)


def test_a_site_far_from_others_of_its_product_is_the_better_one() -> None:
    lonely, crowded = NEAR | {"nearest_km": 300.0}, NEAR | {"nearest_km": 5.0}
    assert [(one.number, one.low) for one in ranked([crowded, lonely], {"nearest_km": 1})] == [(1, 1.0), (0, 0.0)]


def test_a_site_near_a_port_is_the_better_one_and_an_unknown_railway_makes_a_range() -> None:
    inland = NEAR | {"port_km": 500.0}
    found = ranked([inland, NEAR], {"port_km": 1, "railway_km": 1})
    assert [(one.number, one.low, one.high) for one in found] == [(1, 0.5, 1.0), (0, 0.0, 0.5)]
