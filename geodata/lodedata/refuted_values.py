"""Values of source rows that a reviewer found to be wrong: they are reported on the record and never used.

The table holds readings of the rows against other sources and maps, with the reason of each. A person who disagrees gives a
value at the desk, which takes precedence.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from lodedata.figures.main_commodity import set_main_commodity
from lodedata.messages import Label, msg
from lodedata.problems import Problem
from lodedata.records import CommodityMeasure, Deposit, Discovery, Estimate, MineralRecord, Quantity
from lodedata.vocab import load_vocabulary

FIELDS = frozenset({"position", "country", "name_en", "ore", "grade", "contained"})
"""Fields of which a value may be refuted; a grade or contained amount is named with its commodity, as in ``grade:copper``."""
_FIGURES = ("ore", "grade", "contained")
_Mineral = TypeVar("_Mineral", bound=MineralRecord)


@dataclass(frozen=True, slots=True)
class RefutedValue:
    """A field of a source row whose value is wrong, what to use instead (empty: nothing), and why."""

    field: str
    instead: str
    reason: str


@lru_cache(maxsize=1)
def load_refuted_values() -> Mapping[tuple[str, str], tuple[RefutedValue, ...]]:
    """Return the refuted values by source and key of the row."""
    text = files("lodedata").joinpath("refuted-values.csv").read_text(encoding="utf-8")
    refuted_values: dict[tuple[str, str], tuple[RefutedValue, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = row["source"], row["key"]
        refuted_values[key] = (*refuted_values.get(key, ()), RefutedValue(row["field"], row["instead"], row["reason"]))
    return refuted_values


def withdraw_refuted(record: _Mineral, source: str, key: str) -> tuple[_Mineral, list[Problem]]:
    """Return a record without the values of its row that were refuted, and a problem for each with what was reported."""
    problems = []
    for refuted in load_refuted_values().get((source, key), ()):
        field, _, commodity = refuted.field.partition(":")
        if field in _FIGURES:
            record, withdrawn = _withdraw_figures(record, field, commodity, refuted.reason)
            problems.extend(withdrawn)
            continue
        reported = _get_reported_value(record, refuted.field)
        if reported is None:
            continue
        record = replace(record, **_build_replacement(refuted))
        detail = {"reason": refuted.reason}
        problems.append(Problem(f"{_TITLES[refuted.field]}-refuted", reported, refuted.field, detail))
    return record, problems


_TITLES = {"position": "position", "country": "country", "name_en": "name"}


def _withdraw_figures(record: _Mineral, field: str, commodity: str, reason: str) -> tuple[_Mineral, list[Problem]]:
    """Return a record without a figure of its estimates, and a problem for each with the figure as reported.

    A main commodity that was that of the greatest contained value is decided anew.
    """
    if not isinstance(record, Deposit | Discovery):
        return record, []
    figures = [_get_figures(estimate, field, commodity) for estimate in record.estimates]
    term = load_vocabulary("commodity")[commodity] if commodity else None
    of = Label(term.label_en, term.label_zh) if term is not None else msg("ore")
    problems = [
        Problem("figure-refuted", f"{figure.reported:.12g} {figure.unit}", field, {"of": of, "reason": reason})
        for reported in figures
        for figure in reported
    ]
    left = replace(record, estimates=tuple(_drop_figures(e, field, commodity) for e in record.estimates))
    if problems and record.main_commodity_ground == "contained-value":
        listed = (replace(c, rank="co-product") if c.rank == "main" else c for c in left.commodities)
        left = set_main_commodity(replace(left, commodities=tuple(listed)))
    return left, problems


def _get_figures(estimate: Estimate, field: str, commodity: str) -> list[Quantity]:
    """Return the figures of a field in an estimate: its ore, or one of each measure of a commodity."""
    if field == "ore":
        return [estimate.ore] if estimate.ore is not None else []
    return [q for m in estimate.measures if m.commodity == commodity and (q := getattr(m, field)) is not None]


def _drop_figures(estimate: Estimate, field: str, commodity: str) -> Estimate:
    if field == "ore":
        return replace(estimate, ore=None)
    measures = (_drop_figure(m, field) if m.commodity == commodity else m for m in estimate.measures)
    return replace(estimate, measures=tuple(m for m in measures if m.grade is not None or m.contained is not None))


def _drop_figure(measure: CommodityMeasure, field: str) -> CommodityMeasure:
    return replace(measure, grade=None) if field == "grade" else replace(measure, contained=None)


def _get_reported_value(record: MineralRecord, field: str) -> str | None:
    if field == "position":
        return record.position.original if record.position is not None else None
    if field == "country":
        return record.country_reported or record.country
    return record.name_en


def _build_replacement(refuted: RefutedValue) -> dict[str, Any]:
    if refuted.field == "country":
        return {"country": None, "division": None}
    return {refuted.field: refuted.instead or None}
