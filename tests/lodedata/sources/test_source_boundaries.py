"""Countries and divisions on synthetic shapes in the published form."""

from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from tests.column_counts import counts

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.sources import readers


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(sources.load_source(name), path, Tally() if tally is None else tally))


def only(readings: list[Reading]) -> Any:
    ((record,),) = [reading.records for reading in readings]
    return record


def rules(readings: list[Reading]) -> list[str]:
    return [problem.rule for reading in readings for problem in reading.problems]


def natural_earth(folder: Path, countries: list[dict[str, Any]], divisions: list[dict[str, Any]]) -> None:
    square = shapely.box(0, 0, 1, 1)
    for name, rows in (("ne_50m_admin_0_countries.geojson", countries), ("ne_50m_admin_1_states_provinces.gpkg", divisions)):
        frame = geopandas.GeoDataFrame(rows, geometry=[row.pop("shape", square) for row in rows], crs=4326)
        pyogrio.write_dataframe(frame, folder / name, geometry_type="Unknown")


def test_boundaries_are_zones_by_their_iso_codes(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    natural_earth(
        tmp_path,
        [
            {"ISO_A3": "CHN", "ADM0_A3": "CHN", "NAME_EN": "China", "NAME_ZH": "中国"},
            {"ISO_A3": "-99", "ADM0_A3": "KOS", "NAME_EN": "Kosovo", "NAME_ZH": "科索沃", "shape": bow},
            {"ISO_A3": "CHN", "ADM0_A3": "CHN", "NAME_EN": "An islet", "NAME_ZH": None},
        ],
        [
            {"iso_3166_2": "CN-JX", "adm0_a3": "CHN", "name_en": "Jiangxi", "name_zh": "江西省"},
            {"iso_3166_2": "IN-OR", "adm0_a3": "IND", "name_en": "Odisha", "name_zh": "奥里萨邦"},
        ],
    )
    tally = Tally()
    zones = [only([reading]) for reading in read("natural-earth", tmp_path, tally)]
    assert counts(tally, "countries", "iso_a3") == (2, 2, {})
    assert counts(tally, "countries", "adm0_a3") == (3, 1, {"given-elsewhere": 2})
    assert counts(tally, "provinces", "iso_3166_2") == (2, 2, {})
    assert [(z.zone_kind, z.code, z.country, z.name_zh) for z in zones] == [
        ("country", "CHN", "CHN", "中国"),
        ("country", "XKX", "XKX", "科索沃"),
        ("country", "CHN#2", "CHN", None),
        ("division", "CN-JX", "CHN", "江西省"),
        ("division", "IN-OD", "IND", "奥里萨邦"),
    ]
    for zone in zones:
        shape = shapely.from_wkb(zone.wkb)
        assert (shape.geom_type, shape.is_valid, zone.accuracy_m) == ("MultiPolygon", True, 5000)
    assert zones[3].parent == "CHN"


def test_a_boundary_without_a_polygon_or_a_code_is_refused(tmp_path: Path) -> None:
    natural_earth(
        tmp_path,
        [{"ISO_A3": "CHN", "shape": shapely.Point(1, 2)}, {"ISO_A3": "PER", "shape": None}, {"ISO_A3": "-99"}],
        [{"iso_3166_2": "CN-JX", "adm0_a3": "CHN"}],
    )
    readings = read("natural-earth", tmp_path)
    assert [rules([reading]) for reading in readings] == [["geometry-unreadable"], ["geometry-unreadable"], ["missing-key"], []]


def test_boundaries_want_their_files(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"one file named 'ne_50m_admin_0_countries\*' is expected, there is none"):
        read("natural-earth", tmp_path)
    other = tmp_path / "borders.geojson"
    other.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(FileRefused, match="borders.geojson: is named neither"):
        read("natural-earth", other)
