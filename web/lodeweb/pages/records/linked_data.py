"""A record in the vocabulary of schema.org, for search engines: the place, and the data set that describes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from lodebase.history.record_changes import Change
from lodebase.query.collections_ import Collection
from lodeweb.http.representation import links
from lodeweb.http.representation.links import is_web_address, quote_query_text
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, localize_field


def build_page_graph(
    collection: Collection, feature: Mapping[str, Any], sources: Sequence[Mapping[str, Any]], changed: Sequence[Change]
) -> dict[str, Any]:
    """Return the record's graph; unknown values are omitted."""
    address = f"{request.url_root.rstrip('/')}{links.record_address(feature['id'])}"
    item = f"{request.url_root.rstrip('/')}{links.build_collection_path(collection)}/items/{quote_query_text(feature['id'])}"
    place = _place(collection, feature, address)
    dataset = {
        "@type": "Dataset",
        "@id": f"{address}#data",
        "url": address,
        "identifier": feature["id"],
        "name": place["name"],
        "description": _describe_property(collection, feature["properties"], place["name"]),
        "inLanguage": ["en", "zh-CN"],
        "isAccessibleForFree": True,
        "spatialCoverage": {"@id": place["@id"]},
        "license": [_find_licence(source) for source in sources],
        "creator": [{"@type": "Organization", "name": source["publisher"]} for source in sources],
        "isBasedOn": [_build_source(source) for source in sources],
        "distribution": {"@type": "DataDownload", "encodingFormat": GEOJSON, "contentUrl": f"{item}?f=json&profile=full"},
    }
    if changed:
        dataset["dateModified"] = changed[0].committed_at.date().isoformat()
    return {"@context": "https://schema.org", "@graph": [dataset, place]}


def _place(collection: Collection, feature: Mapping[str, Any], address: str) -> dict[str, Any]:
    properties = feature["properties"]
    name = labels.record_name(properties, feature["id"])
    others = [properties.get(name) for name in labels.NAMES] + list(properties.get("aliases") or ())
    place: dict[str, Any] = {"@type": "Place", "@id": f"{address}#place", "name": name}
    if also := [other for other in dict.fromkeys(others) if other and other != name]:
        place["alternateName"] = also
    geometry = feature["geometry"]
    if geometry is not None and geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        place["geo"] = {"@type": "GeoCoordinates", "longitude": lon, "latitude": lat}
    if country := properties.get("country"):
        place["address"] = {"@type": "PostalAddress", "addressCountry": _format_text(collection, "country", country)}
    place["additionalProperty"] = [
        {"@type": "PropertyValue", "propertyID": fact, "name": title, "value": text}
        for fact, title, text in _list_stated(collection, properties)
    ]
    return place


def _list_stated(collection: Collection, properties: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    chosen = ("main_commodity", "commodities", "deposit_model", "size_class", "exploration_stage", "status", "facility_types")
    return [
        (field.name, labels.title_field(field, get_language()), _format_text(collection, field.name, properties[field.name]))
        for field in collection.fields
        if field.name in chosen and properties.get(field.name)
    ]


def _format_text(collection: Collection, name: str, value: Any) -> str:
    field = collection.field(name)
    return str(value) if field is None else labels.format_value_text(field, value, get_language())


def _describe_property(collection: Collection, properties: Mapping[str, Any], name: str) -> str:
    note = properties.get("note_zh") if get_language() == "zh" else properties.get("note_en")
    parts = [
        name,
        labels.find_collection_title(collection),
        *(f"{title}: {text}" for _, title, text in _list_stated(collection, properties)),
    ]
    return "; ".join(part for part in (*parts, note) if part)


def _find_licence(source: Mapping[str, Any]) -> str:
    return str(source["licence_url"] if is_web_address(source["licence_url"]) else source["licence_name"])


def _build_source(source: Mapping[str, Any]) -> dict[str, Any]:
    work = {
        "@type": "CreativeWork",
        "name": localize_field(source, "title"),
        "citation": source["citation"],
    }
    return work | ({"url": source["homepage"]} if is_web_address(source["homepage"]) else {})
