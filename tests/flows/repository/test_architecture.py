"""docs/architecture.md leads a reader to the modules and symbols that it names, in both languages."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
PAGES = {language: ROOT / "docs" / name for language, name in (("en", "architecture.md"), ("zh", "architecture.zh.md"))}
PACKAGES = {"lodedata": "geodata", "lodebase": "platform", "lodeweb": "web"}
TOPICS = {
    "en": ("bbox is parsed", "matches are counted", "CSV column is declared", "message is translated"),
    "zh": ("bbox 的解析", "匹配数的计算", "CSV 列的声明", "消息的翻译"),
}


class Place(NamedTuple):
    """A row of the table: a topic, its module and the symbols to look at."""

    topic: str
    module: Path
    symbols: tuple[str, ...]


def places(language: str) -> list[Place]:
    rows = re.findall(r"^\| (.+?) \| \[`(.+?)`\]\((.+?)\) \| (.+?) \|$", PAGES[language].read_text("utf-8"), re.MULTILINE)
    assert all(link == f"../{path}" for _, path, link, _ in rows)
    return [Place(topic, ROOT / path, tuple(re.findall(r"`(\w+)`", symbols))) for topic, path, _, symbols in rows]


def defined(module: Path) -> set[str]:
    """Return the names that a module defines at its top level."""
    names = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize("language", PAGES)
def test_each_symbol_is_defined_in_the_module_of_its_row(language: str) -> None:
    found = places(language)
    assert len(found) >= 20
    missing = [(place.topic, symbol) for place in found for symbol in place.symbols if symbol not in defined(place.module)]
    assert missing == []
    assert [place.topic for place in found if not place.symbols] == []


@pytest.mark.parametrize("language", PAGES)
def test_the_places_that_a_newcomer_looks_for_are_in_the_table(language: str) -> None:
    topics = [place.topic for place in places(language)]
    assert [wanted for wanted in TOPICS[language] if sum(wanted in topic for topic in topics) != 1] == []


def test_both_languages_name_the_same_places() -> None:
    english, chinese = (places(language) for language in PAGES)
    assert [place[1:] for place in english] == [place[1:] for place in chinese]


@pytest.mark.parametrize("language", PAGES)
def test_each_module_in_the_text_and_in_the_drawings_exists(language: str) -> None:
    named = set(re.findall(r"(?<![\w/])(?:lodedata|lodebase|lodeweb)/[\w/]*(?:\.py|/)", PAGES[language].read_text("utf-8")))
    named -= {"lodedata/kinds/NAME.py", "lodebase/topics/NAME/operations.py"}
    assert len(named) > 15
    assert [path for path in named if not (ROOT / PACKAGES[path.split("/")[0]] / path).exists()] == []


@pytest.mark.parametrize("language", PAGES)
def test_each_rule_of_the_store_names_what_a_migration_or_a_function_file_makes(language: str) -> None:
    section = re.split(r"^##+ ", PAGES[language].read_text("utf-8"), flags=re.MULTILINE)
    (rules,) = [part for part in section if "`lode_history`" in part and "`keep_history`" in part]
    names = [
        name for cell in re.findall(r"^\|.+\| (`.+?) \|$", rules, re.MULTILINE) for name in re.findall(r"`\*?(\w+)`", cell)
    ]
    folders = (ROOT / "migrations/versions", ROOT / "platform/lodebase/db/functions")
    scripts = "".join(path.read_text("utf-8") for folder in folders for path in folder.rglob("*.sql"))
    assert len(names) >= 20
    assert [name for name in names if name not in scripts] == []
