"""The search terms of a record, in both scripts."""

import pytest

from lodedata.normal_form import normalise_search_text
from lodedata.search_terms import name_initials, romanise_line, search_text, transcribe_to_pinyin


@pytest.mark.parametrize(
    ("chinese", "whole", "initials"),
    [("德兴", "dexing", "dx"), ("重庆", "chongqing", "cq"), ("金川", "jinchuan", "jc"), ("甲基卡", "jiajika", "jjk")],
)
def test_chinese_is_found_by_pinyin_and_its_initials(chinese: str, whole: str, initials: str) -> None:
    """重庆 is read chongqing, as the city is, and not zhongqing."""
    assert transcribe_to_pinyin(chinese) == (whole, initials)


def test_all_names_stand_in_one_text_each_folded_then_pinyin_then_initials() -> None:
    assert parts(search_text(["Çayeli  Bakır", "德兴铜矿"], ["铜厂"])) == [
        *(["cayeli bakır", "德兴铜矿"], ["铜厂", "cayeli bakir"]),
        *(["dexingtongkuang", "xingtongkuang", "tongkuang", "tongchang"], ["dxtk", "tc", "cb"]),
    ]
    assert parts(search_text(["德兴铜矿"])) == [
        *(["德兴铜矿"], []),
        *(["dexingtongkuang", "xingtongkuang", "tongkuang"], ["dxtk"]),
    ]
    assert parts(search_text([], ["铜厂"])) == [[], ["铜厂"], ["tongchang"], ["tc"]]
    assert parts(search_text(["Tin"], ["Can"])) == [["tin"], ["can"]]


def parts(text: str) -> list[list[str]]:
    return [part.split("\n") if part else [] for part in text.split("\n\n")]


def test_the_same_term_is_listed_once_and_an_empty_name_not_at_all() -> None:
    assert search_text(["Tin", "TIN", "", "  ", "ＴＩＮ"]) == "tin"
    assert search_text(["Tin"], ["TIN", " tin"]) == "tin"
    assert search_text([]) == search_text([], [""]) == ""


def test_pinyin_that_is_a_name_of_the_record_is_listed_as_a_name() -> None:
    assert parts(search_text(["德兴", "Dexing"], ["DX"])) == [["德兴", "dexing"], ["dx"]]


def test_each_chinese_part_of_a_mixed_name_has_its_own_pinyin() -> None:
    assert parts(search_text(["Dexing 德兴 (江西)"])) == [
        ["dexing 德兴 江西"],
        [],
        ["dexing", "jiangxi"],
        ["dx", "jx"],
    ]


def test_other_scripts_are_preserved_and_romanised() -> None:
    assert parts(search_text(["Норильск", "ａｂｃ"])) == [["норильск", "abc"], ["norilsk"]]


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        *(("Надеждинский", "nadezhdinsky"), ("Талнах", "talnakh"), ("Удокан", "udokan"), ("Жезказган", "zhezkazgan")),
        *(("Мајданпек", "majdanpek"), ("Głogów", "glogow"), ("Rørøs", "roros"), ("Escondida", "escondida")),
    ],
)
def test_a_name_is_romanised(name: str, latin: str) -> None:
    assert romanise_line(normalise_search_text(name)) == latin


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        *(("Oyu Tolgoi", ["ot"]), ("Salar de Atacama", ["sda"]), ("Zijinshan", ["zjs"]), ("Dexing", ["dx"])),
        *(("Duobaoshan", ["dbs"]), ("Chengmenshan", ["cms"]), ("Escondida", []), ("Norilsk", []), ("紫金山", [])),
    ],
)
def test_the_initials_are_those_of_tokens_or_of_the_syllables_of_pinyin(name: str, initials: list[str]) -> None:
    assert list(name_initials(normalise_search_text(name))) == initials
