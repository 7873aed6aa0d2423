"""Which columns of a source everybody may read: those that a mapping reads or calls public."""

from pathlib import Path

import pytest
import yaml

from lodedata import sources
from lodedata.kinds import KINDS
from lodedata.mapping import Source, Tally
from lodedata.mapping.public_columns import list_public_columns
from lodedata.mapping.suggestion.document import write_mapping_suggestion
from lodedata.mapping.tables import read_mapped

ABOUT = """
name: own
title_en: Own
title_zh: 自有
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
"""
DEPOSITS = """
  - file: deposits.csv
    key: "{id}"
    kind: {const: deposit}
    name_en: name
    position: {lon: lon, lat: lat}
    country: {const: CHN}
    commodities: [metal]
"""
HEADER = "id,name,lon,lat,metal,phone,region\n"
ROW = "1,Deposit,103.1,36.1,copper,13812345678,Gansu\n"


def found(folder: Path, tables: str, about: str = "", **files: str) -> list[str]:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, "utf-8")
    source = Source.model_validate(yaml.safe_load(ABOUT + about + "tables:" + tables))
    tally = Tally()
    assert list(read_mapped(source, folder, tally))
    return list_public_columns(source, tally)


MAPPED = ["id", "lat", "lon", "metal", "name"]


@pytest.mark.parametrize(
    ("option", "about", "expected"),
    [
        ("", "", MAPPED),
        ("    ignored: {region: not mapped}\n", "", MAPPED),
        ("    ignored: {region: not mapped}\n    public_columns: [region]\n", "", [*MAPPED, "region"]),
        ("    public_columns: ['*']\n", "", ["*"]),
        ("", "public_columns: [region]\n", [*MAPPED, "region"]),
    ],
)
def test_columns_that_no_field_reads_are_closed(tmp_path: Path, option: str, about: str, expected: list[str]) -> None:
    assert found(tmp_path, DEPOSITS + option, about, deposits=HEADER + ROW) == expected


def test_columns_of_a_series_are_public_under_their_own_names(tmp_path: Path) -> None:
    table = """
  - file: projects.csv
    key: "{id}-{year}"
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat}
    country: {const: CHN}
    commodities: [{const: copper}]
    unpivot: {pattern: "cap (?P<year>[0-9]{4})", value: capacity}
    phases: [{capacity: {column: capacity, unit: kt/a, basis: metal}, product: {const: copper cathode}}]
"""
    content = "id,name,lon,lat,phone,cap 2020,cap 2021\n1,Smelter,103.1,36.1,13812345678,5,6\n"
    public = found(tmp_path, table, projects=content)
    assert {"id", "name", "lon", "lat", "cap 2020", "cap 2021"} <= set(public)
    assert "phone" not in public


def test_columns_of_a_joined_table_are_public_if_they_are_read(tmp_path: Path) -> None:
    table = (
        DEPOSITS
        + """
    join: [{file: more.csv, name: more, key: "{site}"}]
    aliases: [more.alias]
"""
    )
    public = found(tmp_path, table, deposits=HEADER + ROW, more="site,alias,email\n1,Old name,a@example.org\n")
    assert {"site", "alias", "name"} <= set(public)
    assert not {"email", "more.email", "phone"} & set(public)


def test_a_column_that_one_table_reads_and_another_one_does_not_is_closed(tmp_path: Path) -> None:
    second = DEPOSITS.replace("deposits.csv", "others.csv").replace("    name_en: name\n", "").replace("{id}", "b{id}")
    public = found(tmp_path, DEPOSITS + second, deposits=HEADER + ROW, others=HEADER + ROW)
    assert "name" not in public and "metal" in public


def test_a_suggestion_lists_the_closed_columns(tmp_path: Path) -> None:
    path = tmp_path / "deposits.csv"
    path.write_text("name,longitude,latitude,commodity,holder,legal_rep,phone\nA,103.1,36.1,copper,x,y,13812345678\n", "utf-8")
    text = write_mapping_suggestion(path)
    assert "closed" in text.split("ignored:")[0]
    table = yaml.safe_load(text)["tables"][0]
    assert table["public_columns"] == [] and {"holder", "legal_rep", "phone"} <= table["ignored"].keys()


def test_no_shipped_source_with_names_of_persons_opens_every_column() -> None:
    personal = {kind.name for kind in KINDS.values() if any(field.personal for field in kind.fields)}
    for name in sources.names():
        source = sources.load_source(name)
        kinds = {str(spec.kind.const) for spec in source.tables}
        assert "*" not in source.public_columns or not (kinds & personal), name
        assert not {"reporter", "holder", "phone"} & set(source.public_columns), name
