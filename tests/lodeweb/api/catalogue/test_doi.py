"""Where the operator has a DOI, citations and metadata have it; elsewhere nothing mentions one."""

from collections.abc import Callable, Mapping

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


def test_citations_and_metadata_have_the_doi(
    own_app: Callable[..., Flask], client: FlaskClient, ids: Callable[[str], Mapping[str, str]]
) -> None:
    with_doi, deposit = own_app(LODE_DOI=DOI).test_client(), ids("deposit")["chile 1"]
    for places, sought in ((PLACES, ADDRESS), (METADATA, DOI)):
        for place in places:
            path = place.format(deposit=deposit)
            headers = {"Accept": "*/*" if "api" in path else "text/html"}
            replies = [one.get(path, headers=headers) for one in (client, with_doi)]
            assert [reply.status_code for reply in replies] == [200, 200], path
            without, cited = (reply.get_data(as_text=True) for reply in replies)
            assert sought in cited and sought not in without, path


@pytest.mark.parametrize("wrong", ["lode", "https://doi.org/10.5072/lode", "10.5072/", "10.5/lode", "10.5072/lo de"])
def test_what_is_no_doi_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        settings(LODE_DOI=wrong)
