"""Rule sets of alerts: which light a milestone gets and why, as data that an operator replaces."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, ClassVar, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from lodedata.cells import Unreadable, parse_partial_date
from lodedata.errors import MappingRefused
from lodedata.messages import Label, msg
from lodedata.validation import InvalidValue
from lodedata.vocab import load_vocabulary

DEFAULT = "schedule-lights-yinchuan-2025"
Light = Literal["red", "yellow", "note"]


def _require_date(text: str) -> str:
    try:
        parse_partial_date(text)
    except Unreadable:
        raise InvalidValue(msg("%(text)r is not a date; write 2025, 2025-03 or 2025-03-31", text=text)) from None
    return text


def _require_milestone_types(types: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [type_ for type_ in types if type_ not in load_vocabulary("milestone-type")]:
        raise InvalidValue(msg("%(name)r is not a term of the vocabulary milestone-type", name=unknown[0]))
    return types


MilestoneType = Annotated[str, AfterValidator(lambda milestone_type: _require_milestone_types((milestone_type,))[0])]
Types = Annotated[tuple[str, ...], AfterValidator(_require_milestone_types)]


class AlertPart(BaseModel):
    """A part of a rule set; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    facts: ClassVar[tuple[str, ...]] = ()
    """What a sentence of its rule can name in braces."""


class ValueRange(AlertPart):
    """The figures for which a rule applies: from and to count, above and below do not."""

    at_least: float | None = Field(None, alias="from")
    at_most: float | None = Field(None, alias="to")
    above: float | None = None
    below: float | None = None

    def contains(self, figure: float) -> bool:
        """Return whether the rule applies for a figure."""
        return (
            (self.at_least is None or figure >= self.at_least)
            and (self.at_most is None or figure <= self.at_most)
            and (self.above is None or figure > self.above)
            and (self.below is None or figure < self.below)
        )


class MonthsOver(ValueRange):
    """An open milestone whose planned month is over, by the months in a row."""

    facts = ("planned", "months")
    kind: Literal["months-over"]
    milestones: Types


class ProgressBehind(ValueRange):
    """Progress behind the planned one, in points."""

    facts = ("points",)
    kind: Literal["progress-behind"]


class MonthsAfter(ValueRange):
    """An open milestone of a phase in which another one is done, by the months since then."""

    facts = ("since", "months")
    kind: Literal["months-after"]
    after: MilestoneType
    milestones: Types


class DatePassed(AlertPart):
    """An open milestone without an act whose planned date has passed."""

    facts = ("planned", "days")
    kind: Literal["date-passed"]
    left_out: Types = Field((), alias="not")


class ExpiresBefore(AlertPart):
    """A permit or right that expires before an open milestone of its phase is planned."""

    facts = ("expires", "milestone", "planned")
    kind: Literal["expires-before"]
    milestones: Types


class Stale(AlertPart):
    """An open milestone without news for some months."""

    facts = ("since",)
    kind: Literal["stale"]
    months: int = Field(ge=1)


class Order(AlertPart):
    """A milestone that is done, and none of those that come before it known to be done by then."""

    facts = ("since", "milestone")
    kind: Literal["order"]
    milestones: Types
    requires: Types


class Disagree(AlertPart):
    """Actual dates of one milestone that differ between sources."""

    facts = ("dates",)
    kind: Literal["disagree"]


Check = MonthsOver | ProgressBehind | MonthsAfter | DatePassed | ExpiresBefore | Stale | Order | Disagree


class AlertRule(AlertPart):
    """A condition, its light and its sentence in both languages; ``note`` changes no light."""

    id: str = Field(pattern=r"^[a-z0-9-]{3,60}$")
    mark: Literal["published", "lode"]
    light: Light
    check: Check = Field(discriminator="kind")
    en: str = Field(min_length=3)
    zh: str = Field(min_length=2)

    @model_validator(mode="after")
    def _fillable(self) -> "AlertRule":
        parts = [part for sentence in (self.en, self.zh) for part in Formatter().parse(sentence)]
        if unknown := [name for _, name, _, _ in parts if name is not None and name not in self.check.facts]:
            raise InvalidValue(
                msg("the sentence has no fact %(name)r; choose from %(facts)s", name=unknown[0], facts=list(self.check.facts))
            )
        return self


class AlertRuleSet(AlertPart):
    """The rules of alerts of one publisher, with the date from which they are in force."""

    name: str = Field(pattern=r"^[a-z0-9-]{3,80}$")
    title_en: str
    title_zh: str
    published_by: str
    in_force_from: Annotated[str, AfterValidator(_require_date)]
    citation: str
    rules: tuple[AlertRule, ...] = Field(min_length=1)

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)

    @model_validator(mode="after")
    def _distinct(self) -> "AlertRuleSet":
        names = [rule.id for rule in self.rules]
        if len(set(names)) != len(names):
            raise InvalidValue(msg("two rules have the same id"))
        return self


def load(path: Path) -> AlertRuleSet:
    """Return the rule set of a file. Raise MappingRefused if it is none."""
    try:
        return AlertRuleSet.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        reason = str(error).splitlines()
        raise MappingRefused(
            msg(
                "%(file)s is not a rule set of schedules (%(reason)s). Copy schedule-lights-yinchuan-2025.yml and change it.",
                file=path.name,
                reason="; ".join(line.strip() for line in reason[:3]),
            )
        ) from None


@cache
def load_shipped_rule_set(name: str = DEFAULT) -> AlertRuleSet:
    """Return a rule set that Lode ships."""
    return load(Path(str(files("lodedata.topics.schedule") / "rule_sets" / f"{name}.yml")))
