"""QGIS, headless: it opens every collection, reads fields and figures, pushes filters down and pages as it needs.

QGIS belongs to the Python of the system, so it runs in a process of its own, which prints what it found as JSON.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]
Run = Callable[..., str]
Qgis = Callable[[str], Any]
SYSTEM_PYTHON = "/usr/bin/python3"
"""The one that the packages of the system's distribution belong to."""
OLDEST = 34000
"""The version of Debian 13; those before it know less of CQL2."""
HEAD = """
import json, sys
from qgis.core import Qgis, QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer, QgsWkbTypes
app = QgsApplication([], False)
app.initQgis()
URL = sys.argv[1]
def layer(collection, more=""):
    made = QgsVectorLayer(f"url='{URL}' typename='{collection}' {more}", collection, "OAPIF")
    assert made.isValid(), made.error().summary()
    return made
def plain(value):
    return None if value is None or (hasattr(value, "isNull") and value.isNull()) else value
def names(found):
    return sorted(feature["id"] for feature in found)
def work():
"""
TAIL = """
print(json.dumps(work()))
app.exitQgis()
"""


@pytest.fixture
def qgis(site: "Site", needs: Callable[..., None], run: Run) -> Qgis:
    """Runs the body of a function in QGIS and gives what it returns."""
    needs(SYSTEM_PYTHON, "python3")
    needs("/usr/lib/python3/dist-packages/qgis/core/__init__.py", "python3-qgis")
    needs("/usr/lib/qgis/plugins/libprovider_wfs.so", "qgis-providers")

    def work(body: str) -> Any:
        indented = "".join(f"    {line}\n" for line in body.strip().splitlines())
        result = run(SYSTEM_PYTHON, "-c", HEAD + indented + TAIL, site.api, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR="/tmp")
        return json.loads(result)

    return work


def test_it_is_new_enough(qgis: Qgis) -> None:
    version = qgis("return Qgis.versionInt()")
    assert version >= OLDEST, "this QGIS pushes no CQL2 filters down; install 3.40 or newer, as Debian 13 has it"


LAYERS = {"point": ("OGC:CRS84", "Point"), "polygon": ("OGC:CRS84", "MultiPolygon"), None: ("", "NoGeometry")}
"""The reference system and the type of a layer by the geometry of its collection."""


@pytest.mark.parametrize("collection", list(COLLECTIONS))
def test_each_collection_opens_with_its_count(site: "Site", qgis: Qgis, features: Features, collection: str) -> None:
    with site.recorded_requests() as sent:
        result = qgis(f"""
made = layer({collection!r})
return [made.featureCount(), made.crs().authid(), QgsWkbTypes.displayString(made.wkbType()), made.fields().names()]
""")
    wanted = features(collection)
    system, kind = LAYERS[COLLECTIONS[collection].geometry]
    full = [len(wanted), system, kind, ["id", *COLLECTIONS[collection].field_names]]
    # of a collection with no features QGIS before 3.44 can determine neither geometry nor fields
    assert result == (full if wanted else [0, *result[1:]])
    assert "/api/conformance" in {a.path for a in sent}
    assert f"/api/collections/{collection}/queryables" in {a.path for a in sent}


def test_figures_texts_and_lists_arrive_as_they_are(qgis: Qgis, features: Features) -> None:
    result = qgis("""
fields = ("id", "name_en", "name_zh", "commodities", "size_basis_value_t", "position_accuracy_m")
return [[plain(feature[name]) for name in fields] for feature in layer("deposits").getFeatures()]
""")
    given = {
        feature["id"]: [feature["properties"][name] for name in ("name_en", "name_zh", "commodities")]
        for feature in features("deposits")
    }
    assert {row[0]: row[1:4] for row in result} == given
    for name, place in (("size_basis_value_t", 4), ("position_accuracy_m", 5)):
        figures = {feature["id"]: feature["properties"][name] for feature in features("deposits")}
        assert {row[0]: row[place] for row in result} == pytest.approx(figures), name


def test_a_rectangle_and_a_subset_are_pushed_down(site: "Site", qgis: Qgis, features: Features) -> None:
    subset = """ "country" = 'CHL' AND "size_class" IN ('large', 'medium') AND "size_basis_value_t" > 1000000 """.strip()
    with site.recorded_requests() as sent:
        found = qgis(f"""
made = layer("deposits", "restrictToRequestBBOX='1'")
assert made.setSubsetString({subset!r})
return names(made.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(-75, -30, -60, -15))))
""")
    pushed = [query for query in site.items(sent, "deposits") if "filter" in query and "bbox" in query]
    assert len(pushed) == 1
    assert pushed[0]["bbox"] == "-75,-30,-60,-15"
    assert pushed[0]["filter-lang"] == "cql2-text"
    for part in ("CHL", "size_class", "IN", "large", "medium", "size_basis_value_t", "> 1000000"):
        assert part in pushed[0]["filter"]
    # the only other request is that of the preview of the layer
    assert [query for query in site.items(sent, "deposits") if query not in pushed] == [{"limit": "10"}]
    wanted = features("deposits", filter=subset, bbox="-75,-30,-60,-15")
    assert found == sorted(feature["id"] for feature in wanted)
    assert found


@pytest.mark.parametrize(
    ("subset", "same"),
    [
        ("\"name_en\" ILIKE '%co%'", "CASEI(name_en) LIKE CASEI('%co%')"),
        ("\"name_zh\" LIKE '%铜%'", "name_zh LIKE '%铜%'"),
        ('"size_basis_value_t" BETWEEN 1000000 AND 9000000', "size_basis_value_t BETWEEN 1000000 AND 9000000"),
        ('"deposit_form" IS NOT NULL AND NOT "country" = \'AUS\'', "deposit_form IS NOT NULL AND country <> 'AUS'"),
        ("\"country\" = 'PER' OR \"main_commodity\" = 'nickel'", "country = 'PER' OR main_commodity = 'nickel'"),
        # QGIS writes a large number as 5e+07 and leaves the plus sign as it is, which an address means a space by
        ('"size_basis_value_t" > 50000000.0', "size_basis_value_t > 50000000"),
    ],
)
def test_each_kind_of_subset_is_pushed_down_whole(site: "Site", qgis: Qgis, features: Features, subset: str, same: str) -> None:
    with site.recorded_requests() as sent:
        count, found = qgis(f"""
made = layer("deposits")
assert made.setSubsetString({subset!r})
return [made.featureCount(), names(made.getFeatures())]
""")
    wanted = sorted(feature["id"] for feature in features("deposits", filter=same))
    assert (count, found) == (len(wanted), wanted)
    assert wanted
    assert all("filter" in query for query in site.items(sent, "deposits")[1:])


def test_only_the_needed_pages_are_requested(site: "Site", qgis: Qgis, features: Features) -> None:
    """QGIS reads a layer of any size only as far as it needs; docs/measurements/benchmarks.md has times at a million rows."""
    with site.recorded_requests() as sent:
        found = qgis("""
made = layer("deposits", "pageSize='10'")
return [feature["id"] for feature in made.getFeatures(QgsFeatureRequest().setLimit(25))]
""")
    assert len(set(found)) == 25
    rows = sum(int(query["limit"]) for query in site.items(sent, "deposits"))
    assert rows < 60 < len(features("deposits")) / 4


def test_all_pages_are_followed_to_the_end(site: "Site", qgis: Qgis, features: Features) -> None:
    with site.recorded_requests() as sent:
        found = qgis("""return names(layer("deposits", "pageSize='50'").getFeatures())""")
    wanted = sorted(feature["id"] for feature in features("deposits"))
    assert found == wanted
    assert len([query for query in site.items(sent, "deposits") if "after" in query]) == (len(wanted) - 1) // 50


@pytest.mark.parametrize(("code", "box"), [("3857", (-8e6, -3e6, -7e6, -2e6)), ("4490", (-75, -30, -60, -15))])
def test_qgis_reads_a_layer_in_another_crs(
    site: "Site", qgis: Qgis, features: Features, code: str, box: tuple[float, float, float, float]
) -> None:
    with site.recorded_requests() as sent:
        authority, x, y, found = qgis(f"""
made = layer("deposits", "srsname='EPSG:{code}' restrictToRequestBBOX='1'")
found = list(made.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(*{box!r}))))
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject
back = QgsCoordinateTransform(made.crs(), QgsCoordinateReferenceSystem("OGC:CRS84"), QgsProject.instance())
(one,) = (feature for feature in found if feature["name_en"] == "Escondida")
point = back.transform(one.geometry().asPoint())
return [made.crs().authid(), point.x(), point.y(), names(found)]
""")
    assert authority == f"EPSG:{code}"
    assert (x, y) == pytest.approx((-69.07167, -24.265), abs=1e-5)
    pushed = site.items(sent, "deposits")[-1]
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    assert (pushed["crs"], pushed["bbox-crs"]) == (uri, uri)
    same = {"bbox": pushed["bbox"], "bbox-crs": uri}
    assert found == sorted(feature["id"] for feature in features("deposits", **same))


def test_the_project_opens_every_collection_coloured(site: "Site", qgis: Qgis, tmp_path: Path) -> None:
    path = tmp_path / "lode.qgz"
    path.write_bytes(requests.get(f"{site.url}/download/lode.qgz", {"lang": "zh"}, timeout=20).content)
    found = qgis(f"""
from qgis.core import QgsProject
project = QgsProject.instance()
assert project.read({str(path)!r}), project.error()
made = {{}}
for tree in project.layerTreeRoot().findLayers():
    one = tree.layer()
    assert one is not None, tree.layerId()
    field = one.fields().indexOf("main_commodity")
    rendered = one.renderer()
    classes = rendered.categories() if rendered and rendered.type() == "categorizedSymbol" else []
    made[one.source().split("typename='")[1].split("'")[0]] = [
        one.isValid(), one.name(), one.metadata().title(), rendered.type() if rendered else None,
        [each.label() for each in classes], classes[0].symbol().color().name() if classes else "",
        one.attributeDisplayName(field) if field >= 0 else ""]
# a layer must not outlive the application
project.clear()
return made
""")
    assert set(found) == set(COLLECTIONS)
    for name, collection in COLLECTIONS.items():
        valid, shown, described, renderer, *_ = found[name]
        assert valid and shown == described == collection.title.in_language("zh"), (name, found[name])
        assert renderer is None or collection.geometry is not None, name
    for name in ("deposits", "discoveries", "projects"):
        _, _, _, renderer, categories, colour, alias = found[name]
        assert (renderer, categories[0], alias, colour) == ("categorizedSymbol", "铜", "主矿种", "#c25008")


def test_the_page_of_the_docs(
    site: "Site", qgis: Qgis, run: Run, blocks: Callable[[str, str], list[str]], features: Features
) -> None:
    assert qgis("return True")
    (program,) = blocks("qgis.md", "python")
    with site.recorded_requests() as sent:
        result = run(SYSTEM_PYTHON, "-", stdin=program, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR="/tmp")
    large = features("deposits", country="CHL", size_class="large")
    assert result.splitlines()[0] == f"{len(features('deposits'))} deposits"
    assert result.splitlines()[1] == f"{len(large)} of them are large and in Chile"
    assert [line.split(" ")[0] for line in result.splitlines()[2:]]
    assert "bbox" in site.items(sent, "deposits")[-1] and "filter" in site.items(sent, "deposits")[-1]
