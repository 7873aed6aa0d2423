"""Downloads, as in the guide."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]
Blocks = Callable[[str, str], list[str]]
NICKEL = {"commodity": "nickel"}


def shell(lines: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Return the result of the commands of a page in a folder."""
    lode = Path(sys.executable).with_name("lode")
    commands = lines.replace("lode download", f"{lode} download")
    result = subprocess.run(["bash", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result


def test_the_lines_for_a_shell(site: "Site", blocks: Blocks, features: Features, tmp_path: Path) -> None:
    result = shell(blocks("download.md", "sh")[0], tmp_path)
    assert "SHA-256" in result.stderr
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name.rsplit(".", 1)[1] for name in names] == ["csv", "gpkg"]
    (table,) = tmp_path.glob("*.csv")
    assert len(table.read_text("utf-8-sig").splitlines()) - 1 == len(features("deposits", country="IDN,PHL", **NICKEL))


def test_the_lines_for_what_changed(site: "Site", blocks: Blocks, tmp_path: Path) -> None:
    result = shell(blocks("download.md", "sh")[1], tmp_path)
    *changes, path = result.stdout.splitlines()
    assert all(json.loads(line)["collection"] == "deposits" for line in changes)
    with zipfile.ZipFile(tmp_path / path) as archive:
        assert {"deposits.csv", "changes.csv", "datapackage.json"} <= set(archive.namelist())


def test_the_lines_for_pandas(site: "Site", run: Callable[..., str], blocks: Blocks, features: Features) -> None:
    result = run(sys.executable, "-W", "error", "-", stdin=blocks("download.md", "python")[1]).splitlines()
    rows = len(features("deposits", **NICKEL))
    assert result == [f"{rows} nickel deposits", f"WGS 84 (CRS84) {rows}"]


def test_the_lines_that_bring_a_package_up_to_date(
    site: "Site", run: Callable[..., str], blocks: Blocks, features: Features
) -> None:
    result = run(sys.executable, "-W", "error", "-", stdin=blocks("download.md", "python")[0])
    then = features("deposits", as_of="1")
    assert result == f"{len(then)} deposits then, {len(features('deposits'))} now\n"


def test_the_lines_for_r(
    site: "Site", needs: Callable[..., None], run: Callable[..., str], blocks: Blocks, features: Features
) -> None:
    needs("/usr/lib/R/site-library/sf/DESCRIPTION", "r-cran-sf")
    with_frames, *with_sf = blocks("download.md", "r")
    rows = len(features("deposits", **NICKEL))
    assert run("Rscript", "-e", with_frames).strip() == f"{rows} nickel deposits"
    assert [run("Rscript", "-e", one).strip() for one in with_sf] == [f"{rows} nickel deposits, WGS 84"] * 2


def test_a_geopackage_opens_in_qgis_coloured(site: "Site", run: Callable[..., str], features: Features, tmp_path: Path) -> None:
    """QGIS finds the layer, its aliases and its categories; it runs in the Python that it is made for."""
    path = tmp_path / "deposits.gpkg"
    path.write_bytes(requests.get(f"{site.api}collections/deposits/download/gpkg", timeout=60).content)
    script = f"""
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False); app.initQgis()
layer = QgsVectorLayer({str(path)!r} + "|layername=deposits", "deposits", "ogr")
print(layer.isValid(), layer.featureCount(), layer.renderer().type(), len(layer.renderer().categories()))
print(layer.attributeAlias(layer.fields().indexOf("main_commodity")))
print(QgsVectorLayer({str(path)!r} + "|layername=estimates", "estimates", "ogr").isValid())
"""
    result = subprocess.run(
        ["/usr/bin/python3", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    lines = [line for line in result.stdout.splitlines() if line]
    assert lines[-3:] == [
        f"True {len(features('deposits'))} categorizedSymbol 7",
        "Main commodity · 主矿种",
        "True",
    ], result.stderr
