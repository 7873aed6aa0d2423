"""Official acts: imported by mapping; one that is here already is refused, and its twin named."""

import csv
from typing import TYPE_CHECKING

import yaml

from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

MAPPING = """
name: {name}
title_en: Acts
title_zh: 公文
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
    kind: {{const: official_act}}
    act_type: {{const: policy}}
    title_zh: title
    number: number
    issued_on: issued
"""
ACT = ("a", "关于规范管理的通知", "自然资规〔2026〕1号", "2026-09-09")


def load(table: "OwnTable", name: str, *rows: tuple[str, str, str, str]) -> Summary:
    path = table.folder / "acts.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "title", "number", "issued"), *rows])
    source = Source.model_validate(yaml.safe_load(MAPPING.format(name=name)))
    return run(table.store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


def test_an_act_twice_in_a_file_is_refused_and_its_twin_named(own_table: "OwnTable") -> None:
    summary = load(own_table, "acts", ACT, ("b", "《关于规范管理的通知》", "自然资规（2026）１号", "2026-09-10"))
    assert (summary.loaded, summary.quarantined) == (1, 1)
    ((reason,),) = own_table.one("SELECT jsonb_agg(reasons) FROM quarantine")
    identity = own_table.one("SELECT id FROM official_act")
    assert reason["rule"] == "act-twice" and reason["column"] is None
    assert all(f"/records/{identity}" in reason[language] for language in ("en", "zh"))
    assert "已有文号与标题相同的公文" in reason["zh"]


def test_an_act_of_another_source_is_refused_and_the_same_file_again_is_not(own_table: "OwnTable") -> None:
    load(own_table, "acts", ACT)
    assert load(own_table, "acts", ACT).unchanged == 1
    other = load(own_table, "more-acts", ACT, ("c", "另一通知", "自然资规〔2026〕1号", "2026-09-09"))
    assert (other.loaded, other.quarantined) == (1, 1)


def test_acts_without_a_number_are_twins_by_day_and_title(own_table: "OwnTable") -> None:
    same, later = ("b", ACT[1], "", ACT[3]), ("c", ACT[1], "", "2026-10-01")
    summary = load(own_table, "acts", ("a", ACT[1], "", ACT[3]), same, later, ("d", "无日期", "", ""), ("e", "无日期", "", ""))
    assert (summary.loaded, summary.quarantined) == (4, 1)
