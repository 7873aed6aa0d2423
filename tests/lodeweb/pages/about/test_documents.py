"""Documents of the project as pages: complete, linked with one another, in the reader's language."""

import re

import pytest
from flask.testing import FlaskClient

from lodeweb.pages.about import documents


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_link_between_documents_leads_to_a_page_and_every_picture_is_there(lang: str) -> None:
    for name in documents.list_document_files():
        html = documents.read_document(name, lang).html
        for target in re.findall(r'href="/help/([^"#]+)', html):
            assert target in documents.list_document_files(), (name, target)
        for picture in re.findall(r'src="/help/images/([^"]+)"', html):
            assert (documents.IMAGES / picture).is_file(), (name, picture)
        assert "<h1" not in html and ".md" not in re.sub(r"(?s)<(code|pre).*?</\1>|>[^<]*<", "", html), name


def test_a_chinese_reader_gets_the_chinese_document_where_there_is_one(client: FlaskClient) -> None:
    page = client.get("/help/use/check-a-list?lang=zh").get_data(as_text=True)
    assert "<h1>核查企业是否在名单内</h1>" in page and "English only" not in page and 'href="check-a-list' not in page
    page = client.get("/help/reference/settings?lang=zh").get_data(as_text=True)
    assert '<article class="document" lang="en">' in page and "只有英文版" in page


def test_tables_and_code_of_a_document_are_shown(client: FlaskClient) -> None:
    page = client.get("/help/use/check-a-list?lang=en").get_data(as_text=True)
    assert "<table>" in page and '<code class="language-sh">' in page and '<h2 id="check-one-firm">' in page


def test_text_of_a_document_is_never_markup() -> None:
    assert "<script" not in documents.read_document("reference/settings", "en").html
    assert documents._MARKDOWN.render("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


@pytest.mark.parametrize("name", ["nothing", "../LICENSE", "use/../../LICENSE", "images/nothing.png", "use", "how-to/nothing"])
def test_nothing_else_of_the_project_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/help/{name}").status_code == 404


@pytest.mark.parametrize(("lang", "titles"), [("en", ("Tutorial", "Find a company")), ("zh", ("教程", "查找企业及其权属"))])
def test_the_list_of_help_names_the_guides(client: FlaskClient, lang: str, titles: tuple[str, str]) -> None:
    page = client.get(f"/help?lang={lang}").get_data(as_text=True)
    assert all(title in page for title in titles)
    assert client.get(f"/terms?lang={lang}").status_code == 200


def test_every_title_of_the_chinese_list_is_chinese(client: FlaskClient) -> None:
    page = client.get("/help?lang=zh").get_data(as_text=True)
    titles = re.findall(r'<a href="/help/[^"]+"[^>]*>([^<]+)</a>', page.partition("<main")[2])
    assert len(titles) > 50
    assert [title for title in titles if not re.search(r"[\u4e00-\u9fff]", title)] == []
    # what is written in English only says so
    assert "设置（英文）" in titles and "方法" in titles


@pytest.mark.parametrize(
    ("lang", "users", "operators"), [("en", "For users", "For operators"), ("zh", "用户指南", "运行维护与开发")]
)
def test_guides_for_users_come_before_those_for_operators(client: FlaskClient, lang: str, users: str, operators: str) -> None:
    page = client.get(f"/help?lang={lang}").get_data(as_text=True)
    first, _, second = page.partition(f'<h2 id="operators">{operators}')
    assert f'<h2 id="users">{users}' in first and second
    assert all(f'href="/help/{name}"' in first for name in ("data/add-data-of-china", "use/qgis", "methods/coverage"))
    assert all(f'href="/help/{name}"' in second for name in ("tutorial", "operate/install", "reference/settings"))
    linked = set(re.findall(r'href="/help/([^"]+)"', page)) - {"changelog"}
    missing = {
        name
        for name in documents.list_document_files()
        if name.partition("/")[0] in ("use", "data", "develop", "methods", "operate")
    } - linked
    assert not missing


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_examples_for_users_have_the_address_of_this_site(client: FlaskClient, lang: str) -> None:
    for name in ("use/download", "use/find-a-company", "use/use-an-api-key", "use/pandas"):
        page = client.get(f"/help/{name}?lang={lang}", base_url="http://localhost/").get_data(as_text=True)
        assert "http://localhost/" in page
        assert "127.0.0.1:8000" not in page and "localhost:8000" not in page and "lode.example.org" not in page
    # the server of an operator is another
    assert "127.0.0.1:8000" in client.get(f"/help/operate/install?lang={lang}").get_data(as_text=True)


def test_the_address_of_a_site_is_never_markup() -> None:
    guide = documents.adapt_to_site(documents.read_document("use/pandas", "en"), 'http://"><script>/')
    assert "<script>" not in guide.html


def test_the_former_address_of_a_guide_redirects_to_its_present_folder(client: FlaskClient) -> None:
    for guide, folder in (("check-a-list", "use"), ("desk", "data"), ("send-mail", "operate"), ("add-a-field", "develop")):
        response = client.get(f"/help/how-to/{guide}?lang=zh")
        assert (response.status_code, response.location) == (301, f"/help/{folder}/{guide}?lang=zh")
    former = client.get("/help/reference/store?lang=zh")
    assert (former.status_code, former.location) == (301, "/help/architecture?lang=zh")
