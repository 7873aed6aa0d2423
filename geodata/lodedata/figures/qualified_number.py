"""Numbers with a sign: ``about 500``, ``<0.1``, ``500多``, ``10～20万吨``; and figures that carry their unit in the cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from lodedata.cells import Unreadable, has_other_digits, normalise_cell_text, number
from lodedata.figures.units import Dimension, parse_unit
from lodedata.messages import msg

Qualifier = Literal["about", "below", "at-most", "above", "at-least", "range"]
"""Codes of the vocabulary ``figure-qualifier``."""
_BEFORE: Mapping[Qualifier, str] = {
    "at-most": r"≤|<=|不超过|不大于|不高于|不多于|至多|最多|at most|up to",
    "at-least": r"≥|>=|不低于|不小于|不少于|至少|at least",
    "below": r"<|小于|低于|不足|不到|少于|未满|不满|less than|below|under",
    "above": r">|大于|高于|超过|多于|逾|more than|above|over",
    "about": r"~|≈|约为|大约|约|約|近|about|approximately|approx\.?|around|circa|ca\.?|c\.",
}
_AFTER: Mapping[Qualifier, str] = {
    "at-most": "及以下|以下|以内|or less",
    "at-least": r"及以上|以上|or more|\+",
    "above": "多|余|餘",
    "about": "左右|上下",
}
"""以上, 以下 and 以内 include the figure itself, 不满 and 超过 do not (Civil Code of China, article 1259)."""
_FIGURE = r"\d[\d.,'’ ]*(?<! )(?:[eE][+-]?\d+)?|\.\d+"
_SCALES = {"万": 1e4, "亿": 1e8}
_WITHOUT_UNIT = msg("; write the unit too, such as 5万吨")
_UNIT = r"[^\W\d_][^<>≤≥~]*?|[%‰][^<>≤≥~]*?"
_TO_TILDE = str.maketrans(dict.fromkeys("∼〜～", "~"))


def _build_choices(signs: Mapping[Qualifier, str]) -> str:
    return "|".join(signs.values())


_QUALIFIED = re.compile(
    rf"(?P<before>{_build_choices(_BEFORE)})?\s*(?P<low>{_FIGURE})\s*"
    rf"(?:(?P<low_scale>[万亿])?\s*(?P<low_unit>{_UNIT})?\s*(?:-|~|至|到|\bto\b)\s*(?P<high>{_FIGURE})\s*)?"
    rf"(?P<scale>[万亿])?\s*(?P<after>{_build_choices(_AFTER)})?\s*(?P<unit>{_UNIT})?\s*(?P<last>{_build_choices(_AFTER)})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QualifiedNumber:
    """A number as a cell states it: exact, about a figure, on one side of it, or a range.

    ``value`` is the figure, the lower end of a range; ``upper`` the upper end of a range, None otherwise; ``unit`` the unit
    in the cell, None without one.
    """

    value: float
    qualifier: Qualifier | None = None
    upper: float | None = None
    unit: str | None = None

    @property
    def single(self) -> float | None:
        """The figure if it is exact or about a figure; None for a bound or a range, which is no single figure."""
        return self.value if self.qualifier in (None, "about") else None


def parse_qualified_number(text: str, decimal: str = ".") -> QualifiedNumber:
    """Return the number of a cell with its sign. Raises Unreadable, with the hint of :func:`lodedata.cells.number`."""
    try:
        return QualifiedNumber(number(text, decimal))
    except Unreadable as error:
        match = None if has_other_digits(text) else _QUALIFIED.fullmatch(normalise_cell_text(text.translate(_TO_TILDE)))
        if match is None:
            raise
        return _convert_match(match, decimal, error)


def is_qualified_number(text: str, decimal: str = ".") -> bool:
    """Return whether a text is a number with or without a sign and a unit."""
    try:
        parse_qualified_number(text, decimal)
    except Unreadable:
        return False
    return True


def _convert_match(match: re.Match[str], decimal: str, error: Unreadable) -> QualifiedNumber:
    qualifier = _find_qualifier(match)
    low, factor, named = number(match["low"], decimal), 1.0, match["unit"] or None
    if match["scale"] is not None:
        scaled = match["scale"] + (named or "")
        factor, named = (1.0, scaled) if named is not None and _is_unit(scaled) else (_SCALES[match["scale"]], named)
    if match["scale"] is not None and named is None:
        # the heading may count in ten thousands already
        raise Unreadable(_WITHOUT_UNIT)
    if named is not None and not _is_unit(named):
        raise error
    if match["high"] is None:
        return QualifiedNumber(low * factor, qualifier, None, named)
    high = number(match["high"], decimal)
    same_unit = match["low_unit"] in (None, match["unit"])
    same = same_unit and match["low_scale"] in (match["scale"], None if match["low_unit"] is None else match["scale"])
    if not same or not low < high or qualifier not in (None, "about"):
        raise error
    return QualifiedNumber(low * factor, "range", high * factor, named)


def _find_qualifier(match: re.Match[str]) -> Qualifier | None:
    """Return the qualifier of a match. Raises Unreadable for two that contradict each other."""
    qualifiers = {_sign(_BEFORE, match["before"]), _sign(_AFTER, match["after"]), _sign(_AFTER, match["last"])} - {None}
    exact = qualifiers - {"about"} or qualifiers
    if len(exact) > 1:
        raise Unreadable
    return next(iter(exact), None)


def _sign(signs: Mapping[Qualifier, str], written: str | None) -> Qualifier | None:
    if not written:
        return None
    return next(code for code, texts in signs.items() if re.fullmatch(texts, written, re.IGNORECASE))


def _is_unit(text: str) -> bool:
    return any(parse_unit(text, dimension) is not None for dimension in get_args(Dimension))
