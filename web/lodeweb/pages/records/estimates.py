"""A record's estimates as a table: resources, reserves and undivided tonnages separately, one row for each figure.

There is no row of totals: reserves are never added to resources, nor the classes of resources to one another
(GB/T 17766-2020, 5.2 and 5.3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodebase.statistics import figures
from lodedata.vocab import vocabulary
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
    latest = sorted(estimates, key=lambda one: one["effective_date"] or "", reverse=True)
    ordered = sorted(latest, key=lambda one: figures.CLASSES.index(one["category"]))
    made = []
    for kind, title in titles.items():
        rows = [_build_row(one, main, lang) for one in ordered if one["kind"] == kind]
        if rows:
            made.append(Group(kind, title, rows))
    return made


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
    found = [
        measure["commodity"]
        for estimate in estimates
        for measure in estimate["measures"]
        if estimate["ore_t"]
        and measure["grade_pct"]
        and measure["grade_basis"] in figures.find_grade_factors(measure["commodity"])
    ]
    return sorted(dict.fromkeys(found), key=lambda code: (code != main, -found.count(code)))


def _build_row(one: Mapping[str, Any], main: str | None, lang: Language) -> EstimateRow:
    codes = vocabulary("classification-code")
    measures = sorted(one["measures"], key=lambda measure: measure["commodity"] != main)
    return EstimateRow(
        title=labels.estimate_category(one["category"], lang),
        reported=_find_reported_class(one, lang),
        combined=one["combined"],
        ore=quantities.ore(one, lang),
        grades=[
            Measure(labels.commodity(measure["commodity"], lang), grade, write_doubt_note("grade", measure, lang))
            for measure in measures
            if (grade := quantities.grade(measure)) is not None
        ],
        contained=[
            Measure(labels.commodity(measure["commodity"], lang), held)
            for measure in measures
            if (held := quantities.contained(measure, lang)) is not None
        ],
        cut_off=one["cut_off"],
        code=codes[one["code"]].label(lang) if one["code"] in codes else one["code"],
        date=one["effective_date"],
        includes_reserves=_describe_inclusion(one),
        zone=one["zone"],
        person=one["competent_person"],
        source=one["source"],
        citation=one["citation"],
    )


def _find_reported_class(one: Mapping[str, Any], lang: Language) -> str | None:
    """Return the class as the source writes it, None where the title begins with it."""
    reported: str | None = one["category_reported"]
    title = labels.estimate_category(one["category"], lang)
    return None if reported is None or f"{title} ".lower().startswith(f"{reported} ".lower()) else reported


def _describe_inclusion(one: Mapping[str, Any]) -> str | None:
    if one["kind"] != "resource":
        return None
    if one["includes_reserves"] is None:
        return str(gettext("Not stated whether resources include reserves"))
    return str(gettext("Resources include reserves") if one["includes_reserves"] else gettext("Resources exclude reserves"))
