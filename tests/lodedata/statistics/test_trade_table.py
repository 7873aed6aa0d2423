"""A table of trade in the columns of UN Comtrade by the mapping that Lode ships; the figures are made up."""

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
    assert not [one.problems for one in readings if one.problems]
    found = {
        (key.indicator, key.commodity, key.stage, key.basis, key.area): (when.value, key.unit, key.unit_mult, when.note)
        for one in readings
        for key, when in one.observations
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
    assert [(one.observations, one.problems) for one in readings] == [((), ())] * 2


def test_each_series_has_one_subheading() -> None:
    source = loading.parse(MAPPING.read_text("utf-8"), MAPPING.name)
    assert isinstance(source, StatisticsSource)
    (table,) = source.observations
    assert table.commodity is not None and table.stage is not None and table.basis is not None
    codes = {key.split()[1]: value for key, value in (table.commodity.map or {}).items()}
    stages, bases = table.stage.map or {}, table.basis.map or {}
    series = [(codes[code], stages[code], bases[code]) for code in codes]
    assert set(codes) == set(stages) == set(bases) and len(set(series)) == len(series) == 15
