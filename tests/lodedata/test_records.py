"""Records: values with their accuracy."""

import pickle
from dataclasses import FrozenInstanceError, dataclass
from datetime import date

import pytest

from lodedata.records import Deposit, GenericRecord, PartialDate, Project, Quantity, SourceRow
from lodedata.slot_pickling import pickle_by_slots


def test_a_date_is_written_as_far_as_it_is_known() -> None:
    first = date(2019, 5, 31)
    assert str(PartialDate(first, "year")) == "2019"
    assert str(PartialDate(first, "month")) == "2019-05"
    assert str(PartialDate(first, "day")) == "2019-05-31"


def test_a_figure_has_its_reported_and_its_normalised_value() -> None:
    figure = Quantity(12.5, "万吨", "Li2O", 10_000)
    assert (figure.reported, figure.unit, figure.basis, figure.value) == (12.5, "万吨", "Li2O", 125_000)
    assert Quantity(12.5, "wet tonnes").value is None


def test_a_record_is_called_by_either_name() -> None:
    assert Deposit(name_en="Dexing", name_zh="德兴").name == "Dexing"
    assert Deposit(name_zh="德兴").name == "德兴"
    assert Deposit().name == ""


def test_a_project_has_neither_status_nor_capacity_of_its_own() -> None:
    assert not [name for name in Project.__dataclass_fields__ if "status" in name or "capacity" in name]


def test_a_record_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Deposit().name_en = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    "value",
    [
        PartialDate(date(2019, 5, 31), "month"),
        SourceRow("7", b'{"a": 1}', "row 7"),
        Deposit(name_zh="德兴", information_date=PartialDate(date(2019, 1, 1), "year"), values={"a": 1}),
        GenericRecord(kind="mining_right", values={"holder": "A"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_equal_after_pickling(value: object) -> None:
    loaded = pickle.loads(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    assert loaded == value and type(loaded) is type(value)


def test_a_class_of_one_field_is_equal_after_pickling() -> None:
    assert pickle.loads(pickle.dumps(One("x"))) == One("x")


@pickle_by_slots
@dataclass(frozen=True, slots=True)
class One:
    """A class of one field."""

    value: str
