"""What is in the catalogue: the data sets with their sources, rows and files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import render_template
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from lodebase.db.schema import prepared_tables
from lodebase.download.spool import FinishedFile
from lodebase.errors import NotFound
from lodebase.history import dataset_state
from lodebase.history.dataset_state import Version
from lodebase.query import read_page
from lodebase.query.collections_ import COLLECTIONS, Collection, find_collection
from lodebase.query.reading import open_reading
from lodebase.records import provenance
from lodebase.records.source_checks import read_source_checks
from lodedata.messages import Label, msg
from lodedata.write import FORMATS, Format
from lodeweb.api.catalogue import downloads
from lodeweb.api.catalogue.dataset import Dataset
from lodeweb.api.catalogue.extracts import EXTRACTS
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation import conditional_requests
from lodeweb.i18n.language import get_language


@dataclass(frozen=True, slots=True)
class Offer:
    """A data set in one format: its address, and its size or estimated size."""

    form: Format
    address: str
    size: int
    ready: FinishedFile | None


def read_catalogue_contents() -> tuple[Version, list[Dataset], list[dict[str, Any]]]:
    """Return the current version, data sets and sources."""
    here = get_site()
    counted = prepared_tables.facet_count.c
    of_sources = select(counted.collection, counted.value, counted.n).where(
        counted.field == "sources", counted.value != "", counted.collection.in_(COLLECTIONS)
    )
    whole = prepared_tables.collection_state.c
    with open_reading(here.engine) as connection:
        checks = read_source_checks(connection)
        sources = [
            {**imported_source, "check": checks.get(imported_source["name"])}
            for imported_source in provenance.read_imported_sources(connection)
        ]
        parts = list(connection.execute(of_sources.order_by(counted.value, counted.collection)))
        totals = {row[0]: row[1] for row in connection.execute(select(whole.collection, whole.n))}
    titles = {source_row["name"]: source_row for source_row in sources}
    datasets = [*_list_collections(totals), *_list_extracts()]
    for name, source, rows in parts:
        if source in titles:
            datasets.append(_build_source_dataset(find_collection(name), titles[source], rows))
    return dataset_state.read_version(here.engine), datasets, sources


def _list_collections(totals: Mapping[str, int]) -> Iterator[Dataset]:
    for name, collection in COLLECTIONS.items():
        caption = collection.title
        summary = collection.description
        yield Dataset(name, "collection", caption, summary, collection, {}, totals.get(name, 0))


def _list_extracts() -> Iterator[Dataset]:
    for name, extract in EXTRACTS.items():
        collection = find_collection(extract.collection)
        summary = msg("%(title)s, from all sources.", title=extract.title)
        yield Dataset(name, "extract", extract.title, summary, collection, extract.arguments)


def _build_source_dataset(collection: Collection, source: Mapping[str, Any], rows: int) -> Dataset:
    caption = msg(
        "%(records)s: %(source)s",
        records=collection.title,
        source=Label(source["title_en"], source["title_zh"]),
    )
    summary = msg("%(title)s. %(citation)s", title=caption, citation=source["citation"])
    name = f"{collection.name}-{source['name']}"
    return Dataset(name, "source", caption, summary, collection, {"source": source["name"]}, rows, source["name"])


def find_named_dataset(datasets: list[Dataset], name: str) -> Dataset:
    """Return the data set of a name. Raise NotFound if there is none."""
    for dataset in datasets:
        if dataset.name == name:
            return dataset
    raise NotFound(msg("There is no data set %(name)r. See /api/datasets.", name=name))


def count_dataset_rows(dataset: Dataset) -> Dataset:
    """Return the data set with its number of rows, which is counted once for each version."""
    if dataset.rows is not None:
        return dataset
    return replace(dataset, rows=find_dataset_rows(dataset, MultiDict({**dataset.arguments, "limit": "1"}))[0])


def find_dataset_rows(dataset: Dataset, arguments: MultiDict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of features of a data set that match, and a page of them."""
    feature_page = read_page(
        get_site().engine, query_parameters.parse_feature_query(dataset.collection, arguments), get_site().counts
    )
    features: list[dict[str, Any]] = orjson.loads(b"[" + feature_page.features + b"]")
    return feature_page.matched, features


def list_dataset_offers(dataset: Dataset, version: Version, matched: int) -> Iterator[Offer]:
    """Yield the data set in each format, at this version and in the language of this request."""
    for form in dataset.forms:
        more: dict[str, str] = {"lang": get_language()} if form.labels else {}
        more |= {"as_of": str(version.number)}
        arguments = MultiDict({**dataset.arguments, **more})
        wanted = downloads.parse_download_request(dataset.collection, form.name, arguments)
        finished_file = get_site().spool.ready(conditional_requests.build_file_key(wanted), wanted.suffix)
        size = finished_file.path.stat().st_size if finished_file is not None else form.row_bytes * matched
        yield Offer(form, dataset.address(form.name, **more), size, finished_file)


def list_page(datasets: list[Dataset], version: Version, sources: list[dict[str, Any]]) -> str:
    """Return the page of some data sets."""
    groups = [
        (kind, [count_dataset_rows(dataset) for dataset in datasets if dataset.kind == kind])
        for kind in ("collection", "extract", "source")
    ]
    return render_template("data/data.html", groups=groups, version=version, formats=FORMATS, sources=sources)
