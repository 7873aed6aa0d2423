"""What the docs say is so: generated pages are fresh, commands and settings exist, links point at something."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
import yaml

from lodebase.cli.main import cli
from lodebase.settings import Settings, list_secret_variables
from lodedata import sources, vocab
from lodedata.mapping import Tally, load
from lodedata.mapping.tables import read_mapped
from lodedata.problems import RULES

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
GENERATED = sorted(path.name for path in (DOCS / "reference").glob("*.md"))
BOTH = (DOCS / "tutorial.md", DOCS / "tutorial.zh.md")
CHINESE = [page for page in PAGES if page.name.endswith(".zh.md")]
ENGLISH = [page for page in PAGES if page not in CHINESE]
NOT_SETTINGS = frozenset(
    {"LODE_PYTHON", "LODE_PUBLISHED_PORT", "LODE_LOAD_SECONDS", "LODE_FUZZ_CASES", "LODE_BENCH_RESOLVE"}
    | {"LODE_IMAGE", "LODE_POSTGIS_IMAGE", "LODE_CADDY_IMAGE", "LODE_SECRETS"}
    | {f"LODE_{service}_{limit}" for service in ("SITE", "TASKS", "DATABASE") for limit in ("MEMORY", "CPUS")}
    | {"LODE_DOMAIN", "LODE_UPSTREAM", "LODE_INTERNAL", "LODE_BUFFERS", "LODE_PUBLISHED_ADDRESS", "LODE_PROXY_MEMORY"}
)
"""Variables of the set-up script, of the proxy, of compose.yaml and of long runs, which the program does not read."""


@pytest.fixture(scope="module")
def generate() -> Iterator[ModuleType]:
    """docs/generate.py, which is no part of a package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        yield importlib.import_module("generate")


@pytest.fixture(scope="module")
def made(generate: ModuleType) -> dict[str, str]:
    pages: dict[str, str] = generate.pages()
    return pages


OF_THE_HOW_TO = ["run", "counts.by_country"]
"""A command that docs/develop/add-an-operation.md declares itself; test_developer_how_tos.py runs it in a copy."""


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def reference(name: str) -> str:
    return text(DOCS / "reference" / f"{name}.md")


def shell_lines(page: Path) -> Iterator[str]:
    """Yield the command lines of a page, with continued lines joined."""
    for block in re.findall(r"```sh(?: \w+)?\n(.*?)```", text(page), re.DOTALL):
        yield from (line for line in block.replace("\\\n", " ").splitlines() if line.strip())


def lode_commands() -> Iterator[tuple[str, list[str]]]:
    for page in PAGES:
        for line in shell_lines(page):
            arguments = shlex.split(line, comments=True)
            # a command ends where its output is sent elsewhere
            arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
            while arguments and re.match(r"[A-Z_]+=", arguments[0]):
                del arguments[0]
            at = next((n for n, word in enumerate(arguments) if word.endswith("bin/lode")), 0)
            if arguments and arguments[at].rpartition("bin/")[2] == "lode":
                yield f"{page.relative_to(ROOT)}: {line}", arguments[at + 1 :]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def test_every_generated_page_is_fresh(made: dict[str, str]) -> None:
    stale = [name for name, page in made.items() if reference(name.removesuffix(".md")) != page]
    assert not stale, f"run `make docs`: {stale}"


def test_no_page_of_the_reference_is_left_over(made: dict[str, str]) -> None:
    assert sorted(made) == GENERATED


def test_a_stale_page_is_reported(generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "settings.md").write_text("old")
    assert generate.main(["--check"]) == 1


def test_a_text_that_is_missing_or_not_used_stops_the_generator(generate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "texts.yml").write_text("models: {}\nstray: {a: b}\n")
    texts = generate.ReferenceTexts(tmp_path / "texts.yml")
    with pytest.raises(generate.TextError, match="Source"):
        texts.require("models", "Source")
    with pytest.raises(generate.TextError, match="stray"):
        texts.check_all_used()


def test_every_setting_is_documented() -> None:
    variables = [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert [v for v in variables if f"| `{v}` " not in reference("settings")] == []


def test_every_command_is_documented(generate: ModuleType) -> None:
    paths = [path for path, _ in importlib.import_module("reference_pages.program").commands()]
    assert len(paths) > 10
    assert [path for path in paths if f"## {path}\n" not in reference("commands")] == []


def test_every_rule_is_documented() -> None:
    assert [rule for rule in RULES if f"| `{rule}` |" not in reference("checks")] == []


def test_every_source_is_documented_with_licence_and_citation() -> None:
    for name in sources.names():
        section = reference("sources").split(f"## {name}\n")[1].split("\n## ")[0]
        about = sources.load_source(name)
        for text_ in (about.title_en, about.title_zh, about.publisher, about.licence.name, about.citation):
            assert " ".join(text_.split()) in section, name


def test_every_vocabulary_is_documented() -> None:
    assert [name for name in vocab.list_sources() if f"## {name}\n" not in reference("vocabularies")] == []
    assert set(vocab.names()) <= set(vocab.list_sources())


def test_each_command_in_the_docs_exists_with_its_options() -> None:
    found = list(lode_commands())
    assert len(found) > 20
    for where, arguments in found:
        if arguments[:2] == OF_THE_HOW_TO:
            continue
        command: click.Command = cli
        while isinstance(command, click.Group) and arguments:
            found_command = command.get_command(click.Context(command), arguments[0])
            if found_command is None:
                break
            command, arguments = found_command, arguments[1:]
        assert command is not cli or arguments == ["--version"], where
        options = {option for parameter in command.params for option in parameter.opts} | {"--version"}
        assert [word for word in arguments if word.startswith("--") and word not in options] == [], where


def test_each_setting_in_the_docs_exists() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()} | NOT_SETTINGS
    known |= {f"{variable}_FILE" for variable in list_secret_variables()}
    named = {(page.name, word) for page in PAGES for word in re.findall(r"\bLODE_[A-Z_]+\b", text(page))}
    assert [(page, word) for page, word in sorted(named) if word not in known] == []


def test_each_target_of_make_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {
        (page.name, word) for page in PAGES for word in re.findall(r"(?:^|`|=\d+ )make ([a-z-]+)", text(page), re.MULTILINE)
    }
    assert {"serve", "test"} <= {word for _, word in named}
    assert [(page, word) for page, word in sorted(named) if word not in targets] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_point_at_something(page: Path) -> None:
    without_code = re.sub(r"```.*?```|`[^`\n]*`", "", text(page), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name}: {target}"
        assert there.is_relative_to(ROOT), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(there), f"{page.name}: {target}"


def test_images_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert "map.png" in sizes
    assert [name for name, size in sizes.items() if size > 400_000] == []


def test_the_readme_says_the_same_in_both_languages() -> None:
    english, chinese = (text(ROOT / name) for name in ("README.md", "README.zh.md"))
    commands = [
        re.findall(r"^(?:make|\.venv/bin/lode) .*?(?=my-table|我的表格|$)", part, re.MULTILINE) for part in (english, chinese)
    ]
    assert commands[0] == commands[1]
    folders = [re.findall(r"^\| `(.+?)` \|", part, re.MULTILINE) for part in (english, chinese)]
    assert folders[0] == folders[1]
    assert all((ROOT / folder).is_dir() for folder in folders[0])
    for page in (english, chinese):
        assert len(page.splitlines()) <= 120
        assert re.search(r"^!\[.+\]\(docs/images/.+\)$", page, re.MULTILINE)


def code_of(page: Path) -> list[str]:
    """The blocks of code of a page, without comments and drawings, which are in the page's language."""
    blocks = [block for block in re.findall(r"^```.*?^```", text(page), re.DOTALL | re.MULTILINE) if "```mermaid" not in block]
    return [re.sub(r" +# .*$", "", block, flags=re.MULTILINE).replace("name_zh", "name_en") for block in blocks]


@pytest.mark.parametrize("page", CHINESE, ids=lambda page: page.name)
def test_a_chinese_page_has_the_code_and_headings_of_the_english_one(page: Path) -> None:
    english = page.with_name(page.name.replace(".zh.md", ".md"))
    assert f"({page.name})" in text(english) and f"({english.name})" in text(page)
    headings = [
        re.findall(r"^#+(?= )", re.sub(r"^```.*?^```", "", text(one), flags=re.S | re.M), re.M) for one in (english, page)
    ]
    assert headings[0] == headings[1]
    if page not in BOTH and page.name != "README.zh.md":
        assert code_of(page) == code_of(english)


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.name)
def test_an_english_page_has_no_chinese_sentences(page: Path) -> None:
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text(page), flags=re.DOTALL | re.MULTILINE)
    assert re.findall(r"[\u4e00-\u9fff][^\n。]*。", prose) == []


def test_both_tutorials_run_the_same_commands() -> None:
    english, chinese = (list(shell_lines(page)) for page in BOTH)
    assert english == [line.replace("-zh", "") for line in chinese]


@pytest.mark.parametrize("name", ["projects", "projects-zh"])
def test_the_example_of_the_tutorial_is_read_as_documented(name: str) -> None:
    mapping, table = DOCS / "examples" / f"{name}.yml", DOCS / "examples" / f"{name}.csv"
    readings = list(read_mapped(load(mapping), table, Tally()))
    assert [reading.refused for reading in readings] == [False, False, False, False, True]
    assert [problem.rule for problem in readings[4].problems if problem.refuses] == ["negative-amount"]
    (project,) = readings[0].records
    assert (project.country, project.division) == ("CHN", "CN-AH")  # type: ignore[union-attr]


def test_every_decision_has_its_four_parts_and_is_listed() -> None:
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    # a number is not used twice
    assert len({page.name[:3] for page in pages}) == len(pages)
    listed = text(DOCS / "decisions" / "README.md")
    for page in pages:
        assert re.findall(r"^## (.+)$", text(page), re.MULTILINE) == ["Context", "Decision", "Why", "Consequence"], page.name
        assert f"({page.name})" in listed
        assert len(text(page).split()) <= 400, page.name


def test_the_commit_hooks_run_targets_of_make() -> None:
    hooks = yaml.safe_load(text(ROOT / ".pre-commit-config.yaml"))["repos"][0]["hooks"]
    targets = [hook["entry"].split()[-1] for hook in hooks if hook["entry"].startswith("make ")]
    checked = re.search(
        r"^check:.*\n(?:\t.*\n)*?\t@\$\(MAKE\) --no-print-directory (.+)$", text(ROOT / "Makefile"), re.MULTILINE
    )
    assert checked is not None
    assert targets == checked[1].split()
