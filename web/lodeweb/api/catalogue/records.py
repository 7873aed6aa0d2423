"""The data sets as a collection of records (OGC API Records, Part 1): a searchable catalogue."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from babel import Locale
from flask import Blueprint, Response, g, redirect, request
from pyproj import Transformer
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from lodebase.history import dataset_state
from lodebase.history.dataset_state import Extent, Version
from lodebase.query import Bbox, crs
from lodebase.query.crs import CRS84, Crs
from lodebase.query.filters.spatial.box import parse_box
from lodebase.query.parameters import time_parameters
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.parameter import Parameter
from lodedata.messages import Translatable, list_languages, msg, put_in_each_language
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.catalogue import iso, record_order
from lodeweb.api.catalogue.content import (
    count_dataset_rows,
    find_named_dataset,
    list_dataset_offers,
    list_page,
    read_catalogue_contents,
)
from lodeweb.api.catalogue.dataset import Dataset, DatasetDescription, describe_dataset, find_dataset_extent
from lodeweb.api.features import query_parameters
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.http.database import get_site
from lodeweb.http.representation import pinned
from lodeweb.http.representation.links import (
    Link,
    build_data_set_address,
    build_own_links,
    change_address,
    is_web_address,
    link,
)
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER, build_document_response
from lodeweb.i18n.language import find_locale_tag, get_language, translate_message

blueprint = Blueprint("dataset_records", __name__, url_prefix="/api/collections")
NAME = "datasets"
ROOT = f"/api/collections/{NAME}"
CATALOGUE_JSON = "application/ogc-catalog+json"
RECORD_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
SORTABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
PARAMETERS = ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "q", "type", "ids", "externalIds", "sortby")
MAX_SKIPPED = 1_000_000
TITLE = msg("Data sets")
DESCRIPTION = msg("All data sets of this site: complete collections, predefined extracts and the part of each source.")
SPDX = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "MIT", "OGL-Canada-2.0")
"""Licences of sources whose id is one of SPDX."""
Extents = Mapping[str, Extent]
Sources = list[dict[str, Any]]


_COUNTED = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_LIST = {"type": "array", "items": {"type": "string"}}


@blueprint.get(f"/{NAME}")
@describe_as(
    ApiOperation(
        msg("The catalogue of data sets: a collection of records"),
        {JSON: "collection", CATALOGUE_JSON: "collection", HTML: "page"},
    )
)
def describe_catalogue() -> Response:
    """Return the description of the catalogue (OGC API Records, Part 1, record collection)."""
    query_parameters.check_general_parameters(request.args)
    version, extents = dataset_state.read_extents(get_site().engine, get_site().days)
    # the media type of the standard by request, so that clients of collections get what they expect
    media_type = CATALOGUE_JSON if CATALOGUE_JSON in request.headers.get("Accept", "") else JSON
    return build_document_response(
        describe_records_collection(extents), "api/collection.html", media_type, version=version, rows=None
    )


@blueprint.get(f"/{NAME}/sortables")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("Sortable properties"), {SCHEMA: "schema", HTML: "page"}))
def list_sortables() -> Response:
    """Return the properties that records can be ordered by (OGC API Records, Part 1, sorting)."""
    query_parameters.check_general_parameters(request.args)
    title = translate_message(msg("Sortable properties"))
    return build_document_response(
        record_order.build_sortables_schema(request.base_url), "api/document.html", SCHEMA, fixed=True, title=title
    )


@blueprint.get(f"/{NAME}/items")
@describe_as(
    ApiOperation(
        msg("The data sets that match, as records"),
        {GEOJSON: "object", HTML: "page"},
        more=("bbox", "bbox-crs", "crs", "datetime", "limit", "sortby"),
        own=(
            Parameter("offset", "page", _COUNTED, msg("The number to skip.")),
            Parameter("q", "filter", _LIST, msg("Terms of title, description or name; commas between terms mean or.")),
            Parameter("type", "filter", _LIST, msg("Types of resources; all records here are of the type dataset.")),
            Parameter("ids", "filter", _LIST, msg("Identifiers of records.")),
            Parameter(
                "externalIds",
                "filter",
                {"type": "array", "items": {"type": "string", "pattern": "([^:]+:)?[^:]+"}},
                msg("External identifiers, such as lode-source:icmm-global-mining."),
            ),
        ),
    )
)
def list_records() -> AnyResponse:
    """Return the records of the data sets that match, by pages (OGC API Records, Part 1, records)."""
    # an empty parameter is the same as none (record-core-query-parameters, empty-value)
    parameters = MultiDict([(name, value) for name, value in request.args.items(multi=True) if value])
    query_parameters.check_general_parameters(parameters, PARAMETERS)
    limit = query_parameters.limit(parameters.get("limit"))
    offset = query_parameters.parse_whole_number("offset", parameters.get("offset"), 0, (0, MAX_SKIPPED))
    arguments = Arguments(parameters.items(multi=True))
    shown_in, box_in = (crs.parse_crs_parameter(name, arguments) for name in ("crs", "bbox-crs"))
    version, datasets, sources = read_catalogue_contents()
    _, extents = dataset_state.read_extents(get_site().engine, get_site().days)
    box = parse_box(parameters["bbox"], box_in) if "bbox" in parameters else None
    matched = [dataset for dataset in datasets if all(_test_parameters(dataset, parameters, box, extents))]
    if "sortby" in parameters:
        matched = record_order.sort_datasets(matched, parameters["sortby"])
    shown = matched[offset : offset + limit]
    links = [*build_own_links(GEOJSON), link(ROOT, "collection", JSON)]
    if offset + limit < len(matched):
        links.append(_link_page("next", offset + limit))
    if offset:
        links.append(_link_page("prev", max(offset - limit, 0)))
    if wants_html():
        return Response(list_page(matched, version, sources), mimetype=HTML)
    body = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": len(matched),
        "numberReturned": len(shown),
        "links": links,
        "features": [
            _record(describe_dataset(count_dataset_rows(dataset), version, sources, extents), shown_in) for dataset in shown
        ],
    }
    return _build_response(body, version, parameters.get("crs"))


@blueprint.get(f"/{NAME}/items/<identity>")
@describe_as(ApiOperation(msg("The record of one data set"), {GEOJSON: "object"}, more=("crs",)))
def show_record(identity: str) -> AnyResponse:
    """Return the record of one data set (OGC API Records, Part 1, record); its page is that of the data set."""
    if wants_html():
        find_named_dataset(read_catalogue_contents()[1], identity)
    return redirect(build_data_set_address(identity), 303) if wants_html() else find_record(identity)


def find_record(name: str) -> Response:
    """Return the record of one data set. Raises NotFound."""
    query_parameters.check_general_parameters(request.args, ("crs",))
    shown_in = crs.parse_crs_parameter("crs", Arguments(request.args.items(multi=True)))
    version, datasets, sources = read_catalogue_contents()
    _, extents = dataset_state.read_extents(get_site().engine, get_site().days)
    return _build_response(
        _record(describe_dataset(count_dataset_rows(find_named_dataset(datasets, name)), version, sources, extents), shown_in),
        version,
        request.args.get("crs"),
    )


def describe_records_collection(extents: Extents) -> dict[str, Any]:
    """Return the description of the catalogue among the collections."""
    boxes = [extent.box for extent in extents.values() if extent.box is not None]
    west, south, east, north = zip(*boxes, strict=True) if boxes else ((-180.0,), (-90.0,), (180.0,), (90.0,))
    return {
        "id": NAME,
        "type": "Collection",
        "itemType": "record",
        **_translate_each("title", TITLE),
        **_translate_each("description", DESCRIPTION),
        "extent": {"spatial": {"bbox": [[min(west), min(south), max(east), max(north)]], "crs": crs.CRS84_URI}},
        "crs": [*crs.FREQUENT, crs.ALL],
        "storageCrs": crs.CRS84_URI,
        "conformsTo": [RECORD_CORE],
        "license": "other",
        "links": [
            link(ROOT, "self", JSON),
            link(f"{ROOT}?f=html", "alternate", HTML),
            link(f"{ROOT}/sortables", SORTABLES_REL, SCHEMA, translate_message(msg("Sortable properties"))),
            link(f"{ROOT}/items", "items", GEOJSON, translate_message(TITLE)),
            link(f"{ROOT}/items?f=html", "items", HTML, translate_message(TITLE)),
            link("/api/datasets", "alternate", "application/ld+json", "DCAT-AP"),
            link("/api/sources", "license", JSON, translate_message(msg("Sources and their licences"))),
        ],
    }


def _test_parameters(dataset: Dataset, parameters: Mapping[str, str], box: Bbox | None, extents: Extents) -> Iterator[bool]:
    """Yield whether a data set matches each of the parameters."""
    extent = find_dataset_extent(dataset, extents)
    if box is not None:
        yield extent is not None and extent.box is not None and _overlaps(box, extent.box)
    if "datetime" in parameters:
        first, last = time_parameters.parse_day_span(parameters["datetime"])
        # a data set without dates is not excluded (OGC API Features, Part 1, 7.15.4)
        days = None if extent is None else extent.days
        yield days is None or ((first is None or days[1] >= first) and (last is None or days[0] <= last))
    if "q" in parameters:
        yield _has_term(dataset, parameters["q"])
    if "type" in parameters:
        yield "dataset" in parameters["type"].split(",")
    if "ids" in parameters:
        yield dataset.name in parameters["ids"].split(",")
    if "externalIds" in parameters:
        yield any(
            _is_identified(own, wanted)
            for own in _list_external_ids(dataset)
            for wanted in parameters["externalIds"].split(",")
        )


def _has_term(dataset: Dataset, terms: str) -> bool:
    """Return whether any term between commas is in a text; spaces in a term match any spaces."""
    texts = [text.in_language(lang).casefold() for text in (dataset.caption, dataset.summary) for lang in list_languages()]
    patterns = [r"\s+".join(map(re.escape, term.casefold().split())) for term in terms.split(",") if term.strip()]
    return any(re.search(pattern, text) for pattern in patterns for text in (*texts, dataset.name))


def _is_identified(own: Mapping[str, str], wanted: str) -> bool:
    """Return whether an external id is the wanted one: value, scheme, or scheme and value with a colon."""
    return wanted in (own["value"], own["scheme"], f"{own['scheme']}:{own['value']}")


def _overlaps(box: Bbox, of: tuple[float, float, float, float]) -> bool:
    west, south, east, north = of
    spans = ((box.west, box.east),) if box.west <= box.east else ((box.west, 180.0), (-180.0, box.east))
    return box.south <= north and box.north >= south and any(left <= east and right >= west for left, right in spans)


def _list_external_ids(dataset: Dataset) -> list[dict[str, str]]:
    own = {"scheme": "lode-source", "value": dataset.source} if dataset.source is not None else None
    return [{"scheme": "lode-dataset", "value": dataset.name}, *([own] if own is not None else [])]


def _record(description: DatasetDescription, shown_in: Crs) -> dict[str, Any]:
    """Return the record of a counted data set; each format has the size or estimated size of its file."""
    dataset, sources, extent = description.dataset, description.sources, description.extent
    return {
        "id": dataset.name,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "time": None if extent is None or extent.days is None else {"interval": list(extent.days)},
        "geometry": None if extent is None or extent.box is None else _build_polygon(extent.box, shown_in),
        "properties": {
            "type": "dataset",
            "title": dataset.title,
            "description": dataset.description,
            "language": _describe_language(get_language()),
            "languages": [_describe_language(lang) for lang in list_languages()],
            "resourceLanguages": [_describe_language(lang) for lang in list_languages()],
            "keywords": [dataset.collection.title.in_language(lang) for lang in list_languages()],
            "externalIds": _list_external_ids(dataset),
            "updated": f"{description.day}T00:00:00Z",
            "version": description.version,
            "rows": dataset.rows,
            "license": _find_licence(sources),
            "rights": "; ".join(description.licence_names),
            "formats": [
                {"name": offer.form.title, "mediaType": offer.form.media_type, "bytes_about": offer.size}
                for offer in list_dataset_offers(dataset, description.at, dataset.rows or 0)
            ],
            "contacts": [
                {"organization": "Lode", "roles": ["publisher"]},
                *({"organization": source["publisher"], "roles": ["source"]} for source in sources),
            ],
        },
        "links": _list_links(dataset, sources),
    }


def _list_links(dataset: Dataset, sources: Sources) -> list[Link]:
    root = f"/api/datasets/{dataset.name}"
    licences = {source["licence_url"]: source["licence_name"] for source in sources if is_web_address(source["licence_url"])}
    return [
        link(f"{ROOT}/items/{dataset.name}", "self", GEOJSON),
        link(build_data_set_address(dataset.name), "alternate", HTML),
        link(f"{root}/datacite", "describedby", JSON, "DataCite"),
        *(link(f"{root}?f={form}", "alternate", iso.XML, title) for form, title in iso.FORMS.items()),
        link(ROOT, "collection", JSON),
        link(dataset.items, "related", GEOJSON, dataset.title),
        *({"href": url, "rel": "license", "type": HTML, "title": name} for url, name in licences.items()),
        link("/api/sources", "license", JSON, translate_message(msg("Sources and their licences"))),
        *(
            {"href": dataset.address(form.name), "rel": "enclosure", "type": form.media_type, "title": form.title}
            for form in dataset.forms
        ),
    ]


def _find_licence(sources: Sources) -> str:
    """Return the SPDX id of the licence if it is one, else ``other``; the links name the licences."""
    licences = {source["licence"] for source in sources}
    return next(iter(licences)) if len(licences) == 1 and licences.issubset(SPDX) else "other"


def _describe_language(lang: str) -> dict[str, str]:
    of = Locale.parse(lang)
    return {"code": lang, "name": str(of.get_display_name()), "alternate": str(of.get_display_name("en"))}


def _build_polygon(box: tuple[float, float, float, float], shown_in: Crs) -> dict[str, Any] | None:
    """Return the box in a system with the axis order of its authority, None where the system does not reach."""
    west, south, east, north = box
    ring: Sequence[tuple[float, float]] = ((west, south), (east, south), (east, north), (west, north), (west, south))
    if shown_in != CRS84:
        to = Transformer.from_crs("OGC:CRS84", shown_in.srid)
        ring = [to.transform(x, y) for x, y in ring]
        if not all(math.isfinite(part) for point in ring for part in point):
            return None
    return {"type": "Polygon", "coordinates": [ring]}


def _link_page(rel: str, offset: int) -> Link:
    return {
        "href": f"{request.url_root.rstrip('/')}{ROOT}/items{change_address(offset=str(offset))}",
        "rel": rel,
        "type": GEOJSON,
    }


def _translate_each(name: str, text: Translatable) -> dict[str, str]:
    return {name: translate_message(text), **put_in_each_language(name, text)}


def _build_response(body: Mapping[str, Any], version: Version, uri: str | None) -> Response:
    response = Response(orjson.dumps(body), content_type=GEOJSON)
    response.headers["Content-Crs"] = f"<{uri or crs.CRS84_URI}>"
    response.headers["Content-Language"] = find_locale_tag()
    response.headers[VERSION_HEADER] = str(version.number)
    g.fixed = False
    return response
