"""How well the resolution does on pairs that it was not tuned on, each time it was measured."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement on labelled pairs: when, of which model, from which probability on, on how many, and two shares.

    ``of`` tells whether it is of the ``model`` alone or of what is ``served``, which the concordance has a part in.
    """

    day: str
    of: str
    model: str
    accept: float
    pairs: int
    precision: float
    recall: float


@lru_cache(maxsize=1)
def measured() -> tuple[Measured, ...]:
    """The measurements, latest first; none where none was made."""
    lines = files(__package__).joinpath("measured.csv").read_text(encoding="utf-8").splitlines()
    rows = [_measured(row) for row in csv.DictReader(lines)]
    return tuple(sorted(rows, key=lambda one: one.day, reverse=True))


def _measured(row: Mapping[str, str]) -> Measured:
    accept, precision, recall = (float(row[name]) for name in ("accept", "precision", "recall"))
    return Measured(row["day"], row["of"], row["model"], accept, int(row["pairs"]), precision, recall)
