"""A stranger takes a data set away from /data in every format, cites it, and has the very same file after an import."""

import csv
import io
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas
import openpyxl
import pyogrio
import pytest
from playwright.sync_api import Browser, Page
from tests.flows import visits
from tests.flows.conftest import OWN_MAPPING, OWN_TABLE
from tests.flows.visits import DESKTOP, PHONE, wider

from lodedata.write import FORMATS

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

TITLE = {
    "en": "Nickel deposits of Indonesia and the Philippines",
    "zh": "印度尼西亚和菲律宾镍矿床",
}
NAME = {"en": "Name (Chinese)", "zh": "中文名称"}
INDONESIA = {"en": "Indonesia", "zh": "印度尼西亚"}


def names(form: str, path: Path) -> list[str]:
    """The Chinese names in a file, read back by the tool that it is for."""
    if form == "csv":
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        return column(rows)
    if form == "xlsx":
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            return column([list(row) for row in book.worksheets[0].iter_rows(values_only=True)])
    if form == "geoparquet":
        return [name or "" for name in geopandas.read_parquet(path)["name_zh"]]
    read = pyogrio.read_dataframe(
        f"/vsizip/{path}" if form == "shp" else path, **({"layer": "deposits"} if form == "gpkg" else {})
    )
    key = next(name for name in read.columns if name in ("name_zh", *NAME.values()))
    return [name or "" for name in read[key]]


def column(rows: list[list[Any]]) -> list[str]:
    """Return the values below one of the titles; its rows name the country in the same language."""
    (lang,) = (lang for lang, title in NAME.items() if title in rows[0])
    assert any(INDONESIA[lang] in row for row in rows[1:])
    at = rows[0].index(NAME[lang])
    return [row[at] or "" for row in rows[1:]]


def taken(page: Page, form: str, folder: Path) -> Path:
    """The file behind the link of a format, under the name that it comes with."""
    with page.expect_download() as coming:
        page.locator("table").first.get_by_role("link", name=FORMATS[form].title, exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("lang", "size"), [("en", DESKTOP), ("zh", PHONE)], ids=["en-desktop", "zh-phone"])
def test_nickel_of_indonesia_and_the_philippines(
    made_home: Path,
    new_home: Path,
    serve: "Callable[..., Serving]",
    lode: Callable[..., subprocess.CompletedProcess[str]],
    browser: Browser,
    tmp_path: Path,
    lang: str,
    size: tuple[int, int],
) -> None:
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    site = serve(new_home).ready()
    context = browser.new_context(
        base_url=site.url, locale=visits.LOCALES[lang], viewport={"width": size[0], "height": size[1]}
    )
    page = context.new_page()
    page.goto("/data")
    assert wider(page) <= 0
    page.screenshot(path=visits.OUTPUT / f"data-{lang}.png") if visits.OUTPUT.is_dir() else None
    page.get_by_role("link", name=TITLE[lang], exact=True).click()
    rows = int(page.locator("dl.facts dd").first.inner_text())
    assert rows > 0
    files = {form: taken(page, form, tmp_path / "first") for form in FORMATS}
    expected = sorted(names("csv", files["csv"]))
    assert len(expected) == rows
    for form in (name for name, one in FORMATS.items() if one.geometry != "tile"):
        assert sorted(names(form, files[form])) == expected, form
    cited = page.locator("dl.facts dd").last.inner_text().rsplit(" ", 1)[1]
    assert cited.startswith(site.url)

    (tmp_path / "own.yml").write_text(OWN_MAPPING, encoding="utf-8")
    added = "ni,deposit,Halmahera Trial,哈马黑拉试采,127.9123,0.5123,Indonesia,nickel,,,,,\n"
    (tmp_path / "own.csv").write_text(OWN_TABLE.splitlines()[0] + "\n" + added, encoding="utf-8")
    result = lode(new_home, "import", "--mapping", str(tmp_path / "own.yml"), str(tmp_path / "own.csv"))
    assert result.returncode == 0, result.stderr
    page.goto(cited)
    for path in (new_home / "spool" / "ready").iterdir():
        path.unlink()
    for form in ("csv", "gpkg", "xlsx"):
        assert taken(page, form, tmp_path / "later").read_bytes() == files[form].read_bytes(), form
    page.goto("/data/nickel-deposits-indonesia-philippines")
    assert int(page.locator("dl.facts dd").first.inner_text()) == rows + 1
    page.screenshot(path=visits.OUTPUT / f"dataset-{lang}.png", full_page=True) if visits.OUTPUT.is_dir() else None
    context.close()
