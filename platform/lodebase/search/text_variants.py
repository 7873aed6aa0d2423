"""Other forms of a typed text under which its record may be stored: in Latin letters, joined, without the term of its kind."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import yaml

from lodebase.search.search_vocabulary import CHINESE
from lodedata import starter
from lodedata.normal_form import normalise_search_text
from lodedata.search_terms import romanise_line, transcribe_to_pinyin

_OF_MINES = ("mine", "mines", "mina", "mining", "deposit", "deposits", "project", "area", "district", "operation")
_ROMANISED = ("rudnik", "mestorozhdenie", "karer", "kuang", "kuangshan", "kuangchuang")
GENERIC: Mapping[str, str] = {
    **dict.fromkeys((*_OF_MINES, *_ROMANISED), "mine"),
    **dict.fromkeys(("smelter", "fundicion", "zavod"), "smelter"),
    **dict.fromkeys(("refinery", "refineria"), "refinery"),
    **dict.fromkeys(("plant", "planta", "complex", "concentrator", "works"), ""),
}
"""Tokens for the kind of a site that its name may lack, with the facility type that they mean."""
_CHINESE_KIND = re.compile(
    "(?:铜|铝|锂|镍|钴|锡|镓|铝土|氧化铝|多金属|有色)*(?:矿床|矿区|矿山|矿业|矿|冶炼厂|冶炼|精炼厂|电解厂|选矿厂|厂|盐湖|项目|公司)$"
)
_PINYIN_KIND = re.compile("(?:tong|lv|lu|li|nie|gu|xi|duojinshu)?kuang(?:shan|chuang|qu)?$")
_CHINESE_FACILITY = {"冶炼": "smelter", "精炼": "refinery", "矿": "mine"}
_ADJECTIVE = re.compile(r"(?:sk|n)(?:oe|oye|y|aya)\b")
"""Endings of Russian adjectives of places: udokanskoe is that of Udokan."""
MIN_HALF_LENGTH = 2


def generate_spelled_variants(text: str) -> Iterator[str]:
    """Yield the other forms of a normalised text, the most likely first; none is the text itself."""
    yield from (variant for variant in dict.fromkeys(_generate_variants(text)) if variant and variant != text)


def _generate_variants(text: str) -> Iterator[str]:
    latin = romanise_line(text)
    yield latin
    if CHINESE.search(text):
        bare = remove_chinese_kind(text)
        yield bare
        yield from register_names(text)
        yield from register_names(bare)
        return
    bare = remove_generic_tokens(latin)
    yield bare
    if not text.isascii():
        yield _ADJECTIVE.sub("", bare)
    joined = latin.replace(" ", "")
    yield joined
    yield _PINYIN_KIND.sub("", joined)


def split_variants(text: str) -> Iterator[str]:
    """Yield a word as two tokens at each place: oyutolgoi as ``oyu tolgoi``."""
    if " " not in text and text.isascii() and text.isalpha():
        for n in range(MIN_HALF_LENGTH, len(text) - 1):
            yield f"{text[:n]} {text[n:]}"


def remove_generic_tokens(text: str) -> str:
    """Return a text without tokens for the kind of a site; the text if it has no others."""
    rest = " ".join(word for word in text.split() if word not in GENERIC)
    return rest or text


def remove_chinese_kind(text: str) -> str:
    """Return a Chinese name without the term of its kind: 德兴铜矿 gives 德兴."""
    return _CHINESE_KIND.sub("", text) or text


def list_pinyin_sounds(text: str) -> list[str]:
    """Return the pinyin of a Chinese text, whole and without the term of its kind."""
    return list(dict.fromkeys("".join(transcribe_to_pinyin(form)[0].split()) for form in (text, remove_chinese_kind(text))))


def find_named_facility(text: str) -> str | None:
    """Return the type of facility that a text names, None if it names none."""
    for word in text.split():
        if GENERIC.get(word):
            return GENERIC[word]
    kind = _CHINESE_KIND.search(text)
    return None if kind is None else next((code for part, code in _CHINESE_FACILITY.items() if part in kind[0]), None)


def register_names(text: str) -> tuple[str, ...]:
    """Return the normalised English names that Lode's register has for a Chinese name or the beginning of one."""
    if len(text) < MIN_HALF_LENGTH:
        return ()
    names = _register()
    exact = names.get(text)
    if exact is not None:
        return exact
    return tuple(
        dict.fromkeys(
            english_name for name, english_names in names.items() if name.startswith(text) for english_name in english_names
        )
    )[:3]


def prepare() -> None:
    """Read the register's names in advance: it takes half a second of CPU time, which each thread without them repeats."""
    _register()


@lru_cache(maxsize=1)
def _register() -> Mapping[str, tuple[str, ...]]:
    """Return the English names of the register by Chinese name, with and without the term of its kind."""
    english_names: dict[str, dict[str, None]] = {}
    for file in sorted(starter.get_register_folder().glob("*.yml")):
        with file.open(encoding="utf-8") as stream:
            records = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["records"]
        for entry in records:
            chinese = [
                normalise_search_text(name)
                for name in (entry["name_zh"], *(entry.get("aliases") or ()))
                if CHINESE.search(name)
            ]
            for name in {form for search_text in chinese for form in (search_text, remove_chinese_kind(search_text))}:
                english_names.setdefault(name, {})[remove_generic_tokens(normalise_search_text(entry["name_en"]))] = None
    return {name: tuple(names) for name, names in english_names.items() if name}
