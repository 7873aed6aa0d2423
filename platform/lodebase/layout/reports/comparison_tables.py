"""Tables and summary of a comparison of two reports in the language of the reader, for the page and the command."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from lodebase.layout.findings import RESULTS
from lodebase.layout.reports.comparison import (
    ComparedFinding,
    ComparedMeasure,
    ComparedOre,
    ComparedSite,
    ComparedValue,
    ComparedZone,
    PartChanges,
    ReportComparison,
)
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_inputs import list_declared_rows
from lodebase.layout.reports.report_labels import STATES
from lodebase.layout.reports.report_text import choose_localized_field, find_term_label, format_capacity_by_status, record_name
from lodedata.messages import Message, msg, wrap_foreign_text
from lodedata.rules.legal_status import LABELS

Brief = TypeVar("Brief")
Row = tuple[str, str, str, str]
TITLES: Mapping[str, Message] = {
    "basis": msg("Basis of the two reports"),
    "inputs": msg("Changed inputs"),
    "results": msg("Counted rules by result"),
    "findings": msg("Changed findings by rule"),
    "measures": msg("Changed measures"),
    "neighbours": msg("Changed sites of the same product"),
    "zones": msg("Changed zones"),
    "ore": msg("Changed ore deposits and mines in reach"),
}
COLUMNS = (msg("Item"), msg("Change"), msg("Before"), msg("After"))
CHANGES: Mapping[str, Message] = {
    "added": msg("added"),
    "removed": msg("removed"),
    "changed": msg("changed"),
    "unchanged": msg("unchanged"),
}
BASIS: Mapping[str, Message] = {
    "data_version": msg("Data version"),
    "rules_on": msg("Date of the rules"),
    "rules_sha256": msg("Rules files (SHA-256)"),
    "checksum": msg("Report (SHA-256)"),
}
SAME = msg("Nothing has changed: the two reports are the same.")
CUT = msg("A report lists only the nearest sites, ore deposits and mines; those farther away are not compared.")
HEX = 64


def build_comparison_tables(
    report_comparison: ReportComparison, first: LayoutReport, second: LayoutReport, language: str
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the parts of a comparison of two reports with their rows: item, change, before, after.

    Parts without changes are left out, except the basis and the results.
    """
    yield (
        "basis",
        [_format_pair(BASIS[compared_value.name], compared_value, language) for compared_value in report_comparison.basis],
    )
    yield "results", [_format_pair(RESULTS[result.name], result, language) for result in report_comparison.results]
    if report_comparison.inputs:
        yield "inputs", list(_compare_inputs(report_comparison, first, second, language))
    parts = (
        ("findings", _build_rows(report_comparison.findings, _name_finding, _write_finding, language)),
        ("measures", _build_rows(report_comparison.measures, _name_measure, _write_measure, language)),
        ("neighbours", _build_rows(report_comparison.neighbours, record_name, _write_site, language)),
        ("zones", _build_rows(report_comparison.zones, record_name, _write_zone, language)),
        ("ore", _build_rows(report_comparison.ore, record_name, _write_ore, language)),
    )
    yield from ((part, rows) for part, rows in parts if rows)


def describe_comparison(report_comparison: ReportComparison, language: str) -> str:
    """Return a summary of the changes in one sentence."""
    if report_comparison.same:
        return SAME.in_language(language)
    return msg(
        "Sites of the same product: %(sites)s. Rules: %(rules)s.",
        sites=msg("%(added)s added, %(removed)s removed, %(changed)s changed", **report_comparison.neighbours.count()),
        rules=msg(
            "%(added)s added, %(removed)s removed, %(changed)s with another result or legal status",
            **report_comparison.findings.count(),
        ),
    ).in_language(language)


def _compare_inputs(
    report_comparison: ReportComparison, first: LayoutReport, second: LayoutReport, language: str
) -> Iterator[Row]:
    """Yield the inputs that differ as the form names them, or by their names in the API if the form has none of them."""
    before, after = list_declared_rows(first, language), list_declared_rows(second, language)
    titles = [title for title in dict.fromkeys((*before, *after)) if before.get(title) != after.get(title)]
    for title in titles:
        change = "added" if title not in before else "removed" if title not in after else "changed"
        yield title, CHANGES[change].in_language(language), before.get(title, ""), after.get(title, "")
    if not titles:
        yield from (_format_pair(wrap_foreign_text(input_.name), input_, language) for input_ in report_comparison.inputs)


def _format_pair(title: Message, compared_value: ComparedValue, language: str) -> Row:
    change = CHANGES["changed" if compared_value.changed else "unchanged"]
    return (
        title.in_language(language),
        change.in_language(language),
        _shorten_value(compared_value.before),
        _shorten_value(compared_value.after),
    )


def _shorten_value(value: object) -> str:
    if isinstance(value, str) and len(value) == HEX:
        return value[:16] + "…"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return "" if value is None else str(value)


def _build_rows(
    part: PartChanges[Brief], name: Callable[[Brief, str], str], write: Callable[[Brief, str], str], language: str
) -> list[Row]:
    """Return the rows of a part: the name of each item, the change, and what is written of it before and after."""
    titles = {change: CHANGES[change].in_language(language) for change in ("added", "removed", "changed")}
    return [
        *((name(brief, language), titles["added"], "", write(brief, language)) for brief in part.added),
        *((name(brief, language), titles["removed"], write(brief, language), "") for brief in part.removed),
        *(
            (
                name(changed_part.after, language),
                titles["changed"],
                write(changed_part.before, language),
                write(changed_part.after, language),
            )
            for changed_part in part.changed
        ),
    ]


def _name_finding(compared_finding: ComparedFinding, language: str) -> str:
    return f"{compared_finding.id}: {choose_localized_field(compared_finding, 'clause', language)}"


def _name_measure(compared_measure: ComparedMeasure, _language: str) -> str:
    return compared_measure.id


def _write_finding(compared_finding: ComparedFinding, language: str) -> str:
    assert compared_finding.standing is not None
    return msg(
        "%(result)s (%(standing)s)", result=RESULTS[compared_finding.result], standing=LABELS[compared_finding.standing]
    ).in_language(language)


def _write_measure(compared_measure: ComparedMeasure, language: str) -> str:
    return choose_localized_field(compared_measure, "text", language)


def _write_site(compared_site: ComparedSite, language: str) -> str:
    return _format_with_distance(
        compared_site.distance_km, wrap_foreign_text(format_capacity_by_status(compared_site.groups, language)), language
    )


def _write_zone(compared_zone: ComparedZone, language: str) -> str:
    return _format_with_distance(compared_zone.edge_km, STATES[compared_zone.state], language)


def _write_ore(compared_ore: ComparedOre, language: str) -> str:
    size = find_term_label("size-class", compared_ore.size_class, language)
    return (
        _format_with_distance(compared_ore.distance_km, wrap_foreign_text(size), language)
        if size
        else _format_km(compared_ore.distance_km).in_language(language)
    )


def _format_with_distance(km: float, what: Message, language: str) -> str:
    return msg("%(distance)s; %(what)s", distance=_format_km(km), what=what).in_language(language)


def _format_km(km: float) -> Message:
    return msg("%(distance)s km", distance=f"{km:,.1f}")
