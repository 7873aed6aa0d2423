"""Rows of a test imported by a mapping of its own."""

from pathlib import Path

import yaml

from lodebase.db.store import Store
from lodebase.ingest.jobs.import_job import Summary
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped


def load_rows(store: Store, folder: Path, mapping: str, text: str) -> Summary:
    """Import the text of a CSV file by the text of a mapping."""
    path = folder / "rows.csv"
    path.write_text(text, "utf-8")
    source = Source.model_validate(yaml.safe_load(mapping))
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
