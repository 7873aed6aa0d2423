"""Columns of figures of one metal: its grade or contained amount, with the basis."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lodedata.cells import normalise_cell_text
from lodedata.figures.compounds import load_compounds
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.column_names import mentions_field
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.vocab import fold, load_vocabulary

_NO_METAL = re.compile("金属|合金")
"""Terms of a column's name in which 金 is not gold."""
_BAUXITE = {"al2o3": ("bauxite", "Al2O3"), "氧化铝": ("bauxite", "Al2O3")}
"""Names of alumina in columns of figures, which are those of bauxite."""
_NO_SYMBOLS = frozenset({"in", "as", "at", "be", "re", "la", "os", "no"})
"""Symbols that are also English or Romance terms; read as symbols only in their own case."""


@lru_cache(maxsize=1)
def _index_symbols() -> dict[str, tuple[str, str]]:
    """Return the symbol and code of each commodity by its folded symbol."""
    return {fold(symbol): (symbol, term.code) for term in load_vocabulary("commodity") if (symbol := term.extra["symbol"])}


@lru_cache(maxsize=1)
def _list_chinese_labels() -> list[tuple[str, str]]:
    """Return the Chinese labels and codes of commodities with a symbol, the longest first."""
    labels = [(term.label_zh, term.code) for term in load_vocabulary("commodity") if term.extra["symbol"]]
    return sorted([*labels, ("铝土矿", "bauxite")], key=lambda pair: -len(pair[0]))


@lru_cache(maxsize=1)
def _index_bases() -> dict[str, tuple[str, str | None]]:
    """Return the metal and the compound of figures by each name of a compound that they are stated by."""
    terms = load_vocabulary("commodity")
    bases: dict[str, tuple[str, str | None]] = {}
    for code, compound in load_compounds().items():
        term = terms[code]
        bases |= {fold(text): (compound.code, compound.basis) for text in (term.label_en, term.label_zh, *term.aliases)}
    return bases | _BAUXITE


def find_named_metal(column: SampledColumn) -> tuple[str, str | None] | None:
    """Return the commodity that a column's name mentions and the compound of its figures, None if it mentions none."""
    for token in column.tokens:
        low = token.casefold()
        if low in _index_bases():
            return _index_bases()[low]
        symbol, code = _index_symbols().get(low, ("", ""))
        if symbol and (token == symbol or (len(symbol) > 1 and low not in _NO_SYMBOLS)):
            return code, None
        if (
            len(low) > 2
            and not re.search("[\u4e00-\u9fff]", low)
            and (term := load_vocabulary("commodity").find(low)) is not None
        ):
            return term.code, None
    plain = _NO_METAL.sub("", normalise_cell_text(column.plain))
    for label, named_metal in _index_bases().items():
        if label in plain and not label.isascii():
            return named_metal
    for token in re.findall(r"[a-z][a-z0-9]*", plain):
        if not plain.isascii() and token in _index_bases():
            return _index_bases()[token]
        if not plain.isascii() and token in _index_symbols() and token not in _NO_SYMBOLS:
            return _index_symbols()[token][1], None
    for label, code in _list_chinese_labels():
        if label in plain:
            return code, None
    return None


Side = Literal["resource", "reserve"]
_SIDES: dict[Side, re.Pattern[str]] = {
    "resource": re.compile(r"(?<![a-z])(resources?|recursos?|ressources?|ressourcen|ресурс\w*|sumber ?daya)(?![a-z])|资源"),
    "reserve": re.compile(r"(?<![a-z])(reserves?|reservas?|reserven|запас\w*|cadangan)(?![a-z])|储量"),
}


def determine_side(column: SampledColumn) -> Side | None:
    """Return whether a column's name says resource or reserve, None if it says neither or both."""
    name = " ".join(re.findall(r"[^\W_]+", column.plain))
    sides = [side for side, pattern in _SIDES.items() if pattern.search(name)]
    return sides[0] if len(sides) == 1 else None


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column of figures: of a metal, or of ore; ``category`` is the class that its name states.

    ``side`` is whether the name says resource or reserve without a class.
    """

    column: SampledColumn
    metal: str | None
    category: str | None = None
    side: Side | None = None


def recognise_figure(column: SampledColumn) -> FigureColumn | None:
    """Return the figure of a column that names its metal or its class, None if it is no such column."""
    category = find_named_class(column)
    is_figure = column.measures("grade") or column.measures("mass") or column.ambiguous_unit or _is_named_figure(column)
    if not (is_figure or (category and mentions_field(column, "ore"))) or not column.numeric:
        return None
    named_metal = find_named_metal(column)
    side = determine_side(column) if category is None else None
    if named_metal is None:
        return FigureColumn(column, None, category) if category is not None and not is_grade(column) else None
    return FigureColumn(column, named_metal[0], category, side)


def _is_named_figure(column: SampledColumn) -> bool:
    return mentions_field(column, "grade") or mentions_field(column, "contained")


@lru_cache(maxsize=1)
def _list_classes() -> list[tuple[str, str]]:
    """Return the names and codes of resource and reserve categories, the longest first."""
    classes = [
        (fold(text), term.code)
        for name in ("resource-category", "reserve-category")
        for term in load_vocabulary(name)
        for text in (term.label_en, term.label_zh, *term.aliases)
    ]
    return sorted(classes, key=lambda pair: -len(pair[0]))


def find_named_class(column: SampledColumn) -> str | None:
    """Return the resource or reserve category that a column's name states, None if it states none."""
    name = " ".join(re.findall(r"[^\W_]+|[+&]", column.plain))
    for text, code in _list_classes():
        # short Chinese names of classes are also parts of others: 探明储量 is no measured resource
        if len(text) > (2 if text.isascii() else 3) and re.search(rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9])", name):
            return code
    return None


def is_grade(column: SampledColumn) -> bool:
    """Return whether a column of figures holds grades, not contained amounts."""
    if column.unit is not None:
        return column.measures("grade")
    return mentions_field(column, "grade") and not mentions_field(column, "contained")


def write_basis_entry(column: SampledColumn, grade: bool) -> str:
    """Return the entry for the basis of a figure by the column's name: none for a plain grade, a placeholder for an oxide."""
    named_metal = find_named_metal(column)
    if named_metal is not None and named_metal[1] is not None:
        return f", basis: {named_metal[1]}"
    if grade:
        return ""
    return f', basis: "{PLACEHOLDER}"' if re.search("氧化|oxide", column.plain) else ", basis: metal"
