"""Uncertainties of a report as sentences: positions, statuses, missing figures, and what could change a finding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from lodebase.layout.parts.basis import UncertaintyNote
from lodebase.layout.parts.capacity import CapacityConcentration
from lodebase.layout.parts.rules import Finding, RuleFinding
from lodebase.layout.parts.sites import NeighbourSite, SitesInside
from lodebase.layout.parts.zones import PlantZones
from lodebase.layout.planned.candidate import Candidate
from lodedata.messages import Label, Message, Translatable, msg

Uncertainty = tuple[str, int, Message]
"""Id, count and sentence of an uncertainty."""

OLD_YEARS = 2
"""Years without news after which Global Energy Monitor's trackers count a project as shelved."""


@dataclass(frozen=True, slots=True)
class UncertainParts:
    """The parts of a report that may be uncertain."""

    sites: Sequence[NeighbourSite]
    inside: SitesInside | None
    concentration: CapacityConcentration | None
    zones: PlantZones
    findings: Sequence[Finding]


def list_uncertainties(candidate: Candidate, parts: UncertainParts) -> tuple[UncertaintyNote, ...]:
    """Return each uncertainty with its count and its sentence in each language."""
    return tuple(
        UncertaintyNote(id=name, count=count, text_en=text.in_language("en"), text_zh=text.in_language("zh"))
        for name, count, text in _list_uncertainties(candidate, parts)
        if count
    )


def _list_uncertainties(candidate: Candidate, parts: UncertainParts) -> Iterator[Uncertainty]:
    if candidate.place is not None and parts.inside is not None:
        text = msg(
            "The plant lies somewhere in an area of %(km2)s km², so distances are ranges, and what they decide is possible. "
            "Enter the coordinates of the site to make them exact.",
            km2=f"{parts.inside.km2:,.0f}",
        )
        yield "area", 1, text
    yield from _list_site_uncertainty(parts.sites, candidate)
    if parts.concentration:
        yield from _list_country_uncertainty(parts.concentration)
    yield from _list_zone_uncertainty(parts.zones)
    lacking = [
        finding
        for finding in parts.findings
        if isinstance(finding, RuleFinding) and finding.counts and finding.result == "not_enough_data"
    ]
    if lacking:
        reasons: list[Translatable] = list(dict.fromkeys(Label(finding.reason_en, finding.reason_zh) for finding in lacking))
        listed = reduce(lambda before, after: msg("%(before)s; %(after)s", before=before, after=after), reasons)
        yield (
            "undecided-rules",
            len(lacking),
            msg("Rules that count but lack data: %(count)s (%(reasons)s).", count=len(lacking), reasons=listed),
        )


def _list_country_uncertainty(spread: CapacityConcentration) -> Iterator[Uncertainty]:
    province = spread.province
    if province and province.sites:
        missing = province.without_figure
        text = msg(
            "%(missing)s of %(count)s records of the product in the province have no capacity; shares are of the "
            "known capacity.",
            missing=missing,
            count=province.sites,
        )
        yield "missing-capacity", missing, text
    nowhere = spread.without_division
    text = msg(
        "%(count)s records of the product in the country have no province; they count for the country and for no province.",
        count=nowhere,
    )
    yield "without-province", nowhere, text
    left_out = spread.left_out
    text = msg(
        "%(count)s capacities of the product in the country are held back or doubtful, and left out of all sums and shares; "
        "see /statistics/coverage.",
        count=left_out,
    )
    yield "left-out", left_out, text
    text = msg(
        "Records of the same plant that are not known to be the same are counted separately in the sums and shares of province "
        "and country."
    )
    yield "not-merged", 1, text


def _list_zone_uncertainty(zones: PlantZones) -> Iterator[Uncertainty]:
    if not zones.kinds:
        text = msg(
            "The store has no boundaries (`lode import natural-earth`), so place and zones follow from the declared province."
        )
        yield "no-boundaries", 1, text
    for kind, position in zones.to_kinds.items():
        basis = Label(position.basis_en, position.basis_zh) if position.basis_en else msg("the province is unknown")
        if position.by == "division":
            text = msg(
                "The key air-pollution regions follow from the province here, as the store has no boundary of the prefecture "
                "(`lode import china-divisions`): %(basis)s.",
                basis=basis,
            )
            yield f"zones-by-division-{kind}", 1, text
        elif position.by == "city":
            text = msg(
                "The key air-pollution regions follow from the prefecture, whose boundary is generalised: %(basis)s.",
                basis=basis,
            )
            yield f"zones-by-city-{kind}", 1, text


def _list_site_uncertainty(sites: Sequence[NeighbourSite], candidate: Candidate) -> Iterator[Uncertainty]:
    unknown = sum(site.accuracy_m is None for site in sites)
    text = msg(
        "The position of %(count)s listed sites has no stated accuracy; they are never counted as certain.", count=unknown
    )
    yield "accuracy-unknown", unknown, text
    uncertain = sum(bool(site.uncertain_radii_km) for site in sites)
    text = msg(
        "Whether %(count)s listed sites lie inside a radius depends on the accuracy of their position; figures are ranges.",
        count=uncertain,
    )
    yield "depends-on-accuracy", uncertain, text
    old = sum(_is_old_or_undated(site, candidate.on) for site in sites)
    text = msg("The status of %(count)s listed sites is older than %(years)s years or not dated.", count=old, years=OLD_YEARS)
    yield "status-old", old, text
    inferred = sum(any(phase.status_inferred for phase in site.phases) for site in sites)
    yield (
        "status-inferred",
        inferred,
        msg("The status of %(count)s listed sites is inferred, not reported by a source.", count=inferred),
    )
    doubles = sum(bool(site.likely_same_as) for site in sites)
    text = msg(
        "%(count)s listed records are likely the same plant as a record of another source; each is counted.", count=doubles
    )
    yield "likely-duplicates", doubles, text


def _is_old_or_undated(site: NeighbourSite, on: date) -> bool:
    return site.status_date is None or is_old(site.status_date, on)


def is_old(day: str, on: date) -> bool:
    """Return whether a date is more than OLD_YEARS before a day."""
    return day < f"{on.year - OLD_YEARS:04}{on.isoformat()[4:]}"
