"""Tables in a zip or gzip: each packed file is unpacked into a temporary folder within the limits, then read as usual."""

import gzip
import os
import shutil
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import IO

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable

SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".geojson"),
    *(".xls", ".dbf", ".parquet", ".fgb", ".gpkg"),
)
NO_TABLES = ("readme", "read_me", "licence", "license", "notice")
"""Beginnings of the names of files that accompany tables."""
MAX_PACKED_FILES = 40
CHUNK_BYTES = 1 << 20
MIN_SUSPECT_BYTES = 10 * 2**20

Opener = Callable[[Path, Hints], list[InputTable]]


def choose_packed_tables(names: list[str]) -> list[str]:
    """Return the entries of a zip that are tables of their own, by their suffixes."""
    return [
        name
        for name in names
        if name.casefold().endswith(SUFFIXES)
        and "__MACOSX" not in name
        and not PurePosixPath(name).name.casefold().startswith((".", *NO_TABLES))
    ]


def read_packed_tables(path: Path, kind: str, hints: Hints, opener: Opener) -> list[InputTable]:
    """Return the tables of the packed files; ``part`` is the name of one where there are several. Raises FileRefused."""
    if kind == "gzip":
        name = path.name.removesuffix(".gz").removesuffix(".GZ")
        with gzip.open(path, "rb") as stream:
            return _open_packed(path, name, stream, hints, opener, "")
    with zipfile.ZipFile(path) as archive:
        names = choose_packed_tables(archive.namelist())
        chosen = [name for name in names if hints.part in (None, name)]
        # a part that names none of the files is a sheet or a layer of the only one
        inner = hints if len(names) == 1 else replace(hints, part=None)
        if not chosen and len(names) == 1:
            chosen = names
        if not chosen or len(chosen) > MAX_PACKED_FILES:
            raise FileRefused(
                msg(
                    "%(file)s: the zip holds %(number)s tables; name one of them as `part`: %(names)s",
                    file=path.name,
                    number=len(names),
                    names=", ".join(map(repr, names[:8])),
                )
            )
        input_tables: list[InputTable] = []
        for name in chosen:
            with archive.open(name) as stream:
                inner_hints = replace(inner, part=None) if inner.part == name else inner
                input_tables += _open_packed(
                    path, PurePosixPath(name).name, stream, inner_hints, opener, name if len(names) > 1 else ""
                )
        return input_tables


class _Folder:
    """A temporary folder that goes with the last reference to this object."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix=f"lode-unpacked-{os.getpid()}-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _open_packed(
    path: Path, name: str, stream: IO[bytes] | gzip.GzipFile, hints: Hints, opener: Opener, part: str
) -> list[InputTable]:
    folder = _Folder()
    _unpack(path, stream, folder.path / name)
    return [
        replace(table, file=path.name, part=", ".join(filter(None, (part, table.part))), rows=_hold_folder(folder, table.rows))
        for table in opener(folder.path / name, hints)
    ]


def _hold_folder(folder: _Folder, rows: Iterator[InputRow]) -> Iterator[InputRow]:
    """Yield the rows; the generator's arguments hold the folder."""
    yield from rows


def _unpack(path: Path, stream: IO[bytes] | gzip.GzipFile, unpacked: Path) -> None:
    size = path.stat().st_size
    written = 0
    try:
        with unpacked.open("wb") as out:
            while chunk := stream.read(CHUNK_BYTES):
                written += len(chunk)
                if written > LIMITS.unpacked_bytes or (
                    written > MIN_SUSPECT_BYTES and written > LIMITS.unpack_ratio * max(size, 1)
                ):
                    raise FileRefused(
                        msg(
                            "%(file)s: is compressed more than %(unpack_ratio)s to 1, "
                            "far more than a table can be; unpack it and check its content",
                            file=path.name,
                            unpack_ratio=LIMITS.unpack_ratio,
                        )
                    )
                out.write(chunk)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileRefused(msg("%(name)s: the zip is damaged or cut short (%(error)s)", name=path.name, error=error)) from None
