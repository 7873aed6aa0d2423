"""The findings of a layout report: rules judged, and measures."""

from dataclasses import dataclass
from typing import Literal

from lodedata.rules import LegalStatus
from lodedata.rules.evaluation import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """The result of a rule for the planned plant, with the clause and the act that it is taken from."""

    id: str
    kind: str
    text_en: str
    text_zh: str
    clause_en: str
    clause_zh: str
    citation: str
    instrument: str
    instrument_en: str | None = None
    instrument_zh: str | None = None
    read_in: str | None = None
    read_as: str | None = None
    clause_no: str | None = None
    url: str | None = None
    force: str | None = None
    note_en: str | None = None
    note_zh: str | None = None
    standing: LegalStatus
    counts: bool
    result: Result
    reason_en: str
    reason_zh: str
    figure: float | None
    threshold: float | None
    unit: str | None
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFinding:
    """A measure that no instrument sets a threshold for, with the records and sources that it is based on."""

    id: str
    kind: Literal["measure"] = "measure"
    text_en: str
    text_zh: str
    citation: None = None
    standing: None = None
    counts: Literal[False] = False
    result: Literal["not_applicable"] = "not_applicable"
    reason_en: str
    reason_zh: str
    figure: float | None
    threshold: None = None
    unit: str | None
    records: tuple[str, ...]
    sources: tuple[str, ...] = ()


Finding = RuleFinding | MeasureFinding
