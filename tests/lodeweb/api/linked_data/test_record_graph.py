"""A record as linked data under its permanent address: every syntax, its geometry, names, concepts and sources."""

import pytest
from flask.testing import FlaskClient
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from shapely import from_wkt

from lodeweb.api.linked_data.syntaxes import SYNTAXES

GEO = Namespace("http://www.opengis.net/ont/geosparql#")
COPPER = URIRef("http://resource.geosciml.org/classifier/cgi/commodity-code/copper")


@pytest.fixture
def named(client: FlaskClient) -> str:
    """The path of the deposit that has a Chinese name."""
    found = client.get("/api/collections/deposits/items?country=CHN").get_json(force=True)
    return f"/api/collections/deposits/items/{found['features'][0]['id']}"


def test_a_record_is_a_feature_with_names_concepts_geometry_and_source(client: FlaskClient, named: str) -> None:
    response = client.get(f"{named}?f=ttl")
    assert response.content_type == "text/turtle"
    graph = Graph().parse(data=response.get_data(), format="turtle")
    document = URIRef(f"http://localhost/records/{named.rpartition('/')[2]}")
    thing = graph.value(document, FOAF.primaryTopic)
    assert (thing, RDF.type, GEO.Feature) in graph
    assert graph.value(thing, RDFS.label) == Literal("德兴铜矿", lang="zh")
    place = from_wkt(str(graph.value(graph.value(thing, GEO.hasGeometry), GEO.asWKT)))
    assert (place.x, place.y) == (117.7312, 29.0123)
    property_of = Namespace("http://localhost/api/collections/deposits/schema#/properties/")
    assert graph.value(thing, property_of.main_commodity) == COPPER
    assert set(graph.objects(COPPER, SKOS.prefLabel)) == {Literal("Copper", lang="en"), Literal("铜", lang="zh")}
    source = graph.value(document, DCTERMS.source)
    assert str(graph.value(source, DCTERMS.bibliographicCitation)) == "The tests, made up"


@pytest.mark.parametrize("form", list(SYNTAXES))
def test_every_syntax_says_the_same_by_format_or_accept(client: FlaskClient, named: str, form: str) -> None:
    syntax, media_type = SYNTAXES[form]
    turtle = Graph().parse(data=client.get(f"{named}?f=ttl").get_data(), format="turtle")
    response = client.get(named, headers={"Accept": f"{media_type}, application/json;q=0.5, */*;q=0.1"})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert response.get_data() == client.get(f"{named}?f={form}").get_data()
    assert len(Graph().parse(data=response.get_data(), format=syntax or "json-ld")) == len(turtle) > 20


def test_other_clients_get_what_they_got(client: FlaskClient, named: str) -> None:
    for accept in ("*/*", "application/json, text/turtle;q=0.5", "text/turtle;q=0"):
        assert client.get(named, headers={"Accept": accept}).mimetype == "application/geo+json"
    permanent = client.get(f"/records/{named.rpartition('/')[2]}", headers={"Accept": "text/turtle"})
    assert (permanent.status_code, permanent.headers["Location"]) == (303, named)
    assert client.get(f"{named}?f=n3").status_code == 400
    page = client.get(f"{named}?f=html")
    for response in (page, client.get(named)):
        assert f'<http://localhost{named}?f=ttl>; rel="alternate"; type="text/turtle"' in ", ".join(
            response.headers.getlist("Link")
        )
    assert f'type="text/turtle" href="{named}?f=ttl"' in client.get(page.headers["Location"]).get_data(as_text=True)


def test_every_record_of_every_collection_is_a_graph(client: FlaskClient) -> None:
    for name in ("deposits", "projects", "discoveries", "zones"):
        for feature in client.get(f"/api/collections/{name}/items?limit=100").get_json(force=True)["features"]:
            response = client.get(f"/api/collections/{name}/items/{feature['id']}?f=rdf")
            assert len(Graph().parse(data=response.get_data(), format="xml")) > 10
