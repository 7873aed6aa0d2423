"""The catalogue in DCAT-AP 3.0, the profile of DCAT 3 that data portals of Europe harvest.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import request
from rdflib import Graph

from lodebase.history.dataset_state import Extent, Version
from lodedata.messages import Translatable, languages
from lodedata.write import FORMATS, Format
from lodeweb.api.catalogue.dataset import Dataset, day, sources_of
from lodeweb.i18n import labels

AUTHORITY = "http://publications.europa.eu/resource/authority"
LANGUAGES = {"en": f"{AUTHORITY}/language/ENG", "zh": f"{AUTHORITY}/language/ZHO"}
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Node = dict[str, Any]
THEME: Node = {
    "@id": f"{AUTHORITY}/data-theme/ECON",
    "@type": "skos:Concept",
    "skos:prefLabel": {"@language": "en", "@value": "Economy and finance"},
}


def catalogue(
    found: Sequence[Dataset],
    version: Version,
    about: list[dict[str, Any]],
    extents: Mapping[str, Extent],
    contact: str | None,
) -> Node:
    """Return the catalogue of the data sets as JSON-LD; extents are those of complete collections."""
    root = f"{request.url_root}api/datasets"
    publisher = {"@id": f"{request.url_root}about", "@type": "foaf:Agent", "foaf:name": "Lode"}
    shared: Node = {
        "dct:publisher": publisher,
        "dct:language": [_typed(LANGUAGES[one], "dct:LinguisticSystem") for one in languages()],
    }
    if contact is not None:
        shared["dcat:contactPoint"] = _contact(contact)
    datasets = [{**_dataset(one, version, about, extents), **shared} for one in found]
    return {
        "@context": PREFIXES,
        "@id": root,
        "@type": "dcat:Catalog",
        "dct:title": _texts(labels.SITE_TITLE),
        "dct:description": [{"@language": lang, "@value": labels.site_description(lang)} for lang in languages()],
        **{name: value for name, value in shared.items() if name != "dcat:contactPoint"},
        "foaf:homepage": _typed(request.url_root, "foaf:Document"),
        "dct:modified": _date(day(version)),
        "dcat:version": str(version.number),
        "dcat:dataset": datasets,
        "dcat:service": _service(datasets),
    }


def serialised(graph: Node, syntax: str) -> bytes:
    """Return a graph in a syntax of rdflib, such as ``turtle``."""
    return Graph().parse(data=orjson.dumps(graph), format="json-ld").serialize(format=syntax, encoding="utf-8")


def _dataset(dataset: Dataset, version: Version, about: list[dict[str, Any]], extents: Mapping[str, Extent]) -> Node:
    sources = sources_of(dataset, about)
    node: Node = {
        "@id": f"{request.url_root}data/{dataset.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _texts(dataset.caption),
        "dct:description": _texts(dataset.summary),
        "dct:modified": _date(day(version)),
        "dcat:version": str(version.number),
        "dcat:landingPage": _typed(f"{request.url_root}data/{dataset.name}", "foaf:Document"),
        "dct:accrualPeriodicity": _typed(f"{AUTHORITY}/frequency/IRREG", "dct:Frequency"),
        "dcat:theme": THEME,
        "dct:accessRights": _typed(f"{AUTHORITY}/access-right/PUBLIC", "dct:RightsStatement"),
        "dct:provenance": [{"@type": "dct:ProvenanceStatement", "rdfs:label": one["citation"]} for one in sources],
        "prov:wasDerivedFrom": [
            {"@id": f"{request.url_root}api/sources#{one['name']}", "@type": "prov:Entity", "rdfs:label": one["title_en"]}
            for one in sources
        ],
        "dcat:distribution": [_distribution(dataset, form, sources) for form in FORMATS.values()],
    }
    if dataset.kind == "collection" and dataset.collection.name in extents:
        node |= _extent(extents[dataset.collection.name])
    return node


def _extent(extent: Extent) -> Node:
    node: Node = {}
    if extent.box is not None:
        west, south, east, north = extent.box
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        text = ", ".join(f"{x} {y}" for x, y in ring)
        literal = {"@type": "geo:wktLiteral", "@value": f"POLYGON(({text}))"}
        node["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": literal}
    if extent.days is not None:
        first, last = extent.days
        node["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": _date(first), "dcat:endDate": _date(last)}
    return node


def _distribution(dataset: Dataset, form: Format, sources: Sequence[Mapping[str, Any]]) -> Node:
    address = dataset.address(form.name)
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": form.title,
        "dcat:accessURL": {"@id": address, "@type": "rdfs:Resource"},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": _typed(f"https://www.iana.org/assignments/media-types/{form.media_type}", "dct:MediaType"),
        "dcat:accessService": {"@id": f"{request.url_root}api/"},
        **_licence(sources),
    }


def _licence(sources: Sequence[Mapping[str, Any]]) -> Node:
    """Return the licence of a file; one with rows of several licences names them all, for each row names its sources."""
    urls = {one["licence_url"] for one in sources}
    names = sorted({one["licence_name"] for one in sources})
    if len(urls) == 1 and None not in urls:
        return {"dct:license": {"@id": urls.pop(), "@type": "dct:LicenseDocument", "rdfs:label": names[0]}}
    return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": "; ".join(names)}} if names else {}


def _service(datasets: Sequence[Node]) -> Node:
    root = f"{request.url_root}api/"
    return {
        "@id": root,
        "@type": "dcat:DataService",
        "dct:title": _texts(labels.SITE_TITLE),
        "dcat:endpointURL": {"@id": root, "@type": "rdfs:Resource"},
        "dcat:endpointDescription": {"@id": f"{root}openapi.json", "@type": "rdfs:Resource"},
        "dct:conformsTo": _typed("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core", "dct:Standard"),
        "dcat:servesDataset": [{"@id": one["@id"]} for one in datasets],
    }


def _contact(contact: str) -> Node:
    mail = not contact.startswith("http")
    address = {"@id": f"mailto:{contact}" if mail else contact}
    return {
        "@type": ["vcard:Kind", "vcard:Organization"],
        "vcard:fn": "Lode",
        "vcard:hasEmail" if mail else "vcard:hasURL": address,
    }


def _typed(address: str, kind: str) -> Node:
    return {"@id": address, "@type": kind}


def _date(text: str) -> Node:
    return {"@type": "xsd:date", "@value": text}


def _texts(text: Translatable) -> list[Node]:
    return [{"@language": lang, "@value": text.in_language(lang)} for lang in languages()]
