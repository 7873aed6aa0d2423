"""The check of terms finds the terms that Lode avoids, where they are defined or read, and nowhere else."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
TERMS = {"shelf": "report group", "told": "reported"}


@pytest.fixture(scope="module")
def check() -> ModuleType:
    """The script, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("check_words", ROOT / "scripts" / "check_words.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_words"] = module
    spec.loader.exec_module(module)
    return module


def lines(check: ModuleType, path: str, source: str) -> list[int]:
    return [finding.line for finding in check.find(path, source, TERMS)]


@pytest.mark.parametrize(
    "source",
    [
        "class ShelfPage: ...",
        "def open_shelf(): ...",
        "async def openShelf(): ...",
        "def save(shelf): ...",
        "shelf_name = 1",
        "page.shelf = 1",
        "import json as shelf",
        "for shelf in (): ...",
        "# a shelf",
        "def save():\n    'Save to a shelf.'",
        "limit = 1\n'The limit of a shelf.'",
    ],
)
def test_a_definition_comment_or_docstring_of_python_is_found(check: ModuleType, source: str) -> None:
    assert lines(check, "page.py", source) == [source.count("\n") + 1]


@pytest.mark.parametrize(
    "source", ["print(page.shelf)", "text = 'a shelf'", "from page import shelf", "shelves = bookshelf = 1"]
)
def test_a_use_a_value_and_a_longer_term_of_python_are_not(check: ModuleType, source: str) -> None:
    assert lines(check, "page.py", source) == []


def test_the_name_of_a_module_counts(check: ModuleType) -> None:
    assert lines(check, "web/open_shelf.py", "") == [1]
    assert lines(check, "web/openShelf.js", "") == [1]


@pytest.mark.parametrize(
    "source",
    [
        "const openShelf = 1;",
        "function openShelf() {}",
        "function save(shelf, page) {}",
        "const save = (page, shelf) => 1;",
        "pages.map(shelf => 1);",
        "const {shelf, page} = state;",
        "class Shelf {}",
        "class Page { save(shelf) {} }",
        "// a shelf",
        "/* a\n shelf */",
    ],
)
def test_a_declaration_or_comment_of_javascript_is_found(check: ModuleType, source: str) -> None:
    assert lines(check, "page.js", source) == [source.count("\n") + 1]


@pytest.mark.parametrize("source", ["open(state.shelf);", 'const text = "a // shelf";', "const text = `a\nshelf`;"])
def test_a_use_and_a_value_of_javascript_are_not(check: ModuleType, source: str) -> None:
    assert lines(check, "page.js", source) == []


def test_texts_and_comments_of_a_template_are_found_and_its_code_is_not(check: ModuleType) -> None:
    source = '{# a shelf #}\n<p class="shelf">{{ shelf }}</p>\n<a title="a shelf">Open\nthe shelf</a>{% if shelf %}{% endif %}'
    assert lines(check, "page.html", source) == [1, 3, 4]


def test_texts_of_translations_are_found(check: ModuleType) -> None:
    source = 'msgid "the page"\nmsgstr "shelf"\n\nmsgid "the shelf"\nmsgstr ""\n'
    assert lines(check, "messages.po", source) == [4]


def test_documentation_is_found_in_any_case(check: ModuleType) -> None:
    assert lines(check, "page.md", "A page.\nA Shelf. `lode shelf`") == [2, 2]


def test_a_finding_names_place_and_replacement(check: ModuleType) -> None:
    (finding,) = check.find("docs/page.md", "\nA shelf.", TERMS)
    assert finding.sentence(TERMS) == "docs/page.md:2: shelf -> report group"


@pytest.fixture
def listed(check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a page that has one term, and an empty list."""
    check.subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("A shelf.")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "WORD_LIST", tmp_path / "list.toml")
    return tmp_path / "list.toml"


def write_list(path: Path, checked: str, exception: str = "") -> None:
    rule = f'[[exceptions]]\npath = "{exception}"\nword = "shelf"\nreason = "a name"\n' if exception else ""
    path.write_text(f'checked = ["{checked}"]\n[replacements]\nshelf = "report group"\n{rule}')


def test_a_checked_folder_with_a_term_fails(check: ModuleType, listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_list(listed, "docs")
    assert check.main([]) == 1
    assert capsys.readouterr().out == "docs/page.md:1: shelf -> report group\n"


def test_a_path_that_is_not_listed_is_checked_only_when_given(check: ModuleType, listed: Path) -> None:
    write_list(listed, "list.toml")
    assert check.main([]) == 0
    assert check.main(["docs/page.md"]) == 1


def test_an_exception_allows_a_term(check: ModuleType, listed: Path) -> None:
    write_list(listed, "docs", "docs/page.md")
    assert check.main([]) == 0


def test_an_exception_that_is_not_needed_fails(check: ModuleType, listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_list(listed, "docs", "docs")
    (listed.parent / "docs/page.md").write_text("A report group.")
    assert check.main([]) == 1
    assert capsys.readouterr().out == "list.toml: the exception for shelf in docs is not needed\n"


def test_each_exception_of_the_list_has_a_reason(check: ModuleType) -> None:
    word_list = check.WordList.read(check.WORD_LIST)
    assert {rule.word for rule in word_list.exceptions} <= set(word_list.terms)
    assert [rule for rule in word_list.exceptions if len(rule.reason) < 10] == []
