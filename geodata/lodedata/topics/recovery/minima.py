"""Minimum, general and leading rates of recovery as dated rules: one YAML file for each instrument."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, model_validator

from lodedata.messages import msg
from lodedata.rules.model import Code, LegalText, NonEmptyText, Percent, RulePart, require_distinct
from lodedata.topics.recovery.inputs import INPUTS
from lodedata.validation import InvalidValue

Stage = Literal["mining", "processing", "co-product"]
Tier = Literal["minimum", "general", "leader"]
STAGES: tuple[Stage, ...] = ("mining", "processing", "co-product")
TIERS: tuple[Tier, ...] = ("minimum", "general", "leader")
"""The tiers in ascending order."""


class GradeRange(RulePart):
    """The grades for which a rate applies; ``at_least`` and ``at_most`` count, ``above`` and ``below`` do not."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def contains(self, grade: float) -> bool:
        """Return whether the rate applies for a grade."""
        return (
            (self.at_least is None or grade >= self.at_least)
            and (self.above is None or grade > self.above)
            and (self.at_most is None or grade <= self.at_most)
            and (self.below is None or grade < self.below)
        )


class RecoveryRule(RulePart):
    """A cell of a table: the least rate of a stage, and the ore and mine that it applies to.

    A text of which only the span of a table was read has the lowest and the highest rate of its cells; one that was not
    read has no rate and is unverified.
    """

    id: Code
    commodity: Code
    stage: Stage
    tier: Tier = "minimum"
    pct: Percent | None = None
    lowest_pct: Percent | None = None
    highest_pct: Percent | None = None
    when: dict[str, tuple[Code, ...]] = Field(default_factory=dict, description="choices of each input it applies to")
    grade: GradeRange | None = Field(None, description="grades of Li2O in per cent it applies to")
    text_en: NonEmptyText
    text_zh: NonEmptyText
    mark: Literal["verified", "unverified"]
    read_in: NonEmptyText

    @property
    def span(self) -> tuple[float, float] | None:
        """The lowest and the highest rate that the rule may require, None if it was not read."""
        if self.pct is not None:
            return self.pct, self.pct
        return None if self.lowest_pct is None or self.highest_pct is None else (self.lowest_pct, self.highest_pct)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, choices in self.when.items():
            input_choices = INPUTS[name].choices if name in INPUTS else {}
            if unknown := [choice for choice in choices if choice not in input_choices]:
                raise InvalidValue(
                    msg(
                        "%(code)r is not a choice of %(name)s; use one of %(choices)s",
                        code=unknown[0],
                        name=name,
                        choices=list(input_choices),
                    )
                )
        if self.span is None and self.mark == "verified":
            raise InvalidValue(msg("%(name)s has no rate; a rate that was not read is unverified", name=self.id))
        return self


class RecoveryInstrument(LegalText):
    """A legal text with rates of recovery."""

    rules: Annotated[tuple[RecoveryRule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        require_distinct([rule.id for rule in self.rules])
        return self


@cache
def load_instruments() -> tuple[RecoveryInstrument, ...]:
    """Return the instruments that ship, in order of their ids."""
    folder = Path(str(files("lodedata.topics.recovery") / "instruments"))
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.yml"))]
    return tuple(RecoveryInstrument.model_validate(yaml.safe_load(text)) for text in texts)
