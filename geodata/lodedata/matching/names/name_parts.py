"""Parsing of names: the distinctive tokens of a name, apart from generic ones such as mine or plant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lodedata.matching.names.name_tokens import compile_chinese_endings, load_token_roles, measure_rarity
from lodedata.normal_form import normalise_search_text
from lodedata.search_terms import transcribe_to_pinyin
from lodedata.vocab import load_vocabulary

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
"""Weights of a full name, of another name within it (in brackets or after a slash), and of an item of a list."""
GROUPS = frozenset({"group", "cluster", "district", "belt", "area", "camp", "trend"})
SITE_TERMS = frozenset({"complex", "system", "field", "fields"})
"""Terms of place that end the name of a plant or deposit as well as that of a region."""
_HEIGHTS = dict.fromkeys(("mt", "mount", "mountain", "mountains", "mont", "monte", "cerro", "cerros"), "mount")
"""Terms for a mountain in several languages, of which sources write any."""
FACILITY_ROLES = ("smelter", "refinery", "mill", "leach", "tailings", "rolling", "secondary")


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of one name: distinctive tokens, landforms and places, directions and numbers."""

    text: str
    core: tuple[str, ...]
    weak: tuple[str, ...]
    directions: frozenset[str]
    numbers: frozenset[str]
    phase: bool
    facility_terms: frozenset[str]
    weight: float
    distinctive: bool
    """Whether it has a distinctive token; a name of generic tokens counts only if it is the full name."""
    joined: str
    """The distinctive tokens without spaces."""
    rarities: tuple[float, ...]
    rarity: float


@lru_cache(maxsize=100_000)
def name_variants(text: str) -> tuple[Name, ...]:
    """Return the names in one text, the full name first: `Ely (Robinson, Ruth)` gives Ely, Robinson and Ruth."""
    text = _repair_encoding(text)
    name_by_key: dict[tuple[str, ...], Name] = {}
    for part, weight in _split(text):
        name = parse_name(part, weight)
        key = (*sorted(name.core), *sorted(name.directions), *sorted(name.numbers))
        if name.distinctive and (key not in name_by_key or name_by_key[key].weight < weight):
            name_by_key[key] = name
    return tuple(name_by_key.values())


def list_all_names(names: Iterable[str], aliases: Iterable[str]) -> tuple[tuple[Name, bool], ...]:
    """Return every name of a record, and whether it is a primary name rather than an alias."""
    own = [(name, True) for text in names for name in name_variants(text)]
    return (*own, *((name, False) for text in aliases if not is_group(text) for name in name_variants(text)))


def _repair_encoding(text: str) -> str:
    """Return a text whose UTF-8 was decoded as Latin-1 in its original form: `CipriÃ¡n` is Ciprián."""
    try:
        return text.encode("latin-1").decode("utf-8") if _MISREAD.search(text) else text
    except UnicodeError:
        return text


def extract_bracket_texts(names: Iterable[str]) -> tuple[str, ...]:
    """Return the texts within brackets of names."""
    return tuple(inside for text in names for inside in _BRACKETS.findall(text))


@lru_cache(maxsize=100_000)
def extract_bracketed_tokens(text: str) -> frozenset[str]:
    """Return the distinctive tokens and numbers within brackets of a name."""
    inside = [parse_name(part) for part in extract_bracket_texts((text,))]
    return frozenset(token for name in inside if name.distinctive for token in (*name.core, *name.numbers))


def _is_location(piece: str) -> bool:
    """Return whether a part of a name gives only its location: a state, or a larger area."""
    tokens = normalise_search_text(piece).split()
    return (
        bool(tokens)
        and any(_find_role(token)[0] == "where" for token in (tokens[0], tokens[-1]))
        and tokens[-1] not in SITE_TERMS
    )


def is_area(clause: str, country: str | None) -> bool:
    """Return whether a clause is a country, a division of this country, or another location."""
    named = load_vocabulary("country").find(clause) or load_vocabulary("division").find(clause, country or "")
    return named is not None or _is_location(clause)


def is_group(alias: str) -> bool:
    """Return whether an alias names the group or district of a mine or deposit, not the mine or deposit itself."""
    tokens = normalise_search_text(alias).split()
    return bool(tokens) and tokens[-1] in GROUPS


def _split(text: str) -> Iterable[tuple[str, float]]:
    full = _WHERE.sub("", _BRACKETS.sub(" ", text)).strip(" ,") or text
    parts = [part for part in _ALTERNATIVES.split(full) if part]
    yield (full, MAIN) if len(parts) < 2 else (" ".join(parts), MAIN)
    for n, part in enumerate(parts):
        yield part, MAIN if n == 0 and len(parts) == 1 else OTHER
        clauses = [clause for clause in _COMMA.split(part) if clause and not _is_location(clause)]
        pieces = [piece for clause in clauses for piece in _AND.split(clause) if piece]
        if pieces and pieces != [part]:
            yield from ((piece, OTHER if n == 0 else PART) for n, piece in enumerate(pieces))
        yield from ((piece, PART) for clause in clauses if "-" in clause for piece in clause.split("-") if len(piece) > 3)
    for inside in _BRACKETS.findall(text):
        yield inside, OTHER
        yield from ((piece, OTHER) for piece in re.split(r"\s*[,;/]\s*| - |[、，；]", inside) if piece)


@lru_cache(maxsize=200_000)
def parse_name(text: str, weight: float = MAIN) -> Name:
    """Return one name's tokens by role. In a name of generic tokens only, these count as distinctive."""
    by_role: dict[str, list[str]] = {}
    values: dict[str, set[str]] = {"direction": set(), "number": set()}
    for token in _extract_tokens(text):
        role, value = _find_role(token)
        by_role.setdefault(role, []).append(token)
        if role in values:
            values[role].add(value)
    core = by_role.get("core") or _extract_landform_name(text) or by_role.get("where") or by_role.get("direction") or []
    weak = [*by_role.get("landform", ()), *by_role.get("where", ())] if by_role.get("core") else []
    if not core:
        core = by_role.get("company") or by_role.get("commodity") or by_role.get("number") or []
    core = list(dict.fromkeys(core))
    rarities = tuple(map(measure_rarity, core))
    return Name(
        text=text.strip(),
        core=tuple(core),
        weak=tuple(weak),
        directions=frozenset(values["direction"]) - set(core if not by_role.get("core") else ()),
        numbers=frozenset(values["number"]),
        phase="phase" in by_role,
        facility_terms=frozenset(role for role in FACILITY_ROLES if role in by_role),
        weight=weight,
        distinctive=bool(by_role.get("core")) or (weight == MAIN and bool(core)),
        joined="".join(core),
        rarities=rarities,
        rarity=sum(rarities),
    )


def has_distinctive_token(text: str) -> bool:
    """Return whether a name has a token of its own or a landform, not only generic terms, metals, directions and numbers."""
    return any(_find_role(token)[0] in ("core", "landform") for token in _extract_tokens(text))


def _extract_landform_name(text: str) -> list[str]:
    """Return the tokens of a name up to its landform: that of Copper Creek is no less its own than that of Iron Creek."""
    tokens = list(_extract_tokens(text))
    last = max((n for n, token in enumerate(tokens) if _find_role(token)[0] == "landform"), default=-1)
    return [token for token in tokens[: last + 1] if _find_role(token)[0] in ("landform", "commodity", "generic")]


def unify_height_terms(tokens: Iterable[str]) -> frozenset[str]:
    """Return tokens with one term for a mountain, of which sources write any."""
    return frozenset(_HEIGHTS.get(token, token) for token in tokens)


def is_same_landform(a: Name, b: Name) -> bool:
    """Return whether two names have a landform in common, or one has none."""
    first, second = (unify_height_terms(name.weak) & _load_landforms() for name in (a, b))
    return not first or not second or bool(first & second)


@lru_cache(maxsize=1)
def _load_landforms() -> frozenset[str]:
    landforms = {token for token, (role, _) in load_token_roles().items() if role == "landform"}
    return frozenset(_HEIGHTS.get(token, token) for token in landforms)


def _extract_tokens(text: str) -> Iterable[str]:
    for word in normalise_search_text(text).replace("\ufffd", "").replace("no ", "no #").split():
        if _CHINESE.search(word):
            yield from _extract_chinese_tokens(word)
        else:
            numbered = _NUMBERED.fullmatch(word)
            yield from numbered.groups() if numbered else (word,)


def _extract_chinese_tokens(word: str) -> Iterable[str]:
    """Yield a Chinese name without its generic endings as one token of pinyin, then its numbers."""
    rest = word
    while (shorter := compile_chinese_endings().sub("", rest)) and shorter != rest:
        rest = shorter
    yield transcribe_to_pinyin("".join(_CHINESE.findall(rest)))[0] or rest
    yield from re.findall(r"\d+", rest)


def _find_role(token: str) -> tuple[str, str]:
    role = load_token_roles().get(token)
    if role is not None:
        return role
    digits = _DIGITS.fullmatch(token)
    if digits is not None:
        return "number", digits[1]
    if len(token) == 1:
        return "number", token
    return "core", ""
