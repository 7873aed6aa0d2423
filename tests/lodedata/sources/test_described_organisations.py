"""The organisations that Lode describes, each with its citation, and the Chinese names of owners in the register."""

import csv
import re
from collections import Counter, defaultdict

import pytest
import yaml

from lodedata import sources, starter
from lodedata.mapping import Tally
from lodedata.mapping.tables import read_mapped
from lodedata.organisations import lei, uscc
from lodedata.organisations.described import find_body_of_name
from lodedata.organisations.names import derive_comparable_name, shorten_comparable_name
from lodedata.vocab import load_vocabulary

WANTED = (
    *("Huayou", "CNGR", "CATL", "Tsingshan", "Ganfeng", "Tianqi", "CMOC", "Zijin", "Jinchuan", "Codelco", "Glencore", "Vale"),
    *("华友钴业", "格林美", "中伟", "宁德时代", "青山控股", "赣锋锂业", "天齐锂业", "洛阳钼业", "紫金矿业", "金川集团"),
    *("智利铜业", "嘉能可", "淡水河谷", "GEM Co., Ltd."),
)


def rows() -> list[dict[str, str]]:
    folder = sources.find_shipped_folder("lode-organisations")
    assert folder is not None
    return list(csv.DictReader((folder / "organisations.csv").read_text("utf-8").splitlines()))


def test_at_least_a_hundred_groups_are_read_without_a_problem() -> None:
    folder = sources.find_shipped_folder("lode-organisations")
    assert folder is not None
    readings = list(read_mapped(sources.load_source("lode-organisations"), folder, Tally()))
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
                keys[derive_comparable_name(name)].add(row["key"])
    assert {name: owners for name, owners in keys.items() if len(owners) > 1} == {}


@pytest.mark.parametrize("name", WANTED)
def test_a_large_group_is_described(name: str) -> None:
    short = {part: row["key"] for row in rows() for part in row["short_names"].split("|")}
    assert name in short or find_body_of_name(name) is not None or any(one.startswith(name) for one in short)


def test_no_subsidiary_in_the_register_has_the_chinese_name_of_its_parent() -> None:
    english: dict[str, set[str]] = defaultdict(set)
    for path in sorted(starter.get_register_folder().glob("*.yml")):
        for record in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader).get("records") or []:
            for owner in record.get("owners") or []:
                if owner.get("name_zh") and owner.get("name_en"):
                    english[owner["name_zh"]].add(owner["name_en"])
    bodies = {
        chinese: {find_body_of_name(name) or shorten_comparable_name(name).replace("aluminium", "aluminum") for name in names}
        for chinese, names in english.items()
    }
    assert {chinese: english[chinese] for chinese, body in bodies.items() if len(body) > 1} == {}


@pytest.mark.parametrize(
    ("owner", "key"),
    [
        ("Corporación Nacional del Cobre de Chile (CODELCO)", "codelco"),
        ("Noril'sk G'-M", "nornickel"),
        ("Sterlite Industries Ltd.", "vedanta"),
        ("Hydro Aluminum ANS", "norsk-hydro"),
        ("Southern Peru Copper Corp. (SPCC)", "southern-copper"),
        ("Kazakhmys PLC Mines", "kaz-minerals"),
        ("Yunnan Tin Industry Co.", "yunnan-tin-group"),
        ("Western Mining Corp.", "alumina-limited"),
        ("Alcoa World Alumina Australia", "alcoa-of-australia"),
        ("Mopani Copper Mines Plc", "mopani"),
        ("Mutanda Mining SPRL", "mutanda"),
        ("Kansanshi Mining Plc", "kansanshi"),
        ("SUAL Group", "sual"),
        ("LS-Nikko Copper Inc.", "ls-mnm"),
        ("PT Freeport Indonesia Co.", "ptfi"),
        ("Zimplats Holdings Ltd.", "zimplats"),
        ("Nickel Asia Corp.", "nickel-asia"),
        ("Rudarsko Topionicki Bazen Bor", "rtb-bor"),
        ("Katanga Mining Ltd.", "katanga-mining"),
        ("Minara Resources Ltd.", "minara"),
        ("Erdenet Mining Corp.", "erdenet"),
        ("Kazzinc JSC", "kazzinc"),
        ("Managem Group", "managem"),
        ("Metals X Ltd.", "metals-x"),
        ("Queensland Alumina Ltd.", "qal"),
        ("Worsley Alumina Pty. Ltd.", "worsley"),
        ("Comalco Ltd.", "comalco"),
        ("Larco G.M.M. S.A.", "larco"),
        ("Ambatovy Minerals S.A.", "ambatovy"),
        ("NFC Africa Mining Plc", "nfca"),
        ("Uralelectromed", "uralelectromed"),
        ("Bindura Nickel Corp. Ltd.", "bindura"),
        ("Bamangwato Concessions (BCL) Ltd.", "bcl"),
        ("Palabora Mining Co. Ltd.", "palabora"),
        ("Bharat Aluminum Co. Ltd.", "balco"),
        ("C.V.G. Bauxilum C.A.", "bauxilum"),
        ("Ongopolo Mining Ltd.", "ongopolo"),
        ("Zimbabwe Platinum Mines (Private) Ltd.", "zimbabwe-platinum"),
        ("Boliden Mineral AB", "boliden-mineral"),
        ("Indian Aluminum Co. Ltd.", "indal"),
        ("RioZim Ltd.", "riozim"),
        ("Aluminum Pechiney", "pechiney"),
        ("Oxiana Ltd.", "oz-minerals"),
        ("Doe Run Resources Corp", "doe-run"),
    ],
)
def test_an_owner_of_a_large_site_is_found_by_the_name_that_a_file_prints(owner: str, key: str) -> None:
    assert find_body_of_name(owner) == key


GENERIC = (
    re.compile(r"annual report,? (19|20)\d\d of the company|依据公司\d{4}年(年报|年度报告)"),
    re.compile(r"prospectuses of its bonds|names, seat and stock codes:|名称、住所和证券代码依据", re.IGNORECASE),
)
"""Citations that were once given to many rows without being read."""
FACTS = {
    "english-name": ("English name", "英文名"),
    "chinese-name": ("Chinese name", "中文名"),
    "former-names": ("former names", "原名"),
    "seat": ("seat", "住所"),
    "stock-codes": ("stock codes", "证券代码"),
    "parent": ("parent", "上级单位"),
    "credit-code": ("credit code", "统一社会信用代码"),
    "lei": ("LEI", "LEI"),
}
"""How the notes call the facts that they cite."""
NOT_CHECKED = {
    "seat": 2,
    "english-name": 4,
    "chinese-name": 18,
    "stock-codes": 16,
    "former-names": 21,
    "short-names": 6,
    "parent": 3,
    "credit-code": 4,
    "lei": 4,
}
"""Facts of the table that no text has confirmed, by kind: a new row cites its facts, and these are to fall."""


def sentences(note: str, end: str) -> list[str]:
    return [part.strip() for part in re.split(end, note) if part.strip()]


def test_each_citation_of_a_group_names_an_address_or_a_source_that_lode_holds() -> None:
    held = set(sources.names())
    for row in rows():
        for note, end in ((row["note_en"], r"\.(?= [A-Z]|$)"), (row["note_zh"], "。")):
            assert not any(generic.search(note) for generic in GENERIC), row["key"]
            for part in sentences(note, end):
                inside = re.findall(r"[(（]([a-z0-9-]+)[)）]", part)
                cited = "https://" in part or "http://" in part or any(name in held for name in inside)
                remark = ":" not in part and "：" not in part
                assert cited or remark, (row["key"], part)


def unchecked(row: dict[str, str]) -> list[str]:
    return [fact for fact in row["unchecked"].split("|") if fact]


def test_each_fact_of_a_group_is_either_cited_or_marked_as_unchecked() -> None:
    facts = load_vocabulary("organisation-fact")
    for row in rows():
        for fact, (english, chinese) in FACTS.items():
            given = any(row[column] for column in facts[fact].extra["fields"].split("|"))
            for note, word in ((row["note_en"], english), (row["note_zh"], chinese)):
                assert not given or (word.lower() in note.lower()) != (fact in unchecked(row)), (row["key"], word)
            assert given or fact not in unchecked(row), (row["key"], fact)
        assert not row["parent_share_pct"] or ("share" in row["note_en"].lower() and "持股比例" in row["note_zh"]), row["key"]


def test_facts_without_a_document_are_counted_by_kind() -> None:
    assert Counter(fact for row in rows() for fact in unchecked(row)) == NOT_CHECKED


def test_a_group_without_a_document_has_no_date() -> None:
    assert [row["key"] for row in rows() if row["information_date"] and "http" not in row["note_en"]] == []


def test_codes_of_groups_have_right_check_characters() -> None:
    for row in rows():
        assert not row["lei"] or lei.find_lei_problem(row["lei"]) is None, row["key"]
        assert not row["uscc"] or uscc.find_uscc_problem(row["uscc"]) is None, row["key"]
