"""The layout check with the prefectures that `make serve` loads: Zibo is in a key region of air-pollution control."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.layout.candidate import parse_candidate
from lodebase.layout.report import report
from lodebase.statistics.figures import Known as Figures
from lodedata import rules, sources
from lodedata.boundaries import Boundaries
from lodedata.mapping import Reading, Tally
from lodedata.sources import readers

ZIBO = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [118.05, 36.8]},
    "properties": {"product": "alumina", "capacity_tpa": 1_000_000, "project_type": "new"},
}


def test_alumina_in_zibo_does_not_meet_the_rule_of_key_regions(
    own_store: Callable[[str], AbstractContextManager[Store]],
) -> None:
    source, folder = sources.source(sources.DIVISIONS), sources.shipped_folder(sources.DIVISIONS)
    assert folder is not None

    def of_shandong(tally: Tally) -> Iterator[Reading]:
        rows = readers.reader(source.name)(source, folder, tally)
        return (one for one in rows if one.rows[0].key.rpartition("/")[2].startswith("37"))

    with own_store("layout_zibo") as store:
        run(store.importer, ImportJob(source, folder, of_shandong, Boundaries(()), partial=True))
        engine = engines.engine(store.addresses.site, "layout zibo", alone=True)
        body = report(engine, Figures(), parse_candidate(ZIBO, date(2026, 11, 29)), rules.load_rules()).as_data()
        engine.dispose()
    place = {kind: one["name_zh"] for kind, one in body["zones"]["place"].items()}
    assert place == {"country": None, "division": "山东省", "prefecture": "淄博市", "county": "张店区"}
    assert (body["zones"]["country"], body["zones"]["division"]) == ("CHN", "CN-SD")
    (found,) = (one for one in body["findings"] if one["id"] == "cn-2025-alumina-key-regions")
    assert found["result"] == "not_met"
    assert "淄博市列入国发〔2023〕24号名单" in found["reason_zh"]
