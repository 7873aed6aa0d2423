"""The map as a picture: PNG with its world file, and SVG, made in the page."""

import io
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml import ElementTree
from PIL import Image
from playwright.sync_api import expect
from pyproj import Transformer
from tests.flows.visits import DARK, LANGS, SIZES, Visit, Visits, faults, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PANEL = {"en": "The map as a picture", "zh": "地图图片"}
SAVE = {"en": "Save the picture", "zh": "保存图片"}
WORLD = {"en": "Save the world file", "zh": "保存坐标文件"}
TEXTS = {
    "en": ("Licences of the records", "Natural Earth", "EPSG:3857", "N"),
    "zh": ("记录的许可", "Natural Earth", "EPSG:3857", "北"),
}
AT = (18.5123, 26.6123)
"""Where the tests' own table has a deposit of copper."""
COPPER = (0xC2, 0x50, 0x08)
"""The colour of the group in geodata/lodedata/vocab/commodity-group.csv."""
GRAPHIC = "{http://www.w3.org/2000/svg}"


def open_dialog(seen: Visit) -> Any:
    seen.page.locator("#picture").click()
    dialog = seen.page.get_by_role("dialog", name=PANEL[seen.lang])
    expect(dialog).to_be_visible()
    return dialog


def test_the_dialog_links_the_address_of_the_picture(visit: Visits, product: "Serving") -> None:
    seen = visit("zh").open(f"/?view={AT[0]},{AT[1]},6&kind=deposits")
    dialog = open_dialog(seen)
    expect(dialog.locator("#picture-addresses a")).to_have_count(1)
    address = dialog.locator("#picture-addresses a").get_attribute("href") or ""
    assert address.startswith("/api/map/image?") and "collection=deposits" in address and "lang=zh" in address
    response = seen.page.request.get(address)
    assert response.status == 200 and response.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(response.body())).width >= 320


def saved(seen: Visit, found: Any, button: str) -> tuple[str, bytes]:
    """Return the name and the bytes of the file that a button saves."""
    with seen.page.expect_download() as coming:
        found.get_by_role("button", name=button, exact=True).click()
    return coming.value.suggested_filename, coming.value.path().read_bytes()


@pytest.mark.story
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_picture_lies_where_its_world_file_says(
    visit: Visits, product: "Serving", lang: str, size: tuple[int, int], tmp_path: Path
) -> None:
    seen = visit(lang, size).open(f"/?view={AT[0] - 0.4},{AT[1] + 0.3},8")
    dialog = open_dialog(seen)
    assert faults(seen) == []
    dialog.locator("[name=picture-scale]").select_option("3")
    name, content = saved(seen, dialog, SAVE[lang])
    world_name, world = saved(seen, dialog, WORLD[lang])
    assert Path(name).stem == Path(world_name).stem and (Path(name).suffix, Path(world_name).suffix) == (".png", ".pgw")
    seen.picture(f"picture-dialog-{lang}-{size[0]}")
    assert wider(seen.page) <= 0

    (tmp_path / name).write_bytes(content)
    (tmp_path / world_name).write_bytes(world)
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    map_size = seen.page.locator("#map .leaflet-container").bounding_box()
    assert map_size is not None
    assert picture.width == 3 * max(320, round(map_size["width"])) and picture.height > 3 * map_size["height"] + 300
    run = subprocess.run(["gdalinfo", "-json", str(tmp_path / name)], capture_output=True, text=True, check=True)
    left, metres, _, top, _, down = json.loads(run.stdout)["geoTransform"]
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(*AT)
    column, row = (x - left) / metres, (y - top) / down
    near = picture.crop((int(column) - 45, int(row) - 45, int(column) + 45, int(row) + 45))
    pixels = near.tobytes()
    colours = [pixels[at : at + 3] for at in range(0, len(pixels), 3)]
    like = [colour for colour in colours if max(abs(a - b) for a, b in zip(colour, COPPER, strict=True)) < 12]
    assert len(like) > 50, f"no symbol of copper at {column:.0f}, {row:.0f}"


@pytest.mark.parametrize("dark", DARK)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_drawing_has_its_sources_and_nothing_from_elsewhere(visit: Visits, product: "Serving", lang: str, dark: bool) -> None:
    seen = visit(lang, color_scheme="dark" if dark else "light").open(f"/?view={AT[0]},{AT[1]},6&kind=deposits")
    dialog = open_dialog(seen)
    dialog.locator("[value=svg]").check()
    expect(dialog.get_by_role("button", name=WORLD[lang])).to_be_hidden()
    name, content = saved(seen, dialog, SAVE[lang])
    assert name.endswith(".svg")
    root = ElementTree.fromstring(content)
    texts = [one.text or "" for one in root.iter(f"{GRAPHIC}text")]
    for text in TEXTS[lang]:
        assert any(text in one for one in texts), text
    assert any("km" in text or "千米" in text for text in texts), "no scale"
    stated = seen.page.request.get("/api/download/contents?collections=deposits").json()["licences"]
    joined = "".join(texts).replace(" ", "")
    assert stated and all(licence[f"name_{lang}"].replace(" ", "") in joined for licence in stated)
    links = [value for one in root.iter() for key, value in one.attrib.items() if key.endswith("href")]
    assert links and all(link.startswith("data:image/png") for link in links)
    assert len(list(root.iter(f"{GRAPHIC}path"))) > 10
    assert {one.get("font-family") for one in root.iter(f"{GRAPHIC}text")} != {""}
    assert float(root.get("width") or 0) >= 320
