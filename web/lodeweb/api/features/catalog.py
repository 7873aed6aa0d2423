"""The API's landing page, conformance classes, collections, sources, raw records and vocabularies."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from lodebase.errors import NotFound
from lodebase.history.dataset_state import Extent, count_code_uses, read_earlier_extents, read_extents
from lodebase.operations.row_parameters import AS_OF
from lodebase.query import crs
from lodebase.query.collections_ import COLLECTIONS, OF_KIND, Collection, find_collection
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.records import provenance
from lodebase.records.source_checks import format_check_days, read_source_checks
from lodedata import vocab
from lodedata.messages import Label, Translatable, msg, put_in_each_language
from lodedata.write import list_formats_for
from lodeweb.adapter.api_operation import ApiOperation, describe_as, describe_json_responses
from lodeweb.api.catalogue import records
from lodeweb.api.features import query_parameters
from lodeweb.api.features.conformance import CLASSES
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.http.database import get_site
from lodeweb.http.representation import conditional_requests, pinned, versions
from lodeweb.http.representation.links import Link, build_own_links, link
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n import labels
from lodeweb.i18n.language import translate_message

blueprint = Blueprint("catalog", __name__, url_prefix="/api")
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
TEXTS = {
    "title": labels.SITE_TITLE,
    "service-desc": msg("The API as OpenAPI 3.0"),
    "service-doc": msg("A page to try the API"),
    "conformance": msg("Conformance classes"),
    "collections": msg("Collections"),
    "sources": msg("Sources and their licences"),
    "datasets": msg("Data sets to download"),
    "changes": msg("Changes since a version"),
    "vocabularies": msg("Vocabularies"),
    "processes": msg("Processes"),
    "jobs": msg("Jobs"),
    "map": msg("Map"),
    "grids": msg("Tile matrix sets"),
    "collection": msg("The collection"),
    "queryables": msg("Filterable properties"),
    "schema": msg("Properties"),
    "feature": msg("A feature as GeoJSON"),
    "sortables": msg("Sortable properties"),
    "tiles": msg("Vector tiles"),
    "served": msg("The served record"),
}


@blueprint.before_request
def known_parameters() -> None:
    """Refuse parameters that are not defined here (OGC API Features, Part 1, 7.5.1)."""
    query_parameters.check_general_parameters(request.args)


@blueprint.get("/")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The landing page"), describe_json_responses("landing")))
def show_landing() -> Response:
    """Return the landing page (OGC API Common, Part 1, 7.2)."""
    pinned_root = f"{pinned.find_version_prefix()}/api"
    links = [
        *build_own_links(),
        _link("/api/openapi.json", "service-desc", OPENAPI),
        _link("/api/docs", "service-doc", HTML),
        _link(f"{pinned_root}/conformance", "conformance", JSON),
        _link(f"{pinned_root}/conformance", f"{REL}conformance", JSON, "conformance"),
        _link(f"{pinned_root}/collections", "data", JSON, "collections"),
        _link(f"{pinned_root}/collections", f"{REL}data", JSON, "collections"),
        _link("/api/sources", "license", JSON, "sources"),
        _link("/api/datasets", "related", "application/ld+json", "datasets"),
        _link("/api/changes", "related", "application/x-ndjson", "changes"),
        _link("/api/vocabularies", "related", JSON, "vocabularies"),
        _link("/api/tileMatrixSets", f"{REL}tiling-schemes", JSON, "grids"),
        _link("/api/processes", f"{REL}processes", JSON, "processes"),
        _link("/api/jobs", f"{REL}job-list", JSON, "jobs"),
        _link("/", "related", HTML, "map"),
    ]
    description = Label(*map(labels.write_site_description, ("en", "zh")))
    body = {**_translate_each("title", TEXTS["title"]), **_translate_each("description", description), "links": links}
    return build_document_response(body, "api/landing.html", fixed=True, collections=COLLECTIONS)


@blueprint.get("/conformance")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The conformance classes that are implemented"), describe_json_responses("conformance")))
def list_conformance() -> Response:
    """Return the conformance classes (OGC API Common, Part 1, 7.4)."""
    return build_document_response(
        {"links": build_own_links(), "conformsTo": list(CLASSES)}, "api/conformance.html", fixed=True
    )


@blueprint.get("/collections")
@pinned.reads_version
@describe_as(ApiOperation(msg("The collections"), describe_json_responses("collections")))
def list_collections() -> Response:
    """Return the collections (OGC API Features, Part 1, 7.13)."""
    version, extents = _read_requested_extents(tuple(COLLECTIONS))
    described = [_describe_collection(collection, extents[name]) for name, collection in COLLECTIONS.items()]
    described.append(records.describe_records_collection(extents))
    body = {"links": build_own_links(), "crs": list(crs.list_supported_crs()), "collections": described}
    return build_document_response(
        body, "api/collections.html", version=version, rows={name: extent.rows for name, extent in extents.items()}
    )


@blueprint.get("/collections/<name>")
@pinned.reads_version
@describe_as(ApiOperation(msg("The collection: extent, coordinate systems, links"), describe_json_responses("collection")))
def describe_collection(name: str) -> Response:
    """Return one collection, as in the list (OGC API Features, Part 1, 7.14)."""
    collection = find_collection(name)
    version, extents = _read_requested_extents((name,))
    return build_document_response(
        _describe_collection(collection, extents[name]), "api/collection.html", version=version, rows=extents[name].rows
    )


@blueprint.get("/sources")
@describe_as(ApiOperation(msg("The sources with their licences"), describe_json_responses("object")))
def list_sources() -> Response:
    """Return the imported sources with publisher, licence, citation, checks and what is held of each.

    Imports can change them without a version.
    """
    with open_reading(get_site().engine) as connection:
        checks = read_source_checks(connection)
        held = provenance.read_held_parts(connection)
        source_entries = [
            {**source, **format_check_days(checks.get(source["name"])), "holds": held.get(source["name"], [])}
            for source in provenance.read_imported_sources(connection)
        ]
    return build_document_response(
        {"links": build_own_links(), "sources": source_entries},
        "data/sources.html",
        checks=checks,
        today=conditional_requests.today(),
    )


@blueprint.get("/sources/<name>/records/<path:key>")
@describe_as(ApiOperation(msg("A raw record of a source"), describe_json_responses("object")))
def record(name: str, key: str) -> Response:
    """Return a raw record, the served record that includes it and the import run that read it."""
    with open_reading(get_site().engine) as connection:
        raw_record = provenance.record(connection, name, key)
    body = {**raw_record, "links": [*build_own_links(), *_list_served(raw_record["records"])]}
    return build_document_response(body, "data/source_row.html")


@blueprint.get("/vocabularies")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The vocabularies"), describe_json_responses("object")))
def list_vocabularies() -> Response:
    """Return the vocabularies, with the sources of their terms."""
    term_sources = vocab.list_sources()
    listed = [{"name": name, **term_sources[name]} for name in vocab.names()]
    return build_document_response({"links": build_own_links(), "vocabularies": listed}, "data/vocabularies.html", fixed=True)


@blueprint.get("/vocabularies/<name>")
@describe_as(ApiOperation(msg("The terms of a vocabulary"), describe_json_responses("object")))
def show_vocabulary(name: str) -> Response:
    """Return the terms of a vocabulary in both languages, with URI, broader and narrower terms, and records that use them."""
    if name not in vocab.names():
        raise NotFound(
            msg("There is no vocabulary %(name)r. Choose one of %(choices)s.", name=name, choices=list(vocab.names()))
        )
    with open_reading(get_site().engine) as connection:
        version, used = read_dataset_version(connection), count_code_uses(connection, name)
    terms = vocab.load_vocabulary(name)
    beneath: dict[str, list[str]] = {}
    for term in terms:
        if term.broader:
            beneath.setdefault(term.broader, []).append(term.code)
    listed = [
        {
            "code": term.code,
            "label_en": term.label_en,
            "label_zh": term.label_zh,
            "broader": term.broader,
            "narrower": beneath.get(term.code, []),
            "uri": term.uri,
            "aliases": term.aliases,
            "used": used.get(term.code, {}),
            **term.extra,
        }
        for term in terms
    ]
    body = {"name": name, "links": build_own_links(), "terms": listed}
    return build_document_response(body, "data/vocabulary.html", version=version, about=vocab.list_sources()[name])


def _read_requested_extents(names: Sequence[str]) -> tuple[int, Mapping[str, Extent]]:
    """Return the version of the data that this request names, by default the last one, and the extents of collections."""
    last, extents = read_extents(get_site().engine, get_site().days)
    number = versions.parse_requested_version(request.args[AS_OF])[0] if AS_OF in request.args else last
    return (last, extents) if number == last else (number, read_earlier_extents(get_site().engine, names, number))


def _list_served(records: list[dict[str, str]]) -> list[Link]:
    return [
        link(f"/api/collections/{OF_KIND[r['kind']]}/items/{r['id']}", "related", GEOJSON, _find_text("served"))
        for r in records
        if r["kind"] in OF_KIND
    ]


def _describe_collection(collection: Collection, extent: Extent) -> dict[str, Any]:
    """Return the description of a collection, the same in the list and in the resource itself."""
    return {
        "id": collection.name,
        **_translate_each("title", collection.title),
        **_translate_each("description", collection.description),
        "extent": _build_extent(extent),
        "itemType": "feature",
        # the others by reference: QGIS looks up every listed one whenever it opens a layer, a second for all of them
        "crs": [*crs.FREQUENT, crs.ALL],
        "storageCrs": crs.CRS84_URI,
        "links": _list_links(collection),
    }


def _build_extent(extent: Extent) -> dict[str, Any]:
    box = extent.box or (-180.0, -90.0, 180.0, 90.0)
    document: dict[str, Any] = {"spatial": {"bbox": [list(box)], "crs": crs.CRS84_URI}}
    if extent.days is not None:
        first, last = extent.days
        document["temporal"] = {"interval": [[f"{first}T00:00:00Z", f"{last}T23:59:59Z"]], "trs": GREGORIAN}
    return document


def _list_links(collection: Collection) -> list[Link]:
    root = f"{pinned.find_version_prefix()}/api/collections/{collection.name}"
    page = link(f"{root}?f=html", "alternate", HTML)
    title = labels.find_collection_title(collection)
    forms = list_formats_for(collection.geometry is not None)
    return [
        link(root, "self", JSON),
        page,
        link(f"{root}/items", "items", GEOJSON, title),
        link(f"{root}/items?f=html", "items", HTML, title),
        _link(f"{root}/queryables", f"{REL}queryables", SCHEMA, "queryables"),
        _link(f"{root}/sortables", f"{REL}sortables", SCHEMA, "sortables"),
        _link(f"{root}/schema", f"{REL}schema", SCHEMA, "schema"),
        _link(f"{root}/schema/feature", "describedby", SCHEMA, "feature"),
        *([_link(f"{root}/tiles", f"{REL}tilesets-vector", JSON, "tiles")] if collection.geometry is not None else []),
        *(link(f"{root}/download/{form.name}", "enclosure", form.media_type, form.title) for form in forms.values()),
        _link("/api/sources", "license", JSON, "sources"),
    ]


def _link(path: str, rel: str, media_type: str, text: str | None = None) -> Link:
    return link(path, rel, media_type, _find_text(text or rel))


def _find_text(name: str) -> str:
    return translate_message(TEXTS[name])


def _translate_each(name: str, text: Translatable) -> dict[str, str]:
    """Return a text in the language of the request, and in each language."""
    return {name: translate_message(text), **put_in_each_language(name, text)}
