"""The catalogue of data sets: complete collections, the part of each source, and extracts; as data and as pages.

DCAT 3 in JSON-LD for portals, OGC API Records (records as GeoJSON) for GIS, DataCite metadata for DOI registration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from lodebase.db.schema import prepared_tables
from lodebase.download.spool import FinishedFile
from lodebase.errors import NoSuchThing
from lodebase.history import dataset_state
from lodebase.history.dataset_state import Version
from lodebase.query import page
from lodebase.query.collections_ import COLLECTIONS, Collection, Field, find_collection
from lodebase.query.reading import reading
from lodebase.records import provenance
from lodedata.messages import Label, languages, msg
from lodedata.write import FORMATS, Format
from lodeweb.api.catalogue import dcat, downloads
from lodeweb.api.catalogue.dataset import Dataset, day, sources_of
from lodeweb.api.catalogue.extracts import EXTRACTS
from lodeweb.api.features import query_parameters
from lodeweb.api.linked_data.syntaxes import SYNTAXES, written
from lodeweb.http.database import site
from lodeweb.http.representation import conditional_requests
from lodeweb.http.representation.links import link, own_links
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.http.representation.versions import version as requested_version
from lodeweb.i18n import labels
from lodeweb.i18n.language import language, locale_tag

blueprint = Blueprint("datasets", __name__)
SHOWN = 20
DOTS = 400
MOST_VERSIONS = 1_000
RECORDS_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"


@dataclass(frozen=True, slots=True)
class Offer:
    """A data set in one format: its address, and its size or estimated size."""

    form: Format
    address: str
    size: int
    ready: FinishedFile | None


@blueprint.get("/data")
def data() -> Response:
    """Return the page of the data sets."""
    version, found, about = _catalogue()
    groups = [(kind, [_counted(one) for one in found if one.kind == kind]) for kind in ("collection", "extract", "source")]
    html = render_template("data/data.html", groups=groups, version=version, formats=FORMATS, sources=about)
    return _page(html)


@blueprint.get("/data/<name>")
def one(name: str) -> Response:
    """Return the page of one data set: its content, downloads, citation and first rows."""
    now, found, about = _catalogue()
    dataset = _named(found, name)
    version = Version(*requested_version(request.args.get("as_of")))
    matched, features = _looked_into(dataset, version.number)
    html = render_template(
        "data/dataset.html",
        dataset=dataset,
        version=version,
        earlier=version.number != now.number,
        matched=matched,
        offers=list(_offers(dataset, version, matched)),
        sources=sources_of(dataset, about),
        columns=_columns(dataset.collection),
        heads=[labels.title(field, language()) for field in _shown(dataset.collection)],
        rows=[_row(dataset.collection, feature) for feature in features],
        dots=_dots(dataset, version.number),
        citation=_citation(dataset, version),
    )
    return _page(html)


@blueprint.get("/api/datasets")
def catalogue() -> Response:
    """Return the catalogue in DCAT-AP 3: as JSON-LD, with ``f=ttl`` as Turtle, with ``f=rdf`` as RDF/XML."""
    given = MultiDict(request.args)
    wanted = given.get("f")
    if wanted in SYNTAXES:
        del given["f"]
    query_parameters.general(given)
    if wants_html():
        return data()
    version, found, about = _catalogue()
    here = site()
    _, extents = dataset_state.extents(here.engine, here.days)
    graph = dcat.catalogue(found, version, about, extents, here.settings.contact)
    return _response(*written(graph, wanted if wanted is not None and wanted in SYNTAXES else "jsonld"), version)


@blueprint.get("/api/datasets/records")
def records() -> Response:
    """Return the catalogue as records (OGC API Records, Part 1)."""
    query_parameters.general(request.args)
    version, found, about = _catalogue()
    body = {
        "type": "FeatureCollection",
        "numberMatched": len(found),
        "numberReturned": len(found),
        "links": own_links(GEOJSON),
        "features": [_record(_counted(one), version, about) for one in found],
    }
    return _response(body, GEOJSON, version)


@blueprint.get("/api/datasets/<name>")
def record(name: str) -> Response:
    """Return one data set as a record (OGC API Records, Part 1)."""
    query_parameters.general(request.args)
    version, found, about = _catalogue()
    return _response(_record(_counted(_named(found, name)), version, about), GEOJSON, version)


@blueprint.get("/api/datasets/<name>/datacite")
def datacite(name: str) -> Response:
    """Return the metadata for a DOI registration of the data set (DataCite 4.5); no DOI is registered yet."""
    query_parameters.general(request.args)
    version, found, about = _catalogue()
    dataset = _named(found, name)
    body = {
        "titles": [{"title": dataset.caption.in_language(lang), "lang": lang} for lang in languages()],
        "creators": [{"name": "Lode", "nameType": "Organizational"}],
        "publisher": {"name": "Lode"},
        "publicationYear": day(version)[:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "version": str(version.number),
        "dates": [{"date": day(version), "dateType": "Issued"}],
        "url": f"{request.url_root}data/{dataset.name}",
        "descriptions": [
            {"description": dataset.summary.in_language(lang), "descriptionType": "Abstract", "lang": lang}
            for lang in languages()
        ],
        "formats": [form.media_type for form in FORMATS.values()],
        "rightsList": [
            {"rights": one["licence_name"], "rightsIdentifier": one["licence"], "rightsUri": one["licence_url"]}
            for one in sources_of(dataset, about)
        ],
        "relatedItems": [
            {"relatedItemType": "Dataset", "relationType": "IsDerivedFrom", "titles": [{"title": one["title_en"]}]}
            for one in sources_of(dataset, about)
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return _response(body, JSON, version)


@blueprint.get("/api/versions")
def versions() -> Response:
    """Return the versions of the data, latest first: the time of each, the import that made it and what it changed."""
    query_parameters.general(request.args)
    found = [
        {**one, "committed_at": one["committed_at"].isoformat()} for one in dataset_state.versions(site().engine, MOST_VERSIONS)
    ]
    return _response({"versions": found, "links": own_links()}, JSON, dataset_state.version(site().engine))


def _catalogue() -> tuple[Version, list[Dataset], list[dict[str, Any]]]:
    """Return the current version, data sets and sources."""
    here = site()
    counted = prepared_tables.facet_count.c
    of_sources = select(counted.collection, counted.value, counted.n).where(
        counted.field == "sources", counted.value != "", counted.collection.in_(COLLECTIONS)
    )
    whole = prepared_tables.collection_state.c
    with reading(here.engine) as connection:
        about = provenance.sources(connection)
        parts = list(connection.execute(of_sources.order_by(counted.value, counted.collection)))
        totals = {row[0]: row[1] for row in connection.execute(select(whole.collection, whole.n))}
    titles = {one["name"]: one for one in about}
    found = [*_collections(totals), *_extracts()]
    for name, source, rows in parts:
        if source in titles:
            found.append(_of_source(find_collection(name), titles[source], rows))
    return dataset_state.version(here.engine), found, about


def _collections(totals: Mapping[str, int]) -> Iterator[Dataset]:
    for name, collection in COLLECTIONS.items():
        caption = collection.title
        summary = collection.description
        yield Dataset(name, "collection", caption, summary, collection, {}, totals.get(name, 0))


def _extracts() -> Iterator[Dataset]:
    for name, extract in EXTRACTS.items():
        collection = find_collection(extract.collection)
        summary = msg("%(title)s, from all sources.", title=extract.title)
        yield Dataset(name, "extract", extract.title, summary, collection, extract.arguments)


def _of_source(collection: Collection, source: Mapping[str, Any], rows: int) -> Dataset:
    caption = msg(
        "%(records)s: %(source)s",
        records=collection.title,
        source=Label(source["title_en"], source["title_zh"]),
    )
    summary = msg("%(title)s. %(citation)s", title=caption, citation=source["citation"])
    name = f"{collection.name}-{source['name']}"
    return Dataset(name, "source", caption, summary, collection, {"source": source["name"]}, rows, source["name"])


def _named(found: list[Dataset], name: str) -> Dataset:
    for one in found:
        if one.name == name:
            return one
    raise NoSuchThing(msg("There is no data set %(name)r. See /api/datasets.", name=name))


def _looked_into(dataset: Dataset, version: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of rows that match at a version, and the first of them."""
    arguments = MultiDict({**dataset.arguments, "limit": str(SHOWN), "as_of": str(version)})
    if not dataset.collection.kind.merged:
        shown = ("zone_kind", "code", *dataset.collection.kind.name_fields, "country")
        arguments["properties"] = ",".join(name for name in shown if dataset.collection.field(name) is not None)
    return _found(dataset, arguments)


def _dots(dataset: Dataset, version: int) -> list[list[float]]:
    """Return positions of some rows, ordered by name, because rows that follow each other in the default order are close."""
    if not dataset.collection.kind.merged:
        return []
    arguments = {**dataset.arguments, "limit": str(DOTS), "as_of": str(version), "sortby": "name_en", "properties": "name_en"}
    _, features = _found(dataset, MultiDict(arguments))
    return [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]]


def _counted(dataset: Dataset) -> Dataset:
    """Return the data set with its number of rows, which is counted once for each version."""
    if dataset.rows is not None:
        return dataset
    return replace(dataset, rows=_found(dataset, MultiDict({**dataset.arguments, "limit": "1"}))[0])


def _found(dataset: Dataset, arguments: MultiDict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    found = page(site().engine, query_parameters.query(dataset.collection, arguments), site().counts)
    features: list[dict[str, Any]] = orjson.loads(b"[" + found.features + b"]")
    return found.matched, features


def _offers(dataset: Dataset, version: Version, matched: int) -> Iterator[Offer]:
    """Yield the data set in each format, at this version and in the language of this request."""
    for form in FORMATS.values():
        more: dict[str, str] = {"lang": language()} if form.labels else {}
        more |= {"as_of": str(version.number)}
        arguments = MultiDict({**dataset.arguments, **more})
        wanted = downloads.download_request(dataset.collection, form.name, arguments)
        made = site().spool.ready(wanted.key(conditional_requests.build()), wanted.suffix)
        size = made.path.stat().st_size if made is not None else form.row_bytes * matched
        yield Offer(form, dataset.address(form.name, **more), size, made)


def _columns(collection: Collection) -> list[tuple[str, str, str, str]]:
    return [(f.name, labels.title(f, language()), f.type, f.unit or f.vocabulary or "") for f in collection.fields]


def _row(collection: Collection, feature: Mapping[str, Any]) -> list[str]:
    properties = feature["properties"]
    name = labels.record_name(properties, feature["id"])
    cells = (", ".join(labels.value_labels(field, properties.get(field.name), language())) for field in _shown(collection))
    return [feature["id"], name, *cells]


def _shown(collection: Collection) -> list[Field]:
    return [field for key in ("main_commodity", "zone_kind", "country") if (field := collection.field(key)) is not None]


def _citation(dataset: Dataset, version: Version) -> str:
    address = f"{request.url_root}data/{dataset.name}?as_of={version.number}"
    return f"Lode ({day(version)[:4]}): {dataset.title}. {gettext('Version')} {version.number}, {day(version)}. {address}"


def _record(dataset: Dataset, version: Version, about: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the record of a counted data set; each format has the size or estimated size of its file."""
    root = f"/api/datasets/{dataset.name}"
    offers = list(_offers(dataset, version, dataset.rows or 0))
    enclosures = [
        {"href": dataset.address(form.name), "rel": "enclosure", "type": form.media_type, "title": form.title}
        for form in FORMATS.values()
    ]
    sources = sources_of(dataset, about)
    return {
        "id": dataset.name,
        "type": "Feature",
        "conformsTo": [RECORDS_CORE],
        "time": {"date": day(version)},
        "geometry": None,
        "properties": {
            "type": "dataset",
            "title": dataset.title,
            "description": dataset.description,
            "language": {"code": language()},
            "updated": f"{day(version)}T00:00:00Z",
            "version": str(version.number),
            "rows": dataset.rows,
            "license": ", ".join(sorted({one["licence"] for one in sources})),
            "formats": [
                {"name": offer.form.title, "mediaType": offer.form.media_type, "bytes_about": offer.size} for offer in offers
            ],
            "contacts": [{"organization": one["publisher"], "roles": ["source"]} for one in sources],
        },
        "links": [
            link(root, "self", GEOJSON),
            link(f"{root}/datacite", "describedby", JSON, "DataCite"),
            link(url_for("datasets.one", name=dataset.name), "alternate", HTML),
            link(f"/api/collections/{dataset.collection.name}", "collection", JSON),
            *enclosures,
        ],
    }


def _response(body: Mapping[str, Any] | bytes, media_type: str, version: Version) -> Response:
    response = Response(body if isinstance(body, bytes) else orjson.dumps(body), content_type=media_type)
    response.headers["Content-Language"] = locale_tag()
    response.headers[VERSION_HEADER] = str(version.number)
    g.fixed = False
    return response


def _page(html: str) -> Response:
    return Response(html, mimetype=HTML)
