"""What a report rests on: how much of the national output its plants cover, how old statuses are, and how rules were read."""

from collections.abc import Sequence
from datetime import date

from lodebase.layout.measures.uncertainty import OLD_YEARS, UncertainParts, is_old
from lodebase.layout.parts.basis import InstrumentInPart, OutputCoverage, ReportBasis, RulesRead, StatusDates
from lodebase.layout.parts.capacity import CapacityConcentration
from lodebase.layout.parts.rules import RuleFinding
from lodebase.layout.parts.sites import NeighbourSite
from lodebase.layout.planned.candidate import Candidate
from lodedata.figures.national_output import find_output, find_stage
from lodedata.rules import RuleSet

RESULTS_OF_RULES = ("met", "not_met", "judgement", "not_enough_data")
"""Results of rules that apply to the plant."""


def describe_basis(candidate: Candidate, rules: RuleSet, parts: UncertainParts) -> ReportBasis:
    """Return the coverage of output, the age of the listed sites' statuses, and how the rules that apply were read."""
    judged = (finding for finding in parts.findings if isinstance(finding, RuleFinding))
    applying = [finding for finding in judged if finding.counts and finding.result in RESULTS_OF_RULES]
    used = {finding.instrument for finding in applying}
    read_as = sorted({finding.read_as for finding in applying if finding.read_as is not None})
    return ReportBasis(
        coverage=_measure_coverage(candidate, parts.concentration),
        statuses=_count_status_dates(parts.sites, candidate.on),
        rules=RulesRead(
            apply=len(applying),
            read_as={kind: sum(finding.read_as == kind for finding in applying) for kind in read_as},
            in_part=tuple(
                InstrumentInPart(
                    id=instrument.id,
                    title_en=instrument.title_en,
                    title_zh=instrument.title_zh,
                    en=instrument.unread_en,
                    zh=instrument.unread_zh,
                )
                for instrument in rules.instruments
                if instrument.id in used and instrument.unread_en
            ),
        ),
    )


def _measure_coverage(candidate: Candidate, spread: CapacityConcentration | None) -> OutputCoverage | None:
    """Return the capacity of the operating plants held here in per cent of the country's output; None if none is known."""
    stage = find_stage(candidate.product_details.stages[-1][0])
    output = None if stage is None or spread is None else find_output(stage.commodity, stage.stage, spread.country)
    if output is None or spread is None:
        return None
    operating = spread.nation.groups.get("operating")
    tpa = 0.0 if operating is None else operating.tpa
    return OutputCoverage(
        country=spread.country,
        operating_tpa=tpa,
        output_t=output.tonnes,
        year=output.year,
        source=output.source,
        percent=round(tpa / output.tonnes * 100, 1),
    )


def _count_status_dates(sites: Sequence[NeighbourSite], on: date) -> StatusDates:
    """Return how many of the listed sites have a status that is old or not dated, and the range of the dates."""
    dates = sorted(site.status_date for site in sites if site.status_date is not None)
    return StatusDates(
        sites=len(sites),
        old=sum(is_old(date_, on) for date_ in dates),
        undated=len(sites) - len(dates),
        oldest=dates[0] if dates else None,
        newest=dates[-1] if dates else None,
        old_years=OLD_YEARS,
    )
