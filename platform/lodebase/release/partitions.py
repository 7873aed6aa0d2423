"""Files of a collection, divided by class of licence and country: GeoParquet in Hive style, and CSV."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from pyarrow import parquet

from lodebase.release.licence_class import classify_sources
from lodedata.licences import LicenceClass
from lodedata.write import FileContent, csv_
from lodedata.write.content import SEPARATOR, Rows, Table

NO_COUNTRY = "__HIVE_DEFAULT_PARTITION__"
"""The name by which Hive, DuckDB and Arrow read a partition without a value."""
SOURCES, COUNTRY = "sources", "country"
ROW_GROUP = 65_536
Key = tuple[LicenceClass, str | None]
Classify = Callable[[tuple[str, ...]], LicenceClass | None]


@dataclass(frozen=True, slots=True)
class Partition:
    """A file of a collection: its path, class of licence, country and rows."""

    path: Path
    licence_class: LicenceClass
    country: str | None
    rows: int


@dataclass(slots=True)
class Divided:
    """What a collection was divided into: its files, the rows that are not published, and the sources that were met."""

    partitions: list[Partition] = field(default_factory=list)
    not_published: int = 0
    sources: set[str] = field(default_factory=set)


def divide_parquet(whole: Path, folder: Path, collection: str, licences: Mapping[str, str]) -> Divided:
    """Write the rows of a GeoParquet file to one file for each class and country, in their order.

    ``licences`` are those of the sources by name. The columns and the metadata of GeoParquet stay as they are.
    """
    divided, counts = Divided(), Counter[Key]()
    writers: dict[Key, parquet.ParquetWriter] = {}
    classify = _build_classifier(licences)
    source = parquet.ParquetFile(whole)
    try:
        for number in range(source.num_row_groups):
            table = source.read_row_group(number)
            for key, rows in _group_rows(table, classify, divided).items():
                if key not in writers:
                    path = _build_path(folder, collection, key)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    writers[key] = parquet.ParquetWriter(path, source.schema_arrow, compression="zstd", compression_level=1)
                writers[key].write_table(table.take(pa.array(rows)), row_group_size=ROW_GROUP)
                counts[key] += len(rows)
    finally:
        source.close()
        for writer in writers.values():
            writer.close()
    divided.partitions = [Partition(_build_path(folder, collection, key), *key, counts[key]) for key in sorted(counts, key=str)]
    return divided


def write_csv(content: FileContent, rows: Rows, path: Path, chosen: LicenceClass, licences: Mapping[str, str]) -> None:
    """Write the rows of a class as CSV for spreadsheets."""
    classify = _build_classifier(licences)

    def of_class(table: Table) -> Iterator[pa.RecordBatch]:
        for batch in rows(table):
            listed = batch.column(SOURCES).to_pylist()
            yield batch.filter(pa.array([classify(tuple((text or "").split(SEPARATOR))) == chosen for text in listed]))

    path.parent.mkdir(parents=True, exist_ok=True)
    csv_.write_table(content, of_class, path, content.table, None)


def _build_classifier(licences: Mapping[str, str]) -> Classify:
    @lru_cache(maxsize=100_000)
    def classify(sources: tuple[str, ...]) -> LicenceClass | None:
        return classify_sources(filter(None, sources), licences)

    return classify


def _group_rows(table: pa.Table, classify: Classify, divided: Divided) -> dict[Key, list[int]]:
    listed = table.column(SOURCES).to_pylist()
    countries: list[Any] = table.column(COUNTRY).to_pylist() if COUNTRY in table.column_names else [None] * len(listed)
    groups: dict[Key, list[int]] = {}
    for number, (sources, country) in enumerate(zip(listed, countries, strict=True)):
        named = tuple(sources or ())
        licence_class = classify(named)
        if licence_class is None:
            divided.not_published += 1
            continue
        divided.sources.update(named)
        groups.setdefault((licence_class, country), []).append(number)
    return groups


def _build_path(folder: Path, collection: str, key: Key) -> Path:
    licence_class, country = key
    named = NO_COUNTRY if country is None else quote(country, safe="")
    return folder / licence_class / "parquet" / f"collection={collection}" / f"country={named}" / "part-0.parquet"
