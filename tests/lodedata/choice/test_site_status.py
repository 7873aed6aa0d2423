"""Status and capacity of a project of several sources: each from the best source that has it."""

from dataclasses import replace
from typing import Any

import pytest

from lodedata import choice as choices
from lodedata.choice import combine_reported_records
from lodedata.kinds import KINDS

PROJECT: dict[str, Any] = dict.fromkeys(field.name for field in KINDS["project"].fields) | {"geom": None, "value_sources": None}
PHASE: dict[str, Any] = dict.fromkeys(field.name for child in KINDS["project"].children[:1] for field in child.fields)
LISTS, FACILITIES, FIRST = "plants-and-milestones-2026", "usgs-minfac-world-facilities", "lode-starter"
Unit = tuple[str | None, float | None, str | None, str | None]
"""Product, capacity in t/a, status and its date."""


def reported(source: str, *units: Unit, as_of: str | None = None) -> choices.ReportedRecord:
    """A project of one source."""
    values = {
        "main_commodity": "aluminium",
        "main_commodity_ground": "stated",
        "commodity_group": "aluminium",
        "access_level": "public",
        "commodities": ["aluminium"],
        "major_commodities": ["aluminium"],
        "sources": [source],
        "aliases": [],
        "flags": [],
        "facility_types": [],
        "products": [],
        "name_en": "Vaudreuil",
    }
    phases = [
        {
            **PHASE,
            "product": product,
            "capacity_reported": capacity,
            "capacity_factor": 1.0,
            "capacity_tpa": capacity,
            "capacity_unit": "t/a",
            "capacity_basis": "product",
            "feedstock": [],
            "source": source,
            "status": status,
            "status_date": date,
            "status_source": status and source,
            "status_inferred": status and False,
        }
        for product, capacity, status, date in units
    ]
    return choices.ReportedRecord(f"id-of-{source}", source, "1", PROJECT | values, {"phase": phases}, as_of)


def phases(*reported_records: choices.ReportedRecord) -> list[tuple[Any, ...]]:
    """Product, capacity, status with its source and date, and the source of the capacity, by phase."""
    columns = ("product", "capacity_tpa", "status", "status_source", "status_date", "source")
    return [
        tuple(one[name] for name in columns) for one in combine_reported_records("project", reported_records).parts["phase"]
    ]


def test_capacity_without_status_does_not_hide_the_status_of_another_source() -> None:
    """The alumina refinery of Vaudreuil had 1.4 Mt/a of a list without a status, and so no status at all."""
    listed = reported(LISTS, ("alumina", 1.4e6, None, None))
    found = reported(FACILITIES, ("alumina", None, "operating", "2010-01-01"))
    assert phases(listed, found) == [("alumina", 1.4e6, "operating", FACILITIES, "2010-01-01", LISTS)]


def test_status_that_is_later_for_certain_replaces_that_of_the_source_of_the_capacity() -> None:
    """A refinery that closed in 2014 was operating by the capacity of an older table."""
    old = reported(FACILITIES, ("alumina", 3e6, "operating", "2010-01-01"))
    new = reported(LISTS, (None, None, "closed", "2014-01-01"))
    assert phases(old, new) == [("alumina", 3e6, "closed", LISTS, "2014-01-01", FACILITIES)]


def test_older_or_undated_status_does_not_replace_that_of_the_source_of_the_capacity() -> None:
    old = reported(FACILITIES, ("alumina", 3e6, "operating", "2010-01-01"))
    for date in ("2009-12-31", None):
        other = reported(FIRST, (None, None, "closed", date), as_of="2026-11")
        assert phases(old, other) == [("alumina", 3e6, "operating", FACILITIES, "2010-01-01", FACILITIES)], date


def test_status_of_one_product_is_not_that_of_another() -> None:
    old = reported(
        FACILITIES, ("smelter-copper", 2e5, "operating", "2010-01-01"), ("refined-copper", 3e5, "operating", "2010-01-01")
    )
    new = reported(LISTS, ("smelter-copper", None, "closed", "2025-07-31"))
    assert [(product, status) for product, _, status, *_ in phases(old, new)] == [
        ("smelter-copper", "closed"),
        ("refined-copper", "operating"),
    ]


def test_status_of_a_product_without_a_capacity_is_a_phase_of_its_own() -> None:
    listed = reported(LISTS, ("alumina", 1.4e6, None, None))
    found = reported(FACILITIES, ("bauxite", None, "operating", "2010-01-01"))
    served = combine_reported_records("project", [listed, found]).parts["phase"]
    assert [(one["product"], one["capacity_tpa"], one["status"], one["source"]) for one in served] == [
        ("alumina", 1.4e6, None, LISTS),
        ("bauxite", None, "operating", FACILITIES),
    ]
    assert [one["id"] for one in served] == [f"id-of-{FACILITIES}.p0", f"id-of-{FACILITIES}.p1"]


def test_phases_that_are_not_built_do_not_become_built_by_a_status_of_the_site() -> None:
    planned = reported(FACILITIES, ("alumina", 1e6, "operating", "2010-01-01"), ("alumina", 2e6, "construction", "2010-01-01"))
    new = reported(LISTS, (None, None, "suspended", "2025-03-01"))
    assert [status for _, _, status, *_ in phases(planned, new)] == ["suspended", "construction"]


def test_closed_phase_of_several_is_not_revived_by_the_site() -> None:
    old = reported(FACILITIES, ("alumina", 1e6, "operating", "2010-01-01"), ("alumina", 2e6, "closed", "2009-01-01"))
    new = reported(LISTS, (None, None, "operating", "2025-03-01"))
    assert [(status, date) for _, _, status, _, date, _ in phases(old, new)] == [
        ("operating", "2025-03-01"),
        ("closed", "2009-01-01"),
    ]


def test_only_phase_that_was_under_construction_operates_by_a_later_status() -> None:
    planned = reported(FACILITIES, ("alumina", 1e6, "construction", "2010-01-01"))
    new = reported(LISTS, (None, None, "operating", "2025-03-01"))
    assert [status for _, _, status, *_ in phases(planned, new)] == ["operating"]


def test_later_row_of_a_source_replaces_an_earlier_one_of_the_site() -> None:
    """Kwinana was suspended in 2024 and closed in 2025, by two rows of one list."""
    old = reported(FACILITIES, ("alumina", 2.1e6, "operating", "2007-01-01"))
    rows = [
        reported(LISTS, (None, None, "suspended", "2024-06-01")),
        reported(LISTS, ("alumina", None, "closed", "2025-09-30")),
    ]
    rows = [replace(row, record_id=f"row-{n}", key=str(n)) for n, row in enumerate(rows)]
    assert phases(old, *rows) == [("alumina", 2.1e6, "closed", LISTS, "2025-09-30", FACILITIES)]


def test_equal_rows_of_a_source_have_the_newest_date() -> None:
    rows = [reported(LISTS, (None, None, "operating", date)) for date in ("2024-01-01", "2025-11-24", "2023-01-01")]
    rows = [replace(row, record_id=f"row-{n}", key=str(n)) for n, row in enumerate(rows)]
    assert [date for *_, date, _ in phases(*rows)] == ["2025-11-24"]


def test_products_of_one_stage_share_a_status() -> None:
    """Blister copper is what a copper smelter makes."""
    old = reported(
        FACILITIES, ("blister-copper", 2e5, "operating", "2010-01-01"), ("refined-copper", 3e5, "operating", "2010-01-01")
    )
    new = reported(LISTS, ("smelter-copper", None, "suspended", "2025-07-12"))
    assert [status for _, _, status, *_ in phases(old, new)] == ["suspended", "operating"]


def test_status_of_one_stage_is_not_that_of_several_phases_without_a_product() -> None:
    old = reported(FACILITIES, (None, 4e5, "operating", "2005-01-01"), (None, 3.35e5, "operating", "2005-01-01"))
    new = reported(LISTS, ("smelter-copper", None, "closed", "2023-05-31"))
    assert [(product, capacity, status) for product, capacity, status, *_ in phases(old, new)] == [
        (None, 4e5, "operating"),
        (None, 3.35e5, "operating"),
        ("smelter-copper", None, "closed"),
    ]


@pytest.mark.parametrize("last", [0, 1])
def test_the_status_names_its_source_and_the_reason(last: int) -> None:
    pair = [
        reported(FACILITIES, ("alumina", 3e6, "operating", "2010-01-01")),
        reported(LISTS, (None, None, "closed", "2014-01-01")),
    ]
    served = combine_reported_records("project", [pair[last], pair[1 - last]])
    choice = next(choice for choice in served.choices if choice.rule.name == "status")
    assert choice.chosen is not None
    assert (choice.chosen.source, choice.chosen.row["status"], choice.reason) == (LISTS, "closed", "recency")
    assert {candidate.source: candidate.row["status"] for candidate in choice.candidates} == {
        FACILITIES: "operating",
        LISTS: "closed",
    }
