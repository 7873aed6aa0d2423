"""Look up fields by name and vocabulary terms by label: what a user enters for a code."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lodebase.query.collections_ import COLLECTIONS, Collection, Field
from lodebase.query.cql2.bounds import Malformed
from lodedata.figures.compounds import find_stored_commodity
from lodedata.kinds import KINDS
from lodedata.messages import msg
from lodedata.vocab import Vocabulary, load_vocabulary

PARTIAL_DATES = frozenset(field.name for kind in KINDS.values() for field in kind.served if field.partial_date)
"""Fields whose text is a year, a month or a day."""

CATEGORIES = ("resource-category", "reserve-category")
"""The vocabularies of an estimate's category."""


_MAX_WORD_LENGTH = 100
"""The maximum length of a term: a longer text is not in any vocabulary, and its lookup is not cached."""


def find_filter_field(name: str, collection: Collection | None = None) -> Field:
    """Return the field with this name, in any collection unless one is given. Raise Malformed with the valid names."""
    looked = (collection,) if collection is not None else tuple(COLLECTIONS.values())
    for candidate in looked:
        if (field := candidate.field(name)) is not None:
            return field
    if collection is None:
        raise Malformed(msg("%(name)s is not a property.", name=quote_shown_value(name)))
    raise Malformed(
        msg(
            "%(name)s is not a property. %(collection)s has %(choices)s.",
            name=quote_shown_value(name),
            collection=collection.name,
            choices=[*collection.field_names, *(["geometry"] if collection.geometry is not None else [])],
        )
    )


def find_term_codes(field: Field, terms: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of terms in the field's vocabulary; an unknown term is unchanged and matches nothing."""
    if field.vocabulary is None:
        return tuple(terms)
    field_vocabulary = load_vocabulary(field.vocabulary)
    return tuple(dict.fromkeys(code for word in terms for code in _find_codes(field_vocabulary, word)))


def find_descendant_codes(field: Field, terms: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of terms and all descendant codes. Raise Malformed for a field without a vocabulary."""
    if field.vocabulary is None:
        raise Malformed(msg("%(name)s has no vocabulary, so no terms are beneath its values.", name=field.name))
    field_vocabulary = load_vocabulary(field.vocabulary)
    return tuple(
        dict.fromkeys(lower for code in find_term_codes(field, terms) for lower in sorted(field_vocabulary.within(code)))
    )


def find_commodity(word: str) -> str:
    """Return the code of a commodity."""
    return next(iter(_find_codes(load_vocabulary("commodity"), word)))


def read_category_code(word: str) -> str:
    """Return the code of an estimate's category."""
    matches = (load_vocabulary(name).find(word) for name in CATEGORIES)
    return next((term.code for term in matches if term is not None), word)


def quote_shown_value(value: str) -> str:
    """Return a value as error messages quote it."""
    return repr(value if len(value) <= 60 else f"{value[:60]}…")


def _find_codes(field_vocabulary: Vocabulary, word: str) -> Iterator[str]:
    if (
        field_vocabulary.name == "commodity"
        and len(word) <= _MAX_WORD_LENGTH
        and (term := field_vocabulary.find(word)) is not None
    ):
        yield find_stored_commodity(term.code)
        return
    if word in field_vocabulary or len(word) > _MAX_WORD_LENGTH:
        yield word
        return
    matches = (field_vocabulary.find(word, scope) for scope in _list_scopes(field_vocabulary.name))
    yield from {term.code: None for term in matches if term is not None} or (word,)


@lru_cache(maxsize=64)
def _list_scopes(name: str) -> tuple[str, ...]:
    """Return the scopes to look a term up in: the name of a division is unique only within its country."""
    if name != "division":
        return ("",)
    return tuple(dict.fromkeys(term.extra["country"] for term in load_vocabulary(name)))
