"""Precision and recall of the resolution on labelled pairs that it was not tuned on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement on labelled pairs: day, model version, least probability, number of pairs, precision and recall.

    ``of`` is ``model`` for the model alone, ``served`` for the served records, which include the concordance.
    """

    day: str
    of: str
    model: str
    accept: float
    pairs: int
    precision: float
    recall: float


@lru_cache(maxsize=1)
def load_measurements() -> tuple[Measurement, ...]:
    """Return the measurements, latest first."""
    lines = files(__package__).joinpath("measurements.csv").read_text(encoding="utf-8").splitlines()
    rows = [_parse_measurement(row) for row in csv.DictReader(lines)]
    return tuple(sorted(rows, key=lambda row: row.day, reverse=True))


def _parse_measurement(row: Mapping[str, str]) -> Measurement:
    accept, precision, recall = (float(row[name]) for name in ("accept", "precision", "recall"))
    return Measurement(row["day"], row["of"], row["model"], accept, int(row["pairs"]), precision, recall)
