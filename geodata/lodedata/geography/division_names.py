"""Forms of a division's name: in full, short, with the word for its level, and in pinyin."""

import re
from collections.abc import Iterator

from lodedata.search_terms import transcribe_to_pinyin

LEVELS = (
    *("特别行政区", "自治区", "自治州", "自治县", "自治旗", "联合旗", "林区", "矿区", "特区", "地区"),
    *("省", "市", "县", "区", "盟", "旗"),
)
"""Terms for levels at the end of a name, longer ones first."""
NATIONALITIES = (
    *("蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克", "傣"),
    *("黎", "傈僳", "佤", "畲", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉"),
    *("毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "鄂温克", "德昂", "保安", "裕固", "独龙", "鄂伦春", "各"),
)
_NATIONALITIES = re.compile(
    "(?:(?:" + "|".join(sorted(NATIONALITIES, key=len, reverse=True)) + ")族)+$|(?:蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯)$"
)
AUTONOMOUS = {"自治区": "区", "自治州": "州", "自治县": "县", "自治旗": "旗"}
MIN_CHARACTERS = 2
"""Characters of the shortest short form: 丰县 is never 丰."""
_LATIN_LEVELS = re.compile(
    r"\b(autonomous|special administrative|province|prefecture|prefecture-level|region|municipality|city|county|district|"
    r"league|banner|sheng|shi|xian|qu|zhou|diqu|zizhizhou|zizhixian|zizhiqu)\b"
)


def strip_division_level(name: str) -> str:
    """Return a Chinese name without its level and the nationalities of an autonomous unit: 甘孜 of 甘孜藏族自治州."""
    level = next((word for word in LEVELS if name.endswith(word) and len(name) - len(word) >= MIN_CHARACTERS), None)
    if level is None:
        return name
    rest = name.removesuffix(level)
    if level in AUTONOMOUS:
        short = _NATIONALITIES.sub("", rest)
        rest = short if len(short) >= MIN_CHARACTERS else rest
    return rest


def list_chinese_forms(name: str) -> Iterator[str]:
    """Yield the forms of a Chinese name: 甘孜藏族自治州, 甘孜, 甘孜州."""
    short = strip_division_level(name)
    yield from dict.fromkeys((name, short))
    for level, word in AUTONOMOUS.items():
        if name.endswith(level) and short != name:
            yield short + word


def list_latin_forms(name_en: str, name_zh: str) -> Iterator[str]:
    """Yield the forms of a name in Latin letters: its English name, and the pinyin of its full and its short name."""
    yield normalise_latin_name(name_en)
    if name_zh:
        yield transcribe_to_pinyin(name_zh)[0]
        yield transcribe_to_pinyin(strip_division_level(name_zh))[0]


def normalise_latin_name(text: str) -> str:
    """Return a name in Latin letters without case, blanks and terms for a level: ``Zibo City`` gives ``zibo``."""
    lower = text.casefold()
    plain = re.sub(r"[^\w]|_", "", _LATIN_LEVELS.sub(" ", lower))
    return plain or re.sub(r"[^\w]|_", "", lower)
