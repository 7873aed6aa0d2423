"""What the API promises of every resource: links to the next page end, files hold the rows that match, names are endpoints."""

import ast
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pyogrio
import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from tests.every_kind import ROWS, load_every_kind
from tests.lodeweb.conftest import closed, settings_of
from tests.quick import mostly_slow
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

import lodeweb
from lodebase.db.store import Store
from lodebase.download.job import write_file
from lodebase.download.request import build_file_task
from lodebase.download.task import Assignment
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodedata.write.formats import FORMATS, list_formats_for
from lodeweb.api.catalogue.downloads import parse_download_request
from lodeweb.app import create_app
from lodeweb.http.read_replica import READS

MAX_PAGES = 200
LANGUAGES = (None, "en", "zh")
QUICK_FORMATS = ("csv", "xlsx", "geojson")
"""Formats whose files are tried without GDAL."""
NOT_LISTS = ("/api/download/contents", "/api/statistics/package", "/api/openapi.json")
NEXT = re.compile(r'<a (?:[^>]*href="(?P<before>[^"]+)"[^>]*rel="next"|rel="next" href="(?P<after>[^"]+)")')


@pytest.fixture(scope="module")
def site(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Flask]:
    with own_store("promises") as store:
        load_every_kind(store)
        app = create_app(settings_of(store.addresses))
        yield app
        closed(app)


def next_address(response: Response) -> str | None:
    """Return the path of the next page that a response links to: in its header, its document or its page."""
    match = re.search(r'<([^>]+)>; rel="next"', response.headers.get("Link", ""))
    if match is None and response.mimetype == "text/html":
        match = re.search(
            r'<a [^>]*?href="([^"]+)"[^>]*rel="next"|<a rel="next" href="([^"]+)"', response.get_data(as_text=True)
        )
        return None if match is None else (match[1] or match[2]).replace("&amp;", "&")
    if match is not None:
        return match[1]
    if response.is_json or "json" in str(response.mimetype):
        try:
            document = json.loads(response.get_data())
        except ValueError:
            return None
        links = document.get("links", ()) if isinstance(document, dict) else ()
        return next((link["href"] for link in links if link["rel"] == "next"), None)
    return None


def follow_pages(client: FlaskClient, address: str) -> list[TestResponse]:
    """Return every page from an address to the last one. A page that fails, or comes again, fails the test."""
    pages: list[TestResponse] = []
    seen: set[str] = set()
    following: str | None = address
    while following is not None:
        assert following not in seen and len(pages) < MAX_PAGES, f"{address} does not end: {following}"
        seen.add(following)
        response = client.get(following)
        assert response.status_code == 200, (following, response.get_data(as_text=True)[:300])
        pages.append(response)
        linked = next_address(response)
        path = following.partition("?")[0]
        following = None if linked is None else linked.removeprefix("http://localhost")
        if following is not None and following.startswith("?"):
            following = path + following
    return pages


@pytest.mark.parametrize("name", COLLECTIONS)
def test_next_links_of_items_lead_through_all_rows_that_match(name: str, site: Flask) -> None:
    filters = [""]
    collection = COLLECTIONS[name]
    if collection.kind.validity is not None:
        filters += ["&expires_before=2026-01-01", "&on=2025-01-01"]
    if collection.geometry is not None:
        filters.append("&bbox=-180,-90,180,90")
    for query in filters:
        pages = [page.get_json(force=True) for page in follow_pages(site.test_client(), f"{items(name)}?limit=1{query}")]
        found = [feature["id"] for page in pages for feature in page["features"]]
        assert {page["numberMatched"] for page in pages} == {len(found)} and len(set(found)) == len(found), query
        assert len(found) >= (2 if "expires_before" in query or "on=" in query else ROWS), query


def items(name: str) -> str:
    return f"/api/collections/{name}/items"


def test_rows_that_expire_before_a_day_are_counted_as_they_are_listed(site: Flask) -> None:
    found = site.test_client().get(f"{items('list-entries')}?expires_before=2026-01-01&limit=1").get_json(force=True)
    assert (found["numberMatched"], found["numberReturned"]) == (2, 1)


@pytest.mark.parametrize("form", ["ndjson", "html"])
def test_next_links_of_changes_lead_through_the_records_of_all_collections(form: str, site: Flask) -> None:
    pages = follow_pages(site.test_client(), f"/api/changes?since=0&limit=1&f={form}")
    if form == "ndjson":
        changes = [json.loads(line) for page in pages for line in page.get_data().splitlines()]
        assert {change["collection"] for change in changes} == set(COLLECTIONS)
        # the last page may have none
        assert len(changes) in (len(pages), len(pages) - 1) and len(changes) >= ROWS * len(COLLECTIONS)


def test_every_list_of_the_api_and_of_the_pages_ends_with_its_last_page(site: Flask) -> None:
    rules = [rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())]
    addresses = [f"{rule.rule}?limit=1" for rule in rules if rule.rule.startswith("/api/") and not rule.arguments]
    addresses = [address for address in addresses if not address.startswith(NOT_LISTS)]
    addresses += [f"{items(name)}?limit=1&f=html" for name in COLLECTIONS]
    paged = set()
    for address in addresses:
        # several need a parameter, and a limit is not one of each
        with site.test_client().get(address) as first:
            linked = first.status_code == 200 and next_address(first) is not None
        if linked and len(follow_pages(site.test_client(), address)) > 1:
            paged.add(address.partition("?")[0])
    lists = {"/api/changes", "/api/collections/datasets/items", "/api/mining-rights/mineral-tenements"}
    assert lists | {items(name) for name in COLLECTIONS} <= paged


def test_next_attributes_of_gml_lead_through_all_features_that_match(site: Flask) -> None:
    client = site.test_client()
    rules = [
        rule.rule for rule in site.url_map.iter_rules() if rule.rule.startswith(("/api/earth-resources", "/api/mining-rights"))
    ]
    views = [rule for rule in rules if client.get(f"{rule}?f=gml&limit=1").mimetype == "application/gml+xml"]
    assert len(views) >= 4
    paged = 0
    for address in views:
        following: str | None = f"{address}?f=gml&limit=1"
        matched: set[int] = set()
        returned = pages = 0
        while following is not None:
            pages += 1
            assert pages < MAX_PAGES, address
            response = client.get(following)
            assert (response.status_code, response.mimetype) == (200, "application/gml+xml"), following
            root = ElementTree.fromstring(response.get_data())
            matched.add(int(root.attrib["numberMatched"]))
            returned += int(root.attrib["numberReturned"])
            following = root.attrib.get("next")
        assert matched == {returned}, address
        paged += returned > 1
    assert paged >= 2


FEEDS = (
    *("/api/changes?f=atom&limit=5", "/api/changes?f=atom&collection=deposits", "/updates?f=atom"),
    "/api/schedule?f=atom",
)


@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_link_of_a_feed_leads_to_a_resource(address: str, lang: str, site: Flask) -> None:
    response = site.test_client().get(f"{address}&lang={lang}")
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml"), response.get_data(as_text=True)[:300]
    feed = ElementTree.fromstring(response.get_data())
    links = list(feed.iter("{http://www.w3.org/2005/Atom}link"))
    assert links and not [link for link in links if link.get("rel") == "next"], "a feed has the newest entries, and one page"
    for href in {str(link.get("href")) for link in links if str(link.get("href")).startswith("http://localhost")}:
        with site.test_client().get(href.removeprefix("http://localhost")) as linked:
            assert linked.status_code == 200, href


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", COLLECTIONS)
def test_pages_of_a_collection_lead_through_all_records_in_each_language(name: str, lang: str, site: Flask) -> None:
    matched = site.test_client().get(f"{items(name)}?limit=1").get_json(force=True)["numberMatched"]
    pages = follow_pages(site.test_client(), f"{items(name)}?limit=2&f=html&lang={lang}")
    linked = [set(re.findall(r'href="/records/([0-9a-z]+)', page.get_data(as_text=True))) for page in pages]
    assert all(f'lang="{"zh" if lang == "zh" else "en"}' in page.get_data(as_text=True) for page in pages)
    assert sum(map(len, linked)) == len(set().union(*linked)) == matched


FILES = [(name, form) for name, collection in COLLECTIONS.items() for form in list_formats_for(collection.geometry is not None)]


@pytest.fixture(scope="module")
def process() -> Iterator[ProcessPoolExecutor]:
    """A process for each file, as of the spool, forked from one that has loaded the libraries."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["lodebase.download.job", *(f"lodedata.write.{one.module}" for one in FORMATS.values())])
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as executor:
        yield executor


@pytest.mark.parametrize(("name", "form"), mostly_slow(FILES, [file for file in FILES if file[1] in QUICK_FORMATS]))
def test_a_file_of_each_format_and_language_has_the_rows_that_match(
    name: str, form: str, site: Flask, process: ProcessPoolExecutor, tmp_path: Path
) -> None:
    matched = site.test_client().get(f"{items(name)}?limit=1").get_json(force=True)["numberMatched"]
    assert matched >= ROWS
    for lang in LANGUAGES:
        assignment = assigned(site, COLLECTIONS[name], form, lang, tmp_path)
        outcome = process.submit(write_file, assignment).result()
        assert outcome.error is None, (lang, outcome.reason)
        assert count_rows(assignment.path, form, name) == matched, lang


def assigned(site: Flask, collection: Collection, form: str, lang: str | None, folder: Path) -> Assignment:
    """Return what the process of a requested file has to write."""
    query = "" if lang is None else f"?lang={lang}"
    with site.test_request_context(f"/api/collections/{collection.name}/download/{form}{query}") as context:
        wanted = parse_download_request(collection, form, context.request.args)
        task = build_file_task(site.extensions["lode"].engine, wanted, 60)
    return Assignment(task, folder / f"{form}-{lang}{wanted.suffix}", 1 << 30)


def count_rows(path: Path, form: str, name: str) -> int:
    """Return the number of records in a file, as another program reads it."""
    if form == "csv":
        return len(list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))) - 1
    if form == "xlsx":
        return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1
    if form == "geojson":
        return len(json.loads(path.read_bytes())["features"])
    if form == "ndjson":
        return len(path.read_bytes().splitlines())
    if form == "geoparquet":
        return int(pq.read_metadata(path).num_rows)
    if form == "kml":
        return path.read_text("utf-8").count("<Placemark")
    if form == "pmtiles":
        return len(set(pyogrio.read_dataframe(path, layer=name, columns=["id"], read_geometry=False)["id"]))
    layer: dict[str, Any] = {"layer": name} if form == "gpkg" else {}
    source = f"/vsizip/{path}" if form == "shp" else path
    return int(pyogrio.read_info(source, force_feature_count=True, **layer)["features"])


def test_no_list_names_endpoints_or_blueprints(app: Flask) -> None:
    endpoints, blueprints = set(app.view_functions), set(app.blueprints)
    assert not [(path, names) for path, names in lists_of_names() if names & endpoints - {"static"}]
    # tokens of other lists, such as kinds of requests, are names of blueprints too, but not nearly all of them
    assert not [(path, names) for path, names in lists_of_names() if len(names & blueprints) > max(2, 0.75 * len(names))]


def lists_of_names() -> Iterator[tuple[Path, set[str]]]:
    """Yield each tuple, set or dict of texts in the code of the site; of a dict its keys."""
    for path in Path(lodeweb.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            parts = node.keys if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple | ast.Set) else []
            names = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
            if names and len(names) == len(parts):
                yield path, names


def test_a_filter_by_post_may_read_the_replica(app: Flask) -> None:
    with app.test_request_context("/api/collections/deposits/items", method="POST") as context:
        assert hasattr(app.view_functions[context.request.endpoint or ""], READS)
