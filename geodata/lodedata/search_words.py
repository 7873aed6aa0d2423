"""The words by which a record is found: its names and aliases folded, with pinyin and its initials."""

import re
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from lodedata.vocab import fold

_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def search_text(names: Iterable[str]) -> str:
    """One text of all names, each folded, a Chinese one also as whole pinyin and as initials; parted by line breaks."""
    words: dict[str, None] = {}
    for name in names:
        words[fold(name)] = None
        for chinese in _CHINESE.findall(name):
            words.update(dict.fromkeys(pinyin(chinese)))
    return "\n".join(word for word in words if word)


@lru_cache(maxsize=20_000)
def pinyin(chinese: str) -> tuple[str, str]:
    """A Chinese text in pinyin without tones, and its initials: 德兴 gives ``dexing`` and ``dx``."""
    return "".join(lazy_pinyin(chinese)), "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER))
