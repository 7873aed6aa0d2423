"""A hostile file as a name and a function that writes it, and what several formats write alike."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas
import shapely

SECRET = "marker-of-a-secret-file"
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Target:
    """What a file may try to reach: a file with a secret, and a server that records requests."""

    secret: Path
    address: str


Writer = Callable[[Path], None]
Case = tuple[str, Writer]


def write_content(content: bytes | str) -> Writer:
    return lambda path: write_file(path, content)


def write_file(path: Path, content: bytes | str) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def zip_entries(entries: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of entries."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def build_frame(rows: int = 3) -> geopandas.GeoDataFrame:
    columns = {"id": [f"r{i}" for i in range(rows)], "name": ["a"] * rows}
    return geopandas.GeoDataFrame(columns, geometry=[shapely.Point(10 + i, 20) for i in range(rows)], crs=4326)
