"""How well the resolution does on pairs that it was not tuned on, each time it was measured."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement on labelled pairs: when, by which model, on how many, and the two shares of one."""

    day: str
    model: str
    pairs: int
    precision: float
    recall: float


@lru_cache(maxsize=1)
def measured() -> tuple[Measured, ...]:
    """The measurements, latest first; none where none was made."""
    lines = files(__package__).joinpath("measured.csv").read_text(encoding="utf-8").splitlines()
    rows = [
        Measured(row["day"], row["model"], int(row["pairs"]), float(row["precision"]), float(row["recall"]))
        for row in csv.DictReader(lines)
    ]
    return tuple(sorted(rows, key=lambda one: one.day, reverse=True))
