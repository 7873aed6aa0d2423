"""A compilation is no witness of its own: a value that it cites has the source and the date of what it cites."""

from typing import Any

from lodedata.choice import testimony as testimonies
from lodedata.choice.criteria import CRITERIA, voice
from lodedata.mapping import Tally
from lodedata.records import MineralRecord
from lodedata.sources import readers, source
from lodedata.starter import folder
from lodedata.starter.references import SOURCES, cited_reference

ASSESSMENT, REGISTER = "usgs-copper-assessment-sir20105090z", "lode-starter"


Cited = dict[str, str] | None


def reported(of: str, cited: Cited = None, estimates: tuple[str, ...] = (), **row: Any) -> testimonies.Testimony:
    parts = {"estimate": [{"citation": one, "effective_date": None} for one in estimates]}
    return testimonies.Testimony(of, of, of, {"value_sources": cited, **row}, parts)


def test_what_the_register_cites_is_no_second_voice() -> None:
    register = reported(REGISTER, {"country": "usgs-sir2010-5090z"}, country="CHL")
    assessed, other = reported(ASSESSMENT, country="CHL"), reported("usgs-mrds", country="PER")
    assert voice(register, "country") == ASSESSMENT
    agreeing = CRITERIA["agreement"].measure
    # one voice for Chile and one for Peru, where a second witness would have decided
    assert [agreeing(one, "country", (register, assessed, other)) for one in (register, assessed, other)] == [-1, -1, -1]
    own = reported(REGISTER, {"country": "zqrb-2026-zuojiali"}, country="CHL")
    assert agreeing(own, "country", (own, assessed, other)) == -2


def test_a_cited_figure_has_the_date_of_what_is_cited() -> None:
    register = reported(REGISTER, estimates=("usgs-sir2010-5090z: pcu 136",), information_date="2026-11")
    newer = reported("icmm-global-mining", estimates=("",), information_date="2025-09")
    recency = CRITERIA["recency"].measure
    assert recency(register, "estimate", ()) == (-2015, 0, 0)
    assert min((register, newer), key=lambda one: recency(one, "estimate", ())) is newer


def test_the_register_s_data_are_as_old_as_what_it_cites() -> None:
    """All of its 735 records had the date of the register itself."""
    records = [
        record
        for reading in readers.reader(REGISTER)(source(REGISTER), folder(), Tally())
        for record in reading.records
        if isinstance(record, MineralRecord)
    ]
    dates = [str(record.information_date) for record in records]
    assert str(source(REGISTER).as_of) not in dates
    assert min(dates) == "2005" and dates.count("2015") > 50


def test_the_cited_data_sets_are_references_and_sources() -> None:
    for name, of in SOURCES.items():
        cited = cited_reference(f"{name}: row 1")
        assert cited is not None and cited.source == source(of).name and cited.year is not None
    assert cited_reference("A paper of 2010") is None
