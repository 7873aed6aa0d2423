"""The check of a mine or plan against the rates of recovery that apply on a day.

A finding is no decision of an authority. Where an input is missing, or only the span of a table was read, a rate below or
above all cells that may apply is still decided.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from lodedata.messages import Message, msg
from lodedata.rules.legal_status import COUNTS, LABELS, LegalStatus, determine_legal_status
from lodedata.topics.recovery.inputs import INPUTS
from lodedata.topics.recovery.minima import STAGES, TIERS, RecoveryInstrument, RecoveryRule, Stage, Tier, load_instruments

RecoveryOutcome = Literal["below-minimum", "at-least-minimum", "general", "leader", "cannot-say", "text-not-read"]
REACHED: Mapping[Tier, RecoveryOutcome] = {"minimum": "at-least-minimum", "general": "general", "leader": "leader"}
OUTCOMES: Mapping[RecoveryOutcome, Message] = {
    "below-minimum": msg("below the minimum"),
    "at-least-minimum": msg("at least the minimum"),
    "general": msg("at least the general rate"),
    "leader": msg("at least the leading rate"),
    "cannot-say": msg("cannot say"),
    "text-not-read": msg("text not read"),
}
NOT_READ = msg("The rates of this text were not read.")
NO_RATE = msg("The rate of this stage is not given.")
NO_CELL = msg("The text has no rate for these inputs.")
SPAN_ONLY = msg("Of the table only the span from %(low)s to %(high)s %% was read.")


@dataclass(frozen=True, slots=True)
class RecoveryFacts:
    """A mine or plan on a day: its metal, country, rates by stage, choices of inputs, and grade of Li2O; missing is unknown."""

    commodity: str
    on: date
    country: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    li2o_pct: float | None = None


@dataclass(frozen=True, slots=True)
class RecoveryFinding:
    """The outcome of one stage by one instrument, with the span of minima that may apply and the missing inputs."""

    instrument: RecoveryInstrument
    stage: Stage
    outcome: RecoveryOutcome
    standing: LegalStatus
    reason: Message | None = None
    rate_pct: float | None = None
    lowest_pct: float | None = None
    highest_pct: float | None = None
    missing: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def gap_points(self) -> float | None:
        """The rate less the minimum in points, if there is one minimum."""
        if self.rate_pct is None or self.lowest_pct is None or self.lowest_pct != self.highest_pct:
            return None
        return round(self.rate_pct - self.lowest_pct, 4)


def derive_recovery_facts(values: Mapping[str, Any], today: date) -> RecoveryFacts:
    """Return the facts of a recovery record on the last day of its year, else today; the reported rate comes first."""
    rate, year = values.get("rate_reported_pct"), values.get("year")
    rate = values.get("rate_computed_pct") if rate is None else rate
    method = values.get("mining_method")
    return RecoveryFacts(
        values["commodity"],
        date(year, 12, 31) if year else today,
        values.get("country"),
        {} if rate is None else {values["recovery_stage"]: rate},
        {"mining_method": str(method)} if method in INPUTS["mining_method"].choices else {},
    )


def compute_metal_between(finding: RecoveryFinding, values: Mapping[str, Any]) -> float | None:
    """Return the tonnes of metal between a record's rate of processing and the minimum, None if a figure is missing.

    Positive metal is recovered above the minimum, negative metal is lost below it.
    """
    gap, ore, grade = finding.gap_points, values.get("ore_treated_t"), values.get("head_grade_pct")
    if finding.stage != "processing" or gap is None or ore is None or grade is None:
        return None
    return float(ore * grade / 100 * gap / 100)


def check(
    facts: RecoveryFacts, recovery_instruments: Sequence[RecoveryInstrument] | None = None
) -> tuple[RecoveryFinding, ...]:
    """Return the findings of every instrument for the metal that applies on the day, by instrument and stage."""
    return tuple(_derive_findings(facts, load_instruments() if recovery_instruments is None else recovery_instruments))


def _derive_findings(facts: RecoveryFacts, recovery_instruments: Iterable[RecoveryInstrument]) -> Iterator[RecoveryFinding]:
    for instrument in recovery_instruments:
        of_metal = [rule for rule in instrument.rules if rule.commodity == facts.commodity]
        for stage in STAGES:
            rules = [rule for rule in of_metal if rule.stage == stage]
            if rules and applies_on(instrument, facts.on):
                yield _build_finding(facts, instrument, stage, rules)


def _build_finding(
    facts: RecoveryFacts, instrument: RecoveryInstrument, stage: Stage, rules: Sequence[RecoveryRule]
) -> RecoveryFinding:
    fitting = [rule for rule in rules if rule.tier == "minimum" and _fits(rule, facts)]
    standings = [determine_legal_status(instrument, rule, facts.on) for rule in fitting or rules]
    legal = next((standing for standing in standings if standing not in COUNTS), standings[0])
    finding = RecoveryFinding(
        instrument,
        stage,
        "cannot-say",
        legal,
        rate_pct=facts.rates.get(stage),
        missing=tuple(name for name in INPUTS if any(name in _open(rule, facts) for rule in fitting)),
        rules=tuple(rule.id for rule in fitting),
    )
    if not fitting:
        return replace(finding, reason=NO_CELL)
    spans = [rule.span for rule in fitting if rule.span is not None]
    if len(spans) < len(fitting):
        return replace(finding, outcome="text-not-read", reason=NOT_READ)
    finding = replace(finding, lowest_pct=min(low for low, _ in spans), highest_pct=max(high for _, high in spans))
    if legal not in COUNTS:
        return replace(finding, reason=LABELS[legal])
    return _decide_outcome(finding, facts, rules)


def _decide_outcome(recovery_finding: RecoveryFinding, facts: RecoveryFacts, rules: Sequence[RecoveryRule]) -> RecoveryFinding:
    """Return a finding with its outcome by the spans of minima that may apply."""
    rate, low, high = recovery_finding.rate_pct, recovery_finding.lowest_pct, recovery_finding.highest_pct
    assert low is not None and high is not None
    if rate is None:
        return replace(recovery_finding, reason=NO_RATE)
    if rate < low:
        return replace(recovery_finding, outcome="below-minimum", missing=())
    if rate >= high:
        return replace(recovery_finding, outcome=_find_reached_tier(rate, facts, rules), missing=())
    if recovery_finding.missing:
        inputs = [INPUTS[name].title for name in recovery_finding.missing]
        return replace(recovery_finding, reason=msg("Missing: %(inputs)s.", inputs=inputs))
    return replace(recovery_finding, reason=SPAN_ONLY.filled(low=f"{low:g}", high=f"{high:g}"))


def _find_reached_tier(rate: float, facts: RecoveryFacts, rules: Sequence[RecoveryRule]) -> RecoveryOutcome:
    """Return the highest tier that a rate of at least the minimum surely reaches."""
    reached: RecoveryOutcome = REACHED["minimum"]
    for tier in TIERS[1:]:
        spans = [rule.span for rule in rules if rule.tier == tier and _fits(rule, facts)]
        if not spans or any(span is None or rate < span[1] for span in spans):
            break
        reached = REACHED[tier]
    return reached


def applies_on(instrument: RecoveryInstrument, day: date) -> bool:
    """Return whether a text applies on a day, whatever was read of it."""
    over = instrument.valid_to is not None and day > instrument.valid_to
    return not over and not (instrument.valid_from is not None and day < instrument.valid_from)


def find_tier_span(
    instrument: RecoveryInstrument, facts: RecoveryFacts, stage: Stage, tier: Tier
) -> tuple[float, float] | None:
    """Return the lowest and the highest rate of a tier that may apply; None if none was read or none counts on the day."""
    of_tier = [rule for rule in instrument.rules if (rule.commodity, rule.stage, rule.tier) == (facts.commodity, stage, tier)]
    fitting = [rule for rule in of_tier if _fits(rule, facts)]
    spans = [rule.span for rule in fitting if determine_legal_status(instrument, rule, facts.on) in COUNTS]
    read_spans = [span for span in spans if span is not None]
    if not read_spans or len(read_spans) < len(fitting):
        return None
    return min(low for low, _ in read_spans), max(high for _, high in read_spans)


def _fits(rule: RecoveryRule, facts: RecoveryFacts) -> bool:
    """Return whether no known input contradicts a rule."""
    if any((choice := facts.choices.get(name)) is not None and choice not in choices for name, choices in rule.when.items()):
        return False
    return rule.grade is None or facts.li2o_pct is None or rule.grade.contains(facts.li2o_pct)


def _open(rule: RecoveryRule, facts: RecoveryFacts) -> set[str]:
    """Return the inputs that a rule depends on and that are not known."""
    unknown = {name for name in rule.when if facts.choices.get(name) is None}
    return unknown | ({"li2o_pct"} if rule.grade is not None and facts.li2o_pct is None else set())
