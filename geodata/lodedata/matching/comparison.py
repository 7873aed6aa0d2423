"""The result of one comparison of two records."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodedata.messages import Message


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison's features for the model, each between -1 and 1, with the reason.

    A comparison without evidence has no features and no reason.
    """

    name: str
    features: Mapping[str, float]
    reason: Message | None = None
