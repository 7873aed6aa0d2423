"""Sentences for values that a pydantic model refuses: what is wrong, and an example of what to write."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from typing import Any

from pydantic import ValidationError

from lodedata.cells import convert_cell_to_text
from lodedata.messages import Message, msg, wrap_foreign_text

MAX_QUOTED_CHARACTERS = 60
_UNION_MEMBER = re.compile(r"str|int|float|bool|none|Accuracy|(tuple|list|dict|literal|function|constrained|is-instance)\b.*")
"""Parts of a place that name a member of a union and no key of the file."""


class InvalidValue(ValueError):
    """A value that a model refuses, with a sentence for its reader."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def describe_refusals(
    error: ValidationError, examples: Mapping[str, str], keys: Collection[str] = ()
) -> list[tuple[str, Message]]:
    """Return the place and a sentence for each value that a model refuses; one of a union's members has one sentence.

    ``examples`` has the line to write for a key, ``keys`` all that there are.
    """
    items_by_place: dict[str, list[Any]] = {}
    for item in error.errors(include_url=False):
        items_by_place.setdefault(".".join(_place(item["loc"])), []).append(item)
    return [(place, _write_sentence(place, items, examples, keys)) for place, items in items_by_place.items()]


def join_placed_sentences(sentences: Collection[tuple[str, Message]]) -> Message:
    """Return sentences with their places as one message."""
    placed = [
        msg("%(place)s: %(sentence)s", place=place, sentence=sentence) if place else sentence for place, sentence in sentences
    ]
    return reduce(lambda before, after: msg("%(before)s; %(after)s", before=before, after=after), placed)


def _place(parts: tuple[int | str, ...]) -> list[str]:
    place = list(map(str, parts))
    while place and _UNION_MEMBER.fullmatch(place[-1]):
        place.pop()
    return place


def _write_sentence(place: str, items: list[Any], examples: Mapping[str, str], keys: Collection[str]) -> Message:
    item = next((i for i in items if i["type"] == "value_error"), items[0])
    if len(items) > 1 and item["type"] != "value_error":
        return _describe_unfit(place, item, examples)
    if item["type"] == "extra_forbidden":
        key = place.rpartition(".")[2]
        close = difflib.get_close_matches(key, sorted(keys), 1)
        if close:
            return msg("there is no such key; is `%(close)s` meant?", close=close[0])
        return msg("there is no such key; leave it out")
    return SENTENCES.get(item["type"], _describe_unfit)(place, item, examples)


def _describe_unfit(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg(
        "%(value)s does not fit here; write `%(example)s`", value=_format_item(item), example=_write_example(place, examples)
    )


def _describe_missing(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg("is missing; write `%(example)s`", example=_write_example(place, examples))


def _describe_refused(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    error = item["ctx"]["error"]
    return error.message if isinstance(error, InvalidValue) else wrap_foreign_text(str(error))


def _describe_choice(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    choices = re.findall(r"'([^']*)'", str(item["ctx"]["expected"]))
    return msg("%(value)s is not a valid choice; write one of %(choices)s", value=_format_item(item), choices=choices)


def _tag(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    choices = re.findall(r"'([^']*)'", str(item["ctx"]["expected_tags"]))
    return msg("%(value)s is not a valid choice; write one of %(choices)s", value=repr(item["ctx"]["tag"]), choices=choices)


def _describe_form(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    if place in examples:
        return _describe_unfit(place, item, examples)
    return msg("%(value)s does not have the form %(pattern)s", value=_format_item(item), pattern=item["ctx"]["pattern"])


def _describe_few(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg("has too few entries; write at least %(least)s", least=item["ctx"]["min_length"])


def _describe_whole(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg("%(value)s is not a whole number; write one such as 3", value=_format_item(item))


def _number(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg("%(value)s is not a number; write one such as 0.5", value=_format_item(item))


def _describe_truth(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    return msg("%(value)s is neither true nor false; write `true` or `false`", value=_format_item(item))


def _describe_least(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    limits = item["ctx"]
    if "gt" in limits:
        return msg(
            "%(value)s is too small; write more than %(least)s",
            value=_format_item(item),
            least=convert_cell_to_text(limits["gt"]),
        )
    return msg(
        "%(value)s is too small; write %(least)s or more", value=_format_item(item), least=convert_cell_to_text(limits["ge"])
    )


def _describe_most(place: str, item: Any, examples: Mapping[str, str]) -> Message:
    limits = item["ctx"]
    if "lt" in limits:
        return msg(
            "%(value)s is too large; write less than %(most)s",
            value=_format_item(item),
            most=convert_cell_to_text(limits["lt"]),
        )
    return msg(
        "%(value)s is too large; write %(most)s or less", value=_format_item(item), most=convert_cell_to_text(limits["le"])
    )


Sentence = Callable[[str, Any, Mapping[str, str]], Message]
SENTENCES: Mapping[str, Sentence] = {
    "missing": _describe_missing,
    "value_error": _describe_refused,
    "literal_error": _describe_choice,
    "union_tag_invalid": _tag,
    "string_pattern_mismatch": _describe_form,
    "too_short": _describe_few,
    "string_too_short": _describe_few,
    "int_type": _describe_whole,
    "int_parsing": _describe_whole,
    "int_from_float": _describe_whole,
    "float_type": _number,
    "float_parsing": _number,
    "finite_number": _number,
    "bool_type": _describe_truth,
    "bool_parsing": _describe_truth,
    "greater_than": _describe_least,
    "greater_than_equal": _describe_least,
    "less_than": _describe_most,
    "less_than_equal": _describe_most,
}
"""The sentence of each type of pydantic's errors; others say that the value does not fit, with an example."""


def _format_item(item: Any) -> str:
    text = repr(item["input"])
    return text if len(text) <= MAX_QUOTED_CHARACTERS else text[: MAX_QUOTED_CHARACTERS - 1] + "…"


def _write_example(place: str, examples: Mapping[str, str]) -> str:
    """Return the line to write for the last key of a place, or for the last two."""
    names = [part for part in place.split(".") if not part.isdigit()]
    return examples.get(".".join(names[-2:])) or examples.get(names[-1]) or f"{names[-1]}: …" if names else "…"
