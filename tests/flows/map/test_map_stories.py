"""A geologist's stories on the map: from opening the page to a found deposit, in both languages, on desktop and phone."""

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas
import pytest
import shapely
from playwright.sync_api import expect
from tests.flows.visits import LANGS_ZH, PHONE, SIZES, Visit, Visits, features, identity, matched, tab_to

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

SOROWAKO = (121.37, -2.53)
LICENCE = "POLYGON((117 28.5,118.5 28.5,118.5 29.5,117 29.5,117 28.5))"
"""Around Dexing."""
AT_DEXING = ["117.73, 29.0189", "东经117°43′48″ 北纬29°01′08″", "50R 571090 3210299", "X=3211584 Y=39571118"]
DEXING = {"en": "Dexing", "zh": "德兴铜矿"}


@pytest.mark.story
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_dexing_is_found_by_its_initials(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    seen.page.get_by_role("combobox", name={"en": "Search", "zh": "查找"}[lang]).press_sequentially("dx")
    seen.page.get_by_role("option").filter(has_text="德兴铜矿").first.click()
    expect(seen.page.locator(".popup h2")).to_have_text(DEXING[lang])
    seen.loaded()
    assert seen.zoom() >= 9
    assert seen.address()["select"].startswith("deposits/")
    seen.picture(f"dexing-{lang}-{'phone' if size == PHONE else 'desktop'}")


def test_lithium_discoveries_in_china_since_2010_and_their_stage(visit: Visits, product: "Serving") -> None:
    seen = visit("zh").open()
    page = seen.page
    for kind in ("deposits", "projects"):
        page.locator(f'.kinds input[value="{kind}"]').uncheck()
        seen.loaded()
    seen.tick("commodity_group", "lithium")
    seen.tick("country", "CHN")
    page.locator('[data-filter="discovered"] summary').click()
    page.get_by_label("发现年份自").fill("2010")
    page.get_by_label("发现年份自").press("Enter")
    query = "commodity_group=lithium&country=CHN&datetime=2010/.."
    assert seen.count() == matched(product, query, ("discoveries",)) > 0
    names = {f["properties"]["name_zh"] or f["properties"]["name_en"] for f in features(product, "discoveries", query)}
    assert set(seen.names()) == names
    expect(page.locator("#rows thead")).to_contain_text("勘查阶段")
    assert seen.address() | {"kind": "discoveries", "commodity_group": "lithium", "discovered": "2010.."} == seen.address()
    seen.picture("story-discoveries-zh")


def wait_for(seen: Visit, name: str) -> None:
    """Until the address has a parameter."""
    seen.page.wait_for_function("(name) => new URLSearchParams(location.search).has(name)", arg=name)
    seen.loaded()


def test_tin_in_yunnan_is_found_by_two_terms(visit: Visits, product: "Serving") -> None:
    seen = visit("zh").open()
    search = seen.page.locator("#search")
    for word, option in (("锡", "锡"), ("云南", "云南省")):
        search.fill(word)
        seen.page.get_by_role("option").filter(has=seen.page.locator("b", has_text=option)).first.click()
        seen.loaded()
    assert {"commodity", "division"} <= set(seen.address())
    assert seen.count() == matched(product, f"commodity=tin&division={seen.address()['division']}") > 0
    expect(seen.page.locator("#chips li")).to_have_count(2)


def test_nickel_laterites_around_sorowako(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.tick("commodity_group", "nickel")
    seen.page.locator("#area summary").click()
    seen.page.locator("#near-km").fill("300")
    seen.page.locator("#near-at").fill("2°31′48″S 121°22′12″E")
    seen.page.locator("#near-form").get_by_role("button").click()
    wait_for(seen, "radius_km")
    query = f"commodity_group=nickel&near={SOROWAKO[0]},{SOROWAKO[1]}&radius_km=300"
    assert seen.count() == matched(product, query) > 1
    expect(seen.page.locator("#rows thead")).to_contain_text("Distance")
    assert seen.names()[0] == "Sorowako"
    for box in seen.page.locator("#rows tbody input").all()[:2]:
        box.check()
    expect(seen.page.locator("#table-picked")).to_have_text("2 selected")
    seen.picture("story-sorowako-en")
    charts = seen.page.get_by_role("link", name="Charts").get_attribute("href") or ""
    assert product.get(charts).status == 200
    names = seen.names()[:2]
    with seen.page.expect_navigation():
        seen.page.get_by_role("link", name="Compare").click()
    for name in names:
        expect(seen.page.locator("main")).to_contain_text(name)


@pytest.mark.parametrize("form", ["wkt", "geojson", "shapefile", "kml"])
def test_a_licence_says_what_lies_in_it_what_may_and_what_is_around(
    visit: Visits, product: "Serving", tmp_path: Path, form: str
) -> None:
    seen = visit().open()
    page = seen.page
    page.locator("#area summary").click()
    page.get_by_role("button", name="Paste or upload…").click()
    shape = shapely.from_wkt(LICENCE)
    if form in ("wkt", "geojson"):
        page.locator("#area-text").fill(LICENCE if form == "wkt" else shapely.to_geojson(shape))
    else:
        page.locator("#area-file").set_input_files(written(tmp_path, shape, form))
    page.get_by_role("button", name="Use as filter").click()
    expect(page.locator("#announcement")).to_contain_text("km²")
    expect(page.locator("#area-dialog")).to_be_hidden()
    # the map goes to the area
    page.wait_for_function("() => window.lode.map.getZoom() >= 5")
    assert seen.count() == matched(product, f"within={LICENCE}".replace(" ", "%20")) > 0
    counts = page.locator("#area-counts li b")
    expect(counts).to_have_count(3)
    sure, perhaps, around = (int(text.replace(",", "")) for text in counts.all_inner_texts())
    area = f"within={LICENCE}".replace(" ", "%20")
    assert sure == matched(product, f"{area}&certainty=certain")
    assert perhaps == matched(product, f"{area}&certainty=possible")
    assert around > sure
    page.get_by_role("button", name="definitely inside").click()
    assert seen.count() == sure
    assert seen.address()["certainty"] == "certain"
    seen.picture(f"story-licence-{form}")


def written(folder: Path, shape: shapely.Geometry, form: str) -> Path:
    """The licence as a file of its holder's: CGCS2000 Gauss-Krüger in a zipped shapefile, or KML."""
    frame = geopandas.GeoDataFrame({"name": ["探矿权"]}, geometry=[shape], crs=4326)
    if form == "kml":
        ring = " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)
        (folder / "licence.kml").write_text(
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>'
            f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
        )
        return folder / "licence.kml"
    frame.to_crs(4527).to_file(folder / "licence.shp", encoding="utf-8")
    with zipfile.ZipFile(folder / "licence.zip", "w") as archive:
        for part in sorted(folder.glob("licence.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return folder / "licence.zip"


def test_an_invalid_polygon_has_a_message_in_the_dialog(visit: Visits) -> None:
    seen = visit().open()
    seen.forgiven = "status of 400"
    seen.page.locator("#area summary").click()
    seen.page.get_by_role("button", name="Paste or upload…").click()
    seen.page.locator("#area-text").fill("POINT(1 2)")
    seen.page.get_by_role("button", name="Use as filter").click()
    expect(seen.page.locator("#area-message")).to_contain_text("no polygon")
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator("#area-dialog")).to_be_hidden()


def test_a_rectangle_and_a_circle_are_drawn_and_filter(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?view=117.7,29,7")
    page = seen.page
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("#area summary").click()
    for shape in ("Rectangle", "Circle"):
        page.get_by_role("button", name=shape).click()
        page.wait_for_function("() => window.lode.map.pm?.globalDrawModeEnabled?.() === true")
        start = (middle[0] - 80, middle[1] - 60) if shape == "Rectangle" else middle
        page.mouse.move(*start)
        page.mouse.click(*start)
        page.mouse.move(middle[0] + 40, middle[1] + 30, steps=4)
        page.mouse.move(middle[0] + 80, middle[1] + 60, steps=4)
        page.mouse.click(middle[0] + 80, middle[1] + 60)
        page.wait_for_function(
            f"() => new URLSearchParams(location.search).has('{'within' if shape == 'Rectangle' else 'near'}')"
        )
        address = seen.loaded().address()
        query = (
            f"within={address['within']}"
            if shape == "Rectangle"
            else f"near={address['near']}&radius_km={address['radius_km']}"
        )
        assert seen.count() == matched(product, query.replace(" ", "%20")) > 0
        assert page.locator("path.leaflet-interactive").count() == 0
    assert 60 < float(address["radius_km"]) < 200
    page.locator("#clear").click()
    assert "near" not in seen.loaded().address()


def test_a_link_opens_the_same_screen(visit: Visits) -> None:
    first = visit("zh").open(
        "/?lang=zh&view=117.5,29.5,7&commodity_group=copper&kind=deposits&sort=-name&columns=name,country,size_class"
    )
    first.page.locator("#rows tbody tr[data-id]").first.click()
    first.loaded()
    link = first.page.evaluate("location.pathname + location.search")
    second = visit("en").open(link)
    assert second.page.locator("html").get_attribute("lang") == "zh-CN"
    assert second.names() == first.names()
    assert second.count() == first.count()
    assert second.page.locator("#rows th").all_inner_texts() == first.page.locator("#rows th").all_inner_texts()
    expect(second.page.locator(".popup h2")).to_have_text(first.page.locator(".popup h2").inner_text())
    views = [
        seen.page.evaluate("[window.lode.map.getZoom(), window.lode.map.getCenter().lat.toFixed(2)]")
        for seen in (first, second)
    ]
    assert views[0] == views[1]


def test_back_and_forward_take_filters_back_and_forth(visit: Visits) -> None:
    seen = visit().open()
    counts = [seen.count()]
    for group in ("copper", "tin"):
        seen.tick("commodity_group", group)
        counts.append(seen.count())
    for expected in (counts[1], counts[0]):
        seen.page.go_back()
        expect(seen.page.locator("#count")).to_have_attribute("data-n", str(expected))
    expect(seen.page.locator("#filters input:checked:not(.kinds input, [data-filter=organisation] input)")).to_have_count(0)
    seen.page.go_forward()
    expect(seen.page.locator("#count")).to_have_attribute("data-n", str(counts[1]))
    expect(seen.page.locator('[data-filter="commodity_group"] input[value="copper"]')).to_be_checked()


def test_a_search_is_saved_under_a_name_and_opened_again(visit: Visits) -> None:
    seen = visit().open("/?commodity_group=cobalt")
    count = seen.count()
    seen.page.locator("#save-name").fill("<b>my cobalt</b>")
    seen.page.locator("#save-form").get_by_role("button", name="Save").click()
    seen.page.locator("#clear").click()
    assert seen.count() > count
    seen.page.reload()
    seen.loaded()
    seen.page.get_by_role("link", name="<b>my cobalt</b>", exact=True).click()
    assert seen.count() == count
    seen.page.get_by_role("button", name="Remove <b>my cobalt</b>").click()
    expect(seen.page.locator("#saved-list li")).to_have_count(0)


def test_the_table_scrolls_through_all_records_and_keeps_few_rows(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?kind=deposits&sort=name")
    total = seen.count()
    assert total > 200
    script = """async (total) => {
      const box = document.querySelector('#rows');
      const table = window.lode.app.table;
      for (let i = 0; i < 400 && table.rows.length < total; i++) {
        box.scrollTop = box.scrollHeight;
        await new Promise((next) => requestAnimationFrame(next));
      }
      return table.rows.length;
    }"""
    seen.page.wait_for_function(f"async () => (await ({script})({total})) === {total}")
    seen.page.evaluate("() => { const box = document.querySelector('#rows'); box.scrollTop = box.scrollHeight; }")
    seen.page.wait_for_function("(n) => document.querySelector(`#rows tr[aria-rowindex='${n}']`)", arg=total + 1)
    assert seen.page.locator("#rows tbody tr[data-id]").count() < 60
    assert seen.page.locator("#rows table").get_attribute("aria-rowcount") == str(total + 1)
    listed = seen.page.evaluate("() => window.lode.app.table.rows.map((row) => row.id)")
    assert len(set(listed)) == total
    assert set(listed) == {feature["id"] for feature in features(product, "deposits")}


def test_table_begins_with_the_most_metal(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?kind=deposits")
    deposits = [feature["properties"] for feature in features(product, "deposits")]
    by_metal = sorted((d for d in deposits if d["figure_contained_t"]), key=lambda d: -d["figure_contained_t"])
    assert len(by_metal) > 3
    assert seen.names()[:3] == [deposit["name_en"] for deposit in by_metal[:3]]
    # around a place it is the distance that counts
    seen.open("/?kind=deposits&near=116,29&radius_km=500")
    near = features(product, "deposits", "limit=5&near=116,29&radius_km=500&properties=name_en")
    assert seen.names()[:5] == [feature["properties"]["name_en"] for feature in near]


def test_the_table_is_sorted_by_a_click_and_rows_light_up_on_the_map(visit: Visits) -> None:
    seen = visit().open("/?kind=projects&commodity_group=tin")
    heading = seen.page.locator("#rows th").filter(has_text="Name")
    heading.get_by_role("button").click()
    seen.loaded()
    assert heading.get_attribute("aria-sort") == "ascending"
    up = seen.names()
    heading.get_by_role("button").click()
    seen.loaded()
    assert seen.names() == list(reversed(up))
    first = seen.page.locator("#rows tbody tr[data-id]").first
    first.hover()
    seen.page.wait_for_function("() => window.lode.app.records.marked !== null")
    first.click()
    expect(seen.page.locator(".popup h2")).to_have_text(seen.names()[0])
    expect(first).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_labels_of_a_long_vocabulary_are_fetched_when_a_column_needs_them(visit: Visits, lang: str) -> None:
    seen = visit(lang).open("/?kind=deposits&commodity_group=copper&division=CN-JX&columns=name,division")
    name = {"en": "Jiangxi", "zh": "江西省"}[lang]
    expect(seen.page.locator("#rows tbody tr[data-id]").first).to_contain_text(name)
    expect(seen.page.locator("#chips")).to_contain_text(name)


def test_columns_are_chosen_and_rows_are_copied(visit: Visits) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"]).open(
        "/?kind=deposits&commodity_group=cobalt&columns=name,country"
    )
    seen.page.locator("#columns-open summary").click()
    seen.page.locator("#columns").get_by_label("Size class (DZ/T 0400-2022)", exact=True).check()
    seen.loaded()
    assert seen.address()["columns"] == "name,country,size_class"
    seen.page.locator("#columns-open summary").click()
    seen.page.locator("#rows tbody input").first.check()
    seen.page.get_by_role("button", name="Copy as TSV").click()
    expect(seen.page.locator("#table-message")).to_have_text("1 rows copied.")
    head, row = seen.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert head.split("\t") == ["id", "Longitude", "Latitude", "Name", "Country or area", "Size class (DZ/T 0400-2022)"]
    assert row.split("\t")[3] == seen.names()[0]


@pytest.mark.parametrize(
    "text", ["117.73, 29.0189", "东经117°43′48″ 北纬29°01′08″", "50R 571090 3210299", "X=3211584 Y=39571118"]
)
def test_the_search_box_goes_to_a_position(visit: Visits, text: str) -> None:
    seen = visit().open()
    seen.page.locator("#search").fill(text)
    seen.page.locator("#search").press("Enter")
    place = seen.page.locator(".place-popup")
    expect(place).to_contain_text("50R 571090 3210")
    expect(place).to_contain_text("Y=39571118")
    expect(seen.page.locator("#search-message")).to_be_empty()
    seen.loaded()
    place.get_by_role("button", name="Within 50 km of here").click()
    seen.page.wait_for_function("() => new URLSearchParams(location.search).get('radius_km') === '50'")


def test_numbers_that_may_be_in_either_order_are_offered_in_both(visit: Visits) -> None:
    seen = visit("zh").open()
    search = seen.page.locator("#search")
    search.press_sequentially("-24.58, -67.73")
    typed = seen.page.locator("#suggestions [role=option]")
    expect(typed.nth(0)).to_have_text("您是否要找 67.73° S, 24.58° W")
    expect(typed.nth(1)).to_have_text("您是否要找 24.58° S, 67.73° W")
    expect(typed.nth(2)).to_contain_text("24.58° S, 67.73° W")
    expect(seen.page.locator("#suggestions [aria-selected=true]")).to_have_count(0)
    expect(seen.page.locator("#search-message")).to_be_empty()
    search.fill("-24.58, -67.73")
    search.press("Enter")
    options = seen.page.locator("#suggestions [role=option]")
    expect(options).to_have_text(["您是否要找 67.73° S, 24.58° W", "您是否要找 24.58° S, 67.73° W"])
    options.nth(1).click()
    expect(seen.page.locator(".place-popup")).to_contain_text("67°43′48.0″W")
    seen.loaded()
    seen.page.locator("#area summary").click()
    seen.page.locator("#near-at").fill("-24.58, -67.73")
    seen.page.locator("#near-at").press("Enter")
    seen.page.locator("#near-message").get_by_role("button", name="24.58° S, 67.73° W").click()
    seen.page.wait_for_function("() => new URLSearchParams(location.search).get('near') === '-67.73,-24.58'")


def test_records_near_a_position_do_not_decide_the_order_of_two_numbers(visit: Visits) -> None:
    seen = visit().open()
    seen.page.locator("#search").press_sequentially("-69.07, -24.27")
    options = seen.page.locator("#suggestions [role=option]")
    expect(options.nth(0)).to_have_text("Did you mean 24.27° S, 69.07° W")
    expect(options.nth(1)).to_have_text("Did you mean 69.07° S, 24.27° W")
    expect(options.nth(2)).to_contain_text("Escondida")
    expect(options.nth(2)).to_contain_text("24.27° S, 69.07° W")
    expect(seen.page.locator("#suggestions [aria-selected=true]")).to_have_count(0)


def test_the_position_of_the_pointer_is_shown_in_each_form(visit: Visits) -> None:
    seen = visit().open("/?view=117.73,29.0189,9")
    box = seen.page.locator(".folium-map").bounding_box()
    assert box is not None
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for form, begin in (("decimal", "117.7"), ("dms", "117°4"), ("utm", "50R 57"), ("cgcs", "X=321")):
        seen.page.get_by_label("Coordinate format").select_option(form)
        seen.page.wait_for_function(f"() => document.querySelector('#pointer')?.textContent.startsWith('{begin}')")


def test_a_distance_is_measured_on_the_spheroid(visit: Visits) -> None:
    seen = visit().open("/?view=0,0,5")
    page = seen.page
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.get_by_role("button", name="Measure a distance").click()
    page.wait_for_function("() => window.lode.map.pm?.globalDrawModeEnabled?.() === true")
    page.mouse.click(x - 100, y)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x + 100, y)
    page.mouse.click(x + 100, y)
    # 200 pixels of 8,192 around the equator of 40,075.017 km (WGS 84)
    expect(page.locator(".measure")).to_have_text("978 km")
    page.get_by_role("button", name="Clear measurements").click()
    expect(page.locator(".measure")).to_have_count(0)


def test_options_of_an_earlier_text_are_not_taken(visit: Visits) -> None:
    seen = visit().open()
    search = seen.page.locator("#search")
    search.fill("tin")
    expect(seen.page.locator("#suggestions [role=option]").first).to_be_visible()
    search.fill("xqzzvw")
    search.press("Enter")
    expect(seen.page.locator("#search-message")).to_contain_text("No")
    expect(seen.page.locator("#suggestions")).to_be_hidden()
    expect(seen.page.locator("#suggestions [role=option]")).to_have_count(0)
    assert not {"commodity", "select"} & set(seen.address())


def test_from_the_search_box_to_the_record_by_keyboard_alone(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    page = seen.page
    tab_to(page, "#search")
    page.keyboard.type("Sahara Cop")
    expect(page.get_by_role("option").first).to_contain_text("Sahara Copper")
    page.keyboard.press("Enter")
    expect(page.locator(".popup h2")).to_have_text("Sahara Copper")
    assert seen.loaded().address()["select"] == f"deposits/{identity(product, 'deposits', 'Sahara Copper')}"
    tab_to(page, "#rows tr[data-id]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#table-picked")).to_have_text("1 selected")
    page.keyboard.press("Enter")
    seen.page.wait_for_function("() => document.activeElement?.matches('.popup') ?? false")


def test_nothing_found_says_what_is_nearest_and_how_to_go_on(visit: Visits) -> None:
    seen = visit().open("/?kind=deposits&commodity_group=tin&near=0,0&radius_km=1")
    state = seen.page.locator("#state")
    expect(state).to_contain_text("No record matches the filters.")
    expect(state).to_contain_text(" km.")
    seen.picture("empty-en-desktop")
    state.get_by_role("button", name="Show").click()
    expect(seen.page.locator(".popup h2")).to_be_visible()
    assert seen.count() > 0
    assert "near" not in seen.address()


def test_the_view_filters_the_counts_on_request(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?view=18.5,26.6,6")
    seen.page.locator("#inview").check()
    seen.loaded()
    inside = seen.count()
    assert 0 < inside < matched(product, "")
    assert {"Sahara Copper"} <= set(seen.names())
    seen.go(-69, -24, 6)
    assert "Sahara Copper" not in seen.names()
    assert json.loads(product.get("/api/collections/deposits/items?limit=1").text)["numberMatched"] > seen.count()
