"""Tables of a report in the language of the reader, shared by the page and all file formats."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lodebase.layout.findings import RESULTS
from lodebase.layout.parts.feedstock import EstimateClass, OrePlace
from lodebase.layout.parts.rules import MeasureFinding, RuleFinding
from lodebase.layout.parts.sites import NeighbourSite, SimilarRecord, SiteTotals
from lodebase.layout.parts.zones import NearbyZone
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_head import describe_act_source
from lodebase.layout.reports.report_labels import MEANINGS, MEASURES, ORE_KINDS, STATES, UNITS, ZONE_KINDS
from lodebase.layout.reports.report_text import (
    COARSE_M,
    SEPARATOR,
    RecordNames,
    choose_localized_field,
    find_term_label,
    format_capacity_by_status,
    format_km_range,
    join_report_texts,
    record_name,
    round_km_to_accuracy,
)
from lodebase.layout.statement_parameters import GROUPS
from lodedata.layout import amounts
from lodedata.messages import Label, Message, Translatable, msg
from lodedata.rules.legal_status import LABELS
from lodedata.sources.source_texts import translate_source_text

Table = tuple[str, tuple[str, ...], list[list[Any]]]
"""Name of a part, its columns and its rows."""
OF_RULES = ("rule", "clause", "result", "reason", "standing", "citation", "link")
NOT_ADDED = msg("not added up")
ALL = msg("all")


class Linked(str):
    """A table cell that links to the record or rule it names; in a file it is plain text."""

    href: str

    def __new__(cls, text: str, href: str) -> "Linked":
        """Return the text with the address that it links to."""
        linked = super().__new__(cls, text)
        linked.href = href
        return linked


def build_report_tables(report: LayoutReport, language: str) -> Iterator[Table]:
    """Yield the tables of a report with their rows in a language; most are left out if they have no rows."""
    inside = _build_inside_table(report, language)
    if inside[2]:
        yield inside
    yield from (
        make(report, language) for make in (_build_rules_table, _build_others_table, _build_measures_table, _build_radii_table)
    )
    yield from (table for make in _LEFT_OUT_IF_EMPTY if (table := make(report, language))[2])


def _build_rules_table(report: LayoutReport, language: str) -> Table:
    on = report.rules_on
    return "findings", OF_RULES, [_build_finding_row(rule, on, language) for rule in report.counted_rules]


def _build_others_table(report: LayoutReport, language: str) -> Table:
    on = report.rules_on
    rows = [_build_finding_row(rule, on, language) for rule in report.rules if not rule.counts]
    return "others", OF_RULES, rows


def _build_finding_row(rule_finding: RuleFinding, on: str, language: str) -> list[Any]:
    clause: Translatable = Label(rule_finding.clause_en, rule_finding.clause_zh)
    if rule_finding.note_en:
        clause = msg("%(clause)s Note: %(note)s", clause=clause, note=Label(rule_finding.note_en, rule_finding.note_zh))
    url = rule_finding.url
    return [
        Linked(rule_finding.id, f"/layout/rules?on={on}#{rule_finding.id}"),
        clause.in_language(language),
        RESULTS[rule_finding.result].in_language(language),
        choose_localized_field(rule_finding, "reason", language),
        LABELS[rule_finding.standing].in_language(language),
        describe_act_source(rule_finding, language),
        "" if url is None else Linked(url, url),
    ]


def _build_measures_table(report: LayoutReport, language: str) -> Table:
    titles = _map_source_titles(report, language)
    rows = [
        [
            choose_localized_field(measure, "text", language),
            _round_figure(measure.figure),
            _label(UNITS, measure.unit, language),
            _join_source_titles(measure, titles, language),
        ]
        for measure in report.measures
    ]
    return "measures", ("text", "figure", "unit", "source"), rows


def _build_radii_table(report: LayoutReport, language: str) -> Table:
    rows = []
    for radius in report.neighbours.radii:
        for group, label in GROUPS.items():
            counts = radius.groups[group]
            if counts.possible:
                rows.append([radius.km, label.in_language(language), *_build_count_cells(counts, language)])
    return "radii", ("km", "status", "certain", "placed", "possible", "tpa", "without"), rows


def _build_sites_table(report: LayoutReport, language: str) -> Table:
    titles = _map_source_titles(report, language)
    rows = [
        [_record(site, language), format_km_range(site, language), site.accuracy_m]
        + [
            format_capacity_by_status(site.groups, language),
            site.status_date or "",
            site.information_date or "",
            _note(site, language),
        ]
        + [_join_source_titles(site, titles, language)]
        for site in report.neighbours.sites
    ]
    return "sites", ("name", "distance", "accuracy", "capacity", "status_on", "data_on", "note", "source"), rows


def _build_inside_table(report: LayoutReport, language: str) -> Table:
    """Return the sites inside the area by group of statuses, in total first, with the age of their statuses."""
    inside = report.inside
    rows: list[list[Any]] = []
    if inside is not None:
        rows.append([ALL.in_language(language), *_build_count_cells(inside.all, language), "", "", ""])
        for group, label in GROUPS.items():
            of, age = inside.groups[group], inside.ages.get(group)
            if of.possible:
                days = ["", "", ""] if age is None else [age.oldest or "", age.newest or "", age.old + age.undated]
                rows.append([label.in_language(language), *_build_count_cells(of, language), *days])
    columns = ("status", "certain", "placed", "possible", "inside_tpa", "without", "oldest", "newest", "old_status")
    return "inside", columns, rows


def _build_count_cells(of: SiteTotals, language: str) -> list[Any]:
    return [of.certain, of.placed, of.possible, _convert_tonnes(of.placed_tpa, language), of.without_figure]


def _build_zones_table(report: LayoutReport, language: str) -> Table:
    titles = _map_source_titles(report, language)
    rows = [
        [choose_localized_field(zone, "name", language), _label(ZONE_KINDS, zone.zone_kind, language)]
        + [_label(STATES, zone.state, language), round_km_to_accuracy(zone.edge_km, zone.accuracy_m), zone.accuracy_m]
        + [_join_source_titles(zone, titles, language)]
        for zone in report.zones.found
    ]
    return "zones", ("name", "kind", "result", "edge", "accuracy", "source"), rows


def _build_feedstock_table(report: LayoutReport, language: str) -> Table:
    rows = [
        [choose_localized_field(need, "label", language), "–".join(dict.fromkeys(f"{t:g}" for t in need.t_per_t))]
        + [amounts.format_range(need.tpa[0], need.tpa[1], language), choose_localized_field(need, "source", language)]
        for need in report.feedstock.needs
    ]
    return "feedstock", ("name", "per_t", "need", "basis"), rows


def _build_classes_table(report: LayoutReport, language: str) -> Table:
    rows = [
        [choose_localized_field(class_, "label", language), class_.deposits, *_build_sum_cells(class_, language)]
        for class_ in report.feedstock.classes
    ]
    return "classes", ("class", "deposits", "ore", "contained"), rows


def _build_places_table(report: LayoutReport, language: str) -> Table:
    rows = []
    titles = _map_source_titles(report, language)
    for place in report.feedstock.places:
        size = find_term_label("size-class", place.size_class, language)
        row = [
            _record(place, language),
            ORE_KINDS[place.kind].in_language(language),
            format_km_range(place, language),
            size,
            _join_source_titles(place, titles, language),
        ]
        rows.append(row)
    return "places", ("name", "kind", "distance", "size", "source"), rows


def _build_concentration_table(report: LayoutReport, language: str) -> Table:
    spread = report.concentration
    rows: list[list[Any]] = []
    if spread is not None:
        measured = {
            "share_pct": spread.share_pct,
            "hhi_divisions": spread.hhi_divisions,
            "hhi_holders": spread.hhi_holders,
            "location_quotient": spread.location_quotient,
            **spread.pipeline_pct,
        }
        for name, label in MEASURES.items():
            if name in measured:
                of = measured[name]
                figures = [_round_figure(of.before), _round_figure(of.after), _round_figure(of.change)]
                rows.append([label.in_language(language), *figures, MEANINGS[name].in_language(language)])
    return "concentration", ("measure", "before", "after", "change", "note"), rows


def _build_catchment_table(report: LayoutReport, language: str) -> Table:
    rows = [
        [
            beta.beta,
            _record(taken_share, language),
            _round_figure(taken_share.before_pct),
            _round_figure(taken_share.after_pct),
            _round_figure(taken_share.taken_pct),
        ]
        for beta in report.catchment.betas
        for taken_share in beta.taken
    ]
    return "catchment", ("beta", "name", "before", "after", "taken"), rows


def _build_same_as_table(report: LayoutReport, language: str) -> Table:
    rows = [
        [
            _record(similar_record, language),
            similar_record.score,
            round_km_to_accuracy(similar_record.distance_km, COARSE_M),
            join_report_texts(_list_reasons(similar_record), language),
        ]
        for similar_record in report.same_as
    ]
    return "same_as", ("name", "score", "distance", "reason"), rows


def _build_uncertainty_table(report: LayoutReport, language: str) -> Table:
    return (
        "uncertainty",
        ("note",),
        [[choose_localized_field(uncertainty_note, "text", language)] for uncertainty_note in report.uncertainty],
    )


def _build_sources_table(report: LayoutReport, language: str) -> Table:
    rows = [
        [
            *(source.name, choose_localized_field(source, "title", language)),
            translate_source_text(source.licence_name or "").in_language(language),
            *(source.citation, source.as_of),
        ]
        for source in report.sources
    ]
    return "sources", ("code", "title", "licence", "citation", "as_of"), rows


_LEFT_OUT_IF_EMPTY: tuple[Callable[[LayoutReport, str], Table], ...] = (
    *(
        _build_sites_table,
        _build_zones_table,
        _build_feedstock_table,
        _build_classes_table,
        _build_places_table,
        _build_concentration_table,
    ),
    *(_build_catchment_table, _build_same_as_table, _build_uncertainty_table, _build_sources_table),
)


def _record(row: RecordNames, language: str) -> Linked:
    """Return the name of a record as a link to it."""
    return Linked(record_name(row, language), f"/records/{row.id}")


def _label(labels: Mapping[str, Message], code: str | None, language: str) -> str:
    """Return the label of a code, the code if it has none, or an empty text for None."""
    return labels[code].in_language(language) if code is not None and code in labels else code or ""


def _map_source_titles(report: LayoutReport, language: str) -> Mapping[str, str]:
    return {source.name: choose_localized_field(source, "title", language) for source in report.sources}


def _join_source_titles(
    row: MeasureFinding | NeighbourSite | NearbyZone | OrePlace, titles: Mapping[str, str], language: str
) -> str:
    """Return the titles of the sources of a row, the name of one without a title."""
    return SEPARATOR.in_language(language).join(titles.get(name) or name for name in row.sources)


def _round_figure(figure: float | None) -> float | None:
    """Return a figure with three significant digits for display, a whole number as it is; the report as data has all digits."""
    return figure if figure is None or float(figure).is_integer() else float(f"{figure:.3g}")


def _convert_tonnes(mass: float, language: str) -> float:
    """Return a table cell of tonnes or tonnes a year, in Chinese tens of thousands of tonnes, as in the column title."""
    return mass if language != "zh" else round(mass / amounts.MYRIAD, 4)


def _build_sum_cells(estimate_class: EstimateClass, language: str) -> list[Any]:
    """Return the ore and the metal of a class in the unit of the column, or a note for classes that are never added up."""
    if estimate_class.ore_t is None and estimate_class.contained_t is None:
        return [NOT_ADDED.in_language(language)] * 2
    return [
        None if mass is None else _round_figure(_convert_tonnes(mass, language))
        for mass in (estimate_class.ore_t, estimate_class.contained_t)
    ]


def _note(site: NeighbourSite, language: str) -> str:
    notes = []
    if site.uncertain_radii_km:
        notes.append(msg("depends on position accuracy"))
    if site.likely_same_as:
        notes.append(msg("probable duplicate record"))
    return join_report_texts(notes, language)


def _list_reasons(similar_record: SimilarRecord) -> list[Label]:
    return [Label(en, zh) for en, zh in zip(similar_record.reasons_en, similar_record.reasons_zh, strict=True)]
