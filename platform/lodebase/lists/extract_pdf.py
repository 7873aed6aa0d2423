"""The result of a check of condition lists as a PDF of one organisation and one day."""

from collections.abc import Iterator, Mapping
from typing import Any

from lodebase.layout.reports.report_text import localized
from lodebase.lists.list_labels import METHODS, STATUS_LABELS, TITLES
from lodebase.typesetting.document import Block, Fields, Heading, Note, Paragraph, PrintedDocument, typeset
from lodedata.messages import msg
from lodedata.vocab import vocabulary


def write(report: Mapping[str, Any], language: str) -> bytes:
    """Return the document as bytes, which are the same for the same report and typefaces."""
    title, foot = TITLES["extract"].in_language(language), localized(report, "disclaimer", language)
    return typeset(PrintedDocument(title, language, foot, list(_blocks(report, language))))


def _blocks(report: Mapping[str, Any], language: str) -> Iterator[Block]:
    inputs = report["inputs"]
    rows = [
        ("name", inputs["name"]),
        ("uscc", inputs["uscc"]),
        ("project", inputs["project"]),
        ("date", report["date"]),
        ("version", report["data_version"]),
        ("checksum", report["checksum"]),
    ]
    yield Fields([(TITLES[name].in_language(language), str(value)) for name, value in rows if value])
    yield Note(localized(report, "note", language))
    for result in report["results"]:
        yield from _result(result, language)


def _result(result: Mapping[str, Any], language: str) -> Iterator[Block]:
    head = msg(
        "%(title)s: %(product)s", title=localized(result, "list_name", language), product=STATUS_LABELS[result["status"]]
    )
    yield Heading(head.in_language(language))
    yield Paragraph(localized(result, "reason", language))
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
    yield Fields([(TITLES[name].in_language(language), str(value)) for name, value in rows if value])


def _state(code: str, language: str) -> str:
    terms = vocabulary("list-entry-state")
    return terms[code].label(language) if code in terms else STATUS_LABELS["not-listed"].in_language(language)
