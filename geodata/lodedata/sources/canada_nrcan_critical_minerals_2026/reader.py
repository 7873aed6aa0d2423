"""Projects with a milestone for the federal assessment that the list has an address of, and recyclers with their stream."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import ReadingExtension, RowCells
from lodedata.mapping.tables import find_table_file, read_table
from lodedata.records import Project
from lodedata.topics.recycling.streams import build_project_stream
from lodedata.topics.schedule.milestones import build_milestone_record

AUTHORITY = "Impact Assessment Agency of Canada"


RECYCLERS = {
    "Battery materials (black mass)": ("battery-recycling-plant", "spent-batteries", {"output_product": "black-mass"}),
    "Recycled aluminum": (
        *("secondary-aluminium-plant", "aluminium-scrap"),
        {"output_product": "secondary-aluminium", "metal": "aluminium"},
    ),
}
"""The facility, the stream and its product by what the list names as the mineral of a recycler."""


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each project, followed in its reading by the milestone of its federal assessment and the stream of a recycler."""
    spec = source.tables[0]

    def complete(reading: Reading, cells: RowCells) -> Reading:
        if not reading.records:
            return reading
        reading = _add_stream(source, reading, cells)
        if address := cells.get("impactAssessmentUrl"):
            assert isinstance(project := reading.records[0], Project)
            milestone_values = {"milestone_type": "eia", "act": address, "authority": AUTHORITY}
            assessment = build_milestone_record(project, source.name, reading.rows[0].key, **milestone_values)
            reading = replace(reading, records=(*reading.records, assessment))
        return reading

    yield from read_table(
        source, spec, find_table_file(spec, path), tally, ReadingExtension(("impactAssessmentUrl",), complete)
    )


def _add_stream(source: Source, reading: Reading, cells: RowCells) -> Reading:
    """Return the reading of a recycler with its stream and its facility; any other one unchanged."""
    project = reading.records[0]
    named = next((RECYCLERS[name] for name in (cells.get("minerals") or "").split(";") if name in RECYCLERS), None)
    if named is None or not isinstance(project, Project):
        return reading
    facility, stream, values = named
    project = replace(project, facility_types=(facility, *(type_ for type_ in project.facility_types if type_ != facility)))
    project_stream = build_project_stream(source.name, reading.rows[0].key, project, stream, **values)
    return replace(reading, records=(project, project_stream))
