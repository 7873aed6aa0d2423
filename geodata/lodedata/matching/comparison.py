"""The result of one comparison of two records."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison's features for the model, each between -1 and 1, with the reason in both languages.

    A comparison without evidence has no features and empty reasons.
    """

    name: str
    features: Mapping[str, float]
    en: str = ""
    zh: str = ""
