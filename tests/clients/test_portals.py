"""Portals read the catalogue: CKAN's harvester its DCAT-AP, and the schemas of ISO its metadata."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import requests
from owslib.etree import etree
from tests.clients.schemas import CKAN, errors, schema

if TYPE_CHECKING:
    from tests.clients.conftest import Site

HARVEST = """
import json, sys, types
from urllib.request import urlopen
# packages without wheels are not installed: CKAN's toolkit under another name, and a client of Solr that nothing here calls
sys.modules["pysolr"] = types.SimpleNamespace(Solr=None)
import ckan.plugins.toolkit
sys.modules["ckantoolkit"] = ckan.plugins.toolkit
from ckanext.dcat.processors import RDFParser
found = {}
for form, syntax in {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}.items():
    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(urlopen(f"{sys.argv[1]}?f={form}").read(), syntax)
    found[form] = list(parser.datasets())
print(json.dumps(found))
"""
ISO = {
    "iso19139": "http://schemas.opengis.net/iso/19139/20070417/gmd/gmd.xsd",
    "iso19115-3": "http://standards.iso.org/iso/19115/-3/mds/2.0/mds.xsd",
}


def extra(dataset: dict[str, Any], key: str) -> str | None:
    """Return a value that CKAN has no field of its own for."""
    return next((one["value"] for one in dataset["extras"] if one["key"] == key), None)


@pytest.fixture(scope="module")
def records(site: "Site") -> dict[str, dict[str, Any]]:
    """The data sets by name, as OGC API Records has them."""
    response = requests.get(f"{site.api}collections/datasets/items?limit=1000&lang=en", timeout=20)
    return {feature["id"]: feature["properties"] for feature in response.json()["features"]}


def test_ckan_harvests_every_data_set(site: "Site", run: Callable[..., str], records: dict[str, dict[str, Any]]) -> None:
    assert CKAN.exists(), "run scripts/setup.sh test"
    document = json.loads(run(str(CKAN / "bin/python"), "-c", HARVEST, f"{site.api}datasets"))
    for datasets in document.values():
        named = {extra(dataset, "identifier"): dataset for dataset in datasets}
        assert {name: one["title"] for name, one in named.items()} == {
            name: record["title"] for name, record in records.items()
        }
        assert all(dataset["notes"] and dataset["tags"] and extra(dataset, "publisher_name") == "Lode" for dataset in datasets)
        deposits = named["deposits"]
        formats = {resource["format"]: resource for resource in deposits["resources"]}
        assert {"CSV", "GeoJSON", "GeoPackage", "GeoParquet", "PMTiles"} <= set(formats)
        assert formats["CSV"]["url"] == f"{site.api}collections/deposits/download/csv"
        assert all(
            resource.get("license") or resource.get("rights") for dataset in datasets for resource in dataset["resources"]
        )
        west, south = json.loads(extra(deposits, "spatial_bbox") or "")["coordinates"][0][0]
        assert -180 <= west < 0 and -90 <= south < 0
        assert extra(deposits, "temporal_start") and extra(deposits, "frequency")


@pytest.mark.parametrize("form", list(ISO))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_metadata_are_valid_by_the_schemas_of_iso(
    site: "Site", records: dict[str, dict[str, Any]], form: str, lang: str
) -> None:
    for name in records:
        response = requests.get(f"{site.api}datasets/{name}", {"f": form, "lang": lang}, timeout=20)
        document = etree.fromstring(response.content)
        assert errors(schema(ISO[form]), document) == [], name
    # the schema is not one that lets everything pass
    (south,) = document.xpath("//*[local-name()='southBoundLatitude']") or document.xpath("//*[local-name()='abstract']")
    south.getparent().remove(south)
    assert errors(schema(ISO[form]), document)
