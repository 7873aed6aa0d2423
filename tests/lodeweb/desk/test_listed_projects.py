"""Entries of condition lists at the desk: an expert states the project of an entry, which holds after each import."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from tests.list_workbook import ALPHA, GAMMA, LIST, write
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store
from lodebase.ingest.entered import unserved
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodedata.sources import readers
from lodeweb.app import create_app

PAGE, WORKBOOK = "/desk/list-entries", "condition-list-workbook"
PLANTS = Source.model_validate(
    {
        "name": "plants",
        "title_en": "t",
        "title_zh": "t",
        "publisher": "t",
        "citation": "t",
        "version": "1",
        "licence": {"id": "t", "name": "t"},
        "tables": [
            {
                "key": "{key}",
                "kind": {"const": "project"},
                "name_en": "name",
                "country": "country",
                "commodities": ["commodity"],
                "position": {"lon": "lon", "lat": "lat", "accuracy_m": 100},
            }
        ],
    }
)


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]], book: Path) -> Iterator[Store]:
    """A store with a list and a plant."""
    path = book.with_name("plants.csv")
    path.write_text("key,name,country,commodity,lon,lat\na,Battery works,CHN,lithium,115.9,28.7\n", "utf-8")
    with own_store("listed_projects") as store:
        add_accounts(store, "expert", "contributor")
        run(store.importer, ImportJob(PLANTS, path, lambda tally: read_mapped(PLANTS, path, tally), Boundaries(())))
        load(store, book)
        yield store


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("lists") / "lists.xlsx")


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


def load(store: Store, path: Path) -> None:
    source, read = sources.load_source(WORKBOOK), readers.get_source_reader(WORKBOOK)
    run(store.importer, ImportJob(source, path, lambda tally: read(source, path, tally), Boundaries(())))


def entry(app: Flask, name: str) -> dict[str, Any]:
    items = app.test_client().get("/api/collections/list-entries/items").get_json()["features"]
    item: dict[str, Any] = next(item for item in items if item["properties"]["name_as_printed"] == name)
    return item


def counts(app: Flask) -> dict[str, Any]:
    list_: dict[str, Any] = next(
        list_ for list_ in app.test_client().get("/api/quality").get_json()["lists"] if list_["list"] == LIST
    )
    return list_


def test_an_expert_states_the_project_of_an_entry(app: Flask, store: Store, book: Path) -> None:
    expert, public = signed_in(app, "expert"), app.test_client()
    assert (counts(app)["without_project"], counts(app)["without_organisation"]) == (4, 0)
    assert "layout-map" not in public.get("/lists?f=html").get_data(as_text=True), "no listed site is known"
    (plant,) = public.get("/api/collections/projects/items").get_json()["features"]
    page = expert.get(PAGE, query_string={"lang": "zh"}).get_data(as_text=True)
    assert ALPHA in page and GAMMA in page

    form = {"csrf_token": token(expert, PAGE), "entry": entry(app, ALPHA)["id"], "other": plant["id"], "reason": "公告附件载明"}
    for change, sentence in (
        ({"reason": ""}, "is too short"),
        ({"other": "none"}, "There is no project"),
        ({"entry": "none"}, "There is no record"),
    ):
        assert sentence in expert.post(f"{PAGE}?lang=en", data=form | change).get_data(as_text=True)
    assert expert.post(PAGE, data=form).status_code == 303
    gamma = form | {"entry": entry(app, GAMMA)["id"], "other": "", "project": ""}
    assert expert.post(PAGE, data=gamma).status_code == 303
    page = expert.get(PAGE).get_data(as_text=True)
    waiting = page.partition('id="decided"')[0]
    assert ALPHA not in waiting and GAMMA not in waiting, "both are decided"

    for _ in range(2):
        load(store, book)
        assert entry(app, ALPHA)["properties"]["project"] == plant["id"]
    assert counts(app)["without_project"] == 3
    page = public.get("/lists?f=html").get_data(as_text=True)
    assert "layout-map" in page and f'"title":"{ALPHA} · ' in page and "115.9,28.7" in page
    found = public.get(f"/api/lists/check?project={plant['id']}&date=2019-06-30&list={LIST}").get_json()
    assert (found["results"][0]["status"], found["results"][0]["site"]) == ("listed", "named")

    again = {name: form[name] for name in ("csrf_token", "entry")} | {"reason": "公告另有说明"}
    assert expert.post(f"{PAGE}/reopen", data=again | {"reason": ""}).status_code == 400
    assert expert.post(f"{PAGE}/reopen", data=again).status_code == 303
    assert expert.post(f"{PAGE}/reopen", data=again).status_code == 404
    assert unserved.serve(store.importer, 0.9, 5.0) is not None
    assert entry(app, ALPHA)["properties"]["project"] is None
    assert f'name="entry" value="{form["entry"]}"' in expert.get(PAGE).get_data(as_text=True)
    assert expert.post(PAGE, data=form).status_code == 303
    assert unserved.serve(store.importer, 0.9, 5.0) is not None
    assert entry(app, ALPHA)["properties"]["project"] == plant["id"], "a decision is applied without an import"


def test_a_contributor_does_not_decide(app: Flask) -> None:
    assert signed_in(app, "contributor").get(PAGE).status_code == 403


def test_entries_are_chosen_by_a_day_and_a_list_has_a_feed(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/collections/list-entries/items?on=2030-01-01").status_code == 200
    feed = client.get(f"/lists/{LIST}?f=atom&lang=zh")
    assert feed.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(feed.data)
    summaries = [one.text or "" for one in root.iter("{http://www.w3.org/2005/Atom}summary")]
    assert len(summaries) == 3 and GAMMA in summaries[0] and "撤销" in summaries[0]


def test_a_decision_on_an_entry_is_undone_in_the_list_of_decisions_with_a_reason(app: Flask) -> None:
    expert, page = signed_in(app, "expert"), "/desk/decisions?kind=list_entry_project&lang=en"
    form = {"csrf_token": token(expert, PAGE), "entry": entry(app, GAMMA)["id"], "reason": "no plant of the firm"}
    assert expert.post(PAGE, data=form).status_code == 303
    shown = expert.get(page).get_data(as_text=True)
    assert "none that is known here" in shown and "no plant of the firm" in shown
    undo = re.findall(r'action="(/desk/decisions/[^"]+/undo)"', shown)[0]
    assert expert.post(undo, data={"csrf_token": form["csrf_token"], "reason": ""}).status_code == 400
    assert expert.post(undo, data={"csrf_token": form["csrf_token"], "reason": "a plant is planned"}).status_code == 303
    assert "a plant is planned" in expert.get(page).get_data(as_text=True)
