"""The catalogue of data sets: complete collections, the part of each source, and extracts; as data and as pages.

DCAT 3 for portals, DataCite metadata for DOI registration.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, g, render_template, request
from werkzeug.datastructures import MultiDict

from lodebase.history import dataset_state
from lodebase.history.dataset_state import Version
from lodebase.query.collections_ import Collection, Field
from lodedata.messages import list_languages, msg
from lodedata.write.content import build_doi_address
from lodeweb.adapter.api_operation import ApiOperation, describe_as, format_parameter
from lodeweb.api.catalogue import dcat, iso, records
from lodeweb.api.catalogue.content import (
    find_dataset_rows,
    find_named_dataset,
    list_dataset_offers,
    list_page,
    read_catalogue_contents,
)
from lodeweb.api.catalogue.dataset import Dataset, DatasetDescription, describe_dataset
from lodeweb.api.features import query_parameters
from lodeweb.api.linked_data.syntaxes import SYNTAXES, serialize_graph
from lodeweb.http.database import get_site
from lodeweb.http.representation import conditional_requests
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER
from lodeweb.http.representation.versions import parse_requested_version as requested_version
from lodeweb.i18n import labels
from lodeweb.i18n.language import find_locale_tag, get_language

blueprint = Blueprint("datasets", __name__)
SAMPLE_ROWS = 20
DOTS = 400


@blueprint.get("/data")
def show_data() -> Response:
    """Return the page of the data sets."""
    version, datasets, sources = read_catalogue_contents()
    return _build_page(list_page(datasets, version, sources))


@blueprint.get("/data/<name>")
def show_dataset(name: str) -> Response:
    """Return the page of one data set: its content, downloads, citation and first rows."""
    now, datasets, sources = read_catalogue_contents()
    dataset = find_named_dataset(datasets, name)
    version = Version(*requested_version(request.args.get("as_of")))
    description = describe_dataset(dataset, version, sources)
    matched, features = _read_sample(dataset, version.number)
    html = render_template(
        "data/dataset.html",
        dataset=dataset,
        linked=_build_schema_org(description),
        version=version,
        earlier=version.number != now.number,
        matched=matched,
        offers=list(list_dataset_offers(dataset, version, matched)),
        sources=description.sources,
        columns=_list_columns(dataset.collection),
        heads=[labels.title_field(field, get_language()) for field in _choose_fields(dataset.collection)],
        rows=[_build_row(dataset.collection, feature) for feature in features],
        today=conditional_requests.today(),
        dots=_read_positions(dataset, version.number),
        citation=description.citation,
    )
    return _build_page(html)


@blueprint.get("/api/datasets")
@describe_as(ApiOperation(msg("The data sets, in DCAT 3 as JSON-LD"), {"application/ld+json": "object", HTML: "page"}))
def write_catalogue() -> Response:
    """Return the catalogue in DCAT-AP 3: as JSON-LD, with ``f=ttl`` as Turtle, with ``f=rdf`` as RDF/XML."""
    arguments = MultiDict(request.args)
    wanted = arguments.get("f")
    if wanted in SYNTAXES:
        del arguments["f"]
    query_parameters.check_general_parameters(arguments)
    if wants_html():
        return show_data()
    version, datasets, sources = read_catalogue_contents()
    here = get_site()
    _, extents = dataset_state.read_extents(here.engine, here.days)
    graph = dcat.build_dcat_catalogue(datasets, version, sources, extents, here.settings.contact, here.settings.doi)
    return _build_response(*serialize_graph(graph, wanted if wanted is not None and wanted in SYNTAXES else "jsonld"), version)


@blueprint.get("/api/datasets/<name>")
@describe_as(
    ApiOperation(
        msg("One data set as a record, or in ISO 19139 or ISO 19115-3"),
        {GEOJSON: "object", iso.XML: "page"},
        more=("crs",),
        less=("f",),
        own=(format_parameter("json", "html", *iso.FORMS),),
    )
)
def record(name: str) -> Response:
    """Return one data set as a record (OGC API Records, Part 1), or in a form of ISO 19115."""
    form = request.args.get("f")
    if form not in iso.FORMS:
        return records.find_record(name)
    query_parameters.check_general_parameters(
        MultiDict([item for item in request.args.items(multi=True) if item != ("f", form)])
    )
    here = get_site()
    version, datasets, sources = read_catalogue_contents()
    _, extents = dataset_state.read_extents(here.engine, here.days)
    content = iso.write_iso_document(form, describe_dataset(find_named_dataset(datasets, name), version, sources, extents))
    return _build_response(content.encode(), iso.XML, version)


@blueprint.get("/api/datasets/<name>/datacite")
@describe_as(ApiOperation(msg("The DataCite metadata of one data set"), {JSON: "object"}))
def write_datacite(name: str) -> Response:
    """Return the metadata for a DOI registration of the data set (DataCite 4.5), as a part of what the site's DOI names."""
    query_parameters.check_general_parameters(request.args)
    version, datasets, sources = read_catalogue_contents()
    description = describe_dataset(find_named_dataset(datasets, name), version, sources)
    dataset = description.dataset
    body: dict[str, Any] = {
        "titles": [{"title": dataset.caption.in_language(lang), "lang": lang} for lang in list_languages()],
        "creators": [{"name": "Lode", "nameType": "Organizational"}],
        "publisher": {"name": "Lode"},
        "publicationYear": description.day[:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "version": description.version,
        "dates": [{"date": description.day, "dateType": "Issued"}],
        "url": description.page,
        "descriptions": [
            {"description": dataset.summary.in_language(lang), "descriptionType": "Abstract", "lang": lang}
            for lang in list_languages()
        ],
        "formats": [form.media_type for form in dataset.forms],
        "rightsList": [
            {
                "rights": dataset_source["licence_name"],
                "rightsIdentifier": dataset_source["licence"],
                "rightsUri": dataset_source["licence_url"],
            }
            for dataset_source in description.sources
        ],
        "relatedItems": [
            {"relatedItemType": "Dataset", "relationType": "IsDerivedFrom", "titles": [{"title": dataset_source["title_en"]}]}
            for dataset_source in description.sources
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    if doi := get_site().settings.doi:
        related = {"relatedIdentifier": doi, "relatedIdentifierType": "DOI", "relationType": "IsPartOf"}
        body["relatedIdentifiers"] = [related]
    return _build_response(body, JSON, version)


def _read_sample(dataset: Dataset, version: int) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of rows that match at a version, and the first of them."""
    arguments = MultiDict({**dataset.arguments, "limit": str(SAMPLE_ROWS), "as_of": str(version)})
    if not dataset.collection.kind.merged:
        shown = ("zone_kind", "code", *dataset.collection.kind.name_fields, "country")
        field_names = [name for name in shown if dataset.collection.field(name) is not None]
        # records without any of them, such as batches of lists, are shown by their ids
        arguments["properties"] = ",".join(field_names or dataset.collection.field_names[:1])
    return find_dataset_rows(dataset, arguments)


def _read_positions(dataset: Dataset, version: int) -> list[list[float]]:
    """Return positions of some rows, ordered by name, because rows that follow each other in the default order are close."""
    if not dataset.collection.kind.merged:
        return []
    arguments = {**dataset.arguments, "limit": str(DOTS), "as_of": str(version), "sortby": "name_en", "properties": "name_en"}
    _, features = find_dataset_rows(dataset, MultiDict(arguments))
    return [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]]


def _list_columns(collection: Collection) -> list[tuple[str, str, str, str]]:
    return [(f.name, labels.title_field(f, get_language()), f.type, f.unit or f.vocabulary or "") for f in collection.fields]


def _build_row(collection: Collection, feature: Mapping[str, Any]) -> list[str]:
    properties = feature["properties"]
    name = labels.record_name(properties, feature["id"])
    cells = (
        ", ".join(labels.list_value_labels(field, properties.get(field.name), get_language()))
        for field in _choose_fields(collection)
    )
    return [feature["id"], name, *cells]


def _choose_fields(collection: Collection) -> list[Field]:
    return [field for key in ("main_commodity", "zone_kind", "country") if (field := collection.field(key)) is not None]


def _build_schema_org(description: DatasetDescription) -> dict[str, Any]:
    """Return the data set in the vocabulary of schema.org, for search engines."""
    dataset = description.dataset
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": description.page,
        "url": description.page,
        "name": dataset.title,
        "description": dataset.description,
        "identifier": dataset.name,
        "version": description.version,
        "dateModified": description.day,
        "inLanguage": list(list_languages()),
        "isAccessibleForFree": True,
        "license": description.licences,
        "creator": [{"@type": "Organization", "name": source["publisher"]} for source in description.sources],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": "Lode",
            "url": f"{request.url_root}data",
            **({"identifier": build_doi_address(doi)} if (doi := get_site().settings.doi) else {}),
        },
        "creditText": description.citation,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": form.title,
                "encodingFormat": form.media_type,
                "contentUrl": dataset.address(form.name),
            }
            for form in dataset.forms
        ],
    }


def _build_response(body: Mapping[str, Any] | bytes, media_type: str, version: Version) -> Response:
    response = Response(body if isinstance(body, bytes) else orjson.dumps(body), content_type=media_type)
    response.headers["Content-Language"] = find_locale_tag()
    response.headers[VERSION_HEADER] = str(version.number)
    g.fixed = False
    return response


def _build_page(html: str) -> Response:
    return Response(html, mimetype=HTML)
