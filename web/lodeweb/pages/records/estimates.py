"""A record's estimates as a table: resources, reserves and undivided tonnages separately, one row for each figure.

There is no row of totals: reserves are never added to resources, nor the classes of resources to one another
(GB/T 17766-2020, 5.2 and 5.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodebase.statistics import figures
from lodedata.vocab import load_vocabulary
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext
from lodeweb.i18n.quantities import Figure
from lodeweb.pages.records.doubt_notes import DoubtNote, write_doubt_note


@dataclass(frozen=True, slots=True)
class Measure:
    """A commodity of an estimate."""

    name: str
    figure: Figure
    doubt: DoubtNote | None = None


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """An estimate."""

    title: str
    reported: str | None
    combined: bool
    ore: Figure | None
    grades: list[Measure]
    contained: list[Measure]
    cut_off: str | None
    code: str | None
    date: str | None
    includes_reserves: str | None
    zone: str | None
    covers: str | None
    person: str | None
    source: str
    citation: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The estimates of a kind."""

    kind: str
    title: str
    rows: list[EstimateRow]

    @property
    def includes_reserves(self) -> str | None:
        """What all rows say of reserves in resources, None where they differ or say nothing."""
        (first, *others) = {row.includes_reserves for row in self.rows}
        return None if others else first


def group_estimates(estimates: Sequence[Mapping[str, Any]], main: str | None, lang: Language) -> list[Group]:
    """Return the estimates by kind; within a kind by class in descending confidence, then latest first.

    The main commodity comes first in each.
    """
    titles = {"resource": gettext("Resources"), "reserve": gettext("Reserves"), "endowment": gettext("Tonnage not classified")}
    latest = sorted(estimates, key=lambda estimate: estimate["effective_date"] or "", reverse=True)
    ordered = sorted(latest, key=lambda estimate: figures.CLASSES.index(estimate["category"]))
    groups = []
    for kind, title in titles.items():
        rows = [_build_row(estimate, main, lang) for estimate in ordered if estimate["kind"] == kind]
        if rows:
            groups.append(Group(kind, title, rows))
    return groups


def list_estimate_points(estimates: Sequence[Mapping[str, Any]], of: str, lang: Language) -> list[dict[str, Any]]:
    """Return all estimates that have both a grade of the commodity and a tonnage."""
    factors = figures.find_grade_factors(of)
    return [
        {
            "kind": estimate["kind"],
            "category": estimate["category"],
            "title": labels.estimate_category(estimate["category"], lang),
            "effective_date": estimate["effective_date"],
            "ore_t": estimate["ore_t"],
            "grade_pct": measure["grade_pct"] * factors[measure["grade_basis"]],
        }
        for estimate in estimates
        for measure in estimate["measures"]
        if measure["commodity"] == of and estimate["ore_t"] and measure["grade_pct"] and measure["grade_basis"] in factors
    ]


def list_graded_commodities(estimates: Sequence[Mapping[str, Any]], main: str | None) -> list[str]:
    """Return the commodities that have both grade and tonnage: the main one first, then those with most estimates."""
    commodities = [
        measure["commodity"]
        for estimate in estimates
        for measure in estimate["measures"]
        if estimate["ore_t"]
        and measure["grade_pct"]
        and measure["grade_basis"] in figures.find_grade_factors(measure["commodity"])
    ]
    return sorted(dict.fromkeys(commodities), key=lambda code: (code != main, -commodities.count(code)))


def _build_row(estimate: Mapping[str, Any], main: str | None, lang: Language) -> EstimateRow:
    codes = load_vocabulary("classification-code")
    measures = sorted(estimate["measures"], key=lambda measure: measure["commodity"] != main)
    return EstimateRow(
        title=labels.estimate_category(estimate["category"], lang),
        reported=_find_reported_class(estimate, lang),
        combined=estimate["combined"],
        ore=quantities.format_ore(estimate, lang),
        grades=[
            Measure(labels.label_commodity(measure["commodity"], lang), grade, write_doubt_note("grade", measure, lang))
            for measure in measures
            if (grade := quantities.format_grade(measure)) is not None
        ],
        contained=[
            Measure(labels.label_commodity(measure["commodity"], lang), held)
            for measure in measures
            if (held := quantities.format_contained(measure, lang)) is not None
        ],
        cut_off=estimate["cut_off"],
        code=codes[estimate["code"]].label(lang) if estimate["code"] in codes else estimate["code"],
        date=estimate["effective_date"],
        includes_reserves=_describe_inclusion(estimate),
        zone=estimate["zone"],
        covers=estimate["covers"],
        person=estimate["competent_person"],
        source=estimate["source"],
        citation=estimate["citation"],
    )


def _find_reported_class(estimate: Mapping[str, Any], lang: Language) -> str | None:
    """Return the class as the source writes it, None where the title begins with it."""
    reported: str | None = estimate["category_reported"]
    title = labels.estimate_category(estimate["category"], lang)
    return None if reported is None or f"{title} ".lower().startswith(f"{reported} ".lower()) else reported


def _describe_inclusion(estimate: Mapping[str, Any]) -> str | None:
    if estimate["kind"] != "resource":
        return None
    if estimate["includes_reserves"] is None:
        return str(gettext("Not stated whether resources include reserves"))
    return str(
        gettext("Resources include reserves") if estimate["includes_reserves"] else gettext("Resources exclude reserves")
    )
