"""Values of cells: numbers, dates and angles, and problems that are reported rather than guessed around."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodedata.cells import (
    MINUS_SIGNS,
    Unreadable,
    count_decimals,
    normalise_cell_text,
    number,
    parse_degrees,
    parse_partial_date,
)

examples = settings(derandomize=True, deadline=None, max_examples=200)
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" 12.5 ", 12.5),
        ("-.5", -0.5),
        ("+3", 3),
        ("1e3", 1000),
        ("1.5E-2", 0.015),
        ("1,234,567.8", 1234567.8),
        ("1 234 567", 1234567),
        ("1\u00a0234.5", 1234.5),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("1’234.5", 1234.5),
        ("１２３．５", 123.5),
        ("１，２３４", 1234),
        ("\u221224.27", -24.27),
        ("－５", -5),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1060000[5]", 1_060_000), ("1,200 [a]", 1200), ("3.5[12][13]", 3.5), ("７０［２］", 70), ("-4[note 1]", -4)],
)
def test_the_mark_of_a_footnote_is_no_part_of_the_number(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["[5]", "12[", "12[abc]", "5 [2019]", "1060000(5)"])
def test_other_text_in_brackets_is_no_footnote(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text)


@pytest.mark.parametrize("sign", MINUS_SIGNS)
def test_every_minus_sign_is_read_as_a_minus(sign: str) -> None:
    assert number(f"{sign}70.5") == -70.5


@pytest.mark.parametrize(
    "text",
    ["", " ", "x", "1_000", "nan", "NaN", "inf", "-Infinity", "1e999", "0x10", "1.2.3", "--5", "5-", "(5)", "5%", "1,23,456"],
)
def test_text_that_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text)


@pytest.mark.parametrize("text", ["10³", "²", "①", "½"])
def test_small_and_circled_digits_are_not_taken_for_plain_ones(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text)


def test_thousands_are_grouped_by_one_mark() -> None:
    with pytest.raises(Unreadable):
        number("1,234 567")


@pytest.mark.parametrize("text", ["1.234,5", "1,5", "0,123", "-24,27", "1.234.567"])
def test_a_decimal_comma_in_a_column_of_points_is_reported(text: str) -> None:
    with pytest.raises(Unreadable, match="say `decimal: ','`"):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1.234,5", 1234.5), ("0,123", 0.123), ("1,234", 1.234), ("1.234", 1234), ("7", 7)]
)
def test_a_column_of_decimal_commas_reads_the_comma_as_such(text: str, value: float) -> None:
    assert number(text, ",") == value


@pytest.mark.parametrize("text", ["1.5", "0.123", "-24.27"])
def test_a_decimal_point_in_a_column_of_commas_is_reported(text: str) -> None:
    with pytest.raises(Unreadable, match=r"say `decimal: '\.'`"):
        number(text, ",")


finite = st.decimals(min_value=-(10**9), max_value=10**9, places=4).map(float)


@examples
@given(finite)
def test_the_same_number_is_read_however_it_is_printed(value: float) -> None:
    english = f"{value:,.4f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert number(f"{value:.4f}") == number(english) == number(german, ",") == value
    assert number(english.translate(FULL_WIDTH)) == value
    assert number(english.replace(",", "\u202f").replace("-", "\u2212")) == value


@examples
@given(st.text(max_size=12), st.sampled_from(".,"))
def test_any_text_is_a_finite_number_or_unreadable(text: str, decimal: str) -> None:
    with suppress(Unreadable):
        assert abs(number(text, decimal)) < float("inf")


@pytest.mark.parametrize(
    ("text", "first", "precision"),
    [
        ("2019", date(2019, 1, 1), "year"),
        ("2019年", date(2019, 1, 1), "year"),
        ("２０１９", date(2019, 1, 1), "year"),
        ("2019-05", date(2019, 5, 1), "month"),
        ("2019/5", date(2019, 5, 1), "month"),
        ("2019年5月", date(2019, 5, 1), "month"),
        ("2019-05-31", date(2019, 5, 31), "day"),
        ("2019/5/31", date(2019, 5, 31), "day"),
        ("2019年5月31日", date(2019, 5, 31), "day"),
        ("2019-05-31T08:00:00+08:00", date(2019, 5, 31), "day"),
        ("2019-05-31 00:00:00", date(2019, 5, 31), "day"),
    ],
)
def test_a_date_is_known_to_the_year_the_month_or_the_day(text: str, first: date, precision: str) -> None:
    partial_date = parse_partial_date(text)
    assert (partial_date.first, partial_date.precision) == (first, precision)


@pytest.mark.parametrize(
    "text", ["", "soon", "2019-13", "2019-02-30", "2019-00", "1499", "2200", "31/05/2019", "20190531", "2019-05-31 or so"]
)
def test_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_partial_date(text)


@examples
@given(st.dates(date(1927, 5, 19), date(2173, 10, 13)))
def test_a_spreadsheets_day_number_is_reported_with_its_date(day: date) -> None:
    """Excel counts days from 1899-12-30 (after February 1900): 2020-01-01 is 43831."""
    assert (date(2020, 1, 1) - date(1899, 12, 30)).days == 43831
    serial = (day - date(1899, 12, 30)).days
    with pytest.raises(Unreadable, match=f"spreadsheet's day number \\({day.isoformat()}\\)"):
        parse_partial_date(str(serial))
    with pytest.raises(Unreadable, match=day.isoformat()):
        parse_partial_date(f"{serial}.5")


@examples
@given(st.dates(date(1500, 1, 1), date(2199, 12, 31)))
def test_a_day_is_the_same_in_english_and_chinese(day: date) -> None:
    assert parse_partial_date(day.isoformat()) == parse_partial_date(f"{day.year}年{day.month}月{day.day}日")
    assert parse_partial_date(day.isoformat()).first == day


@pytest.mark.parametrize(
    "text",
    [
        "-24.27",
        "\u221224.27",
        "24.27S",
        "24.27° S",
        "S 24.27",
        "24°16'12\"S",
        "24° 16′ 12″ S",
        "24º16'12\"S",
        "24˚16'12\"S",
        "S24°16'12\"",
        "-24°16'12\"",
        "\u221224°16′12″",
        "24 16 12 S",
        "-24:16:12",
        "24d16m12sS",
        "24°16.2'S",
        "南纬24度16分12秒",
        "南纬24°16′12″",
    ],
)
def test_one_latitude_in_many_writings(text: str) -> None:
    """24°16'12"S is 24 + 16/60 + 12/3600 degrees south: -24.27."""
    assert parse_degrees(text) == pytest.approx(-24.27, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("东经102°36′30″", 102 + 36.5 / 60), ("西经70°", -70), ("北纬30度19分", 30 + 19 / 60)),
        *(
            ("7°30'O", -7.5),
            ("118°24' в.д.", 118.4),
            ("12°30' ю. ш.", -12.5),
            ("70° з.д.", -70),
            ("2°30' LS", -2.5),
            ("121°30'BT", 121.5),
        ),
    ],
)
def test_hemispheres_in_other_languages(text: str, value: float) -> None:
    assert parse_degrees(text) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "x", "24°60'", "24°16'60\"", "24-16-12", "N24°16'12\"S", "-24°16'12\"N", "24°16'12\"N 24", "24°16'S -", "北纬24S"],
)
def test_what_is_no_angle_or_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_degrees(text)


def test_an_angle_with_a_decimal_comma() -> None:
    assert parse_degrees("24,27", ",") == 24.27
    assert parse_degrees("24,27° S", ",") == -24.27


@examples
@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 5999).map(lambda n: n / 100),
    st.sampled_from(
        [
            lambda d, m, s, west: f"{d}°{m:02}'{s:05.2f}\"{'W' if west else 'E'}",
            lambda d, m, s, west: f"{'W' if west else 'E'} {d}° {m}′ {s:.2f}″",
            lambda d, m, s, west: f"{'西' if west else '东'}经{d}度{m}分{s:.2f}秒",
            lambda d, m, s, west: f"{'-' if west else ''}{d}:{m:02}:{s:05.2f}",
            lambda d, m, s, west: f"{'-' if west else ''}{d} {m} {s:.2f}",
        ]
    ),
    st.booleans(),
)
def test_degrees_minutes_and_seconds_add_up(
    d: int, m: int, s: float, written: Callable[[int, int, float, bool], str], west: bool
) -> None:
    value = d + m / 60 + s / 3600
    assert parse_degrees(written(d, m, s, west)) == pytest.approx(-value if west else value, abs=1e-9)


@examples
@given(st.text(max_size=14))
def test_any_text_is_an_angle_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        assert abs(parse_degrees(text)) < float("inf")


@pytest.mark.parametrize(
    ("text", "count"), [("24", 0), ("24.0", 0), ("24.", 0), ("24.5", 1), ("24.50", 1), ("-24,27", 2), ("\u221224.271", 3)]
)
def test_decimals_that_say_something_are_counted(text: str, count: int) -> None:
    assert count_decimals(text) == count


@pytest.mark.parametrize("text", ["24°16'", "1e5", "24.5S", ""])
def test_decimals_of_what_is_no_plain_number_are_unknown(text: str) -> None:
    assert count_decimals(text) is None


def test_normal_text_has_plain_forms_and_no_outer_space() -> None:
    assert normalise_cell_text("　ＡＢＣ１２３（％）　") == "ABC123(%)"
    assert normalise_cell_text("\u2212\u2013\uff0d") == "---"
