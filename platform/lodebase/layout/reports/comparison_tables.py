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
    found: ReportComparison, first: LayoutReport, second: LayoutReport, language: str
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the parts of a comparison of two reports with their rows: item, change, before, after.

    Parts without changes are left out, except the basis and the results.
    """
    yield "basis", [_format_pair(BASIS[one.name], one, language) for one in found.basis]
    yield "results", [_format_pair(RESULTS[result.name], result, language) for result in found.results]
    if found.inputs:
        yield "inputs", list(_compare_inputs(found, first, second, language))
    parts = (
        ("findings", _build_rows(found.findings, _name_finding, _write_finding, language)),
        ("measures", _build_rows(found.measures, _name_measure, _write_measure, language)),
        ("neighbours", _build_rows(found.neighbours, record_name, _write_site, language)),
        ("zones", _build_rows(found.zones, record_name, _write_zone, language)),
        ("ore", _build_rows(found.ore, record_name, _write_ore, language)),
    )
    yield from ((part, rows) for part, rows in parts if rows)


def describe_comparison(found: ReportComparison, language: str) -> str:
    """Return a summary of the changes in one sentence."""
    if found.same:
        return SAME.in_language(language)
    return msg(
        "Sites of the same product: %(sites)s. Rules: %(rules)s.",
        sites=msg("%(added)s added, %(removed)s removed, %(changed)s changed", **found.neighbours.count()),
        rules=msg(
            "%(added)s added, %(removed)s removed, %(changed)s with another result or legal status", **found.findings.count()
        ),
    ).in_language(language)


def _compare_inputs(found: ReportComparison, first: LayoutReport, second: LayoutReport, language: str) -> Iterator[Row]:
    """Yield the inputs that differ as the form names them, or by their names in the API if the form has none of them."""
    before, after = list_declared_rows(first, language), list_declared_rows(second, language)
    titles = [title for title in dict.fromkeys((*before, *after)) if before.get(title) != after.get(title)]
    for title in titles:
        change = "added" if title not in before else "removed" if title not in after else "changed"
        yield title, CHANGES[change].in_language(language), before.get(title, ""), after.get(title, "")
    if not titles:
        yield from (_format_pair(wrap_foreign_text(one.name), one, language) for one in found.inputs)


def _format_pair(title: Message, one: ComparedValue, language: str) -> Row:
    change = CHANGES["changed" if one.changed else "unchanged"]
    return title.in_language(language), change.in_language(language), _shorten_value(one.before), _shorten_value(one.after)


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
        *((name(one, language), titles["added"], "", write(one, language)) for one in part.added),
        *((name(one, language), titles["removed"], write(one, language), "") for one in part.removed),
        *(
            (name(one.after, language), titles["changed"], write(one.before, language), write(one.after, language))
            for one in part.changed
        ),
    ]


def _name_finding(one: ComparedFinding, language: str) -> str:
    return f"{one.id}: {choose_localized_field(one, 'clause', language)}"


def _name_measure(one: ComparedMeasure, _language: str) -> str:
    return one.id


def _write_finding(one: ComparedFinding, language: str) -> str:
    assert one.standing is not None
    return msg("%(result)s (%(standing)s)", result=RESULTS[one.result], standing=LABELS[one.standing]).in_language(language)


def _write_measure(one: ComparedMeasure, language: str) -> str:
    return choose_localized_field(one, "text", language)


def _write_site(one: ComparedSite, language: str) -> str:
    return _format_with_distance(one.distance_km, wrap_foreign_text(format_capacity_by_status(one.groups, language)), language)


def _write_zone(one: ComparedZone, language: str) -> str:
    return _format_with_distance(one.edge_km, STATES[one.state], language)


def _write_ore(one: ComparedOre, language: str) -> str:
    size = find_term_label("size-class", one.size_class, language)
    return (
        _format_with_distance(one.distance_km, wrap_foreign_text(size), language)
        if size
        else _format_km(one.distance_km).in_language(language)
    )


def _format_with_distance(km: float, what: Message, language: str) -> str:
    return msg("%(distance)s; %(what)s", distance=_format_km(km), what=what).in_language(language)


def _format_km(km: float) -> Message:
    return msg("%(distance)s km", distance=f"{km:,.1f}")
