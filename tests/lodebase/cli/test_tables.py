"""``lode import`` before anything is imported: the tables of a file, the first records, and what a command overrides."""

import json
from pathlib import Path

import openpyxl
import pytest
import yaml
from click.testing import CliRunner
from tests.lodedata.conftest import HEAD

from lodebase.cli.main import cli
from lodedata.errors import FileRefused

MAPPING = (
    HEAD
    + """
tables:
- key: "{id}"
  repeated_keys: merge
  kind: {const: deposit}
  name_en: name
  position: {lon: lon, lat: lat, crs: EPSG:4326}
  country: country
  commodities: [metal]
  estimates:
    - category: class
      ore: {column: ore, unit: Mt}
      measures: [{commodity: metal, grade: {column: grade, unit: "%"}}]
"""
)
ROWS = [
    ["id", "name", "lon", "lat", "country", "metal", "class", "ore", "grade"],
    [1, "Kolwezi", 25.46, -10.71, "COD", "copper", "indicated", 30, 2.5],
    [1, "Kolwezi", None, None, None, "cobalt", "indicated", 30, 0.4],
    [2, "Nowhere", 25, -10, "Atlantis", "copper", "inferred", 12, 1.9],
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Notes"
    sheet.append(["about", "this"])
    sheet.append(["made", "up"])
    sheet = workbook.create_sheet("Data")
    sheet.append(["Resources of the copper belt"])
    for row in ROWS:
        sheet.append(row)
    workbook.save(tmp_path / "t.xlsx")
    (tmp_path / "m.yml").write_text(MAPPING, encoding="utf-8")
    return tmp_path / "t.xlsx"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["import", *map(str, arguments)], catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_the_tables_of_a_file_are_listed_with_their_first_rows(book: Path) -> None:
    text = run("--sheets", book)
    assert "1. Notes" in text and "2. Data" in text
    assert "Kolwezi" in text
    notes, data = json.loads(run("--sheets", book, "--json"))
    assert (notes["name"], data["number"], data["columns"]) == ("Notes", 2, ROWS[0])
    assert data["rows"][0]["name"] == "Kolwezi"
    (only,) = json.loads(run("--sheets", book, "--sheet", "2", "--header-row", "3", "--json"))
    assert only["columns"][:2] == ["1", "Kolwezi"]


def test_a_preview_has_the_records_and_their_problems(book: Path) -> None:
    first, second = json.loads(run("--mapping", book.parent / "m.yml", book, "--sheet", "Data", "--preview", "--json"))
    assert (first["key"], first["row"]) == ("1", "t.xlsx, Data, row 3; t.xlsx, Data, row 4")
    assert first["record"]["commodities"] == ["copper", "cobalt (co-product)"]
    assert first["record"]["position"].startswith("25.460000, -10.710000, ±")
    assert first["record"]["estimates"] == [
        {
            "category": "indicated-mineral-resource",
            "category_reported": "indicated",
            "ore": "30 Mt",
            "measures": [{"commodity": "copper", "grade": "2.5 %"}, {"commodity": "cobalt", "grade": "0.4 %"}],
        }
    ]
    assert second["record"]["country_reported"] == "Atlantis"
    assert [(p["column"], p["refuses"]) for p in second["problems"]] == [("country", False)]
    text = run("--mapping", book.parent / "m.yml", book, "--sheet", "2", "--preview")
    shown = yaml.safe_load(text)
    assert shown[0]["record"]["name_en"] == "Kolwezi"
    assert shown[1]["problems"][0].startswith("country: ")


def test_a_suggestion_is_made_for_the_chosen_sheet(book: Path) -> None:
    assert 'part: "Data"' in run("--suggest", book, "--sheet", "Data")
    with pytest.raises(FileRefused, match="there is no sheet 'Other'; there are 'Notes', 'Data'"):
        run("--suggest", book, "--sheet", "Other")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--sheets"], "name the file, such as lode import --suggest FILE"),
        (["t.csv", "--preview"], "name the mapping: lode import --mapping MAPPING FILE --preview"),
        (["t.csv", "--sheets", "--header-row", "0"], "0 is not in the range x>=1"),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], sentence: str) -> None:
    assert sentence in run(*arguments)
