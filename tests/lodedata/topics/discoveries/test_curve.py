"""The discovery curve: finds and metal by decade and group, with running totals; figures made up."""

from lodedata.topics.discoveries.curve import Find, count_decades


def test_metal_and_finds_add_up_over_decades_of_each_group() -> None:
    finds = [
        Find("a", "CAN", 1961, 100.0),
        Find("b", "CAN", 1969, None),
        Find("c", "CAN", 1980, 50.0),
        Find("d", "CHL", 1961, 10.0),
        Find("e", "CAN", None, 1000.0),
    ]
    first, second, chile = count_decades(finds)
    assert (first.group, first.decade, first.deposits, first.with_metal, first.metal_t) == ("CAN", 1960, 2, 1, 100.0)
    assert (first.mean_metal_t, first.median_metal_t, first.deposits_so_far, first.metal_so_far_t) == (100.0, 100.0, 2, 100.0)
    assert (second.decade, second.deposits_so_far, second.metal_so_far_t) == (1980, 3, 150.0)
    assert (chile.group, chile.deposits_so_far, chile.metal_so_far_t) == ("CHL", 1, 10.0)


def test_finds_without_a_figure_have_no_mean_and_those_without_a_year_no_decade() -> None:
    (only,) = count_decades([Find("a", None, 1900, None), Find("b", None, None, 5.0)])
    assert (only.decade, only.deposits, only.metal_t, only.mean_metal_t, only.metal_so_far_t) == (1900, 1, None, None, 0.0)
    assert count_decades([]) == ()
