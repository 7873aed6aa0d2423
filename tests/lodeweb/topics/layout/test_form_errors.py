"""Errors of the form of the layout check: each next to its field, the first with the focus, and nothing typed is lost."""

import re

import pytest
from flask.testing import FlaskClient

PLANT = {"product": "copper", "capacity_tpa": "400000", "lon": "108.4", "lat": "21.7"}
CASES = {
    "capacity": ({"capacity_tpa": "很多"}, "capacity_tpa"),
    "share": ({"material": "copper-concentrate", "equity_pct": "120"}, "equity_pct"),
    "shares": ({"material": "copper-concentrate", "equity_pct": "70", "contract_pct": "70"}, "material"),
    "no feedstock": ({"equity_pct": "70"}, "material"),
    "longitude": ({"lon": "东边"}, "lon"),
    "outline": ({"outline": "POLYGON ((1 1"}, "outline"),
    "date": ({"on": "31.12.2026"}, "on"),
    "province": ({"division": "Atlantis"}, "division"),
    "figure": ({"d.sulphur_capture_pct": "120"}, "d.sulphur_capture_pct"),
    "place": ({"lon": "", "lat": "", "at": "无此地名某某"}, "at"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_an_error_is_tied_to_its_field(client: FlaskClient, case: str, lang: str) -> None:
    given, name = CASES[case]
    page = client.get("/layout", query_string={**PLANT, **given, "lang": lang})
    assert page.status_code == 400
    field = re.search(rf'<(input|select|textarea) id="f-{re.escape(name)}"[^>]*>', page.text)
    assert field is not None
    assert f'aria-describedby="wrong-{name}"' in field[0] and 'aria-invalid="true"' in field[0] and "autofocus" in field[0]
    assert f'id="wrong-{name}"' in page.text and f'<a href="#f-{name}">' in page.text
    assert page.text.count("autofocus") == 1
    # the codes of the API are not shown in the form
    problems = page.text.partition('id="problems"')[2].partition("</ul>")[0]
    assert not re.search(r"\b[a-z]+_(pct|tpa|m)\b(?!\">)", re.sub(r'href="[^"]*"', "", problems)), problems
    for value in given.values():
        assert value.split(" ")[0] in page.text


@pytest.mark.parametrize(("lang", "title"), [("en", "Capacity, t/a"), ("zh", "产能")])
def test_errors_of_sites_name_their_line_and_the_plant_once(client: FlaskClient, lang: str, title: str) -> None:
    query = {"product": "copper", "capacity_tpa": "-1", "sites": "36.8, 118.05\n21.7, 108.4\n无此地名某某", "lang": lang}
    page = client.get("/layout/sites", query_string=query)
    problems = page.text.partition('id="problems"')[2].partition("</ul>")[0]
    assert page.status_code == 400 and problems.count("<li>") == 2, problems
    assert title in problems and "capacity_tpa" not in problems and "无此地名某某" in problems
    assert len(re.findall(r'aria-describedby="problems"', page.text)) == 2
