"""Companies with their parents: a parent counts by its own names, not by one that is only like them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.pages.statistics.test_companies_and_supply import ABOUT, PROJECTS

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

PLANTS = """\
id,name,lon,lat,country,product,kt,status,start,owner,share,second,share2
1,Salar,-70.4,-23.6,CHL,lithium carbonate,100,operating,,Salar Lithium S.A.,100,,
2,Costa,-70.5,-23.7,CHL,lithium carbonate,50,operating,,Costa Lithium S.A.,100,,
3,Norte,-70.6,-23.8,CHL,lithium carbonate,20,operating,,Norte Lithium S.A.,100,,
4,Sur,-70.7,-23.9,CHL,lithium carbonate,10,operating,,Sur Lithium S.A.,100,,
"""
ORGANISATIONS = f"""
name: own-organisations
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: organisation}}
    name_en: name
    short_names: {{column: short, split: "|"}}
    parent: parent
    parent_share_pct: share
    country: {{const: CHL}}
    organisation_kind: {{const: enterprise}}
"""
COMPANIES = """\
id,name,short,parent,share
andes,Andes Minerals Ltd.,Andes Min,,
salar,Salar Lithium S.A.,,Andes Minerals Limited,60
costa,Costa Lithium S.A.,,Andes Minerals,60
norte,Norte Lithium S.A.,,Andes Min,
sur,Sur Lithium S.A.,,Andes Minerals Ltd.,34
"""


@pytest.fixture(scope="module")
def site(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("groups")
    with own_store("groups") as store, app_of(store) as app:
        for mapping, name, rows in ((PROJECTS, "plants.csv", PLANTS), (ORGANISATIONS, "companies.csv", COMPANIES)):
            _load(store, mapping, folder / name, rows)
        yield app.test_client()


def _load(store: Store, mapping: str, path: Path, rows: str) -> None:
    path.write_text(rows, "utf-8")
    source = Source.model_validate(yaml.safe_load(mapping))
    made = run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
    assert made.read == made.loaded, made.refused


def test_a_parent_counts_by_its_name_or_a_listed_short_name_and_from_half_of_the_shares(site: FlaskClient) -> None:
    found = site.get("/api/statistics/league?product=lithium-refinery&group=yes").get_json()
    assert {company["name"]["en"]: round(company["capacity_tpa"]) for company in found["companies"]} == {
        # Salar by its name, Norte by its listed short name
        "Andes Minerals Ltd.": 120_000,
        # "Andes Minerals" may be another body, and a third of the shares is no control
        "Costa Lithium S.A.": 50_000,
        "Sur Lithium S.A.": 10_000,
    }
    alone = site.get("/api/statistics/league?product=lithium-refinery").get_json()
    assert len(alone["companies"]) == 4
