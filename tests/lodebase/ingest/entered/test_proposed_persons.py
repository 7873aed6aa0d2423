"""Owners and operators whose names have signs of persons are withheld until an expert decides; made-up names."""

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.lodebase.ingest.entered.test_holder_names import Desk
from tests.lodebase.ingest.entered.test_person_everywhere import ABOUT, PLACE, having
from tests.lodebase.ingest.test_rights import rows

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading
from lodedata.mapping.tables import read_mapped

PERSON, INITIALS, SOLE, OPERATOR = "Juana Quispe Rojas", "Ivanov S.A.", "Juan Perez (Empresa unipersonal)", "李建国企业主"
PROJECTS = """
  - key: "{id}"
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat}
    country: {const: CHL}
    commodities: [{const: copper}]
    note_en: note
    owners:
      - {name: owner, uscc: code}
      - {name: operator, role: operator}
"""
OWNERS = (
    "SELECT s.key, o.role, o.name_en, o.uscc FROM owner o JOIN member m ON m.record_id = o.project_id"
    " JOIN source_record s ON s.id = m.source_record_id ORDER BY s.key, o.ordinal"
)
MASKED = "(natural person)"


def load(
    store: Store, folder: Path, owners: dict[str, tuple[str, str]], mapping: str = PROJECTS, name: str = "own-projects"
) -> Summary:
    path = folder / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        names = ["id", "name", "lon", "lat", "owner", "code", "operator", "note"]
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        for key, (owner, operator) in owners.items():
            row = {"id": key, "name": f"Plant {key}", **PLACE, "owner": owner, "code": "", "operator": operator}
            writer.writerow({**row, "note": f"Bought from {owner}."})
    source = loading.parse(ABOUT.format(name=name) + mapping, "own.yml")
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def owners(store: Store) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for key, *owner in rows(store.importer, OWNERS):
        found.setdefault(key, []).append(tuple(owner[:2]))
    return found


def test_owners_with_signs_of_persons_are_in_no_table_that_the_site_reads(store: Store, tmp_path: Path) -> None:
    given = {
        "P1": (PERSON, "BHP"),
        "P2": (INITIALS, "Johnson Matthey"),
        "P3": (SOLE, OPERATOR),
        "P4": ("Glencore", "宁德时代"),
        "P5": (f"Codelco: 60%, {PERSON}: 40%", ""),
    }
    summary = load(store, tmp_path, given)
    assert (summary.loaded, summary.withheld) == (5, 5)
    assert owners(store) == {
        "P1": [("owner", MASKED), ("operator", "BHP")],
        "P2": [("owner", MASKED), ("operator", "Johnson Matthey")],
        "P3": [("owner", MASKED), ("operator", MASKED)],
        "P4": [("owner", "Glencore"), ("operator", "宁德时代")],
        "P5": [("owner", "Codelco"), ("owner", MASKED)],
    }
    for name in (PERSON, INITIALS, "Juan Perez", "李建国"):
        assert having(store, name) == [], name
    waiting = {name for (name,) in rows(store.importer, "SELECT name FROM withheld_name")}
    assert {PERSON, OPERATOR} <= waiting and len(waiting) == 4
    # the share stays
    assert rows(store.importer, "SELECT share_pct FROM owner WHERE name_en = '(natural person)' AND share_pct > 0") == [(40.0,)]
    assert load(store, tmp_path, given).unchanged == 5


def test_an_expert_decides_that_an_owner_is_a_body_and_undoes_it(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"P1": (PERSON, "BHP")})
    desk = Desk(store)
    desk.decide(PERSON, "organisation", "a register of companies")
    # at once, and as the file says it with the next import
    for _ in range(2):
        assert owners(store)["P1"] == [("owner", PERSON), ("operator", "BHP")]
        assert (PERSON,) in rows(store.importer, "SELECT name_en FROM organisation")
        load(store, tmp_path, {"P1": (PERSON, "BHP")})
    assert owners(store)["P1"] == [("owner", PERSON), ("operator", "BHP")]
    assert rows(store.importer, "SELECT 1 FROM withheld_name") == []
    desk.undo_latest()
    assert owners(store)["P1"] == [("owner", MASKED), ("operator", "BHP")]
    assert having(store, PERSON) == []
    # that a short name of a company is decided and undone hides nothing
    desk.decide("BHP", "organisation", "a register of companies")
    desk.undo_latest()
    assert owners(store)["P1"] == [("owner", MASKED), ("operator", "BHP")]
    desk.engine.dispose()


def test_a_body_that_owns_a_project_of_two_sources_is_shown_at_once(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path, {"P1": (PERSON, "BHP")})
    load(store, tmp_path, {"P1": (PERSON, "")}, name="other-projects")
    shown = "SELECT count(DISTINCT id), (SELECT array_agg(name_en ORDER BY ordinal) FROM owner) FROM project"
    ((projects, before),) = rows(store.importer, shown)
    assert projects == 1 and MASKED in before and PERSON not in before
    desk = Desk(store)
    desk.decide(PERSON, "organisation", "a register of companies")
    ((projects, after),) = rows(store.importer, shown)
    assert projects == 1 and after == [PERSON if name == MASKED else name for name in before]
    for folder in ("own-projects", "other-projects"):
        load(store, tmp_path, {"P1": (PERSON, "BHP" if folder.startswith("own") else "")}, name=folder)
        assert rows(store.importer, shown) == [(projects, after)]
    desk.undo_latest()
    assert rows(store.importer, shown) == [(projects, before)] and having(store, PERSON) == []
    desk.engine.dispose()


def test_of_two_masks_in_a_role_the_next_import_reads_which_is_whose(store: Store, tmp_path: Path) -> None:
    given = {"P1": (f"{PERSON}: 60%, Pedro Mamani Flores: 40%", "")}
    load(store, tmp_path, given)
    desk = Desk(store)
    desk.decide(PERSON, "organisation", "a register of companies")
    assert owners(store)["P1"] == [("owner", MASKED), ("owner", MASKED)]
    load(store, tmp_path, given)
    assert owners(store)["P1"] == [("owner", PERSON), ("owner", MASKED)]
    desk.engine.dispose()


def test_a_mapping_states_that_a_name_is_that_of_a_body(store: Store, tmp_path: Path) -> None:
    mapping = PROJECTS.replace("name: owner,", f"name: {{column: owner, map: {{{PERSON}: {PERSON}}}}},")
    load(store, tmp_path, {"P1": (PERSON, "")}, mapping)
    assert owners(store)["P1"] == [("owner", PERSON)]


@pytest.mark.parametrize("role", ["announced_by"])
def test_who_announces_a_discovery_is_withheld_if_it_is_a_person(store: Store, tmp_path: Path, role: str) -> None:
    mapping = f"""
  - key: "{{id}}"
    kind: {{const: discovery}}
    name_en: name
    position: {{lon: lon, lat: lat}}
    country: {{const: CHL}}
    commodities: [{{const: copper}}]
    fields: {{{role}: owner}}
"""
    load(store, tmp_path, {"D1": (PERSON, ""), "D2": ("Geological Survey", "")}, mapping)
    assert rows(store.importer, f"SELECT {role} FROM discovery ORDER BY name_en") == [(MASKED,), ("Geological Survey",)]
    assert having(store, PERSON) == []
