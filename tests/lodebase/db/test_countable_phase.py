"""Which capacities count in a sum."""

from __future__ import annotations

import random
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


def load_plants(own_table: OwnTable, capacities: Mapping[str, str]) -> None:
    own_table.load({**PLANT, "id": n, "capacity_kt": kt, "lon": str(10 * int(n))} for n, kt in capacities.items())


def test_part_of_two_complexes_is_counted_once(own_table: OwnTable) -> None:
    """The larger complex counts; of the other, the part that it has alone."""
    load_plants(own_table, {"1": "100", "2": "80", "3": "60", "4": "20", "5": "40"})
    for whole, part in (("1", "3"), ("1", "5"), ("2", "3"), ("2", "4")):
        link_whole(own_table, whole, part)
    counted = {name for name, reason in count_capacities(own_table).items() if reason is None}
    assert counted == {"Site 1", "Site 4"}
    assert own_table.one("SELECT sum(summed_tpa) FROM countable_phase") == 120_000


def test_part_of_a_part_is_counted_with_the_whole(own_table: OwnTable) -> None:
    """Also where it is stated larger than the part between."""
    load_plants(own_table, {"1": "100", "2": "60", "3": "70"})
    link_whole(own_table, "1", "2")
    link_whole(own_table, "2", "3")
    assert count_capacities(own_table) == {"Site 1": None, "Site 2": "counted-in-complex", "Site 3": "counted-in-complex"}


def test_other_parts_count_where_one_part_is_larger_than_the_complex(own_table: OwnTable) -> None:
    load_plants(own_table, {"1": "100", "2": "120", "3": "30"})
    link_whole(own_table, "1", "2")
    link_whole(own_table, "1", "3")
    assert count_capacities(own_table) == {"Site 1": "counted-in-complex", "Site 2": None, "Site 3": None}


def test_complexes_that_contain_each_other_count_once(own_table: OwnTable) -> None:
    load_plants(own_table, {"1": "100", "2": "100"})
    link_whole(own_table, "1", "2")
    link_whole(own_table, "2", "1")
    assert list(count_capacities(own_table).values()).count(None) == 1


def test_no_capacity_is_counted_twice_in_any_group(own_table: OwnTable) -> None:
    """Of random groups, no two plants that count are one within the other or have a part in common, and each that does not
    count is one that a counting one is a relative of."""
    chance = random.Random(7)
    names = [str(n) for n in range(1, 15)]
    load_plants(own_table, {n: str(chance.randint(10, 99)) for n in names})
    below: dict[str, set[str]] = {n: {n} for n in names}
    pairs = {tuple(sorted(chance.sample(names, 2), key=int)) for _ in range(14)}
    for whole, part in sorted(pairs, key=lambda pair: (-int(pair[0]), pair)):
        link_whole(own_table, whole, part)
        below[whole] |= below[part]
    reasons = count_capacities(own_table)
    counting = {n for n in names if reasons[f"Site {n}"] is None}
    assert all(not below[name] & below[other] for name in counting for other in counting if name != other)
    assert all(any(below[n] & below[name] for name in counting) for n in set(names) - counting)
