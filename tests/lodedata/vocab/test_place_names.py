"""The place names of the base map."""

import re

from lodedata.vocab import load_vocabulary_rows

CHINESE = re.compile(r"[\u4e00-\u9fff（）·]+")
LAST_ZOOM = 10


def test_every_place_has_both_names_a_position_and_a_zoom() -> None:
    rows = load_vocabulary_rows("place")
    assert len(rows) > 800
    for row in rows:
        assert row["name_en"] and not CHINESE.search(row["name_en"]), row
        assert CHINESE.fullmatch(row["name_zh"]), row
        assert -180 <= float(row["lon"]) <= 180 and -90 <= float(row["lat"]) <= 90, row
        assert 0 < float(row["zoom"]) <= LAST_ZOOM, row


def test_chinese_names_are_in_simplified_characters() -> None:
    """GB 2312 has none of the characters that were simplified."""
    for row in load_vocabulary_rows("place"):
        row["name_zh"].replace("·", "").encode("gb2312")


def test_no_place_is_listed_twice() -> None:
    rows = [(row["name_en"], round(float(row["lon"])), round(float(row["lat"]))) for row in load_vocabulary_rows("place")]
    assert len(rows) == len(set(rows))
