"""The views of EarthResourceML Lite as GML: valid by its published schema, and opened by GDAL with fields and positions."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from owslib.etree import etree
from tests.clients.conftest import GUIDES
from tests.clients.schemas import errors, simple_feature

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Run = Callable[..., str]
ERL = "http://xmlns.earthresourceml.org/earthresourceml-lite/2.0"
SHARED = "observationMethod positionalAccuracy source"
SCHEMA = {
    "mineral-occurrences": (
        "MineralOccurrenceView",
        "identifier! name mineralOccurrenceType! commodity! mineName geologicHistory hostGeologicUnit mineralDepositModel "
        "mineralOccurrenceShape explorationActivityType explorationActivityDuration explorationResult "
        f"{SHARED} mineralOccurrenceType_uri! representativeCommodity_uri! mine_uri hostGeologicUnit_uri "
        "mineralDepositModel_uri representativeAge_uri representativeOlderAge_uri representativeYoungerAge_uri "
        "specification_uri",
    ),
    "mines": (
        "MineView",
        f"identifier! name status! commodity owner startDate endDate {SHARED} status_uri! representativeCommodity_uri "
        "specification_uri",
    ),
    "commodity-resources": (
        "CommodityResourceView",
        "identifier! commodity! commodityRank commodityImportance mineralOccurrenceName mineName oreMeasure oreMeasureType "
        f"oreMeasureAssessmentCategory classificationMethodUsed {SHARED} commodity_uri! mineralOccurrence_uri mine_uri "
        "oreMeasureType_uri oreMeasureAssessmentCategory_uri classificationMethodUsed_uri specification_uri",
    ),
}
"""The features and their properties in erml-lite.xsd 2.0.1, which no package has: in its order, with ! where it demands one."""
FIELDS = {
    "mineral-occurrences": {"identifier", "name", "commodity", "representativeCommodity_uri", "commodities_uri"},
    "mines": {"identifier", "name", "status", "status_uri", "owner", "statusDate"},
    "commodity-resources": {"commodity", "oreMeasure", "oreMeasureType", "commodityResource_t"},
}


def read(address: str) -> bytes:
    with urlopen(address, timeout=60) as response:
        content: bytes = response.read()
    return content


@pytest.mark.parametrize("view", list(FIELDS))
def test_gdal_reads_the_gml(site: "Site", needs: Callable[..., None], run: Run, tmp_path: Path, view: str) -> None:
    needs("ogr2ogr", "gdal-bin")
    layer, fields = SCHEMA[view][0], FIELDS[view]
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


@pytest.mark.parametrize("view", list(SCHEMA))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_gml_is_valid(site: "Site", view: str, lang: str) -> None:
    kind, names = SCHEMA[view]
    published = simple_feature(ERL, kind, names)
    root = etree.fromstring(read(f"{site.url}/api/earth-resources/{view}?limit=10000&lang={lang}&f=gml"))
    members = [member[0] for member in root]
    assert members and [error for member in members for error in errors(published, member)] == []
    (documented,) = (
        line for line in (GUIDES / "standards.md").read_text("utf-8").splitlines() if line.startswith(f"| `{view}`")
    )
    used = {etree.QName(child).localname for member in members for child in member}
    assert used <= set(re.findall(r"`(\w+)`", documented))
    members[0].remove(members[0][0])
    assert errors(published, members[0])


def test_a_resource_has_its_figures_as_a_text_and_its_class(site: "Site") -> None:
    features = json.loads(read(f"{site.url}/api/earth-resources/commodity-resources?limit=10000&lang=en"))["features"]
    resources = {feature["properties"]["mineralOccurrenceName"]: feature["properties"] for feature in features}
    assert resources["Pebble"]["oreMeasure"] == "7510 Mt @ 0.416 % Copper"
    assert {resource["oreMeasureType"] for resource in resources.values()} == {"endowment", "resource", "reserve"}
    for resource in resources.values():
        undivided = resource["oreMeasureType"] == "endowment"
        assert (
            (resource["oreMeasureAssessmentCategory"] is None)
            == (resource["oreMeasureAssessmentCategory_uri"] is None)
            == undivided
        )
