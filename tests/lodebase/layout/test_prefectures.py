"""The layout check with the prefectures that `make serve` loads: Zibo by name, in a key region of air-pollution control."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import orjson

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.planned.named_places import find_named_places
from lodebase.layout.reports.comparison import compare
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.layout.reports.report_summary import summary
from lodebase.statistics.figures import Known as Figures
from lodedata import rules, sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Tally
from lodedata.sources import readers

NAMED = {
    "Zibo": ("淄博市", False),
    "zibo, Shandong": ("淄博市", False),
    "Shandong, Zibo": ("淄博市", False),
    "山东淄博": ("淄博市", False),
    "山东 淄博": ("淄博市", False),
    "淄博市张店": ("张店区", False),
    "山东省淄博市桓台县": ("桓台县", False),
    "Huantai, Zibo": ("桓台县", False),
    "张店": ("张店区", False),
    "山东": ("山东省", False),
    "Zibo, Yunnan": (None, False),
    "100%": (None, False),
}
"""Texts, the place that each names, and whether it names others."""
ZIBO = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [118.05, 36.8]},
    "properties": {"product": "alumina", "capacity_tpa": 1_000_000, "project_type": "new"},
}


def test_alumina_in_zibo_does_not_meet_the_rule_of_key_regions(
    own_store: Callable[[str], AbstractContextManager[Store]],
) -> None:
    source, folder = sources.load_source(sources.DIVISIONS), sources.find_shipped_folder(sources.DIVISIONS)
    assert folder is not None

    def of_shandong(tally: Tally) -> Iterator[Reading]:
        rows = readers.get_source_reader(source.name)(source, folder, tally)
        return (row for row in rows if row.rows[0].key.rpartition("/")[2].startswith("37"))

    with own_store("layout_zibo") as store:
        run(store.importer, ImportJob(source, folder, of_shandong, Boundaries(()), partial=True))
        engine = engines.create_checked_engine(store.addresses.site, "layout zibo", alone=True)
        report = write_report(engine, Figures(), parse_candidate(ZIBO, date(2026, 11, 29)), rules.load_rules())
        body: Any = report.as_data()
        named = {text: find_named_places(engine, text) for text in NAMED}
        engine.dispose()
    place = {kind: one["name_zh"] for kind, one in body["zones"]["place"].items()}
    assert place == {"country": None, "division": "山东省", "prefecture": "淄博市", "county": "张店区"}
    assert (body["zones"]["country"], body["zones"]["division"]) == ("CHN", "CN-SD")
    (found,) = (finding for finding in body["findings"] if finding["id"] == "cn-2025-alumina-key-regions")
    assert found["result"] == "not_met"
    assert "淄博市列入国发〔2023〕24号名单" in found["reason_zh"]
    for text, (first, others) in NAMED.items():
        assert [one.name.in_language("zh") for one in named[text]][:1] == ([first] if first else []), text
        assert bool(named[text][1:]) == others, text
    require_same(report)
    sentences = summary(report, "zh")
    assert "重点区域严禁新增电解铝" in "".join(sentences)
    assert sentences[0] == "周边没有列出同类产品项目。"


def require_same(report: LayoutReport) -> None:
    """A stored report has lists where one of today has tuples, and one of an earlier version lacks fields."""
    stored = orjson.loads(orjson.dumps(report.as_data()))
    again = LayoutReport.read(stored)
    assert again.as_data() == stored
    found = compare(again, report)
    assert (found.same, found.inputs, found.findings.count()) == (True, (), {"added": 0, "removed": 0, "changed": 0})
    del stored["basis"], stored["inputs"]["place"]
    for finding in stored["findings"]:
        finding.pop("read_as", None)
    earlier = LayoutReport.read(stored)
    assert earlier.basis is None and earlier.checksum == report.checksum
    assert not compare(earlier, report).findings.changed
