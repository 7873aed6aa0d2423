"""Planned plants as flat fields, as in a form or a table row, and their conversion to GeoJSON features."""

import unicodedata
from collections.abc import Mapping

import shapely

from lodebase.layout.planned.candidate import PlantFeature
from lodedata.cells import Unreadable, parse_degrees
from lodedata.layout.capacity_text import parse_tonnes
from lodedata.layout.products import PRODUCTS
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import fold

PREFIX = "d."
"""Prefix of the fields that declare a figure."""
TEXTS = ("product", "project_type", "on", "name", "owner", "technology", "division")
CAPACITY, CAPACITY_UNIT = "capacity_tpa", "capacity_unit"
NUMBERS = ("accuracy_m",)
FED = ("material", "origin", "equity_pct", "contract_pct")
PLACE = ("lon", "lat")
NAMED = ("place", "at")
"""Fields that name the place instead of a position or an outline, which take precedence."""
OUTLINE = "outline"
"""Field with the polygon of the site as WKT or GeoJSON; it takes precedence over the point."""
FIELDS = (*TEXTS, CAPACITY, CAPACITY_UNIT, *NUMBERS, *FED, *PLACE, *NAMED, OUTLINE)
COLUMN_NAMES: Mapping[str, str] = {
    "longitude": "lon",
    "经度": "lon",
    "latitude": "lat",
    "纬度": "lat",
    "产品": "product",
    "capacity": "capacity_tpa",
    "产能": "capacity_tpa",
    "产能(吨/年)": "capacity_tpa",
    "产能单位": CAPACITY_UNIT,
    "地点": "place",
    "所在地": "place",
    "名称": "name",
    "项目名称": "name",
    "业主": "owner",
    "工艺": "technology",
    "建设性质": "project_type",
    "日期": "on",
    "date": "on",
    "省份": "division",
    "province": "division",
    "原料": "material",
    "feedstock": "material",
    "原料来源地": "origin",
    "权益原料比例": "equity_pct",
    "合同原料比例": "contract_pct",
    "位置精度": "accuracy_m",
    "范围": OUTLINE,
    "wkt": OUTLINE,
}
"""Common column names and the fields that they match."""


def find_column_field(column: str) -> str | None:
    """Return the field that matches a table column, or None."""
    name = fold(column)
    if name in FIELDS or name.removeprefix(PREFIX) in DECLARED:
        return name if name in FIELDS else PREFIX + name.removeprefix(PREFIX)
    return COLUMN_NAMES.get(name)


def build_flat_feature(fields: Mapping[str, str]) -> PlantFeature:
    """Return the GeoJSON feature of flat fields; an invalid number is passed on as text and rejected when parsed."""
    properties: dict[str, object] = {name: fields[name] for name in TEXTS if fields.get(name)}
    properties["product"] = _find_product(fields.get("product", ""))
    if fields.get(CAPACITY):
        properties[CAPACITY] = _parse_capacity(fields[CAPACITY], fields.get(CAPACITY_UNIT) or "")
    properties |= {name: number(fields[name]) for name in NUMBERS if fields.get(name)}
    shares = {name: number(fields[name]) for name in FED[2:] if fields.get(name)}
    if fields.get("material") or shares:
        fed: dict[str, object] = {"material": fields.get("material") or None, "origin": fields.get("origin") or None}
        properties["feedstock"] = [fed | shares]
    figures = {name.removeprefix(PREFIX): number(value) for name, value in fields.items() if name.startswith(PREFIX) and value}
    # a figure in a field of another product remains from before the product was changed
    declared = {
        code: value
        for code, value in figures.items()
        if code not in DECLARED or properties["product"] in DECLARED[code].products
    }
    if declared:
        properties["declared"] = declared
    if not any(fields.get(name) for name in (*PLACE, OUTLINE)):
        properties["place"] = next((fields[name].strip() for name in NAMED if fields.get(name)), "")
        return {"type": "Feature", "geometry": None, "properties": properties}
    return {"type": "Feature", "geometry": _parse_geometry(fields), "properties": properties}


def _parse_capacity(text: str, unit: str) -> float | str:
    """Return tonnes a year, or the text as entered if it is no capacity, which is rejected when parsed."""
    capacity_tpa = parse_tonnes(text, unit)
    return text if capacity_tpa is None else capacity_tpa


def _parse_geometry(fields: Mapping[str, str]) -> object:
    """Return the outline if there is one, else the point; an invalid outline is passed on as text and rejected when parsed."""
    text = (fields.get(OUTLINE) or "").strip()
    if not text:
        return {"type": "Point", "coordinates": [_parse_degrees(fields.get(name, "")) for name in PLACE]}
    try:
        shape = shapely.from_geojson(text) if text.startswith("{") else shapely.from_wkt(text)
    except shapely.errors.ShapelyError:
        return text
    while shape is not None and hasattr(shape, "geoms") and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    return shapely.geometry.mapping(shape)


def _parse_degrees(text: str) -> float | str:
    """Return decimal degrees, also of degrees, minutes and seconds; or the text itself if it is neither."""
    try:
        return parse_degrees(unicodedata.normalize("NFKC", text))
    except Unreadable:
        return text


def number(text: str) -> float | str:
    """Return the text as a number, or the text itself if it is not one."""
    try:
        return float(unicodedata.normalize("NFKC", text).replace(",", ""))
    except ValueError:
        return text


def _find_product(name: str) -> str:
    """Return the code of a product given by its code or by its label in either language."""
    for product in PRODUCTS.values():
        if fold(name) in (product.code, fold(product.label_en), fold(product.label_zh)):
            return product.code
    return name
