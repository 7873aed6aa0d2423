"""Mining rights in terms of MineralTenementML: valid GML, and a layer of polygons with fields in GDAL and QGIS."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import requests
import yaml
from owslib.etree import etree
from tests.clients.schemas import errors, simple_feature
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.topics.rights.test_right_pages import CORNERS, PERSON, RIGHTS
from werkzeug.serving import make_server

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

Run = Callable[..., str]
PROPERTIES = (
    "identifier! name tenementType commodity owner status area applicationDate grantDate expireDate fileID genericSymbolizer "
    "tenementType_uri status_uri jurisdiction_uri"
)
"""The properties of mt:MineralTenement in the order in which the portals of Geoscience Australia have them."""
QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer, QgsWkbTypes
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(sys.argv[1], "tenements", "ogr")
assert layer.isValid(), layer.error().summary()
owners = sorted(feature["owner"] for feature in layer.getFeatures())
print(json.dumps([layer.featureCount(), QgsWkbTypes.displayString(layer.wkbType()), owners]))
del layer
app.exitQgis()
"""


@pytest.fixture(scope="module")
def address(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the tenements of a site with two rights, one of a person."""
    path = tmp_path_factory.mktemp("tenements") / "rights.csv"
    rows = [f'T1,North block,"{CORNERS}",2999-12-31,ALFA S.A.', f'T2,Same ground,"{CORNERS}",2021-12-31,"{PERSON}"']
    path.write_text("\n".join(["id,name,corners,to,holder", *rows]), "utf-8")
    source = Source.model_validate(yaml.safe_load(RIGHTS))
    with own_store("tenements") as store:
        run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
        app = create_app(settings_of(store.addresses))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/mining-rights/mineral-tenements?limit=10000&lang=en"
        server.shutdown()
        thread.join()
        server.server_close()
        closed(app)


def test_gdal_opens_a_mineral_tenement_document(address: str, needs: Callable[..., None], run: Run) -> None:
    needs("ogrinfo", "gdal-bin")
    result = run("ogrinfo", "-so", "-al", address)
    assert "Feature Count: 2\n" in result
    assert re.search(r"Geometry: (Multi )?Polygon", result)
    fields = dict(re.findall(r"^(\w+): (\w+)", result, re.MULTILINE))
    assert {"name", "tenementType", "tenementType_uri", "commodity", "owner", "status", "grantDate", "expireDate"} <= set(
        fields
    )
    assert (fields["area"], fields["expireDate"]) == ("Real", "Date")


def test_qgis_opens_a_mineral_tenement_document(address: str, needs: Callable[..., None], run: Run) -> None:
    needs("/usr/bin/python3", "python3")
    needs("/usr/lib/python3/dist-packages/qgis/core/__init__.py", "python3-qgis")
    # QGIS first tries to open a layer for editing, which GDAL refuses of an address
    quiet = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp", "CPL_LOG": "/dev/null"}
    result = run("/usr/bin/python3", "-c", QGIS, address, **quiet)
    assert json.loads(result) == [2, "MultiPolygon", ["ALFA S.A.", "Natural person"]]


def test_the_gml_is_valid(address: str) -> None:
    root = etree.fromstring(requests.get(f"{address}&f=gml", timeout=20).content)
    members = [member[0] for member in root]
    published = simple_feature("http://xmlns.geoscience.gov.au/mineraltenementml/1.0", "MineralTenement", PROPERTIES)
    assert len(members) == 2 and [errors(published, member) for member in members] == [[], []]
    members[0].append(members[0][0])
    assert errors(published, members[0])
