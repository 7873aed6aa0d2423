"""A record as a graph: its values by the addresses of their properties, codes as concepts, and the source of each value.

Terms with a URI of CGI are referred to by it. The predicate of a property is its place in the collection's JSON Schema.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import orjson
from flask import request
from shapely.geometry import shape

from lodebase.history.record_changes import read_record_changes
from lodebase.query.collections_ import Collection
from lodebase.query.reading import open_reading
from lodebase.records import provenance
from lodebase.records.nested_record import LISTED_AS
from lodedata.kinds import Field
from lodedata.messages import Label, list_languages
from lodedata.vocab import Term, load_vocabulary
from lodeweb.api.linked_data.syntaxes import PREFIXES, Node, build_date_literal, build_text_literals, build_typed_node
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import build_collection_path, is_web_address, record_address

DATES = {r"\d{4}": "xsd:gYear", r"\d{4}-\d\d": "xsd:gYearMonth", r"\d{4}-\d\d-\d\d": "xsd:date"}
"""The datatypes of a date by the pattern of its text."""
RELATIONS = {"part_of": "dct:isPartOf", "contains": "dct:hasPart"}
"""The predicates of relations between records that have one of their own; the others are dct:relation."""
PLACED = "geo:hasGeometry"


class RecordGraph:
    """The graph of one record, which collects the concepts and statements that its values refer to."""

    def __init__(self, collection: Collection, feature: Mapping[str, Any]) -> None:
        self.collection = collection
        self.feature = feature
        self.address = f"{_find_root()}{record_address(feature['id'])}"
        self.thing = f"{self.address}#object"
        self.concepts: dict[str, Node] = {}

    def nodes(self, sources: Sequence[Mapping[str, Any]], modified: str | None) -> Iterator[Node]:
        """Yield the document, its object, the statements about the source of values, concepts and sources."""
        yield self._build_document(sources, modified)
        yield self._build_object()
        yield from self._list_statements()
        yield from self.concepts.values()
        yield from map(_build_source, sources)

    def _build_document(self, sources: Sequence[Mapping[str, Any]], modified: str | None) -> Node:
        rows = self.feature["properties"].get("source_records") or []
        licences = [source["licence_url"] for source in sources if is_web_address(source["licence_url"])]
        return {
            "@id": self.address,
            "@type": ["foaf:Document", "prov:Entity"],
            "dct:identifier": self.feature["id"],
            "foaf:primaryTopic": {"@id": self.thing},
            "dct:isPartOf": {"@id": f"{request.url_root}data/{self.collection.name}"},
            "dct:source": [{"@id": _build_source_address(source["name"])} for source in sources],
            "prov:wasDerivedFrom": [{"@id": _build_row_address(row["source"], row["key"])} for row in rows],
            **({"dct:license": [{"@id": licence} for licence in dict.fromkeys(licences)]} if licences else {}),
            **({} if modified is None else {"dct:modified": build_date_literal(modified)}),
        }

    def _build_object(self) -> Node:
        properties, kind = self.feature["properties"], self.collection.kind
        names = [
            {"@language": lang, "@value": properties[name]}
            for lang, name in zip(list_languages(), kind.name_fields, strict=False)
            if properties.get(name)
        ]
        node: Node = {
            "@id": self.thing,
            "@type": ["geo:Feature", self._find_class()],
            "dct:identifier": self.feature["id"],
            **({"rdfs:label": names} if names else {}),
            **self._build_values(self.collection.fields, properties),
        }
        if others := [alias for name in kind.alias_fields for alias in properties.get(name) or ()]:
            node["skos:altLabel"] = others
        if self.feature["geometry"] is not None:
            node[PLACED] = self._build_geometry()
        for child in kind.children:
            if child.of is None and (rows := properties.get(LISTED_AS.get(child.name, child.relation))):
                node[_find_predicate(child.relation)] = [self._build_row(child.name, child.fields, row) for row in rows]
        for link in properties.get("linked") or ():
            other = f"{_find_root()}{record_address(link['id'])}#object"
            node.setdefault(RELATIONS.get(link["relation"], "dct:relation"), []).append({"@id": other})
        return node

    def _find_class(self) -> str:
        address = f"{_find_root()}{build_collection_path(self.collection)}"
        kind = self.collection.kind
        self.concepts[address] = build_typed_node(address, "rdfs:Class") | {
            "rdfs:label": build_text_literals(Label(kind.singular_en, kind.singular_zh))
        }
        return address

    def _build_geometry(self) -> Node:
        wkt = shape(self.feature["geometry"]).wkt
        node: Node = {
            "@id": f"{self.address}#geometry",
            "@type": "geo:Geometry",
            "geo:asWKT": {"@type": "geo:wktLiteral", "@value": wkt},
        }
        accuracy = self.feature["properties"].get("position_accuracy_m")
        return node if accuracy is None else node | {"geo:hasMetricSpatialAccuracy": accuracy}

    def _build_row(self, table: str, fields: Sequence[Field], row: Mapping[str, Any]) -> Node:
        """Return a row of a child table, with the rows that belong to it."""
        node = self._build_values(fields, row)
        for child in self.collection.kind.children:
            if child.of == table and (rows := row.get(child.relation)):
                node[_find_predicate(child.relation)] = [self._build_row(child.name, child.fields, row) for row in rows]
        return node

    def _build_values(self, fields: Iterable[Field], values: Mapping[str, Any]) -> Node:
        return {
            _find_predicate(field.name): objects[0] if len(objects) == 1 else objects
            for field in fields
            if field.name != "sources" and (objects := self._list_objects(field, values.get(field.name)))
        }

    def _list_objects(self, field: Field, value: Any) -> list[Any]:
        """Return the values of a field as literals or concepts, none if it has no value."""
        listed = value if isinstance(value, list) else [value]
        return [self._build_literal(field, entry) for entry in listed if entry is not None]

    def _build_literal(self, field: Field, value: Any) -> Any:
        if field.vocabulary is not None and (term := load_vocabulary(field.vocabulary).terms.get(value)) is not None:
            return self._build_concept(field.vocabulary, term)
        if field.type == "date" or field.partial_date:
            return next(({"@type": kind, "@value": value} for form, kind in DATES.items() if re.fullmatch(form, value)), value)
        lang = field.name[-2:] if field.name[-3:] in ("_en", "_zh") else None
        return value if lang is None else {"@language": lang, "@value": value}

    def _build_concept(self, name: str, term: Term) -> Node:
        scheme = f"{request.url_root}api/vocabularies/{name}"
        address = term.uri or f"{scheme}#{quote(term.code, safe='')}"
        self.concepts[address] = {
            "@id": address,
            "@type": "skos:Concept",
            "skos:prefLabel": build_text_literals(Label(term.label_en, term.label_zh)),
            "skos:notation": term.code,
            "skos:inScheme": {"@id": scheme},
        }
        return {"@id": address}

    def _list_statements(self) -> Iterator[Node]:
        """Yield the source row and the reason of each value of a record that several sources report."""
        for name, picked_value in (self.feature["properties"].get("values") or {}).items():
            field = self.collection.field(name)
            objects = [{"@id": f"{self.address}#geometry"}] if name == "geom" else []
            if field is not None:
                objects = self._list_objects(field, picked_value["value"])
            rows = [picked_value] if "source" in picked_value else picked_value.get("values", [])
            if objects and rows:
                yield {
                    "@id": f"{self.address}#value-{name}",
                    "@type": ["rdf:Statement", "prov:Entity"],
                    "rdf:subject": {"@id": self.thing},
                    "rdf:predicate": {"@id": PLACED if name == "geom" else _find_predicate(name)},
                    "rdf:object": objects,
                    "prov:wasDerivedFrom": [{"@id": _build_row_address(row["source"], row["key"])} for row in rows],
                    "rdfs:comment": build_text_literals(Label(picked_value["reason_en"], picked_value["reason_zh"])),
                }


def build_record_graph(collection: Collection, body: bytes) -> Node:
    """Return the graph of a record as JSON-LD, from its feature with all rows that belong to it."""
    record_graph = RecordGraph(collection, orjson.loads(body))
    properties = record_graph.feature["properties"]
    with open_reading(get_site().engine) as connection:
        sources = [
            source
            for source in provenance.read_imported_sources(connection)
            if source["name"] in (properties.get("sources") or ())
        ]
        changed = read_record_changes(connection, collection.name, record_graph.feature["id"])
    modified = changed[0].committed_at.date().isoformat() if changed else None
    prefixes = {**PREFIXES, "p": f"{_find_root()}{build_collection_path(collection)}/schema#/properties/"}
    return {"@context": prefixes, "@graph": list(record_graph.nodes(sources, modified))}


def _build_source(source: Mapping[str, Any]) -> Node:
    """Return a source with its title, publisher, licence and citation."""
    node: Node = {
        "@id": _build_source_address(source["name"]),
        "@type": "prov:Entity",
        "dct:title": build_text_literals(Label(source["title_en"], source["title_zh"])),
        "dct:publisher": source["publisher"],
        "dct:rights": source["licence_name"],
        "dct:bibliographicCitation": source["citation"],
    }
    return node | ({"foaf:page": {"@id": source["homepage"]}} if is_web_address(source["homepage"]) else {})


def _find_predicate(name: str) -> str:
    return f"p:{name}"


def _build_source_address(name: str) -> str:
    return f"{request.url_root}api/sources#{quote(name, safe='')}"


def _build_row_address(source: str, key: str) -> str:
    return f"{request.url_root}api/sources/{quote(source, safe='')}/records/{quote(key, safe='')}"


def _find_root() -> str:
    return request.url_root.rstrip("/")
