"""What one comparison of two records comes to."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison's features for the model, each between -1 and 1, with the reason in both languages.

    Nothing to say is no features and no words.
    """

    name: str
    features: Mapping[str, float]
    en: str = ""
    zh: str = ""
