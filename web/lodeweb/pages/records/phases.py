"""The phases of a project, as a table and as a timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodedata.vocab import load_vocabulary
from lodeweb.i18n import numbers, quantities
from lodeweb.i18n.labels import Language
from lodeweb.i18n.language import gettext
from lodeweb.i18n.quantities import Figure
from lodeweb.pages.records.doubt_notes import DoubtNote, write_doubt_note


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase."""

    name: str
    phase_type: str | None
    product: str | None
    capacity: Figure | None
    capacity_basis: str | None
    shared_with: list[str]
    included_in: str | None
    doubt: DoubtNote | None
    status: str | None
    status_date: str | None
    status_source: str | None
    """What states the status, if that is not what states the capacity."""
    inferred: bool
    start: str | None
    end: str | None
    feedstock: list[str]
    technology: str | None
    energy: str | None
    note: str | None
    source: str
    citation: str | None


def list_phase_rows(phases: Sequence[Mapping[str, Any]], lang: Language) -> list[PhaseRow]:
    """Return the phases in the order of their source."""
    return [_build_row(phase, number, lang) for number, phase in enumerate(phases, 1)]


def list_phase_marks(phases: Sequence[Mapping[str, Any]], lang: Language) -> list[dict[str, Any]]:
    """Return the timeline marks of the phases that have any date; empty if there is none."""
    return [
        {
            "name": row.name,
            "product": row.product,
            "capacity": row.capacity.reported if row.capacity else None,
            "status": phase["status"],
            "start": row.start,
            "end": row.end,
            "status_date": row.status_date,
        }
        for row, phase in zip(list_phase_rows(phases, lang), phases, strict=True)
        if row.start or row.end or row.status_date
    ]


def _build_row(phase: Mapping[str, Any], number: int, lang: Language) -> PhaseRow:
    product = _find_label("product", phase["product"], lang) or phase["product_reported"]
    energy = phase["energy_kgce_per_t"]
    return PhaseRow(
        name=phase["name"] or gettext("Phase %(number)s", number=number),
        phase_type=_find_label("phase-type", phase["phase_type"], lang),
        product=product,
        capacity=quantities.format_capacity(phase, lang),
        capacity_basis=None
        if phase["capacity_reported"] is None
        else quantities.label_capacity_basis(phase["capacity_basis"], lang),
        shared_with=list(phase["shared_with"] or ()),
        included_in=phase["included_in"],
        doubt=write_doubt_note("capacity", phase, lang),
        status=_find_label("status", phase["status"], lang),
        status_date=_truncate_date(phase["status_date"], phase["status_date_precision"]),
        status_source=None if phase["status_source"] in (phase["citation"], phase["source"]) else phase["status_source"],
        inferred=bool(phase["status_inferred"]),
        start=phase["start_date"],
        end=phase["end_date"],
        feedstock=[_find_label("product", code, lang) or code for code in phase["feedstock"]],
        technology=phase["technology"],
        energy=None if energy is None else f"{numbers.number(energy)} kgce/t",
        note=phase["note"],
        source=phase["source"],
        citation=phase["citation"],
    )


def _find_label(name: str, code: str | None, lang: Language) -> str | None:
    terms = load_vocabulary(name)
    return code if code is None or code not in terms else terms[code].label(lang)


def _truncate_date(date: str | None, precision: str | None) -> str | None:
    """Return a date truncated to its precision."""
    return None if date is None else date[: {"year": 4, "month": 7}.get(precision or "day", 10)]
