"""Likeness of a column's name to the names that fields have in published tables, in seven languages."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from lodedata.mapping.suggestion.columns import SampledColumn, name_tokens
from lodedata.vocab import fold, load_vocabulary_rows

HEAD_LAST = frozenset({"en", "zh"})
"""Languages in which the noun that names a thing ends its name: ``deposit name``, but ``nombre del yacimiento``."""
Tokens = tuple[str, ...]
_STOP = frozenset(
    ("of", "the", "de", "del", "la", "el", "las", "los", "o", "a", "du", "des", "le", "les", "da", "do", "das", "dos")
    + ("d", "l", "y", "e", "et", "dan", "в", "по", "и")
)
_CUT_LENGTH = 10
"""Characters of a column's name in a DBF, which cuts longer ones."""
KIND = "kind-"
"""The prefix of the kinds of records among the fields: terms in the name of the column of names that speak for a kind."""
REMARK = re.compile(r"\s*[(\[（【][^)\]）】]*[)\]）】]\s*$")
"""A remark in brackets at the end of a name, such as a datum."""
_OF_COORDINATES = re.compile(r"(?i)\b(utm|coord\w*|datum|wgs ?84|gps)\b|坐标|координат")
_METRES = frozenset({"m", "metre", "metres", "meters", "mts", "метр", "м"})
_IDENTIFIER = re.compile(r"[A-Za-z](ID|Id|UID)$|编号$|编码$")
_SHORT = 4
"""Shorter terms are not searched within a name."""


@lru_cache(maxsize=1)
def _load_terms() -> dict[str, list[tuple[str, Tokens]]]:
    """Return the terms of each field: language and folded tokens."""
    terms: dict[str, list[tuple[str, Tokens]]] = {}
    for row in load_vocabulary_rows("column-name"):
        terms.setdefault(row["field"], []).append((row["language"], _simplify_tokens(name_tokens(fold(row["term"])))))
    return terms


def name_scores(column: SampledColumn) -> dict[str, float]:
    """Return the likeness (0 to 1) of a column's name to each field that it resembles."""
    scores = _compute_scores(column.tokens, column.name)
    shorter = name_tokens(REMARK.sub("", column.name))
    if shorter and shorter != column.tokens and REMARK.search(column.name):
        for field, score in _compute_scores(shorter, column.name).items():
            scores[field] = max(scores.get(field, 0.0), 0.9 * score)
    if _OF_COORDINATES.search(column.name):
        # a group of columns of coordinates, with its directions below
        last = tuple(fold(token) for token in shorter if fold(token) not in _METRES)[-1:]
        for field in ("lon", "lat"):
            if last and any(term == last for _, term in _load_terms()[field]):
                scores[field] = max(scores.get(field, 0.0), 0.9)
                scores.pop("lat" if field == "lon" else "lon", None)
    if _IDENTIFIER.search(column.name):
        scores["key"] = max(scores.get("key", 0.0), 0.85)
    return scores


def _compute_scores(written: Tokens, name: str) -> dict[str, float]:
    tokens = _simplify_tokens(tuple(fold(token) for token in written))
    if not tokens:
        return {}
    is_cut = _CUT_LENGTH - 1 <= len(name) <= _CUT_LENGTH
    best = {
        field: max(_compute_likeness(tokens, *term, is_cut) for term in terms)
        for field, terms in _load_terms().items()
        if not field.startswith(KIND)
    }
    return {field: score for field, score in best.items() if score > 0}


def _simplify_tokens(tokens: Tokens) -> Tokens:
    """Return tokens without articles and prepositions, numbers at the end and the plural of English and Romance names."""
    if "of" in tokens[1:-1]:
        # the noun that names an English "name of deposit" is its first
        at = tokens.index("of", 1)
        tokens = (*tokens[at + 1 :], *tokens[:at])
    plain = [token for token in tokens if token not in _STOP] or list(tokens)
    while len(plain) > 1 and plain[-1].isdecimal():
        plain.pop()
    return tuple(token[:-1] if len(token) > _SHORT and token.endswith("s") else token for token in plain)


def _compute_likeness(tokens: Tokens, language: str, term: Tokens, is_cut: bool) -> float:
    name, wanted = "".join(tokens), "".join(term)
    if name == wanted:
        return 1.0
    if is_cut and len(name) >= 2 * _SHORT and wanted.startswith(name):
        # a name that ends with a word of the term may be that word, such as production, and no cut production capacity
        return 0.6 if name in {"".join(term[:count]) for count in range(1, len(term))} else 0.9
    if language == "zh":
        return _compute_likeness_within(name, wanted, least=2)
    place = next((i for i in range(len(tokens) - len(term) + 1) if tokens[i : i + len(term)] == term), None)
    if place is None:
        return 0.9 * _compute_likeness_within(name, wanted, least=_SHORT + 2) if len(tokens) == 1 else 0.0
    share = len(wanted) / len(name)
    ends, begins = place + len(term) == len(tokens), place == 0
    if ends if language in HEAD_LAST else begins:
        return 0.6 + 0.35 * share
    return (0.35 if ends or begins else 0.25) + 0.3 * share


def _compute_likeness_within(name: str, wanted: str, least: int) -> float:
    """Return the likeness of a name that is written without spaces to a term that it holds."""
    if len(wanted) < least or wanted not in name:
        return 0.0
    share = len(wanted) / len(name)
    return 0.55 + 0.4 * share if name.endswith(wanted) else 0.3 + 0.3 * share


def mentions_field(column: SampledColumn, field: str) -> bool:
    """Return whether a column's name holds a term of a field as one of its parts."""
    tokens = {fold(token) for token in column.tokens}
    for language, term in _load_terms()[field]:
        if language == "zh" and "".join(term) in column.plain.replace(" ", ""):
            return True
        if len(term) == 1 and term[0] in {_simplify_tokens((token,))[0] for token in tokens}:
            return True
        if len(term) > 1 and re.search(rf"\b{re.escape(' '.join(term))}\b", " ".join(column.tokens).casefold()):
            return True
    return False


def compile_names(names: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """Return patterns of the names of columns by field; names are folded, so their letters have no marks."""
    return {field: re.compile(pattern.replace("й", "и")) for field, pattern in names.items()}


def match_columns_by_name(
    columns: list[SampledColumn], patterns: Mapping[str, re.Pattern[str]], fits: Callable[[str, SampledColumn], bool]
) -> dict[str, SampledColumn]:
    """Return for each field the first column whose whole name its pattern matches and whose cells fit, each column once."""
    column_by_field: dict[str, SampledColumn] = {}
    taken: set[str] = set()
    for field, pattern in patterns.items():
        for column in columns:
            plain = " ".join(re.findall(r"[^\W_]+", column.plain))
            if column.name not in taken and column.distinct and pattern.fullmatch(plain) and fits(field, column):
                column_by_field[field] = column
                taken.add(column.name)
                break
    return column_by_field
