"""The area of somebody's own: what comes back can be used in a query, what can't be read is refused with a sentence."""

import pytest
from flask.testing import FlaskClient

SQUARE = "POLYGON((-75 -30,-70 -30,-70 -25,-75 -25,-75 -30))"


def test_what_comes_back_is_taken_by_within(client: FlaskClient) -> None:
    response = client.post("/api/area?name=licence.wkt", data=SQUARE)
    assert response.status_code == 200
    assert response.json is not None
    assert set(response.json) == {"within", "area_m2", "vertices", "tolerance_m", "box"}
    assert response.json["box"] == [-75, -30, -70, -25]
    found, same = (
        client.get("/api/collections/deposits/items", query_string={"within": within})
        for within in (response.json["within"], SQUARE)
    )
    assert found.json is not None and same.json is not None
    assert found.json["numberMatched"] == same.json["numberMatched"] > 0


@pytest.mark.parametrize("sent", ["", "  ", "POINT(1 2)", "nonsense", "<kml>"])
def test_what_is_no_area_is_a_bad_request(client: FlaskClient, sent: str) -> None:
    response = client.post("/api/area?name=<script>.kml", data=sent)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.json is not None and "polygon" in response.json["detail"]


def test_an_area_is_only_sent(client: FlaskClient) -> None:
    assert client.get("/api/area").status_code == 405
    assert client.post("/api/area?nosuch=1", data=SQUARE).status_code == 400
    assert client.post("/api/area", data=b"x" * (1 << 20) + b"x").status_code == 413
