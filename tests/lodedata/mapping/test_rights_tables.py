"""Tables of rights: with or without polygons, with repeated numbers, dated by their source."""

from collections.abc import Callable

import pytest

from lodedata.mapping import Reading
from lodedata.records import GenericRecord

ReadMapped = Callable[..., list[Reading]]
MAPPING = """
- key: "{no}"
  kind: {const: mining_right}
  right_no: no
  holder: holder
  commodities: [{column: metal, split: ";"}]
  valid_to: to
"""
ROWS = ["no,holder,metal,to", "A1,Alfa S.A.,copper,2030", "A1,Alfa S.A.,lithium,2031", "B2,Beta Ltd,copper,2020"]


def records(readings: list[Reading]) -> list[GenericRecord]:
    return [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]


def test_a_right_without_a_polygon_is_a_record_with_a_flag(read: ReadMapped) -> None:
    readings = read(MAPPING, [ROWS[0], ROWS[1]])
    (record,) = records(readings)
    assert record.wkb is None and record.values["right_no"] == "A1"
    assert [problem.rule for problem in readings[0].problems] == ["polygon-missing"]


def test_a_right_with_empty_corners_is_a_record_too(read: ReadMapped) -> None:
    ring = MAPPING + "  position: {ring: corners}\n"
    readings = read(ring, [ROWS[0] + ",corners", ROWS[1] + ",", ROWS[3] + ',"1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"'])
    without, with_ = records(readings)
    assert without.wkb is None and with_.wkb is not None


def test_the_date_of_the_source_dates_a_right(read: ReadMapped) -> None:
    """The status of a right on a day needs the day that the register states it for; the head of the mapping says 2024."""
    (record,) = records(read(MAPPING, [ROWS[0], ROWS[1]]))
    assert str(record.values["information_date"]) == "2024"


@pytest.mark.parametrize(("how", "keys"), [("number", ["A1", "A1#2", "B2"]), ("merge", ["A1", "B2"])])
def test_repeated_keys_hold_for_rights(read: ReadMapped, how: str, keys: list[str]) -> None:
    readings = read(MAPPING + f"  repeated_keys: {how}\n", ROWS)
    assert [reading.rows[0].key for reading in readings] == keys
    if how == "merge":
        assert records(readings)[0].values["commodities"] == ("copper", "lithium")
        assert len(readings[0].rows) == 2
        disagreement = next(problem for problem in readings[0].problems if problem.rule == "rows-disagree")
        assert (disagreement.value, disagreement.detail["field"]) == ("2031", "valid_to")


def test_outlines_of_one_right_become_one(read: ReadMapped) -> None:
    ring = MAPPING + "  position: {ring: corners}\n  repeated_keys: merge\n"
    corners = ('"1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"', '"1,104.1,36.1 2,104.2,36.1 3,104.2,36.2"')
    rows = [ROWS[0] + ",corners", *(f"A1,Alfa S.A.,copper,2030,{one}" for one in corners)]
    (record,) = records(read(ring, rows))
    single = records(read(ring, rows[:2]))[0]
    assert record.values["area_km2_computed"] == pytest.approx(2 * single.values["area_km2_computed"], rel=1e-3)
