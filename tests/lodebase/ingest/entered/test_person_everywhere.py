"""A decision that a name is that of a person reaches every kind, source and text, by name and by code; made-up names."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from tests.lodebase.ingest.entered.test_holder_names import GROUND, Desk
from tests.lodebase.ingest.test_rights import rows

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading
from lodedata.mapping.model import CellCorrection
from lodedata.mapping.shape.correcting import correct_table
from lodedata.mapping.tables import read_mapped
from lodedata.organisations.names import derive_comparable_name
from lodedata.read import InputRow, InputTable

PERSON, OTHER_NAME, CODE = "Aurora Blanco Mining", "AB Mining Services", "92110101MA00ABCD1K"
KEY = f"{PERSON} 7"
NUMBER = "110101199003074233"
"""A number of an identity card, which is no code of a body."""
ABOUT = """
name: {name}
title_en: {name}
title_zh: {name}
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
"""
RIGHTS = """
  - key: "{id}"
    kind: {const: mining_right}
    position: {ring: corners}
    right_no: id
    status: {const: granted}
    holder: holder
    holder_uscc: code
"""
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
PLACE = {"lon": "-70.1234", "lat": "-30.1234"}
SOURCES: dict[str, tuple[str, list[dict[str, str]]]] = {
    "rights": (
        RIGHTS,
        [
            {"id": "T1", "corners": GROUND, "holder": PERSON, "code": CODE},
            {"id": "T2", "corners": GROUND, "holder": OTHER_NAME, "code": CODE},
            {"id": "T3", "corners": GROUND, "holder": "BETA S.A.", "code": ""},
            {"id": "T4", "corners": GROUND, "holder": PERSON, "code": NUMBER},
        ],
    ),
    "projects": (
        PROJECTS,
        [
            {"id": "P1", "name": "Plant", **PLACE, "owner": PERSON.upper(), "code": "", "operator": "BETA S.A.", "note": ""},
            {"id": "P2", "name": "Mine", **PLACE, "owner": "BETA S.A.", "code": "", "operator": PERSON, "note": ""},
            {
                "id": "P3",
                "name": "Mill",
                **PLACE,
                "owner": "BETA S.A.",
                "code": "",
                "operator": "",
                "note": f"Sold by {PERSON}.",
            },
            {"id": "P4", "name": "Pit", **PLACE, "owner": "Nobody Known", "code": CODE, "operator": "", "note": ""},
        ],
    ),
}


def load(store: Store, folder: Path, name: str, /, **changed: str) -> Summary:
    mapping, table = SOURCES[name]
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, table[0].keys())
        writer.writeheader()
        writer.writerows({**row, **{key: value for key, value in changed.items() if key in row}} for row in table)
    source = loading.parse(ABOUT.format(name=f"own-{name}") + mapping, "own.yml")
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    # an earlier version has the name too
    load(store, tmp_path, "projects", operator=PERSON)
    for name in SOURCES:
        summary = load(store, tmp_path, name)
        assert not summary.quarantined, summary.refused
    made = Desk(store)
    yield made
    made.engine.dispose()


def having(store: Store, word: str) -> list[str]:
    """Return the tables with a text, but those of decisions and withheld names, which only imports and experts read."""
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT t.oid::regclass::text FROM pg_class t WHERE relkind = 'r'"
                " AND relnamespace::regnamespace::text IN ('lode', 'lode_history')"
            )
        ]
        found = []
        for name in tables:
            # the decision on the name itself has it
            others = "t.kind <> 'holder_decision' AND" if name.removeprefix("lode.") == "decision" else ""
            statement = f"SELECT 1 FROM {name} t WHERE {others} t::text ILIKE %s LIMIT 1"
            if connection.execute(statement, (f"%{word}%",)).fetchone():
                found.append(name.removeprefix("lode."))
    return sorted(set(found) - {"withheld_name"})


def owners(store: Store) -> list[tuple[Any, ...]]:
    return rows(
        store.importer,
        "SELECT s.key, o.name_en, o.name_zh, o.uscc FROM owner o JOIN member m ON m.record_id = o.project_id"
        " JOIN source_record s ON s.id = m.source_record_id ORDER BY s.key, o.ordinal",
    )


MASK = ("(natural person)", "（自然人）", None)
MASKED_OWNERS = [
    ("P1", *MASK),
    ("P1", "BETA S.A.", None, None),
    ("P2", "BETA S.A.", None, None),
    ("P2", *MASK),
    ("P3", "BETA S.A.", None, None),
    ("P4", *MASK),
]


def test_a_person_leaves_every_table_by_name_and_by_code(store: Store, desk: Desk, tmp_path: Path) -> None:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(
            "INSERT INTO lode.report (collection, record_id, record_name, text) VALUES ('projects', 'x', 'x', %s)",
            (f"The owner is {PERSON}",),
        )
        connection.commit()
    before = having(store, PERSON)
    assert {"mining_right", "owner", "project", "lode_history.owner", "source_record", "report", "organisation"} <= set(before)
    version = rows(store.importer, "SELECT max(version) FROM dataset_version")
    desk.decide(PERSON, "natural-person", "a register of persons")
    for word in (PERSON, OTHER_NAME, CODE, NUMBER):
        assert having(store, word) == [], word
    assert owners(store) == MASKED_OWNERS
    assert rows(store.importer, "SELECT right_no, holder, holder_kind, holder_uscc FROM mining_right ORDER BY 1") == [
        ("T1", None, "natural-person", None),
        ("T2", None, "natural-person", None),
        ("T3", "BETA S.A.", "organisation", None),
        ("T4", None, "natural-person", None),
    ]
    assert rows(store.importer, "SELECT note_en FROM project WHERE note_en IS NOT NULL") == [("Sold by (natural person).",)]
    assert rows(store.importer, "SELECT count(*) FROM redaction") == [(1,)]
    assert rows(store.importer, "SELECT max(version) FROM dataset_version") > version
    assert rows(store.importer, "SELECT 1 FROM organisation WHERE name_en ILIKE '%natural person%'") == []


def test_a_person_stays_out_of_later_imports_of_any_source(store: Store, desk: Desk, tmp_path: Path) -> None:
    desk.decide(PERSON, "natural-person", "a register of persons")
    for name in SOURCES:
        assert load(store, tmp_path, name).read == len(SOURCES[name][1])
    for word in (PERSON, CODE, NUMBER):
        assert having(store, word) == [], word
    assert owners(store) == MASKED_OWNERS
    # under any other name, the code is that of the person
    load(store, tmp_path, "rights", holder="GAMMA S.A.")
    assert rows(store.importer, "SELECT right_no, holder_kind FROM mining_right WHERE holder IS NULL ORDER BY 1") == [
        ("T1", "natural-person"),
        ("T2", "natural-person"),
        ("T4", "natural-person"),
    ]


def test_a_single_word_leaves_fields_of_names_and_stays_in_other_texts(store: Store, desk: Desk, tmp_path: Path) -> None:
    load(store, tmp_path, "projects", owner="Rosario", note="East of the town Rosario.")
    desk.decide("Rosario", "natural-person", "a register of persons")
    names = {name for _, name, *_ in owners(store)}
    assert "Rosario" not in names and "(natural person)" in names
    load(store, tmp_path, "projects", owner="BETA S.A.", operator="", note="East of the town Rosario.")
    notes = {note for (note,) in rows(store.importer, "SELECT note_en FROM project WHERE note_en IS NOT NULL")}
    assert notes == {"East of the town Rosario."}


def insert(store: Store, statement: str, *values: object) -> None:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(statement.encode(), values)


def note_decision(store: Store, kind: str, subject: object, decision: str, reason: str, detail: object = None) -> None:
    insert(
        store,
        "INSERT INTO lode.decision (kind, subject, decision, detail, account, reason) VALUES (%s, %s, %s, %s, 'an expert', %s)",
        *(kind, json.dumps(subject), decision, json.dumps(detail or {}), reason),
    )


def decide_person(store: Store, desk: Desk, table: str) -> None:
    """Decide that the name is that of a person, which a table has before and no table afterwards."""
    assert table in having(store, PERSON)
    desk.decide(PERSON, "natural-person", "a register of persons")
    assert having(store, PERSON) == []


def test_a_key_with_the_name_is_replaced_and_ids_stay(store: Store, desk: Desk, tmp_path: Path) -> None:
    load(store, tmp_path, "projects", id=KEY)
    ids = (
        "SELECT m.record_id FROM member m JOIN source_record s ON s.id = m.source_record_id"
        " WHERE s.key NOT LIKE 'T%' ORDER BY 1"
    )
    before = rows(store.importer, ids)
    assert (KEY,) in rows(store.importer, "SELECT key FROM source_record")
    decide_person(store, desk, "source_record")
    assert rows(store.importer, ids) == before
    again = load(store, tmp_path, "projects", id=KEY)
    assert (again.loaded, again.gone) == (0, 0)
    assert having(store, PERSON) == [] and rows(store.importer, ids) == before


def test_decisions_on_a_row_lose_the_name_and_have_its_new_key(store: Store, desk: Desk, tmp_path: Path) -> None:
    load(store, tmp_path, "projects", id=KEY)
    pair = {"a_source": "own-projects", "a_key": KEY, "b_source": "own-rights", "b_key": "T1"}
    note_decision(store, "judgement", pair, "different", f"named {PERSON.lower()}")
    value = {"value": f"Pit of {PERSON}", "cited": f"a letter of {PERSON}", "note": f"{PERSON} agrees"}
    of_row = {"collection": "projects", "source": "own-projects", "key": KEY, "proposal": 1}
    note_decision(store, "value", {"record_id": "p1", "field": "note_en"}, "is", f"{PERSON} said so", {**value, **of_row})
    decide_person(store, desk, "decision")
    ((new_key, reason),) = rows(write_conninfo(store.addresses.owner), "SELECT a_key, reason FROM lode.judgement")
    assert new_key.startswith("person-") and reason == "named (natural person)"
    values = "SELECT detail ->> 'value', detail ->> 'cited', detail ->> 'key' FROM decision WHERE kind = 'value'"
    assert rows(store.importer, values) == [("Pit of (natural person)", "a letter of (natural person)", new_key)]


def test_decisions_on_organisations_and_list_entries_lose_the_name(store: Store, desk: Desk) -> None:
    subject = {"comparable": derive_comparable_name(PERSON), "country": ""}
    note_decision(store, "organisation_decision", subject, "means", f"the register of {PERSON}")
    note_decision(store, "list_entry_project", {"entry_id": "e1"}, "none-here", f"the firm of {PERSON}")
    decide_person(store, desk, "decision")
    named = "SELECT subject ->> 'comparable', reason FROM decision WHERE kind = 'organisation_decision'"
    assert rows(store.importer, named) == [("(natural person)", "the register of (natural person)")]


def test_entered_acts_and_records_lose_the_name(store: Store, desk: Desk) -> None:
    insert(
        store,
        "INSERT INTO lode.act_entry (entered_by, changed_by, fields, subjects, state, reason, file_name)"
        " VALUES ('an expert', 'an expert', %s, %s, 'withdrawn', %s, %s)",
        *(json.dumps({"title_en": f"Permit of {PERSON}"}), json.dumps([PERSON]), f"requested by {PERSON}", f"{PERSON}.pdf"),
    )
    insert(
        store,
        "INSERT INTO lode.record_entry (form, entered_by, changed_by, fields, state, reason)"
        " VALUES ('rights', 'an expert', 'an expert', %s, 'withdrawn', %s)",
        *(json.dumps({"holder": PERSON}), f"sold by {PERSON}"),
    )
    assert "record_entry" in having(store, PERSON)
    decide_person(store, desk, "act_entry")


def test_a_saved_report_loses_the_name(store: Store, desk: Desk) -> None:
    body = {"summary": {"owner": PERSON.upper()}, "checksum": "0" * 64}
    insert(
        store,
        "INSERT INTO lode.saved_report (collection, candidate, product, data_version, rules_on, checksum, body)"
        " VALUES (%s, '{}', 'copper', 1, '2026-01-01', %s, %s)",
        *("a" * 24, "0" * 64, gzip.compress(json.dumps(body).encode())),
    )
    desk.decide(PERSON, "natural-person", "a register of persons")
    ((stored,),) = rows(store.importer, "SELECT body FROM saved_report")
    assert json.loads(gzip.decompress(stored))["summary"] == {"owner": "(natural person)"}


def test_the_trail_loses_the_name_and_nothing_else_changes_it(store: Store, desk: Desk) -> None:
    detail = json.dumps({"path": f"/x/{PERSON}"})
    insert(store, "SELECT lode.note_command('import', %s, %s, 'me')", f"of {PERSON}", detail)
    decide_person(store, desk, "audit")
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        assert connection.execute("SELECT subject, detail FROM lode.audit WHERE operator = 'me'").fetchall() == [
            ("of (natural person)", {"path": "/x/(natural person)"})
        ]
        connection.execute("SET lode.redacting = 'yes'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM lode.audit")
    with psycopg.connect(store.importer) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT redact_append_only('.', '', '{}', '{}', '{}')")


def test_corrected_cells_and_what_people_search_for_lose_the_name(store: Store, desk: Desk) -> None:
    search = urlencode([("collection", "projects"), ("q", PERSON.upper())])
    elsewhere = urlencode([("collection", "projects"), ("q", "Norilsk, Норильск")])
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        request = connection.execute(
            "INSERT INTO lode.import_request (account, file_name, bytes, mapping, review_note, choices)"
            " VALUES ('an expert', %s, 1, %s, %s, %s) RETURNING number",
            (f"{PERSON}.csv", f"note: {PERSON}", f"as {PERSON} says", json.dumps({"owner": PERSON})),
        ).fetchone()
        assert request is not None
        cell = (request[0], PERSON, f"{PERSON} SA")
        connection.execute(
            'INSERT INTO lode.import_correction (request, "row", "column", reported, corrected, account)'
            " VALUES (%s, 2, 'owner', %s, %s, 'an expert')",
            cell,
        )
        for name, query in ((f"mines of {PERSON}", search), ("Norilsk", elsewhere)):
            connection.execute(
                "INSERT INTO lode.saved_filter (owner, name, query) VALUES ('account:me', %s, %s)",
                (name, query),
            )
        for address, query in (("a@example.org", search), ("b@example.org", search), ("b@example.org", elsewhere)):
            connection.execute(
                "INSERT INTO lode.subscription (address, query, language, period) VALUES (%s, %s, 'en', 'version')",
                (address, query),
            )
        # the same search in another spelling of the same address
        connection.execute(
            "INSERT INTO lode.subscription (address, query, language, period) VALUES ('A@example.org', %s, 'en', 'version')",
            (search.replace("AURORA", "Aurora"),),
        )
        connection.execute(
            "INSERT INTO lode.webhook (owner, url, query, salt, sent_version, last_error)"
            " VALUES ('account:me', 'https://example.org/hook', %s, 'salt', 1, %s)",
            (search, f"the host {PERSON} refused"),
        )
        connection.commit()
    desk.decide(PERSON, "natural-person", "a register of persons")
    assert having(store, PERSON) == []
    assert having(store, PERSON.upper().replace(" ", "+")) == []
    masked = "collection=projects&q=%28natural+person%29"
    owner = write_conninfo(store.addresses.owner)
    assert rows(owner, "SELECT reported, corrected FROM lode.import_correction") == [
        ("(natural person)", "(natural person) SA")
    ]
    ((file_name, mapping, choices),) = rows(owner, "SELECT file_name, mapping, choices FROM lode.import_request")
    assert (file_name, mapping) == ("(natural person).csv", "note: (natural person)")
    assert choices == {"owner": "(natural person)"}
    filters = rows(owner, "SELECT name, query FROM lode.saved_filter ORDER BY number")
    assert filters == [("mines of (natural person) 1", masked), ("Norilsk", elsewhere)]
    subscribed = rows(owner, "SELECT address, query FROM lode.subscription ORDER BY number")
    assert subscribed == [("a@example.org", masked), ("b@example.org", masked), ("b@example.org", elsewhere)]
    ((query, error),) = rows(owner, "SELECT query, last_error FROM lode.webhook")
    assert (query, error) == (masked, "the host (natural person) refused")
    # the importer reads no address and no secret
    for column in ("subscription.address", "webhook.url", "webhook.salt", "saved_filter.owner"):
        table, name = column.split(".")
        with psycopg.connect(store.importer) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT {name} FROM {table}")


def test_a_correction_whose_report_was_masked_applies_to_the_cell_of_the_file() -> None:
    table = InputTable("t.csv", "t", ("owner",), iter([InputRow(2, [PERSON])]))
    masked = CellCorrection(row=2, column="owner", reported="(natural person)", corrected="BETA S.A.")
    assert [row.cells for row in correct_table(table, (masked,)).rows] == [["BETA S.A."]]
