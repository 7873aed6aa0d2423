"""Whether a plant is in a key region of air-pollution control follows from prefectures where they are held."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import shapely
from tests.lodebase.layout.plants import check, finding, zoned

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Tally
from lodedata.records import SourceRow, Zone
from lodedata.sources import load_source as source_named


def prefectures(_tally: Tally) -> Iterator[Reading]:
    """Two prefectures of Shandong side by side: one that the key regions name, and one that they do not."""
    for code, name, box in (("371500", "聊城市", (111, 24, 112, 26)), ("370600", "烟台市", (112, 24, 114, 26))):
        wkb = shapely.to_wkb(shapely.multipolygons([shapely.box(*box)]), include_srid=False)
        yield Reading((SourceRow(code, b"{}", code),), (Zone(
            zone_kind="prefecture", code=code, name_en=name, name_zh=name, country="CHN", wkb=wkb, accuracy_m=6_000.0
        ),))  # fmt: skip


@pytest.mark.parametrize(
    ("lon", "result", "message"),
    [
        (111.5, "not_met", "聊城市列入国发〔2023〕24号名单"),
        (113.0, "met", "烟台市未列入国发〔2023〕24号名单"),
        (112.02, "not_enough_data", "项目临近烟台市、聊城市边界，其中聊城市列入国发〔2023〕24号名单"),
        (114.5, "not_enough_data", "山东省仅部分城市列入国发〔2023〕24号名单"),
    ],
)
def test_key_regions_follow_from_prefectures(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path: Path, lon: float, result: str, message: str
) -> None:
    """Without a boundary of the prefecture the result follows from the province, and the report lists the cities."""
    with own_store("layout_cities") as store:
        for source, zones_of in (("natural-earth", zoned), ("china-divisions", prefectures)):
            run(store.importer, ImportJob(source_named(source), tmp_path, zones_of, Boundaries(())))
        made = engines.create_checked_engine(store.addresses.site, "layout cities", alone=True)
        body = check(made, lon=lon)
        made.dispose()
    found = finding(body, "cn-2025-alumina-key-regions")
    assert (found["result"], message in found["reason_zh"]) == (result, True), found["reason_zh"]
    assert any(message in one["text_zh"] for one in body["uncertainty"])
