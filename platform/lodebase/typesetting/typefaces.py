"""Typefaces of printed documents, from those that are installed on this machine."""

from collections.abc import Collection
from functools import cache

import typst

LATIN = "Libertinus Serif"
"""Part of Typst: letters and digits of both languages."""
BODY = ("FangSong", "FangSong_GB2312", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "WenQuanYi Micro Hei")
"""Chinese typefaces of running text in order of preference; official documents have FangSong (GB/T 9704-2012, 5.2.2)."""
HEAD = ("SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
"""Chinese typefaces of headings and tables."""

SECOND = ("KaiTi", "KaiTi_GB2312", "STKaiti", "AR PL UKai CN", "LXGW WenKai")
"""Chinese typefaces of second headings (GB/T 9704-2012, 7.3.3)."""


@cache
def find_installed_typefaces() -> typst.Fonts:
    """Return the typefaces of this machine and those of Typst; looked up once for a process."""
    return typst.Fonts()


def choose_typeface(order: Collection[str], families: Collection[str]) -> str | None:
    """Return the first typeface of an order that is among some families, or None."""
    return next((family for family in order if family in families), None)
