"""Figures that fail a gate are held, and over-full sums of a country leave the doubtful capacities out, at each import."""

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from lodebase.desk.decisions.judgements import JudgementRow
from lodebase.desk.decisions.proposals import Proposal, decide, propose
from lodebase.desk.writing import open_write_transaction
from lodebase.ingest.entered.unserved import serve

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

MINE: dict[str, Any] = {"kind": "project", "metal": "cobalt", "product": "mine-cobalt", "status": "operating"}
ZAMBIA = MINE | {"country": "Zambia", "lon": "28.2", "lat": "-12.8"}
ORE = {"kind": "deposit", "metal": "copper", "category": "inferred-mineral-resource", "ore_mt": "1"}
PHASES = (
    "SELECT p.name_en, f.held, f.doubtful, f.capacity_reported, f.capacity_tpa, p.figure_capacity_tpa"
    " FROM phase f JOIN project p ON p.id = f.project_id ORDER BY 1"
)


def test_capacity_above_the_world_is_held_with_what_was_reported(own_table: "OwnTable") -> None:
    own_table.load([ZAMBIA | {"id": "1", "capacity_kt": "5500"}])
    assert own_table.all(PHASES) == [("Site 1", "capacity-above-world", None, 5500.0, None, None)]
    assert own_table.all("SELECT counts, reason FROM countable_phase") == [(False, "held")]
    assert own_table.one("SELECT tpa FROM operating_capacity") == 5.5e6
    assert "capacity-above-world" in own_table.one("SELECT flags FROM project")


def test_grade_above_the_mineral_is_held_with_what_was_reported(own_table: "OwnTable") -> None:
    own_table.load([ORE | {"id": "1", "cu_pct": "80"}, ORE | {"id": "2", "cu_pct": "1.2", "lon": "11.3"}])
    rows = own_table.all(
        "SELECT m.held, m.grade_reported, m.grade_pct, d.figure_grade_pct FROM estimate_measure m"
        " JOIN estimate e ON e.id = m.estimate_id JOIN deposit d ON d.id = e.deposit_id ORDER BY d.name_en"
    )
    assert rows == [("grade-above-mineral", 80.0, None, None), (None, 1.2, 1.2, 1.2)]


def test_figures_with_a_sign_are_stored_with_it_and_bounds_are_in_no_sum(own_table: "OwnTable") -> None:
    texts = {"1": "约55", "2": "50多", "3": "<10", "4": "10～20"}
    plant = ZAMBIA | {"metal": "copper", "product": "refined-copper"}
    own_table.load([plant | {"id": n, "capacity_kt": text, "lon": f"2{n}.2"} for n, text in texts.items()])
    columns = "capacity_reported, capacity_qualifier, capacity_upper, capacity_tpa"
    rows = own_table.all(f"SELECT {columns} FROM phase JOIN project p ON p.id = project_id ORDER BY p.name_en")
    assert rows == [(55, "about", None, 55e3), (50, "above", None, None), (10, "below", None, None), (10, "range", 20, None)]
    assert own_table.one("SELECT sum(capacity_tpa) FROM countable_phase WHERE counts") == 55e3
    assert own_table.one("SELECT count(*) FROM project WHERE 'figure-not-exact' = ANY(flags)") == 4


def test_no_metal_is_derived_from_a_figure_with_a_sign(own_table: "OwnTable") -> None:
    texts = {"1": "1.2", "2": "约1.2", "3": "1～2"}
    own_table.load([ORE | {"id": n, "cu_pct": text, "lon": f"1{n}.3"} for n, text in texts.items()])
    rows = own_table.all(
        "SELECT m.grade_pct, m.contained_t FROM estimate_measure m JOIN estimate e ON e.id = m.estimate_id"
        " JOIN deposit d ON d.id = e.deposit_id ORDER BY d.name_en"
    )
    assert rows == [(1.2, 12_000), (1.2, None), (None, None)]


def test_over_full_sum_leaves_the_doubtful_out_and_nothing_else(own_table: "OwnTable") -> None:
    """The output of Zambia in copper refining is 222 kt in 2023 by USGS, Mineral Commodity Summaries 2025."""
    plant = ZAMBIA | {"metal": "copper", "product": "refined-copper"}
    own_table.load([plant | {"id": "1", "capacity_kt": "1300"}, plant | {"id": "2", "capacity_kt": "270", "lon": "29.4"}])
    assert own_table.all("SELECT name_en, doubtful, reason FROM operating_capacity ORDER BY 1") == [
        ("Site 1", "above-country", "doubtful"),
        ("Site 2", None, None),
    ]
    # the figure is still shown as that of the plant
    assert own_table.one("SELECT figure_capacity_tpa FROM project WHERE name_en = 'Site 1'") == 1.3e6
    # without the wrong figure the mark goes
    own_table.load([plant | {"id": "1", "capacity_kt": "13"}, plant | {"id": "2", "capacity_kt": "270", "lon": "29.4"}])
    assert own_table.all("SELECT doubtful FROM phase") == [(None,), (None,)]


def test_same_file_again_changes_no_mark_and_no_version(own_table: "OwnTable") -> None:
    rows = [ZAMBIA | {"id": "1", "capacity_kt": "5500"}, ZAMBIA | {"id": "2", "capacity_kt": "100", "lon": "29.4"}]
    own_table.load(rows)
    before = own_table.state()
    own_table.load(rows)
    assert own_table.state() == before


@pytest.mark.parametrize(("verdict", "held", "tpa"), [("right", None, 5.5e6), ("wrong", "judged-wrong", None)])
def test_judged_figure_is_served_or_stays_held_and_undo_restores(
    own_table: "OwnTable", verdict: str, held: str | None, tpa: float | None
) -> None:
    own_table.load([ZAMBIA | {"id": "1", "capacity_kt": "5500"}])
    record = own_table.one("SELECT id FROM project")
    row = JudgementRow("test-table", "1")
    said = Proposal("projects", record, "Nkana", row, "capacity:mine-cobalt:5500", verdict, None, "the report", "I saw it")
    engine = create_engine(own_table.store.addresses.owner)
    try:
        with open_write_transaction(engine) as connection:
            number = propose(connection, said, "wei", accepted=True)
        serve(own_table.store.importer, 0.9, 5.0)
        judged = "SELECT held, judged, capacity_tpa FROM phase"
        assert own_table.all(judged) == [(held, verdict, tpa)]
        assert own_table.one("SELECT figure_capacity_tpa FROM project") == tpa
        assert "figure-judged" in own_table.one("SELECT flags FROM project")
        with open_write_transaction(engine) as connection:
            decide(connection, number, "withdrawn", "an error of mine", "wei")
        serve(own_table.store.importer, 0.9, 5.0)
        assert own_table.all(judged) == [("capacity-above-world", None, None)]
    finally:
        engine.dispose()


def test_capacity_that_was_judged_right_is_not_doubtful(own_table: "OwnTable") -> None:
    plant = ZAMBIA | {"metal": "copper", "product": "refined-copper"}
    own_table.load([plant | {"id": "1", "capacity_kt": "1300"}])
    record = own_table.one("SELECT id FROM project")
    said = Proposal(
        "projects", record, "Mopani", JudgementRow("test-table", "1"), "capacity:refined-copper:1300", "right", None, "r", "r"
    )
    engine = create_engine(own_table.store.addresses.owner)
    try:
        with open_write_transaction(engine) as connection:
            propose(connection, said, "wei", accepted=True)
    finally:
        engine.dispose()
    assert own_table.one("SELECT doubtful FROM phase") == "above-country"
    serve(own_table.store.importer, 0.9, 5.0)
    assert own_table.all("SELECT doubtful, judged FROM phase") == [(None, "right")]
