"""The fields of a name and the words of their vocabularies: what a user writes for a code."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.cql2.bounds import Malformed
from lodedata.kinds import KINDS
from lodedata.messages import msg
from lodedata.vocab import Vocabulary, vocabulary

PARTIAL_DATES = frozenset(field.name for kind in KINDS.values() for field in kind.served if field.partial_date)
"""Fields whose text is a year, a month or a day."""

CATEGORIES = ("resource-category", "reserve-category")
"""The vocabularies of an estimate's category."""


_LONGEST_WORD = 100
"""A longer text is no word of a vocabulary, and is not to be remembered as one that was looked up."""


def field_of(name: str, collection: Collection | None = None) -> Field:
    """The field of a name, in any collection unless one is given. Raises Malformed with the names there are."""
    looked = (collection,) if collection is not None else tuple(COLLECTIONS.values())
    for one in looked:
        if (found := one.field(name)) is not None:
            return found
    if collection is None:
        raise Malformed(msg("%(name)s is not a property.", name=shown(name)))
    raise Malformed(
        msg(
            "%(name)s is not a property. %(collection)s has %(choices)s.",
            name=shown(name),
            collection=collection.name,
            choices=[*collection.field_names, "geometry"],
        )
    )


def codes(field: Field, words: Iterable[str]) -> tuple[str, ...]:
    """The codes that words stand for in the field's vocabulary; a word that it does not know stays and matches nothing."""
    if field.vocabulary is None:
        return tuple(words)
    known = vocabulary(field.vocabulary)
    return tuple(dict.fromkeys(code for word in words for code in _codes(known, word)))


def beneath(field: Field, words: Iterable[str]) -> tuple[str, ...]:
    """The codes that words stand for and every code beneath them. Raises Malformed for a field without a vocabulary."""
    if field.vocabulary is None:
        raise Malformed(msg("%(name)s has no vocabulary, so no terms are beneath its values.", name=field.name))
    known = vocabulary(field.vocabulary)
    return tuple(dict.fromkeys(lower for code in codes(field, words) for lower in sorted(known.within(code))))


def commodity(word: str) -> str:
    """The code of a commodity."""
    return next(iter(_codes(vocabulary("commodity"), word)))


def category(word: str) -> str:
    """The code of an estimate's category."""
    found = (vocabulary(name).find(word) for name in CATEGORIES)
    return next((term.code for term in found if term is not None), word)


def shown(value: str) -> str:
    """A value as a sentence quotes it."""
    return repr(value if len(value) <= 60 else f"{value[:60]}…")


def _codes(known: Vocabulary, word: str) -> Iterator[str]:
    if word in known or len(word) > _LONGEST_WORD:
        yield word
        return
    found = (known.find(word, scope) for scope in _scopes(known.name))
    yield from {term.code: None for term in found if term is not None} or (word,)


@lru_cache(maxsize=64)
def _scopes(name: str) -> tuple[str, ...]:
    """What a word may have to be looked up with: the name of a division is unique in its country only."""
    if name != "division":
        return ("",)
    return tuple(dict.fromkeys(term.extra["country"] for term in vocabulary(name)))
