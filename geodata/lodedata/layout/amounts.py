"""Tonnes per year as text: whole tonnes, in Chinese tens of thousands of tonnes (万吨) from ten thousand on."""

from dataclasses import dataclass

from lodedata.messages import Translatable, msg

MYRIAD = 10_000


@dataclass(frozen=True, slots=True)
class AnnualTonnage(Translatable):
    """A range of tonnes per year as an argument of a message; a single amount if both ends are equal."""

    low: float
    high: float

    def in_language(self, language: str) -> str:
        """Return the range with its unit in a language."""
        return format_range(self.low, self.high, language)


@dataclass(frozen=True, slots=True)
class Tonnage(Translatable):
    """Tonnes as an argument of a message."""

    tonnes: float

    def in_language(self, language: str) -> str:
        """Return the amount with its unit in a language."""
        in_myriads = language == "zh" and abs(self.tonnes) >= MYRIAD
        number = _number(self.tonnes, in_myriads)
        if in_myriads:
            return msg("%(number)s × 10,000 t", number=number).in_language(language)
        return msg("%(number)s t", number=number).in_language(language)


def wrap_annual_tonnage(tpa: float) -> AnnualTonnage:
    """Return a single amount as an argument of a message."""
    return AnnualTonnage(tpa, tpa)


def format_range(low: float, high: float, language: str) -> str:
    """Return a range with its unit; a single amount if both ends are equal."""
    in_myriads = language == "zh" and abs(high) >= MYRIAD
    number = "–".join(dict.fromkeys((_number(low, in_myriads), _number(high, in_myriads))))
    if in_myriads:
        return msg("%(number)s × 10,000 t/a", number=number).in_language(language)
    return msg("%(number)s t/a", number=number).in_language(language)


def _number(tpa: float, in_myriads: bool) -> str:
    if not in_myriads:
        return f"{tpa:,.0f}"
    text = f"{tpa / MYRIAD:,.2f}"
    return text.rstrip("0").rstrip(".")
