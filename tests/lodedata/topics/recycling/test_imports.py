"""Rules on imports of recycled raw materials by date: each day and each limit, with three results."""

from datetime import date
from typing import Any

import pytest

from lodedata.rules.quantities import ASSAYS
from lodedata.topics.recycling import imports
from lodedata.topics.recycling.streams import list_stream_treatments
from lodedata.vocab import load_vocabulary

COPPER, BRASS, ALLOY = "recycled-copper-material", "recycled-brass-material", "recycled-copper-alloy-material"
PURE, CAST = "recycled-pure-aluminium-material", "recycled-cast-aluminium-material"
NCM, LFP = "black-mass-ncm", "black-mass-lfp"
GOOD = {"conforms": True, "mixed": False}
PACKED = {"bulk": False, "mixed": False}
NCM_GOOD = {"nickel_cobalt_pct": 25.0, "lithium_pct": 3.5, "phosphorus_pct": 0.8, "soluble_fluorine_pct": 0.4}
LFP_GOOD = {"lithium_pct": 2.0, "phosphorus_pct": 10.0, "iron_pct": 18.0, "soluble_fluorine_pct": 0.1}
UNKNOWN = "not_enough_data"


@pytest.mark.parametrize(
    ("stream", "on", "assays", "properties", "expected"),
    [
        # before the first rule nothing is known, which says neither yes nor no
        (COPPER, "2020-10-31", {}, GOOD, UNKNOWN),
        (COPPER, "2020-11-01", {}, GOOD, "pass"),
        (COPPER, "2020-11-01", {}, {}, UNKNOWN),
        (COPPER, "2020-11-01", {}, {"conforms": False}, "fail"),
        # mixing is in the announcement of 2024 alone
        (COPPER, "2024-11-14", {}, {"conforms": True, "mixed": True}, "pass"),
        (COPPER, "2024-11-15", {}, {"conforms": True, "mixed": True}, "fail"),
        (COPPER, "2024-11-15", {}, {"conforms": True}, UNKNOWN),
        (COPPER, "2024-11-15", {}, GOOD, "pass"),
        (BRASS, "2020-11-01", {}, GOOD, "pass"),
        (BRASS, "2024-11-15", {}, GOOD, "pass"),
        # other alloys and pure aluminium came with the announcement of 2024
        (ALLOY, "2024-11-14", {}, GOOD, UNKNOWN),
        (ALLOY, "2024-11-15", {}, GOOD, "pass"),
        (PURE, "2024-11-14", {}, GOOD, UNKNOWN),
        (PURE, "2024-11-15", {}, GOOD, "pass"),
        (CAST, "2021-06-01", {}, GOOD, "pass"),
        # black mass of NCM batteries
        (NCM, "2025-07-31", NCM_GOOD, PACKED, UNKNOWN),
        # the limits of zinc, lead and cadmium were not read, so nothing meets all clauses
        (NCM, "2025-08-01", NCM_GOOD, PACKED, UNKNOWN),
        (NCM, "2025-08-01", NCM_GOOD | {"nickel_cobalt_pct": 24.9}, PACKED, "fail"),
        (NCM, "2025-08-01", NCM_GOOD | {"lithium_pct": 3.4}, PACKED, "fail"),
        (NCM, "2025-08-01", NCM_GOOD | {"phosphorus_pct": 0.81}, PACKED, "fail"),
        (NCM, "2025-08-01", NCM_GOOD | {"soluble_fluorine_pct": 0.41}, PACKED, "fail"),
        (NCM, "2025-08-01", NCM_GOOD, {"bulk": True, "mixed": False}, "fail"),
        (NCM, "2025-08-01", NCM_GOOD, {"bulk": False}, UNKNOWN),
        (NCM, "2025-08-01", {}, PACKED, UNKNOWN),
        # a clause that is not met decides, even if others can't be checked
        (NCM, "2025-08-01", {"lithium_pct": 1.0}, {}, "fail"),
        # black mass of LFP batteries
        (LFP, "2025-08-01", LFP_GOOD, PACKED, UNKNOWN),
        (LFP, "2026-11-28", LFP_GOOD | {"iron_pct": 17.9}, PACKED, "fail"),
        (LFP, "2026-11-28", LFP_GOOD | {"phosphorus_pct": 9.9}, PACKED, "fail"),
        (LFP, "2026-11-28", LFP_GOOD | {"soluble_fluorine_pct": 0.11}, PACKED, "fail"),
        (LFP, "2026-11-28", {"lithium_pct": 2.0, "phosphorus_pct": 10.0, "iron_pct": 18.0}, PACKED, UNKNOWN),
        # streams without a rule
        ("black-mass", "2026-11-28", NCM_GOOD, PACKED, UNKNOWN),
        ("copper-scrap", "2026-11-28", {}, GOOD, UNKNOWN),
    ],
)
def test_the_result_of_a_day(stream: str, on: str, assays: Any, properties: Any, expected: str) -> None:
    found = imports.check_import(stream, date.fromisoformat(on), assays, properties)
    assert found.result == expected, [(clause.rule.id, clause.result) for clause in found.clauses]
    assert found.reason.in_language("zh") != found.reason.in_language("en")


def test_clauses_that_are_not_in_force_are_shown_and_do_not_count() -> None:
    found = imports.check_import(COPPER, date(2024, 11, 15), {}, GOOD)
    assert {(clause.instrument.id, clause.standing) for clause in found.clauses} == {
        ("cn-2020-raw-material-imports", "superseded"),
        ("cn-2024-raw-material-imports", "in_force"),
    }
    assert found.treatment is not None and found.treatment.hs == ("7404000030", "7404000050")
    earlier = imports.check_import(COPPER, date(2020, 1, 1), {}, GOOD)
    assert (earlier.treatment, {clause.standing for clause in earlier.clauses}) == (None, {"not_yet"})


def test_every_rule_is_of_known_streams_and_its_treatment_names_it() -> None:
    for stream in imports.list_regulated_streams():
        assert stream in load_vocabulary("stream")
        named = {treatment.instrument for treatment in list_stream_treatments(stream)}
        assert named == {
            instrument.id for instrument in imports.load_instruments() for rule in instrument.rules if stream in rule.products
        }
    assert all(set(assay.products) <= set(imports.list_regulated_streams()) for assay in ASSAYS.values())
