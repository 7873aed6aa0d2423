"""Names of organisations at the desk: an expert decides which organisation a name means, with a reason."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
import yaml
from flask import Flask
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

MAPPING = """
name: own-acts
title_en: Acts
title_zh: 公文
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: official_act}
    act_type: {const: policy}
    title_zh: title
    issuer: issuer
    country: country
"""
ROWS = [
    ("id", "title", "issuer", "country"),
    ("a", "甲", "江西铜业集团有限公司", "CHN"),
    ("b", "乙", "江西铜业股份有限公司", "CHN"),
    ("c", "丙", "江西铜业", "CHN"),
]
RIGHTS = """
name: own-rights
title_en: Rights
title_zh: 矿业权
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    position: {ring: corners}
    holder: holder
"""
RIGHT_ROWS = [("id", "corners", "holder"), ("T1", "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2", "MATERIAS VARIAS")]
PAGE = "/desk/organisations"


@pytest.fixture(scope="module")
def app(own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site on which one name may mean two organisations."""
    folder = tmp_path_factory.mktemp("tables")
    with own_store("desk_organisations") as store:
        add_accounts(store, "expert", "contributor")
        for mapping, rows in ((MAPPING, ROWS), (RIGHTS, RIGHT_ROWS)):
            source = Source.model_validate(yaml.safe_load(mapping))
            path = folder / f"{source.name}.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(rows)
            run(store.importer, ImportJob(source, path, partial(read_mapped, source, path), Boundaries(())))
        made = create_app(settings_of(store.addresses))
        yield made
        closed(made)


def test_an_expert_decides_with_a_reason(app: Flask) -> None:
    expert = signed_in(app, "expert")
    page = expert.get(PAGE, query_string={"lang": "zh"}).get_data(as_text=True)
    assert "江西铜业" in page and "所指企业或机构" in page
    assert "中国 · 提及 1 次" in page and "简称一致 (0.75)" in page
    candidates = re.findall(r'name="organisation" value="([^"]+)"', page)
    assert len(candidates) == 2
    form = {"comparable": "江西铜业", "country": "CHN", "organisation": candidates[0], "csrf_token": token(expert, PAGE)}
    refused = expert.post(f"{PAGE}?lang=zh", data=form | {"reason": ""})
    assert refused.status_code == 400 and "请写明依据" in refused.get_data(as_text=True)
    stored = expert.post(PAGE, data=form | {"reason": "登记信息一致"})
    assert (stored.status_code, stored.headers["Location"]) == (303, f"{PAGE}?done=1")
    assert "稍后即生效" in expert.get(f"{PAGE}?done=1&lang=zh").get_data(as_text=True)


def test_a_contributor_does_not_decide(app: Flask) -> None:
    assert signed_in(app, "contributor").get(PAGE).status_code == 403


def test_an_expert_decides_on_a_holder_and_undoes_it(app: Flask) -> None:
    expert, page = signed_in(app, "expert"), "/desk/holders"
    shown = expert.get(page, query_string={"lang": "zh"}).get_data(as_text=True)
    assert "MATERIAS VARIAS" in shown and "建议：自然人" in shown
    form = {"name": "MATERIAS VARIAS", "holder_kind": "organisation", "csrf_token": token(expert, page)}
    refused = expert.post(f"{page}?lang=zh", data=form | {"name": "无此名", "reason": "登记信息一致"})
    assert refused.status_code == 404 and "没有此名称" in refused.get_data(as_text=True)
    assert expert.post(page, data=form | {"reason": "the register of companies"}).status_code == 303
    decided = expert.get(page).get_data(as_text=True)
    (undo,) = re.findall(r'action="(/desk/holders/\d+/undo)"', decided)
    assert expert.post(undo, data=form).headers["Location"] == f"{page}?done=1"
    assert "已由 expert 撤销" in expert.get(page).get_data(as_text=True)
    assert signed_in(app, "contributor").get(page).status_code == 403


def test_decisions_of_all_kinds_are_one_list_where_they_are_undone(app: Flask) -> None:
    expert, page = signed_in(app, "expert"), "/desk/decisions"
    holder = {"name": "MATERIAS VARIAS", "holder_kind": "natural-person", "reason": "a register of persons"}
    expert.post("/desk/holders", data=holder | {"csrf_token": token(expert, page)})
    named = re.findall(r'name="organisation" value="([^"]+)"', expert.get(PAGE).get_data(as_text=True))
    form = {"comparable": "江西铜业", "country": "CHN", "csrf_token": token(expert, page), "reason": "登记信息一致"}
    if named:
        assert expert.post(PAGE, data=form | {"organisation": named[0]}).status_code == 303
    everything = expert.get(page, query_string={"lang": "en"}).get_data(as_text=True)
    assert "MATERIAS VARIAS" in everything and "江西铜业 · China" in everything
    of_kind = expert.get(page, query_string={"kind": "organisation_decision", "lang": "en"}).get_data(as_text=True)
    assert "MATERIAS VARIAS" not in of_kind and "登记信息一致" in of_kind
    (undo,) = re.findall(r'action="(/desk/decisions/[^"]+/undo)"', of_kind)
    assert expert.post(undo, data={"csrf_token": token(expert, page), "reason": "no"}).status_code == 400
    undone = expert.post(undo, data={"csrf_token": token(expert, page), "kind": "organisation_decision"})
    assert undone.headers["Location"] == f"{page}?kind=organisation_decision&done=1"
    assert "undone by expert" in expert.get(f"{page}?kind=organisation_decision&lang=en").get_data(as_text=True)
    assert expert.post(undo, data={"csrf_token": token(expert, page)}).status_code == 400
    missing = f"{page}/00000000-0000-0000-0000-000000000000/undo"
    assert expert.post(missing, data={"csrf_token": token(expert, page)}).status_code == 404
    wrong = expert.get(page, query_string={"kind": "price", "lang": "en"})
    assert wrong.status_code == 400 and "must be one of" in wrong.get_data(as_text=True)
    assert "江西铜业" in expert.get(PAGE).get_data(as_text=True), "the name waits again"
    assert signed_in(app, "contributor").get(page).status_code == 403
