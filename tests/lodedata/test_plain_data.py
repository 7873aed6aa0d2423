"""Dataclasses as data of JSON: names, texts, days, and fields that are left out."""

from dataclasses import dataclass, field
from datetime import date

from lodedata.messages import Label
from lodedata.plain_data import NOT_IF_NONE, NOT_IN_DATA, convert_to_plain_data, name_field


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance with a range that few records have."""

    km: float
    farthest_km: float | None = field(default=None, metadata=NOT_IF_NONE)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A result with a field of each kind."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    matched: int = field(metadata=name_field("numberMatched"))
    label: Label
    on: date
    distances: tuple[Distance, ...]


def test_a_field_without_a_value_is_left_out_where_it_says_so() -> None:
    distances = (Distance(1.5), Distance(2.0, 3.0))
    assert convert_to_plain_data(Result(7, 2, Label("Copper", "铜"), date(2026, 3, 31), distances)) == {
        "numberMatched": 2,
        "label": {"en": "Copper", "zh": "铜"},
        "on": "2026-03-31",
        "distances": [{"km": 1.5, "note": None}, {"km": 2.0, "farthest_km": 3.0, "note": None}],
    }
