"""Hostile files of every format that Lode reads, the same in each run: ``corpus`` yields a name and a function that writes it.

None is taken from elsewhere. Each tries one of: reading another file, a request over a network, writing, endless work,
more memory than a table needs, a parser's stack, or content that is not what it seems.
"""

from collections.abc import Iterator

from tests.lodebase.cut_files import cut_cases
from tests.lodebase.hostile_files.archives import list_zip_cases
from tests.lodebase.hostile_files.case import Case, Target
from tests.lodebase.hostile_files.geopackages import list_geopackage_cases
from tests.lodebase.hostile_files.large_files import list_large_cases
from tests.lodebase.hostile_files.layers import list_flatgeobuf_cases, list_parquet_cases, list_shapefile_cases
from tests.lodebase.hostile_files.text_files import list_csv_cases, list_disguised_cases, list_geojson_cases, list_kml_cases
from tests.lodebase.hostile_files.workbooks import list_xlsx_cases


def corpus(target: Target) -> Iterator[Case]:
    """Every case by name; the name's ending is the file's."""
    for part in (
        list_disguised_cases,
        list_csv_cases,
        list_zip_cases,
        list_geopackage_cases,
        list_geojson_cases,
        list_kml_cases,
        list_xlsx_cases,
        list_parquet_cases,
        list_flatgeobuf_cases,
        list_shapefile_cases,
        list_large_cases,
    ):
        yield from part(target)
    yield from cut_cases()
