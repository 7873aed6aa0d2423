"""Balance of the streams of plants: recovery that follows from quantities, and what contradicts it. Flags, no corrections."""

from collections.abc import Callable, Mapping
from typing import Any

from lodedata.problems import Problem

RECOVERY_POINTS = 2.0
"""Points by which a stated recovery may differ from the computed one."""
TOLERANCE = 1.001
"""Factor for rounding in sums of outputs."""
RATES = ("recovery_pct", "moisture_pct", "input_grade_pct", "output_grade_pct")
AMOUNTS = ("permitted_input_tpa", "input_t", "output_t", "residue_t", "design_output_tpa")
GROUP = ("project_source", "project", "name_en", "name_zh", "stream", "year", "metal")


def compute_metal_t(amount: float | None, basis: str | None, grade_pct: float | None) -> float | None:
    """Return tonnes of metal in an amount; None for gross weight without a grade, and for an unstated basis."""
    if amount is None or basis is None:
        return None
    if basis == "content":
        return amount
    return amount * grade_pct / 100 if basis == "gross" and grade_pct is not None else None


def compute_input_metal_t(values: Mapping[str, Any]) -> float | None:
    """Return tonnes of metal in the input of a row; a moist gross weight counts dry."""
    amount, moisture = values.get("input_t"), values.get("moisture_pct")
    if amount is not None and moisture is not None and values.get("input_basis") == "gross":
        amount *= 1 - moisture / 100
    return compute_metal_t(amount, values.get("input_basis"), values.get("input_grade_pct"))


def compute_output_metal_t(values: Mapping[str, Any]) -> float | None:
    """Return tonnes of metal in the output of a row."""
    return compute_metal_t(values.get("output_t"), values.get("output_basis"), values.get("output_grade_pct"))


def stream_completion() -> Callable[[dict[str, Any], Any, str, list[Problem]], None]:
    """Return the balance of the streams of one table, which adds up the outputs of each plant, stream, year and metal."""
    outputs: dict[tuple[Any, ...], float] = {}

    def complete(values: dict[str, Any], shape: Any, key: str, problems: list[Problem]) -> None:
        problems += [
            Problem("share-over-100", f"{rate:g}", name)
            for name in RATES
            if (rate := values.get(name)) is not None and not 0 <= rate <= 100
        ]
        problems += [
            Problem("negative-amount", f"{amount:g}", name, {"hint": ""})
            for name in AMOUNTS
            if (amount := values.get(name)) is not None and amount < 0
        ]
        if any(problem.refuses for problem in problems):
            return
        _check_permit(values, problems)
        taken, output_metal_t = compute_input_metal_t(values), compute_output_metal_t(values)
        if output_metal_t is None or values.get("metal") is None:
            return
        group = tuple(values.get(name) for name in GROUP)
        outputs[group] = outputs.get(group, 0.0) + output_metal_t
        if taken:
            _check_recovery(values, taken, output_metal_t, outputs[group], problems)

    return complete


def _check_permit(values: Mapping[str, Any], problems: list[Problem]) -> None:
    taken, permitted = values.get("input_t"), values.get("permitted_input_tpa")
    comparable = values.get("input_basis") == values.get("permitted_basis")
    if taken is not None and permitted is not None and comparable and taken > permitted:
        problems.append(Problem("input-above-permit", f"{taken:g}", "input_t", {"permitted": f"{permitted:g}"}))


def _check_recovery(
    values: dict[str, Any], taken: float, output_metal_t: float, all_made: float, problems: list[Problem]
) -> None:
    computed = 100 * output_metal_t / taken
    values["recovery_computed_pct"] = round(computed, 3)
    if all_made > taken * TOLERANCE:
        problems.append(Problem("output-above-input", f"{all_made:g}", "output_t", {"metal": f"{taken:g}"}))
    stated = values.get("recovery_pct")
    if stated is not None and abs(stated - computed) > RECOVERY_POINTS:
        problems.append(Problem("recovery-differs", f"{stated:g}", "recovery_pct", {"computed": f"{computed:.4g}"}))
