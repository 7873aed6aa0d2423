"""The rules of the layout check on the wire: dated, filtered by product, and as a page in both languages."""

import pytest
from flask.testing import FlaskClient


def test_the_rules_of_a_day_bear_their_standing_on_it(client: FlaskClient) -> None:
    def standings(on: str) -> dict[str, str]:
        response = client.get("/api/layout/rules", query_string={"on": on})
        assert response.status_code == 200 and response.json is not None
        return {rule["id"]: rule["standing"] for instrument in response.json["instruments"] for rule in instrument["rules"]}

    assert standings("2010-01-01")["cn-2006-copper-scale"] == "in_force"
    assert standings("2016-01-01")["cn-2006-copper-scale"] == "superseded"
    assert standings("2016-01-01")["cn-2014-copper-scale"] == "guidance"
    assert standings("2026-01-01")["cn-2025-alumina-key-regions"] == "in_force"
    assert standings("2026-01-01")["cn-2019-copper-scale"] == "unverified"


def test_the_rules_of_one_product(client: FlaskClient) -> None:
    response = client.get("/api/layout/rules?product=lithium-carbonate")
    assert response.json is not None
    assert response.json["instruments"]
    assert all(
        "lithium-carbonate" in rule["products"] for instrument in response.json["instruments"] for rule in instrument["rules"]
    )


@pytest.mark.parametrize("query", ["on=soon", "on=2026-13-01", "product=gold", "nosuch=1"])
def test_an_invalid_query_is_a_bad_request(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/layout/rules?{query}").status_code == 400


@pytest.mark.parametrize(("lang", "text"), [("en", "never count as in force"), ("zh", "现行有效")])
def test_the_rules_are_a_page(client: FlaskClient, lang: str, text: str) -> None:
    for address in ("/layout/rules", "/api/layout/rules"):
        response = client.get(address, query_string={"lang": lang, "on": "2026-01-01"}, headers={"Accept": "text/html"})
        assert response.mimetype == "text/html"
        assert text in response.get_data(as_text=True)
