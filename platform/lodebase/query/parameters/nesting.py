"""Nesting of JSON and WKT in requests: the depth is checked before any parser runs."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from lodebase.errors import BadQuery
from lodebase.query.parameters.arguments import shorten_quoted_value
from lodedata.messages import Message, msg

MAX_LEVELS = 100
"""The maximum depth of objects and arrays of JSON: a filter may nest 40 operations, each with an array of arguments."""
MAX_LEVELS_OF_WKT = 4
"""The maximum depth of parentheses of WKT: a multipolygon has three."""

_JSON = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_WKT = re.compile(r"[()]")


def read_json(name: str, content: bytes | str, advice: Message | None = None) -> Any:
    """Return the value of a JSON text. Raise BadQuery with the name of the parameter if it is too deep or is not JSON."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    check_json(name, text)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadQuery(name, shorten_quoted_value(text), _describe_no_json(str(error), advice)) from None


def _describe_no_json(reason: str, advice: Message | None) -> Message:
    if advice is None:
        return msg("%(parameter)s is not JSON (%(reason)s).", reason=reason)
    return msg("%(parameter)s is not JSON (%(reason)s). %(advice)s", reason=reason, advice=advice)


def check_json(name: str, text: str) -> None:
    """Raise BadQuery if a JSON text is nested too deep; brackets inside strings are ignored."""
    if text.count("[") + text.count("{") > MAX_LEVELS:
        _check(name, text, (match[0] for match in _JSON.finditer(text)), MAX_LEVELS)


def check_wkt(name: str, text: str) -> None:
    """Raise BadQuery if the parentheses of a WKT text are nested too deep."""
    if text.count("(") > MAX_LEVELS_OF_WKT:
        _check(name, text, (match[0] for match in _WKT.finditer(text)), MAX_LEVELS_OF_WKT)


def _check(name: str, text: str, marks: Iterator[str], most: int) -> None:
    level = 0
    for mark in marks:
        level += (mark in "[{(") - (mark in "]})")
        if level > most:
            raise BadQuery(
                name,
                shorten_quoted_value(text),
                msg("%(parameter)s is nested more than %(most)s levels deep. Write it with fewer levels.", most=most),
            )
