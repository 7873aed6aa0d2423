"""The catalogue in DCAT-AP 3.0, the profile of DCAT 3 that data portals of Europe harvest.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from lodebase.history.dataset_state import Extent, Version
from lodedata.messages import list_languages
from lodedata.write import Format
from lodedata.write.content import build_doi_address
from lodeweb.api.catalogue.dataset import Dataset, DatasetDescription, describe_dataset, find_version_day
from lodeweb.api.linked_data.syntaxes import PREFIXES, Node, build_date_literal, build_text_literals, build_typed_node
from lodeweb.i18n import labels

AUTHORITY = "http://publications.europa.eu/resource/authority"
LANGUAGES = {"en": f"{AUTHORITY}/language/ENG", "zh": f"{AUTHORITY}/language/ZHO"}
FREQUENCIES = {1: "MONTHLY", 3: "QUARTERLY", 6: "ANNUAL_2", 12: "ANNUAL", 24: "BIENNIAL"}
"""Codes of the EU Publications Office by months between updates."""
THEME: Node = {
    "@id": f"{AUTHORITY}/data-theme/ECON",
    "@type": "skos:Concept",
    "skos:prefLabel": {"@language": "en", "@value": "Economy and finance"},
}


def build_dcat_catalogue(
    catalogue_datasets: Sequence[Dataset],
    version: Version,
    sources: list[dict[str, Any]],
    extents: Mapping[str, Extent],
    contact: str | None,
    doi: str | None = None,
) -> Node:
    """Return the catalogue of the data sets as JSON-LD; extents are those of complete collections, the DOI that of them all."""
    root = f"{request.url_root}api/datasets"
    publisher = {"@id": f"{request.url_root}about", "@type": "foaf:Agent", "foaf:name": "Lode"}
    shared: Node = {
        "dct:publisher": publisher,
        "dct:language": [build_typed_node(LANGUAGES[language], "dct:LinguisticSystem") for language in list_languages()],
    }
    if contact is not None:
        shared["dcat:contactPoint"] = _build_contact(contact)
    datasets = [
        {**_build_dataset(describe_dataset(dataset, version, sources, extents)), **shared} for dataset in catalogue_datasets
    ]
    return {
        "@context": PREFIXES,
        "@id": root,
        "@type": "dcat:Catalog",
        "dct:title": build_text_literals(labels.SITE_TITLE),
        "dct:description": [{"@language": lang, "@value": labels.write_site_description(lang)} for lang in list_languages()],
        **{name: value for name, value in shared.items() if name != "dcat:contactPoint"},
        "foaf:homepage": build_typed_node(request.url_root, "foaf:Document"),
        "dct:modified": build_date_literal(find_version_day(version)),
        "dcat:version": str(version.number),
        "dcat:dataset": datasets,
        "dcat:service": _build_service(datasets),
        **({} if doi is None else _build_identifier(doi)),
    }


def _build_identifier(doi: str) -> Node:
    """Return a DOI as an identifier with its type and scheme (DCAT-AP 3.0, adms:identifier)."""
    datatype = "http://www.w3.org/2001/XMLSchema#anyURI"
    notation = {"@type": datatype, "@value": build_doi_address(doi)}
    return {
        "dct:identifier": build_doi_address(doi),
        "adms:identifier": {"@type": "adms:Identifier", "skos:notation": notation, "adms:schemaAgency": "DOI"},
    }


def _build_dataset(description: DatasetDescription) -> Node:
    dataset, sources = description.dataset, description.sources
    node: Node = {
        "@id": description.page,
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": build_text_literals(dataset.caption),
        "dct:description": build_text_literals(dataset.summary),
        "dcat:keyword": build_text_literals(dataset.collection.title),
        "dct:modified": build_date_literal(description.day),
        "dcat:version": description.version,
        "dcat:landingPage": build_typed_node(description.page, "foaf:Document"),
        "dct:accrualPeriodicity": build_typed_node(
            f"{AUTHORITY}/frequency/{_find_frequency(dataset, sources)}", "dct:Frequency"
        ),
        "dcat:theme": THEME,
        "dct:accessRights": build_typed_node(f"{AUTHORITY}/access-right/PUBLIC", "dct:RightsStatement"),
        "dct:provenance": [{"@type": "dct:ProvenanceStatement", "rdfs:label": source["citation"]} for source in sources],
        "prov:wasDerivedFrom": [
            {"@id": f"{request.url_root}api/sources#{source['name']}", "@type": "prov:Entity", "rdfs:label": source["title_en"]}
            for source in sources
        ],
        "dcat:distribution": [_build_distribution(description, form) for form in dataset.forms],
    }
    return node if description.extent is None else node | _build_extent(description.extent)


def _find_frequency(dataset: Dataset, sources: Sequence[Mapping[str, Any]]) -> str:
    """Return the code of how often the rows of a source change; irregularly for those of several, or without a schedule."""
    check = sources[0]["check"] if dataset.source and sources else None
    return "IRREG" if check is None else FREQUENCIES.get(check.update_months, "IRREG")


def _build_extent(extent: Extent) -> Node:
    node: Node = {}
    if extent.box is not None:
        west, south, east, north = extent.box
        ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
        text = ", ".join(f"{x} {y}" for x, y in ring)
        literal = {"@type": "geo:wktLiteral", "@value": f"POLYGON(({text}))"}
        node["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": literal}
    if extent.days is not None:
        first, last = extent.days
        node["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": build_date_literal(first),
            "dcat:endDate": build_date_literal(last),
        }
    return node


def _build_distribution(description: DatasetDescription, form: Format) -> Node:
    address = description.dataset.address(form.name)
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": form.title,
        "dcat:accessURL": {"@id": address, "@type": "rdfs:Resource"},
        "dcat:downloadURL": {"@id": address},
        # CKAN shows the label of a dct:IMT, the class that DCAT-AP named before version 2
        "dct:format": {"@type": ["dct:IMT", "dct:MediaTypeOrExtent"], "rdfs:label": form.title},
        "dcat:mediaType": build_typed_node(f"https://www.iana.org/assignments/media-types/{form.media_type}", "dct:MediaType"),
        "dcat:accessService": {"@id": f"{request.url_root}api/"},
        **_build_licence(description),
    }


def _build_licence(description: DatasetDescription) -> Node:
    """Return the licence of a file; one with rows of several licences names them all, for each row names its sources."""
    urls = {source["licence_url"] for source in description.sources}
    names = description.licence_names
    if len(urls) == 1 and None not in urls:
        return {"dct:license": {"@id": urls.pop(), "@type": "dct:LicenseDocument", "rdfs:label": names[0]}}
    return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": "; ".join(names)}} if names else {}


def _build_service(datasets: Sequence[Node]) -> Node:
    root = f"{request.url_root}api/"
    return {
        "@id": root,
        "@type": "dcat:DataService",
        "dct:title": build_text_literals(labels.SITE_TITLE),
        "dcat:endpointURL": {"@id": root, "@type": "rdfs:Resource"},
        "dcat:endpointDescription": {"@id": f"{root}openapi.json", "@type": "rdfs:Resource"},
        "dct:conformsTo": build_typed_node("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core", "dct:Standard"),
        "dcat:servesDataset": [{"@id": dataset["@id"]} for dataset in datasets],
    }


def _build_contact(contact: str) -> Node:
    mail = not contact.startswith("http")
    address = {"@id": f"mailto:{contact}" if mail else contact}
    return {
        "@type": ["vcard:Kind", "vcard:Organization"],
        "vcard:fn": "Lode",
        "vcard:hasEmail" if mail else "vcard:hasURL": address,
    }
