"""What a rules file holds: an instrument with its standing, and its rules as typed conditions.

A rule without the mark ``verified`` never counts as in force, whatever its instrument says.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lodedata.rules.quantities import DECLARED

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,80}$")]
Words = Annotated[str, StringConstraints(min_length=2)]
Percent = Annotated[float, Field(ge=0, le=100)]


def _declared(code: str) -> str:
    if code not in DECLARED:
        raise ValueError(f"{code!r} is nothing that a planner declares; there are {', '.join(DECLARED)}")
    return code


class Part(BaseModel):
    """A part of a rules file; a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneBan(Part):
    """Nothing may be added inside zones of a kind."""

    kind: Literal["zone-ban"]
    zone_kind: Code


class MinimumScale(Part):
    """The least capacity of a plant in tonnes a year."""

    kind: Literal["minimum-scale"]
    capacity_tpa: float = Field(gt=0)


class FeedstockShare(Part):
    """The least share of own feedstock, or of own and contracted; None where the clause names no figure."""

    kind: Literal["feedstock-share"]
    share_pct: Percent | None
    counts: Literal["equity", "equity-and-contract"] = "equity"


class FeedstockBan(Part):
    """Feedstock that a new line may not be built for."""

    kind: Literal["feedstock-ban"]
    materials: tuple[Code, ...] = Field(min_length=1)


class Limit(Part):
    """A bound on a declared figure: energy, recovery or another ratio. One of the four bounds is said."""

    kind: Literal["energy", "recovery", "ratio"]
    quantity: Annotated[str, AfterValidator(_declared)]
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Limit":
        if sum(bound is not None for bound in (self.at_least, self.at_most, self.above, self.below)) != 1:
            raise ValueError("say one of `at_least`, `at_most`, `above` and `below`")
        return self


class Distance(Part):
    """The least distance from zones of a kind, in kilometres on the ellipsoid."""

    kind: Literal["distance"]
    zone_kind: Code
    at_least_km: float = Field(gt=0)


class Statement(Part):
    """A direction without a figure; it is told and never judged."""

    kind: Literal["statement"]


Condition = Annotated[
    ZoneBan | MinimumScale | FeedstockShare | FeedstockBan | Limit | Distance | Statement, Field(discriminator="kind")
]


class Rule(Part):
    """One clause in our own words, with what it asks and of which plants."""

    id: Code
    products: tuple[Code, ...] = Field(min_length=1)
    text_en: Words
    text_zh: Words
    condition: Condition
    mark: Literal["verified", "unverified"]
    read_in: Words = Field(description="where the clause was read")
    project_types: tuple[Code, ...] = Field((), description="terms of the vocabulary phase-type; none is all")
    feedstock: tuple[Code, ...] = Field((), description="only of plants that use one of these; none is all")
    divisions: tuple[str, ...] = Field((), description="ISO 3166-2 codes of the divisions it holds in; none is all")
    note_en: str | None = None
    note_zh: str | None = None


class Instrument(Part):
    """A law, plan, notice or standard with the days it holds."""

    id: Code
    title_en: Words
    title_zh: Words
    issuer_en: Words
    issuer_zh: Words
    document: str | None = Field(None, description="number of the document")
    issued: date | None = None
    citation: Words
    standing: Literal["in-force", "guidance", "draft"]
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="the last day it holds; none while it is not replaced")
    country: str = "CHN"
    note_en: str | None = None
    note_zh: str | None = None
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Instrument":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"it ends ({self.valid_to}) before it begins ({self.valid_from})")
        ids = [rule.id for rule in self.rules]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"two rules are named {twice[0]!r}")
        return self
