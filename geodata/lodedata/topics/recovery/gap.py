"""Metal between the rate that a mine reaches and the minimum or leading rate of a text, as spans; findings only.

A text of which only the span of a table was read gives a span of metal. A text that was not read gives none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lodedata.messages import Message, msg
from lodedata.topics.recovery.check import NOT_READ, RecoveryFacts, applies_on, find_tier_span
from lodedata.topics.recovery.minima import RecoveryInstrument, Stage, Tier, load_instruments

FORMULA = msg("metal contained × (rate of the text − actual rate) ÷ 100; negative: recovered above the rate of the text")
COMPARED: tuple[Tier, ...] = ("minimum", "leader")
STAGE: Stage = "processing"
TIER_TITLES = {"minimum": msg("minimum"), "leader": msg("leading rate")}


@dataclass(frozen=True, slots=True)
class RateGap:
    """An actual rate and the span of a tier of a text; without a span the reason says why."""

    instrument: RecoveryInstrument
    tier: Tier
    actual_pct: float
    span: tuple[float, float] | None
    reason: Message | None = None

    def metal_t(self, contained_t: float) -> tuple[float, float] | None:
        """Return the tonnes between the two rates in a contained mass of metal, at the lowest and the highest rate."""
        if self.span is None:
            return None
        low, high = (contained_t * (rate - self.actual_pct) / 100 for rate in self.span)
        return low, high


def find_gaps(facts: RecoveryFacts, recovery_instruments: Sequence[RecoveryInstrument] | None = None) -> Iterator[RateGap]:
    """Yield the gap of a rate of processing to each tier of each text that applies on the day; none without a rate."""
    actual = facts.rates.get(STAGE)
    if actual is None:
        return
    for instrument in load_instruments() if recovery_instruments is None else recovery_instruments:
        rules = [rule for rule in instrument.rules if (rule.commodity, rule.stage) == (facts.commodity, STAGE)]
        if not rules or instrument.standing == "draft" or not applies_on(instrument, facts.on):
            continue
        for tier in COMPARED:
            span = find_tier_span(instrument, facts, STAGE, tier)
            if any(rule.tier == tier for rule in rules):
                yield RateGap(instrument, tier, actual, span, NOT_READ if span is None else None)
