"""Sound files of sixty rows of every format, cut short or with flipped bytes: read in full or refused, never in part."""

import gzip
import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import geopandas
import openpyxl
import pyogrio
import shapely

ROWS = 60
SHARES = (0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.995)
FLIPS = 9
Writer = Callable[[Path], None]


def cut_cases() -> Iterator[tuple[str, Writer]]:
    """Yield the cases by name; the name's ending is the file's."""
    for kind, (ending, make) in _SOUND.items():
        for number, share in enumerate(SHARES):
            yield f"{kind}-cut-{number}.{ending}", _cut(make, share)
        for seed in range(FLIPS):
            yield f"{kind}-flip-{seed}.{ending}", _flipped(make, seed)
    for suffix in ("shp", "shx", "dbf"):
        for number, share in enumerate(SHARES[1:]):
            yield f"shp-cut-{suffix}-{number}.zip", _cut_part(suffix, share)
        for seed in range(FLIPS):
            yield f"shp-flip-{suffix}-{seed}.zip", _flipped_part(suffix, seed)


def _cut(make: Callable[[], bytes], share: float) -> Writer:
    def write(path: Path) -> None:
        sound = make()
        path.write_bytes(sound[: int(len(sound) * share)])

    return write


def _flipped(make: Callable[[], bytes], seed: int) -> Writer:
    return lambda path: _write_bytes(path, _flip(make(), seed))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _flip(sound: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    damaged = bytearray(sound)
    for _ in range(1 + seed % 3 * 4):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _cut_part(suffix: str, share: float) -> Writer:
    def write(path: Path) -> None:
        parts = dict(_shapefile())
        parts[suffix] = parts[suffix][: int(len(parts[suffix]) * share)]
        path.write_bytes(_zipped(parts))

    return write


def _flipped_part(suffix: str, seed: int) -> Writer:
    def write(path: Path) -> None:
        parts = dict(_shapefile())
        parts[suffix] = _flip(parts[suffix], seed)
        path.write_bytes(_zipped(parts))

    return write


def _zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, content in parts.items():
            archive.writestr(f"s.{suffix}", content)
    return made.getvalue()


def _frame() -> geopandas.GeoDataFrame:
    columns = {"id": [f"k{n}" for n in range(ROWS)], "name": [f"矿 {n}" for n in range(ROWS)]}
    points = [shapely.Point(100 + n / 10, 30) for n in range(ROWS)]
    return geopandas.GeoDataFrame(columns, geometry=points, crs=4326)


@cache
def _shapefile() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.write_dataframe(_frame(), Path(folder) / "s.shp", encoding="utf-8")
        return {part.suffix[1:]: part.read_bytes() for part in Path(folder).iterdir()}


def _by_gdal(ending: str) -> Callable[[], bytes]:
    @cache
    def make() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"s.{ending}"
            pyogrio.write_dataframe(_frame(), path)
            return path.read_bytes()

    return make


@cache
def _parquet() -> bytes:
    made = io.BytesIO()
    _frame().to_parquet(made)
    return made.getvalue()


@cache
def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "name", "lon", "lat"])
    for n in range(ROWS):
        sheet.append([f"k{n}", f"n{n}", 100 + n / 10, 30])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _csv() -> bytes:
    return b"id,name,lon,lat\n" + b"".join(b"k%d,n%d,%d,30\n" % (n, n, 100 + n) for n in range(ROWS))


def _json() -> bytes:
    return json.dumps([{"id": f"k{n}", "name": f"n{n}", "lon": 100 + n, "lat": 30} for n in range(ROWS)]).encode()


@cache
def _kml() -> bytes:
    places = "".join(
        f"<Placemark><name>n{n}</name><Point><coordinates>{100 + n},30</coordinates></Point></Placemark>" for n in range(ROWS)
    )
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{places}</Document></kml>'.encode()


def _kmz() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", _kml())
    return made.getvalue()


_SOUND: dict[str, tuple[str, Callable[[], bytes]]] = {
    "dbf": ("dbf", lambda: _shapefile()["dbf"]),
    "fgb": ("fgb", _by_gdal("fgb")),
    "gpkg": ("gpkg", _by_gdal("gpkg")),
    "geojson": ("geojson", _by_gdal("geojson")),
    "parquet": ("parquet", _parquet),
    "xlsx": ("xlsx", _xlsx),
    "gz": ("csv.gz", lambda: gzip.compress(_csv())),
    "json": ("json", _json),
    "kml": ("kml", _kml),
    "kmz": ("kmz", _kmz),
}
"""Each kind's ending, and a function that returns a sound file."""
