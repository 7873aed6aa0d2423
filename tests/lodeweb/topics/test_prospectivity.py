"""Prospectivity: verdict, trials, cells and pages in both languages, and bad input; deposits and geology made up."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.mapped_rows import load_rows
from tests.prospect_tables import BELT_BOX, MAPPING, write_belt_rows, write_pack

from lodebase.db.store import Store
from lodebase.ground import packs
from lodeweb.app import create_app

QUERY = f"deposit_model=VMS&within={BELT_BOX}"


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("prospects") as found:
        load_rows(found, tmp_path_factory.mktemp("finds"), MAPPING, write_belt_rows())
        yield found


@pytest.fixture(scope="module")
def visitor(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A visitor of a site with a ground pack."""
    folder = tmp_path_factory.mktemp("ground")
    settings = settings_of(store.addresses, LODE_HOME=folder / "home", LODE_GROUND=folder / "default")
    packs.add(settings, write_pack(folder / "pack"))
    app = create_app(settings)
    yield app.test_client(use_cookies=False)
    closed(app)


@pytest.fixture(scope="module")
def bare(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A visitor of a site without geology."""
    folder = tmp_path_factory.mktemp("bare")
    own = {"LODE_HOME": folder / "home", "LODE_GROUND": folder / "default", "LODE_BOUNDARIES": folder / "none.json"}
    app = create_app(settings_of(store.addresses, **own))
    yield app.test_client(use_cookies=False)
    closed(app)


def body(visitor: FlaskClient, address: str) -> dict[str, Any]:
    response = visitor.get(address, headers={"Accept": "application/json"})
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def test_a_model_that_is_better_in_both_trials_says_so_with_its_figures(visitor: FlaskClient) -> None:
    found = body(visitor, f"/api/prospectivity?{QUERY}")
    assert (found["deposits"], found["in_region"], found["with_year"], found["without_position"]) == (300, 300, 257, 0)
    assert found["resolution"] == 4 and found["cells"] > 2000
    space = found["in_space"]
    assert [gain["method"] for gain in space["gains"]] == ["logistic", "weights", "distance"]
    assert space["gains"][0]["difference"]["low_pct"] > 0 and space["gains"][2]["difference"] is None
    assert all(len(gain["curve"]["found_pct"]) == 19 for gain in space["gains"])
    assert found["in_time"]["tested"] >= 10
    (model, _, distance) = found["in_time"]["gains"]
    expected = model["difference"]["low_pct"] > 0 and model["best_tenth_pct"] >= distance["best_tenth_pct"]
    assert found["is_better"] is expected
    beginning = "In both trials this model is better" if expected else "This model is not shown to be better"
    assert found["verdict"]["en"].startswith(beginning)
    assert "withheld in turn" in found["verdict"]["en"] and found["verdict"]["zh"] != found["verdict"]["en"]
    codes = [one["code"] for one in found["evidence"]]
    assert codes == ["known-deposits", "mine-provinces", "mine-provinces-distance", "mine-faults-distance"]
    arc = next(class_ for class_ in found["evidence"][1]["classes"] if class_["label"]["en"] == "volcanic arc")
    assert arc["weight"] > 1 and arc["cells_with_deposits"] > 100 and arc["label"]["zh"] == "火山弧"
    assert found["evidence"][1]["attribution"] == "The tests"
    text = json.dumps(found).lower()
    assert "approved" not in text and "there is ore" not in text


def test_the_reasons_of_a_cell_add_up_to_its_score(visitor: FlaskClient) -> None:
    text = visitor.get(f"/api/prospectivity?{QUERY}&method=weights&f=csv").get_data(as_text=True)
    cells = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    ranks = [float(cell["rank_pct"]) for cell in cells]
    assert len(cells) > 2000 and ranks == sorted(ranks) and ranks[-1] == 100
    for cell in cells[::200]:
        parts = cell["reasons_en"].split(" · ")
        assert len(parts) == 4
        added = sum(float(part.rpartition("(")[2].rstrip(")")) for part in parts)
        assert added == pytest.approx(float(cell["score"]), abs=0.03)
    assert "Provinces: kind at the centre of the cell: volcanic arc (+" in cells[0]["reasons_en"]
    assert "火山弧" in cells[0]["reasons_zh"]
    assert sum(int(cell["deposits"]) for cell in cells) == 300


def test_cells_are_geojson_of_the_most_favourable_part(visitor: FlaskClient) -> None:
    response = visitor.get(f"/api/prospectivity?{QUERY}&top=5&f=geojson")
    assert response.mimetype == "application/geo+json"
    features = response.get_json(force=True)["features"]
    areas = sum(feature["properties"]["area_km2"] for feature in features)
    assert areas == pytest.approx(0.05 * body(visitor, f"/api/prospectivity?{QUERY}")["area_km2"], rel=0.1)
    ring = features[0]["geometry"]["coordinates"][0]
    assert len(ring) == 7 and ring[0] == ring[-1]


def test_without_geology_the_first_line_says_that_the_model_is_the_distance(bare: FlaskClient) -> None:
    found = body(bare, f"/api/prospectivity?{QUERY}")
    assert found["is_better"] is False and [one["code"] for one in found["evidence"]] == ["known-deposits"]
    assert found["verdict"]["en"].startswith("No geology is held as evidence")


@pytest.mark.parametrize(
    ("lang", "text", "title"), [("en", "Evidence and weights", "Prospectivity"), ("zh", "证据与权重", "成矿有利度")]
)
def test_page_has_the_verdict_first_and_the_gain_next_to_the_map(
    visitor: FlaskClient, lang: str, text: str, title: str
) -> None:
    form = visitor.get(f"/prospectivity?lang={lang}").get_data(as_text=True)
    assert title in form and 'name="deposit_model"' in form and text not in form
    page = visitor.get(f"/prospectivity?{QUERY}&lang={lang}").get_data(as_text=True)
    verdict = body(visitor, f"/api/prospectivity?{QUERY}")["verdict"][lang].replace("'", "&#39;")
    assert page.index(verdict) < page.index("<form") < page.index('id="layout-map"') < page.index('id="chart-gain-space"')
    assert text in page and 'id="chart-gain-time"' in page
    # the map opens at the cell
    assert re.search(r'href="/\?view=-?[0-9.]+,-?[0-9.]+,7"', page)
    assert "Shield &lt;b&gt;of the tests" in page and "<b>of the tests" not in page


@pytest.mark.parametrize(
    ("query", "parameter", "sentence"),
    [
        (f"deposit_model=unheard-of&within={BELT_BOX}", "deposit_model", "unheard-of"),
        (
            f"deposit_model=laterite-nickel&within={BELT_BOX}",
            "deposit_model",
            "at least 20 cells of the region; they are in 0.",
        ),
        (f"deposit_model=VMS&commodity=nickel&within={BELT_BOX}", "deposit_model", "they are in 0."),
        ("deposit_model=VMS&within=POLYGON((0 0,0.1 0,0.1 0.1,0 0.1,0 0))", "within", "fewer than 60"),
        ("deposit_model=VMS&within=POLYGON((20 0,30 0,30 10,20 10,20 0))", "deposit_model", "they are in 0."),
        ("deposit_model=VMS", "place", "no outlines of countries here"),
        (f"{QUERY}&place=Canada", "within", "either as a polygon"),
        ("deposit_model=VMS&place=Nowhere at all", "place", "No zone is named"),
        (f"{QUERY}&before=1500", "before", "is not a year from 1800 to 2100"),
        (f"{QUERY}&method=guess", "method", "Use one of logistic, weights"),
        (f"{QUERY}&top=0", "top", "from 0.1 to 100"),
    ],
)
def test_bad_input_gets_a_sentence(bare: FlaskClient, query: str, parameter: str, sentence: str) -> None:
    refusals = {}
    for lang in ("en", "zh"):
        response = bare.get(f"/api/prospectivity?{query}&lang={lang}", headers={"Accept": "application/json"})
        assert response.status_code == 400, response.get_data(as_text=True)
        refusals[lang] = response.get_json(force=True)
    assert refusals["en"]["parameter"] == parameter and sentence in refusals["en"]["detail"]
    assert refusals["zh"]["detail"] != refusals["en"]["detail"]
