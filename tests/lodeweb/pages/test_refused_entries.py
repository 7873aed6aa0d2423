"""A page whose address has a wrong value: the alert says what to enter, and a form has all that was sent."""

import html
import re

import pytest
from flask.testing import FlaskClient

HTML = {"Accept": "text/html"}
LONG = "a" * 300
SCRIPT = '"><script>alert(1)</script>'


def refused(client: FlaskClient, address: str) -> str:
    response = client.get(address, headers=HTML)
    assert response.status_code == 400, address
    page = response.get_data(as_text=True)
    assert 'role="alert"' in page and 'id="refusal"' in page
    return page


def entries(page: str) -> dict[str, str]:
    """Return the values of the inputs of a page by name."""
    inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in inputs}


@pytest.mark.parametrize(
    ("path", "wrong", "sent"),
    [
        ("/discoveries/curve", "country", {"commodity": "copper", "deposit_model": "VMS"}),
        ("/discoveries/curve", "by", {"commodity": "copper"}),
        ("/rights", "on", {"holder": "Codelco"}),
        ("/rights/candidates", "covered", {"commodity": "copper"}),
        ("/schedule", "product", {"country": "CHL"}),
        ("/statistics/prices", "index", {"commodity": "copper"}),
        ("/layout/rules", "product", {"on": "2026-01-01"}),
        ("/recovery/gaps", "date", {}),
    ],
)
@pytest.mark.parametrize("value", ["nonsense", "-1", "１２３", "测试值", LONG, SCRIPT])
def test_page_of_results_returns_what_was_sent_in_a_form(
    client: FlaskClient, path: str, wrong: str, sent: dict[str, str], value: str
) -> None:
    for lang in ("en", "zh"):
        response = client.get(path, query_string=sent | {wrong: value, "lang": lang}, headers=HTML)
        page = response.get_data(as_text=True)
        assert response.status_code == 400 and f'data-field="{wrong}"' in page, (path, value)
        assert entries(page) == sent | {wrong: value, "lang": lang}
        assert f'action="{path}"' in page and "<script>alert" not in page


def test_unknown_parameters_are_not_sent_again(client: FlaskClient) -> None:
    page = refused(client, "/discoveries/curve?commodity=copper&contry=CAN&lang=en")
    assert "contry is not a parameter here" in page
    assert entries(page) == {"commodity": "copper", "lang": "en"}


def test_bounds_are_written_in_full(client: FlaskClient) -> None:
    place = "deposit_model=vms&commodity=copper&place=country/CHL&n90=1&n50=1&n10=1&lang=en"
    page = refused(client, f"/tract?{place}&min_ore_t=-1")
    assert "min_ore_t must be a number from 0 to 1,000,000,000,000,000, not &#34;-1&#34;." in page
    assert entries(page)["min_ore_t"] == "-1"
