"""A mapping applied by the confined process that reads the file, so that neither can stop the process that imports.

A regular expression of a mapping can take longer than anybody waits, and Python can't interrupt it.
"""

import io
import os
import pickle
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from lodedata.errors import FileRefused, MappingRefused
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.model import Source
from lodedata.mapping.preview import COUNT, preview_table
from lodedata.mapping.reading import Reading, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.read import guard
from lodedata.read.guard import frames
from lodedata.read.guard.confinement import Confinement, pause, restart_time_limit

MIB = 2**20
MAPPING = Confinement(2_048 * MIB, None, 60, once=False, written_bytes=16_384 * MIB)
"""For an import: any length of file, but never a minute without a row. Archives are unpacked in the process's own folder."""
PREVIEW = Confinement(1_024 * MIB, 20, 20, once=True, written_bytes=4_096 * MIB)
READINGS = 500
"""Readings in one frame."""
PLAIN = {("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone")}
"""Classes besides those of Lode that a reading may have."""
PLAIN |= {("decimal", "Decimal"), ("fractions", "Fraction")}


def read_confined(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield what ``read_mapped`` yields, from a confined process. Raises FileRefused and MappingRefused."""
    with _Job(source, path, tally, MAPPING, None) as job:
        while (frame := job.next())[0] == "readings":
            yield from _load_value(frame[1])
        _fill(tally, _load_value(frame[1]))


def preview_confined(source: Source, path: Path, count: int = COUNT) -> list[dict[str, Any]]:
    """Return the preview of a table, made by a confined process. Raises FileRefused and MappingRefused."""
    with _Job(source, path, Tally(), PREVIEW, count) as job:
        shown: list[dict[str, Any]] = job.next()[1]
        return shown


class _Job:
    """A mapping at work in a confined process, with a folder of its own."""

    def __init__(self, source: Source, path: Path, tally: Tally, bounds: Confinement, count: int | None) -> None:
        self._folder = TemporaryDirectory(prefix=f"lode-unpacked-{os.getpid()}-")
        order = pickle.dumps((source, tally.decided, count))
        self._stream = guard.start_job("mapping", path, bounds, order, Path(self._folder.name), ("lodedata.mapping.confined",))

    def __enter__(self) -> "_Job":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._folder.cleanup()

    def next(self) -> tuple[str, Any]:
        """Return the next frame. Raises FileRefused and MappingRefused."""
        kind, content = self._stream.next()
        if kind == "mapping-refused":
            raise MappingRefused(guard.decode_frame_message(content))
        return kind, content


def read_in_confinement(stream: IO[bytes], bounds: Confinement, job: dict[str, Any]) -> None:
    """Send the readings of a file and then the counts, or its preview; runs in the confined process."""
    with os.fdopen(job["input"], "rb") as order:
        source, decided, count = pickle.loads(order.read())
    path = Path(job["path"])
    try:
        if count is not None:
            frames.write(stream, "preview", preview_table(source, path, count))
            return
        tally = Tally(decided=decided)
        readings = read_mapped(source, path, tally)
        while part := list(islice(readings, READINGS)):
            pause(bounds)
            frames.write(stream, "readings", _dump_value(part))
            restart_time_limit(bounds)
        frames.write(stream, "counts", _dump_value(tally))
    except FileRefused as error:
        frames.write(stream, "refused", error.message.as_data())
    except MappingRefused as error:
        frames.write(stream, "mapping-refused", error.message.as_data())


class _Unpickler(pickle.Unpickler):
    """Loads plain values and data classes of Lode, and no other class: the process that sent them read a foreign file."""

    def find_class(self, module: str, name: str) -> Any:
        """Return an allowed class. Raises UnpicklingError."""
        if (module, name) in PLAIN or module.startswith("lodedata."):
            candidate = super().find_class(module, name)
            if isinstance(candidate, type) and ((module, name) in PLAIN or is_dataclass(candidate) or candidate is ColumnUsage):
                return candidate
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a reading")


def _dump_value(value: Any) -> str:
    return b64encode(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)).decode("ascii")


def _load_value(content: str) -> Any:
    return _Unpickler(io.BytesIO(b64decode(content))).load()


def _fill(tally: Tally, counted: Tally) -> None:
    """Add the counts of the confined process to a tally."""
    for part in fields(Tally):
        own, other = getattr(tally, part.name), getattr(counted, part.name)
        if isinstance(own, dict):
            own.update(other)
        elif isinstance(own, list):
            own.extend(other)
