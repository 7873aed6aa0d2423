"""Figures of other properties: reports repeat the estimates of their neighbours, which are not of their own property."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lodedata.report_estimates.report_row import ReportRow

PLAIN_TERMS = frozenset(
    [
        "project",
        "projects",
        "property",
        "properties",
        "mine",
        "mines",
        "deposit",
        "deposits",
        "prospect",
        "claim",
        "claims",
        "zone",
        "zones",
        "area",
        "the",
        "and",
        "of",
        "nickel",
        "copper",
        "gold",
        "cobalt",
        "lithium",
        "tin",
        "zinc",
        "silver",
        "lead",
        "iron",
        "tungsten",
        "palladium",
        "platinum",
        "ni",
        "cu",
        "co",
        "pge",
        "pgm",
        "laterite",
        "sulphide",
        "sulfide",
        "operation",
        "operations",
        "resource",
        "resources",
    ]
)
"""Terms of a property's name by which it does not differ from another."""
CHANCE_DIGITS = 4
"""Digits of an ore that two properties do not share by chance, together with a grade."""


@dataclass(frozen=True, slots=True)
class PropertyRows:
    """The name of the property that a report is about, and the report's rows."""

    name: str
    rows: Sequence[ReportRow]


def refuse_neighbours(reports: Sequence[PropertyRows]) -> None:
    """Refuse rows that are of another property by the name of their zone, or by the figures of another report."""
    terms = [name_terms(report.name) for report in reports]
    _refuse_named(reports, terms)
    _refuse_shared(reports, terms)


def name_terms(name: str) -> frozenset[str]:
    """Return the terms by which a property differs from others."""
    return frozenset(re.findall(r"\w+", name.lower())) - PLAIN_TERMS


def _refuse_named(reports: Sequence[PropertyRows], terms: Sequence[frozenset[str]]) -> None:
    """Refuse the parts of a page on which a zone has the name of another property, unless other pages repeat them."""
    property_terms = {term for term in terms if term}
    for report, own in zip(reports, terms, strict=True):
        foreign: dict[int | None, str] = {}
        for row in report.rows:
            zone = name_terms(row.zone or "")
            if row.open and zone in property_terms and not zone & own:
                foreign.setdefault(row.page, row.zone or "")
        for row in report.rows:
            if row.open and row.page in foreign and row.zone is not None and not row.also_on:
                row.refuse("estimate-of-neighbour", row.zone, "zone", name=foreign[row.page])


def _refuse_shared(reports: Sequence[PropertyRows], terms: Sequence[frozenset[str]]) -> None:
    """Refuse figures that reports of properties of other names share, but for the one that repeats them on the most pages."""
    shared: dict[tuple[object, ...], list[tuple[int, ReportRow]]] = {}
    for number, report in enumerate(reports):
        for row in report.rows:
            if row.open and row.ore_t and row.grade_pct and len(f"{row.ore_t:.0f}".rstrip("0")) >= CHANCE_DIGITS:
                key = (row.category, row.commodity, float(f"{row.ore_t:.4g}"), float(f"{row.grade_pct:.6g}"))
                shared.setdefault(key, []).append((number, row))
    for numbered_rows in shared.values():
        numbers = {number for number, _ in numbered_rows}
        if len(numbers) < 2:
            continue
        support = {number: max(len(row.also_on) for of, row in numbered_rows if of == number) for number in numbers}
        best = max(support.values())
        owners = [number for number in numbers if support[number] == best]
        owner = owners[0]
        is_known = all(other_number == owner or terms[other_number] & terms[owner] for other_number in owners)
        for number, row in numbered_rows:
            if (
                not is_known
                and any(not terms[number] & terms[other_number] for other_number in numbers)
                or not terms[number] & terms[owner]
            ):
                other = next(
                    reports[other_number].name for other_number in (owner, *numbers) if not terms[other_number] & terms[number]
                )
                row.refuse("estimate-of-neighbour", row.zone or "", "zone", name=other)
