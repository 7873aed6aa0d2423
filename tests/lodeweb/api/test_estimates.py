"""Estimates of deposits over time: API, files and page, over two made-up reports and a curated table of one deposit."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.inventory_rows import entry, report, write
from tests.mapped_rows import load_rows

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import readers

SOURCE = "ni43101-reports-minmod"
CURATED = """
name: own-deposits
title_en: Own deposits
title_zh: 自有矿床
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 1000}
    country: {const: CAN}
    commodities: [{const: nickel}]
    estimates:
      - category: {const: indicated-mineral-resource}
        date: date
        ore: {column: ore, unit: Mt}
        measures: [{commodity: {const: nickel}, grade: {column: grade, unit: "%", basis: metal}}]
"""
MINE = """
name: own-mines
title_en: Own mines
title_zh: 自有矿山
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 1000}
    country: {const: CAN}
    facility_types: {const: mine}
    commodities: [{const: nickel}]
    phases: [{product: {const: mine-nickel}, status: {const: operating}, start: start}]
"""
LITHIUM = (
    CURATED.partition("    commodities:")[0].replace("own-deposits", "own-lithium")
    + """\
    commodities: [{const: lithium}]
    estimates:
      - category: {const: indicated-mineral-resource}
        date: {const: 2012-11}
        ore: {const: 25, unit: Mt}
        measures: [{commodity: {const: lithium}, grade: {const: 1.54, unit: "%", basis: Li2O}}]
      - category: {const: indicated-mineral-resource}
        date: {const: 2016-06}
        ore: {const: 28, unit: Mt}
        measures: [{commodity: {const: lithium}, grade: {const: 0.72, unit: "%", basis: metal}}]
"""
)
OWNERS = {"2004": "Quilla Metals Ltd", "2019": "Zorro Copper Inc"}
LATER = "NI 43-101 Technical Report for the Alpha Project in Canada dated December 2010.pdf"
NAME = "Tiririca Verde"


def reports() -> list[dict[str, object]]:
    """Two reports of one property that contradict each other, and one of another property with a table of cut-offs."""
    first = [entry(), entry(page=80), entry(category="inferred", ore=4.0), entry(category="")]
    second = [entry(ore=15.0, title=LATER, document="https://example.org/b.pdf", page=7)]
    table = [entry(ore=ore, cut_off=cut_off) for ore, cut_off in ((40.0, 0.3), (30.0, 0.4), (20.0, 0.5))]
    place = {"location_info": {"country": [{"observed_name": "Canada"}], "location": "POINT(-110.25 60.75)"}}
    return [report("a", NAME, first), report("b", NAME, second), report("c", "Kaukasee Holma", table, **place)]


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("estimates")
    path = write(folder / "mining_report.jsonl.gz", reports())
    with own_store("estimates") as store:
        rows = f"id,name,lon,lat,date,ore,grade\n1,{NAME},-80.6,48.6,2010-03,11,0.9\n"
        assert load_rows(store, folder, CURATED, rows).loaded == 1
        assert load_rows(store, folder, LITHIUM, "id,name,lon,lat\n1,Spodumene Ridge,-70.6,50.6\n").loaded == 1
        read = readers.get_source_reader(SOURCE)
        job = ImportJob(
            sources.load_source(SOURCE), path, lambda tally: read(sources.load_source(SOURCE), path, tally), Boundaries(())
        )
        mines = f"id,name,lon,lat,start\n1,{NAME} mine,-80.6,48.6,2012-05\n"
        assert load_rows(store, folder, MINE, mines).loaded == 1
        for year, owner in OWNERS.items():
            dated = MINE.partition("    phases:")[0] + "    owners: [{name: owner}]\n"
            for old, new in (
                ("own-mines", f"own-{year}"),
                ("Own mines", f"Mines {year}"),
                ("tables:", f'as_of: "{year}"\ntables:'),
            ):
                dated = dated.replace(old, new)
            rows = f"id,name,lon,lat,owner\n1,{NAME} mine,-80.6,48.6,{owner}\n"
            assert load_rows(store, folder, dated, rows).loaded == 1
        summary = run(store.importer, job)
        assert summary.read == summary.loaded + summary.quarantined == 11 and summary.quarantined == 1
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


@pytest.fixture(scope="module")
def joined(visitor: FlaskClient) -> str:
    """The id of the deposit of two reports and a curated table."""
    suggestions = visitor.get(f"/api/search?q={NAME}&f=json").get_json(force=True)["suggestions"]
    (deposit,) = [suggestion for suggestion in suggestions if suggestion["kind"] == "deposit"]
    return str(deposit["id"])


def test_estimates_of_a_deposit_come_from_all_its_sources_with_report_and_page(visitor: FlaskClient, joined: str) -> None:
    found = visitor.get(f"/api/collections/deposits/items/{joined}/estimates?f=json").get_json(force=True)
    rows = sorted((row["source"], row["page"] or 0, row["ore_t"]) for row in found["estimates"])
    assert rows == [(SOURCE, 7, 15e6), (SOURCE, 20, 4e6), (SOURCE, 20, 12.5e6), ("own-deposits", 0, 11e6)]
    (twice,) = [row for row in found["estimates"] if row["ore_t"] == 12.5e6]
    assert (twice["document"], twice["also_on"]) == ("https://example.org/a.pdf", ["80"])
    assert (twice["category_en"], twice["category_zh"]) == ("Indicated mineral resource", "控制资源量")
    assert "must not be added" in found["note"]["en"] and "不得相加" in found["note"]["zh"]


def test_machine_read_figures_are_no_headline(visitor: FlaskClient, joined: str) -> None:
    properties = visitor.get(f"/api/collections/deposits/items/{joined}?f=json").get_json(force=True)["properties"]
    assert (properties["figure_ore_t"], properties["figure_grade_pct"]) == (11e6, 0.9)
    (other,) = visitor.get("/api/collections/deposits/items?name_en=Kaukasee%20Holma&f=json").get_json(force=True)["features"]
    assert other["properties"]["figure_ore_t"] is None


def test_pages_follow_next_to_the_end_and_a_filter_selects_deposits(visitor: FlaskClient) -> None:
    address, seen = "/api/estimates?f=json&role=all&limit=2", []
    while address:
        body = visitor.get(address).get_json(force=True)
        seen += [row["id"] for row in body["estimates"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), "")
    assert len(seen) == len(set(seen)) == 9
    near = visitor.get("/api/estimates?f=json&role=sensitivity&bbox=-111,60,-110,61").get_json(force=True)["estimates"]
    assert {row["deposit_name_en"] for row in near} == {"Kaukasee Holma"} and len(near) == 3
    assert not visitor.get("/api/estimates?f=json&of=copper").get_json(force=True)["estimates"]


def test_files_have_the_same_rows(visitor: FlaskClient, joined: str) -> None:
    one = f"/api/collections/deposits/items/{joined}/estimates?role=all"
    rows = list(csv.DictReader(io.StringIO(visitor.get(f"{one}&f=csv").get_data().decode("utf-8-sig"))))
    assert {float(row["ore_t"]) for row in rows} == {4e6, 11e6, 12.5e6, 15e6} and rows[0]["deposit_name_en"] == NAME
    sheet = openpyxl.load_workbook(io.BytesIO(visitor.get(f"{one}&f=xlsx").get_data())).active
    assert sheet is not None and sheet.max_row == 5 and sheet["A1"].value == "deposit_id"
    everything = visitor.get("/api/estimates?role=all&f=csv")
    assert len(list(csv.DictReader(io.StringIO(everything.get_data().decode("utf-8-sig"))))) == 9
    workbook = visitor.get("/api/estimates?role=all&f=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.get_data())).active
    assert sheet is not None and sheet.max_row == 10
    assert workbook.headers["Content-Disposition"] == 'attachment; filename="estimates.xlsx"'
    names = [visitor.get(path).headers["Content-Disposition"] for path in (f"{one}&f=csv", f"{one}&f=xlsx")]
    assert names == [f'attachment; filename="estimates-{joined}.{suffix}"' for suffix in ("csv", "xlsx")]
    assert everything.headers["Content-Disposition"] == 'attachment; filename="estimates.csv"'


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ("role=main", 'role has no choice "main"', "没有选项“main”"),
        ("of=unobtainium", "unobtainium", "unobtainium"),
        ("limit=0", "limit must be a whole number", "limit"),
        ("after=x", "is not a position in a list", "x"),
        ("f=pdf", '"pdf" is not a format here', "pdf"),
        ("as_of=1", "as_of", "as_of"),
    ],
)
def test_bad_input_has_a_sentence_in_both_languages(visitor: FlaskClient, query: str, english: str, chinese: str) -> None:
    for lang, sentence in (("en", english), ("zh", chinese)):
        response = visitor.get(f"/api/estimates?{query}&lang={lang}")
        assert response.status_code == 400 and sentence in response.get_json(force=True)["detail"]


def test_unknown_deposit_is_not_found(visitor: FlaskClient) -> None:
    for path in ("/api/collections/deposits/items/nothing/estimates?f=json", "/records/nothing/history"):
        assert visitor.get(path).status_code == 404


def test_page_shows_contradiction_table_chart_and_links_in_both_languages(visitor: FlaskClient, joined: str) -> None:
    english = visitor.get(f"/records/{joined}/history?lang=en").get_data(as_text=True)
    assert "Reports that contradict each other" in english and "+20.0 %" in english
    assert 'href="https://example.org/a.pdf#page=20"' in english and "also on 80" in english
    assert '"kind":"history"' in english.replace(" ", "") and "NI 43-101 Technical Report" in english
    chinese = visitor.get(f"/records/{joined}/history?lang=zh").get_data(as_text=True)
    assert "相互矛盾的报告" in chinese and "控制资源量" in chinese
    assert "<td>own-deposits</td>" not in english and "<td>Own deposits</td>" in english
    assert ">Own deposits</a>" in english and ">自有矿床</a>" in chinese and ">own-deposits<" not in english


def read_charts(visitor: FlaskClient, identity: str, lang: str) -> list[dict[str, Any]]:
    """Return the charts of the page of a deposit's estimates."""
    page = visitor.get(f"/records/{identity}/history?lang={lang}").get_data(as_text=True)
    charts: list[dict[str, Any]] = json.loads(
        page.partition('id="lode-charts"')[2].partition(">")[2].partition("</script>")[0]
    )["charts"]
    return charts


@pytest.mark.parametrize(("lang", "metal"), [("en", "Lithium"), ("zh", "锂")])
def test_grades_of_the_metal_and_of_an_oxide_are_charts_of_their_own(visitor: FlaskClient, lang: str, metal: str) -> None:
    (found,) = visitor.get("/api/search?q=Spodumene+Ridge&f=json").get_json(force=True)["suggestions"]
    charts = [chart for chart in read_charts(visitor, found["id"], lang) if chart["figure"] == "grade_pct"]
    assert [[point["value"] for point in chart["points"]] for chart in charts] == [[1.54], [0.72]]
    assert "Li2O" in charts[0]["title"] and metal not in charts[0]["title"] and metal in charts[1]["title"]


@pytest.mark.parametrize(("lang", "text"), [("en", f"Start of {NAME} mine"), ("zh", f"{NAME} mine投产")])
def test_charts_have_the_start_of_the_mine_as_an_event(visitor: FlaskClient, joined: str, lang: str, text: str) -> None:
    (chart,) = [chart for chart in read_charts(visitor, joined, lang) if chart["figure"] == "ore_t"]
    assert {"date": "2012-05", "text": text} in chart["events"]


@pytest.mark.parametrize(
    ("lang", "text", "title"),
    [
        ("en", "New owner, 2004 to 2019: Zorro Copper Inc", "New owners of the mine"),
        ("zh", "2004 至 2019 之间的新权属人", "矿山新权属人"),
    ],
)
def test_a_new_owner_is_between_two_sources_of_different_years(
    visitor: FlaskClient, joined: str, lang: str, text: str, title: str
) -> None:
    page = visitor.get(f"/records/{joined}/history?lang={lang}").get_data(as_text=True)
    drawn = json.loads(page.partition('id="lode-charts"')[2].partition(">")[2].partition("</script>")[0])
    (event,) = [event for event in drawn["charts"][0]["events"] if "Zorro" in event["text"]]
    assert event["date"] == "2019" and text in event["text"]
    table = page.partition(f">{title}<")[2].partition("</section>")[0]
    assert "Zorro Copper Inc" in table and "Quilla Metals Ltd" in table and "2004" in table


def test_record_page_links_to_the_history_and_says_that_no_curated_source_reports_one(
    visitor: FlaskClient, joined: str
) -> None:
    page = visitor.get(f"/records/{joined}?lang=en").get_data(as_text=True)
    assert f'href="/records/{joined}/history"' in page and "No curated source" not in page
    (other,) = visitor.get("/api/collections/deposits/items?name_en=Kaukasee%20Holma&f=json").get_json(force=True)["features"]
    assert "No curated source reports an estimate." in visitor.get(f"/records/{other['id']}?lang=en").get_data(as_text=True)
