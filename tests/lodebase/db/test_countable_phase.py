"""Which capacities count in a sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

PLANT: Mapping[str, Any] = {"kind": "project", "metal": "aluminium", "product": "primary aluminium", "status": "operating"}


def link_whole(own_table: OwnTable, whole: str, part: str) -> None:
    ids = "(SELECT id FROM lode.project WHERE name_en = 'Site {}')"
    own_table.owner(
        "INSERT INTO lode.link (from_kind, from_id, relation, to_kind, to_id, source) "
        f"SELECT 'project', {ids.format(whole)}, 'contains', 'project', {ids.format(part)}, 'lode'"
    )


def count_capacities(own_table: OwnTable) -> dict[str, str | None]:
    return dict(
        own_table.all(
            "SELECT p.name_en, c.reason FROM countable_phase c JOIN project p ON p.id = c.project_id"
            " WHERE c.counts = (c.reason IS NULL)"
        )
    )


def test_capacity_counts_once_it_is_built(own_table: OwnTable) -> None:
    statuses = ("operating", "commissioning", "suspended", "construction", "permitted", "announced", "closed", "cancelled", "")
    own_table.load(
        {**PLANT, "id": str(n), "capacity_kt": "10", "status": status, "lon": str(10 + n)} for n, status in enumerate(statuses)
    )
    reasons = count_capacities(own_table)
    assert [reasons[f"Site {n}"] for n in range(len(statuses))] == [None] * 3 + ["not-built"] * 3 + ["gone"] * 2 + [None]
    assert own_table.one("SELECT count(summed_tpa) FROM countable_phase") == len(statuses)


def test_complex_and_its_parts_count_once(own_table: OwnTable) -> None:
    own_table.load(
        [
            {**PLANT, "id": "1", "capacity_kt": "6500", "lon": "10"},
            {**PLANT, "id": "2", "capacity_kt": "2030", "lon": "20"},
            {**PLANT, "id": "3", "capacity_kt": "500", "lon": "30"},
            {**PLANT, "id": "4", "capacity_kt": "", "lon": "40"},
        ]
    )
    link_whole(own_table, "1", "2")
    assert count_capacities(own_table) == {
        "Site 1": None,
        "Site 2": "counted-in-complex",
        "Site 3": None,
        "Site 4": "no-figure",
    }
    assert own_table.one("SELECT sum(summed_tpa) FROM countable_phase") == 7_000_000


def test_parts_count_where_the_complex_states_less(own_table: OwnTable) -> None:
    own_table.load(
        [{**PLANT, "id": "1", "capacity_kt": "100", "lon": "10"}, {**PLANT, "id": "2", "capacity_kt": "250", "lon": "20"}]
    )
    link_whole(own_table, "1", "2")
    assert count_capacities(own_table) == {"Site 1": "counted-in-complex", "Site 2": None}
