"""Filters from a phrase: ``porphyry copper Chile`` names a deposit model and a country."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lodebase.search.search_vocabulary import CHINESE
from lodedata.normal_form import normalise_search_text
from lodedata.vocab import Term, load_vocabulary

FACILITY = "facility"
"""The parameter of plants as people call them; it is a phrase alone."""
PARAMETERS: Mapping[str, str] = {
    "country": "country",
    "commodity": "commodity",
    "deposit-model": "deposit_model",
    "facility-type": FACILITY,
    "product": "products",
    "status": "status",
    "size-class": "size_class",
    "division": "division",
}
"""The query parameter of each vocabulary; of two vocabularies with one name the first one is meant."""
SKIPPED = frozenset(
    {
        *("a", "al", "and", "as", "at", "by", "d", "de", "del", "den", "in", "la", "of", "on", "or", "the", "with"),
        *("deposit", "deposits", "plant", "plants", "project", "projects"),
    }
)
"""Tokens between terms that filter nothing."""
SKIPPED_CHARACTERS = "的、，和与及"
MAX_OF_ONE_NAME = 3
"""A name of more divisions than these means none of them."""


@dataclass(frozen=True, slots=True)
class PhraseTerm:
    """A term that a part of a phrase names, and the parameter that filters by it."""

    parameter: str
    term: Term


def find_phrase_terms(text: str, compounds: bool = True) -> list[PhraseTerm]:
    """Return the terms of a phrase in its order; none unless every part of it is one and there are two of them, or a plant.

    Without ``compounds`` a name such as ``nickel smelter`` is read as its parts where both are names.
    """
    meanings: list[tuple[str, tuple[str, ...]]] = []
    rest = normalise_search_text(text)
    while rest:
        taken, named = _take_longest_name(rest, compounds)
        if not taken:
            return []
        if named is not None:
            meanings.append(named)
        rest = rest[len(taken) :].lstrip()
    terms = list(_list_terms(meanings))
    is_phrase = len({term.term.code for term in terms}) > 1 or any(term.parameter == FACILITY for term in terms)
    return terms if is_phrase else []


def _take_longest_name(rest: str, compounds: bool) -> tuple[str, tuple[str, tuple[str, ...]] | None]:
    """Return the longest name at the beginning of a text, or a part that is skipped, and what it names."""
    for end in range(min(len(rest), _count_longest()), 0, -1):
        part = rest[:end]
        if _ends_within_token(rest, end):
            continue
        if part in SKIPPED or part in SKIPPED_CHARACTERS:
            return part, None
        if (named := _find_named(part)) and (compounds or not _is_compound(part)):
            return part, named
    return "", None


def _find_named(part: str) -> tuple[str, tuple[str, ...]] | None:
    return _names().get(part) or _names().get(part.removesuffix("s"))


def _is_compound(part: str) -> bool:
    splits = ((part[:i].strip(), part[i:].strip()) for i in range(1, len(part)) if not _ends_within_token(part, i))
    return any(_find_named(head) and _find_named(tail) for head, tail in splits)


def _ends_within_token(text: str, end: int) -> bool:
    if end == len(text) or text[end] == " ":
        return False
    return not (CHINESE.match(text[end]) or CHINESE.match(text[end - 1])) and text[end - 1] not in SKIPPED_CHARACTERS


def _list_terms(meanings: list[tuple[str, tuple[str, ...]]]) -> Iterator[PhraseTerm]:
    countries = {code for name, codes in meanings if name == "country" for code in codes}
    for name, codes in meanings:
        terms = [load_vocabulary(name)[code] for code in codes]
        if name == "division":
            terms = [term for term in terms if term.extra.get("country") in countries] or terms
        yield from (PhraseTerm(PARAMETERS[name], term) for term in terms[:MAX_OF_ONE_NAME])


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Return the vocabulary and the codes that each normalised name means."""
    meanings: dict[str, tuple[str, tuple[str, ...]]] = {}
    for name in PARAMETERS:
        for term in load_vocabulary(name):
            for spelling in {normalise_search_text(label) for label in (term.label_en, term.label_zh, *term.aliases)} - {""}:
                of, codes = meanings.get(spelling, (name, ()))
                if of == name:
                    meanings[spelling] = (name, (*codes, term.code))
                elif (of, name) == ("commodity", "product") and term.code in codes:
                    # who writes lithium carbonate means what plants make
                    meanings[spelling] = (name, (term.code,))
    return {spelling: named for spelling, named in meanings.items() if len(named[1]) <= MAX_OF_ONE_NAME}


@lru_cache(maxsize=1)
def _count_longest() -> int:
    return max(map(len, _names()))
