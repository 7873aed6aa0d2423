"""DuckDB, GeoPandas and R read files of the site in parts, as the docs show, LibreOffice its CSV; Excel and Kepler.gl can."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import requests

if TYPE_CHECKING:
    from tests.clients.conftest import Site

BOX = "-75,-30,-60,-15"
Blocks = Callable[[str, str], list[str]]
Features = Callable[..., list[dict[str, Any]]]
Run = Callable[..., str]
NODE, PACKAGES = Path(sys.executable).with_name("node"), Path(__file__).parents[2] / "web/node_modules"
KEPLER = """
const { csvParseRows } = await import("D3");
const bytes = await (await fetch("ADDRESS")).arrayBuffer();
console.log(JSON.stringify(csvParseRows(new TextDecoder().decode(bytes))));
"""
"""Kepler.gl's processCsvData reads rows so."""


def test_the_programs_of_the_page(
    site: "Site",
    run: Callable[..., str],
    blocks: Callable[[str, str], list[str]],
    features: Callable[..., list[dict[str, Any]]],
) -> None:
    with site.recorded_requests() as sent:
        shown = run(sys.executable, "-W", "error", "-", stdin="\n".join(blocks("open-in-your-tools.md", "python")))
    inside = f"{len(features('deposits', bbox=BOX))} deposits in the rectangle"
    assert shown.splitlines()[-2:] == [inside, inside]
    copper = len(features("deposits", filter="commodity_group = 'copper'"))
    assert any(line.split()[1:] == ["copper", str(copper)] for line in shown.splitlines()), shown
    for form in ("geoparquet", "fgb"):
        requests = [(one.method, one.status) for one in sent if one.path.endswith(f"/download/{form}")]
        # no request is for the complete file
        assert ("GET", 206) in requests and ("GET", 200) not in requests


def test_r_reads_a_rectangle_of_a_file(
    site: "Site", needs: Callable[..., None], run: Run, blocks: Blocks, features: Features
) -> None:
    needs("/usr/lib/R/site-library/sf/DESCRIPTION", "r-cran-sf")
    (block,) = blocks("open-in-your-tools.md", "r")
    with site.recorded_requests() as sent:
        assert run("Rscript", "-e", block).strip() == f"{len(features('deposits', bbox=BOX))} deposits in the rectangle"
    requests = [(one.method, one.status) for one in sent if one.path.endswith("/download/fgb")]
    assert ("GET", 206) in requests and ("GET", 200) not in requests


def test_the_settings_of_power_query_read_the_table(site: "Site", blocks: Blocks, features: Features) -> None:
    (query,) = blocks("open-in-your-tools.md", "text")
    (address,) = re.findall(r'address = "([^"]+)"', query)
    assert 'Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv' in query
    content = requests.get(address, timeout=30).content
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes a file without the mark of UTF-8 for one of the local code page"
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True, delimiter=",")
    assert len(rows) == len(features("deposits", commodity="copper")) and {len(row) for row in rows} == {len(header)} == {
        len(set(header))
    }
    table = [dict(zip(header, row, strict=True)) for row in rows]
    days = {row[name] for row in table for name in header if name in ("Data as of", "Date of the figures", "Status date")}
    assert all(re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", day) for day in days) and len(days) > 5
    assert all(float(row["Ore (t)"]) > 0 for row in table if row["Ore (t)"])
    types = dict(re.findall(r'\{"([^"]+)", type (number|logical)\}', query))
    assert len(types) == 5 and types.keys() <= set(header)
    for name, type_ in types.items():
        wanted = r"(-?\d+(\.\d+)?(e[+-]?\d+)?)?" if type_ == "number" else "true|false"
        assert all(re.fullmatch(wanted, row[name]) for row in table), name
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "\t"))], "Excel would run it as a formula"


@pytest.mark.parametrize("page", ["open-in-your-tools.md", "open-in-your-tools.zh.md"])
def test_libreoffice_reads_the_table_with_its_types(
    site: "Site", needs: Callable[..., None], run: Run, blocks: Blocks, features: Features, tmp_path: Path, page: str
) -> None:
    needs("/usr/lib/libreoffice/program/libsclo.so", "libreoffice-calc-nogui")
    (command,) = blocks(page, "sh")
    run("sh", "-euc", command)
    (address,) = re.findall(r'"(http[^"]+)"', command)
    header, *rows = csv.reader(io.StringIO(requests.get(address, timeout=30).content.decode("utf-8-sig"), newline=""))
    (workbook,) = tmp_path.rglob("csv.xlsx")
    read_header, *read_rows = openpyxl.load_workbook(workbook).worksheets[0].iter_rows(values_only=True)
    assert list(read_header) == header and len(read_rows) == len(rows) == len(features("deposits", commodity="copper"))
    for name, values, read_values in zip(header, zip(*rows, strict=True), zip(*read_rows, strict=True), strict=True):
        assert list(read_values) == [read_as(type(read), value) for read, value in zip(read_values, values, strict=True)], name
    types = {name: {type(row[at]) for row in read_rows} - {NoneType} for at, name in enumerate(header)}
    assert types[header[0]] == {str} and {bool} in types.values()
    assert all(types[name] <= {int, float} for name in header[-2:]), "longitude and latitude"


def read_as(wanted: type, value: str) -> Any:
    """Return a value of the table as one of a type of the workbook, whose numbers have fifteen digits."""
    if wanted is datetime:
        return datetime.fromisoformat(value)
    if wanted is bool:
        return {"true": True, "false": False}[value]
    return pytest.approx(float(value), rel=1e-14) if wanted in (int, float) else value or None


def test_kepler_finds_the_points_of_the_table(site: "Site", run: Run, features: Features) -> None:
    address = f"{site.api}collections/deposits/download/csv"
    script = KEPLER.replace("ADDRESS", address).replace("D3", str(PACKAGES / "d3-dsv/dist/d3-dsv.mjs"))
    header, *rows = json.loads(run(str(NODE), "--input-type=module", "-e", script))
    # the pair of names that Kepler.gl makes a layer of points of
    longitude, latitude = header.index("lon"), header.index("lat")
    found = sorted((float(row[longitude]), float(row[latitude])) for row in rows if row[longitude])
    assert found == sorted(tuple(feature["geometry"]["coordinates"]) for feature in features("deposits") if feature["geometry"])
