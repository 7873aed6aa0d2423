"""A rule of problems."""

from dataclasses import dataclass
from typing import Literal

from lodedata.messages import Message


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """A rule's weight and its sentence, whose arguments are those of the problem.

    ``refuse`` puts a row in quarantine, ``flag`` loads and marks it, ``scope`` says why a row is out of scope. A flag has a
    title for lists and filters.
    """

    weight: Literal["refuse", "flag", "scope"]
    sentence: Message
    title: Message | None = None
    left_out: bool = False
    """Whether a part of the row, such as its position, is left out of the record."""
