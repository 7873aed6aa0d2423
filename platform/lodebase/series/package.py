"""Statistics as a Data Package: all series and observations as CSV, with the licences of their data sets."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.series import overview
from lodebase.series.observation_files import FIELDS, NUMBERS, write_csv
from lodebase.series.series_query import MOST_SERIES, SeriesQuery, find_observations, find_series
from lodedata.messages import in_each_language, msg
from lodedata.statistics.series import DIMENSIONS
from lodedata.write.formula import guarded_cell

TITLE = msg("Statistics over time")
OF_SERIES = (*DIMENSIONS, "first", "last", "observations")
OF_SOURCES = ("name", "title_en", "title_zh", "citation", "licence_name", "homepage")
WHOLE = ("observations", "unit_mult")
TOO_MANY = msg(
    "There are more than %(most)s observations. Choose some of them by commodity, area, source or from and to, and fetch a "
    "package of each."
)


def write_package(engine: Engine, query: SeriesQuery) -> tuple[bytes, int]:
    """Return the archive of a query's series and observations, and the dataset version. Raise BadQuery for too many."""
    found = find_observations(engine, query)
    listed = find_series(engine, SeriesQuery(query.filters, text=query.text, limit=MOST_SERIES))
    if not found.complete or listed.matched > len(listed.series):
        raise BadQuery("commodity", "", TOO_MANY.filled(most=query.limit))
    cited = overview.citations(engine, found.rows)
    tables: Mapping[str, tuple[Sequence[str], bytes]] = {
        "observations": (FIELDS, write_csv(found.rows)),
        "series": (OF_SERIES, _csv(OF_SERIES, listed.series)),
        "sources": (OF_SOURCES, _csv(OF_SOURCES, cited)),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        described = _described(tables, cited, found.dataset_version)
        archive.writestr("datapackage.json", json.dumps(described, ensure_ascii=False, indent=1))
        for name, (_, content) in tables.items():
            archive.writestr(f"{name}.csv", content)
    return stream.getvalue(), found.dataset_version


def _described(
    tables: Mapping[str, tuple[Sequence[str], bytes]], cited: Iterable[Mapping[str, Any]], version: int
) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": "lode-statistics",
        "title": TITLE.in_language("en"),
        **in_each_language("title", TITLE),
        "version": str(version),
        "sources": [{"title": one["title_en"], "path": one["homepage"] or one["citation"]} for one in cited],
        "licenses": [{"name": name} for name in sorted({one["licence_name"] for one in cited})],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "schema": {"fields": [{"name": field, "type": _type(field)} for field in fields]},
            }
            for name, (fields, content) in tables.items()
        ],
    }


def _type(field: str) -> str:
    return "number" if field in NUMBERS else "integer" if field in WHOLE else "string"


def _csv(fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([guarded_cell(row[name]) if isinstance(row[name], str) else row[name] for name in fields])
    return text.getvalue().encode("utf-8-sig")
