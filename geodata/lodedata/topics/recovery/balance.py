"""Rates of recovery computed from quantities (GB/T 42249), and what contradicts a reported rate; nothing is corrected."""

from collections.abc import Callable, Mapping
from typing import Any

from lodedata.messages import Message, msg
from lodedata.problems import Problem

MAX_DIFFERENCE_POINTS = 1.0
"""Points by which a reported rate may differ from the computed one without a flag."""
MAX_IMBALANCE = 0.02
"""Share of the feed by which concentrate and tailings may differ from it without a flag."""
FORMULAS: Mapping[str, Message] = {
    "mining": msg("ore mined ÷ reserves used"),
    "processing": msg("concentrate × its grade ÷ (ore treated × head grade)"),
    "leaching": msg("metal recovered ÷ (ore treated × head grade)"),
    "co-product": msg("metal recovered ÷ metal contained in the reserves used"),
}
"""The formula of each stage; metal that is stated takes the place of concentrate times grade."""
PERCENTAGES = ("rate_reported_pct", "head_grade_pct", "concentrate_grade_pct", "tails_grade_pct", "dilution_pct")
AMOUNTS = (
    *("reserves_used_t", "ore_mined_t", "ore_treated_t", "concentrate_t", "tails_t"),
    *("metal_recovered_t", "metal_contained_t"),
)


def compute_recovery_rate(stage: str, values: Mapping[str, Any]) -> float | None:
    """Return the rate of a stage in per cent by its formula, None if a quantity is missing or the divisor is zero."""
    if stage == "mining":
        recovered, fed = values.get("ore_mined_t"), values.get("reserves_used_t")
    elif stage == "co-product":
        recovered, fed = values.get("metal_recovered_t"), values.get("metal_contained_t")
    else:
        recovered = values.get("metal_recovered_t")
        if recovered is None and stage == "processing":
            recovered = _compute_content(values.get("concentrate_t"), values.get("concentrate_grade_pct"))
        fed = _compute_content(values.get("ore_treated_t"), values.get("head_grade_pct"))
    return None if recovered is None or not fed else float(100 * recovered / fed)


def _compute_content(tonnes: float | None, grade_pct: float | None) -> float | None:
    return None if tonnes is None or grade_pct is None else tonnes * grade_pct / 100


def build_recovery_completion() -> Callable[[dict[str, Any], Any, str, list[Problem]], None]:
    """Return the checks of the recovery records of a table."""
    return complete


def complete(values: dict[str, Any], shape: Any, key: str, problems: list[Problem]) -> None:
    """Fill in the computed rate of a recovery record; append a problem for each contradiction."""
    problems += [
        Problem("negative-amount", f"{value:g}", name)
        for name in (*AMOUNTS, *PERCENTAGES)
        if (value := values.get(name)) is not None and value < 0
    ]
    reported = values.get("rate_reported_pct")
    if reported is not None and reported > 100:
        problems.append(Problem("rate-over-100", f"{reported:g}"))
    computed = compute_recovery_rate(values.get("recovery_stage") or "", values)
    if computed is not None:
        values["rate_computed_pct"] = round(computed, 3)
        if reported is not None:
            values["rate_difference_points"] = round(reported - computed, 3)
            if abs(reported - computed) > MAX_DIFFERENCE_POINTS:
                problems.append(Problem("rate-differs", f"{reported:g}", None, {"computed": f"{computed:.4g}"}))
    problems += _find_imbalance(values)


def _find_imbalance(values: Mapping[str, Any]) -> list[Problem]:
    feed, concentrate, tails = (values.get(name) for name in ("ore_treated_t", "concentrate_t", "tails_t"))
    if not feed or concentrate is None or tails is None:
        return []
    products = concentrate + tails
    if abs(products - feed) <= MAX_IMBALANCE * feed:
        return []
    return [Problem("mass-balance", f"{products:g}", None, {"feed": f"{feed:g}"})]
