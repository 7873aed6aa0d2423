"""The headline and the size class of a record of several sources: by its main commodity, whichever source has it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lodedata import choice as choices
from lodedata.choice import Choice, ServedRecord, combine_reported_records
from lodedata.kinds import KINDS

EMPTY = dict.fromkeys(field.name for field in KINDS["deposit"].fields) | {"geom": None, "value_sources": None}
FIRST, SECOND = "usgs-copper-assessment-sir20105090z", "minmod-world-resources"
Figures = tuple[float | None, dict[str, tuple[float, float | None]]]
"""Ore in tonnes, and grade in per cent and metal in tonnes by commodity."""


def reported(source: str, main: str, *estimates: Figures, ground: str = "stated", **row: Any) -> choices.ReportedRecord:
    """A deposit of one source; metal without an amount is derived from ore and grade, as rows of an import have it."""
    identity = f"id-of-{source}"
    listed, measures = [], []
    for number, (ore_t, metals) in enumerate(estimates):
        own = f"{identity}.e{number}"
        listed.append({"id": own, "deposit_id": identity, "category": "endowment", "ore_t": ore_t, "effective_date": None})
        for commodity, (grade, tonnes) in metals.items():
            measures.append(
                {
                    "estimate_id": own,
                    "commodity": commodity,
                    "grade_pct": grade,
                    "grade_basis": "metal",
                    "contained_t": (ore_t or 0) * grade / 100 if tonnes is None else tonnes,
                    "contained_derived": tonnes is None,
                }
            )
    commodities = list(dict.fromkeys([main, *(measure["commodity"] for measure in measures)]))
    values = {
        "main_commodity": main,
        "main_commodity_ground": ground,
        "commodity_group": "copper",
        "access_level": "public",
        "commodities": commodities,
        "major_commodities": commodities,
        "sources": [source],
        "aliases": [],
        "flags": [],
    }
    parts: dict[str, Sequence[dict[str, Any]]] = {"estimate": listed, "estimate_measure": measures}
    return choices.ReportedRecord(identity, source, "1", {**EMPTY, **values, **row}, parts)


def combine(*reported_records: choices.ReportedRecord) -> ServedRecord:
    return combine_reported_records("deposit", reported_records)


def headline(served: ServedRecord) -> Sequence[Any]:
    return [served.row[f"figure_{name}"] for name in ("commodity", "ore_t", "grade_pct", "contained_t", "contained_derived")]


def choice(served: ServedRecord, name: str) -> Choice:
    return next(one for one in served.choices if one.rule.name == name)


def test_headline_is_of_the_main_commodity_in_the_chosen_estimate() -> None:
    """Jinchuan, a nickel deposit, was headed by the copper of a source that takes it for a copper deposit."""
    copper = reported(SECOND, "copper", (400e6, {"copper": (0.69, None), "nickel": (1.1, None)}), ground="listed")
    served = combine(copper, reported("usgs-major-deposits", "nickel"))
    assert headline(served) == ["nickel", 400e6, 1.1, 400e6 * 1.1 / 100, True]


def test_headline_is_of_another_source_if_the_first_lacks_the_main_commodity() -> None:
    first = reported(FIRST, "copper", (50e6, {"copper": (0.31, None)}), ground="listed")
    second = reported(SECOND, "tin", (20e6, {"tin": (1.4, 280_000)}))
    served = combine(first, second)
    assert headline(served) == ["tin", 20e6, 1.4, 280_000, False]
    assert (choice(served, "estimate").chosen, choice(served, "estimate").reason) == (second, "main_commodity")


def test_size_class_is_not_lost_with_the_estimates_of_another_source() -> None:
    """Escondida was large by one source, and had no size class since the estimates of another one were served."""
    served = combine(
        reported(FIRST, "copper", (1e9, {"copper": (0.9, 9e6)})), reported(SECOND, "copper", (10e6, {"copper": (0.5, None)}))
    )
    size = [served.row[name] for name in ("size_class", "size_basis_value_t", "size_derived", "size_source")]
    assert size == ["large", 9e6, False, FIRST]
    assert served.row["size_estimate_id"] == f"id-of-{FIRST}.e0"


def test_size_class_comes_from_the_largest_figure_of_any_source() -> None:
    small = reported(FIRST, "copper", (10e6, {"copper": (0.5, 50_000)}))
    large = reported(SECOND, "copper", (1e9, {"copper": (0.8, None)}))
    served = combine(small, large)
    size = [served.row[name] for name in ("size_class", "size_basis_value_t", "size_derived", "size_source")]
    assert size == ["large", 8e6, True, SECOND]
    # the estimates served are those of the source that ranks first, so that the estimate of the class is not among them
    assert choice(served, "estimate").chosen is small and served.row["size_estimate_id"] is None
    assert choice(served, "size_class").reason == "largest"


def test_size_class_is_of_the_served_main_commodity() -> None:
    other = reported(FIRST, "copper", (10e6, {"copper": (9.0, None), "nickel": (0.1, None)}), ground="listed")
    served = combine(other, reported("usgs-major-deposits", "nickel"))
    assert [served.row[name] for name in ("size_commodity", "size_class")] == ["nickel", "small"]


def test_undated_estimates_of_a_newer_source_are_not_the_latest() -> None:
    """Figures of a paper of 2018 were served as those of 2022, the year of the compilation."""
    ranked = reported(FIRST, "copper", (1e6, {"copper": (1.0, None)}), information_date="2015")
    compiled = reported(SECOND, "copper", (2e6, {"copper": (1.0, None)}), information_date="2022")
    served = combine(ranked, compiled)
    assert choice(served, "estimate").reason == "rank" and served.row["figure_date"] is None


MII, INDICATED = "measured-indicated-inferred-mineral-resource", "indicated-mineral-resource"


def of_class(source: str, tonnes: float, category: str = "endowment", **more: Any) -> choices.ReportedRecord:
    """A copper deposit of one source with one estimate of a class."""
    made = reported(source, "copper", (tonnes * 100, {"copper": (1.0, tonnes)}))
    estimate = {**made.part("estimate")[0], "category": category} | more
    return replace(made, parts={**made.parts, "estimate": [estimate]})


def test_a_total_that_a_resource_exceeds_does_not_lead() -> None:
    """Taca Taca: 3 Mt in all, mined ore included, by a compilation of 2008; a later resource has 12.9 Mt."""
    served = combine(of_class(FIRST, 3e6), of_class(SECOND, 12.9e6, MII))
    assert (served.row["figure_contained_t"], served.row["figure_class"]) == (12.9e6, MII)
    assert choice(served, "estimate").reason == "not-exceeded"


def test_a_total_that_is_less_than_a_zone_of_it_does_not_lead() -> None:
    """Filo del Sol: an undated resource of 1.6 Mt, and 4.5 Mt in the core alone in 2025."""
    core = of_class(FIRST, 4.5e6, "measured-and-indicated-mineral-resource", zone="core", effective_date="2025-04-15")
    assert combine(core, of_class(SECOND, 1.6e6, MII)).row["figure_contained_t"] == 4.5e6


@pytest.mark.parametrize(
    "other",
    [
        of_class(SECOND, 3.2e6, MII),
        of_class(SECOND, 12.9e6),
        of_class(SECOND, 2e6, MII),
        replace(of_class(SECOND, 12.9e6, MII), row={**of_class(SECOND, 1, MII).row, "flags": ["contained-differs"]}),
    ],
    ids=["rounded", "undivided as well", "less", "flagged figure"],
)
def test_a_total_leads_by_rank_unless_a_resource_exceeds_it(other: choices.ReportedRecord) -> None:
    assert combine(of_class(FIRST, 3e6), other).row["figure_contained_t"] == 3e6


def test_a_total_is_not_exceeded_by_a_class_of_an_earlier_year() -> None:
    served = combine(
        of_class(FIRST, 0.25e6, MII, effective_date="2019"), of_class(SECOND, 0.64e6, INDICATED, effective_date="2016")
    )
    assert served.row["figure_contained_t"] == 0.25e6


@pytest.mark.parametrize(
    ("category", "tonnes", "named"), [(INDICATED, 0.9e6, None), (MII, 0.9e6, 0.9e6), (INDICATED, 9e6, 4e6)]
)
def test_less_metal_in_a_part_does_not_contradict_a_total(category: str, tonnes: float, named: float | None) -> None:
    """Josemaría: the 0.978 Mt in its core do not contradict 4.4 Mt in all of it."""
    served = combine(of_class(FIRST, 4e6, MII), of_class(SECOND, tonnes, category))
    assert served.row["figure_elsewhere_t"] == named


def test_figures_that_a_register_copied_are_those_of_their_source() -> None:
    """Chuquicamata: 126 Mt with Radomiro Tomic, as the assessment says and the register that cites it does not."""
    copied = of_class("lode-starter", 126e6, citation="usgs-sir2010-5090z: pcu 39")
    served = combine(copied, of_class(FIRST, 126e6, covers="Exotica, Radomiro Tomic"))
    assert (served.row["figure_covers"], choice(served, "estimate").reason) == ("Exotica, Radomiro Tomic", "original")
    other = of_class("lode-starter", 126e6, citation="codelco-2024: page 3")
    assert combine(other, of_class(FIRST, 126e6)).row["figure_covers"] is None
    assert choice(combine(other, of_class(FIRST, 126e6)), "estimate").chosen is other


@pytest.mark.parametrize("part", [{"category": INDICATED}, {"category": MII, "zone": "near-surface core"}])
def test_figures_of_the_whole_deposit_precede_later_ones_of_a_part(part: dict[str, str]) -> None:
    """Josemaría was headed by 0.978 Mt in its near-surface core, Los Helados by one class."""
    served = combine(of_class(FIRST, 0.978e6, **part, effective_date="2025-04-15"), of_class(SECOND, 4.4e6, MII))
    assert (served.row["figure_contained_t"], choice(served, "estimate").reason) == (4.4e6, "whole")


def test_metal_of_another_source_that_contradicts_the_headline_is_named() -> None:
    """Collahuasi is headed by 27 Mt of copper; another source gives 80.9 Mt, a third one repeats the first."""
    first = reported(FIRST, "copper", (3_100e6, {"copper": (0.86, 27e6)}))
    second = reported(SECOND, "copper", (9_978e6, {"copper": (0.8107, None)}))
    served = combine(first, second, reported("usgs-porphyry-copper-2008", "copper", (3_100e6, {"copper": (0.86, None)})))
    assert served.row["figure_contained_t"] == 27e6
    assert served.row["figure_elsewhere_t"] == pytest.approx(80.89e6, rel=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        reported(SECOND, "copper", (100e6, {"copper": (1.9, 1.99e6)})),
        reported(SECOND, "copper", (100e6, {"copper": (0.51, 0.51e6)})),
        reported(SECOND, "copper", (100e6, {"nickel": (1, 9e6)})),
        reported(FIRST, "copper", (900e6, {"copper": (1, 9e6)})),
        reported(SECOND, "copper", (900e6, {"copper": (1, 9e6)}), flags=["contained-differs"]),
    ],
    ids=["under twice", "over half", "another metal", "same source", "flagged figure"],
)
def test_no_contradiction_is_named(other: choices.ReportedRecord) -> None:
    served = combine(reported(FIRST, "copper", (100e6, {"copper": (1, 1e6)})), replace(other, key="2", record_id="other"))
    assert (served.row["figure_contained_t"], served.row["figure_elsewhere_t"]) == (1e6, None)
