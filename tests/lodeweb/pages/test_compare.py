"""Records side by side: at most six, differences marked, nothing added, nothing of the data markup."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from flask.testing import FlaskClient

SCRIPT = "<script>alert(1)</script>"


def page(client: FlaskClient, ids: str, lang: str = "en") -> str:
    response = client.get("/compare", query_string={"ids": ids, "lang": lang})
    assert (response.status_code, response.mimetype) == (200, "text/html"), response.get_data(as_text=True)
    return response.get_data(as_text=True)


def rows(text: str) -> dict[str, tuple[bool, list[str]]]:
    """Whether a row is marked, and its cells, by its title."""
    found = {}
    for row in re.findall(r'(?s)<tr role="row" class="(differs|same)">(.*?)</tr>', text):
        title = re.search(r"<th[^>]*>([^<]*)", row[1])
        assert title is not None
        cells = [unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in re.findall(r"(?s)<td[^>]*>(.*?)</td>", row[1])]
        found[title[1].strip()] = (row[0] == "differs", cells)
    return found


def test_what_differs_is_marked_and_what_does_not_is_not(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    found = rows(page(figures, f"{figure_ids['two']},{figure_ids['same']}"))
    assert found["Country or area"] == (True, ["–", "Chile"])
    assert found["Main commodity"] == (False, ["Copper", "Copper"])
    assert found["Deposit model"][0] is False


def test_every_estimate_is_a_line_of_its_own_and_none_is_a_sum(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    _, (two, same) = rows(page(figures, f"{figure_ids['two']},{figure_ids['same']}"))["Estimates"]
    assert "100 Mt" in two and "40 Mt" in two and "140" not in two
    assert "300 Mt" in same and "200 Mt" in same and "500" not in same
    assert two.index("Measured") < two.index("Inferred")


def test_records_of_different_kinds_stand_side_by_side(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    found = rows(page(figures, f"{figure_ids['two']},{figure_ids['plant']},{figure_ids['found']}"))
    assert found["Kind"] == (True, ["Deposits", "Projects", "Prospects and discoveries"])
    assert found["Project phases"][1][0] == "–" and "30 kt/a" in found["Project phases"][1][1]


def test_ids_may_be_given_each_for_itself_and_one_is_taken_once(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    one, other = figure_ids["two"], figure_ids["same"]
    text = figures.get(f"/compare?ids={one}&ids={other}&ids={one}&lang=en").get_data(as_text=True)
    assert len(re.findall('class="without"', text)) == 2
    assert f'href="/compare?ids={other}"' in text and f'href="/compare?ids={one}"' in text


@pytest.mark.parametrize(("lang", "none"), [("en", "No further record has this name."), ("zh", "没有其他记录使用此名称。")])
def test_a_record_is_added_by_its_name_and_the_map_has_both(
    figures: FlaskClient, figure_ids: Mapping[str, str], lang: str, none: str
) -> None:
    def added(name: str) -> str:
        query = {"ids": figure_ids["same"], "name": name, "lang": lang}
        return figures.get("/compare", query_string=query).get_data(as_text=True)

    text = added("two classes")
    assert len(re.findall('class="without"', text)) == 2 and 'id="layout-map"' in text
    assert re.search(r'"title":"Two Classes"', text)
    assert len(re.findall('class="without"', added(figure_ids["two"]))) == 2
    assert none in added("nothing of this name")


def test_what_there_is_not_is_reported(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, f"{figure_ids['two']},nothere,<b>")
    assert "<code>nothere</code>" in text and "<code>&lt;b&gt;</code>" in text
    assert "No records are selected." in page(figures, "nothere")
    assert "尚未选择记录" in page(figures, "", "zh")


def test_sources_stand_by_their_titles(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    for lang, row in (("en", "Sources"), ("zh", "来源")):
        reported = figures.get("/api/sources?f=json").get_json()["sources"]
        title = next(source[f"title_{lang}"] for source in reported if source["name"] == "figures")
        assert title != "figures"
        assert rows(page(figures, figure_ids["two"], lang))[row] == (False, [title])


def test_a_seventh_record_and_an_endless_id_are_refused(figures: FlaskClient) -> None:
    assert figures.get("/compare?ids=a,b,c,d,e,f").status_code == 200
    refused = figures.get("/compare?ids=a,b,c,d,e,f,g")
    assert refused.status_code == 400 and refused.get_json(force=True)["parameter"] == "ids"
    assert figures.get(f"/compare?ids={'a' * 65}").status_code == 400
    assert figures.get("/compare?ids=a%00b").status_code == 400


def test_text_of_the_data_is_never_markup(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, ",".join(figure_ids[key] for key in ("script", "plant", "long", "bare")))
    assert SCRIPT not in text and "&lt;script&gt;" in text and "\\u003cscript\\u003e" in text
