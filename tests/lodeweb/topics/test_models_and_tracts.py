"""Discovery curve, grade and tonnage models and tracts: API and pages in both languages, and bad input; figures made up."""

import html
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

MAPPING = """
name: own-finds
title_en: Own finds
title_zh: 自有发现
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    country: country
    position: {lon: lon, lat: lat, accuracy_m: 100}
    commodities: [metal]
    deposit_model: [model]
    discovery_year: year
    estimates:
      - category: {const: endowment}
        ore: {column: ore, unit: Mt}
        measures: [{commodity: metal, grade: {column: grade, unit: "%", basis: metal}}]
"""
HEAD = "id,name,country,lon,lat,metal,model,year,ore,grade"
VMS = "Volcanogenic massive sulfide (VMS)"
BOX = "POLYGON((-90 48,-80 48,-80 52,-90 52,-90 48))"
NUMBERS = "n90=1&n50=3&n10=8"
TYPE = "deposit_model=volcanogenic-massive-sulfide-vms&commodity=copper"


def rows() -> str:
    """Return 24 VMS deposits in Canada with figures, one without a year, one without a figure, and two laterites."""
    values = 10 ** np.random.default_rng(1).multivariate_normal([0.6, 0.1], [[0.5, -0.05], [-0.05, 0.06]], 24)
    lines = [HEAD]
    for n, (ore, grade) in enumerate(values):
        model = "Bimodal-mafic VMS" if n % 2 else VMS
        lines.append(f"{n},Find {n},CAN,{-85 + n / 10},{49 + n / 20},copper,{model},{1950 + 2 * n},{ore:.4f},{grade:.4f}")
    lines.append(f"no-year,Undated,CAN,-86,50,copper,{VMS},,10,1")
    lines.append(f"no-figure,Unmeasured,CAN,-86.5,50,copper,{VMS},1971,,")
    lines += [f"l{n},Laterite {n},IDN,{121 + n},-3,nickel,laterite-nickel,1990,50,1.5" for n in (1, 2)]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    with own_store("geology") as store:
        folder: Path = tmp_path_factory.mktemp("finds")
        load_rows(store, folder, MAPPING, rows())
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def body(visitor: FlaskClient, address: str) -> dict[str, Any]:
    response = visitor.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def refusal(visitor: FlaskClient, address: str, lang: str = "en") -> tuple[str, str]:
    response = visitor.get(f"{address}&lang={lang}", headers={"Accept": "application/json"})
    assert response.status_code == 400, response.get_data(as_text=True)
    found = response.get_json(force=True)
    return found["parameter"], found["detail"]


def test_model_uses_the_larger_of_two_estimates_of_equal_ore(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
) -> None:
    estimate = MAPPING[MAPPING.index("      - category") :]
    lines = [f"{HEAD},second"]
    lines += [f"{n},Find {n},CAN,-85,{49 + n / 10},copper,{VMS},1990,{10 + n},1,{1 + n / 10}" for n in range(10)]
    with own_store("equal-ore") as store:
        load_rows(store, tmp_path, MAPPING + estimate.replace("column: grade", "column: second"), "\n".join(lines) + "\n")
        with app_of(store) as app:
            used = body(app.test_client(), "/api/models/volcanogenic-massive-sulfide-vms")["used"]
    assert [deposit["grade_pct"] for deposit in used] == pytest.approx([1.9 - n / 10 for n in range(10)])


def test_curve_counts_finds_and_metal_by_decade_and_says_what_is_unknown(visitor: FlaskClient) -> None:
    found = body(visitor, "/api/discoveries/curve?commodity=copper&country=CAN&deposit_model=VMS")
    assert (found["deposits"], found["with_year"], found["without_year"], found["without_metal"]) == (26, 25, 1, 1)
    assert found["metal_without_year_t"] == pytest.approx(100_000)
    assert [decade["decade"] for decade in found["decades"]] == [1950, 1960, 1970, 1980, 1990]
    # the unmeasured find of 1971 is counted and adds no metal
    assert [decade["deposits"] for decade in found["decades"]] == [5, 5, 6, 5, 4]
    assert [decade["with_metal"] for decade in found["decades"]] == [5, 5, 5, 5, 4]
    assert found["decades"][-1]["deposits_so_far"] == 25
    total = sum(decade["metal_t"] for decade in found["decades"])
    assert found["decades"][-1]["metal_so_far_t"] == pytest.approx(total)
    assert found["metal"] == "copper"


def test_curve_is_divided_and_is_a_table(visitor: FlaskClient) -> None:
    address = "/api/discoveries/curve?by=deposit_model"
    found = body(visitor, address)
    assert found["metal"] is None and found["decades"][0]["metal_so_far_t"] is None
    assert {decade["group"] for decade in found["decades"]} == {
        *("volcanogenic-massive-sulfide-vms", "bimodal-mafic-vms", "laterite-nickel"),
    }
    csv = visitor.get(f"{address}&f=csv").get_data(as_text=True)
    assert csv.splitlines()[0].startswith("\ufeffgroup,label_en,label_zh,decade,deposits")
    workbook = visitor.get(f"{address}&f=xlsx").get_data()
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    assert sheet.max_row == 1 + len(found["decades"])
    assert sheet.cell(1, 1).value == "group" and sheet.cell(2, 3).value is not None


def test_curve_of_an_earlier_version_has_the_finds_and_figures_of_that_version(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
) -> None:
    own, other = MAPPING, MAPPING.replace("own-finds", "other-finds")
    first = "a,Red Hill North,CAN,-85,49,copper,VMS,1950,10,1"
    imports = [
        (own, [first]),
        # a second source of the same deposit has a larger figure
        (other, [first.replace(",10,1", ",20,1")]),
        # the later version has another figure, and one more find
        (own, [first.replace(",10,1", ",40,1"), "b,Blue Lake South,CAN,-80,52,copper,VMS,1961,1,1"]),
    ]
    address = "/api/discoveries/curve?commodity=copper"
    with own_store("curve_versions") as store, app_of(store) as app:
        visitor = app.test_client(use_cookies=False)
        latest = []
        for mapping, lines in imports:
            load_rows(store, tmp_path, mapping, "\n".join((HEAD, *lines)) + "\n")
            latest.append(body(visitor, address))
        metal = [[decade["metal_t"] for decade in found["decades"]] for found in latest]
        assert metal == [[pytest.approx(100_000)], [pytest.approx(200_000)], [pytest.approx(400_000), pytest.approx(10_000)]]
        for found in latest:
            again = body(visitor, f"{address}&as_of={found['dataset_version']}")
            assert {name: again[name] for name in again if name != "links"} == {
                name: found[name] for name in found if name != "links"
            }
        assert refusal(visitor, f"{address}&as_of=999")[0] == "as_of"


@pytest.mark.parametrize(("lang", "text"), [("en", "in no decade"), ("zh", "发现年代曲线")])
def test_page_of_the_curve_has_its_charts_and_table(visitor: FlaskClient, lang: str, text: str) -> None:
    page = visitor.get(f"/discoveries/curve?commodity=copper&country=CAN&lang={lang}").get_data(as_text=True)
    assert text in page and "1950–1959" in page
    assert all(f'id="chart-{name}"' in page for name in ("finds", "metal", "size"))


@pytest.mark.parametrize(
    ("lang", "undated", "unmeasured", "without_year"),
    [
        (
            "en",
            "1 have none and are in no decade",
            "1 of those with a year have no figure of Copper",
            "hold 100,000 t of Copper",
        ),
        ("zh", "1处无发现年份，未计入", "有年份的矿床中，1处无铜数值", "无年份的矿床共含铜100,000吨"),
    ],
)
def test_page_of_the_curve_counts_what_is_left_out_if_anything_is(
    visitor: FlaskClient, lang: str, undated: str, unmeasured: str, without_year: str
) -> None:
    page, complete = (
        visitor.get(f"/discoveries/curve?commodity={metal}&lang={lang}").get_data(as_text=True)
        for metal in ("copper", "nickel")
    )
    assert all(sentence in page for sentence in (undated, unmeasured, without_year))
    # both laterites have a year and a figure
    assert not any(sentence[2:] in complete for sentence in (undated, unmeasured, without_year))
    assert "1990–1999" in complete


def test_model_of_a_type_includes_narrower_types(visitor: FlaskClient) -> None:
    found = body(visitor, "/api/models/vms")
    assert found["deposit_model"] == "volcanogenic-massive-sulfide-vms"
    assert (found["model"]["commodity"], found["model"]["deposits"]) == ("copper", 25)
    assert "bimodal-mafic-vms" in found["narrower"]
    assert len(found["used"]) == 25 and found["used"][0]["metal_t"] >= found["used"][1]["metal_t"]
    narrow = body(visitor, "/api/models/bimodal-mafic-vms?source=own-finds")
    assert narrow["model"]["deposits"] == 12 and narrow["model"]["few_deposits"]
    types = {type_["deposit_model"]: type_ for type_ in body(visitor, "/api/models")["types"]}
    assert types["volcanogenic-massive-sulfide-vms"]["with_figures"] == 25
    assert types["laterite-nickel"]["has_model"] is False


def test_list_counts_the_deposits_of_a_model_also_with_another_main_metal(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
) -> None:
    lines = [
        f"{n},Find {n},CAN,{-85 + n},49,{'copper' if n < 8 else 'zinc+copper'},{VMS},,{10 + n},{1 + n / 10}" for n in range(13)
    ]
    gold = "{commodity: {const: gold}, grade: {const: 0.5, unit: g/t, basis: metal}}"
    mapping = MAPPING.replace("[metal]", '[{column: metal, split: "+"}, {const: gold}]').replace(
        "measures: [{commodity: metal", f"measures: [{gold}, {{commodity: {{const: copper}}"
    )
    with own_store("models_of_zinc") as store:
        load_rows(store, tmp_path, mapping, "\n".join([HEAD, *lines]) + "\n")
        with app_of(store) as app:
            visitor = app.test_client(use_cookies=False)
            types = {type_["deposit_model"]: type_ for type_ in body(visitor, "/api/models")["types"]}
            listed = types["volcanogenic-massive-sulfide-vms"]
            model = body(visitor, "/api/models/vms")["model"]
            page = visitor.get("/models/vms?lang=en").get_data(as_text=True)
    assert (listed["commodity"], listed["deposits"], listed["with_figures"]) == ("copper", 13, 13)
    assert model["deposits"] == listed["with_figures"]
    assert 'Gold, reported by 100 % of deposits (g/t)</th><td>observed</td><td class="number">0.5</td>' in page


def test_two_deposits_are_no_model(visitor: FlaskClient) -> None:
    parameter, detail = refusal(visitor, "/api/models/laterite-nickel?source=own-finds")
    assert parameter == "deposit_model"
    assert detail.startswith("A model needs at least 10 deposits with ore and grade; there are 2.")
    assert "2" in refusal(visitor, "/api/models/laterite-nickel?source=own-finds", "zh")[1]
    assert refusal(visitor, "/api/models/greisen?lang=en")[1].startswith("No deposit of this type")
    assert refusal(visitor, "/api/models/vms?source=A B")[0] == "source"


@pytest.mark.parametrize(("lang", "text"), [("en", "Deposits used"), ("zh", "所用矿床")])
def test_pages_of_models_link_to_the_deposits(visitor: FlaskClient, lang: str, text: str) -> None:
    page = visitor.get(f"/models/vms?lang={lang}").get_data(as_text=True)
    assert text in page and 'href="/records/' in page and "/tract?deposit_model=volcanogenic-massive-sulfide-vms" in page
    assert "/models/volcanogenic-massive-sulfide-vms" in visitor.get(f"/models?lang={lang}").get_data(as_text=True)


@pytest.mark.parametrize(("lang", "title"), [("en", "Own finds"), ("zh", "自有发现")])
def test_page_of_a_model_names_sources_by_title_and_no_probability_as_zero(visitor: FlaskClient, lang: str, title: str) -> None:
    page = visitor.get(f"/models/vms?source=own-finds&lang={lang}").get_data(as_text=True)
    assert f"<td>{title}</td>" in page and "<td>own-finds</td>" not in page
    probabilities = re.findall(r"p (=|&lt;) ([0-9.]+)", page)
    assert len(probabilities) == 3
    assert all(float(value) >= 0.001 for sign, value in probabilities if sign == "=")


def test_tract_is_estimated_with_its_assumptions(visitor: FlaskClient) -> None:
    found = body(visitor, f"/api/tract/estimate?within={BOX}&{TYPE}&{NUMBERS}")
    assert found["numbers"] == [1, 3, 8] and found["densities"] is None
    assert found["area_km2"] == pytest.approx(318_000, rel=0.01)
    assert found["simulation"]["chance_of_none"] == pytest.approx(0.0667, abs=1e-3)
    metal = found["simulation"]["metal_t"]
    assert metal["reached_by_95_pct"] <= metal["reached_by_50_pct"] < metal["reached_by_5_pct"]
    assert len(found["known"]) == 26 and len(found["assumptions"]) == 7
    assert all(assumption["zh"] != assumption["en"] for assumption in found["assumptions"])
    assert body(visitor, f"/api/tract/estimate?within={BOX}&{TYPE}&{NUMBERS}&seed=1")["simulation"] == found["simulation"]


def test_tract_is_sent_by_post_with_ten_thousand_vertices(visitor: FlaskClient) -> None:
    ring = shapely.get_coordinates(shapely.Point(-85, 50).buffer(2, quad_segs=2500)).tolist()
    assert len(ring) > 10_000
    sent = {
        "within": {"type": "Polygon", "coordinates": [ring]},
        "deposit_model": "VMS",
        "commodity": "copper",
        "d90": 1,
        "d50": 5,
        "d10": 20,
    }
    response = visitor.post("/api/tract/estimate", data=json.dumps(sent), content_type="application/json")
    found = response.get_json(force=True)
    assert response.status_code == 200, found
    assert found["densities"] == [1, 5, 20]
    assert found["numbers"] == [round(density * found["area_km2"] / 100_000) for density in (1, 5, 20)]
    ring = shapely.get_coordinates(shapely.Point(-85, 50).buffer(2, quad_segs=6000)).tolist()
    sent["within"] = {"type": "Polygon", "coordinates": [ring]}
    response = visitor.post("/api/tract/estimate", data=json.dumps(sent), content_type="application/json")
    assert response.status_code == 400
    assert "20,000 vertices" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("query", "parameter", "sentence"),
    [
        (f"within=POLYGON((0 0,1 1,2 2,0 0))&{NUMBERS}", "within", "The tract has no area."),
        (f"within=POLYGON((0 0,0.0001 0,0.0001 0.0001,0 0))&{NUMBERS}", "within", "smaller than 0.01 km²"),
        (f"within=POINT(1 1)&{NUMBERS}", "within", "is not a polygon"),
        (f"within=POLYGON((0 0,1 1,1 0,0 1,0 0))&{NUMBERS}", "within", "crosses itself"),
        (f"within={BOX}&n90=5&n50=3&n10=8", "n50", "With a smaller chance there are at least as many deposits"),
        (f"within={BOX}&d90=1&d50=3&d10=2", "d10", "With a smaller chance there are at least as many deposits"),
        (f"within={BOX}&n90=1&n50=3", "n90", "Give either three numbers"),
        (f"within={BOX}&{NUMBERS}&d90=1&d50=1&d10=1", "n90", "Give either three numbers"),
        (f"within={BOX}&n90=1&n50=3&n10=1000", "n10", "whole number from 0 to 200"),
        (f"within={BOX}&d90=1&d50=3&d10=9999", "d10", "more than the 200 that are simulated"),
        (f"within={BOX}&place=Canada&{NUMBERS}", "within", "either as a polygon"),
        (f"place=Nowhere at all&{NUMBERS}", "place", "No zone is named"),
        (f"within={BOX}&{NUMBERS}&seed=-1", "seed", "whole number from 0"),
        (f"within={BOX}&{NUMBERS}&min_ore_t=-1", "min_ore_t", "must be a number from 0"),
        (f"within={BOX}&{NUMBERS}&min_grade_pct=101", "min_grade_pct", "from 0 to 100"),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000", "cost_factor", "The economic filter needs cost_factor."),
        (f"within={BOX}&{NUMBERS}&mill=sx-ew", "price_usd_t", "The economic filter needs price_usd_t."),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=2&depths=deep", "depths", "are no intervals of depth"),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=2&depths=250-0:100", "depths", "from the surface down"),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=2&depths=0-250:50,200-400:50", "depths", "200-400 m"),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=2&depths=0-250:50,250-400:40", "depths", "add up to 90 %"),
        (f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=0&depths=0-250", "cost_factor", "from 0.01 to 100"),
        (
            f"within={BOX}&{NUMBERS}&price_usd_t=9000&cost_factor=2&depths=0-250&ore_body=round",
            "ore_body",
            "one of massive, flat, vein",
        ),
    ],
)
def test_bad_input_gets_a_sentence(visitor: FlaskClient, query: str, parameter: str, sentence: str) -> None:
    named, detail = refusal(visitor, f"/api/tract/estimate?{TYPE}&{query}")
    assert named == parameter and sentence in detail
    assert refusal(visitor, f"/api/tract/estimate?{TYPE}&{query}", "zh")[1] != detail


ASK = f"{TYPE}&{NUMBERS}"


def visit_page(visitor: FlaskClient, address: str, lang: str, status: int = 200) -> str:
    response = visitor.get(f"{address}&lang={lang}", headers={"Accept": "text/html"})
    assert response.status_code == status, response.get_data(as_text=True)
    return html.unescape(response.get_data(as_text=True))


@pytest.mark.parametrize(
    ("query", "entered", "sentences"),
    [
        (f"within=POLYGON((0 0,1 1,2 2,0 0))&{ASK}", "POLYGON((0 0,1 1,2 2,0 0))</textarea>", ("has no area", "没有面积")),
        (
            f"within={BOX}&{TYPE}&n90=5&n50=3&n10=8",
            'name="n90" min="0" max="200" step="1" value="5"',
            ("at least as many", "应越多或相等"),
        ),
        (f"within={BOX}&{TYPE}&d90=1&d50=3&d10=2", 'value="2"', ("at least as many", "应越多或相等")),
        (
            f"within={BOX}&deposit_model=laterite-nickel&commodity=nickel&{NUMBERS}",
            'value="laterite-nickel"',
            ("there are 2", "现有2处"),
        ),
        (f"within=POINT(1 1)&{ASK}", "POINT(1 1)</textarea>", ("is not a polygon", "不是")),
    ],
)
def test_page_of_a_tract_has_the_sentence_above_the_form_that_was_filled(
    visitor: FlaskClient, query: str, entered: str, sentences: tuple[str, str]
) -> None:
    for lang, sentence in zip(("en", "zh"), sentences, strict=True):
        page = visit_page(visitor, f"/tract?{query}", lang, 400)
        alert = page.index('role="alert"')
        assert alert < page.index(sentence, alert) < page.index("<form") < page.index(entered)
        assert 'id="chart-numbers"' not in page


@pytest.mark.parametrize(("lang", "sentence"), [("en", "there are 2."), ("zh", "现有2处")])
def test_page_of_a_model_of_two_deposits_says_that_it_is_none(visitor: FlaskClient, lang: str, sentence: str) -> None:
    page = visit_page(visitor, "/models/laterite-nickel?source=own-finds", lang, 400)
    assert sentence in page[page.index('role="alert"') :] and "grade-tonnage" not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_of_a_tract_over_the_antimeridian_is_estimated(visitor: FlaskClient, lang: str) -> None:
    page = visit_page(visitor, f"/tract?within=POLYGON((179 -10,-179 -10,-179 -8,179 -8,179 -10))&{ASK}", lang)
    assert "48,640 km²" in page and 'id="chart-numbers"' in page


def test_a_program_gets_problem_details_from_a_page(visitor: FlaskClient) -> None:
    response = visitor.get(f"/tract?within=POINT(1 1)&{ASK}", headers={"Accept": "application/json"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


def test_a_cutoff_is_shown_with_its_parameters_and_is_no_model_of_cost(visitor: FlaskClient) -> None:
    query = f"within={BOX}&{TYPE}&{NUMBERS}&min_ore_t=5000000&min_grade_pct=1"
    above_cutoff = body(visitor, f"/api/tract/estimate?{query}")["simulation"]["above_cutoff"]
    assert above_cutoff["cutoff"] == {"min_ore_t": 5e6, "min_grade_pct": 1.0}
    assert 0 < above_cutoff["share_of_deposits"] < 1 and above_cutoff["chance_of_none"] > 0.07
    page = visitor.get(f"/tract?{query}&lang=en").get_data(as_text=True)
    assert "at least 5,000,000 t of ore and 1 % of the metal" in page and "no model of cost" in page
    assert body(visitor, f"/api/tract/estimate?within={BOX}&{TYPE}&{NUMBERS}")["simulation"]["above_cutoff"] is None


FILTER = "price_usd_t=9000&cost_factor=2.4&depths=0-250:40,250-500:60"


def test_an_economic_filter_shows_every_parameter(visitor: FlaskClient) -> None:
    query = f"within={BOX}&{TYPE}&{NUMBERS}&{FILTER}"
    above_filter = body(visitor, f"/api/tract/estimate?{query}")["simulation"]["above_filter"]
    assert above_filter["filter"] == {
        "price_usd_t": 9000.0,
        "cost_factor": 2.4,
        "ore_body": "massive",
        "mill": "flotation-3",
        "recovery_pct": 91.0,
        "smelting_usd_t": 573.2,
        "byproduct_usd_t": 0.0,
        "discount_pct": 15.0,
        "days_per_year": 350,
        "open_pit_depth_m": 61.0,
        "tailings": "lined",
        "depths": [
            {"top_m": 0.0, "bottom_m": 250.0, "share_pct": 40.0},
            {"top_m": 250.0, "bottom_m": 500.0, "share_pct": 60.0},
        ],
    }
    assert 0 < above_filter["share_of_deposits"] < 1 and above_filter["chance_of_none"] > 0.0667
    assert above_filter["recovered_t"]["mean"] < above_filter["metal_t"]["mean"]
    assert [method["method"] for method in above_filter["methods"]] == ["open-pit", "block-caving"]
    page = visitor.get(f"/tract?{query}&lang=en").get_data(as_text=True)
    for text in (
        "Above the economic filter",
        "9,000 US$/t",
        "0–250 m: 40 % · 250–500 m: 60 %",
        "573.2 US$/t",
        "Camm (1991)",
        "15 %",
    ):
        assert text in page
    chinese = visitor.get(f"/tract?{query}&lang=zh").get_data(as_text=True)
    assert "Above the economic filter" not in chinese and "Camm（1991）" in chinese
    printed = visitor.get(f"/api/tract/estimate?{query}&f=pdf&lang=en").get_data()
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages).split())
    assert "573.2US$/t" in text and "Metalrecovered" in text
    assert body(visitor, f"/api/tract/estimate?within={BOX}&{TYPE}&{NUMBERS}")["simulation"]["above_filter"] is None


def test_recovery_and_smelting_that_are_not_published_are_required(visitor: FlaskClient) -> None:
    query = f"within={BOX}&deposit_model=VMS&commodity=tin&{NUMBERS}&{FILTER}"
    assert refusal(visitor, f"/api/tract/estimate?{query}")[0] == "recovery_pct"
    assert refusal(visitor, f"/api/tract/estimate?{query}&recovery_pct=70")[0] == "smelting_usd_t"


@pytest.mark.parametrize(("lang", "texts"), [("en", ("What may be left", "seed 1", "Find 3")), ("zh", ("估算依据", "Find 3"))])
def test_estimate_is_a_pdf_with_every_assumption(visitor: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    query = f"within={BOX}&{TYPE}&{NUMBERS}&min_grade_pct=1"
    response = visitor.get(f"/api/tract/estimate?{query}&f=pdf&lang={lang}")
    assert response.status_code == 200 and response.mimetype == "application/pdf"
    printed = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(response.get_data())).pages).split())
    assert all("".join(text.split()) in printed for text in texts)
    assert "f=pdf" in visitor.get(f"/tract?{query}&lang={lang}").get_data(as_text=True)


def test_tract_over_the_antimeridian_is_estimated(visitor: FlaskClient) -> None:
    shape = "POLYGON((179 -10,-179 -10,-179 -8,179 -8,179 -10))"
    found = body(visitor, f"/api/tract/estimate?within={shape}&{TYPE}&{NUMBERS}")
    assert found["area_km2"] == pytest.approx(48_645, rel=1e-3) and found["known"] == []
    assert found["outline"].startswith("MULTIPOLYGON")


def test_a_type_with_two_deposits_gives_no_estimate(visitor: FlaskClient) -> None:
    query = f"within={BOX}&deposit_model=laterite-nickel&commodity=nickel&{NUMBERS}"
    assert "there are 2" in refusal(visitor, f"/api/tract/estimate?{query}")[1]


@pytest.mark.parametrize(("lang", "text"), [("en", "What it rests on"), ("zh", "估算依据")])
def test_page_of_a_tract_is_a_form_until_a_tract_is_given(visitor: FlaskClient, lang: str, text: str) -> None:
    form = visitor.get(f"/tract?{TYPE}&lang={lang}").get_data(as_text=True)
    assert text not in form and 'name="n90"' in form
    page = visitor.get(f"/tract?within={BOX}&{TYPE}&{NUMBERS}&lang={lang}").get_data(as_text=True)
    assert text in page and 'id="chart-numbers"' in page


def test_the_page_of_data_leads_to_curve_models_and_tracts(visitor: FlaskClient) -> None:
    page = visitor.get("/data?lang=en").get_data(as_text=True)
    assert all(f'<a href="{path}">' in page for path in ("/discoveries/curve", "/models", "/tract", "/prospectivity"))
