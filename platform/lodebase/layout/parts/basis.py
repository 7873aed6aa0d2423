"""The basis of a layout report: coverage, dates, rules, uncertainty and sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from lodebase.layout.parts.sites import StatusAges


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyNote:
    """An uncertainty with the number of records that it concerns, as a sentence."""

    id: str
    count: int
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputCoverage:
    """The capacity of the operating plants held here, in per cent of the output of the country."""

    country: str
    operating_tpa: float
    output_t: float
    year: str
    source: str
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDates(StatusAges):
    """The dates of the statuses of the listed sites."""

    sites: int
    old_years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentInPart:
    """An instrument that is held in part only, and what is not held."""

    id: str
    title_en: str
    title_zh: str
    en: str | None
    zh: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesRead:
    """How many rules apply, how their texts were read, and which instruments are held in part only."""

    apply: int
    read_as: Mapping[str, int]
    in_part: tuple[InstrumentInPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBasis:
    """What the result rests on."""

    coverage: OutputCoverage | None
    statuses: StatusDates
    rules: RulesRead


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSource:
    """A source of the report."""

    name: str
    title_en: str | None
    title_zh: str | None
    licence_name: str | None
    citation: str | None
    as_of: str | None
