"""A table of trade in the columns of UN Comtrade by the mapping that Lode ships; the figures are made up."""

import csv
from pathlib import Path

import lodedata.statistics
from lodedata.mapping import Tally, loading
from lodedata.statistics.reading import StatisticsReading, read_statistics
from lodedata.statistics.table_spec import StatisticsSource

MAPPING = Path(lodedata.statistics.__file__).parent / "un-comtrade.yml"
HEAD = "period,reporterISO,flowCode,partnerISO,cmdCode,netWgt,primaryValue\n"


def read(tmp_path: Path, *rows: str) -> list[StatisticsReading]:
    path = tmp_path / "trade.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    source = loading.parse(MAPPING.read_text("utf-8"), MAPPING.name)
    assert isinstance(source, StatisticsSource)
    return list(read_statistics(source, path, Tally()))


def test_net_weight_becomes_imports_and_exports_of_a_stage_and_basis(tmp_path: Path) -> None:
    readings = read(
        tmp_path,
        "2024,CHN,M,W00,740311,3600000000,33000000000",
        "2024,CHN,X,W00,740311,400000000,3700000000",
        "2024,CHL,X,W00,260300,11000000000,28000000000",
        "2024,CHN,M,W00,283691,235000000,2500000000",
        "2024,CHN,M,W00,281820,1900000000,900000000",
        "2024,USA,M,W00,760110,2200000000,6000000000",
    )
    assert not [reading.problems for reading in readings if reading.problems]
    found = {
        (key.indicator, key.commodity, key.stage, key.basis, key.area): (when.value, key.unit, key.unit_mult, when.note)
        for reading in readings
        for key, when in reading.observations
    }
    refined = ("copper", "refinery", "content", "CHN")
    assert found["imports", *refined] == (3_600_000_000, "kg", 0, "HS 740311")
    assert found["exports", *refined] == (400_000_000, "kg", 0, "HS 740311")
    assert found["exports", "copper", "mine", "gross", "CHL"][0] == 11_000_000_000
    assert ("imports", "lithium", "refinery", "lce", "CHN") in found
    assert ("imports", "aluminium", "smelter", "content", "USA") in found
    assert len(found) == 6


def test_other_partners_and_products_are_out_of_scope(tmp_path: Path) -> None:
    readings = read(
        tmp_path,
        "2024,CHN,M,CHL,740311,1600000000,15000000000",
        "2024,CHN,M,W00,100190,11000000000,3000000000",
    )
    assert [(reading.observations, reading.problems) for reading in readings] == [((), ())] * 2


def test_each_series_has_one_subheading() -> None:
    source = loading.parse(MAPPING.read_text("utf-8"), MAPPING.name)
    assert isinstance(source, StatisticsSource)
    (table,) = source.observations
    assert table.commodity is not None and table.stage is not None and table.basis is not None
    codes = {key.split()[1]: value for key, value in (table.commodity.map or {}).items()}
    stages, bases = table.stage.map or {}, table.basis.map or {}
    series = [(codes[code], stages[code], bases[code]) for code in codes]
    assert set(codes) == set(stages) == set(bases) and len(set(series)) == len(series) == 15


LAYOUT = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,"
    "customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,"
    "altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,"
    "fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
"""The columns of a CSV of UN Comtrade, as its downloads have them."""
WEIGHTS = {
    "260300": ("CHN", "M", 28_150_000_000),
    "740200": ("IND", "M", 410_000_000),
    "740311": ("CHN", "M", 3_740_000_000),
    "260400": ("CHN", "M", 38_600_000_000),
    "750110": ("IDN", "X", 1_360_000_000),
    "750210": ("CHN", "X", 122_000_000),
    "260500": ("COD", "X", 21_500_000),
    "282200": ("CHN", "X", 9_700_000),
    "260900": ("CHN", "M", 158_000_000),
    "800110": ("IDN", "X", 45_000_000),
    "260600": ("GIN", "X", 141_000_000_000),
    "281820": ("AUS", "X", 16_900_000_000),
    "760110": ("USA", "M", 2_310_000_000),
    "283691": ("CHL", "X", 213_000_000),
    "282520": ("CHN", "X", 119_000_000),
}
"""A made-up net weight in kilograms of each subheading of the mapping, in the size of real ones."""


def test_the_full_layout_of_a_download_is_read_for_every_metal(tmp_path: Path) -> None:
    path = tmp_path / "TradeData.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, LAYOUT.split(","), restval="")
        writer.writeheader()
        for code, (area, flow, weight) in WEIGHTS.items():
            for partner, net in (("W00", weight), ("JPN", weight / 4)):
                row = {"freqCode": "A", "refYear": "2023", "period": "2023", "reporterISO": area, "flowCode": flow}
                row |= {"partnerISO": partner, "cmdCode": code, "customsCode": "C00", "motCode": "0", "netWgt": f"{net:.1f}"}
                writer.writerow({**row, "isNetWgtEstimated": str(code == "260600"), "isReported": "False"})
    source = loading.parse(MAPPING.read_text("utf-8"), MAPPING.name)
    assert isinstance(source, StatisticsSource)
    readings = list(read_statistics(source, path, Tally()))
    assert not [reading.problems for reading in readings if reading.problems]
    found = {
        when.note.removeprefix("HS "): (key.area, {"imports": "M", "exports": "X"}[key.indicator], when.value)
        for reading in readings
        for key, when in reading.observations
    }
    assert found == WEIGHTS and sum(len(reading.observations) for reading in readings) == 15
    estimated = {when.note for reading in readings for _, when in reading.observations if when.obs_status == "E"}
    assert estimated == {"HS 260600"}
    assert {key.commodity for reading in readings for key, _ in reading.observations} == {
        *("copper", "nickel", "cobalt", "tin", "bauxite", "alumina", "aluminium", "lithium")
    }
