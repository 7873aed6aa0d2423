"""The how-tos for developers work word for word: their commands run in a copy of the checkout."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.flows.repository.operate_docs import ROOT, Block, blocks, operating_environment, run_blocks

FOLDER = ROOT / "docs" / "develop"
PRODUCT = ("geodata", "platform", "web/lodeweb", "migrations")
TOOLS = ("Makefile", "pyproject.toml")
PRINTED = {
    "add-a-field": "Fault Hill north-south faults",
    "add-a-kind": "North block A Mining 120.5",
    "add-a-source": "Second Hill [nickel]",
    "add-a-filter": "True of 0",
}
"""A row that each page's own commands print last."""
OPERATION = "add-an-operation"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the product's folders, whose files the commands may change."""
    for name in PRODUCT:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in TOOLS:
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PRINTED)
def test_the_commands_of_a_page_run(checkout: Path, made_home: Path, new_home: Path, name: str) -> None:
    """Run the English page; the Chinese one gives the same commands."""
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    environment = operating_environment(new_home, 8000, PYTHONPATH=paths_of(checkout))
    output = run_blocks(shell_blocks(name), environment, checkout)
    assert PRINTED[name] in " ".join(output.split()), output


def paths_of(checkout: Path) -> str:
    """Return the value of PYTHONPATH with which the packages of a copy are used."""
    return os.pathsep.join(str(checkout / part) for part in ("geodata", "platform", "web"))


def shell_blocks(page: str) -> list[Block]:
    return [block for block in blocks(FOLDER / f"{page}.md") if block.is_run]


def test_both_languages_give_the_same_commands() -> None:
    for name in (*PRINTED, OPERATION):
        english, chinese = (blocks(FOLDER / f"{name}{suffix}.md") for suffix in ("", ".zh"))
        assert [block.text for block in english] == [block.text for block in chinese], name


@pytest.mark.timeout(300)
def test_an_operation_of_the_page_is_a_route_with_three_formats_a_command_and_a_process(
    checkout: Path, made_home: Path, new_home: Path
) -> None:
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    environment = operating_environment(new_home, 8000, PYTHONPATH=os.pathsep.join((paths_of(checkout), str(ROOT))))
    printed = run_blocks(shell_blocks(OPERATION), environment, checkout)
    assert "country,label_en,label_zh,deposits CHN,China,中国," in " ".join(printed.split()), printed
    command = [sys.executable, "-m", "tests.flows.repository.declared_operation"]
    ended = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    countries = document["json"]["countries"]
    assert list(document["json"]) == ["commodity", "countries", "links"] and int(document["version"]) >= 1
    assert countries[0]["label"] == {"en": "China", "zh": "中国"} and countries[0]["deposits"] > 1
    status, media_type, page = document["page"]
    assert (status, media_type) == (200, "text/html; charset=utf-8")
    assert f"<li>中国: {countries[0]['deposits']}</li>" in page and "各国矿床数" in page
    media_type, disposition, table = document["csv"]
    assert (media_type, disposition) == ("text/csv; charset=utf-8", 'attachment; filename="lode-counts-by-country.csv"')
    assert table.splitlines()[:2] == ["\ufeffcountry,label_en,label_zh,deposits", f"CHN,China,中国,{countries[0]['deposits']}"]
    assert document["cached"] == [304, 200]
    assert '"general"' in document["limit"]
    for problems in zip(*document["errors"].values(), strict=True):
        assert {problem["status"] for problem in problems} == {400} and len({problem["detail"] for problem in problems}) == 2
    assert [one["parameter"] for one in document["errors"]["en"]] == ["commodity", "commodity", "f", "metal"]
    described = document["openapi"]
    assert described["summary"] == "The number of deposits of a metal by country"
    parameters = {parameter["name"]: parameter for parameter in described["parameters"] if "name" in parameter}
    assert parameters["commodity"]["required"] and parameters["f"]["schema"]["enum"] == ["json", "html", "csv"]
    assert set(described["responses"]["200"]["content"]) == {"application/json", "text/html", "text/csv"}
    assert document["process"]["inputs"]["commodity"]["minOccurs"] == 1
    status, result, refused = document["execution"]
    assert (status, result["countries"], refused) == (200, countries, 400)
