"""Operations of recovery: the check of rates against minima on a day, and the metal between rates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from pydantic import create_model

from lodebase.errors import NotFound
from lodebase.field_types import Choice, Country, Day, Description, Percent, RecordId
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading
from lodebase.statistics.contained_figures import ContainedFigure
from lodebase.topics.recovery.store import DepositGap, GapTotal, read_gaps, read_record
from lodedata.messages import Message, msg
from lodedata.rules.legal_status import LegalStatus
from lodedata.topics.recovery.check import (
    OUTCOMES,
    RecoveryFacts,
    RecoveryFinding,
    RecoveryOutcome,
    check,
    compute_metal_between,
    derive_recovery_facts,
)
from lodedata.topics.recovery.gap import FORMULA, RateGap
from lodedata.topics.recovery.inputs import INPUTS
from lodedata.topics.recovery.minima import STAGES, Stage, Tier, load_instruments
from lodedata.vocab import load_vocabulary

RATES: Mapping[str, Stage] = {stage.replace("-", "_"): stage for stage in STAGES}
"""The stage of each parameter of a rate."""
METALS = tuple(dict.fromkeys(rule.commodity for instrument in load_instruments() for rule in instrument.rules))
METAL = Choice(METALS, msg("The metal."))
CLOSING = msg("A comparison with texts as they were read; it is no decision of an authority.")
NOTE = msg(
    "Deposits whose mine has an actual rate of processing, and the metal that their estimates contain, losses of mining not "
    "deducted. Of a table of which only the span was read, the metal is a span. A sum is of one metal, class and text."
)


class RecoveryCheckParameters(Parameters):
    """A record, or a metal with its country and day; :data:`RecoveryCheckInput` has the rates and inputs as well."""

    record: Annotated[RecordId | None, Description(msg("The id of a recovery record, in place of all other parameters."))] = (
        None
    )
    commodity: Annotated[str, METAL] | None = None
    country: Annotated[Country | None, Description(msg("The country of the mine, by ISO 3166-1 code."))] = None
    date: Day | None = None
    li2o_pct: Annotated[Percent | None, Description(msg("The grade of Li2O in per cent."))] = None

    @classmethod
    def is_begun(cls, values: Mapping[str, object]) -> bool:
        """Return whether a record or a metal is given."""
        return bool(values.get("record") or values.get("commodity"))

    @property
    def rates(self) -> Mapping[str, float]:
        """The rate of each stage that is given, in per cent."""
        return {stage: rate for name, stage in RATES.items() if (rate := getattr(self, name)) is not None}

    @property
    def choices(self) -> Mapping[str, str]:
        """The inputs that are given by choice."""
        chosen = ((name, getattr(self, name)) for name, described in INPUTS.items() if described.choices)
        return {name: value for name, value in chosen if value is not None}


_INPUT = msg("An input that a minimum depends on.")
_RATE = Annotated[Percent | None, Description(msg("The rate of this stage in per cent."))]
_RATES: Mapping[str, Any] = dict.fromkeys(RATES, (_RATE, None))
_INPUTS: Mapping[str, Any] = {
    name: (Annotated[str, Choice(tuple(described.choices), _INPUT)] | None, None)
    for name, described in INPUTS.items()
    if described.choices
}
RecoveryCheckInput = create_model("RecoveryCheckInput", __base__=RecoveryCheckParameters, **_RATES, **_INPUTS)


class GapsParameters(Parameters):
    """The day of the texts."""

    date: Day | None = None


@dataclass(frozen=True, slots=True)
class FindingReport:
    """A finding with its texts in both languages, and the metal between rate and minimum in tonnes."""

    instrument: Mapping[str, object]
    applies_in_country: bool | None
    stage: Stage
    stage_en: str
    stage_zh: str
    outcome: RecoveryOutcome
    outcome_en: str
    outcome_zh: str
    standing: LegalStatus
    reason_en: str | None
    reason_zh: str | None
    rate_pct: float | None
    lowest_minimum_pct: float | None
    highest_minimum_pct: float | None
    gap_points: float | None
    metal_between_t: float | None
    missing: tuple[str, ...]
    rules: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """The findings for a record, or for the rates and inputs of a mine or plan, in per cent."""

    record: str | None
    commodity: str
    country: str | None
    date: date
    rates_pct: Mapping[str, float]
    inputs: Mapping[str, str | float]
    findings: tuple[FindingReport, ...]
    disclaimer_en: str
    disclaimer_zh: str


@dataclass(frozen=True, slots=True)
class GapReport:
    """The metal in tonnes between an actual rate and a tier of a text, by class, at the lowest and the highest rate."""

    instrument: str
    tier: Tier
    actual_pct: float
    low_pct: float | None
    high_pct: float | None
    applies_in_country: bool | None
    reason: Message | None
    metal_t: Mapping[str, tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class DepositGapReport:
    """A deposit with the mine that works it, its metal by class, and the gaps."""

    deposit: str
    project: str
    record: str
    name_en: str | None
    name_zh: str | None
    project_name_en: str | None
    project_name_zh: str | None
    commodity: str
    country: str | None
    year: int | None
    gaps: tuple[GapReport, ...]
    figures: tuple[ContainedFigure, ...]


@dataclass(frozen=True, slots=True)
class GapsReport:
    """The gaps of a day: the sums of those with every input, and each deposit."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    date: date
    formula: Message
    note: Message
    disclaimer: Message
    totals: tuple[GapTotal, ...]
    deposits: tuple[DepositGapReport, ...]


def check_recovery(services: OperationServices, parameters: RecoveryCheckParameters) -> RecoveryReport:
    """Return the findings for a record, or for rates and inputs. Raises BadQuery without either, NotFound for no record."""
    record = None if parameters.record is None else _find_record(services, parameters.record)
    day = parameters.date or services.today
    if record is not None:
        facts = derive_recovery_facts(record, day)
    elif parameters.commodity is None:
        raise METAL.refuse_missing("commodity")
    else:
        facts = RecoveryFacts(
            parameters.commodity, day, parameters.country, parameters.rates, parameters.choices, parameters.li2o_pct
        )
    return RecoveryReport(
        record=parameters.record,
        commodity=facts.commodity,
        country=facts.country,
        date=facts.on,
        rates_pct=facts.rates,
        inputs={**facts.choices, **({} if facts.li2o_pct is None else {"li2o_pct": facts.li2o_pct})},
        findings=tuple(report_finding(finding, facts, record) for finding in check(facts)),
        disclaimer_en=CLOSING.in_language("en"),
        disclaimer_zh=CLOSING.in_language("zh"),
    )


def report_finding(finding: RecoveryFinding, facts: RecoveryFacts, record: Mapping[str, Any] | None) -> FindingReport:
    """Return a finding with its texts in both languages."""
    instrument, stage = finding.instrument, load_vocabulary("recovery-stage")[finding.stage]
    rules = [rule for rule in instrument.rules if rule.id in finding.rules]
    return FindingReport(
        instrument=instrument.model_dump(mode="json", exclude={"rules"}),
        applies_in_country=_applies_in(facts.country, instrument.country),
        stage=finding.stage,
        stage_en=stage.label_en,
        stage_zh=stage.label_zh,
        outcome=finding.outcome,
        outcome_en=OUTCOMES[finding.outcome].in_language("en"),
        outcome_zh=OUTCOMES[finding.outcome].in_language("zh"),
        standing=finding.standing,
        reason_en=None if finding.reason is None else finding.reason.in_language("en"),
        reason_zh=None if finding.reason is None else finding.reason.in_language("zh"),
        rate_pct=finding.rate_pct,
        lowest_minimum_pct=finding.lowest_pct,
        highest_minimum_pct=finding.highest_pct,
        gap_points=finding.gap_points,
        metal_between_t=None if record is None else compute_metal_between(finding, record),
        missing=finding.missing,
        rules=tuple(rule.model_dump(mode="json", exclude_none=True) for rule in rules),
    )


def find_gaps(services: OperationServices, parameters: GapsParameters) -> GapsReport:
    """Return the metal between actual and minimum or leading rates of processing on a day, by default today."""
    stored = read_gaps(services.engine, parameters.date or services.today)
    deposits = tuple(_report_deposit(deposit) for deposit in stored.deposits)
    return GapsReport(stored.dataset_version, stored.on, FORMULA, NOTE, CLOSING, stored.totals, deposits)


def _find_record(services: OperationServices, identity: str) -> Mapping[str, Any]:
    with open_reading(services.engine) as connection:
        record = read_record(connection, identity)
    if record is None:
        raise NotFound(msg('There is no recovery record "%(value)s".', value=identity[:40]))
    return record


def _applies_in(country: str | None, of_text: str) -> bool | None:
    return None if country is None else country == of_text


def _report_deposit(deposit: DepositGap) -> DepositGapReport:
    return DepositGapReport(
        deposit=deposit.deposit,
        project=deposit.project,
        record=deposit.record,
        **deposit.names,
        commodity=deposit.facts.commodity,
        country=deposit.facts.country,
        year=deposit.year,
        gaps=tuple(_report_gap(gap, deposit) for gap in deposit.gaps),
        figures=deposit.figures,
    )


def _report_gap(gap: RateGap, deposit: DepositGap) -> GapReport:
    low, high = gap.span or (None, None)
    return GapReport(
        instrument=gap.instrument.id,
        tier=gap.tier,
        actual_pct=gap.actual_pct,
        low_pct=low,
        high_pct=high,
        applies_in_country=_applies_in(deposit.facts.country, gap.instrument.country),
        reason=gap.reason,
        metal_t={figure.category: gap.metal_t(figure.metal_t) for figure in deposit.figures},
    )


CHECK = Operation(
    "recovery.check",
    "/api/recovery/check",
    msg("Check of recovery rates"),
    msg("Rates of recovery of a mine or plan against the minima of a day: below, at least, cannot say, text not read"),
    RecoveryCheckInput,
    run=check_recovery,
    result=RecoveryReport,
    page="/recovery/check",
    command=True,
    process=True,
)
GAPS = Operation(
    "recovery.gaps",
    "/api/recovery/gaps",
    msg("Metal between actual and minimum rates"),
    msg("Metal between actual and minimum or leading rates of processing, by deposit and in sums of one class"),
    GapsParameters,
    run=find_gaps,
    result=GapsReport,
    varies_by=("version", "day"),
    page="/recovery/gaps",
    command=True,
)
OPERATIONS = (CHECK, GAPS)
