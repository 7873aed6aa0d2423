"""The model of a rules file: an instrument with its legal status, and its rules as typed conditions.

A rule without the mark ``verified`` never counts as in force, whatever the legal status of its instrument.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lodedata.messages import Label, msg
from lodedata.rules.quantities import DECLARED, QUANTITIES
from lodedata.validation import InvalidValue

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,80}$")]
NonEmptyText = Annotated[str, StringConstraints(min_length=2)]
Percent = Annotated[float, Field(ge=0, le=100)]


def _require_declared(code: str) -> str:
    if code not in QUANTITIES:
        raise InvalidValue(
            msg("%(code)r is not a declared quantity; use one of %(choices)s", code=code, choices=list(DECLARED))
        )
    return code


class RulePart(BaseModel):
    """A part of a rules file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneBan(RulePart):
    """No plant may be built inside zones of a kind."""

    kind: Literal["zone-ban"]
    zone_kind: Code


class MinimumScale(RulePart):
    """The least capacity of a plant in tonnes per year."""

    kind: Literal["minimum-scale"]
    capacity_tpa: float = Field(gt=0)


class FeedstockShare(RulePart):
    """The least share of own feedstock, or of own and contracted; None where the clause names no figure."""

    kind: Literal["feedstock-share"]
    share_pct: Percent | None
    counts: Literal["equity", "equity-and-contract"] = "equity"


class FeedstockBan(RulePart):
    """Feedstock that new plants may not use."""

    kind: Literal["feedstock-ban"]
    materials: tuple[Code, ...] = Field(min_length=1)


class Limit(RulePart):
    """A bound on a declared figure: energy, recovery or another ratio. Exactly one of the four bounds is given."""

    kind: Literal["energy", "recovery", "ratio"]
    quantity: Annotated[str, AfterValidator(_require_declared)]
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _require_one_bound(self) -> "Limit":
        if sum(bound is not None for bound in (self.at_least, self.at_most, self.above, self.below)) != 1:
            raise InvalidValue(msg("give exactly one of `at_least`, `at_most`, `above` and `below`"))
        return self


class Distance(RulePart):
    """The least distance from zones of a kind, in kilometres on the ellipsoid."""

    kind: Literal["distance"]
    zone_kind: Code
    at_least_km: float = Field(gt=0)


class MaterialProperty(RulePart):
    """What must be true, or must not be true, of a material."""

    kind: Literal["property"]
    of: Literal["conforms", "bulk", "mixed"]
    required: bool


class GeneralClause(RulePart):
    """A clause without a figure; it is shown and never evaluated."""

    kind: Literal["statement"]


Condition = Annotated[
    ZoneBan | MinimumScale | FeedstockShare | FeedstockBan | Limit | Distance | MaterialProperty | GeneralClause,
    Field(discriminator="kind"),
]


class InstrumentRule(RulePart):
    """One clause as a summary, with its condition and the plants to which it applies."""

    id: Code
    products: tuple[Code, ...] = Field(min_length=1)
    text_en: NonEmptyText
    text_zh: NonEmptyText
    condition: Condition
    mark: Literal["verified", "unverified"]
    read_in: NonEmptyText = Field(description="document in which the clause was checked")
    project_types: tuple[Code, ...] = Field((), description="terms of the vocabulary phase-type; empty for all")
    feedstock: tuple[Code, ...] = Field((), description="only plants that use one of these; empty for all")
    divisions: tuple[str, ...] = Field((), description="ISO 3166-2 codes of the divisions it applies to; empty for all")
    force: Literal["firm", "guiding", "context"] = Field(
        "firm", description="guiding for what the text says in principle (原则上), context for goals and definitions"
    )
    read_as: Literal["official", "full-copy", "re-post", "transcription"] = Field(
        "re-post",
        description="what was read: the official page, a copy of the whole text, a re-post or a typed copy of figures",
    )
    clause: str | None = Field(None, description="number of the clause in the text; empty where it was not read")
    url: str | None = Field(None, description="page where the clause was read")
    note_en: str | None = None
    note_zh: str | None = None


class LegalText(RulePart):
    """A law, plan, notice or standard with its period of validity."""

    id: Code
    title_en: NonEmptyText
    title_zh: NonEmptyText
    issuer_en: NonEmptyText
    issuer_zh: NonEmptyText
    document: str | None = Field(None, description="number of the document")
    issued: date | None = None
    citation: NonEmptyText
    standing: Literal["in-force", "guidance", "draft"]
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="the last day of validity; empty while it is not replaced")
    country: str = "CHN"
    unread_en: str | None = Field(None, description="what of the text is not held here; empty if all of it is held")
    unread_zh: str | None = None
    note_en: str | None = None
    note_zh: str | None = None

    @property
    def title(self) -> Label:
        """The title in both languages."""
        return Label(self.title_en, self.title_zh)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise InvalidValue(
                msg("valid_to (%(end)s) is before valid_from (%(begin)s)", end=str(self.valid_to), begin=str(self.valid_from))
            )
        return self


def require_distinct(ids: Sequence[str]) -> None:
    """Raise InvalidValue if two rules of a text have one id."""
    if twice := sorted({identity for identity in ids if ids.count(identity) > 1}):
        raise InvalidValue(msg("two rules have the id %(name)r", name=twice[0]))


class Instrument(LegalText):
    """A legal text with rules for the siting of plants."""

    rules: tuple[InstrumentRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        require_distinct([rule.id for rule in self.rules])
        return self
