"""The page of the tasks, the root that shows it by a setting, and the navigation of every page."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.topics.start.operations import TASKS

MAX_STOPS = 8
MAX_PLACES = 7
FORMS = ("/rights", "/schedule", "/lists", "/layout", "/recycling", "/data", "/recovery/check")


def html(visitor: FlaskClient, address: str) -> str:
    return visitor.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)


class TabStops(HTMLParser):
    """What the key Tab reaches on a page before its main part; the content of a closed menu is not reached."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.before, self.menu, self.places = 0, False, 0
        self._main = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._main = self._main or tag == "main"
        if tag == "details":
            self.menu = True
        if not self._main:
            narrow = "narrow" in (given.get("class") or "").split()
            self.places += tag == "a" and "nav-link" in (given.get("class") or "").split() and not narrow
            self.before += tag == "summary" or (tag in ("a", "button", "select", "input") and not self.menu)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.menu = False


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("zh", "战略性矿产资源产业基础数据公共服务平台"),
        ("en", "Public service platform for the basic data of strategic minerals"),
    ],
)
def test_the_page_has_every_task_with_its_page(client: FlaskClient, lang: str, title: str) -> None:
    page = client.get(f"/start?lang={lang}").get_data(as_text=True)
    assert f"<h1>{title}</h1>" in page
    assert all(f'href="{task.href}"' in page for task in TASKS)
    assert all(task.title.in_language(lang) in page for task in TASKS)


def test_the_data_count_the_records_behind_a_task(client: FlaskClient) -> None:
    tasks = client.get("/api/start").get_json()["tasks"]
    assert [task["name"] for task in tasks] == [task.name for task in TASKS]
    counted = {task["name"]: task["records"] for task in tasks}
    assert counted["deposits"] > 40 and counted["schedule"] == 0 and counted["download"] is None


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_page_of_a_task_opens(client: FlaskClient, task: object) -> None:
    declared = next(one for one in TASKS if one is task)
    for address in (declared.href, *(href for href, _ in declared.further)):
        opened = client.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        assert (opened.status_code, opened.mimetype) == (200, "text/html"), address


def test_the_root_is_the_map_by_default(client: FlaskClient) -> None:
    assert 'id="map"' in client.get("/").get_data(as_text=True)
    assert 'id="map"' in client.get("/map").get_data(as_text=True)


def test_the_root_leads_to_the_tasks_by_a_setting_and_views_of_the_map_stay(own_app: Callable[..., Flask]) -> None:
    visitor = own_app(LODE_START="tasks").test_client()
    assert visitor.get("/").location == "/start"
    assert visitor.get("/?lang=zh").location == "/start?lang=zh"
    for address in ("/?commodity=copper", "/map"):
        assert 'id="map"' in visitor.get(address).get_data(as_text=True)
    assert 'href="/map"' in html(visitor, "/lists")


@pytest.mark.parametrize("address", FORMS)
def test_few_tab_stops_come_before_the_main_part(client: FlaskClient, address: str) -> None:
    stops = TabStops(html(client, address))
    assert 0 < stops.before <= MAX_STOPS
    assert 0 < stops.places <= MAX_PLACES


@pytest.mark.parametrize("address", ["/layout", "/lists/check", "/lists/batch"])
def test_the_first_field_of_a_check_has_the_focus(client: FlaskClient, address: str) -> None:
    fields = re.findall(r"<(?:input|select|textarea)[^>]*>", html(client, address).partition("<main")[2])
    assert [" autofocus" in field for field in fields] == [True] + [False] * (len(fields) - 1)


def test_documents_of_programs_and_the_desk_are_in_the_foot(client: FlaskClient) -> None:
    page = html(client, "/lists")
    head, foot = page.split("<main", 1)[0], page.split("<footer", 1)[1]
    for address in ("/api/docs", "/desk", "/help"):
        assert f'href="{address}"' in foot and f'href="{address}"' not in head


def test_the_contact_is_shown_if_it_is_set(client: FlaskClient, own_app: Callable[..., Flask]) -> None:
    assert "#contact" not in html(client, "/lists")
    named = own_app(LODE_CONTACT="data@example.org").test_client()
    assert 'href="/about#contact"' in html(named, "/lists")
    assert "mailto:data@example.org" in named.get("/about").get_data(as_text=True)
