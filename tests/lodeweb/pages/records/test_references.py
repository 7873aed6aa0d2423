"""References between records on the pages and in the data of both: by the key of a source, by a number, by a former number."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.mapped_rows import load_rows

from lodebase.db.store import Store
from lodedata.kinds import KINDS, PUBLIC

HEAD = """
name: own-{name}
title_en: Own {name}
title_zh: 自有数据
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
"""
PROJECTS = """
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: {const: CHL}
    commodities: [{const: copper}]
    facility_types: {const: mine}
"""
ROWS = "id,name,lon,lat\na,Tiririca Verde,-69.10,-24.20\n"
MILESTONES = """
    kind: {const: milestone}
    name_en: name
    fields:
      project_source: source
      project: project
      milestone_type: {const: start}
      actual_date: date
"""
STARTED = """id,name,source,project,date
1,Start of A,own-first,a,2024-03
2,Start of B,own-second,a,2025-03
3,Of none,own-first,z,2025
"""
RIGHTS = """
    kind: {const: mining_right}
    name_en: name
    country: {const: CHL}
    fields: {right_no: number, former_nos: former, right_kind: {const: mining}}
"""
EVENTS = """
    kind: {const: right_event}
    fields: {right_no: number, event_type: {const: extend}, event_date: date}
"""


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("rows")
    with own_store("references") as store:
        for name, kind, rows in (
            ("first", PROJECTS, ROWS),
            ("second", PROJECTS, ROWS),
            ("milestones", MILESTONES, STARTED),
            ("rights", RIGHTS, "id,name,number,former\nr,Ground,C-2,C-1\n"),
            ("events", EVENTS, "id,number,date\ne,C-1,2020-05\nf,C-2,2025-05\ng,C-9,2025\n"),
        ):
            summary = load_rows(store, folder, HEAD.format(name=name) + kind, rows)
            assert summary.quarantined == 0, summary.refused
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def records(visitor: FlaskClient, collection: str) -> dict[str, str]:
    """Return the ids of a collection's records by the key of their source."""
    features = visitor.get(f"/api/collections/{collection}/items?limit=100").get_json(force=True)["features"]
    names = {"milestones": "name_en", "right-events": "right_no"}
    return {feature["properties"][names.get(collection, "name_en")]: feature["id"] for feature in features}


def whole(visitor: FlaskClient, identity: str) -> dict[str, Any]:
    response = visitor.get(f"/records/{identity}?f=json&profile=full", follow_redirects=True)
    properties: dict[str, Any] = response.get_json(force=True)["properties"]
    return properties


def links(visitor: FlaskClient, identity: str, heading: str, lang: str) -> dict[str, str]:
    """Return the links under a heading of a record's page by their texts."""
    text = visitor.get(f"/records/{identity}?lang={lang}", headers={"Accept": "text/html"}).get_data(as_text=True)
    section = re.search(rf">{heading}</h2>(.*?)</section>", text, re.DOTALL)
    found = re.findall(r'<a href="([^"]+)">(?:<span[^>]*>)?([^<]+)<', section[1]) if section else []
    return {name: html.unescape(address) for address, name in found}


def test_a_milestone_names_the_project_that_its_key_is_served_under(visitor: FlaskClient) -> None:
    (project,) = records(visitor, "projects").values()
    milestones = records(visitor, "milestones")
    for name in ("Start of A", "Start of B"):
        named = [{"collection": "projects", "id": project, "name_en": "Tiririca Verde", "name_zh": None}]
        assert whole(visitor, milestones[name])["refers_to"] == named
    assert whole(visitor, milestones["Of none"])["refers_to"] == []


@pytest.mark.parametrize(
    ("lang", "naming", "named"),
    [("en", "Records that name this one", "Records that this one names"), ("zh", "指向本记录的记录", "本记录指向的记录")],
)
def test_both_pages_lead_to_the_other(visitor: FlaskClient, lang: str, naming: str, named: str) -> None:
    (project,) = records(visitor, "projects").values()
    start = records(visitor, "milestones")["Start of A"]
    assert links(visitor, start, named, lang)["Tiririca Verde"] == f"/records/{project}"
    lists = whole(visitor, project)["named_by"]
    assert [(group["collection"], group["records"]) for group in lists] == [("milestones", 1), ("milestones", 1)]
    addresses = links(visitor, project, naming, lang)
    for address in addresses.values():
        found = visitor.get(address.replace("f=html", "f=json")).get_json(force=True)
        assert found["numberMatched"] == 1


def test_an_event_of_a_former_number_belongs_to_the_right(visitor: FlaskClient) -> None:
    (right,) = records(visitor, "mining-rights").values()
    events = records(visitor, "right-events")
    for number in ("C-1", "C-2"):
        assert [named["id"] for named in whole(visitor, events[number])["refers_to"]] == [right]
    assert whole(visitor, events["C-9"])["refers_to"] == []
    counted = {group["filters"]["right_no"]: group["records"] for group in whole(visitor, right)["named_by"]}
    assert counted == {"C-1": 1, "C-2": 1}


def test_each_reference_leads_to_a_public_kind_with_its_field() -> None:
    references = [(kind, reference) for kind in KINDS.values() for reference in kind.references]
    assert len(references) > 10
    for _, reference in references:
        assert reference.to in PUBLIC
        assert reference.by == "id" or PUBLIC[reference.to].field(reference.by) is not None
