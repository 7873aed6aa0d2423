"""The words by which a record is found: its names and aliases folded, with pinyin and its initials."""

import re
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from lodedata.vocab import fold

PARTING = '-_/().,;:"+&、，。（）·；：'
"""What parts words like a space; the migration of the search terms has the same."""
SILENT = "'’‘`ʻʼ"
"""What is left out of words."""

_NORMAL = str.maketrans(dict.fromkeys(PARTING, " ") | dict.fromkeys(SILENT))
_PUNCTUATION = re.compile(f"[{re.escape(PARTING + SILENT)}]")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


def normal(text: str) -> str:
    """A name or question as it is compared: folded, without punctuation."""
    folded = fold(text)
    return " ".join(folded.translate(_NORMAL).split()) if _PUNCTUATION.search(folded) else folded


def search_text(names: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """One text of lines in four parts: names, aliases, whole pinyin of what is Chinese in them, and its initials.

    Each line is in its normal form and stands once, in the first part that it belongs to. An empty line parts the parts;
    parts without a line are left out at the end.
    """
    named = (tuple(names), tuple(aliases))
    folded = [dict.fromkeys(map(normal, group)) for group in named]
    runs = [run for group in named for name in group if not name.isascii() for run in _CHINESE.findall(name)]
    parts = (*folded, dict.fromkeys(pinyin(run)[0] for run in runs), dict.fromkeys(pinyin(run)[1] for run in runs))
    seen = {""}
    for part in parts:
        for line in seen & part.keys():
            del part[line]
        seen.update(part)
    return "\n\n".join(map("\n".join, parts)).rstrip("\n")


@lru_cache(maxsize=20_000)
def pinyin(chinese: str) -> tuple[str, str]:
    """A Chinese text in pinyin without tones, and its initials: 德兴 gives ``dexing`` and ``dx``."""
    return "".join(lazy_pinyin(chinese)), "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER))
