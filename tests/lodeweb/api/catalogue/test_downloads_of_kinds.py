"""One file of the records of several kinds, and what is said of it before."""

import io
import zipfile
from pathlib import Path

import pyogrio
import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from lodedata.licences import describe_consequences

KINDS = {"deposits", "discoveries", "projects"}


def counts(client: FlaskClient, **query: str) -> dict[str, int]:
    return {
        name: client.get(f"/api/collections/{name}/items", query_string=query).get_json(force=True)["numberMatched"]
        for name in KINDS
    }


def test_a_workbook_has_a_sheet_for_each_kind_and_its_rows(client: FlaskClient) -> None:
    response = client.get("/api/download/xlsx?commodity=copper&lang=en")
    assert response.status_code == 200 and response.headers["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
    found = counts(client, commodity="copper")
    rows = {name: len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names}
    titles = {"Deposits": "deposits", "Prospects and discoveries": "discoveries", "Projects": "projects"}
    assert {kind: rows[title] for title, kind in titles.items()} == found
    assert response.headers["OGC-NumberMatched"] == str(sum(found.values()))
    assert {"Estimates (deposits)", "Phases (projects)", "Owners and operators (projects)"} <= set(rows)
    assert {"Values by source (deposits)", "Sources", "Licences"} <= set(rows)
    licences = book.get_sheet_by_name("Licences").to_python()
    assert licences[0][-4:] == ["Attribution required", "Commercial use allowed", "Adaptation allowed", "Share-alike"]
    assert all(len(name) <= 31 for name in rows)


def test_a_geopackage_has_a_layer_for_each_kind_and_csv_is_an_archive(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "kinds.gpkg"
    path.write_bytes(client.get("/api/download/gpkg?collections=deposits,projects").get_data())
    layers = dict(pyogrio.list_layers(path))
    assert layers["deposits"] == layers["projects"] == "Point" and "projects_phases" in layers and "sources" in layers
    archive = zipfile.ZipFile(io.BytesIO(client.get("/api/download/csv?collections=deposits,projects").get_data()))
    assert {"README.txt", "deposits.csv", "deposits_estimates.csv", "projects_owners.csv", "sources.csv"} <= set(
        archive.namelist()
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/download/kml", 404),
        ("/api/download/xlsx?collections=zones", 400),
        ("/api/download/xlsx?deposit_model=porphyry-copper", 400),
        ("/api/download/xlsx?package=1", 400),
    ],
)
def test_what_no_such_file_can_hold_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_file_of_several_kinds_may_have_one_kind_only(client: FlaskClient) -> None:
    response = client.get("/api/download/csv?collections=deposits")
    assert response.status_code == 200, response.get_data(as_text=True)
    names = zipfile.ZipFile(io.BytesIO(response.get_data())).namelist()
    assert any("deposits" in name for name in names) and not any("projects" in name for name in names)


def test_contents_of_a_download_are_listed_before_it(client: FlaskClient) -> None:
    found = counts(client)
    said = client.get("/api/download/contents").get_json()
    assert sum(licence["records"] for licence in said["licences"]) >= sum(found.values())
    placed = sum(zone["records"] for zone in said["zones"] if zone["epsg"] > 5000)
    assert 0 < placed <= sum(found.values()) - said["recordsWithoutPosition"]
    assert {licence["attribution"] for licence in said["licences"]} <= {"yes", "no", "unknown"}


def test_contents_of_one_kind_take_its_filters_and_repeated_kinds(client: FlaskClient) -> None:
    one, both, twice = (
        client.get(f"/api/download/contents?{query}").get_json()["recordsWithoutPosition"]
        + sum(
            zone["records"]
            for zone in client.get(f"/api/download/contents?{query}").get_json()["zones"]
            if zone["epsg"] < 33_000
        )
        for query in ("collections=projects", "collections=deposits,projects", "collections=deposits&collections=projects")
    )
    assert 0 < one < both == twice
    assert client.get("/api/download/contents?collections=deposits&occurrence_type=deposit").status_code == 200
    for query in ("occurrence_type=deposit", "collections=zones", "nonsense=1", "f=csv"):
        assert client.get(f"/api/download/contents?{query}").status_code == 400, query


def test_the_contents_are_those_of_the_version(client: FlaskClient) -> None:
    # version 0 is the empty store
    before, first = (client.get(f"/api/download/contents?as_of={version}") for version in (0, 1))
    assert before.get_json()["licences"] == [] and before.get_json()["recordsWithoutPosition"] == 0
    assert first.get_json()["licences"] and first.headers["Lode-Dataset-Version"] == "1"
    assert before.headers["Lode-Dataset-Version"] == "0"


def test_consequences_name_the_licence_that_they_follow_from() -> None:
    assert [str(consequence) for consequence in describe_consequences(["PD"])] == []
    said = [
        str(consequence)
        for consequence in describe_consequences(["CC-BY-4.0", "CC-BY-SA-4.0", "ODbL-1.0", "CC-BY-NC-4.0", "own-terms"])
    ]
    assert said == [
        "Parts of the file may not be used commercially: CC-BY-NC-4.0.",
        "CC-BY-SA-4.0, ODbL-1.0 each require the same licence for works made from them. "
        "Do not publish a work of all parts together.",
        "Not known in full, read the terms before you publish: own-terms.",
        "Name the sources as the attributions require.",
    ]
