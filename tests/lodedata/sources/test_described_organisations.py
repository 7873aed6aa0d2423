"""The organisations that Lode describes, each with its citation, and the Chinese names of owners in the register."""

import csv
from collections import defaultdict

import pytest
import yaml

from lodedata import sources, starter
from lodedata.mapping import Tally
from lodedata.mapping.tables import read_mapped
from lodedata.organisations.described import body_of_name
from lodedata.organisations.names import comparable_name, short_name

WANTED = (
    *("Huayou", "CNGR", "CATL", "Tsingshan", "Ganfeng", "Tianqi", "CMOC", "Zijin", "Jinchuan", "Codelco", "Glencore", "Vale"),
    *("华友钴业", "格林美", "中伟", "宁德时代", "青山控股", "赣锋锂业", "天齐锂业", "洛阳钼业", "紫金矿业", "金川集团"),
    *("智利铜业", "嘉能可", "淡水河谷", "GEM Co., Ltd."),
)


def rows() -> list[dict[str, str]]:
    folder = sources.shipped_folder("lode-organisations")
    assert folder is not None
    return list(csv.DictReader((folder / "organisations.csv").read_text("utf-8").splitlines()))


def test_at_least_a_hundred_groups_are_read_without_a_problem() -> None:
    folder = sources.shipped_folder("lode-organisations")
    assert folder is not None
    readings = list(read_mapped(sources.source("lode-organisations"), folder, Tally()))
    assert len(readings) >= 100
    assert [reading.problems for reading in readings if reading.problems] == [], "codes have right check characters"


def test_each_group_has_a_seat_and_says_what_it_rests_on_in_both_languages() -> None:
    assert all(row["country"] and row["note_en"] and row["note_zh"] for row in rows())


def test_a_share_is_given_with_its_parent_and_date_only() -> None:
    shares = [row for row in rows() if row["parent_share_pct"]]
    assert shares
    assert all(row["parent"] and row["parent_date"] for row in shares)


def test_a_name_belongs_to_one_group() -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        for column in ("name_en", "name_zh", "aliases", "former_names", "short_names"):
            for name in filter(None, row[column].split("|")):
                keys[comparable_name(name)].add(row["key"])
    assert {name: owners for name, owners in keys.items() if len(owners) > 1} == {}


@pytest.mark.parametrize("name", WANTED)
def test_a_large_group_is_described(name: str) -> None:
    short = {part: row["key"] for row in rows() for part in row["short_names"].split("|")}
    assert name in short or body_of_name(name) is not None or any(one.startswith(name) for one in short)


def test_no_subsidiary_in_the_register_has_the_chinese_name_of_its_parent() -> None:
    english: dict[str, set[str]] = defaultdict(set)
    for path in sorted(starter.folder().glob("*.yml")):
        for record in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader).get("records") or []:
            for owner in record.get("owners") or []:
                if owner.get("name_zh") and owner.get("name_en"):
                    english[owner["name_zh"]].add(owner["name_en"])
    bodies = {
        chinese: {body_of_name(name) or short_name(name).replace("aluminium", "aluminum") for name in names}
        for chinese, names in english.items()
    }
    assert {chinese: english[chinese] for chinese, found in bodies.items() if len(found) > 1} == {}
