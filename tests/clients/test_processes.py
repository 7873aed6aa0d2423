"""OWSLib and QGIS run processes of the site, by the programs of the docs in both languages."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Run = Callable[..., str]
Blocks = Callable[[str, str], list[str]]
QGIS = """
import json, sys
sys.path.append("/usr/share/qgis/python/plugins")
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback
app = QgsApplication([], False)
app.initQgis()
from processing.script import ScriptUtils
made = ScriptUtils.loadAlgorithm("layout_check", sys.argv[1])
place = {"PLACE": "117,28.3 [EPSG:4326]", "PRODUCT": "copper", "CAPACITY": 200000}
result, done = made.create().run(place, QgsProcessingContext(), QgsProcessingFeedback())
print(json.dumps([made.displayName(), done, json.loads(result["RESULT"])]))
"""


@pytest.mark.parametrize("page", ["standards.md", "standards.zh.md"])
def test_owslib_runs_a_process_at_once_and_as_a_job(site: "Site", run: Run, blocks: Blocks, page: str) -> None:
    with site.recorded_requests() as sent:
        *_, processes, job = run(sys.executable, "-W", "error", "-", stdin=blocks(page, "python")[0]).splitlines()
    assert processes.startswith("['layout-check', 'layout-checks', 'discoveries-curve', 'list-check', 'list-checks', ")
    assert processes.endswith("'download']") and "'recycling-import-check'" in processes
    state, lists, _, same = job.split()
    assert (state, same) == ("successful", "True") and int(lists) > 0
    executions = [(one.status, one.path) for one in sent if one.method == "POST"]
    assert executions == [(200, "/api/processes/list-check/execution"), (201, "/api/processes/list-check/execution")]


def test_qgis_runs_the_layout_check_as_a_tool(
    site: "Site", needs: Callable[..., None], run: Run, blocks: Blocks, tmp_path: Path
) -> None:
    needs("/usr/share/qgis/python/plugins/processing/script/ScriptUtils.py", "python3-qgis")
    (script, other) = (blocks(page, "python")[1] for page in ("standards.md", "standards.zh.md"))
    assert script == other
    path = tmp_path / "layout_check.py"
    path.write_text(script, "utf-8")
    quiet = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": "/tmp"}
    label, done, result = json.loads(run("/usr/bin/python3", "-c", QGIS, str(path), **quiet))
    assert (label, done) == ("Layout check", True)
    geometry, plant = {"type": "Point", "coordinates": [117, 28.3]}, {"product": "copper", "capacity_tpa": 200000}
    body = {"inputs": {"candidate": {"type": "Feature", "geometry": geometry, "properties": plant}}}
    expected = requests.post(f"{site.api}processes/layout-check/execution", json=body, timeout=30).json()
    assert result["findings"] == expected["findings"] != []
