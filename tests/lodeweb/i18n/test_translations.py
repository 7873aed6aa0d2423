"""A page speaks the language of the link, else of the cookie, else of the browser; every text it has is in both."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

import lodeweb
from lodedata.messages import FOLDER, list_locales

ROOT = Path(__file__).parents[3]
FRONTEND = Path(lodeweb.__file__).parents[1] / "frontend"
FOREIGN = {
    *("Lode", "API", "English", "JavaScript", "api", "collections"),
    *("CGCS", "UTM", "WGS", "WKT", "TSV", "GeoJSON", "GeoPackage", "KML", "Shapefile", "zip"),
}
"""What a Chinese page says as the world does."""
ARGUMENT = re.compile(r"%\(\w+\)[sr]|%s|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def reported(client: FlaskClient, address: str = "/", **headers: str) -> str:
    """The language that the page at an address says it is in."""
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    match = re.search(r'<html lang="([^"]+)">', response.get_data(as_text=True))
    assert match is not None
    return {"en": "en", "zh-CN": "zh"}[match[1]]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The texts of all three packages, as `make translations` extracts them."""
    found = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [str(Path(sys.executable).with_name("pybabel")), "-q", "extract", "-F", "pyproject.toml", "-k", "msg"]
    subprocess.run([*command, "-o", str(found), "geodata", "platform", "web/lodeweb"], cwd=ROOT, check=True)
    with found.open("rb") as stream:
        return {str(message.id) for message in read_po(stream) if message.id}


@pytest.fixture(scope="module", params=list_locales().values())
def translated(request: pytest.FixtureRequest) -> Catalog:
    """The catalogue of each language."""
    with (FOLDER / request.param / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        return read_po(stream, locale=request.param)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("en", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("zh-HK", "zh"),
        ("ZH-cn", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,zh;q=0.8,en;q=0.5", "zh"),
        ("fr-CA,en;q=0.3", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("zh;q=0,en", "en"),
        ("nonsense;;q=x,,", "en"),
        ("zha", "en"),
    ],
)
def test_the_browser_says_which_language(client: FlaskClient, header: str, language: str) -> None:
    assert reported(client, Accept_Language=header) == language


def test_a_link_outdoes_the_cookie_and_the_cookie_outdoes_the_browser(client: FlaskClient) -> None:
    client.set_cookie("lode-lang", "zh")
    assert reported(client, Accept_Language="en") == "zh"
    assert reported(client, "/?lang=en", Accept_Language="zh") == "en"


def test_a_choice_by_link_is_remembered_for_a_year(client: FlaskClient) -> None:
    cookie = client.get("/?lang=zh").headers["Set-Cookie"]
    assert cookie.startswith("lode-lang=zh;")
    for part in ("Max-Age=31536000", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert reported(client, Accept_Language="en") == "zh"
    assert reported(client, "/?lang=en") == "en"
    assert reported(client, Accept_Language="zh") == "en"


@pytest.mark.parametrize("address", ["/?lang=fr", "/?lang=", "/?lang=ZH", "/?lang=zh-CN"])
def test_a_language_that_there_is_not_changes_and_remembers_nothing(client: FlaskClient, address: str) -> None:
    assert reported(client, address, Accept_Language="zh") == "zh"
    assert "Set-Cookie" not in client.get(address).headers
    client.set_cookie("lode-lang", "fr")
    assert reported(client, Accept_Language="zh") == "zh"


def test_data_leaves_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/api/collections/deposits/items?lang=zh&limit=1").headers


def test_each_page_links_to_itself_in_the_other_language(client: FlaskClient) -> None:
    english, chinese = (client.get(f"/?lang={lang}").get_data(as_text=True) for lang in ("en", "zh"))
    assert 'href="?lang=zh" lang="zh-CN" hreflang="zh" data-lang="zh">中文</a>' in english
    assert 'href="?lang=en" lang="en" hreflang="en" data-lang="en">English</a>' in chinese


def test_no_text_lacks_its_translation_and_no_translation_its_text(used: set[str], translated: Catalog) -> None:
    there = {message.id for message in translated if message.id}
    assert used - there == set(), "run `make translations` and translate these"
    assert there - used == set(), "no page asks for these any more"
    assert not translated.obsolete


def test_every_translation_is_there_sure_and_has_the_same_arguments(translated: Catalog) -> None:
    for message in translated:
        if message.id:
            assert message.string and not message.fuzzy, message.id
            assert set(ARGUMENT.findall(str(message.id))) == set(ARGUMENT.findall(str(message.string))), message.id
            if translated.locale.language == "zh" and re.search("[A-Za-z]", ARGUMENT.sub("", str(message.id))):
                assert CHINESE.search(str(message.string)), message.id


def test_no_translation_has_a_bare_per_cent_sign(translated: Catalog) -> None:
    """Templates are formatted with their arguments, also with none: a bare sign would fail in one language only."""
    texts = [(message.id, message.string) for message in translated if isinstance(message.string, str) and message.id]
    assert [of for of, text in texts if re.search(r"%(?![(])", text.replace("%%", ""))] == []


def test_the_template_of_translations_is_fresh(used: set[str]) -> None:
    with (FOLDER / "messages.pot").open("rb") as stream:
        assert {message.id for message in read_po(stream) if message.id} == used


def test_the_map_has_exactly_the_messages_that_it_uses(client: FlaskClient) -> None:
    script = "\n".join(path.read_text() for path in (FRONTEND / "map").rglob("*.js"))
    wanted = set(re.findall(r"(?<!\.)\bmessages\.(\w+)", script))
    families = tuple(re.findall(r"\bmessages\[`(\w+_)\$\{", script))
    page = client.get("/?lang=en").get_data(as_text=True)
    match = re.search(r'(?s)id="lode-settings"[^>]*>(.*?)</script>', page)
    assert match is not None
    names = set(json.loads(match[1])["messages"])
    assert wanted <= names
    assert {name for name in names - wanted if not name.startswith(families)} == set()


def test_the_scripts_of_the_map_contain_no_text() -> None:
    """What it shows as text comes from the page, in the page's language."""
    for path in (FRONTEND / "map").rglob("*.js"):
        code = re.sub(r"(?s)/\*.*?\*/|//[^\n]*", "", path.read_text())
        for text in re.findall(r'(?:element\([^()]*\}, |button\()"([^"]+)"', code):
            assert not re.search(r"[A-Za-z]{2}", text), (path.name, text)


def test_a_chinese_page_has_no_english_left_but_names(client: FlaskClient) -> None:
    page = client.get("/?lang=zh").get_data(as_text=True)
    visible = re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", page.split("<body>")[1])
    english = set(re.findall(r"[A-Za-z]{3,}", visible)) - FOREIGN
    assert not english


def test_the_compiled_translations_are_those_of_the_source(own_app: Callable[[], Flask], translated: Catalog) -> None:
    """`scripts/setup.sh` compiles them; a page shows what was compiled."""
    page = own_app().test_client().get("/?lang=zh").get_data(as_text=True)
    for text in ("Strategic minerals", "About the data", "Deposits", "Close", "Map"):
        message = translated.get(text)
        assert message is not None and str(message.string) in page
