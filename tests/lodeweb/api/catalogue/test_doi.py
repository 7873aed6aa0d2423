"""Where the operator has a DOI, citations and metadata have it; elsewhere nothing mentions one."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError
from tests.lodeweb.conftest import settings

DOI = "10.5072/lode.2026"
ADDRESS = f"https://doi.org/{DOI}"
PLACES = (
    "/about",
    "/about?lang=zh",
    "/data/deposits",
    "/records/{deposit}",
    "/api/collections/deposits/download/geojson?country=CHL",
)
METADATA = ("/api/datasets/deposits/datacite", "/api/datasets?f=jsonld", "/api/datasets?f=ttl")


@pytest.fixture
def cited(own_app: Callable[..., Flask], client: FlaskClient, ids: Callable[[str], Mapping[str, str]]) -> Callable[[str], Any]:
    """Returns what a place reports without a DOI and with one."""
    with_doi = own_app(LODE_DOI=DOI).test_client()
    deposit = ids("deposit")["chile 1"]

    def of(place: str) -> tuple[str, str]:
        path = place.format(deposit=deposit)
        replies = [one.get(path, headers={"Accept": "text/html" if "api" not in path else "*/*"}) for one in (client, with_doi)]
        assert [reply.status_code for reply in replies] == [200, 200]
        return replies[0].get_data(as_text=True), replies[1].get_data(as_text=True)

    return of


@pytest.mark.parametrize("place", PLACES)
def test_a_citation_has_the_doi(cited: Callable[[str], tuple[str, str]], place: str) -> None:
    without, with_doi = cited(place)
    assert ADDRESS in with_doi and "doi.org" not in without


@pytest.mark.parametrize("place", METADATA)
def test_metadata_have_the_doi(cited: Callable[[str], tuple[str, str]], place: str) -> None:
    without, with_doi = cited(place)
    assert DOI in with_doi and DOI not in without


@pytest.mark.parametrize("wrong", ["lode", "https://doi.org/10.5072/lode", "10.5072/", "10.5/lode", "10.5072/lo de"])
def test_what_is_no_doi_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        settings(LODE_DOI=wrong)
