"""A record that several sources report, on the wire and on its page: values with sources, links, and old ids."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import DCTERMS, PROV, RDF, RDFS, Graph, Literal, URIRef

from lodebase.db.store import Store
from lodebase.ingest.rows import record_id
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

MAPPING: dict[str, Any] = {
    "title_en": "A table",
    "title_zh": "表",
    "publisher": "The tests",
    "licence": {"id": "internal", "name": "Internal"},
    "citation": "The tests, made up",
    "version": "1",
    "as_of": "2024",
    "tables": [
        {
            "key": "{id}",
            "kind": "kind",
            "name_en": "name",
            "position": {"lon": "lon", "lat": {"const": "-24.2651"}, "accuracy_m": 100},
            "country": {"const": "Chile"},
            "commodities": [{"const": "copper"}],
            "phases": [{"product": {"const": "refined copper"}, "capacity": {"column": "capacity_kt", "unit": "kt/a"}}],
        }
    ],
}


def load(store: Store, folder: Path, name: str, *rows: str) -> None:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(("id,kind,name,lon,capacity_kt", *rows)), encoding="utf-8")
    source = Source.model_validate({"name": name, **MAPPING})
    run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


SERVED, OTHER, PARTED, DEPOSIT = (record_id(*of) for of in (("first", "1"), ("second", "x"), ("third", "z"), ("second", "d")))


@pytest.fixture(scope="module")
def joined(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A site over a smelter that two tables report, the deposit next to it, and a record that was one with it once."""
    folder = tmp_path_factory.mktemp("joined")
    with own_store("joined") as store:
        load(store, folder, "first", "1,project,Quebrada Honda,10.1234,100")
        load(store, folder, "second", "x,project,Quebrada Honda,10.1235,150", "d,deposit,Quebrada Honda,10.1236,")
        load(store, folder, "third", "z,project,Quebrada Honda,10.1237,150")
        load(store, folder, "third", "z,project,Mount Ferris,-70.5,150")
        with app_of(store) as app:
            yield app.test_client()


def full(client: FlaskClient, collection: str, identity: str) -> dict[str, Any]:
    response = client.get(f"/api/collections/{collection}/items/{identity}?profile=full")
    properties: dict[str, Any] = response.get_json(force=True)["properties"]
    return properties


def test_each_value_reports_its_source_and_why_and_what_the_others_say(joined: FlaskClient) -> None:
    reported = full(joined, "projects", SERVED)
    assert [
        (reported_record["id"], reported_record["source"], reported_record["key"])
        for reported_record in reported["testimonies"]
    ] == sorted([(SERVED, "first", "1"), (OTHER, "second", "x")])
    phase = reported["values"]["phase"]
    assert (phase["source"], phase["reason"], phase["reason_en"]) == ("first", "key", "its key comes first in its source")
    assert [(other["source"], other["value"][0]["capacity_tpa"]) for other in phase["others"]] == [("second", 150_000)]
    assert reported["values"]["country"]["reason"] == "alike"
    assert reported["flags"] == ["sources-differ-capacity"]
    assert reported["bonds"][0]["probability"] > 0.9 and reported["bonds"][0]["reasons"]


def test_its_graph_holds_the_row_and_the_reason_of_each_value(joined: FlaskClient) -> None:
    address = f"http://localhost/records/{SERVED}"
    graph = Graph().parse(data=joined.get(f"/api/collections/projects/items/{SERVED}?f=ttl").get_data(), format="turtle")
    rows = {URIRef("http://localhost/api/sources/first/records/1"), URIRef("http://localhost/api/sources/second/records/x")}
    assert set(graph.objects(URIRef(address), PROV.wasDerivedFrom)) == rows
    country = URIRef(f"{address}#value-country")
    assert graph.value(country, RDF.subject) == URIRef(f"{address}#object")
    assert set(graph.objects(country, PROV.wasDerivedFrom)) < rows
    assert {text.language for text in graph.objects(country, RDFS.comment) if isinstance(text, Literal)} == {"en", "zh"}
    (phase,) = graph.objects(predicate=URIRef("http://localhost/api/collections/projects/schema#/properties/phases"))
    assert (phase, None, Literal(100_000)) in graph
    assert (None, DCTERMS.relation, URIRef(f"http://localhost/records/{DEPOSIT}#object")) in graph


def test_what_sources_differ_in_can_be_searched(joined: FlaskClient) -> None:
    found = joined.get("/api/collections/projects/items?flag=sources-differ-capacity").get_json(force=True)
    assert [feature["id"] for feature in found["features"]] == [SERVED]


def test_an_id_that_is_one_with_another_responds_with_where_it_is_served(joined: FlaskClient) -> None:
    response = joined.get(f"/records/{OTHER}?lang=zh")
    assert response.status_code == 301
    assert response.headers["Location"].endswith(f"/records/{SERVED}?lang=zh")
    assert response.headers["Cache-Control"] == "no-cache"
    assert json.loads(response.data)["record_id"] == SERVED
    assert joined.get(f"/api/collections/deposits/items/{OTHER}").status_code == 404


def test_both_say_that_they_were_one(joined: FlaskClient) -> None:
    for identity, others in ((SERVED, {PARTED}), (PARTED, {SERVED, OTHER})):
        formerly = full(joined, "projects", identity)["formerly"]
        assert {one["id"] for one in formerly} == others
        assert {(one["since_version"], one["until_version"]) for one in formerly} == {(3, 4)}
        assert "version 4" in joined.get(f"/records/{identity}?lang=en").get_data(as_text=True)


def test_a_row_of_a_source_reports_its_record_and_what_that_is_linked_to(joined: FlaskClient) -> None:
    row = joined.get("/api/sources/second/records/x").get_json()
    assert row["record_id"] == SERVED
    assert [(one["id"], one["relation"]) for one in row["linked"]] == [(DEPOSIT, "works")]
    assert row["linked"][0]["reasons"] and row["bonds"]
    row = joined.get("/api/sources/second/records/d").get_json()
    assert [(one["id"], one["relation"]) for one in row["linked"]] == [(SERVED, "worked_by")]


@pytest.mark.parametrize(
    ("lang", "terms"), [("en", ("Source comparison", "Without contradiction")), ("zh", ("各来源对照", "没有矛盾"))]
)
def test_the_page_shows_it(joined: FlaskClient, lang: str, terms: tuple[str, ...]) -> None:
    page = joined.get(f"/records/{SERVED}?lang={lang}").get_data(as_text=True)
    assert all(word in page for word in terms)
    assert f'href="/records/{DEPOSIT}"' in page
    assert 'href="/api/sources/second/records/x?f=html"' in page


def test_changes_report_into_which_record_another_was_merged(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
) -> None:
    """Two records that stood apart become one when the source of the second moves it."""
    with own_store("merged") as store:
        load(store, tmp_path, "first", "1,project,Quebrada Honda,10.1234,100")
        load(store, tmp_path, "third", "z,project,Mount Ferris,-70.5,150")
        load(store, tmp_path, "third", "z,project,Quebrada Honda,10.1237,150")
        with app_of(store) as app:
            client = app.test_client()
            lines = client.get("/api/changes?since=2").get_data(as_text=True).splitlines()
            reported = {one["id"]: one for one in map(json.loads, lines)}
            assert {identity: one["change"] for identity, one in reported.items()} == {PARTED: "merged", SERVED: "changed"}
            assert reported[PARTED]["into"] == SERVED and "into" not in reported[SERVED]
            assert (reported[PARTED]["matched"], reported[PARTED]["matches"]) == (True, False)
            assert reported[PARTED]["fields"]["name_en"] == {"old": "Mount Ferris"}
            assert {part["change"] for part in reported[PARTED]["parts"]} == {"withdrawn"}
            page = client.get("/api/changes?f=html&since=2&lang=zh").get_data(as_text=True)
            assert f'<a href="/records/{SERVED}">已并入另一条记录</a>' in page
            feed = client.get("/api/changes?f=atom").get_data(as_text=True)
            assert 'term="merged"' in feed and f"/records/{SERVED}" in feed
            with client.get("/api/collections/projects/download/csv?since=2") as response:
                archive = zipfile.ZipFile(io.BytesIO(response.get_data()))
            rows = list(csv.DictReader(io.StringIO(archive.read("changes.csv").decode("utf-8-sig"))))
            assert {row["id"]: (row["change"], row["merged_into"]) for row in rows} == {
                PARTED: ("merged", SERVED),
                SERVED: ("changed", ""),
            }
