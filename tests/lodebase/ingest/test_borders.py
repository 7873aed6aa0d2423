"""The boundaries that an import checks positions against: zones of the store, else a file of countries, else none."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lodebase.db.boundaries import read_boundaries, read_boundary_file
from lodebase.ingest import run
from lodebase.ingest.run import ImportJob
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable


def square(x: float, y: float, size: float = 2) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def natural_earth(folder: Path) -> Path:
    """Two countries and a division, as Natural Earth writes them."""

    def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> str:
        listed = [{"type": "Feature", "properties": about, "geometry": shape} for shape, about in features]
        return json.dumps({"type": "FeatureCollection", "features": listed})

    chile = {"ISO_A3": "CHL", "NAME_EN": "Chile", "NAME_ZH": "智利", "ADM0_A3": "CHL"}
    china = {"ISO_A3": "CHN", "NAME_EN": "China", "NAME_ZH": "中国", "ADM0_A3": "CHN"}
    tibet = {"iso_3166_2": "CN-XZ", "name_en": "Tibet", "name_zh": "西藏自治区", "adm0_a3": "CHN"}
    (folder / "ne_50m_admin_0_countries.geojson").write_text(collection((square(0, 0), chile), (square(10, 10), china)))
    (folder / "ne_50m_admin_1_states_provinces.geojson").write_text(collection((square(10, 10, 1), tibet)))
    return folder


def topojson(folder: Path) -> Path:
    """The same two countries by their numeric codes, and one whose code nobody knows."""

    def object_of(number: str, arc: int) -> dict[str, Any]:
        return {"type": "Polygon", "id": number, "properties": {}, "arcs": [[arc]]}

    arcs = [square(x, x)["coordinates"][0] for x in (0, 10, 20)]
    objects = {
        "land": {"type": "GeometryCollection", "geometries": []},
        "countries": {
            "type": "GeometryCollection",
            "geometries": [object_of("152", 0), object_of("156", 1), object_of("-99", 2)],
        },
    }
    path = folder / "countries.json"
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}))
    return path


def load_borders(own_table: "OwnTable", folder: Path) -> None:
    source, read = sources.load_source("natural-earth"), readers.get_source_reader("natural-earth")
    summary = run.run(
        own_table.store.importer, ImportJob(source, folder, lambda tally: read(source, folder, tally), Boundaries(()))
    )
    assert (summary.loaded, summary.quarantined) == (3, 0)


def test_zones_of_the_store_are_the_boundaries(own_table: "OwnTable", tmp_path: Path) -> None:
    load_borders(own_table, natural_earth(tmp_path))
    found = read_boundaries(own_table.store.importer, None)
    assert found.countries([1, 11, 5], [1, 11, 5]) == ["CHL", "CHN", None]
    assert found.divisions([10.5, 11.5], [10.5, 11.5]) == ["CN-XZ", None]
    assert {(area.code, area.country, area.is_division, area.accuracy_m) for area in found.areas} == {
        ("CHL", "CHL", False, 5000.0),
        ("CHN", "CHN", False, 5000.0),
        ("CN-XZ", "CHN", True, 5000.0),
    }


def test_a_zone_that_is_no_longer_valid_is_no_boundary(own_table: "OwnTable", tmp_path: Path) -> None:
    load_borders(own_table, natural_earth(tmp_path))
    own_table.owner("UPDATE zone SET valid_to = '2020' WHERE code = 'CHL'")
    assert {area.code for area in read_boundaries(own_table.store.importer, None).areas} == {"CHN", "CN-XZ"}


def test_zones_of_another_meaning_are_no_boundaries(own_table: "OwnTable", tmp_path: Path) -> None:
    load_borders(own_table, natural_earth(tmp_path))
    own_table.owner("UPDATE zone SET zone_kind = 'protected-area' WHERE code = 'CHL'")
    assert {area.code for area in read_boundaries(own_table.store.importer, None).areas} == {"CHN", "CN-XZ"}


def test_a_store_without_zones_takes_the_countries_of_a_file(own_table: "OwnTable", tmp_path: Path) -> None:
    found = read_boundaries(own_table.store.importer, topojson(tmp_path))
    assert found.countries([1, 11, 21], [1, 11, 21]) == ["CHL", "CHN", None]
    assert found.divisions([1], [1]) == [None]


def test_zones_go_before_the_file(own_table: "OwnTable", tmp_path: Path) -> None:
    load_borders(own_table, natural_earth(tmp_path))
    assert read_boundaries(own_table.store.importer, topojson(tmp_path)).knows("CN-XZ")


def test_without_zones_and_file_nothing_is_checked(own_table: "OwnTable", tmp_path: Path) -> None:
    assert not read_boundaries(own_table.store.importer, None)
    assert not read_boundaries(own_table.store.importer, tmp_path / "nowhere.json")


def test_the_file_that_ships_knows_the_countries_of_the_world() -> None:
    """Points in the middle of countries and on both sides of the date line, read off a map."""
    path = Path(run.__file__).parents[3] / "web/lodeweb/static/dist/countries-50m.json"
    if not path.is_file():
        pytest.skip("the front end has not been packed: `make assets`")
    boundary_file = read_boundary_file(path)
    assert boundary_file.countries([-70, 104, 134, 25], [-27, 36, -25, -5]) == ["CHL", "CHN", "AUS", "COD"]
    assert boundary_file.countries([164.44, 179, -175, 178, -179.9, -160], [66.56, 67, 66, -17.8, -16.8, 66]) == [
        *("RUS", "RUS", "RUS"),
        *("FJI", "FJI", "USA"),
    ]


def test_a_position_outside_its_country_is_flagged_by_an_import_and_stays_where_it_is(
    own_table: "OwnTable", tmp_path: Path
) -> None:
    load_borders(own_table, natural_earth(tmp_path))
    found = read_boundaries(own_table.store.importer, None)
    job = own_table.job([{"id": "a", "country": "China", "lon": "1.1234", "lat": "1.1234"}])
    run.run(own_table.store.importer, ImportJob(job.source, job.path, job.read, found))
    assert own_table.all("SELECT flags, ST_X(geom) FROM deposit") == [(["outside-country"], 1.1234)]
    sentences = own_table.all("SELECT sentence_en, sentence_zh FROM flag")
    assert sentences[0][0].endswith("km outside China, the stated country.")
    assert "在所述国家中国之外" in sentences[0][1]


def test_a_row_whose_boundaries_changed_is_looked_at_again(own_table: "OwnTable", tmp_path: Path) -> None:
    """The same file against other boundaries may raise another flag, so it is no unchanged row."""
    rows = [{"id": "a", "country": "China", "lon": "1.1234", "lat": "1.1234"}]
    own_table.load(rows)
    assert own_table.one("SELECT flags FROM deposit") == []
    load_borders(own_table, natural_earth(tmp_path))
    job = own_table.job(rows)
    found = read_boundaries(own_table.store.importer, None)
    assert run.run(own_table.store.importer, ImportJob(job.source, job.path, job.read, found)).updated == 1
    assert own_table.one("SELECT flags FROM deposit") == ["outside-country"]
