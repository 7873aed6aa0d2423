"""Look up fields by name and vocabulary terms by label: what a user enters for a code."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.cql2.bounds import Malformed
from lodedata.figures.compounds import stored_commodity
from lodedata.kinds import KINDS
from lodedata.messages import msg
from lodedata.vocab import Vocabulary, vocabulary

PARTIAL_DATES = frozenset(field.name for kind in KINDS.values() for field in kind.served if field.partial_date)
"""Fields whose text is a year, a month or a day."""

CATEGORIES = ("resource-category", "reserve-category")
"""The vocabularies of an estimate's category."""


_MAX_WORD_LENGTH = 100
"""The maximum length of a term: a longer text is not in any vocabulary, and its lookup is not cached."""


def field_of(name: str, collection: Collection | None = None) -> Field:
    """Return the field with this name, in any collection unless one is given. Raise Malformed with the valid names."""
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
            choices=[*collection.field_names, *(["geometry"] if collection.geometry is not None else [])],
        )
    )


def codes(field: Field, terms: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of terms in the field's vocabulary; an unknown term is unchanged and matches nothing."""
    if field.vocabulary is None:
        return tuple(terms)
    known = vocabulary(field.vocabulary)
    return tuple(dict.fromkeys(code for word in terms for code in _codes(known, word)))


def codes_beneath(field: Field, terms: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of terms and all descendant codes. Raise Malformed for a field without a vocabulary."""
    if field.vocabulary is None:
        raise Malformed(msg("%(name)s has no vocabulary, so no terms are beneath its values.", name=field.name))
    known = vocabulary(field.vocabulary)
    return tuple(dict.fromkeys(lower for code in codes(field, terms) for lower in sorted(known.within(code))))


def commodity(word: str) -> str:
    """Return the code of a commodity."""
    return next(iter(_codes(vocabulary("commodity"), word)))


def category(word: str) -> str:
    """Return the code of an estimate's category."""
    found = (vocabulary(name).find(word) for name in CATEGORIES)
    return next((term.code for term in found if term is not None), word)


def shown(value: str) -> str:
    """Return a value as error messages quote it."""
    return repr(value if len(value) <= 60 else f"{value[:60]}…")


def _codes(known: Vocabulary, word: str) -> Iterator[str]:
    if known.name == "commodity" and len(word) <= _MAX_WORD_LENGTH and (term := known.find(word)) is not None:
        yield stored_commodity(term.code)
        return
    if word in known or len(word) > _MAX_WORD_LENGTH:
        yield word
        return
    found = (known.find(word, scope) for scope in _scopes(known.name))
    yield from {term.code: None for term in found if term is not None} or (word,)


@lru_cache(maxsize=64)
def _scopes(name: str) -> tuple[str, ...]:
    """Return the scopes to look a term up in: the name of a division is unique only within its country."""
    if name != "division":
        return ("",)
    return tuple(dict.fromkeys(term.extra["country"] for term in vocabulary(name)))
