"""Names taken apart: what tells one mine from another, apart from what any mine is called."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lodedata.matching.words import chinese_endings, rarity, roles
from lodedata.normal_form import normal
from lodedata.search_words import pinyin

_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]?")
_WHERE = re.compile(r"\b(?:near|about|\d+ *km|kilometers|located)\b.*", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*(?:/|;|、|—|–| - |\bor\b|\bformerly\b|\bex-?\b|\baka\b)\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,，]\s*")
_AND = re.compile(r"\s*(?:\band\b|&|与|和)\s*", re.IGNORECASE)
_MISREAD = re.compile("[\u00c2-\u00c5][\u0080-\u00bf]")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_NUMBERED = re.compile(r"([a-z]{3,})-?(\d+)")
_DIGITS = re.compile(r"#?[a-z]?-?0*(\d+)([a-z])?")

MAIN, OTHER, PART = 1.0, 0.95, 0.85
"""How well a whole name, another name in it (in brackets, after a stroke) and a part of a list name the thing."""
GROUPS = frozenset({"group", "cluster", "district", "belt", "area", "camp", "trend"})
WHOLES = frozenset({"complex", "system", "field", "fields"})
"""Words of place that end the name of a plant or a deposit as well as that of a region."""
KINDS_OF_WORK = ("smelter", "refinery", "mill", "leach", "tailings", "rolling", "secondary")


@dataclass(frozen=True, slots=True)
class Name:
    """One name's parts: words that name the place, landforms and places beside them, and what sets it off from its like."""

    text: str
    core: tuple[str, ...]
    weak: tuple[str, ...]
    directions: frozenset[str]
    numbers: frozenset[str]
    phase: bool
    work: frozenset[str]
    weight: float
    telling: bool
    """Whether it has a word of its own; a name of common words alone may be one only when it is the whole."""
    joined: str
    """The naming words without spaces."""
    rarities: tuple[float, ...]
    rarity: float


@lru_cache(maxsize=100_000)
def variants(text: str) -> tuple[Name, ...]:
    """The names that one text holds, the whole first: `Ely (Robinson, Ruth)` names Ely, Robinson and Ruth."""
    text = _mended(text)
    found: dict[tuple[str, ...], Name] = {}
    for part, weight in _split(text):
        name = parsed(part, weight)
        key = (*sorted(name.core), *sorted(name.directions), *sorted(name.numbers))
        if name.telling and (key not in found or found[key].weight < weight):
            found[key] = name
    return tuple(found.values())


def all_names(names: Iterable[str], aliases: Iterable[str]) -> tuple[tuple[Name, bool], ...]:
    """Every name of a record, and whether it is one of its own names, not an alias."""
    own = [(name, True) for text in names for name in variants(text)]
    return (*own, *((name, False) for text in aliases if not is_group(text) for name in variants(text)))


def _mended(text: str) -> str:
    """A text whose UTF-8 was once read as Latin-1, as it was: `CipriÃ¡n` is Ciprián."""
    try:
        return text.encode("latin-1").decode("utf-8") if _MISREAD.search(text) else text
    except UnicodeError:
        return text


@lru_cache(maxsize=100_000)
def bracketed(text: str) -> frozenset[str]:
    """The naming words of what stands in brackets in a name, with its numbers."""
    inside = [parsed(part) for part in _BRACKETS.findall(text)]
    return frozenset(word for name in inside if name.telling for word in (*name.core, *name.numbers))


def _is_whereabouts(piece: str) -> bool:
    """Whether a part of a name tells only where it is: a state, or an area that holds more than the thing."""
    words = normal(piece).split()
    return bool(words) and any(_role(word)[0] == "where" for word in (words[0], words[-1])) and words[-1] not in WHOLES


def is_group(alias: str) -> bool:
    """Whether an alias names the group or district that a thing belongs to, not the thing."""
    words = normal(alias).split()
    return bool(words) and words[-1] in GROUPS


def _split(text: str) -> Iterable[tuple[str, float]]:
    whole = _WHERE.sub("", _BRACKETS.sub(" ", text)).strip(" ,") or text
    parts = [part for part in _ALTERNATIVES.split(whole) if part]
    yield (whole, MAIN) if len(parts) < 2 else (" ".join(parts), MAIN)
    for n, part in enumerate(parts):
        yield part, MAIN if n == 0 and len(parts) == 1 else OTHER
        clauses = [clause for clause in _COMMA.split(part) if clause and not _is_whereabouts(clause)]
        pieces = [piece for clause in clauses for piece in _AND.split(clause) if piece]
        if pieces and pieces != [part]:
            yield from ((piece, OTHER if n == 0 else PART) for n, piece in enumerate(pieces))
        yield from ((piece, PART) for clause in clauses if "-" in clause for piece in clause.split("-") if len(piece) > 3)
    for inside in _BRACKETS.findall(text):
        yield inside, OTHER
        yield from ((piece, OTHER) for piece in re.split(r"\s*[,;/]\s*| - |[、，；]", inside) if piece)


@lru_cache(maxsize=200_000)
def parsed(text: str, weight: float = MAIN) -> Name:
    """One name's words by what they do. A name of nothing but common words keeps those as its naming words."""
    by_role: dict[str, list[str]] = {}
    values: dict[str, set[str]] = {"direction": set(), "number": set()}
    for word in _words(text):
        role, value = _role(word)
        by_role.setdefault(role, []).append(word)
        if role in values:
            values[role].add(value)
    core = by_role.get("core") or by_role.get("landform") or by_role.get("where") or by_role.get("direction") or []
    weak = [*by_role.get("landform", ()), *by_role.get("where", ())] if by_role.get("core") else []
    if not core:
        core = by_role.get("company") or by_role.get("commodity") or by_role.get("number") or []
    core = list(dict.fromkeys(core))
    rarities = tuple(map(rarity, core))
    return Name(
        text=text.strip(),
        core=tuple(core),
        weak=tuple(weak),
        directions=frozenset(values["direction"]) - set(core if not by_role.get("core") else ()),
        numbers=frozenset(values["number"]),
        phase="phase" in by_role,
        work=frozenset(role for role in KINDS_OF_WORK if role in by_role),
        weight=weight,
        telling=bool(by_role.get("core")) or (weight == MAIN and bool(core)),
        joined="".join(core),
        rarities=rarities,
        rarity=sum(rarities),
    )


def _words(text: str) -> Iterable[str]:
    for word in normal(text).replace("\ufffd", "").replace("no ", "no #").split():
        if _CHINESE.search(word):
            yield from _chinese_words(word)
        else:
            numbered = _NUMBERED.fullmatch(word)
            yield from numbered.groups() if numbered else (word,)


def _chinese_words(word: str) -> Iterable[str]:
    """The pinyin of what is left of a Chinese name without its endings, as one word."""
    rest = word
    while (shorter := chinese_endings().sub("", rest)) and shorter != rest:
        rest = shorter
    yield pinyin("".join(_CHINESE.findall(rest)))[0] or rest
    yield from re.findall(r"\d+", rest)


def _role(word: str) -> tuple[str, str]:
    known = roles().get(word)
    if known is not None:
        return known
    digits = _DIGITS.fullmatch(word)
    if digits is not None:
        return "number", digits[1]
    if len(word) == 1:
        return "number", word
    return "core", ""
