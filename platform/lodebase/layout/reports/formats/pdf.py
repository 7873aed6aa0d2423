"""Reports as PDF on A4, in English or Chinese: the summary, a drawing of the surroundings, the inputs and the tables."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from lodebase.layout.report_parts import RuleFinding
from lodebase.layout.reports.formats.drawing import drawing
from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_head import act_source, is_judged, not_judged, rests_on, verdict
from lodebase.layout.reports.report_inputs import input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_summary import summary
from lodebase.layout.reports.report_tables import tables
from lodebase.layout.reports.report_text import localized
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
from lodedata.layout.amounts import amount
from lodedata.messages import literal, msg

MAX_ROWS = 60
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
    foot = f"{localized(report.summary, 'disclaimer', language)}  SHA-256 {report.checksum[:16]}…"
    return PrintedDocument(
        _title(report, language), language, foot, list(_blocks(report, language)), _letterhead(report, issuing_body)
    )


def _title(report: LayoutReport, language: str) -> str:
    """Return the title: the place, the product and the capacity of the plant."""
    place, kinds = report.zones.place, ("county", "prefecture", "division", "country")
    found = next((place[kind] for kind in kinds if kind in place and place[kind].code), None)
    return msg(
        "Layout check: %(product)s, %(capacity)s, %(place)s",
        product=literal(localized(report.summary, "label", language)),
        capacity=amount(report.summary.capacity_tpa),
        place=msg("place without a name") if found is None else literal(localized(found, "name", language)),
    ).in_language(language)


def _letterhead(report: LayoutReport, issuing_body: str | None) -> Letterhead:
    """Return the number of the report, its day, and the body that issues it if the site names one."""
    number = f"LODE-{report.data_version}-{report.checksum[:8].upper()}"
    return Letterhead(number, date.fromisoformat(report.rules_on), issuing_body)


def write(report: LayoutReport, language: str, issuing_body: str | None = None) -> bytes:
    """Return the document as bytes, which are the same for the same report and typefaces."""
    return typeset(lay_out(report, language, issuing_body))


def _head(report: LayoutReport, language: str) -> Iterator[Block]:
    """Yield the verdict by rule, and what the result rests on."""
    yield Heading(TITLES["verdict"].in_language(language))
    if not is_judged(report):
        yield Paragraph(not_judged(report).in_language(language))
    sources = cited_sources(report, language)
    for _, title, some in verdict(report, language):
        counted = msg("%(result)s (%(count)s)", result=literal(title), count=len(some))
        yield Heading(counted.in_language(language), level=2)
        for one in some:
            yield Heading(localized(one, "clause", language), level=3)
            yield Paragraph(f"{localized(one, 'reason', language)} [{sources.index(cited(one, language)) + 1}]")
    if sentences := rests_on(report, language):
        yield Heading(TITLES["rests_on"].in_language(language))
        for sentence in sentences:
            yield Note(sentence)


def cited(one: RuleFinding, language: str) -> str:
    """Return the source of a finding: the act, the clause, how it was read, and its address."""
    return " ".join(filter(None, (act_source(one, language), one.url)))


def cited_sources(report: LayoutReport, language: str) -> list[str]:
    """Return the sources of the findings in the order in which the verdict cites them, each once."""
    return list(dict.fromkeys(cited(one, language) for _, _, some in verdict(report, language) for one in some))


def _notes(report: LayoutReport, language: str) -> Iterator[Block]:
    """Yield the notes: the cited sources by number."""
    if sources := cited_sources(report, language):
        yield Heading(NOTES.in_language(language))
        for number, source in enumerate(sources, 1):
            yield Note(f"[{number}] {source}")


def shown(value: Any) -> str:
    """Return a value of a table as text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _blocks(report: LayoutReport, language: str) -> Iterator[Block]:
    yield Heading(SUMMARY.in_language(language))
    yield Paragraph(("" if language == "zh" else " ").join(summary(report, language)))
    yield Note(localized(report.summary, "disclaimer", language))
    yield from _head(report, language)
    yield Heading(SURROUNDINGS.in_language(language))
    made = drawing(report, language)
    yield Picture(made.svg, made.description)
    yield Note(made.description)
    if made.listed:
        yield Note("  ".join(made.listed))
    yield Heading(INPUTS.in_language(language))
    yield Fields(input_rows(report, language))
    yield Heading(TABLES.in_language(language))
    for part, columns, rows in tables(report, language):
        yield Heading(TITLES[part].in_language(language), level=2)
        if not rows:
            yield Note(msg("none").in_language(language))
            continue
        titles = [COLUMNS[column].in_language(language) for column in columns]
        yield Rows(
            [titles, *([shown(one) for one in row] for row in rows[:MAX_ROWS])],
            [WEIGHTS.get(column, 1.0) for column in columns],
        )
        if len(rows) > MAX_ROWS:
            yield Note(msg("The workbook has %(count)s more rows.", count=len(rows) - MAX_ROWS).in_language(language))
    yield from _notes(report, language)
