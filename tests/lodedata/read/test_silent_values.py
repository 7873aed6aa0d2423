"""Values that libraries drop or change without a word: each is reported."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from lodedata.cells import Unreadable, parse_degrees
from lodedata.mapping import Reading
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.organisations.owner_texts import read_owners
from lodedata.read import FileRefused, open_tables

ReadMapped = Callable[..., list[Reading]]


def test_text_in_a_numeric_column_of_a_geopackage_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "t.gpkg"
    frame = geopandas.GeoDataFrame({"ore": [1.5, 2.5]}, geometry=[shapely.Point(1, 2), shapely.Point(3, 4)], crs=4326)
    pyogrio.write_dataframe(frame, path, layer="sites", driver="GPKG")
    assert [row.cells[0] for row in open_tables(path)[0].rows] == [1.5, 2.5]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS rtree_sites_geom_update7")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE sites SET ore = 'about 3' WHERE rowid = 2")
    with pytest.raises(FileRefused, match="layer 'sites', row 2, column 'ore': holds the text 'about 3'"):
        open_tables(path)


def test_asterisks_of_a_dbf_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "t.dbf"
    fields = b"".join(
        name.ljust(11, b"\0") + kind + bytes(4) + bytes([width, 0]) + bytes(14)
        for name, kind, width in ((b"NAME", b"C", 5), (b"ORE", b"N", 4))
    )
    rows = b" " + b"Rosa 12  "[:9] + b" " + b"Mina ****"
    head = (
        bytes([3, 124, 1, 1]) + (2).to_bytes(4, "little") + (97).to_bytes(2, "little") + (10).to_bytes(2, "little") + bytes(20)
    )
    path.write_bytes(head + fields + b"\r" + rows + b"\x1a")
    assert [list(row.cells) for row in open_tables(path)[0].rows] == [["Rosa", 12], ["Mina", "****"]]


def test_a_null_feature_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.geojson"
    point = {"type": "Feature", "properties": {"a": [1, None]}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point, None, point]}), "utf-8")
    with pytest.raises(FileRefused, match="feature 2 of 3 is null"):
        open_tables(path)


def test_one_bad_placemark_loses_its_geometry_only(read: ReadMapped, tmp_path: Path) -> None:
    marks = "".join(
        f"<Placemark><name>{name}</name><Point><coordinates>{at}</coordinates></Point></Placemark>"
        for name, at in (("Rosa", "1,2"), ("Mina", "here"), ("Cerro", "3,4"))
    )
    path = tmp_path / "t.kml"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', "utf-8")
    mapping = """
    - key: "{name}"
      kind: {const: deposit}
      name_en: name
      commodities: [{const: copper}]
      position: {geometry: true}
    """
    readings = read(mapping, path)
    assert [reading.refused for reading in readings] == [False, False, False]
    assert [(problem.rule, problem.value) for problem in readings[1].problems] == [("point-unreadable", "here")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("23°30'15,5\"S", -(23 + 30 / 60 + 15.5 / 3600)),
        ("23 30,5 S", -(23 + 30.5 / 60)),
        ("23-33-00S", -23.55),
        ("S 23-33-00", -23.55),
        ("233300S", -23.55),
        ("0703015W", -(70 + 30 / 60 + 15 / 3600)),
        ("23 deg 33 min 0 sec S", -23.55),
        ("23 degrees 33 minutes S", -23.55),
        ("23 grados 33 minutos 0 segundos S", -23.55),
    ],
)
def test_angles_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_degrees(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["48,5", "236000S", "12-05-2019", "23 deg 75 min S"])
def test_other_texts_are_no_angles(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_degrees(text)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("A (B (C)) (40%), D (E) (60%)", [("A (B (C))", 40.0), ("D (E)", 60.0)]),
        ("Alpha [Beta (Gamma)] 20%", [("Alpha [Beta (Gamma)]", 20.0)]),
        ("Codelco (Division (El Teniente)): 100%", [("Codelco (Division (El Teniente))", 100.0)]),
    ],
)
def test_a_name_with_inner_brackets_keeps_them_and_its_share(text: str, owners: list[tuple[str, float]]) -> None:
    assert [(owner.name, owner.share_pct) for owner in read_owners(text)] == owners


def test_unknown_terms_are_listed_in_full_with_a_mapping_to_fill(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"{at},Mine {at},unobtainium-{at}\n" for at in range(20)) + "".join(
        f"{at},Mine {at},copper\n" for at in range(20, 60)
    )
    path.write_text("id,mine name,commodity\n" + rows, "utf-8")
    text = write_mapping_suggestion(path)
    assert all(f'#     "unobtainium-{at}": ' in text for at in range(20))
