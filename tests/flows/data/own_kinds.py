"""A distribution of its own with three record kinds: claims with polygons, boreholes with points, surveys without geometry."""

import json
from pathlib import Path

CLAIM = """
from lodedata.kinds import Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED, NAMES, ORIGIN_FIELDS

KIND = Kind(
    "claim", "claims", "Claims", "探矿权", "claim", "探矿权",
    "Areas that somebody may explore.", "获准勘查的区域。",
    "polygon",
    (
        *NAMES,
        Field("holder", "Holder", "权利人"),
        Field("stage", "Stage", "勘查阶段", facet=True, required=True, tile=True),
        Field("area_ha", "Area in hectares", "面积（公顷）", "number", unit="har"),
        Field("granted", "Granted", "授予日期", partial_date=True),
        FIGURES_REPORTED,
        *ORIGIN_FIELDS,
    ),
    date_field="granted",
    type_field="stage",
)
"""
SURVEY = """
from lodedata.kinds import Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED, NAMES, ORIGIN_FIELDS

KIND = Kind(
    "survey", "surveys", "Surveys", "勘查工作", "survey", "勘查工作",
    "Campaigns of exploration.", "勘查工作项目。",
    None,
    (
        *NAMES,
        Field("method", "Method", "方法", facet=True, required=True),
        Field("metres", "Metres drilled", "钻探进尺（米）", "integer", unit="m", facet=True),
        FIGURES_REPORTED,
        *ORIGIN_FIELDS,
    ),
)
"""
BOREHOLE = """
from lodedata.kinds import Field, Kind
from lodedata.kinds.shared import FIGURES_REPORTED, NAMES, ORIGIN_FIELDS, POSITION_FIELDS

KIND = Kind(
    "borehole", "boreholes", "Boreholes", "钻孔", "borehole", "钻孔",
    "Holes drilled to explore.", "勘查钻孔。",
    "point",
    (
        *NAMES,
        Field("country", "Country", "国家", vocabulary="country", facet=True),
        Field("depth_m", "Depth in metres", "孔深（米）", "number", unit="m"),
        *POSITION_FIELDS,
        FIGURES_REPORTED,
        *ORIGIN_FIELDS,
    ),
)
"""
SOURCE = """
name: {name}
title_en: {name}
title_zh: {name}
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
"""
CLAIM_MAPPING = """
  - key: "{id}"
    kind: {const: claim}
    name_en: name
    position: {geometry: true}
    holder: holder
    stage: stage
    area_ha: area
    granted: granted
"""
SURVEY_MAPPING = """
  - key: "{id}"
    kind: {const: survey}
    name_en: name
    name_zh: name_zh
    method: method
    metres: metres
"""
BOREHOLE_MAPPING = """
  - key: "{id}"
    kind: {const: borehole}
    name_en: name
    country: country
    position: {lon: lon, lat: lat}
    fields: {depth_m: depth}
"""
BOREHOLE_TABLE = """id,name,country,lon,lat,depth
1,ZK-1,CHL,-69.1234,-24.5678,350
2,ZK-2,CHL,69.2,-24.5,120.5
1,The first key again,CHL,-69.3,-24.6,10
"""
SURVEY_TABLE = """id,name,name_zh,method,metres
1,North drilling,北区钻探,drilling,1200
2,North mapping,北区填图,mapping,
3,No method,无方法,,5
"""


def write_package(folder: Path) -> Path:
    """Write the modules of the kinds; return the folder that belongs on the path."""
    kinds = folder / "package" / "lodedata" / "kinds"
    kinds.mkdir(parents=True)
    for name, text in (("claim", CLAIM), ("borehole", BOREHOLE), ("survey", SURVEY)):
        (kinds / f"{name}.py").write_text(text, encoding="utf-8")
    return folder / "package"


def write_tables(folder: Path) -> list[tuple[Path, Path]]:
    """Write a table of each kind with its mapping: two good rows, one that is refused."""
    paths = []
    for name, mapping, suffix, content in (
        ("test-claims", CLAIM_MAPPING, "geojson", _claims()),
        ("test-boreholes", BOREHOLE_MAPPING, "csv", BOREHOLE_TABLE),
        ("test-surveys", SURVEY_MAPPING, "csv", SURVEY_TABLE),
    ):
        described, table = folder / f"{name}.yml", folder / f"{name}.{suffix}"
        described.write_text(SOURCE.format(name=name) + mapping, encoding="utf-8")
        table.write_text(content, encoding="utf-8")
        paths.append((described, table))
    return paths


def _claims() -> str:
    rows = [
        ("a", "North block", "A Mining", "detailed", 120.5, "2021-05"),
        ("b", "South block", "B Mining", "general", 80, "2019"),
    ]
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(("id", "name", "holder", "stage", "area", "granted"), row, strict=True)),
            "geometry": {"type": "Polygon", "coordinates": [_square(-69.5 + 10 * n)]},
        }
        for n, row in enumerate([*rows, ("c", "No stage", None, None, None, None)])
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _square(west: float) -> list[list[float]]:
    return [[west, -25.5], [west + 1, -25.5], [west + 1, -24.5], [west, -24.5], [west, -25.5]]
