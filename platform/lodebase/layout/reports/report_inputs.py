"""Inputs of a report as titles and values in the language of the reader."""

from collections.abc import Iterable, Iterator

from lodebase.layout.measures.zones import PLACES
from lodebase.layout.parts.feedstock import DeclaredFeed
from lodebase.layout.parts.plant import PlantInputs
from lodebase.layout.planned.place import measure_place_km2
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_labels import ORIGINS
from lodebase.layout.reports.report_text import choose_localized_field, find_term_label, join_report_texts
from lodedata.layout.amounts import wrap_annual_tonnage
from lodedata.messages import Label, Message, Translatable, msg, wrap_foreign_text
from lodedata.rules.quantities import DECLARED

Value = Translatable | str | None


def list_input_rows(report: LayoutReport, language: str) -> list[tuple[str, str]]:
    """Return the inputs and the basis of a report as pairs of title and value; empty values are left out."""
    return _format_rows((*_list_rows(report, language), *_list_basis(report)), language)


def list_declared_rows(report: LayoutReport, language: str) -> dict[str, str]:
    """Return what was entered for a report by its title; values of one title are joined."""
    declared_rows: dict[str, str] = {}
    for title, value in _format_rows(_list_rows(report, language), language):
        declared_rows[title] = (
            join_report_texts([wrap_foreign_text(declared_rows[title]), wrap_foreign_text(value)], language)
            if title in declared_rows
            else value
        )
    return declared_rows


def _format_rows(rows: Iterable[tuple[Translatable, Value]], language: str) -> list[tuple[str, str]]:
    shown = ((title, _format_value(value, language)) for title, value in rows)
    return [(title.in_language(language), value) for title, value in shown if value]


def _format_value(value: Value, language: str) -> str:
    return value.in_language(language) if isinstance(value, Translatable) else value or ""


def _list_rows(report: LayoutReport, language: str) -> Iterator[tuple[Translatable, Value]]:
    inputs = report.inputs
    yield msg("Name"), inputs.name
    yield msg("Product"), choose_localized_field(report.summary, "label", language)
    yield msg("Capacity"), wrap_annual_tonnage(inputs.capacity_tpa)
    yield msg("Project type"), find_term_label("phase-type", inputs.project_type, language)
    yield msg("Place"), _place(report, language)
    yield msg("Area"), _describe_area(inputs)
    yield msg("Accuracy of the location"), _describe_accuracy(inputs)
    for feed in report.feedstock.declared:
        yield msg("Feedstock"), _describe_feedstock(feed, language)
    yield msg("Owner"), inputs.owner
    yield msg("Technology"), inputs.technology
    for code, value in inputs.declared.items():
        yield DECLARED[code].title, f"{value:g} {DECLARED[code].unit}"


def _list_basis(report: LayoutReport) -> Iterator[tuple[Translatable, Value]]:
    yield msg("Date of the rules"), report.rules_on
    yield msg("Data version"), str(report.data_version)
    yield msg("Checksum (SHA-256)"), report.checksum


def _place(report: LayoutReport, language: str) -> str:
    """Return the position with the names of country, province, prefecture and county."""
    inputs, place = report.inputs, report.zones.place
    if inputs.place:
        there = (place[kind] for kind in PLACES if kind in place and place[kind].code)
        return " · ".join(filter(None, (choose_localized_field(named_place, "name", language) for named_place in there)))
    lon, lat = inputs.lon, inputs.lat
    position = msg(
        "%(longitude)s, %(latitude)s",
        longitude=_format_degrees(lon, msg("%(degrees)s° E"), msg("%(degrees)s° W")),
        latitude=_format_degrees(lat, msg("%(degrees)s° N"), msg("%(degrees)s° S")),
    )
    there = (place[kind] for kind in PLACES if kind in place and place[kind].code)
    names = (choose_localized_field(named_place, "name", language) for named_place in there)
    return " · ".join((position.in_language(language), *filter(None, names)))


def _format_degrees(value: float, positive: Message, negative: Message) -> Message:
    return (positive if value >= 0 else negative).filled(degrees=f"{abs(value):.5f}")


def _describe_area(inputs: PlantInputs) -> Value:
    km2 = measure_place_km2(inputs.wkt)
    return msg("%(area)s km²", area=f"{km2:,.{0 if km2 >= 100 else 2}f}") if km2 else None


def _describe_accuracy(inputs: PlantInputs) -> Value:
    metres = f"{inputs.reach_m:,.0f}"
    if inputs.place:
        return msg("somewhere in the area; enter coordinates to make distances exact")
    if not inputs.reach_m:
        return None
    if inputs.reach_m > inputs.accuracy_m:
        return msg("%(metres)s m including the outline", metres=metres)
    return msg("%(metres)s m", metres=metres)


def _describe_feedstock(declared_feed: DeclaredFeed, language: str) -> str:
    parts: list[Translatable] = [Label(declared_feed.label_en, declared_feed.label_zh)]
    if declared_feed.origin:
        parts.append(ORIGINS[declared_feed.origin])
    if declared_feed.equity_pct is not None:
        parts.append(msg("own: %(share)s %%", share=f"{declared_feed.equity_pct:g}"))
    if declared_feed.contract_pct is not None:
        parts.append(msg("contracted: %(share)s %%", share=f"{declared_feed.contract_pct:g}"))
    return join_report_texts(parts, language)
