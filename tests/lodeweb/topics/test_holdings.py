"""What is held of China: counts in the store, the first lines of the pages that speak of China, and the help on adding data."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.list_workbook import LIST, write
from tests.mapped_rows import load_rows

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

MAPPING = """
name: plants-of-the-test
title_en: Plants
title_zh: 工厂
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: country
    commodities: [{const: copper}]
    phases:
      - product: product
        status: {const: operating, date: date}
"""
ROWS = """id,name,lon,lat,country,product,date
1,Smelter A,117.7,29.0,China,refined-copper,2019
2,Smelter B,118.7,30.0,China,smelter-copper,2024
3,Smelter C,28.2,-12.8,Zambia,refined-copper,2025
"""
PAGES = {
    "/layout": ("plants",),
    "/lists": ("lists",),
    "/lists/check": ("lists",),
    "/lists/batch": ("lists",),
    "/rights": ("rights", "sales"),
    "/rights/candidates": ("rights",),
    "/schedule": ("milestones",),
    "/statistics": ("statistics",),
    "/statistics/areas/CHN": ("statistics", "plants"),
    "/statistics/coverage": ("plants", "statistics"),
    "/recovery/check": ("recovery",),
    "/recovery/gaps": ("recovery",),
    "/recycling": ("recycling",),
}


@pytest.fixture(scope="module")
def client(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A visitor of a site with two Chinese smelters, one list with entries and those that ship, without."""
    folder = tmp_path_factory.mktemp("held")
    with own_store("holdings") as store:
        shipped = sources.find_shipped_folder("standard-conditions-lists")
        assert shipped is not None
        for name, path in (("standard-conditions-lists", shipped), ("condition-list-workbook", write(folder / "lists.xlsx"))):
            source, read = sources.load_source(name), readers.get_source_reader(name)
            run(store.importer, ImportJob(source, path, lambda t, s=source, r=read, p=path: r(s, p, t), Boundaries(())))  # type: ignore[misc]
        load_rows(store, folder, MAPPING, ROWS)
        with app_of(store) as app:
            yield app.test_client()


def part_of(client: FlaskClient, name: str) -> Any:
    """Return a part of the data."""
    body = client.get("/api/holdings/china").get_json()
    return next(part for part in body["parts"] if part["name"] == name)


def test_plants_are_counted_by_product_with_their_newest_year(client: FlaskClient) -> None:
    rows = {row["code"]: (row["records"], row["newest_year"]) for row in part_of(client, "plants")["rows"]}
    assert rows["copper"] == (2, 2024)
    assert rows["alumina"] == (0, None)
    assert "Copper (smelting and refining) 2 (up to 2024)" in (text := part_of(client, "plants")["text"])["en"]
    assert "本平台未收录：" in text["zh"] and "氧化铝" in text["zh"].partition("本平台未收录：")[2]


def test_entries_are_counted_by_list_and_grade(client: FlaskClient) -> None:
    rows = [row for row in part_of(client, "lists")["rows"] if row["code"] == LIST]
    known = client.get(f"/lists/{LIST}?f=json").get_json()["known"]
    assert sum(row["records"] for row in rows) == known > 0
    assert all(row["grade_label"]["zh"] for row in rows)


def test_the_summary_counts_records_and_names(client: FlaskClient) -> None:
    summary = part_of(client, "plants")["summary"]
    names = len(part_of(client, "plants")["rows"])
    assert summary["en"] == f"Plants by product (China): 2 in all, up to 2024, for 1 of the {names} named."
    assert summary["zh"] == f"中国生产企业（按产品）：共 2 条，截至 2024 年，{names} 项中收录 1 项。"


def test_a_long_first_line_is_folded_under_its_summary_with_all_links(client: FlaskClient) -> None:
    html = client.get("/lists?lang=zh", headers={"Accept": "text/html"}).get_data(as_text=True)
    part = part_of(client, "lists")
    lines = html.partition('<aside class="held-lines"')[2].partition("</aside>")[0]
    before, _, folded = lines.partition("<details>")
    assert f"<p>{part['summary']['zh']}</p>" in before and "<a" not in before
    assert f"<p>{part['text']['zh']}</p>" in folded and 'href="/china#lists"' in folded


def test_missing_holdings_are_named(client: FlaskClient) -> None:
    text = part_of(client, "milestones")["text"]
    assert text == {
        "en": "Milestones by product (China): nothing is held here.",
        "zh": "中国建设节点（按产品）：本平台未收录。",
    }


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_china_say_in_their_first_lines_what_is_held(client: FlaskClient, path: str) -> None:
    texts = [part_of(client, name)["text"] for name in PAGES[path]]
    for language in ("en", "zh"):
        html = client.get(f"{path}?lang={language}", headers={"Accept": "text/html"}).get_data(as_text=True)
        main = html.partition("<main")[2]
        assert all(text[language] in main for text in texts), (path, language)
        assert '/help/data/add-data-of-china"' in main and 'href="/china' in main


def test_lists_without_entries_are_folded_and_say_so_on_their_page(client: FlaskClient) -> None:
    page = client.get("/lists?lang=en", headers={"Accept": "text/html"}).get_data(as_text=True)
    lists = client.get("/lists?f=json").get_json()["lists"]
    empty = [list_["code"] for list_ in lists if not list_["known"]]
    before, _, folded = page.partition("<summary>Lists without an entry here")
    assert empty and all(f'href="/lists/{code}"' in folded for code in empty)
    assert not any(f'<th scope="row"><a href="/lists/{code}"' in before for code in empty)
    for language, sentence in (("en", "No entry of this list is held here."), ("zh", "本平台未收录该名单的任何企业。")):
        pages = [client.get(f"/lists/{code}?lang={language}&f=html").get_data(as_text=True) for code in (empty[0], LIST)]
        assert [sentence in page for page in pages] == [True, False]


def test_page_has_all_parts_and_the_help_names_the_workbooks(client: FlaskClient) -> None:
    for language in ("en", "zh"):
        html = client.get(f"/china?lang={language}").get_data(as_text=True)
        parts = client.get("/api/holdings/china").get_json()["parts"]
        assert all(part["title"][language] in html for part in parts)
        guide = client.get(f"/help/data/add-data-of-china?lang={language}").get_data(as_text=True)
        assert "/desk/imports" in guide
    table = client.get("/api/holdings/china?f=csv").get_data(as_text=True)
    assert table.lstrip("\ufeff").startswith("part,code,label_en,label_zh,grade,")
