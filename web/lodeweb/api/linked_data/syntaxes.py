"""The syntaxes of RDF in which a graph is served, and the nodes that graphs share."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import request
from rdflib import Graph

from lodedata.messages import Translatable, list_languages
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON

Node = dict[str, Any]
JSONLD = "application/ld+json"
TURTLE = "text/turtle"
SYNTAXES: Mapping[str, tuple[str | None, str]] = {
    "jsonld": (None, JSONLD),
    "ttl": ("turtle", TURTLE),
    "rdf": ("xml", "application/rdf+xml"),
}
"""The syntax of rdflib and the media type of each form; JSON-LD is written without rdflib."""
PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def choose_syntax() -> str | None:
    """Return the form of RDF that this request prefers to JSON and HTML: by ``f``, else by its Accept header; None for none."""
    form = request.args.get("f")
    if form is not None:
        return form if form in SYNTAXES else None
    accepts = request.accept_mimetypes
    # a client that accepts anything gets GeoJSON
    named = [name for name, (_, media_type) in SYNTAXES.items() if media_type in request.headers.get("Accept", "")]
    best = max(named, key=lambda name: accepts[SYNTAXES[name][1]], default=None)
    others = max(accepts[GEOJSON], accepts[JSON], accepts[HTML])
    return best if best is not None and accepts[SYNTAXES[best][1]] >= max(others, 0.001) else None


def serialize_graph(graph: Node, form: str) -> tuple[bytes, str]:
    """Return a graph in a form of SYNTAXES, and its media type."""
    syntax, media_type = SYNTAXES[form]
    data = orjson.dumps(graph)
    if syntax is None:
        return data, media_type
    return Graph().parse(data=data, format="json-ld").serialize(format=syntax, encoding="utf-8"), media_type


def build_typed_node(address: str, kind: str) -> Node:
    """Return a node with its address and class."""
    return {"@id": address, "@type": kind}


def build_date_literal(text: str) -> Node:
    """Return a day as a literal."""
    return {"@type": "xsd:date", "@value": text}


def build_text_literals(text: Translatable) -> list[Node]:
    """Return a text as a literal in each language."""
    return [{"@language": lang, "@value": text.in_language(lang)} for lang in list_languages()]
