"""Judgements of people on figures: one that is right is served and counts, one that is wrong is held.

A judgement names the figure as reported, so that it does not cover another figure that a later file of the source has.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lodedata.choice.expert_values import ExpertValue, is_later
from lodedata.choice.reported_record import ReportedRecord
from lodedata.figures.held_figures import SiteCapacity, find_capacity_doubts
from lodedata.problems import Problem
from lodedata.vocab import label

KINDS = ("capacity", "grade")
RIGHT, WRONG = "right", "wrong"
JUDGED_WRONG = "judged-wrong"
_OF_KIND: Mapping[str, tuple[str, str, str, str]] = {
    "capacity": ("product", "capacity_reported", "capacity_factor", "capacity_tpa"),
    "grade": ("commodity", "grade_reported", "grade_factor", "grade_pct"),
}
"""The columns of the code, the reported figure, its factor and its value in the base unit."""
Row = Mapping[str, Any]


def build_figure_name(kind: str, row: Row) -> str | None:
    """Return the name of a row's figure in judgements, such as ``grade:tin:71``; None for a row without the figure."""
    code, reported, _, _ = (row.get(column) for column in _OF_KIND[kind])
    return None if code is None or reported is None else f"{kind}:{code}:{reported:.12g}"


def is_figure_name(name: str) -> bool:
    """Return whether a name is that of a figure."""
    return name.split(":", 1)[0] in KINDS and name.count(":") == 2


def find_figure_judgements(among: Iterable[ReportedRecord]) -> dict[str, ExpertValue]:
    """Return the latest judgement by name of the figure, among all reported records of one record."""
    latest: dict[str, ExpertValue] = {}
    for name, value in (item for reported_record in among for item in reported_record.expert_values.items()):
        if is_figure_name(name) and (name not in latest or is_later(value, latest[name])):
            latest[name] = value
    return latest


def judge_phases(phases: Sequence[Row], judgements: Mapping[str, ExpertValue]) -> list[dict[str, Any]]:
    """Return the phases of one site with those capacities held that fail the gate and were not judged right."""
    converted = [_convert_figure("capacity", phase) for phase in phases]
    doubts = find_capacity_doubts(
        [
            SiteCapacity(phase.get("product"), phase.get("capacity_basis"), tonnes)
            for phase, tonnes in zip(phases, converted, strict=True)
        ]
    )
    return [_apply_judgement("capacity", phase, doubt, judgements) for phase, doubt in zip(phases, doubts, strict=True)]


def judge_measures(measures: Sequence[Row], judgements: Mapping[str, ExpertValue]) -> list[dict[str, Any]]:
    """Return the measures with those grades held that fail the gate and were not judged right."""
    return [
        _drop_metal_of_held(
            _apply_judgement("grade", measure, None if measure.get("held") == JUDGED_WRONG else measure.get("held"), judgements)
        )
        for measure in measures
    ]


def find_judgement_problems(judgements: Mapping[str, ExpertValue]) -> Iterable[Problem]:
    """Yield a problem for each judgement, with the source that it cites."""
    for name, value in judgements.items():
        kind, code, reported = name.split(":")
        vocabulary = "product" if kind == "capacity" else "commodity"
        detail = {"figure": label(vocabulary, code), "verdict": label("figure-judgement", value["value"])}
        yield Problem("figure-judged", reported, detail=detail | {"cited": value["cited"]})


def _apply_judgement(kind: str, row: Row, doubt: str | None, judgements: Mapping[str, ExpertValue]) -> dict[str, Any]:
    _, _, factor_column, value_column = _OF_KIND[kind]
    judgement = judgements.get(build_figure_name(kind, row) or "")
    verdict = None if judgement is None else judgement["value"]
    doubt = None if verdict == RIGHT else JUDGED_WRONG if verdict == WRONG else doubt
    factor = row.get("held_factor") or row.get(factor_column)
    judged = {**row, "judged": verdict, "held": None, "held_factor": None, factor_column: factor}
    judged[value_column] = _convert_figure(kind, row)
    if doubt is not None and factor is not None:
        judged |= {"held": doubt, "held_factor": factor, factor_column: None, value_column: None}
    return judged


def _drop_metal_of_held(measure: dict[str, Any]) -> dict[str, Any]:
    """Return a measure without the metal that was derived from its grade, if that is held."""
    if measure["held"] is not None and measure.get("contained_derived"):
        return measure | {"contained_t": None, "contained_derived": False}
    return measure


def _convert_figure(kind: str, row: Row) -> float | None:
    """Return a figure in its base unit, also that of a held one."""
    _, reported, _, value_column = _OF_KIND[kind]
    held_factor = row.get("held_factor")
    return row.get(value_column) if held_factor is None else row[reported] * held_factor
