"""The ground of pictures: outlines of an operator's file, the view on borders, and its fingerprint."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lodebase.errors import NotFound
from lodebase.ground.packs import find_outlines, read_ground_fingerprint
from lodebase.query import Bbox
from lodebase.settings import Settings
from lodebase.topics.pictures.frame import Frame, build_frame
from lodebase.topics.pictures.outlines import draw_ground, list_ground_notes

OWN = {
    "type": "Topology",
    "arcs": [[[175, -10], [-175, -10], [-175, -20], [175, -20], [175, -10]], [[0, 0], [1, 1]]],
    "objects": {
        "countries": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]], "id": "242"}]},
        "lines": {"type": "MultiLineString", "arcs": [[1]]},
    },
}
"""A country across the date line, and a dashed line, without a transform."""


def list_points(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def frame_of(box: Bbox) -> Frame:
    return build_frame(box, 400, None, 25e6, is_filter=True)


def settings_of(**named: Any) -> Settings:
    return Settings.model_validate(named)


@pytest.mark.parametrize("box", [Bbox(170, -25, -170, -5), Bbox(-180, -25, -160, -5), Bbox(160, -25, 180, -5)])
def test_land_across_the_date_line_is_drawn_where_it_is(box: Bbox, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(OWN), encoding="utf-8")
    frame = frame_of(box)
    ground = draw_ground(settings_of(LODE_MAP_COUNTRIES=path), frame)
    points = list_points(ground.land)
    columns = [x for x, _ in points]
    edges = [frame.x(lon if lon > box.west - 1 else lon + 360) for lon in (175, -175)]
    wanted = [max(-4, min(404, x)) for x in edges]
    if box == Bbox(-180, -25, -160, -5):
        wanted = [-4, frame.x(-175)]
    assert (min(columns), max(columns)) == pytest.approx(tuple(wanted), abs=1)


def test_a_country_of_the_vocabulary_has_its_names_at_the_middle_of_its_largest_part(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(OWN), encoding="utf-8")
    (fiji,) = draw_ground(settings_of(LODE_MAP_COUNTRIES=path), frame_of(Bbox(-1, -1, 2, 2))).countries
    assert (fiji.name_en, fiji.name_zh) == ("Fiji", "斐济")
    assert (fiji.lon, fiji.lat, fiji.square_degrees) == pytest.approx((180, -15, 100))


def test_dashed_lines_are_drawn_with_the_borders(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(OWN), encoding="utf-8")
    ground = draw_ground(settings_of(LODE_MAP_COUNTRIES=path), frame_of(Bbox(-1, -1, 2, 2)))
    assert ground.land == "" and len(list_points(ground.borders)) == 2


def test_the_chinese_view_has_outlines_of_its_own() -> None:
    chinese, usual = settings_of(LODE_WORLDVIEW="CHN"), settings_of()
    assert find_outlines(chinese) != find_outlines(usual)
    # the dashed line of the South China Sea
    sea = frame_of(Bbox(108, 8, 114, 12))
    drawn = draw_ground(chinese, sea)
    assert len(drawn.borders) > len(draw_ground(usual, sea).borders)
    assert "Borders of China: Tianditu" in map(str, list_ground_notes(drawn, chinese))


def test_missing_outlines_are_said_and_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="lode ground build"):
        draw_ground(settings_of(LODE_WORLDVIEW="CHN", LODE_GROUND=tmp_path), frame_of(Bbox(0, 0, 1, 1)))


def test_water_is_named_with_its_source() -> None:
    ground = draw_ground(settings_of(), frame_of(Bbox(100, 20, 120, 35)))
    assert [layer.kind for layer in ground.water] == ["lakes", "rivers"]
    assert all(layer.path.startswith("M") and "GSHHG" in layer.attribution for layer in ground.water)


def test_the_fingerprint_changes_with_the_ground(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(OWN), encoding="utf-8")
    first = read_ground_fingerprint(settings_of(LODE_MAP_COUNTRIES=path))
    path.write_text(json.dumps(OWN) + "\n", encoding="utf-8")
    second = read_ground_fingerprint(settings_of(LODE_MAP_COUNTRIES=path))
    approved = read_ground_fingerprint(settings_of(LODE_MAP_COUNTRIES=path, LODE_MAP_APPROVAL="GS(2026)1"))
    assert len({first, second, approved}) == 3
