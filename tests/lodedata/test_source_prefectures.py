"""Prefectures from a package in the published form: texts of steps, plain points, empty rings, districts."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.sources import readers

# a square of 1/1024 degree: from (119808, 37888) / 1024 = (117, 37) one step east, one north, one back west, one back south
OFFSET = [119808, 37888]
SQUARE = "".join(chr((step << 1 ^ step >> 31) + 64) for step in (0, 0, 1, 0, 0, 1, -1, 0, 0, -1))


def shape(code: str | None, name: str, coordinates: Any, offsets: Any = None) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": coordinates, "encodeOffsets": offsets}
    return {"id": code, "type": "Feature", "geometry": geometry, "properties": {"name": name}}


SHANDONG = [
    shape("370100", "济南市", [SQUARE], [OFFSET]),
    shape("371500", "聊城市", [[[115, 36], [116, 36], [116, 37], [115, 36]]]),
    shape("370200", "青岛市", [[]], [[]]),
    shape("370300", "淄博市", [["@@"]], [[OFFSET]]),
]


def package(path: Path, **files: Any) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, body in files.items():
            data = body if isinstance(body, bytes) else json.dumps({"features": body}, ensure_ascii=False).encode()
            member = tarfile.TarInfo(f"package/map/json/province/{name}.json")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def read(path: Path) -> list[Reading]:
    return list(readers.reader("echarts-prefectures")(sources.source("echarts-prefectures"), path, Tally()))


def test_prefectures_are_zones_by_their_codes_within_their_divisions(tmp_path: Path) -> None:
    district = [shape("110101", "东城区", [SQUARE], [OFFSET]), shape(None, "高雄市", [SQUARE], [OFFSET])]
    readings = read(package(tmp_path / "echarts-4.9.0.tgz", shandong=SHANDONG, beijing=district))
    zones: Any = [record for reading in readings for record in reading.records]
    assert [(zone.zone_kind, zone.code, zone.name_zh, zone.name_en, zone.parent) for zone in zones] == [
        ("prefecture", "370100", "济南市", "Jinan", "CN-SD"),
        ("prefecture", "371500", "聊城市", "Liaocheng", "CN-SD"),
    ]
    assert len(readings) == 6
    assert [one.rule for reading in readings for one in reading.problems] == ["geometry-unreadable"] * 2
    square = shapely.from_wkb(zones[0].wkb)
    assert square.equals(shapely.multipolygons([shapely.box(117, 37, 117 + 1 / 1024, 37 + 1 / 1024)]))
    assert shapely.from_wkb(zones[1].wkb).area == pytest.approx(0.5)


def test_a_folder_of_the_files_reads_as_the_package_does(tmp_path: Path) -> None:
    folder = tmp_path / "map" / "json" / "province"
    folder.mkdir(parents=True)
    (folder / "shandong.json").write_text(json.dumps({"features": SHANDONG[:1]}), encoding="utf-8")
    assert len(read(tmp_path)) == len(read(folder)) == 1


@pytest.mark.parametrize("data", [b"", b"x", b"[]", b'{"features": 1}', b'{"features": [1]}'])
def test_a_file_that_holds_no_shapes_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(FileRefused):
        read(package(tmp_path / "echarts-4.9.0.tgz", shandong=data))


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "echarts-4.9.0.tgz").write_bytes(b"nothing")
    with pytest.raises(FileRefused, match="not an npm package"):
        read(tmp_path / "echarts-4.9.0.tgz")
    with pytest.raises(FileRefused, match="holds no map"):
        read(package(tmp_path / "other.tgz"))
