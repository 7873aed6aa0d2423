"""The streams of an operator's plants, from a workbook or a CSV with the columns of the template."""

from collections.abc import Iterator
from pathlib import Path

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_table
from lodedata.messages import msg
from lodedata.read import FileRefused
from lodedata.topics.recycling import workbook


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield each row. Raises FileRefused for a folder that has not exactly one table."""
    if path.is_dir():
        paths = sorted(path for path in path.iterdir() if path.suffix.lower() in (".xlsx", ".csv"))
        if len(paths) != 1:
            raise FileRefused(msg("%(path)s: one workbook or CSV is expected, there are %(n)s", path=path, n=len(paths)))
        path = paths[0]
    yield from read_table(source, workbook.build_stream_spec(path), path, tally)
