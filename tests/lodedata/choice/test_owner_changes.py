"""New owners between sources of different years."""

from lodedata.choice.owner_changes import StatedOwner, find_owner_changes, list_names
from lodedata.rights.natural_persons import MASK


def stated(date: str, *names: str) -> list[StatedOwner]:
    return [StatedOwner(f"source-{date}", date, name, None) for name in names]


def test_an_owner_whom_only_the_later_source_names_is_new_between_their_dates() -> None:
    (change,) = find_owner_changes([*stated("2007", "Xstrata plc"), *stated("2026-11", "Glencore")])
    assert (change.after, change.by) == ("2007", "2026-11")
    assert list_names(change.owners, "en") == ["Glencore"] and list_names(change.before, "zh") == ["Xstrata plc"]


def test_a_partner_who_stays_is_not_new_and_nobody_is_new_twice() -> None:
    owner_changes = find_owner_changes(
        [
            *stated("2005", "Phelps Dodge Corp.", "Cía. de Minas Buenaventura S.A.A."),
            *stated("2017", "Freeport-McMoRan Inc.", "Buenaventura"),
            *stated("2026-11", "Freeport-McMoRan", "Buenaventura"),
        ]
    )
    assert [(owner_change.after, owner_change.by, list_names(owner_change.owners, "en")) for owner_change in owner_changes] == [
        ("2005", "2017", ["Freeport-McMoRan Inc."])
    ]


def test_one_year_one_source_or_a_masked_person_says_nothing() -> None:
    assert not find_owner_changes(stated("2017", "Quilla Metals", "Zorro Copper"))
    assert not find_owner_changes([*stated("2017", "Quilla Metals"), *stated("2017-05", "Zorro Copper")])
    assert not find_owner_changes([*stated("2007", MASK), *stated("2017", "Zorro Copper")])


def test_a_later_name_of_a_described_organisation_is_no_new_owner() -> None:
    assert not find_owner_changes([*stated("2003", "Russian Aluminum Group"), *stated("2018", "United Company RUSAL Plc")])
    assert not find_owner_changes([*stated("2018", "Korea Resources Corp."), *stated("2026-11", "Kores")])
