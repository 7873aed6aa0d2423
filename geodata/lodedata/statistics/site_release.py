"""Releases of statistics of another Lode: a line of JSON for each observation, as its API states it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from lodedata.cells import Unreadable
from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.records import SourceRow
from lodedata.statistics.periods import parse_period
from lodedata.statistics.reading import DIMENSION_TITLES, StatisticsReading
from lodedata.statistics.series import DIMENSIONS, Observation, SeriesKey, find_term

MARK = "--"
"""What is between the names of a site and of its data set in the name of a source."""
BOUNDS = (None, "<", ">")


def is_taken(data_set: str) -> bool:
    """Return whether a data set was read from another Lode."""
    return MARK in data_set


def read_release(path: Path) -> Iterator[StatisticsReading]:
    """Yield a reading for each observation of a file. Raise FileRefused if a line is none."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield _reading(orjson.loads(line), line, f"{path.name}, row {number}")
            except (KeyError, TypeError, ValueError, Unreadable) as error:
                raise FileRefused(
                    msg(
                        "%(file)s: line %(line)s is not an observation as Lode writes it (%(error)s).",
                        file=path.name,
                        line=number,
                        error=f"{type(error).__name__}: {error}"[:80],
                    )
                ) from None


def _reading(row: dict[str, Any], line: bytes, locator: str) -> StatisticsReading:
    key = SeriesKey(**{name: row[name] for name in DIMENSIONS})
    parsed_period = parse_period(row["period"])
    if (
        parsed_period.freq != key.freq
        or row["bound"] not in BOUNDS
        or len(row["obs_status"]) != 1
        or len(row["conf_status"]) != 1
    ):
        raise ValueError(row["period"])
    value = None if row["value"] is None else float(row["value"])
    texts = (row["bound"], row["obs_status"], row["conf_status"], row["note"] or "", row["source_row"] or "")
    observation = Observation(parsed_period.begin, value, row["value_raw"] or "", *texts)
    problems = tuple(
        Problem("unknown-area" if name == "area" else "unknown-dimension", row[name], None, {"dimension": title, "key": name})
        for name, title in DIMENSION_TITLES.items()
        if find_term(name, row[name]) is None
    )
    source_row = SourceRow(f"{key}.{row['period']}", line.strip(), locator)
    return StatisticsReading(source_row, () if problems else ((key, observation),), problems)
