"""The packed front end: every file under a name with its hash, stored by browsers for a year, and nothing else."""

import hashlib
import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from lodeweb.pages import assets

YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was served."""

    status: int
    headers: Headers
    content: bytes


def fetched(client: FlaskClient, address: str, **headers: str) -> File:
    """The file at an address, closed again after it was read."""
    with client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}) as response:
        return File(response.status_code, response.headers, response.data)


@pytest.fixture
def manifest() -> dict[str, str]:
    """What `scripts/setup.sh` packed."""
    return assets.read_asset_manifest()


def test_every_page_has_its_script_and_style_and_the_map_its_countries(manifest: dict[str, str]) -> None:
    assert set(manifest) == {
        *(
            "lists.css",
            "map.js",
            "map.css",
            "mark.svg",
            "page.css",
            "docs.js",
            "scheme.js",
            "layout.js",
            "layout-collections.js",
            "layout.css",
            "docs.css",
            "charts.js",
            "corners.js",
            "record.css",
            "desk.css",
            "desk.js",
            "imports.js",
            "job.js",
            "long-form.js",
            "refused.js",
            "snapshot.css",
            "snapshot.js",
            "countries-50m.json",
        ),
    }


def test_every_file_of_the_manifest_has_a_hash_in_its_name_and_is_stored_for_a_year(
    client: FlaskClient, manifest: dict[str, str]
) -> None:
    for name, hashed in manifest.items():
        stem, suffix = hashed.rsplit(".", 1)
        assert name.endswith(suffix)
        assert re.fullmatch(r".+-[0-9A-Za-z]{8}", stem)
        response = fetched(client, assets.build_asset_url(name))
        assert response.status == 200
        assert response.headers["Cache-Control"] == YEAR
        assert response.headers["ETag"]


def test_the_hash_of_the_countries_is_of_what_they_hold(client: FlaskClient, manifest: dict[str, str]) -> None:
    content = fetched(client, assets.build_asset_url("countries-50m.json")).content
    assert f"-{hashlib.sha256(content).hexdigest()[:8]}." in manifest["countries-50m.json"]


@pytest.mark.parametrize("name", ["countries-50m.json", "manifest.json", "nosuch-AAAAAAAA.js"])
def test_a_name_that_stays_while_its_content_changes_is_not_stored(client: FlaskClient, name: str) -> None:
    assert "max-age" not in fetched(client, f"/static/dist/{name}").headers.get("Cache-Control", "")


def test_a_file_that_is_stored_already_is_not_sent_again(client: FlaskClient) -> None:
    first = fetched(client, assets.build_asset_url("map.js"))
    again = fetched(client, assets.build_asset_url("map.js"), If_None_Match=first.headers["ETag"])
    assert (again.status, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == YEAR


@pytest.mark.parametrize("path", ["../app.py", "..%2Fapp.py", "dist/../../app.py", "%2e%2e/app.py", "%2Fetc%2Fpasswd", "dist/"])
def test_no_path_leads_out_of_the_folder(client: FlaskClient, path: str) -> None:
    assert fetched(client, f"/static/{path}").status in (308, 404)


def test_images_that_the_style_names_are_there(client: FlaskClient) -> None:
    style = fetched(client, assets.build_asset_url("map.css")).content.decode()
    named = {name for name in re.findall(r"url\(\"?([^)\"]+)\"?\)", style) if not name.startswith(("data:", "#"))}
    assert named
    for name in named:
        assert fetched(client, f"/static/dist/{name.removeprefix('./')}").status == 200, name


@pytest.mark.parametrize("name", ["map.js", "map.css"])
def test_nothing_packed_uses_another_host_for_anything(client: FlaskClient, name: str) -> None:
    """Links that a person may follow and names of vocabularies are no requests; these are the ones there are."""
    text = fetched(client, assets.build_asset_url(name)).content.decode()
    hosts = set(re.findall(r"(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text))
    assert hosts <= {"leafletjs.com", "www.w3.org"}
