"""Organisations derived from the owners of projects, after each import and only as far as it changed something."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lodebase.db import engine as engines
from lodebase.desk.decisions import organisation_decisions
from lodebase.desk.decisions.decision_rows import undo_decision
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import NotFound
from lodebase.ingest.entered import unserved
from lodebase.ingest.run import ImportJob, run
from lodebase.organisations import find
from lodebase.search.lookup import search
from lodebase.search.suggestion import SearchQuery
from lodedata import sources
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping.tables import read_mapped
from lodedata.normal_form import normalise_search_text

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

PROJECT = {"kind": "project", "product": "refined copper", "status": "operating", "country": "CHN"}
NAMES = "SELECT coalesce(name_zh, name_en), aliases FROM organisation ORDER BY 1"
MENTIONS = """
SELECT p.name_en, m.role, m.name, m.method, coalesce(o.name_zh, o.name_en)
FROM organisation_mention m JOIN project p ON p.id = m.record_id LEFT JOIN organisation o ON o.id = m.organisation_id
WHERE m.record_kind = 'project' ORDER BY 1
"""


def projects(*owners: str | None, country: str = "CHN") -> list[dict[str, Any]]:
    return [{"id": f"{n}", **PROJECT, "country": country, "owner": owner or ""} for n, owner in enumerate(owners)]


def test_owners_become_organisations_and_short_names_join_the_only_one(own_table: "OwnTable") -> None:
    own_table.load(projects("紫金矿业集团股份有限公司", "紫金矿业", "紫金矿业集团股份有限公司 ", None, "unknown"))
    assert own_table.all(NAMES) == [("紫金矿业集团股份有限公司", ["紫金矿业"])]
    assert [row[3] for row in own_table.all(MENTIONS)] == ["exact", "short", "exact"]


def test_a_group_and_its_listed_company_are_two_and_their_short_name_is_left_open(own_table: "OwnTable") -> None:
    own_table.load(projects("江西铜业集团有限公司", "江西铜业股份有限公司", "江西铜业"))
    assert [row[0] for row in own_table.all(NAMES)] == ["江西铜业股份有限公司", "江西铜业集团有限公司"]
    assert own_table.all(MENTIONS)[2][3:] == (None, None)


def of_countries(name: str, *countries: str) -> list[dict[str, Any]]:
    return [dict(row, id=country, country=country) for country in countries for row in projects(name)]


def test_the_names_of_a_government_are_one_organisation_of_its_country(own_table: "OwnTable") -> None:
    names = ("DRC government", "Government of the Democratic Republic of the Congo", "刚果（金）政府", "Gecamines")
    own_table.load([dict(row, country="COD" if row["id"] != "0" else "ZMB") for row in projects(*names)])
    found = own_table.all("SELECT name_en, name_zh, country, site_countries, organisation_kind FROM organisation ORDER BY 1")
    assert found == [
        ("Gecamines", None, None, ["COD"], None),
        ("Government of the Democratic Republic of the Congo", "刚果（金）政府", "COD", ["COD", "ZMB"], "authority"),
    ]
    assert own_table.all("SELECT aliases FROM organisation WHERE name_zh IS NOT NULL") == [(["DRC government"],)]


SEATS = "SELECT name_en, country, site_countries FROM organisation ORDER BY 1, 2"


def test_the_same_name_in_several_countries_is_one_organisation_whose_seat_is_not_theirs(own_table: "OwnTable") -> None:
    own_table.load(of_countries("African Eagle Resources plc", "TZA", "MOZ", "ZMB"))
    assert own_table.all(SEATS) == [("African Eagle Resources plc", None, ["MOZ", "TZA", "ZMB"])]


def test_an_authority_of_the_same_name_is_one_in_each_country(own_table: "OwnTable") -> None:
    own_table.load(of_countries("Ministry of Mines", "ZMB", "COD"))
    assert own_table.one("SELECT count(*) FROM organisation WHERE organisation_kind = 'authority'") == 2


@pytest.mark.parametrize(
    ("name", "countries", "shown", "seat"),
    [
        ("Inmet Mining Ltd. (Canada)", ["PNG"], "Inmet Mining Ltd.", "CAN"),
        ("Sterlite Industries (India) Ltd.", ["AUS"], "Sterlite Industries (India) Ltd.", "IND"),
        ("Sherritt Gordon GmbH", ["DEU"], "Sherritt Gordon GmbH", "DEU"),
        ("S.E.K. (M) Sdn. Bhd.", ["MYS"], "S.E.K. (M) Sdn. Bhd.", "MYS"),
        ("Ganfeng Lithium", ["MLI"], "Ganfeng Lithium", None),
        ("Konkola Copper Mines plc (Anglo American, 65%)", ["ZMB"], "Konkola Copper Mines plc", None),
    ],
)
def test_the_seat_is_that_of_the_body_and_not_of_its_site(
    own_table: "OwnTable", name: str, countries: list[str], shown: str, seat: str | None
) -> None:
    own_table.load(of_countries(name, *countries))
    assert own_table.all("SELECT name_en, country FROM organisation WHERE name_en NOT LIKE 'Anglo%'") == [(shown, seat)]


def test_a_name_with_lost_letters_is_repaired_or_marked(own_table: "OwnTable") -> None:
    own_table.load(projects("Soci\ufffdt\ufffd Le Nickel", "Marmor\ufffd S.A."))
    assert own_table.all("SELECT name_en, flags FROM organisation ORDER BY 1") == [
        ("Marmor\ufffd S.A.", ["name-damaged"]),
        ("Soci\u00e9t\u00e9 Le Nickel", []),
    ]


def test_an_owner_with_its_share_in_brackets_is_an_organisation_of_its_own(own_table: "OwnTable") -> None:
    own_table.load(projects("Albras (Companhia Vale do Rio Doce: 51%, private: 49%)"))
    assert sorted(row[0] for row in own_table.all(NAMES)) == ["Albras", "Companhia Vale do Rio Doce"]


def test_a_later_import_changes_only_what_it_concerns(own_table: "OwnTable") -> None:
    own_table.load(projects("Zijin Mining", "Codelco"))
    before = dict(own_table.all("SELECT name_en, since_version FROM organisation"))
    own_table.load(projects("Zijin Mining", "Codelco", "Zijin Mining Group Co., Ltd."))
    after = dict(own_table.all("SELECT name_en, since_version FROM organisation"))
    assert after == {"Codelco": before["Codelco"], "Zijin Mining Group Co., Ltd.": before["Zijin Mining"] + 1}
    assert own_table.one("SELECT aliases FROM organisation WHERE name_en LIKE 'Zijin%'") == ["Zijin Mining"]
    assert own_table.load(projects("Zijin Mining", "Codelco", "Zijin Mining Group Co., Ltd.")).dataset_version == 2
    own_table.load(projects("Zijin Mining", "Codelco", "Codelco"))
    assert sorted(row[0] for row in own_table.all(NAMES)) == ["Codelco", "Zijin Mining"]
    assert own_table.one("SELECT count(*) FROM lode_history.organisation") == 2


def test_a_decision_of_an_expert_goes_before_names(own_table: "OwnTable") -> None:
    own_table.load(of_countries("Ministry of Mines", "CHL", "PER"))
    engine = engines.create_checked_engine(own_table.store.addresses.desk, "tests", statement_timeout_s=20, pool_size=1)
    site = engines.create_checked_engine(own_table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
    with site.connect() as connection:
        waiting = organisation_decisions.open_names(connection, 10)
    assert [(open_name.country, open_name.elsewhere, len(open_name.candidates)) for open_name in waiting] == [
        ("CHL", True, 2),
        ("PER", True, 2),
    ]
    chosen = own_table.one("SELECT id FROM organisation WHERE site_countries = '{CHL}'")
    name = {"comparable": waiting[1].comparable, "country": "PER", "organisation": chosen, "reason": "the same register entry"}
    with open_write_transaction(engine, "an expert") as connection:
        organisation_decisions.decide(connection, name, "an expert")
    with site.connect() as connection:
        assert [name.country for name in organisation_decisions.open_names(connection, 10)] == ["CHL"]
    site.dispose()
    assert unserved.serve(own_table.store.importer, 0.8, 10) is not None
    assert unserved.serve(own_table.store.importer, 0.8, 10) is None
    assert own_table.all("SELECT DISTINCT organisation_id FROM organisation_mention") == [(chosen,)]
    assert own_table.one("SELECT judged_by FROM organisation_mention WHERE country = 'PER'") == "an expert"
    assert own_table.one("SELECT count(*) FROM organisation") == 1
    with open_write_transaction(engine, "another") as connection:
        undo_decision(connection, own_table.one("SELECT id FROM organisation_decision"), "another")
    engine.dispose()
    assert unserved.serve(own_table.store.importer, 0.8, 10) is not None
    assert len(own_table.all("SELECT DISTINCT organisation_id FROM organisation_mention")) == 2
    assert own_table.one("SELECT count(*) FROM organisation_mention WHERE judged_by IS NOT NULL") == 0


PRODUCERS = {
    "紫金矿业": ["Zijin Mining Group Co., Ltd."],
    "Zijin": ["Zijin Mining Group Co., Ltd.", "Rudarsko Topionicarski Basen Bor"],
    "嘉能可": ["Glencore plc", "Glencore Canada Corporation"],
    "Glencore plc": ["Glencore plc"],
    "Glencore": ["Glencore plc", "Glencore Canada Corporation", "Glencore International AG"],
    "中国铝业股份": ["Aluminum Corporation of China Limited"],
    "中国铝业": ["Aluminum Corporation of China Limited", "Aluminum Corporation of China"],
    "Chalco": ["Aluminum Corporation of China Limited"],
    "洛阳钼业": ["CMOC Group Limited"],
    "China Molybdenum": ["CMOC Group Limited"],
}
PRINTED = {
    "CHN": ("紫金矿业集团股份有限公司", "Aluminum Corporation of China Limited (Chalco)", "中国铝业集团有限公司"),
    "SRB": ("China's Zijin Mining Group", "Zijin Mining Group Co."),
    "COD": ("Zijin Mining Group Co. Ltd.", "China Molybdenum Co. Ltd.", "Glencore Plc"),
    "AUS": ("Glencore Plc", "Glencore International AG"),
    "PER": ("Glencore International AG", "Glencore International", "Aluminum Corporation of China (Chinalco)"),
}


def test_producers_of_several_countries_are_one_organisation_each(own_table: "OwnTable") -> None:
    source, folder = sources.load_source("lode-organisations"), sources.find_shipped_folder("lode-organisations")
    assert folder is not None
    run(own_table.store.importer, ImportJob(source, folder, partial(read_mapped, source, folder), Boundaries(())))
    printed = [projects(*names, country=country) for country, names in PRINTED.items()]
    own_table.load(
        [row | {"id": f"{country}{row['id']}"} for country, rows in zip(PRINTED, printed, strict=True) for row in rows]
    )
    site = engines.create_checked_engine(own_table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
    # a name in Chinese alone is found by its pinyin too
    found = {
        text: [
            suggestion.name_en
            for suggestion in search(
                site, SearchQuery(normalise_search_text(text), kinds=frozenset({"organisation"}))
            ).suggestions
            if suggestion.name_en is not None
        ]
        for text in PRODUCERS
    }
    site.dispose()
    assert found == PRODUCERS
    # what is derived are owners that the table of groups itself names
    derived = {row[0] for row in own_table.all("SELECT name_en FROM organisation WHERE derived")}
    assert not derived & {name for names in PRINTED.values() for name in names}


def test_the_record_of_an_open_name_is_one_that_mentions_it(own_table: "OwnTable") -> None:
    own_table.load(projects("江西铜业集团有限公司", "江西铜业股份有限公司", "江西铜业"))
    with own_table.connection() as connection:
        connection.execute(
            "INSERT INTO organisation_mention (record_kind, record_id, role, name, country, comparable, short, sources)"
            " SELECT 'discovery', 'z', role, name, country, comparable, short, sources FROM organisation_mention"
            " WHERE organisation_id IS NULL"
        )
    site = engines.create_checked_engine(own_table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
    with site.connect() as connection:
        (waiting,) = organisation_decisions.open_names(connection, 10)
    site.dispose()
    assert (waiting.mentions, waiting.record) == (2, ("discovery", "z"))


@pytest.mark.parametrize("wrong", [{"organisation": "none"}, {"comparable": "none"}, {"country": "PER"}])
def test_decision_on_a_missing_organisation_is_refused(own_table: "OwnTable", wrong: dict[str, str]) -> None:
    own_table.load(projects("江西铜业集团有限公司", "江西铜业股份有限公司", "江西铜业"))
    chosen = own_table.one("SELECT id FROM organisation ORDER BY id LIMIT 1")
    name = {"comparable": "江西铜业", "country": "CHN", "organisation": chosen, "reason": "the same register entry"}
    engine = engines.create_checked_engine(own_table.store.addresses.desk, "tests", statement_timeout_s=20, pool_size=1)
    with pytest.raises(NotFound), open_write_transaction(engine, "an expert") as connection:
        organisation_decisions.decide(connection, name | wrong, "an expert")
    with open_write_transaction(engine, "an expert") as connection:
        organisation_decisions.decide(connection, name, "an expert")
    engine.dispose()
    assert own_table.one("SELECT count(*) FROM organisation_decision") == 1


def test_owners_of_one_code_are_one_organisation_whatever_their_names(own_table: "OwnTable") -> None:
    source = own_table.source(owners=[{"name": "owner", "uscc": "product"}], phases=[])
    names = ("紫金矿业集团股份有限公司", "Zijin Mining", "闽西紫金矿业集团有限公司")
    codes = ("91350000157987632G", "91350000157987632g", "91350000157987632X")
    own_table.load([row | {"product": code} for row, code in zip(projects(*names), codes, strict=True)], source)
    assert own_table.all("SELECT uscc, name_zh FROM organisation ORDER BY 1") == [
        ("91350000157987632G", "紫金矿业集团股份有限公司"),
        (None, "闽西紫金矿业集团有限公司"),
    ]
    assert own_table.all("SELECT value FROM flag WHERE rule = 'code-wrong'") == [("91350000157987632X",)]


def test_a_dry_run_leaves_no_organisation(own_table: "OwnTable") -> None:
    own_table.load(projects("Codelco"), dry_run=True)
    assert own_table.one("SELECT count(*) FROM organisation") == 0


@pytest.mark.parametrize(
    ("name", "province", "method", "candidates"),
    [
        ("紫金矿业集团股份有限公司", None, "exact", 1),
        ("紫金矿业", "CN-FJ", "short", 1),
        ("紫金矿业集团股份有限公司上杭分公司", None, None, 1),
        ("无此公司", None, None, 0),
    ],
)
def test_a_name_is_found(own_table: "OwnTable", name: str, province: str | None, method: str | None, candidates: int) -> None:
    own_table.load(projects("紫金矿业集团股份有限公司"))
    engine = engines.create_checked_engine(own_table.store.addresses.site, "tests", statement_timeout_s=20, pool_size=1)
    with engine.connect() as connection:
        match = find(connection, name=name, province=province)
    engine.dispose()
    assert (match.method, len(match.candidates)) == (method, candidates)
