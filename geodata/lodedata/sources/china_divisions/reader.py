"""Provinces, prefectures and counties of China as zones, keyed by level and code of GB/T 2260."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import shapely

from lodedata.geography import tianditu
from lodedata.geography.division_names import strip_division_level
from lodedata.geography.tianditu import DivisionShape
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import RowCells
from lodedata.read import FileRefused, InputRow
from lodedata.records import SourceRow, Zone
from lodedata.search_terms import transcribe_to_pinyin
from lodedata.vocab import load_vocabulary

EDGE_ACCURACY_M = 1_000.0
"""95 % of the points of prefectures lie within 770 m of Amap's prefectures in the same package."""
ZONE_KINDS = {"province": "division", "city": "prefecture", "district": "county"}


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield every province, then every prefecture, then every county."""
    provinces = {term.extra["gb_code"]: term.code for term in load_vocabulary("division") if term.extra["gb_code"]}
    try:
        for level, zone_kind in ZONE_KINDS.items():
            shapes = tianditu.read_china_divisions(path, level)
            columns = [*shapes[0].cells] if shapes else []
            usage = tally.reads(f"cn_{level}.csv", columns, _list_columns(level))
            for number, shape in enumerate(shapes, 1):
                tally.rows[level] = tally.rows.get(level, 0) + 1
                cells = RowCells(usage, InputRow(number, [*shape.cells.values()]))
                for column in _list_columns(level):
                    cells.get(column)
                cells.close()
                yield _build_reading(shape, zone_kind, f"cn_{level}.csv, row {number}", provinces)
    except tianditu.ShapesUnreadable as error:
        raise FileRefused(error.message) from None


def _list_columns(level: str) -> tuple[str, ...]:
    """Return the columns of a level's table that a zone is made from."""
    above = tianditu.LEVELS[: tianditu.LEVELS.index(level)][-1:]
    return (f"{level}_name", f"{level}_adcode", *(f"{other}_adcode" for other in above))


def _build_reading(shape: DivisionShape, zone_kind: str, locator: str, provinces: dict[str, str]) -> Reading:
    row = SourceRow(f"{zone_kind}/{shape.code}", orjson.dumps({"code": shape.code, "name": shape.name}), locator)
    polygon = shape.polygon if shape.polygon.is_valid else _extract_polygons(shapely.make_valid(shape.polygon))
    province = provinces[shape.code[:2] + "0000"]
    zone = Zone(
        zone_kind=zone_kind,
        code=province if zone_kind == "division" else shape.code,
        name_en=_name_en(shape, zone_kind, province),
        name_zh=shape.name,
        country="CHN",
        wkb=shapely.to_wkb(polygon, include_srid=False),
        accuracy_m=EDGE_ACCURACY_M,
        parent={"division": "CHN", "prefecture": province}.get(zone_kind, shape.parent),
    )
    return Reading((row,), (zone,))


def _name_en(shape: DivisionShape, zone_kind: str, province: str) -> str:
    """Return the English label of a province; the pinyin of the short form of other names."""
    if zone_kind == "division":
        return load_vocabulary("division")[province].label_en
    return transcribe_to_pinyin(strip_division_level(shape.name))[0].capitalize()


def _extract_polygons(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.multipolygons([polygon for part in parts for polygon in shapely.get_parts(part)])
