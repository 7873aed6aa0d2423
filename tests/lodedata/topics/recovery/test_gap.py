"""Metal between an actual rate and the rates of texts: spans, texts that were not read, and days."""

from datetime import date

import pytest

from lodedata.topics.recovery.check import RecoveryFacts
from lodedata.topics.recovery.gap import find_gaps

TODAY = date(2026, 11, 29)


def found(commodity: str, rate: float | None, on: date = TODAY) -> dict[tuple[str, str], tuple[float, float] | None]:
    facts = RecoveryFacts(commodity, on, "CHN", {} if rate is None else {"processing": rate})
    return {(gap.instrument.id, gap.tier): gap.metal_t(1_000) for gap in find_gaps(facts)}


def test_one_minimum_gives_one_mass_of_metal() -> None:
    """Cobalt, announcement of 2020: 70 % in processing."""
    assert found("cobalt", 62.0)["cn-2020-cobalt-recovery", "minimum"] == pytest.approx((80, 80))
    assert found("cobalt", 75.0)["cn-2020-cobalt-recovery", "minimum"] == pytest.approx((-50, -50))


def test_the_span_of_a_table_gives_a_span_of_metal() -> None:
    """Nickel, as reported in 2016: 55 to 82 %; the cells of the table were not read."""
    assert found("nickel", 67.0)["cn-2015-nickel-tin-recovery", "minimum"] == pytest.approx((-120, 150))


def test_a_text_that_was_not_read_gives_no_metal_but_its_reason() -> None:
    facts = RecoveryFacts("copper", TODAY, "CHN", {"processing": 88.0})
    unread = {(gap.instrument.id, gap.tier): gap for gap in find_gaps(facts)}
    assert {("cn-2013-copper-recovery", "minimum"), ("cn-2023-dzt-0462-4", "minimum"), ("cn-2023-dzt-0462-4", "leader")} == set(
        unread
    )
    for one in unread.values():
        assert one.metal_t(1_000) is None
        assert one.reason is not None and one.reason.in_language("zh") != one.reason.in_language("en")


def test_a_text_applies_from_its_first_day_and_drafts_never_do() -> None:
    assert ("cn-2023-dzt-0462-4", "leader") not in found("nickel", 67.0, date(2024, 3, 31))
    assert ("cn-2023-dzt-0462-4", "leader") in found("nickel", 67.0, date(2024, 4, 1))
    assert not found("nickel", 67.0, date(2010, 1, 1))
    assert not any("draft" in instrument for instrument, _ in found("nickel", 67.0))


def test_without_an_actual_rate_there_is_no_gap() -> None:
    assert found("cobalt", None) == {}
