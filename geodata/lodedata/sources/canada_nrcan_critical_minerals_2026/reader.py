"""Projects with a milestone for the federal assessment that the list has an address of."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_table, table_file
from lodedata.records import GenericRecord, Project

AUTHORITY = "Impact Assessment Agency of Canada"


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each project, followed in its reading by the milestone of its federal assessment."""
    spec = source.tables[0]
    for reading in read_table(source, spec, table_file(spec, path), tally):
        address = orjson.loads(reading.rows[0].raw).get("impactAssessmentUrl")
        if address and reading.records:
            yield replace(reading, records=(*reading.records, _assessment(source, reading, address)))
        else:
            yield reading


def _assessment(source: Source, reading: Reading, address: str) -> GenericRecord:
    project = reading.records[0]
    assert isinstance(project, Project)
    values = {
        "name_en": project.name_en,
        "project_source": source.name,
        "project": reading.rows[0].key,
        "milestone_type": "eia",
        "act": address,
        "authority": AUTHORITY,
        "facility_type": project.facility_types[0] if project.facility_types else None,
        "country": project.country,
        "division": project.division,
        "information_date": project.information_date,
    }
    return GenericRecord(kind="milestone", values=values)
