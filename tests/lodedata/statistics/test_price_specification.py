"""A price whose source states neither unit nor specification says so."""

from pathlib import Path

import pytest

from lodedata import sources
from lodedata.mapping import Tally
from lodedata.statistics.reading import read_statistics
from lodedata.statistics.series import find_base_unit, label
from lodedata.statistics.table_spec import StatisticsSource

MONTHS = [f"{year}-{month:02}" for year in range(1940, 2026) for month in range(1, 13)]
TABLE = "mineral,date,data_transformation,obs_value\n" + "".join(
    f"{mineral},{month},USD,{price}\n" for month in MONTHS for mineral, price in (("Lithium", 155400.75), ("Cobalt", 55000))
)
"""As many rows as the source is known to have at least."""


@pytest.mark.parametrize("mineral", ["lithium", "cobalt"])
def test_price_without_a_unit_column_is_no_price_per_tonne(tmp_path: Path, mineral: str) -> None:
    (tmp_path / "imf_crm_prices_monthly.csv").write_text(TABLE, "utf-8")
    source = sources.load_source("imf-pcps-battery-metals")
    assert isinstance(source, StatisticsSource)
    observations = [
        observation for reading in read_statistics(source, tmp_path, Tally()) for observation in reading.observations
    ]
    key, price = next((key, one) for key, one in observations if key.commodity == mineral)
    measurement_unit = find_base_unit(key.unit, key.unit_mult)
    assert measurement_unit is not None and measurement_unit.code == "USD (unit not stated)"
    assert "unit and specification not stated" in price.note
    assert "not stated" in label("unit", key.unit, "en") and "未说明" in label("unit", key.unit, "zh")
    assert ("no price of carbonate" in price.note) == (mineral == "lithium")
