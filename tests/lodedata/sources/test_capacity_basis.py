"""What capacities count, and totals of several facilities, in small tables with the columns of their sources."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lodedata.figures.capacity_basis import choose_product_on_basis, find_stated_basis, set_capacity_basis
from lodedata.mapping import Tally
from lodedata.records import Phase, Project, Quantity
from lodedata.sources import load_source
from lodedata.sources.readers import get_source_reader

AFRICA, MINFAC = "usgs-africa-mineral-industries", "usgs-minfac-world-facilities"
FACILITY: Mapping[str, Any] = {
    "FeatureUID": "ZMB001",
    "Label1": "ZMB1",
    "Country": "Zambia",
    "FeatureNam": "Mine",
    "ADM1": "Copperbelt",
    "FeatureTyp": "Mines and Quarries",
    "DsgAttr01": "Metals",
    "DsgAttr02": "Cobalt",
    "DsgAttr03": "Ore and concentrate",
    "DsgAttr04": "N",
    "DsgAttr05": "N",
    "DsgAttr06": 2018,
    "DsgAttr07": 5_500_000.0,
    "DsgAttr08": "Metric tons",
    "DsgAttr09": "<null>",
    "DsgAttr10": "<null>",
    "MemoOther": "<null>",
    "MemoLoc": "<null>",
    "LocConfid": "A",
    "LocOpStat": "Active",
    "Latitude": -12.8,
    "Longitude": 28.2,
    "LocSource1": "",
    "InfSource1": "",
    "OperateNam": "",
    **{f"OwnerName{number}": "<null>" for number in range(1, 5)},
}
MINFAC_ROW: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("position", "rec_id", "#country", "#site", "#site+siteType", "#site+lat", "#site+lng", "#site+trueAt"),
            *("#site+commodity", "#site+address", "#site+locationPrecision", "#site+miningMethod", "#site+company+1"),
            *("#site+company+1+isOperator", "#site+company+1+trueAt", "#site+company+2+mainInvestorTextFromMinFacDB"),
            *("#site+company+2", "#site+company+2+share", "#site+company+3", "#site+company+3+share", "#site+status"),
            *("#site+capacity", "units", "#site+notes", "cite"),
        ),
        "",
    ),
    "#country": "Poland",
    "#site+lat": "51.66",
    "#site+lng": "16.11",
    "#site+trueAt": "2007",
    "#site+status": "Active",
    "#site+siteType": "Plant",
    "#site+capacity": "480",
    "units": "thousand metric tons per year",
    "cite": "849",
    "#site+commodity": "Copper: metal, refined",
}


def read_africa(folder: Path, rows: Iterable[Mapping[str, Any]]) -> dict[str, Phase]:
    """Return the phase of each facility by its name."""
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [28.2, -12.8]},
            "properties": {**FACILITY, "id": number, **row},
        }
        for number, row in enumerate(rows)
    ]
    path = folder / "AFR_Mineral_Facilities.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return read_phases(AFRICA, path)


def read_minfac(folder: Path, rows: Iterable[Mapping[str, str]]) -> dict[str, Phase]:
    path = folder / "minfac.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(MINFAC_ROW))
        writer.writeheader()
        writer.writerows({**MINFAC_ROW, "rec_id": str(number), **row} for number, row in enumerate(rows))
    return read_phases(MINFAC, path)


def read_phases(name: str, path: Path) -> dict[str, Phase]:
    projects = [record for reading in get_source_reader(name)(load_source(name), path, Tally()) for record in reading.records]
    return {project.name: project.phases[0] for project in projects if isinstance(project, Project)}


def count_basis(phase: Phase) -> tuple[str | None, str | None]:
    return phase.product, phase.capacity.basis if phase.capacity is not None else None


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"DsgAttr09": "g", "MemoOther": "Capacity is in gross weight of ore"}, ("cobalt-ore", "ore")),
        ({"DsgAttr02": "Copper", "MemoOther": "Ore, which yields about 45,000 copper in concentrate."}, ("copper-ore", "ore")),
        ({"DsgAttr02": "Copper", "MemoOther": "<null>"}, ("mine-copper", None)),
        ({"DsgAttr02": "Nickel", "DsgAttr03": "Ore, Ni content"}, ("nickel-ore", "metal")),
        (
            {
                "DsgAttr02": "Tin",
                "DsgAttr03": "Cassiterite, ore and concentrate",
                "DsgAttr09": "g,e",
                "MemoOther": "Gross weight of concentrate. Estimated capacity.",
            },
            ("tin-concentrate", "concentrate"),
        ),
        (
            {
                "DsgAttr02": "Lithium",
                "DsgAttr03": "Concentrate, Li2O content",
                "DsgAttr09": "g,c",
                "MemoOther": "Capacity is a gross weight combination. The largest production was 500 mt lithium content.",
            },
            ("lithium-concentrate", "concentrate"),
        ),
        ({"DsgAttr02": "Bauxite", "DsgAttr03": "<null>", "DsgAttr09": "g"}, ("bauxite-ore", "ore")),
    ],
)
def test_africa_capacity_counts_what_its_columns_state(
    tmp_path: Path, columns: Mapping[str, str], expected: tuple[str, str | None]
) -> None:
    assert count_basis(read_africa(tmp_path, [columns])["Mine"]) == expected


def test_africa_ore_of_one_commodity_is_ore_of_all_at_the_same_figure(tmp_path: Path) -> None:
    gross = {"DsgAttr09": "g", "MemoOther": "Capacity is in gross weight of ore"}
    phases = read_africa(tmp_path, [gross, {"DsgAttr02": "Copper", "FeatureNam": "Mine for copper"}])
    assert count_basis(phases["Mine for copper"]) == ("copper-ore", "ore")


def test_africa_capacity_of_several_facilities_counts_once(tmp_path: Path) -> None:
    names = {"ZMB048": "Area A", "ZMB049": "Central", "ZMB050": "Mindola"}
    rows = [
        {"FeatureUID": one, "FeatureNam": name, "DsgAttr09": "c", "DsgAttr10": ", ".join(sorted(names.keys() - {one}))}
        for one, name in names.items()
    ]
    phases = read_africa(tmp_path, [*rows, {"FeatureUID": "ZMB099", "FeatureNam": "Other"}])
    first, *others = (phases[name] for name in names.values())
    assert first.shared_with == ("Central", "Mindola") and first.capacity is not None and first.capacity.value == 5_500_000
    for phase in others:
        assert phase.included_in == "Area A" and phase.capacity is not None
        assert (phase.capacity.reported, phase.capacity.value) == (5_500_000, None)
    assert phases["Other"].included_in is None


def test_minfac_combined_capacity_counts_once(tmp_path: Path) -> None:
    note = "Combined capacities for positions 1151\u20131153."
    rows = [{"#site": f"Glogow {name}", "#site+notes": note} for name in ("I", "II")]
    phases = read_minfac(tmp_path, [*rows, {"#site": "Legnica"}])
    assert phases["Glogow I"].shared_with == ("Glogow II",)
    assert phases["Glogow II"].included_in == "Glogow I"
    assert [phase.capacity.value for phase in phases.values() if phase.capacity is not None] == [480_000, None, 480_000]


def test_minfac_sum_of_positions_leaves_each_its_own_capacity(tmp_path: Path) -> None:
    note = "capacity sum for positions 456-459 is 1,740,000"
    rows = [{"#site": name, "#site+capacity": tpa, "#site+notes": note} for name, tpa in (("A", "240"), ("B", "985"))]
    phases = read_minfac(tmp_path, rows)
    assert [phase.included_in for phase in phases.values()] == [None, None]


@pytest.mark.parametrize(
    ("commodity", "cell", "units", "expected"),
    [
        ("Copper and gold", "200 (copper)", "t/yr (copper), kg/yr (gold)", (None, None, 200.0)),
        ("Aluminum", "440 (metal)", "thousand t/yr", ("aluminium-metal", "product", 440_000.0)),
        ("Aluminum", "1,000 (bauxi", "thousand t/yr", ("bauxite-ore", "ore", 1_000_000.0)),
        ("Copper", "4,000 (ore)", "thousand t/yr", ("copper-ore", "ore", 4_000_000.0)),
        ("Nickel", "62 (metal co", "thousand t/yr", (None, "metal", 62_000.0)),
        ("Aluminum", "2,000 (alumi", "thousand t/yr", None),
        ("Copper", "37 (copper c", "thousand t/yr", None),
        ("Copper", "350 (smelter", "thousand t/yr", None),
    ],
)
def test_minfac_capacity_with_a_word_is_read_where_it_is_clear(
    tmp_path: Path, commodity: str, cell: str, units: str, expected: tuple[str | None, str | None, float] | None
) -> None:
    row = {"#site": "Plant", "#site+commodity": commodity, "#site+capacity": cell, "units": units}
    phase = read_minfac(tmp_path, [row])["Plant"]
    assert (None if phase.capacity is None else (*count_basis(phase), phase.capacity.value)) == expected


@pytest.mark.parametrize(
    ("text", "basis"),
    [
        ("Copper: ore, Cu content", "metal"),
        ("Copper: concentrate, gross weight (25.2% -25.9% Cu)", "concentrate"),
        ("Tin: mine Sn output", "metal"),
        ("Concentrate, Li2O content", "Li2O"),
        ("Copper: concentrate", None),
    ],
)
def test_basis_is_what_the_product_text_states(text: str, basis: str | None) -> None:
    assert find_stated_basis(text) == basis


def test_basis_that_nobody_states_stays_unknown() -> None:
    capacity = Quantity(100.0, "kt/a", None, 1000.0)
    bases = {
        product: set_capacity_basis(Phase(product=product, capacity=capacity), None).capacity
        for product in ("mine-copper", "copper-concentrate", "refined-copper", "copper-ore")
    }
    assert [basis.basis for basis in bases.values() if basis is not None] == [None, None, "product", "ore"]
    assert choose_product_on_basis("mine-tin", "concentrate") == "tin-concentrate"
    assert choose_product_on_basis("refined-tin", "ore") == "refined-tin"


@pytest.mark.parametrize(
    ("name", "holder", "product", "tpa", "members"),
    [
        (AFRICA, "Nkana Mine (Area A- open Pit)", "cobalt-ore", 5_500_000, 6),
        (MINFAC, "Refinery at Glogow I", "refined-copper", 480_000, 2),
        (MINFAC, "Mine at Baia Mare", "copper-concentrate", 180_000, 7),
    ],
)
def test_real_total_of_several_facilities_counts_once(
    real_data: Path, name: str, holder: str, product: str, tpa: float, members: int
) -> None:
    readings = get_source_reader(name)(load_source(name), real_data / name, Tally())
    phases = [
        (record.name, record.phases[0]) for reading in readings for record in reading.records if isinstance(record, Project)
    ]
    (total,) = [phase for facility, phase in phases if facility == holder and phase.product == product]
    assert total.capacity is not None and total.capacity.value == tpa
    shared = [phase for _, phase in phases if phase.included_in == holder and phase.product == product]
    assert len(shared) == members and {phase.capacity.value for phase in shared if phase.capacity} == {None}
