"""The schedule as data and as a page, where no milestone is stored; tests/flows/stories/test_schedule_story.py has some."""

from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient


def test_an_empty_schedule_names_its_rules_and_its_day(client: FlaskClient) -> None:
    body = client.get("/api/schedule?date=2026-09-15").get_json()
    assert (body["date"], body["numberMatched"], body["phases"], body["arrivals"]) == ("2026-09-15", 0, [], [])
    assert body["rules"]["name"] == "schedule-lights-yinchuan-2025"
    rows = client.get("/api/schedule?f=csv").get_data(as_text=True).splitlines()
    assert len(rows) == 1 and rows[0].removeprefix("\ufeff").startswith("project_source,project,phase,")


@pytest.mark.parametrize(("lang", "sentence"), [("en", "No milestone matches."), ("zh", "没有符合条件的节点")])
def test_page_of_the_schedule_has_a_notice(client: FlaskClient, lang: str, sentence: str) -> None:
    page = client.get(f"/schedule?lang={lang}")
    assert page.status_code == 200 and sentence in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "parameter", "sentence"),
    [
        ("date=tomorrow", "date", "must be a day such as 2026-03-31"),
        ("milestone_type=party", "milestone_type", "party"),
        ("nothing=1", "nothing", "nothing"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_remedy(client: FlaskClient, query: str, parameter: str, sentence: str) -> None:
    response = client.get(f"/api/schedule?{query}")
    assert response.status_code == 400
    assert response.get_json()["parameter"] == parameter and sentence in response.get_json()["detail"]


def test_feeds_are_well_formed(client: FlaskClient) -> None:
    calendar = client.get("/api/schedule?f=ics")
    assert (calendar.mimetype, calendar.get_data(as_text=True).split("\r\n")[0]) == ("text/calendar", "BEGIN:VCALENDAR")
    feed = client.get("/api/schedule?f=atom&lang=zh")
    assert feed.mimetype == "application/atom+xml"
    assert ElementTree.fromstring(feed.data).tag == "{http://www.w3.org/2005/Atom}feed"
