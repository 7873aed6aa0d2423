"""Check of the regular expressions that a mapping states."""

import re

from lodedata.messages import msg
from lodedata.read.depth import measure_text_depth
from lodedata.validation import InvalidValue

MAX_NESTED = 50
"""Brackets within brackets of a regular expression; Python compiles each by a call within the call before."""


def require_regular(pattern: str) -> str:
    """Return a pattern that Python compiles. Raises InvalidValue, also for brackets that are nested too deeply."""
    if measure_text_depth(pattern.encode()) > MAX_NESTED:
        raise InvalidValue(
            msg("the regular expression has more than %(most)s brackets within brackets; write a simpler one", most=MAX_NESTED)
        )
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidValue(msg("%(pattern)r is not a regular expression (%(error)s)", pattern=pattern, error=error)) from None
    return pattern
