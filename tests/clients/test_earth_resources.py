"""GDAL opens the views of EarthResourceML Lite and MineralTenementML as GML, with fields and positions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Run = Callable[..., str]
FIELDS = {
    "mineral-occurrences": ("MineralOccurrenceView", {"identifier", "name", "commodity", "commodityClassifier_uri"}),
    "mines": ("MineView", {"identifier", "name", "status", "status_uri", "owner"}),
    "commodity-resources": ("CommodityResourceView", {"commodity", "commodityResource_t", "resourceCategory"}),
}


def read(address: str) -> bytes:
    with urlopen(address, timeout=60) as response:
        content: bytes = response.read()
    return content


@pytest.mark.parametrize("view", list(FIELDS))
def test_gdal_reads_the_gml(site: "Site", needs: Callable[..., None], run: Run, tmp_path: Path, view: str) -> None:
    needs("ogr2ogr", "gdal-bin")
    layer, fields = FIELDS[view]
    address = f"{site.url}/api/earth-resources/{view}?limit=10000&lang=en"
    path = tmp_path / "view.gml"
    path.write_bytes(read(f"{address}&f=gml"))
    result = json.loads(run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", str(path), layer))
    found = {feature["properties"]["identifier"]: feature for feature in result["features"]}
    wanted = {feature["properties"]["identifier"]: feature for feature in json.loads(read(address))["features"]}
    assert set(found) == set(wanted) != set()
    assert fields <= set(next(iter(found.values()))["properties"])
    for identifier, feature in found.items():
        there = wanted[identifier]["geometry"]
        assert there is None or feature["geometry"]["coordinates"] == pytest.approx(there["coordinates"])
