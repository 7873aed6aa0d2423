"""The catalogue follows DCAT-AP 3: by its published SHACL shapes where they are available, and by what each node must have."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal

SHAPES = ("shapes", "range", "deprecateduris")


@pytest.fixture(scope="module")
def catalogue(app: Flask) -> Graph:
    response = app.test_client().get("/api/datasets?f=ttl")
    assert response.status_code == 200 and response.content_type == "text/turtle"
    return Graph().parse(data=response.get_data(), format="turtle")


@pytest.mark.parametrize(("form", "syntax"), [("jsonld", "json-ld"), ("rdf", "xml"), ("json", "json-ld")])
def test_all_forms_say_the_same(client: FlaskClient, catalogue: Graph, form: str, syntax: str) -> None:
    other = Graph().parse(data=client.get(f"/api/datasets?f={form}").get_data(), format=syntax)
    assert len(other) == len(catalogue)
    datasets = set(catalogue.subjects(RDF.type, DCAT.Dataset))
    assert set(other.subjects(RDF.type, DCAT.Dataset)) == datasets and len(datasets) > 20


def test_what_the_profile_demands_is_there(catalogue: Graph) -> None:
    for dataset in catalogue.subjects(RDF.type, DCAT.Dataset):
        assert {text.language for text in catalogue.objects(dataset, DCTERMS.title) if isinstance(text, Literal)} == {
            "en",
            "zh",
        }
        assert catalogue.value(dataset, DCTERMS.description) and catalogue.value(dataset, DCTERMS.publisher)
    for distribution in catalogue.subjects(RDF.type, DCAT.Distribution):
        assert catalogue.value(distribution, DCAT.accessURL) is not None
        assert catalogue.value(distribution, DCTERMS.license) or catalogue.value(distribution, DCTERMS.rights)
    (service,) = catalogue.subjects(RDF.type, DCAT.DataService)
    assert catalogue.value(service, DCAT.endpointURL) is not None


def test_it_has_no_violation_of_the_published_shapes(catalogue: Graph, real_data: Path) -> None:
    shapes = Graph()
    for name in SHAPES:
        shapes.parse(real_data / "standards" / "dcat-ap-3.0.1-shacl" / f"{name}.ttl")
    conforms, _, report = validate(catalogue, shacl_graph=shapes, advanced=True)
    assert conforms, report[:2000]
    broken = Graph() + catalogue
    broken.remove((None, DCAT.accessURL, None))
    assert not validate(broken, shacl_graph=shapes, advanced=True)[0], "the shapes find what is missing"
