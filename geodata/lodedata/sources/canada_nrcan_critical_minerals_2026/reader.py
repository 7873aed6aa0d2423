"""Projects with a milestone for the federal assessment that the list has an address of."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_table, table_file
from lodedata.records import Project
from lodedata.schedule.milestones import milestone_record

AUTHORITY = "Impact Assessment Agency of Canada"


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each project, followed in its reading by the milestone of its federal assessment."""
    spec = source.tables[0]
    for reading in read_table(source, spec, table_file(spec, path), tally):
        address = orjson.loads(reading.rows[0].raw).get("impactAssessmentUrl")
        if address and reading.records:
            assert isinstance(project := reading.records[0], Project)
            about = {"milestone_type": "eia", "act": address, "authority": AUTHORITY}
            assessment = milestone_record(project, source.name, reading.rows[0].key, **about)
            yield replace(reading, records=(*reading.records, assessment))
        else:
            yield reading
