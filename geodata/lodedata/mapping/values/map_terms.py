"""Check of the values of ``map`` against vocabularies, when a mapping is loaded."""

import re
from collections.abc import Mapping, Sequence

from lodedata.messages import msg
from lodedata.validation import InvalidValue
from lodedata.vocab import Term, load_vocabulary

FURTHER = {"resource-category": frozenset({"endowment"})}
"""Values that a field takes besides the terms of its vocabularies."""
_NEAREST = 3


def require_terms(mapping: Mapping[str, object], vocabularies: Sequence[str], separators: Sequence[str] = ()) -> None:
    """Raise InvalidValue for the first value of a mapping that no vocabulary has, with the nearest terms.

    A value of a divided cell may be several terms, and a part of it may be mapped itself.
    """
    for text, to in mapping.items():
        for part in _split_parts(str(to), separators) if to is not None else ():
            if part not in mapping and not _is_known(part, vocabularies):
                raise _build_no_term_error(text, part, vocabularies)


def _split_parts(value: str, separators: Sequence[str]) -> list[str]:
    divided = re.split("|".join(map(re.escape, separators)), value) if separators else [value]
    return [part.strip() for part in divided if part.strip()]


def _build_no_term_error(text: str, to: str, vocabularies: Sequence[str]) -> InvalidValue:
    values = {"to": to, "text": text, "vocabulary": ", ".join(vocabularies)}
    nearest = [term for name in vocabularies for term in load_vocabulary(name).nearest(to, _NEAREST)][:_NEAREST]
    if not nearest:
        return InvalidValue(msg("`map` gives %(to)r for %(text)r, which is not a term of %(vocabulary)s", **values))
    return InvalidValue(
        msg(
            "`map` gives %(to)r for %(text)r, which is not a term of %(vocabulary)s; the nearest are %(choices)s",
            **values,
            choices=", ".join(map(_format_term, nearest)),
        )
    )


def _is_known(text: str, vocabularies: Sequence[str]) -> bool:
    return any(text in FURTHER.get(name, ()) or load_vocabulary(name).find(text) is not None for name in vocabularies)


def _format_term(term: Term) -> str:
    return f"{term.code} ({term.label_en})"
