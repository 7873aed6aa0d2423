"""Projects of recovery records: stated by the row, or the only project that matches by name, place and metal; made-up names."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

HEAD = """
name: own-{name}
title_en: Own {name}
title_zh: 自有数据
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
"""
PROJECTS = (
    HEAD.format(name="projects")
    + """
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 1000}
    country: country
    commodities: [metal]
    facility_types: type
"""
)
RECORDS = (
    HEAD.format(name="recoveries")
    + """
    kind: {const: recovery_record}
    name_en: name
    country: country
    longitude: lon
    latitude: lat
    recovery_stage: {const: processing}
    recovery_basis: {const: actual}
    year: year
    commodity: metal
    rate_reported_pct: rate
    fields: {project_source: source, project: project}
"""
)
PROJECT_ROWS = """id,name,lon,lat,country,metal,type
a,Tiririca Verde,-69.10,-24.20,CHL,copper,mine
b,Wombat Hollow,140.10,-30.20,AUS,copper,mine
c,Wombat Hollow,140.30,-30.20,AUS,copper,mine
d,Quillota Blanca,-70.10,-32.20,CHL,copper,smelter
"""
RECORD_ROWS = """id,name,lon,lat,country,metal,year,rate,source,project
1,Tiririca Verde,-69.11,-24.21,CHL,copper,2018,85,,
2,Tiririca Verde,-69.11,-24.21,CHL,copper,2019,86,,
3,Tiririca Verde,-69.11,-24.21,PER,copper,2018,85,,
4,Wombat Hollow,140.20,-30.20,AUS,copper,2018,85,,
5,Quillota Blanca,-70.10,-32.20,CHL,copper,2018,85,,
6,Another name,,,CHL,copper,2018,85,own-projects,d
7,Another name,,,CHL,copper,2018,85,own-projects,z
"""
LINKS = """
SELECT s.key, l.outcome, q.key FROM lode.recovery_project l
JOIN lode.member m ON m.record_id = l.record_id JOIN lode.source_record s ON s.id = m.source_record_id
LEFT JOIN lode.member n ON n.record_id = l.project_id LEFT JOIN lode.source_record q ON q.id = n.source_record_id ORDER BY 1
"""


def load(store: Store, folder: Path, mapping: str, text: str) -> None:
    summary = load_rows(store, folder, mapping, text)
    assert summary.quarantined == 0, summary.refused


def links(store: Store) -> list[tuple[str, str, str | None]]:
    with psycopg.connect(store.importer) as connection:
        return connection.execute(LINKS).fetchall()


def test_records_follow_the_projects_that_match(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path: Path
) -> None:
    with own_store("recoveries") as store:
        load(store, tmp_path, RECORDS, RECORD_ROWS)
        assert {outcome for _, outcome, _ in links(store)} == {"unmatched"}
        load(store, tmp_path, PROJECTS, PROJECT_ROWS)
        found = links(store)
        assert found[:3] == [("1", "matched", "a"), ("2", "matched", "a"), ("3", "unmatched", None)]
        # two mines of one name, and a smelter: no guess
        assert found[3][1:] in (("ambiguous", None), ("unmatched", None)) and found[4][1:] == ("unmatched", None)
        assert found[5:] == [("6", "stated", "d"), ("7", "unmatched", None)]
        load(store, tmp_path, RECORDS, "".join(RECORD_ROWS.splitlines(keepends=True)[:2]))
        assert links(store)[0] == ("1", "matched", "a")
