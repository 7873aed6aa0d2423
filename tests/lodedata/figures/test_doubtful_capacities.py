"""The order of doubt: what is left out of an over-full sum of a country, and what stays."""

from lodedata.figures.doubtful_capacities import CountedCapacity, choose_doubtful

OUTPUT = 100.0


def test_sum_within_the_bound_leaves_nothing_out() -> None:
    assert choose_doubtful([CountedCapacity("a", 90.0), CountedCapacity("b", 60.0)], OUTPUT) == {}


def test_capacity_above_the_country_goes_first_and_the_rest_stays() -> None:
    listed = [CountedCapacity("large", 5_500.0, "2017-01-01"), CountedCapacity("small", 60.0, "2003-01-01", inferred=True)]
    assert choose_doubtful(listed, OUTPUT) == {"large": "above-country"}


def test_doubt_follows_basis_then_inference_then_age() -> None:
    listed = [
        CountedCapacity("new", 70.0, "2024-01-01"),
        CountedCapacity("old", 70.0, "2003-01-01"),
        CountedCapacity("undated", 70.0),
        CountedCapacity("inferred", 70.0, "2024-01-01", inferred=True),
        CountedCapacity("no basis", 70.0, "2024-01-01", has_basis=False),
    ]
    assert list(choose_doubtful(listed, OUTPUT).items()) == [
        ("no basis", "basis-unstated"),
        ("inferred", "status-inferred"),
        ("undated", "undated"),
    ]


def test_newest_figure_stays_longest() -> None:
    listed = [
        CountedCapacity("new", 70.0, "2024-01-01"),
        CountedCapacity("old", 70.0, "2003-01-01"),
        CountedCapacity("mid", 60.0, "2017"),
    ]
    assert choose_doubtful(listed, OUTPUT) == {"old": "oldest"}


def test_capacity_judged_right_is_never_left_out() -> None:
    listed = [CountedCapacity("judged", 500.0, judged_right=True), CountedCapacity("other", 20.0, "2024-01-01")]
    assert choose_doubtful(listed, OUTPUT) == {"other": "oldest"}


def test_choice_does_not_depend_on_the_order_of_rows() -> None:
    listed = [CountedCapacity(name, 60.0, "2008-01-01") for name in "dcba"]
    assert choose_doubtful(listed, OUTPUT) == choose_doubtful(listed[::-1], OUTPUT) == {"a": "oldest", "b": "oldest"}
