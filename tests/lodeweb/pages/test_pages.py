"""The page: its headers and nonces, nothing in it that a policy would have to allow, and data that never becomes markup."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS
from lodedata.problems import RULES
from lodedata.sources import names
from lodeweb.pages.embedded import embed_json

PAGES = ("/", "/?lang=zh", "/?lang=en")
SCRIPT = "<script>alert(1)</script>"
EVENTS = re.compile(r"on[a-z]+")


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the content of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script":
            attributes, before = self.scripts.pop()
            self.scripts.append((attributes, before + data))


def elements(client: FlaskClient, address: str = "/") -> Elements:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    return Elements(response.get_data(as_text=True))


def policy(headers: Any) -> dict[str, list[str]]:
    """The directives of a response's content security policy."""
    parts = [part.split() for part in headers["Content-Security-Policy"].split(";")]
    return {terms[0]: terms[1:] for terms in parts}


def settings_of(page: Elements) -> dict[str, Any]:
    """The data that the page gives its script."""
    (content,) = [text for attributes, text in page.scripts if attributes.get("id") == "lode-settings"]
    reported: dict[str, Any] = json.loads(content)
    return reported


@pytest.mark.parametrize("address", [*PAGES, "/api/", "/healthz", "/nosuch", "/api/collections/deposits/items?limit=1"])
def test_every_response_has_its_security_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "unsafe" not in headers["Content-Security-Policy"]
    directives = policy(headers)
    assert directives["default-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert directives["base-uri"] == ["'none'"]
    for name, allowed in directives.items():
        others = [word for word in allowed if "*" in word or word.startswith("http")]
        # tiles that a user of the map may pick
        picked = ["https://tile.openstreetmap.org"] if name == "img-src" and address.split("?")[0] == "/" else []
        assert others == picked, name


@pytest.mark.parametrize("address", PAGES)
def test_every_script_of_a_page_has_the_nonce_of_its_response(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    (allowed,) = [word for word in policy(response.headers)["script-src"] if word.startswith("'nonce-")]
    page = Elements(response.get_data(as_text=True))
    assert len(page.scripts) == 4
    assert {f"'nonce-{attributes.get('nonce')}'" for attributes, _ in page.scripts} == {allowed}
    assert len(allowed) > 24


def test_no_two_responses_share_a_nonce(client: FlaskClient) -> None:
    assert len({client.get("/").headers["Content-Security-Policy"] for _ in range(20)}) == 20


@pytest.mark.parametrize("address", PAGES)
def test_nothing_in_a_page_needs_a_looser_policy(client: FlaskClient, address: str) -> None:
    for tag, attributes in elements(client, address).elements:
        assert tag not in ("style", "iframe", "object", "embed", "base"), tag
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if EVENTS.fullmatch(name)], (tag, attributes)
        for name in ("src", "href", "action"):
            value = attributes.get(name) or ""
            assert not re.match(r"(?i)\s*(javascript:|https?:|//)", value), (tag, value)


def test_a_page_is_requested_anew_and_differs_by_language(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["Cache-Control"] == "no-cache"
    assert {word.strip() for word in headers["Vary"].split(",")} >= {"Accept-Language", "Cookie"}


def test_the_page_counts_what_the_store_holds(client: FlaskClient) -> None:
    page = client.get("/?lang=en").get_data(as_text=True)
    counts = re.findall(r"<dt>([\w ]+)</dt><dd>(\d+)</dd>", page)[:3]
    assert counts == [("Deposits", "56"), ("Prospects and discoveries", "1"), ("Projects", "1")]
    assert re.search(r"矿床</dt><dd>56</dd>", client.get("/?lang=zh").get_data(as_text=True))


def test_without_a_database_the_page_opens_and_says_so(away: FlaskClient) -> None:
    english, chinese = (away.get(f"/?lang={lang}") for lang in ("en", "zh"))
    assert english.status_code == chinese.status_code == 200
    assert "The database is not available. The map will load when it is back." in english.get_data(as_text=True)
    assert "数据库暂时无法连接；恢复后地图将显示数据。" in chinese.get_data(as_text=True)
    assert "secret" not in english.get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_settings_name_every_code_that_a_popup_can_show(client: FlaskClient, lang: str) -> None:
    reported = settings_of(elements(client, f"/?lang={lang}"))
    assert reported["lang"] == lang
    assert list(reported["kinds"]) == [name for name, c in COLLECTIONS.items() if c.kind.merged]
    assert set(reported["labels"]["source"]) == {*names(), "test-table"}
    assert set(reported["labels"]["flag"]) == {rule for rule, about in RULES.items() if about.weight == "flag"}
    for vocabulary in ("commodity", "status", "size-class", "exploration-stage", "facility-type", "country"):
        assert reported["labels"][vocabulary], vocabulary
        assert all(reported["labels"][vocabulary].values())


def test_the_labels_are_in_the_language_of_the_page(client: FlaskClient) -> None:
    english, chinese = (settings_of(elements(client, f"/?lang={lang}")) for lang in ("en", "zh"))
    for vocabulary, code, en, zh in (
        ("commodity", "copper", "Copper", "铜"),
        ("country", "CHL", "Chile", "智利"),
        ("size-class", "large", "Large", "大型"),
        ("status", "operating", "Operating", "在产"),
        ("flag", "no-position", "No position", "无位置"),
    ):
        assert english["labels"][vocabulary][code] == en
        assert zh in chinese["labels"][vocabulary][code]
    assert chinese["labels"]["source"]["natural-earth"] != english["labels"]["source"]["natural-earth"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_title_in_marks_does_not_leave_the_settings(client: FlaskClient, lang: str) -> None:
    """The store holds a source whose titles are a script; the browser's parser must see none."""
    response = client.get(f"/?lang={lang}")
    assert SCRIPT not in response.get_data(as_text=True)
    page = Elements(response.get_data(as_text=True))
    assert len(page.scripts) == 4
    reported = settings_of(page)["labels"]["source"]["test-table"]
    assert reported == ("Test table " if lang == "en" else "测试表 ") + SCRIPT


@pytest.mark.parametrize("value", ["</script><script>alert(1)</script>", "<!--", "]]>", "&lt;", "\u2028\u2029", "'\"`${x}"])
def test_json_in_a_script_is_the_value_and_never_its_end(value: str) -> None:
    written = embed_json({"name": value})
    assert not set("<>&") & set(written)
    assert json.loads(written) == {"name": value}


def test_text_in_a_template_is_escaped(own_app: Callable[[], Flask]) -> None:
    app = own_app()
    app.add_url_rule("/says", view_func=lambda: render_template_string("<p>{{ name }}</p>", name=SCRIPT))
    assert app.test_client().get("/says").get_data(as_text=True) == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    "value", ["<script>echoed</script>", "en'\"><img src=x onerror=echoed>", "zh\r\nechoed: a=b", "echoed\x00"]
)
def test_nothing_of_a_request_comes_back_in_the_page(client: FlaskClient, value: str) -> None:
    client.set_cookie("lode-lang", value.replace("\r\n", "").replace("\x00", ""))
    response = client.get(
        "/", query_string={"lang": value, value: value}, headers={"User-Agent": "<echoed>", "Referer": "<echoed>"}
    )
    assert response.status_code == 200
    assert "echoed" not in response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers
