"""The reason of a decision: its length, and what is wrong with one that is too short or too long."""

from lodebase.errors import BadQuery
from lodedata.messages import msg

MIN_REASON_CHARACTERS = 5
MAX_REASON_CHARACTERS = 500


def require_reason(reason: str, shown: str = "") -> None:
    """Raise BadQuery if a reason is too short or too long; ``shown`` is the part of it that the error repeats."""
    if len(reason) < MIN_REASON_CHARACTERS:
        raise BadQuery("reason", shown, msg("%(parameter)s is too short. State the evidence, such as a register entry."))
    if len(reason) > MAX_REASON_CHARACTERS:
        too_long = msg("%(parameter)s is longer than %(longest)s characters. Shorten it.", longest=MAX_REASON_CHARACTERS)
        raise BadQuery("reason", shown, too_long)
