"""The result of a check of condition lists as a PDF of one organisation and one day."""

from collections.abc import Iterator, Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from lodebase.layout.reports.formats import pdf
from lodebase.layout.reports.formats.typeface import NAMED, typeface
from lodebase.layout.reports.report_text import localized
from lodebase.lists.list_labels import METHODS, STATUS_LABELS, TITLES
from lodedata.messages import msg
from lodedata.vocab import vocabulary


def write(report: Mapping[str, Any], language: str) -> bytes:
    """Return the document as bytes, which are the same for the same report."""
    title, foot = TITLES["extract"].in_language(language), localized(report, "disclaimer", language)
    return pdf.document(title, language, _story(report, language), foot)


def _story(report: Mapping[str, Any], language: str) -> Iterator[Flowable]:
    yield pdf.paragraph(TITLES["extract"].in_language(language), pdf.text_style(16, spaceAfter=4 * mm))
    if typeface() == NAMED:
        yield pdf.paragraph(pdf.NOT_EMBEDDED.in_language(language), pdf.text_style(8, spaceAfter=3 * mm))
    inputs = report["inputs"]
    rows = [
        ("name", inputs["name"]),
        ("uscc", inputs["uscc"]),
        ("project", inputs["project"]),
        ("date", report["date"]),
        ("version", report["data_version"]),
        ("checksum", report["checksum"]),
    ]
    yield pdf.table([[TITLES[name].in_language(language), str(value)] for name, value in rows if value], [1.0, 3.0])
    yield Spacer(1, 3 * mm)
    yield pdf.paragraph(localized(report, "note", language), pdf.text_style(9, spaceAfter=3 * mm))
    for result in report["results"]:
        yield KeepTogether(list(_result(result, language)))


def _result(result: Mapping[str, Any], language: str) -> Iterator[Flowable]:
    yield Spacer(1, 4 * mm)
    head = msg(
        "%(title)s: %(product)s", title=localized(result, "list_name", language), product=STATUS_LABELS[result["status"]]
    )
    yield pdf.paragraph(head.in_language(language), pdf.text_style(11, spaceAfter=1 * mm))
    yield pdf.paragraph(localized(result, "reason", language), pdf.text_style(9, spaceAfter=2 * mm))
    entry, batch, match = result["entry"] or {}, result["batch"] or {}, result["match"] or {}
    last = result["last_known"]
    rows = [
        ("entry", entry.get("name")),
        ("province", entry.get("province")),
        ("batch", batch.get("number")),
        ("act", result["act"] or batch.get("act")),
        ("since", result["since"]),
        ("complete", result["complete_up_to"] or "–"),
        ("method", f"{METHODS[match['method']].in_language(language)} ({match['score']:.2f})" if match else None),
        ("last", f"{_state(last['state'], language)} ({last['date']})" if last else None),
        ("candidates", ", ".join(one["name"] for one in result["candidates"][:5])),
    ]
    yield pdf.table([[TITLES[name].in_language(language), str(value)] for name, value in rows if value], [1.0, 3.0])


def _state(code: str, language: str) -> str:
    terms = vocabulary("list-entry-state")
    return terms[code].label(language) if code in terms else STATUS_LABELS["not-listed"].in_language(language)
