"""Owners that only older sources name: former ones where the newest dated source names others, else with their year."""

from typing import Any

from lodedata.choice import reported_record as reported_records
from lodedata.choice.earlier_owners import add_earlier_owners


def owner(name: str, date: str | None, role: str = "owner") -> dict[str, Any]:
    return {"name_en": name, "name_zh": None, "role": role, "information_date": date, "ordinal": 0}


def of_source(identity: str, *owners: dict[str, Any]) -> reported_records.ReportedRecord:
    return reported_records.ReportedRecord(record_id=identity, source=identity, key=identity, row={}, parts={"owner": owners})


def served(
    newest: reported_records.ReportedRecord, *older: reported_records.ReportedRecord
) -> list[tuple[str, str, str | None]]:
    rows = add_earlier_owners(newest.part("owner"), newest, [newest, *older], "x")
    return [(row["name_en"], row["role"], row["information_date"]) for row in rows]


def test_whom_the_newest_dated_source_no_longer_names_is_former_with_its_year() -> None:
    newest, older = of_source("b", owner("Vale S.A.", "2026-06")), of_source("a", owner("Phelps Dodge Corp.", "2008"))
    assert served(newest, older) == [("Vale S.A.", "owner", "2026-06"), ("Phelps Dodge Corp.", "former-owner", "2008")]


def test_an_owner_under_a_former_name_is_not_former() -> None:
    newest, older = of_source("b", owner("Vale S.A.", "2026")), of_source("a", owner("Companhia Vale do Rio Doce", "2008"))
    assert served(newest, older) == [("Vale S.A.", "owner", "2026")]


def test_an_owner_is_not_former_if_the_newest_source_names_operators_only() -> None:
    newest = of_source("b", owner("Glencore Canada Corporation", "2026", "operator"))
    older = of_source("a", owner("Teck Cominco Limited", "2008"))
    assert served(newest, older)[1] == ("Teck Cominco Limited", "owner", "2008")


def test_an_owner_without_a_date_is_never_former() -> None:
    newest, older = of_source("b", owner("Vale S.A.", "2026")), of_source("a", owner("Inco Limited", None))
    assert served(newest, older) == [("Vale S.A.", "owner", "2026")]
