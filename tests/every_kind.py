"""Rows of every record kind, from what each kind declares: a few of each, so that pages end and files have rows."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.kinds import PUBLIC, Field, Kind
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.vocab import load_vocabulary

ROWS = 3
DATES = ("2024-03-31", "2025-06-30", "2031-12-31")
"""The last valid days of the rows, before and after the day of a test."""
PLACES = ((117.7312, 29.0123), (-69.0712, -24.2713), (149.1214, -33.4615))
HOLDERS = ("holder", "owner", "company", "firm")
ABOUT = {
    "name": "every-kind",
    "title_en": "Every kind",
    "title_zh": "各类记录",
    "publisher": "The tests",
    "licence": {"id": "internal", "name": "Internal"},
    "citation": "The tests, made up",
    "version": "1",
    "as_of": "2024",
}


def load_every_kind(store: Store) -> None:
    """Import rows of every kind but organisations, which follow from the names that the rows mention."""
    tables = [_table(kind) for kind in PUBLIC.values() if kind.name != "organisation"]
    source = Source.model_validate({**ABOUT, "tables": tables})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(map(_feature, range(ROWS)))}), "utf-8")
        run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def _feature(n: int) -> dict[str, Any]:
    lon, lat = PLACES[n]
    named = {"id": n, "name": f"Site {n}", "name_zh": f"矿 {n}", "lon": str(lon), "lat": str(lat), "end": DATES[n]}
    ring = [[lon + dx, lat + dy] for dx, dy in ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.0))]
    return {"type": "Feature", "properties": named, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _table(kind: Kind) -> dict[str, Any]:
    table: dict[str, Any] = {"key": f"{kind.name} {{id}}", "kind": {"const": kind.name}}
    if kind.geometry == "point":
        table["position"] = {"lon": "lon", "lat": "lat", "accuracy_m": 100}
    if kind.geometry == "polygon":
        table["position"] = {"geometry": True}
    return table | dict(_cells(kind))


def _cells(kind: Kind) -> Iterator[tuple[str, Any]]:
    """Yield the cell of each field that the rows of a kind fill: what is required, names, holders and the last valid day."""
    for field in kind.fields:
        if not field.imported:
            continue
        if kind.validity is not None and field.name == kind.validity[1]:
            yield field.name, "end"
        elif field.name in kind.name_fields:
            yield field.name, "name_zh" if field.name.endswith("_zh") else "name"
        elif field.name in HOLDERS or (field.required and field.default is None):
            yield field.name, _constant(field)


def _constant(field: Field) -> Any:
    if field.name in HOLDERS:
        return {"const": "Copper Hill Mining Ltd"}
    if field.vocabulary is not None:
        cell = {"const": "copper" if field.vocabulary == "commodity" else next(iter(load_vocabulary(field.vocabulary))).code}
        return [cell] if field.name == "commodities" else cell
    if field.name == "dip_deg":
        # vertical, where no azimuth is needed
        return {"const": "-90"}
    if field.name == "to_m":
        # below the beginning of its interval
        return {"const": "2.5"}
    texts = {"integer": "2024", "number": "1.5", "date": "2024-01-01", "boolean": "true"}
    return {"const": texts.get(field.type, f"{field.name} 1")}
