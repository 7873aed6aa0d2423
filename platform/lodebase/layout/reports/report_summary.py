"""The summary of a report in one paragraph: nearest site, capacity around it, clauses not met, what is missing."""

from collections.abc import Iterable, Iterator

from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_head import describe_lack_of_rules, is_judged
from lodebase.layout.reports.report_text import choose_localized_field, format_km_range, record_name, round_km_to_accuracy
from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout.amounts import wrap_annual_tonnage
from lodedata.messages import Label, Message, msg, wrap_foreign_text

NEAR_KM = 100.0
STOPS = ".\u3002"
LIVE = ("operating", "construction", "permitted", "announced")


def summary(report: LayoutReport, language: str) -> list[str]:
    """Return the sentences of the summary in a language."""
    return [sentence.in_language(language) for sentence in _write_sentences(report, language)]


def _write_sentences(report: LayoutReport, language: str) -> Iterator[Message]:
    sites = report.neighbours.sites
    yield from _describe_inside(report)
    outside = [site for site in sites if site.distance_km > 0] if report.inside else sites
    if report.inside and outside:
        name = wrap_foreign_text(record_name(outside[0], language))
        km = format_km_range(outside[0], language)
        yield msg(
            "The nearest site of the same product outside is %(name)s, %(km)s km from the plant, depending on its place.",
            name=name,
            km=km,
        )
    elif sites and report.inside:
        pass
    elif sites:
        name = wrap_foreign_text(record_name(sites[0], language))
        km = f"{round_km_to_accuracy(sites[0].distance_km, sites[0].accuracy_m):,g}"
        yield msg("The nearest site of the same product is %(name)s, %(km)s km away.", name=name, km=km)
    else:
        yield msg("No site of the same product is listed around the place.")
    yield from _describe_capacity(report)
    counted = report.counted_rules
    unmet = [counted_rule for counted_rule in counted if counted_rule.result == "not_met"]
    if unmet:
        clauses = _join_sentences(
            (choose_localized_field(counted_rule, "clause", language).rstrip(STOPS) for counted_rule in unmet), language
        )
        yield msg("Not met, %(count)s: %(clauses)s.", count=len(unmet), clauses=clauses)
    elif not is_judged(report):
        yield describe_lack_of_rules(report)
        return
    else:
        yield msg("Of the clauses held here that apply, none is found not met.")
    to_judge = [counted_rule for counted_rule in counted if counted_rule.result == "judgement"]
    if to_judge:
        yield msg("Clauses that apply and need judgement: %(count)s.", count=len(to_judge))
    missing = [counted_rule for counted_rule in counted if counted_rule.result == "not_enough_data"]
    if missing:
        reasons = _join_sentences(
            dict.fromkeys(choose_localized_field(counted_rule, "reason", language) for counted_rule in missing), language
        )
        yield msg("%(count)s clauses lack data: %(reasons)s.", count=len(missing), reasons=reasons)
        yield msg(
            "Enter what is known in the form; the rest is in the design, the environmental report or the energy review of "
            "the project."
        )


def _join_sentences(sentences: Iterable[str], language: str) -> Message:
    """Return sentences divided by semicolons, as they have commas of their own."""
    return wrap_foreign_text(msg("; ").in_language(language).join(sentences))


def _describe_inside(report: LayoutReport) -> Iterator[Message]:
    """Yield what lies inside the area of the plant: number, capacity, statuses and their age."""
    inside = report.inside
    if inside is None:
        return
    area = report.zones.area
    name = msg("the outline") if area is None else Label(area.name_en, area.name_zh)
    every = inside.all
    if not every.placed:
        yield msg("No site of the same product is recorded inside %(area)s.", area=name)
    else:
        groups = [
            msg("%(status)s %(count)s", status=label, count=inside.groups[group].placed)
            for group, label in GROUPS.items()
            if inside.groups[group].placed
        ]
        yield msg(
            "Inside %(area)s, %(count)s sites of the same product are recorded with %(capacity)s (%(groups)s).",
            area=name,
            count=every.placed,
            capacity=wrap_annual_tonnage(every.placed_tpa),
            groups=groups,
        )
        old = sum(age.old + age.undated for age in inside.ages.values())
        if old:
            yield msg(
                "%(count)s of their statuses are older than %(years)s years or not dated.", count=old, years=inside.old_years
            )
    if every.possible > every.placed:
        yield msg(
            "%(count)s more may lie inside, as their positions are not accurate enough.",
            count=every.possible - every.placed,
        )


def _describe_capacity(report: LayoutReport) -> Iterator[Message]:
    if report.inside:
        return
    for radius in report.neighbours.radii:
        if radius.km == NEAR_KM:
            groups = [radius.groups[group_name] for group_name in LIVE]
            tonnes, count = sum(group.placed_tpa for group in groups), sum(group.placed for group in groups)
            yield msg(
                "Within %(km)s km, %(count)s sites that operate, are built or are planned have %(capacity)s.",
                km=f"{NEAR_KM:.0f}",
                count=count,
                capacity=wrap_annual_tonnage(tonnes),
            )
