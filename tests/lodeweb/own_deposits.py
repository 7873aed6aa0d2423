"""A table of deposits of the tests' own, imported by our code."""

from pathlib import Path

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped


def load_own(store: Store, folder: Path, rows: list[tuple[str, str, float, float]], name: str = "own") -> None:
    """Import deposits of copper: key, name, longitude and latitude; the column ``remark`` is not public."""
    path = folder / f"{name}.csv"
    lines = [f"{key},{title},{lon},{lat},private {key}" for key, title, lon, lat in rows]
    path.write_text("\n".join(["id,name,lon,lat,remark", *lines]) + "\n", encoding="utf-8")
    source = Source.model_validate(
        {
            "name": name,
            "title_en": name,
            "title_zh": name,
            "publisher": "The tests",
            "citation": "made up",
            "licence": {"id": "CC-BY-4.0", "name": "CC BY 4.0"},
            "version": "1",
            "as_of": "2024",
            "tables": [
                {
                    "key": "{id}",
                    "kind": {"const": "deposit"},
                    "name_en": "name",
                    "position": {"lon": "lon", "lat": "lat", "accuracy_m": 100},
                    "commodities": [{"const": "copper"}],
                }
            ],
        }
    )
    job = ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(()), may_lose_rows=True)
    run(store.importer, job)
