"""A compilation is no witness of its own: a value that it cites has the source and the date of what it cites."""

from typing import Any

import pytest

from lodedata.choice import reported_record as reported_records
from lodedata.choice.criteria import CRITERIA, get_cited_source
from lodedata.mapping import Tally
from lodedata.records import MineralRecord
from lodedata.sources import load_source, readers
from lodedata.starter import get_register_folder
from lodedata.starter.references import SOURCES, find_cited_reference

ASSESSMENT, REGISTER = "usgs-copper-assessment-sir20105090z", "lode-starter"


Cited = dict[str, str] | None


def reported(of: str, cited: Cited = None, **row: Any) -> reported_records.ReportedRecord:
    return reported_records.ReportedRecord(of, of, of, {"value_sources": cited, **row})


def test_value_that_a_register_cites_is_no_independent_source() -> None:
    register = reported(REGISTER, {"country": "usgs-sir2010-5090z"}, country="CHL")
    assessed, other = reported(ASSESSMENT, country="CHL"), reported("usgs-mrds", country="PER")
    assert get_cited_source(register, "country") == ASSESSMENT
    agreeing = CRITERIA["agreement"].measure
    # one source for Chile and one for Peru, where a second witness would have decided
    assert [agreeing(one, "country", (register, assessed, other)) for one in (register, assessed, other)] == [-1, -1, -1]
    own = reported(REGISTER, {"country": "zqrb-2026-zuojiali"}, country="CHL")
    assert agreeing(own, "country", (own, assessed, other)) == -2


def superseded(*among: reported_records.ReportedRecord) -> list[bool]:
    return [CRITERIA["recency"].measure(one, "estimate", among) for one in among]


def estimated(of: str, date: str | None, source_date: str | None, citation: str = "") -> reported_records.ReportedRecord:
    parts = {"estimate": [{"citation": citation, "effective_date": date}]}
    return reported_records.ReportedRecord(of, of, of, {}, parts, source_date)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # of two dated figures the later one counts
        (("2015", "2022"), ("2018-06", "2019"), [True, False]),
        # an undated figure of a source of 2022 may be older or newer than one of 2018: its source's date decides nothing
        (("2018", "2019"), (None, "2022"), [False, False]),
        # but a figure of 2024 is later than anything in a source of 2022, and not than one in a source of 2024
        (("2024", "2025"), (None, "2022"), [False, True]),
        (("2024-05", "2025"), (None, "2024"), [False, False]),
        # nothing is known of an undated figure of an undated source
        (("2024", "2025"), (None, None), [False, False]),
        ((None, "2010"), (None, "2022"), [False, False]),
    ],
)
def test_only_a_date_of_its_own_makes_a_figure_the_latest(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None], expected: list[bool]
) -> None:
    assert superseded(estimated("a", *one), estimated("b", *other)) == expected


def test_cited_figure_is_not_later_than_what_is_cited() -> None:
    """The register of 2026 cites an assessment of 2015."""
    register = estimated(REGISTER, None, "2026-11", "usgs-sir2010-5090z: pcu 136")
    assert superseded(register, estimated("icmm-global-mining", "2018", "2025-09")) == [True, False]


def test_the_register_s_data_are_as_old_as_what_it_cites() -> None:
    """All of its 735 records had the date of the register itself."""
    records = [
        record
        for reading in readers.get_source_reader(REGISTER)(load_source(REGISTER), get_register_folder(), Tally())
        for record in reading.records
        if isinstance(record, MineralRecord)
    ]
    dates = [str(record.information_date) for record in records]
    assert str(load_source(REGISTER).as_of) not in dates
    assert min(dates) == "2005" and dates.count("2015") > 50


def test_the_cited_data_sets_are_references_and_sources() -> None:
    for name, of in SOURCES.items():
        cited = find_cited_reference(f"{name}: row 1")
        assert cited is not None and cited.source == load_source(of).name and cited.year is not None
    assert find_cited_reference("A paper of 2010") is None
