"""Reports as PDF on A4, in English or Chinese: the summary, a drawing of the surroundings, the inputs and the tables."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lodebase.layout.parts.rules import RuleFinding
from lodebase.layout.reports.formats.drawing import draw_report
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_head import (
    describe_act_source,
    describe_lack_of_rules,
    describe_result_basis,
    group_findings_by_result,
    is_judged,
)
from lodebase.layout.reports.report_inputs import list_input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_summary import summary
from lodebase.layout.reports.report_tables import build_report_tables
from lodebase.layout.reports.report_text import choose_localized_field
from lodebase.typesetting.document import (
    Block,
    Fields,
    Heading,
    Letterhead,
    Note,
    Paragraph,
    Picture,
    PrintedDocument,
    Rows,
    typeset,
)
from lodedata.layout.amounts import wrap_annual_tonnage
from lodedata.messages import msg, wrap_foreign_text

MAX_PRINTED_ROWS = 60
"""Upper limit of the rows printed of a table; the workbook has all rows."""
WEIGHTS = {
    "clause": 3.0,
    "reason": 2.5,
    "citation": 3.2,
    "note": 2.0,
    "name": 1.8,
    "text": 4.0,
    "basis": 2.0,
    "title": 1.5,
    "source": 1.5,
    "capacity": 2.0,
    "measure": 2.0,
    "rule": 1.6,
}
"""Relative widths of columns."""
SUMMARY, SURROUNDINGS, INPUTS = msg("Summary"), msg("Surroundings"), msg("Inputs")
TABLES, NOTES = msg("Tables"), msg("Sources and notes")


def lay_out(report: LayoutReport, language: str, issuing_body: str | None) -> PrintedDocument:
    """Return the document that the printed formats have in common."""
    foot = f"{choose_localized_field(report.summary, 'disclaimer', language)}  SHA-256 {report.checksum[:16]}…"
    return PrintedDocument(
        _write_title(report, language),
        language,
        foot,
        list(_write_blocks(report, language)),
        _build_letterhead(report, issuing_body),
    )


def _write_title(report: LayoutReport, language: str) -> str:
    """Return the title: the place, the product and the capacity of the plant."""
    place, kinds = report.zones.place, ("county", "prefecture", "division", "country")
    smallest_place = next((place[kind] for kind in kinds if kind in place and place[kind].code), None)
    return msg(
        "Layout check: %(product)s, %(capacity)s, %(place)s",
        product=wrap_foreign_text(choose_localized_field(report.summary, "label", language)),
        capacity=wrap_annual_tonnage(report.summary.capacity_tpa),
        place=msg("place without a name")
        if smallest_place is None
        else wrap_foreign_text(choose_localized_field(smallest_place, "name", language)),
    ).in_language(language)


def _build_letterhead(report: LayoutReport, issuing_body: str | None) -> Letterhead:
    """Return the number of the report, its day, and the body that issues it if the site names one."""
    number = f"LODE-{report.data_version}-{report.checksum[:8].upper()}"
    return Letterhead(number, date.fromisoformat(report.rules_on), issuing_body)


def write(report: LayoutReport, language: str, issuing_body: str | None = None) -> bytes:
    """Return the document as bytes, which are the same for the same report and typefaces."""
    return typeset(lay_out(report, language, issuing_body))


def _write_head(report: LayoutReport, language: str) -> Iterator[Block]:
    """Yield the verdict by rule, and what the result rests on."""
    yield Heading(TITLES["verdict"].in_language(language))
    if not is_judged(report):
        yield Paragraph(describe_lack_of_rules(report).in_language(language))
    sources = list_cited_sources(report, language)
    for _, title, some in group_findings_by_result(report, language):
        counted = msg("%(result)s (%(count)s)", result=wrap_foreign_text(title), count=len(some))
        yield Heading(counted.in_language(language), level=2)
        for finding in some:
            yield Heading(choose_localized_field(finding, "clause", language), level=3)
            number = sources.index(cite_finding_source(finding, language)) + 1
            yield Paragraph(f"{choose_localized_field(finding, 'reason', language)} [{number}]")
    if sentences := describe_result_basis(report, language):
        yield Heading(TITLES["rests_on"].in_language(language))
        for sentence in sentences:
            yield Note(sentence)


def cite_finding_source(rule_finding: RuleFinding, language: str) -> str:
    """Return the source of a finding: the act, the clause, how it was read, and its address."""
    return " ".join(filter(None, (describe_act_source(rule_finding, language), rule_finding.url)))


def list_cited_sources(report: LayoutReport, language: str) -> list[str]:
    """Return the sources of the findings in the order in which the verdict cites them, each once."""
    return list(
        dict.fromkeys(
            cite_finding_source(finding, language)
            for _, _, some in group_findings_by_result(report, language)
            for finding in some
        )
    )


def _write_notes(report: LayoutReport, language: str) -> Iterator[Block]:
    """Yield the notes: the cited sources by number."""
    if sources := list_cited_sources(report, language):
        yield Heading(NOTES.in_language(language))
        for number, source in enumerate(sources, 1):
            yield Note(f"[{number}] {source}")


def format_table_value(value: Any) -> str:
    """Return a value of a table as text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _write_blocks(report: LayoutReport, language: str) -> Iterator[Block]:
    yield Heading(SUMMARY.in_language(language))
    yield Paragraph(("" if language == "zh" else " ").join(summary(report, language)))
    yield Note(choose_localized_field(report.summary, "disclaimer", language))
    yield from _write_head(report, language)
    yield Heading(SURROUNDINGS.in_language(language))
    drawing = draw_report(report, language)
    yield Picture(drawing.svg, drawing.description)
    yield Note(drawing.description)
    if drawing.listed:
        yield Note("  ".join(drawing.listed))
    yield Heading(INPUTS.in_language(language))
    yield Fields(list_input_rows(report, language))
    yield Heading(TABLES.in_language(language))
    for part, columns, rows in build_report_tables(report, language):
        yield Heading(TITLES[part].in_language(language), level=2)
        if not rows:
            yield Note(msg("none").in_language(language))
            continue
        titles = [COLUMNS[column].in_language(language) for column in columns]
        yield Rows(
            [titles, *([format_table_value(cell) for cell in row] for row in rows[:MAX_PRINTED_ROWS])],
            [WEIGHTS.get(column, 1.0) for column in columns],
        )
        if len(rows) > MAX_PRINTED_ROWS:
            yield Note(msg("The workbook has %(count)s more rows.", count=len(rows) - MAX_PRINTED_ROWS).in_language(language))
    yield from _write_notes(report, language)
