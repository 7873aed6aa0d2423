"""The search text of a record: its names and aliases in normal form, with romanised forms, pinyin and initials."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lodedata.normal_form import normalise_search_text

MAX_PARTS = 12
"""Parts of a name from which a search may begin, as of a Latin name from its second word on."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Russian after BGN/PCGN, as most maps write it, without the signs, which normal forms drop; the letters of Kazakh, Ukrainian
# and Serbian that it lacks; and Latin letters that Unicode does not take apart
_ROMAN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)),
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
        "ё": "e",
        "і": "i",
        "ї": "i",
        "є": "ye",
        "ґ": "g",
        "ў": "u",
        "ә": "a",
        "ғ": "g",
        "қ": "k",
        "ң": "n",
        "ө": "o",
        "ұ": "u",
        "ү": "u",
        "һ": "h",
        "ђ": "dj",
        "ј": "j",
        "љ": "lj",
        "њ": "nj",
        "ћ": "c",
        "џ": "dz",
        "ѓ": "g",
        "ќ": "k",
        "ѕ": "dz",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
    }
)
_ADJECTIVE = re.compile(r"[иы][йи]\b")
"""Endings of Russian names that maps write as y: folding takes the breve from й."""
_SYLLABLE = (
    "(?:[bpmf]?(?:a|ai|an|ang|ao|o|ei|en|eng|ou)|[bpm](?:i|ie|iao|ian|in|ing|u)|fu|miu|"
    "[dtnlgkhzcs](?:a|ai|an|ang|ao|e|ei|en|eng|ou|ong|u|uo|uan|un|ui)|[zcs]i|[dtnl](?:i|ie|iao|ian|ing)|[dnl]iu|"
    "[nl](?:in|iang|v|ve|ue)|lia|dia|[zcs]h(?:a|ai|an|ang|ao|e|ei|en|eng|i|ou|ong|u|ua|uai|uan|uang|ui|un|uo)|"
    "r(?:an|ang|ao|e|en|eng|i|ong|ou|u|ua|uan|ui|un|uo)|[gkh](?:ua|uai|uang)|"
    "[jqx](?:i|ia|ian|iang|iao|ie|in|ing|iong|iu|u|uan|ue|un)|y(?:a|ai|an|ang|ao|e|i|in|ing|o|ong|ou|u|uan|ue|un)|"
    "w(?:a|ai|an|ang|ei|en|eng|o|u)|er|e)"
)
_PINYIN = re.compile(f"{_SYLLABLE}{{2,6}}")


def search_text(names: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """Return a text of lines in four parts: names, aliases, pinyin of their Chinese, and initials.

    Romanised forms are among the aliases. Each line is in its normal form and occurs once, in its first part. An empty line
    separates the parts; empty parts at the end are omitted.
    """
    groups = (tuple(names), tuple(aliases))
    folded = [dict.fromkeys(map(normalise_search_text, group)) for group in groups]
    folded[1].update(dict.fromkeys(romanise_line(line) for part in folded for line in part if not line.isascii()))
    runs = [run for group in groups for name in group if not name.isascii() for run in _CHINESE.findall(name)]
    sounds = dict.fromkeys(part for run in runs for part in derive_pinyin_parts(run))
    initials = dict.fromkeys(transcribe_to_pinyin(run)[1] for run in runs)
    initials.update(dict.fromkeys(letters for part in folded for line in part for letters in name_initials(line)))
    parts = (*folded, sounds, initials)
    seen = {""}
    for part in parts:
        for line in seen & part.keys():
            del part[line]
        seen.update(part)
    return "\n\n".join(map("\n".join, parts)).rstrip("\n")


def romanise_line(line: str) -> str:
    """Return a normal form in Latin letters, as far as it is Cyrillic or Latin: норильск gives ``norilsk``."""
    return line if line.isascii() else _ADJECTIVE.sub("y", line).translate(_ROMAN)


def name_initials(line: str) -> Iterator[str]:
    """Yield the initials of a normal form: of its tokens (``ot`` for oyu tolgoi), or of the syllables of pinyin (``zjs``)."""
    if not line.isascii():
        return
    tokens = [word for word in line.split() if word.isalpha()]
    if 1 < len(tokens) <= MAX_PARTS:
        yield "".join(word[0] for word in tokens)
    if len(tokens) == 1:
        yield from _derive_syllable_initials(tokens[0])


def _derive_syllable_initials(word: str) -> Iterator[str]:
    """Yield the first letters of the syllables of a word that is pinyin of two to six characters."""
    if _PINYIN.fullmatch(word) is None:
        return
    rest, letters = word, ""
    while rest:
        # the longest first syllable after which the rest is pinyin too
        sizes = (n for n in range(min(6, len(rest)), 0, -1) if _IS_SYLLABLE.fullmatch(rest[:n]) and _REST.fullmatch(rest[n:]))
        size = next(sizes, len(rest))
        letters, rest = letters + rest[0], rest[size:]
    yield letters


_IS_SYLLABLE = re.compile(_SYLLABLE)
_REST = re.compile(f"{_SYLLABLE}*")


@lru_cache(maxsize=20_000)
def _transcribe_syllables(chinese: str) -> list[str]:
    # its table of phrases takes a fifth of the start of a command, and many commands see no Chinese
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(chinese)


def derive_pinyin_parts(chinese: str) -> Iterator[str]:
    """Yield the pinyin of a Chinese text, whole and from each of its characters on but the last."""
    syllables = _transcribe_syllables(chinese)
    for n in range(max(1, min(len(syllables) - 1, MAX_PARTS))):
        yield "".join(syllables[n:])


def transcribe_to_pinyin(chinese: str) -> tuple[str, str]:
    """Return a Chinese text in pinyin without tones, and its initials: 德兴 gives ``dexing`` and ``dx``."""
    syllables = _transcribe_syllables(chinese)
    # characters without a reading stay as they are
    return "".join(syllables), "".join(part[0] if part.isascii() else part for part in syllables)
