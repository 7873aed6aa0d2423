"""Findings of a report: the result of each rule for the planned plant, then measures without a threshold.

A finding is never an approval or a refusal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lodebase.layout.measures.duplicates import SAME
from lodebase.layout.measures.feedstock import list_materials, sum_contract_pct, sum_equity_pct
from lodebase.layout.measures.zones import state_zone_facts
from lodebase.layout.parts.capacity import BeforeAfter, CapacityConcentration, PlantCatchment
from lodebase.layout.parts.feedstock import OrePlace, PlantFeedstock
from lodebase.layout.parts.rules import Finding, MeasureFinding, RuleFinding
from lodebase.layout.parts.sites import (
    NeighbourSite,
    NeighbourSites,
    RadiusTotals,
    SimilarRecord,
    SitesByStatus,
    SitesInside,
)
from lodebase.layout.parts.zones import PlantZones
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.statement_parameters import PIPELINE
from lodedata.layout import amounts
from lodedata.messages import Label, Message, join_sentences, msg
from lodedata.rules import Facts, Instrument, InstrumentRule, LegalStatus, RuleResult, RuleSet, determine_legal_status, evaluate
from lodedata.rules.legal_status import COUNTS, LABELS
from lodedata.vocab import load_vocabulary

RESULTS: Mapping[str, Message] = {
    "met": msg("Met"),
    "not_met": msg("Not met"),
    "judgement": msg("Applies, to be judged"),
    "not_enough_data": msg("Not enough data"),
    "not_applicable": msg("Not applicable"),
}
DISCLAIMER = msg(
    "This report lists findings with their sources. It is neither an approval nor a refusal, and no rule here replaces its "
    "original text."
)
SMALL_PCT = 0.1
MAX_WITH_DECIMALS = 1_000
NEAR_KM = 50.0
"""The distance within which records under construction or planned count as possible duplicate construction."""
Record = NeighbourSite | OrePlace | SimilarRecord
NOT_RULED = msg("measured; no instrument sets a threshold")


@dataclass(frozen=True, slots=True)
class MeasuredParts:
    """The parts of a report that findings are about."""

    inside: SitesInside | None
    neighbours: NeighbourSites
    feedstock: PlantFeedstock
    concentration: CapacityConcentration | None
    catchment: PlantCatchment
    same_as: tuple[SimilarRecord, ...]


def list_findings(candidate: Candidate, rules: RuleSet, zones: PlantZones, parts: MeasuredParts) -> tuple[Finding, ...]:
    """Return all findings: first rules that count, then other rules, then measures."""
    return (*judge_rules(candidate, rules, zones), *_list_measures(zones, parts))


def judge_rules(candidate: Candidate, rules: RuleSet, zones: PlantZones) -> list[RuleFinding]:
    """Return the findings by rule, those that count first."""
    facts = state_facts(candidate, zones)
    judged = [_judge(instrument, rule, worth, facts) for instrument, rule, worth in select_rules(candidate, rules)]
    return sorted(judged, key=lambda rule_finding: (not rule_finding.counts, list(LABELS).index(rule_finding.standing)))


def _judge(instrument: Instrument, rule: InstrumentRule, worth: LegalStatus, facts: Facts) -> RuleFinding:
    rule_result = evaluate(rule, instrument.country, facts)
    text = _write_sentence(rule, rule_result)
    return RuleFinding(
        id=rule.id,
        kind=rule.condition.kind,
        text_en=text.in_language("en"),
        text_zh=text.in_language("zh"),
        clause_en=rule.text_en,
        clause_zh=rule.text_zh,
        citation=instrument.citation,
        instrument=instrument.id,
        instrument_en=instrument.title_en,
        instrument_zh=instrument.title_zh,
        read_in=rule.read_in,
        read_as=rule.read_as,
        clause_no=rule.clause,
        url=rule.url,
        force=rule.force,
        note_en=rule.note_en,
        note_zh=rule.note_zh,
        standing=worth,
        counts=worth in COUNTS,
        result=rule_result.result,
        reason_en=rule_result.reason.in_language("en"),
        reason_zh=rule_result.reason.in_language("zh"),
        figure=None if rule_result.figure is None else round(rule_result.figure, 4),
        threshold=rule_result.threshold,
        unit=rule_result.unit,
    )


def _write_sentence(rule: InstrumentRule, rule_result: RuleResult) -> Message:
    clause = Label(rule.text_en, rule.text_zh)
    return msg(
        "%(clause)s %(result)s: %(reason)s.", clause=clause, result=RESULTS[rule_result.result], reason=rule_result.reason
    )


def select_rules(candidate: Candidate, rules: RuleSet) -> Iterator[tuple[Instrument, InstrumentRule, LegalStatus]]:
    """Yield the rules about a product, each with its legal status on the requested day."""
    for instrument in rules.instruments:
        for rule in instrument.rules:
            if candidate.product in rule.products:
                yield instrument, rule, determine_legal_status(instrument, rule, candidate.on)


def state_facts(candidate: Candidate, zones: PlantZones) -> Facts:
    """Return the facts that rules are evaluated against; ``zones`` has the position of the site."""
    return Facts(
        candidate.product,
        candidate.capacity_tpa,
        candidate.project_type,
        zones.country,
        zones.division,
        list_materials(candidate),
        sum_equity_pct(candidate),
        sum_contract_pct(candidate),
        dict(candidate.declared),
        state_zone_facts(zones),
    )


def _list_measures(zones: PlantZones, parts: MeasuredParts) -> Iterator[MeasureFinding]:
    sites = parts.neighbours.sites
    if parts.inside is not None:
        area = None if zones.area is None else Label(zones.area.name_en, zones.area.name_zh)
        yield _describe_inside(parts.inside, area, sites)
    yield from (_describe_radius(radius, sites) for radius in parts.neighbours.radii)
    yield from _describe_duplicates(parts)
    if parts.concentration is not None:
        yield from _describe_concentration(parts.concentration)
    if parts.catchment.betas:
        yield _describe_catchment(parts.catchment, parts.feedstock.places)
    if parts.feedstock.balance is not None:
        yield _describe_balance(parts.feedstock)


def _describe_inside(sites_inside: SitesInside, area: Label | None, sites: Sequence[NeighbourSite]) -> MeasureFinding:
    text = msg(
        "Records of the same product inside %(area)s: %(count)s; operating, under construction or planned: %(capacity)s.",
        area=msg("the outline") if area is None else area,
        count=_count_with_range(sites_inside),
        capacity=_format_capacity_range(sites_inside),
    )
    sources = {site.id: site.sources for site in sites}
    used = (name for site in sites_inside.sites for name in sources.get(site, ()))
    return _measure("inside", text, sites_inside.all.placed, "records", sites_inside.sites, used)


def _count_with_range(status: SitesByStatus) -> object:
    every = status.all
    return _format_with_range(every.placed, f"{every.certain}–{every.possible}", every.certain != every.possible)


def _format_capacity_range(status: SitesByStatus) -> object:
    certain, possible = status.live_tpa("certain"), status.live_tpa("possible")
    placed = amounts.wrap_annual_tonnage(status.live_tpa("placed"))
    return _format_with_range(placed, amounts.AnnualTonnage(certain, possible), certain != possible)


def _format_with_range(value: object, range_: object, differs: bool) -> object:
    """Return a value as an argument of a message, with its range in brackets if the ends differ."""
    return msg("%(value)s (%(range)s)", value=value, range=range_) if differs else value


def _describe_radius(radius: RadiusTotals, sites: Sequence[NeighbourSite]) -> MeasureFinding:
    if sites and sites[0].farthest_km is not None:
        text = _write_radius_of_area(radius)
    else:
        text = msg(
            "Records of the same product within %(km)s km: %(count)s; operating, under construction or planned: %(capacity)s.",
            km=f"{radius.km:g}",
            count=_count_with_range(radius),
            capacity=_format_capacity_range(radius),
        )
    records = [site for site in sites if site.distance_km <= radius.km]
    return _measure_records(f"neighbours-{radius.km:g}-km", text, radius.all.placed, "records", records)


def _write_radius_of_area(radius: RadiusTotals) -> Message:
    """Return the sentence of a radius around a plant whose place in its area is open: what is certain and what is possible."""
    return msg(
        "Records of the same product within %(km)s km wherever the plant is in the area: %(certain)s (operating, under "
        "construction or planned: %(certain_tpa)s); possible, depending on its place: %(possible)s (%(possible_tpa)s).",
        km=f"{radius.km:g}",
        certain=radius.all.certain,
        certain_tpa=amounts.wrap_annual_tonnage(radius.live_tpa("certain")),
        possible=radius.all.possible,
        possible_tpa=amounts.wrap_annual_tonnage(radius.live_tpa("possible")),
    )


def _describe_duplicates(parts: MeasuredParts) -> Iterator[MeasureFinding]:
    likely = [similar_record for similar_record in parts.same_as if similar_record.score >= SAME]
    if likely:
        text = msg(
            "The planned plant may already be in the store: %(count)s likely records, the likeliest is %(name)s.",
            count=len(likely),
            name=_name_of(likely[0]),
        )
        yield _measure_records("duplicate-record", text, len(likely), "records", likely)
    same = {similar_record.id for similar_record in likely}
    others = [site for site in parts.neighbours.sites if site.distance_km <= NEAR_KM and site.id not in same]
    coming = [other for other in others if any(name in other.groups for name in PIPELINE)]
    certain = sum((other.distance_km if other.farthest_km is None else other.farthest_km) <= NEAR_KM for other in coming)
    text = msg(
        "Other records of the same product within 50 km that are under construction or planned: %(count)s.",
        count=len(coming)
        if certain == len(coming)
        else msg("%(count)s possible, %(certain)s certain", count=len(coming), certain=certain),
    )
    yield _measure_records("duplicate-construction", text, len(coming), "records", coming)


def _describe_concentration(spread: CapacityConcentration) -> Iterator[MeasureFinding]:
    term = load_vocabulary("division").terms.get(spread.division or "")
    province = msg("the province") if term is None else Label(term.label_en, term.label_zh)
    share, index = spread.share_pct, spread.hhi_divisions
    if share.after is not None:
        text = msg(
            "Share of %(place)s in the known capacity of the country: %(before)s %%, with the plant %(after)s %%.",
            place=province,
            **_format_before_after(share),
        )
        yield _measure("province-share", text, share.after, "%", (), spread.sources)
    if index.after is not None:
        text = msg(
            "The Herfindahl-Hirschman index over provinces is %(before)s, with the plant %(after)s. It shows how few provinces "
            "hold the capacity, not whether plants are duplicated.",
            **_format_before_after(index),
        )
        yield _measure("hhi-divisions", text, index.after, None, (), spread.sources)
    for name, place in (("nation", msg("the country")), ("province", province)):
        coming = spread.pipeline_pct.get(name)
        if coming is not None and coming.after is not None:
            text = msg(
                "Capacity under construction or planned in %(place)s: %(before)s %% of the operating capacity, with the plant "
                "%(after)s %%.",
                place=place,
                **_format_before_after(coming),
            )
            yield _measure(f"pipeline-{name}", text, coming.after, "%", (), spread.sources)


def _describe_catchment(drawn: PlantCatchment, places: Sequence[OrePlace]) -> MeasureFinding:
    shares = [beta.share_pct for beta in drawn.betas]
    text = msg(
        "By Huff's model (beta 1 to 3) the plant would draw %(share)s of the %(count)s ore deposits and mines in reach, each "
        "counted once.",
        share=_format_drawn_share(min(shares), max(shares)),
        count=drawn.demands,
    )
    return _measure_records("catchment", text, shares[len(shares) // 2], "%", places)


def _describe_balance(fed: PlantFeedstock) -> MeasureFinding:
    balance = fed.balance
    assert balance is not None
    ratio, without = balance.ratio_after, balance.mines_without_figure
    km, capacity = f"{fed.within_km:g}", amounts.wrap_annual_tonnage(balance.capacity_after_tpa)
    if ratio is None:
        text = msg(
            "Within %(km)s km all plants with the planned one have a capacity of %(capacity)s; no mine there has a figure that "
            "can be converted.",
            km=km,
            capacity=capacity,
        )
    else:
        text = msg(
            "Within %(km)s km all plants with the planned one have a capacity of %(capacity)s; the %(mines)s mines with a "
            "figure could feed %(supply)s of the product, and the capacity is %(times)s times that.",
            mines=balance.mines - without,
            supply=amounts.AnnualTonnage(*balance.feeds_tpa),
            times="–".join(dict.fromkeys(f"{ratio_bound:.1f}" for ratio_bound in ratio)),
            km=km,
            capacity=capacity,
        )
    others = [msg("Mines without such a figure: %(count)s.", count=without)] if without else []
    mines = [place for place in fed.places if place.kind == "mine"]
    text = join_sentences(text, *others, msg("Imported ore is not counted."))
    return _measure_records("capacity-over-feedstock", text, None if ratio is None else ratio[0], None, mines)


def _measure_records(
    name: str, text: Message, figure: float | None, unit: str | None, records: Sequence[Record]
) -> MeasureFinding:
    """Return a measure that is based on records, with their sources."""
    return _measure(
        name, text, figure, unit, [record.id for record in records], (name for record in records for name in record.sources)
    )


def _measure(
    name: str, text: Message, figure: float | None, unit: str | None, records: Sequence[str], sources: Iterable[str]
) -> MeasureFinding:
    return MeasureFinding(
        id=name,
        text_en=text.in_language("en"),
        text_zh=text.in_language("zh"),
        reason_en=NOT_RULED.in_language("en"),
        reason_zh=NOT_RULED.in_language("zh"),
        figure=figure,
        unit=unit,
        records=tuple(records),
        sources=tuple(sorted(set(sources))),
    )


def _format_drawn_share(low: float, high: float) -> str:
    least = f"{low:.1f}%" if low >= SMALL_PCT else f"<{SMALL_PCT}%"
    most = f"{high:.1f}%" if high >= SMALL_PCT else f"<{SMALL_PCT}%"
    return least if least == most else f"{least}–{most}"


def _format_before_after(measured: BeforeAfter) -> dict[str, str]:
    """Return a measure before and with the plant as arguments of a message."""
    return {"before": _format_rounded(measured.before), "after": _format_rounded(measured.after)}


def _format_rounded(figure: float | None) -> str:
    """Return a figure with one decimal below 1,000 and none from there on, ``?`` for an unknown one."""
    return "?" if figure is None else f"{figure:,.1f}" if abs(figure) < MAX_WITH_DECIMALS else f"{figure:,.0f}"


def _name_of(record: SimilarRecord) -> Label:
    return Label(record.name_en or record.name_zh or record.id, record.name_zh)
