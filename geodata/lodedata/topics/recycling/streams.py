"""Streams of recycling: their treatment by date, their metals, and the record of a stream that a project takes."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from lodedata.records import GenericRecord, Project
from lodedata.vocab import load_vocabulary, load_vocabulary_rows

SEVERAL = "non-ferrous-waste"
WASTES = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("insulated-copper-wire", r"insulated copper|copper with pvc"),
        ("brass-scrap", r"\bbrass"),
        ("spent-catalysts", r"catalyst"),
        ("nickel-alloy-scrap", r"\bnickel (?:scrap|alloy)"),
        ("zinc-waste", r"\bzinc|galvani"),
        ("copper-scrap", r"\bcopper"),
    )
)
"""The stream of a waste by the terms of an English register."""


@dataclass(frozen=True, slots=True)
class StreamTreatment:
    """How a stream is treated in a span of days: customs codes, standards, waste status; an empty status is not known."""

    stream: str
    valid_from: date
    valid_to: date | None
    hs: tuple[str, ...]
    standards: tuple[str, ...]
    waste_status: str
    instrument: str

    def holds(self, on: date) -> bool:
        """Return whether a day is in the span."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def list_stream_treatments(stream: str) -> tuple[StreamTreatment, ...]:
    """Return the treatments of a stream, the earliest first; none where nothing is verified."""
    return tuple(
        StreamTreatment(
            stream,
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            tuple(row["hs"].split("|")),
            tuple(row["standard"].split("|")),
            row["waste_status"],
            row["act"],
        )
        for row in load_vocabulary_rows("stream-treatment")
        if row["stream"] == stream
    )


def list_metals(stream: str) -> tuple[str, ...]:
    """Return the metals that are recovered from a stream."""
    return tuple(code for code in load_vocabulary("stream")[stream].extra["commodities"].split("|") if code)


def parse_stream_name(text: str) -> str | None:
    """Return the stream that an English text names, several where it names several, None where it names none."""
    codes = [code for code, pattern in WASTES if pattern.search(text)]
    narrow = [code for code in codes if code != "copper-scrap"]
    if len(codes) > 1 and "copper-scrap" in codes and set(narrow) <= {"insulated-copper-wire"}:
        return narrow[0]
    return codes[0] if len(codes) == 1 else SEVERAL if codes else None


def build_project_stream(source: str, key: str, project: Project, stream: str, **values: Any) -> GenericRecord:
    """Return the stream of a project, whose key is that of its row in the source."""
    own = {
        "name_en": project.name_en,
        "name_zh": project.name_zh,
        "project_source": source,
        "project": key,
        "facility_type": project.facility_types[0] if project.facility_types else None,
        "operator": next((owner.name_en or owner.name_zh for owner in project.owners), None),
        "country": project.country,
        "division": project.division,
        "information_date": project.information_date,
        "process_route": (),
    }
    return GenericRecord(kind="plant_stream", values=own | {"stream": stream} | values)
