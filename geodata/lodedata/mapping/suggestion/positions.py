"""Lines of the position: columns of coordinates, points as text or the file's geometry, and their reference system."""

import re
from collections.abc import Sequence

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lodedata.cells import Unreadable, divide_packed, normalise_cell_text, number, parse_degrees
from lodedata.figures.units import parse_unit
from lodedata.geography import crs
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.columns import MAX_COMPARED_CELLS, SampledColumn
from lodedata.mapping.suggestion.content import WKT_POINT, holds_rings, parse_column_angles
from lodedata.mapping.suggestion.draft import Draft, quote_yaml
from lodedata.mapping.suggestion.rights import find_area_unit, find_right_columns
from lodedata.read import InputTable
from lodedata.rights.area import measure_area_km2
from lodedata.rights.corner_ring import read_ring
from lodedata.rights.corner_text import DATUMS, RingUnreadable, add_angle_signs, is_packed

_PAIR = re.compile(r"\s*[(\[]?\s*([-+]?\d{1,3}[.,]\d+)\s*[,;/ ]\s*([-+]?\d{1,3}[.,]\d+)\s*[)\]]?\s*")
"""Two decimal degrees in one cell."""
_OF_PAIR = (r"^[^-+\d]*([-+]?\d+[.,]\d+)", r"[,;/ ]\s*([-+]?\d+[.,]\d+)[^\d]*$")
"""The patterns of the first and of the second number of a pair."""
_MOSTLY = 0.9
_UTM_ZONE = re.compile(
    r"(?i)\b(?:huso|fuso|zona|zone|fuseau|utm|зона)\W{0,3}(?P<zone>\d{1,2})[\W_]{0,2}(?P<letter>[C-HJ-NP-X])\b"
)
"""A zone of UTM with the letter of its band or hemisphere."""
_DATUMS = {
    "WGS 84": r"wgs\W?(19)?84",
    "SIRGAS 2000": r"sirgas\W?2000",
    "PSAD56": r"psad\W?(19)?56",
    "NAD83": r"nad\W?83",
    "NAD27": r"nad\W?27",
    "ETRS89": r"etrs\W?(19)?89",
}
"""Names of datums in PROJ, and the patterns under which tables name them."""
_BAND_S = (3_540_000, 4_430_000)
"""The northings of the band S of UTM, 32 to 40 degrees north."""
_STATES_EASTING = re.compile(r"(?i)east|collar|东")
"""Names of columns that can't hold northings, whatever their figures look like."""
_FIRST, _SECOND = r"\(\s*([-+.\d]+)", r"\(\s*[-+.\d]+\s+([-+.\d]+)"
_ACCURACY = [
    "      # accuracy of the positions in metres; without it, the number of decimals decides",
    "      # accuracy_m: 1000",
]
_SAME_AREA = 0.1
"""The largest part of a printed area by which that of its corners may differ, if they are read as they are meant."""
_MAX_DEGREES = 400
"""Larger coordinates are no degrees, whatever a file says of them."""
_MIN_PACKED = 8
"""Fewest distinct coordinates that show by their digits that they are packed: one in three metres looks so by chance."""
_ZONES = frozenset({"zone", "zona", "huso", "fuso", "utm zone", "zona utm", "fuseau", "зона", "带号"})
_UNKNOWN_DATUM = [
    "      # degrees of an unknown datum. WGS 84 and CGCS2000 agree to a metre, Xian 1980 and Beijing 1954 are",
    "      # about 100 m uncertain, GCJ-02 (most Chinese web maps) is shifted by 100 to 700 m and can't be used.",
    "      # EPSG:4326 is WGS 84, EPSG:4490 CGCS2000, EPSG:4610 Xian 1980, EPSG:4214 Beijing 1954",
    f'      crs: "{PLACEHOLDER}"',
]


def write_position_lines(draft: Draft, table: InputTable, shapes: Sequence[bytes]) -> list[str]:
    """Return the lines of the position of a table's rows, of which ``shapes`` are the first geometries."""
    by_field = draft.assigned.by_field
    if shapes and table.has_geometry:
        return _write_geometry_lines(draft, table, shapes)
    if "lon" in by_field and "lat" in by_field:
        return _write_column_lines(draft)
    if "wkt" in by_field:
        return _write_wkt_lines(draft)
    pair = next((column for column in draft.columns if _holds_pairs(column)), None)
    if pair is not None:
        return _write_pair_lines(draft, pair)
    rings = next((column for column in draft.columns if holds_rings(column)), None)
    if rings is not None:
        return _write_ring_lines(draft, rings)
    return ["    # no columns look like coordinates", *draft.others("lon"), *draft.others("lat")]


def _write_geometry_lines(draft: Draft, table: InputTable, shapes: Sequence[bytes]) -> list[str]:
    lines = ["    position:", "      geometry: true"]
    left, bottom, right, top = map(float, shapely.total_bounds(shapely.from_wkb(list(shapes), on_invalid="ignore")))
    if max(abs(left), abs(bottom), abs(right), abs(top)) > _MAX_DEGREES and (table.crs is None or CRS(table.crs).is_geographic):
        return [*lines, *_write_projected_lines([left, right], [bottom, top], _find_zone(draft))]
    if table.crs is None:
        return [
            *lines,
            f'      crs: "{PLACEHOLDER}"          # the file does not name its coordinate system: EPSG:4326, EPSG:4490, …',
        ]
    doubt = crs.estimate_uncertainty_m(table.crs)
    note = f"; positions in it are uncertain by {doubt:.0f} m" if doubt else ""
    shown = table.crs if len(table.crs) < 20 else "the file's own"
    return [*lines, f"      # the file's own system is {shown}{note}", *_ACCURACY]


def _write_wkt_lines(draft: Draft) -> list[str]:
    column = draft.take("wkt")
    assert column is not None
    name = quote_yaml(column.name)
    points = [
        f"      lon: {{column: {name}, pattern: '{_FIRST}'}}",
        f"      lat: {{column: {name}, pattern: '{_SECOND}'}}",
    ]
    return [
        "    position:",
        *(points if WKT_POINT.match(column.distinct[0]) else [f"      wkt: {name}"]),
        *(_write_named_system(draft, normalise_cell_text(column.name).casefold()) or _UNKNOWN_DATUM),
        *_ACCURACY,
    ]


def _write_ring_lines(draft: Draft, column: SampledColumn) -> list[str]:
    """Return the lines of a column with lists of corner points; the datum is that of the texts or the name."""
    draft.used.add(column.name)
    lines = ["    position:", f"      ring: {quote_yaml(column.name)}          # corner points, for the kind mining_right"]
    if all(map(is_packed, column.distinct)):
        lines += _write_angle_lines(draft, column)
    if all(any(pattern.search(normalise_cell_text(text)) for pattern, _ in DATUMS) for text in column.distinct):
        return lines
    return [*lines, *(_write_named_system(draft, normalise_cell_text(column.name).casefold()) or _UNKNOWN_DATUM)]


def _write_angle_lines(draft: Draft, column: SampledColumn) -> list[str]:
    """Return how corners write degrees, where their digits may be minutes and seconds: the areas of the rows decide, if any."""
    packed, decimal, compared = _count_agreeing_areas(draft, column)
    if packed > decimal == 0 and 2 * packed >= compared:
        note = f"minutes and seconds after the point: so {packed} of {compared} areas agree, and none as decimal degrees"
        return [f"      angles: D.MMSS          # {note}"]
    if decimal > packed:
        return []
    return [
        "      # the digits after the point may be a fraction, or minutes and seconds: 121.5530 for 121°55′30″",
        f'      angles: "{PLACEHOLDER}"          # decimal or D.MMSS',
    ]


def _count_agreeing_areas(draft: Draft, column: SampledColumn) -> tuple[int, int, int]:
    """Return how many rows have the area of their corners as packed angles, as decimal degrees, and how many have an area."""
    area = find_right_columns(draft.columns).get("area_km2_reported")
    measured = parse_unit(find_area_unit(area)[0], "area") if area is not None else None
    factor = measured.factor if measured is not None else None
    if area is None or factor is None:
        return 0, 0, 0
    counts = [0, 0, 0]
    for text, cell in zip(column.cells[:MAX_COMPARED_CELLS], area.cells, strict=False):
        if text is None or cell is None:
            continue
        counts[2] += 1
        for at, packed in enumerate((True, False)):
            try:
                shape = read_ring(add_angle_signs(text) if packed else text).polygon()
                stated = number(cell, area.decimal) * factor / 1e6
            except (RingUnreadable, Unreadable):
                continue
            counts[at] += abs(measure_area_km2(shape) - stated) <= _SAME_AREA * stated
    return counts[0], counts[1], counts[2]


def _holds_pairs(column: SampledColumn) -> bool:
    matched = sum(_PAIR.fullmatch(value) is not None for value in column.distinct)
    return bool(column.distinct) and matched >= _MOSTLY * len(column.distinct)


def _write_pair_lines(draft: Draft, column: SampledColumn) -> list[str]:
    """Return the lines of a column with both coordinates; the order is that of the values or the name, else it stays open."""
    draft.used.add(column.name)
    name = quote_yaml(column.name)
    latitude_first = _is_latitude_first(column)
    if latitude_first is None:
        shown = " or ".join(f"'{pattern}'" for pattern in _OF_PAIR)
        patterns = [f'"{PLACEHOLDER}"', f'"{PLACEHOLDER}"']
        comment = f"      # neither the values nor the name say which number is the latitude; the patterns are {shown}"
    else:
        patterns = [f"'{pattern}'" for pattern in (_OF_PAIR if not latitude_first else _OF_PAIR[::-1])]
        comment = f"      # both coordinates are in one column, the {'latitude' if latitude_first else 'longitude'} first"
    return [
        "    position:",
        comment,
        f"      lon: {{column: {name}, pattern: {patterns[0]}}}",
        f"      lat: {{column: {name}, pattern: {patterns[1]}}}",
        *(_write_named_system(draft, normalise_cell_text(column.name).casefold()) or _UNKNOWN_DATUM),
        *_ACCURACY,
    ]


def _is_latitude_first(column: SampledColumn) -> bool | None:
    """Return whether the latitude is the first number of pairs: a number beyond 90 is a longitude; None where nothing says."""
    pairs = [match.groups() for value in column.distinct if (match := _PAIR.fullmatch(value))]
    beyond = [any(abs(float(pair[at].replace(",", "."))) > 90 for pair in pairs) for at in (0, 1)]
    if beyond[0] != beyond[1]:
        return beyond[1]
    named = re.search(r"(?i)\blat\w*\W*(lon|lng)", column.name), re.search(r"(?i)\b(lon|lng)\w*\W*lat", column.name)
    return None if any(beyond) or bool(named[0]) == bool(named[1]) else bool(named[0])


def _write_column_lines(draft: Draft) -> list[str]:
    lon, lat = draft.take("lon"), draft.take("lat")
    assert lon is not None and lat is not None
    xs, ys = parse_column_angles(lon), parse_column_angles(lat)
    # X of Chinese tables is the northing, that of collars in other programs the easting
    northing_first = _look_like_northings(xs) and _look_like_eastings(ys) and not _STATES_EASTING.search(lon.name)
    if northing_first:
        lon, lat, xs, ys = lat, lon, ys, xs
    lines = ["    position:"]
    for key, column in (("lon", lon), ("lat", lat)):
        lines += [f"      {key}: {quote_yaml(column.name)}", *draft.others(key, "      ")]
    if northing_first:
        lines.append(
            "      # as in most Chinese tables, X holds the northing and Y the easting, which is the `lon` of this mapping"
        )
    if lon.decimal != ".":
        lines.append(f"      decimal: {quote_yaml(lon.decimal)}")
    if not northing_first and _look_packed(lon, 180) and _look_packed(lat, 90):
        return [*lines, *_write_packed_lines(draft, lon, lat), *_ACCURACY]
    return [*lines, *_write_system_lines(draft, lon, lat, xs, ys), *_ACCURACY]


def _look_packed(column: SampledColumn, most: int) -> bool:
    """Return whether all values of a column can be packed degrees within a limit, and most of them no decimal ones."""
    beyond = 0
    for value in column.distinct:
        try:
            if abs(parse_degrees(divide_packed(value))) > most:
                return False
            beyond += abs(number(value, column.decimal)) > most
        except Unreadable:
            return False
    return 2 * beyond > len(column.distinct)


def _write_packed_lines(draft: Draft, lon: SampledColumn, lat: SampledColumn) -> list[str]:
    """Return how two columns of packed degrees are read, a placeholder where their digits do not show it."""
    system = (
        _write_named_system(draft, f"{normalise_cell_text(lon.name)} {normalise_cell_text(lat.name)}".casefold())
        or _UNKNOWN_DATUM
    )
    count = len(lon.distinct) + len(lat.distinct)
    if count >= _MIN_PACKED:
        note = f"degrees, minutes and seconds: all {count} values have minutes and seconds below 60"
        return [f"      angles: DDMMSS          # {note}", *system]
    return [
        "      # these may be degrees, minutes and seconds without anything between them (-701230 for 70°12′30″ S or W), or",
        "      # metres of a projected system; for the latter write `decimal` and its code",
        f'      angles: "{PLACEHOLDER}"          # DDMMSS or decimal',
        *system,
    ]


def _write_system_lines(draft: Draft, lon: SampledColumn, lat: SampledColumn, xs: list[float], ys: list[float]) -> list[str]:
    if not xs or not ys:
        return [f'      crs: "{PLACEHOLDER}"          # the coordinates can\'t be read as numbers']
    metres = max(map(abs, [*xs, *ys])) > _MAX_DEGREES
    named = _write_named_system(draft, f"{normalise_cell_text(lon.name)} {normalise_cell_text(lat.name)}".casefold())
    if metres:
        code = _find_named_utm(f"{normalise_cell_text(lon.name)} {normalise_cell_text(lat.name)}", ys)
        if code is not None:
            return [f"      crs: {code}          # the zone of UTM and the datum are those that the columns name"]
        return _write_projected_lines(xs, ys, _find_zone(draft))
    if named:
        return named
    if any(abs(y) > 90 for y in ys) and all(abs(x) <= 90 for x in xs):
        return [
            "      # the two columns look swapped: a latitude can't be beyond 90",
            f'      crs: "{PLACEHOLDER}"',
        ]
    return _UNKNOWN_DATUM


def _write_named_system(draft: Draft, names: str) -> list[str]:
    """Return the line of a system that the columns' names or the only value of a column name."""
    where = "the column"
    datum = draft.assigned.by_field.get("datum")
    if datum is not None and len(datum.distinct) == 1:
        names, where = normalise_cell_text(datum.distinct[0]).casefold(), f"column {datum.name}"
    for name, code in crs.COMMON_NAMES.items():
        if name in names.replace("_", " ") and code:
            doubt = crs.estimate_uncertainty_m(code)
            return [f"      crs: {code}          # named by {where}" + (f"; uncertain by {doubt:.0f} m" if doubt else "")]
    return []


def _find_named_utm(names: str, northings: Sequence[float]) -> str | None:
    """Return the code of the system whose zone of UTM, hemisphere and datum names of columns state; None if one is missing.

    The hemisphere is that of the letter of the zone: C to M are bands of the south and N to X of the north; S is the band
    only for its northings, and south otherwise.
    """
    zones = {(match["zone"], match["letter"].upper()) for match in _UTM_ZONE.finditer(names)}
    datums = {name for name, pattern in _DATUMS.items() if re.search(pattern, names, re.IGNORECASE)}
    if len(zones) != 1 or len(datums) != 1 or not 1 <= int(min(zones)[0]) <= 60:
        return None
    (zone, letter), datum = zones.pop(), datums.pop()
    if letter == "S" and any(_BAND_S[0] <= northing <= _BAND_S[1] for northing in northings):
        return None
    try:
        code = CRS(f"{datum} / UTM zone {int(zone)}{'N' if 'N' <= letter != 'S' else 'S'}").to_epsg()
    except CRSError:
        return None
    return None if code is None else f"EPSG:{code}"


def _find_zone(draft: Draft) -> str | None:
    """Return the zone of UTM that the only value of a column named for it states, such as 19 or 19S."""
    for column in draft.columns:
        if column.plain in _ZONES and len(column.distinct) == 1 and re.fullmatch(r"\d{1,2}\s*[A-Za-z]?", column.distinct[0]):
            draft.used.add(column.name)
            return column.distinct[0]
    return None


def _write_projected_lines(xs: list[float], ys: list[float], zone: str | None = None) -> list[str]:
    lines = ["      # these are metres of a projected system, not degrees"]
    easting = max(xs + ys)
    if 1e7 < easting < 1e8:
        prefix = int(easting // 1e6)
        if 25 <= prefix <= 45:
            code = 4513 + prefix - 25
            lines.append(
                f"      # the easting begins with zone {prefix}: CGCS2000 3-degree Gauss-Krüger zone {prefix} is EPSG:{code}"
            )
        elif 13 <= prefix <= 23:
            code = 4491 + prefix - 13
            lines.append(
                f"      # the easting begins with zone {prefix}: 6-degree Gauss-Krüger zone {prefix} of CGCS2000 is EPSG:{code}"
            )
    if _are_utm(xs, ys):
        where = f" {zone}" if zone else ""
        codes = "EPSG:326 and the zone in two digits north of the equator, EPSG:327 and the zone south of it"
        lines.append(f"      # they fit UTM zone{where}: {codes} (WGS 84)")
    return [*lines, f'      crs: "{PLACEHOLDER}"          # a code such as EPSG:4527 or EPSG:32650']


def _are_utm(xs: list[float], ys: list[float]) -> bool:
    return all(1.6e5 <= x <= 8.4e5 for x in xs) and all(0 <= y <= 1e7 for y in ys)


def _look_like_northings(values: list[float]) -> bool:
    """Return whether all are metres north of the equator within the latitudes of China."""
    return bool(values) and all(1.5e6 < value < 6.2e6 for value in values)


def _look_like_eastings(values: list[float]) -> bool:
    """Return whether all are eastings of a Gauss-Krüger zone, with or without a prefixed zone number."""
    return bool(values) and all(1e5 < value % 1e6 < 9e5 and (value < 1e6 or 13e6 < value < 46e6) for value in values)
