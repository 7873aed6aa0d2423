"""The search text of a record: its names and aliases in normal form, with pinyin and its initials."""

import re
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from lodedata.normal_form import normal

_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def search_text(names: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """Return a text of lines in four parts: names, aliases, full pinyin of their Chinese, and its initials.

    Each line is in its normal form and occurs once, in its first part. An empty line separates the parts; empty parts at
    the end are omitted.
    """
    groups = (tuple(names), tuple(aliases))
    folded = [dict.fromkeys(map(normal, group)) for group in groups]
    runs = [run for group in groups for name in group if not name.isascii() for run in _CHINESE.findall(name)]
    parts = (*folded, dict.fromkeys(pinyin(run)[0] for run in runs), dict.fromkeys(pinyin(run)[1] for run in runs))
    seen = {""}
    for part in parts:
        for line in seen & part.keys():
            del part[line]
        seen.update(part)
    return "\n\n".join(map("\n".join, parts)).rstrip("\n")


@lru_cache(maxsize=20_000)
def pinyin(chinese: str) -> tuple[str, str]:
    """Return a Chinese text in pinyin without tones, and its initials: 德兴 gives ``dexing`` and ``dx``."""
    return "".join(lazy_pinyin(chinese)), "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER))
