"""Announcements on minerals, materials and recycling of batteries with milestone and stream; other rows are out of scope."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import find_table_file, read_table
from lodedata.problems import Problem
from lodedata.records import GenericRecord, Project
from lodedata.topics.recycling.streams import build_project_stream
from lodedata.topics.schedule.milestones import build_milestone_record

IN_SCOPE = re.compile("Recycling|Minerals|Materials Processing")
RECYCLING = "Batteries: Recycling"
BROKEN = frozenset({"wrong-cell-count", "nul-byte"})


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each announcement with its milestone and stream, or without records where its product is out of scope."""
    spec = source.tables[0]

    def complete(reading: Reading, cells: RowCells) -> Reading:
        product = cells.get("product") or ""
        if not IN_SCOPE.search(product):
            broken = tuple(problem for problem in reading.problems if problem.rule in BROKEN)
            return replace(reading, records=(), problems=broken or (Problem("other-product", ""),))
        if not reading.records:
            unnamed = {problem.rule for problem in reading.problems if problem.refuses} == {"no-known-commodity"}
            return replace(reading, problems=(Problem("no-mineral-named", ""),)) if unnamed else reading
        milestone = _build_announcement(source, reading, cells.get("Notes") or "")
        return replace(reading, records=(*reading.records, milestone, *_build_streams(source, reading, product)))

    yield from read_table(source, spec, find_table_file(spec, path), tally, ReadingExtension(("product", "Notes"), complete))


def _build_announcement(source: Source, reading: Reading, notes: str) -> GenericRecord:
    project = reading.records[0]
    assert isinstance(project, Project)
    milestone_values = {
        "milestone_type": "announced",
        "milestone_status": "done",
        "act": notes if notes.startswith("http") else None,
    }
    return build_milestone_record(project, source.name, reading.rows[0].key, phase=1, **milestone_values)


def _build_streams(source: Source, reading: Reading, product: str) -> Iterator[GenericRecord]:
    """Yield the stream of a plant that recycles batteries; the source states neither kind nor tonnes of it."""
    project = reading.records[0]
    if isinstance(project, Project) and RECYCLING in product:
        yield build_project_stream(source.name, reading.rows[0].key, project, "spent-batteries", stream_reported=product)
