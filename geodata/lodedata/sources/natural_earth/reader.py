"""Countries and divisions as zones, keyed by their ISO codes."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson
import shapely

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.reading import RowCells
from lodedata.mapping.values.geometry import UNREADABLE
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import FileRefused, InputRow, InputTable, open_tables
from lodedata.records import SourceRow, Zone

EDGE_ACCURACY_M = 5_000.0
COUNTRIES = "ne_50m_admin_0_countries*"
DIVISIONS = "ne_50m_admin_1_states_provinces*"
ISO_CODES = {
    "KOS": "XKX",
    "IN-CT": "IN-CG",
    "IN-OR": "IN-OD",
    "IN-TG": "IN-TS",
    "IN-UT": "IN-UK",
    "ZA-GT": "ZA-GP",
    "ZA-NL": "ZA-KZN",
}
"""Codes that ISO 3166 has changed since the file was made, or that it does not have."""
COUNTRY_CODE = ("iso_a3", "iso_a3_eh", "adm0_a3")
COUNTRY_NAME = ("name_en", "name_long", "admin", "name")
DIVISION_CODE = ("iso_3166_2", "code_hasc", "adm1_code")
DIVISION_NAME = ("name_en", "name", "gn_name")
DIVISION_COUNTRY = ("adm0_a3", "sr_adm0_a3", "gu_a3")
NULLS = frozenset({"", "-99", "-1"})
READABLE = (".geojson", ".json", ".zip", ".shp", ".gpkg", ".fgb")

Maker = Callable[[RowCells, bytes], Zone]


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield every country, then every division."""
    keys: dict[str, int] = {}
    boundary_files = [(file, make) for pattern, make in KINDS.items() if (file := _find_file(path, pattern)) is not None]
    if not boundary_files:
        raise FileRefused(
            msg(
                "%(file)s: is named neither %(countries)r nor %(divisions)r",
                file=path.name,
                countries=COUNTRIES,
                divisions=DIVISIONS,
            )
        )
    for file, make in boundary_files:
        table = open_tables(file)[0]
        usage = tally.reads(table.name, [column.casefold() for column in table.columns], COLUMNS[make], NULLS)
        for row in table.rows:
            tally.rows[table.name] = tally.rows.get(table.name, 0) + 1
            cells = RowCells(usage, row)
            reading = _build_reading(table, row, make, keys, cells)
            cells.close("row-refused" if reading.refused else "used")
            yield reading


def _find_file(path: Path, pattern: str) -> Path | None:
    if not path.is_dir():
        return path if path.match(pattern) else None
    paths = [file for file in sorted(path.glob(pattern)) if file.suffix.casefold() in READABLE]
    if not paths:
        raise FileRefused(msg("%(path)s: one file named %(pattern)r is expected, there is none", path=path, pattern=pattern))
    return paths[0]


def _build_reading(table: InputTable, row: InputRow, make: Maker, keys: dict[str, int], cells: RowCells) -> Reading:
    named = zip(table.columns, row.cells, strict=False)
    raw = orjson.dumps({column.casefold(): value for column, value in named if value is not None})
    locator = f"{table.name}, row {row.number}"
    try:
        shape = shapely.from_wkb(row.geometry) if row.geometry is not None else None
    except UNREADABLE as error:
        problem = Problem("geometry-unreadable", str(error))
        return Reading((SourceRow(f"#{row.number}", raw, locator),), (), (problem,))
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
        problem = Problem("geometry-unreadable", "no polygon", None, {"value": msg("no polygon")})
        return Reading((SourceRow(f"#{row.number}", raw, locator),), (), (problem,))
    shape = shapely.force_2d(shape if shape.is_valid else shapely.make_valid(shape))
    zone = make(cells, shapely.to_wkb(_convert_to_multi(shape), include_srid=False))
    if not zone.code:
        return Reading((SourceRow(f"#{row.number}", raw, locator),), (), (Problem("missing-key", "", "iso_a3 or iso_3166_2"),))
    count = keys[zone.code] = keys.get(zone.code, 0) + 1
    key = zone.code if count == 1 else f"{zone.code}#{count}"
    if count > 1:
        zone = Zone(**{name: getattr(zone, name) for name in Zone.__slots__} | {"code": key})
    return Reading((SourceRow(key, raw, locator),), (zone,))


def _convert_to_multi(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    polygons = [polygon for part in parts for polygon in shapely.get_parts(part)]
    return shapely.multipolygons(polygons)


def _read_iso_code(code: str | None) -> str | None:
    return ISO_CODES.get(code, code) if code is not None else None


def _build_country(cells: RowCells, wkb: bytes) -> Zone:
    code = _read_iso_code(cells.first(*COUNTRY_CODE)) or ""
    return Zone(
        zone_kind="country",
        code=code,
        name_en=cells.first(*COUNTRY_NAME) or code,
        name_zh=cells.get("name_zh"),
        country=code,
        wkb=wkb,
        accuracy_m=EDGE_ACCURACY_M,
    )


def _build_division(cells: RowCells, wkb: bytes) -> Zone:
    code = _read_iso_code(cells.first(*DIVISION_CODE)) or ""
    country = _read_iso_code(cells.first(*DIVISION_COUNTRY))
    return Zone(
        zone_kind="division",
        code=code,
        name_en=cells.first(*DIVISION_NAME) or code,
        name_zh=cells.get("name_zh"),
        country=country,
        wkb=wkb,
        accuracy_m=EDGE_ACCURACY_M,
        parent=_read_iso_code(cells.first("adm0_a3", "sr_adm0_a3")),
    )


KINDS: Mapping[str, Maker] = {COUNTRIES: _build_country, DIVISIONS: _build_division}
"""Makers of zones by the file's name; countries come first."""
COLUMNS: Mapping[Maker, tuple[str, ...]] = {
    _build_country: (*COUNTRY_CODE, *COUNTRY_NAME, "name_zh"),
    _build_division: (*DIVISION_CODE, *DIVISION_NAME, *DIVISION_COUNTRY, "name_zh"),
}
"""The columns that a maker reads."""
