"""A data set of the catalogue: its texts, the query that returns its rows, and its sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lodebase.history.dataset_state import Extent, Version
from lodebase.query.collections_ import Collection
from lodedata.messages import Translatable
from lodedata.write import Format, list_formats_for
from lodedata.write.content import build_doi_address
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import build_data_set_address, quote_query_text
from lodeweb.i18n.language import gettext, translate_message


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set: its caption and summary, and the query that returns its rows."""

    name: str
    kind: str
    caption: Translatable
    summary: Translatable
    collection: Collection
    arguments: Mapping[str, str]
    rows: int | None = None
    source: str | None = None

    @property
    def title(self) -> str:
        """Return the title in the language of this request."""
        return translate_message(self.caption)

    @property
    def description(self) -> str:
        """Return the description in the language of this request."""
        return translate_message(self.summary)

    @property
    def forms(self) -> tuple[Format, ...]:
        """Return the formats of its files; some hold geometry only."""
        return tuple(list_formats_for(self.collection.geometry is not None).values())

    def address(self, form: str, **more: str) -> str:
        """Return the address of the data set as a file."""
        query = "&".join(f"{name}={quote_query_text(value)}" for name, value in {**self.arguments, **more}.items())
        return f"{request.url_root}api/collections/{self.collection.name}/download/{form}" + (f"?{query}" if query else "")

    @property
    def items(self) -> str:
        """Return the address of its records, by pages."""
        query = "&".join(f"{name}={quote_query_text(value)}" for name, value in self.arguments.items())
        return f"/api/collections/{self.collection.name}/items" + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class DatasetDescription:
    """What all forms of the catalogue write of a data set at a version: records, DCAT, DataCite, schema.org and ISO."""

    dataset: Dataset
    at: Version
    sources: list[dict[str, Any]]
    """The sources of the data set, all of them for one from all sources."""
    extent: Extent | None
    """The extent of a complete collection; that of other data sets is not computed."""

    @property
    def version(self) -> str:
        """Return the number of the version."""
        return str(self.at.number)

    @property
    def day(self) -> str:
        """Return the day of the version."""
        return find_version_day(self.at)

    @property
    def page(self) -> str:
        """Return the absolute address of the page."""
        return f"{request.url_root.rstrip('/')}{build_data_set_address(self.dataset.name)}"

    @property
    def citation(self) -> str:
        """Return the citation of this version, in the language of this request."""
        address = build_data_set_address(self.dataset.name)
        return write_dataset_citation(self.dataset.title, self.at, f"{address}?as_of={self.version}")

    @property
    def licence_names(self) -> list[str]:
        """Return the names of the licences of the sources."""
        return sorted({source["licence_name"] for source in self.sources})

    @property
    def licences(self) -> list[str]:
        """Return the licences of the sources by their addresses, or by their names without one."""
        return sorted({str(source["licence_url"] or source["licence_name"]) for source in self.sources})


def describe_dataset(
    dataset: Dataset, version: Version, sources: list[dict[str, Any]], extents: Mapping[str, Extent] | None = None
) -> DatasetDescription:
    """Return the description of a data set; ``sources`` and ``extents`` are those of the whole catalogue."""
    own = [source for source in sources if dataset.source in (None, source["name"])]
    return DatasetDescription(dataset, version, own, find_dataset_extent(dataset, extents or {}))


def find_dataset_extent(dataset: Dataset, extents: Mapping[str, Extent]) -> Extent | None:
    """Return the extent of a complete collection; that of other data sets is not computed."""
    return extents.get(dataset.collection.name) if dataset.kind == "collection" else None


def write_dataset_citation(title: str, version: Version, path: str) -> str:
    """Return the citation of data at a version, in the language of this request, with the DOI of the site if it has one."""
    doi = get_site().settings.doi
    address = f"{request.url_root.rstrip('/')}{path}"
    addresses = " ".join(filter(None, (doi and build_doi_address(doi), address)))
    day = find_version_day(version)
    return f"Lode ({day[:4]}): {title}. {gettext('Version')} {version.number}, {day}. {addresses}"


def find_version_day(version: Version) -> str:
    """Return the day of a version."""
    return f"{version.committed_at:%Y-%m-%d}" if version.committed_at is not None else "1980-01-01"
