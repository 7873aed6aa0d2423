"""Results of checks of condition lists as PDF: of one organisation and one day, and of a table of organisations."""

from collections.abc import Iterator

from lodebase.topics.lists.firm_files import MAX_NAMED_CANDIDATES
from lodebase.topics.lists.firm_results import FirmResult, FirmResults
from lodebase.topics.lists.list_labels import METHODS, NO_IS_NOT_UNKNOWN, STATUS_LABELS, TITLES, find_event_label
from lodebase.topics.lists.list_report import DISCLAIMER, FIRM_NOT_PLANT, ListReport, ListsReport, StepReport
from lodebase.typesetting.document import (
    AttachedFile,
    Block,
    Fields,
    Heading,
    Note,
    Paragraph,
    PrintedDocument,
    Rows,
    typeset,
)
from lodedata.messages import Label, in_language, msg
from lodedata.topics.lists import list_entry_steps
from lodedata.vocab import load_vocabulary

EVIDENCE_NAME = "evidence.json"
WEIGHTS = (0.4, 2.2, 1.2, 1.8, 3.0, 1.8)
"""Relative widths of the columns of a table of firms."""


def write_check(report: ListsReport, language: str, evidence: bytes | None = None) -> bytes:
    """Return the document as bytes, which are the same for the same report, evidence and typefaces.

    The PDF carries the signed ``evidence`` as an attachment.
    """
    title, foot = TITLES["extract"].in_language(language), DISCLAIMER.in_language(language)
    return typeset(
        PrintedDocument(
            title, language, foot, list(_build_blocks(report, language)), attached=_attach_files(evidence, language)
        )
    )


def write_batch(firm_results: FirmResults, language: str, evidence: bytes | None = None, is_signed: bool = True) -> bytes:
    """Return the results for a table of firms as a document: a row for each firm, with the list that matters first.

    The PDF carries the ``evidence`` as an attachment; if it is not signed itself, the signature of the PDF covers it.
    """
    title, foot = TITLES["extract_of_table"].in_language(language), DISCLAIMER.in_language(language)
    attached = _attach_files(evidence, language, is_signed)
    return typeset(PrintedDocument(title, language, foot, list(_build_batch_blocks(firm_results, language)), attached=attached))


def _attach_files(evidence: bytes | None, language: str, is_signed: bool = True) -> list[AttachedFile]:
    if evidence is None:
        return []
    described = TITLES["evidence" if is_signed else "evidence_of_pdf"].in_language(language)
    return [AttachedFile(EVIDENCE_NAME, "application/json", evidence.decode(), described)]


def _build_batch_blocks(firm_results: FirmResults, language: str) -> Iterator[Block]:
    rows = [("version", firm_results.dataset_version), ("lists_sha256", firm_results.read.lists_sha256)]
    yield Fields([(TITLES[name].in_language(language), str(value)) for name, value in rows])
    yield Note(FIRM_NOT_PLANT.in_language(language))
    yield Note(NO_IS_NOT_UNKNOWN.in_language(language))
    columns = ("number", "name", "status", "list", "reason", "act")
    table = [[TITLES[name].in_language(language) for name in columns]]
    table += [_build_batch_row(number, firm, language) for number, firm in enumerate(firm_results.firms, 1)]
    yield Rows(table, WEIGHTS)


def _build_batch_row(number: int, firm_result: FirmResult, language: str) -> list[str]:
    firm, first = firm_result.firm, firm_result.first
    if first is None:
        return [
            str(number),
            firm,
            firm_result.status.in_language(language),
            "",
            in_language(firm_result.wrong, language) if firm_result.wrong else "",
            "",
        ]
    steps = [] if first.match is None else list_entry_steps(first.match.history)
    act = next((step.act for step in reversed(steps) if step.act and step.on is not None and step.on.first <= first.on), "")
    texts = (firm_result.status, firm_result.list_name, firm_result.message)
    status, name, reason = (text.in_language(language) for text in texts)
    return [str(number), firm, f"{status} ({first.on.isoformat()})", name, reason, act or ""]


def _build_blocks(report: ListsReport, language: str) -> Iterator[Block]:
    inputs = report.inputs
    rows = [
        ("name", inputs.name),
        ("uscc", inputs.uscc),
        ("project", inputs.project),
        ("date", report.date),
        ("version", report.dataset_version),
        ("lists_sha256", report.data.lists_sha256),
        ("checksum", report.checksum),
    ]
    yield Fields([(TITLES[name].in_language(language), str(value)) for name, value in rows if value])
    yield Note(FIRM_NOT_PLANT.in_language(language))
    for result in report.results:
        yield from _build_result_blocks(result, language)


def _build_result_blocks(result: ListReport, language: str) -> Iterator[Block]:
    name = Label(result.list_name_en, result.list_name_zh)
    head = msg("%(title)s: %(product)s", title=name, product=STATUS_LABELS[result.status])
    yield Heading(head.in_language(language))
    yield Paragraph(Label(result.reason_en, result.reason_zh).in_language(language))
    entry, batch, match, last = result.entry, result.batch, result.match, result.last_known
    rows = [
        ("entry", None if entry is None else entry.name),
        ("province", None if entry is None else entry.province),
        ("batch", None if batch is None else batch.number),
        ("act", result.act or (None if batch is None else batch.act)),
        ("since", result.since),
        ("complete", result.complete_up_to or "–"),
        ("method", None if match is None else f"{METHODS[match.method].in_language(language)} ({match.score:.2f})"),
        ("last", None if last is None else f"{_state(last.state, language)} ({last.date})"),
        ("candidates", ", ".join(candidate.name for candidate in result.candidates[:MAX_NAMED_CANDIDATES])),
        ("act_url", result.act_url or (None if batch is None else batch.url)),
    ]
    yield Fields([(TITLES[name].in_language(language), str(value)) for name, value in rows if value])
    if result.history:
        yield Note(TITLES["history"].in_language(language))
        yield Fields([(step.date or "–", _step(step, language)) for step in result.history])


def _step(step: StepReport, language: str) -> str:
    """Return a step of an entry in one line: the event, the name, the act with its address, the reason."""
    parts = (find_event_label(step.event).in_language(language), step.name, step.act, step.url, step.reason)
    return ("，" if language == "zh" else ", ").join(part for part in parts if part)


def _state(code: str, language: str) -> str:
    terms = load_vocabulary("list-entry-state")
    return terms[code].label(language) if code in terms else STATUS_LABELS["not-listed"].in_language(language)
