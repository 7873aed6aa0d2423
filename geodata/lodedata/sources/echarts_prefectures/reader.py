"""Prefectures of China as zones, keyed by their codes of GB/T 2260, from the map files of the package."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import shapely
from pypinyin import lazy_pinyin

from lodedata.mapping import Reading, Source, Tally
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import FileRefused
from lodedata.records import SourceRow, Zone
from lodedata.vocab import vocabulary

EDGE_ACCURACY_M = 6_000.0
"""Compared with Natural Earth's provinces, edges deviate 1.2 to 1.9 km at the median, 4 to 6 km at the 95th percentile."""
INSIDE = "map/json/province/"
STEPS_PER_DEGREE = 1024
DISTRICTS = ("11", "12", "31", "50", "81", "82")
"""Divisions whose files have districts instead of prefectures."""
MOST_BYTES = 5_000_000
FEWEST = 4
"""Least number of points of a ring that encloses an area; the last is the first again."""
Ring = list[tuple[float, float]]


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield every shape of every division's file; districts, and shapes without a code, are out of scope."""
    divisions = {term.extra["gb_code"][:2]: term.code for term in vocabulary("division") if term.extra["gb_code"]}
    for name, data in _files(path):
        for number, feature in enumerate(_features(name, data), 1):
            tally.rows[name] = tally.rows.get(name, 0) + 1
            yield _reading(f"{name}, shape {number}", feature, divisions)


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the divisions' files of a package, packed or unpacked, in the order of their names."""
    found = dict(_packed(path) if path.is_file() else _unpacked(path))
    if not found:
        raise FileRefused(
            msg(
                "%(file)s: holds no %(inside)s*.json; give the package as npm packs it, or its folder",
                file=path.name,
                inside=INSIDE,
            )
        )
    yield from sorted(found.items())


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if INSIDE in member.name and member.name.endswith(".json") and member.isfile() and member.size <= MOST_BYTES:
                    stream = archive.extractfile(member)
                    if stream is not None:
                        yield member.name.rsplit("/", 1)[1], stream.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise FileRefused(
            msg("%(file)s: not an npm package (%(error)s); download it again", file=path.name, error=error)
        ) from None


def _unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    for package in sorted(path.glob("*.tgz")):
        yield from _packed(package)
    for folder in (path, *path.rglob("province")):
        yield from ((file.name, file.read_bytes()) for file in folder.glob("*.json") if file.stat().st_size <= MOST_BYTES)


def _features(name: str, data: bytes) -> list[dict[str, Any]]:
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FileRefused(
            msg("%(name)s: not valid JSON (%(error)s); download the package again", name=name, error=error)
        ) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise FileRefused(msg("%(name)s: not a collection of shapes; download the package again", name=name))
    return features


def _reading(locator: str, feature: dict[str, Any], divisions: dict[str, str]) -> Reading:
    code, about = str(feature.get("id") or ""), feature.get("properties") or {}
    row = SourceRow(code or locator, orjson.dumps({"id": code, "name": about.get("name")}), locator)
    if (
        not isinstance(about, dict)
        or len(code) != 6
        or not code.isdigit()
        or code[:2] in DISTRICTS
        or code[:2] not in divisions
    ):
        return Reading((row,))
    try:
        shape = _shape(feature["geometry"])
    except (KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        return Reading((row,), (), (Problem("geometry-unreadable", str(error)),))
    if shape.is_empty:
        empty = Problem("geometry-unreadable", "no ring", None, {"value": msg("no ring encloses anything")})
        return Reading((row,), (), (empty,))
    name = str(about.get("name") or code)
    zone = Zone(
        zone_kind="prefecture",
        code=code,
        name_en="".join(lazy_pinyin(name.removesuffix("市"))).capitalize(),
        name_zh=name,
        country="CHN",
        wkb=shapely.to_wkb(shape, include_srid=False),
        accuracy_m=EDGE_ACCURACY_M,
        parent=divisions[code[:2]],
    )
    return Reading((row,), (zone,))


def _shape(geometry: dict[str, Any]) -> shapely.Geometry:
    """Return a shape as a valid multipolygon in WGS 84 without degenerate rings."""
    rings = [ring for ring in _rings(geometry["coordinates"], geometry.get("encodeOffsets")) if len(ring) >= FEWEST]
    if not rings:
        return shapely.MultiPolygon()
    polygons = [shapely.make_valid(shapely.polygons(ring)) for ring in rings]
    parts = shapely.get_parts(shapely.unary_union(polygons))
    return shapely.multipolygons([part for part in parts if part.geom_type == "Polygon"])


def _rings(coordinates: Any, offsets: Any) -> Iterator[Ring]:
    """Yield the rings of nested lists: encoded texts with an offset, or points as in GeoJSON."""
    if isinstance(coordinates, str):
        yield _steps(coordinates, offsets)
    elif coordinates and isinstance(coordinates[0], list) and coordinates[0] and isinstance(coordinates[0][0], int | float):
        yield [(float(point[0]), float(point[1])) for point in coordinates]
    else:
        for number, part in enumerate(coordinates):
            # nested points have no offsets
            yield from _rings(part, offsets[number] if offsets and number < len(offsets) else None)


def _steps(text: str, offset: list[int]) -> Ring:
    """Return the points of a ring: characters are zigzag-encoded steps plus 64, in 1/1024 degree, east and north in turn."""
    steps = [ord(character) - 64 for character in text]
    steps = [step >> 1 ^ -(step & 1) for step in steps]
    x, y, points = offset[0], offset[1], []
    for east, north in zip(steps[::2], steps[1::2], strict=False):
        x, y = x + east, y + north
        points.append((x / STEPS_PER_DEGREE, y / STEPS_PER_DEGREE))
    return points
