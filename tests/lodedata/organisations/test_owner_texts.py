"""Texts in which sources name owners, as the USGS prints them: bodies, shares, remarks, and texts that name nobody."""

import pytest

from lodedata.organisations.damaged_names import is_damaged, repair_name
from lodedata.organisations.names import cut_seat, derive_comparable_name, names_nobody
from lodedata.organisations.owner_texts import find_principal_name, names_several, read_owners
from lodedata.organisations.seats import infer_seat

ALONE = None


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("Codelco", [("Codelco", ALONE)]),
        ("Codelco (government: 100%)", [("Codelco", ALONE)]),
        ("Rosh Pinah Zinc Corp. (Pty.) Ltd.", [("Rosh Pinah Zinc Corp. (Pty.) Ltd.", ALONE)]),
        (
            "Alliance Copper Ltd. (BHP plc: 50%, Codelco: 50%)",
            [("Alliance Copper Ltd.", ALONE), ("BHP plc", 50), ("Codelco", 50)],
        ),
        ("Kasese Cobalt (Blue Earth Refineries Ltd., 75%)", [("Kasese Cobalt", ALONE), ("Blue Earth Refineries Ltd.", 75)]),
        (
            "Chibuluma Mines plc (Metorex of South Africa (Pty) Ltd. 85%)",
            [("Chibuluma Mines plc", ALONE), ("Metorex of South Africa (Pty) Ltd.", 85)],
        ),
        (
            "Omai Bauxite Mining Inc. (Cambrior, Inc.: 70%, government: 30%)",
            [("Omai Bauxite Mining Inc.", ALONE), ("Cambrior, Inc.", 70)],
        ),
        ("Kyshtym (refining), 80%", [("Kyshtym", 80)]),
        ("UGMK, 38%; Bashkortostan State, 38%", [("UGMK", 38), ("Bashkortostan State", 38)]),
        ("OMGI (55%), EGMF (25%), and Gecamines (25%) joint venture", [("OMGI", 55), ("EGMF", 25), ("Gecamines", 25)]),
        ("51% owned by Luanhe Industrial Group and another unnamed Chinese Co.", [("Luanhe Industrial Group", 51)]),
        (
            "Hyuga Co. Ltd. (wholly owned subsidiary of Sumitomo Co. Ltd.)",
            [("Hyuga Co. Ltd.", ALONE), ("Sumitomo Co. Ltd.", 100)],
        ),
        ("Vicuña Corp. (Lundin Mining and BHP)", [("Vicuña Corp.", ALONE), ("Lundin Mining", ALONE), ("BHP", ALONE)]),
        (
            "C.V.G. (CVG: 80%, Kobe Steel Ltd., Mitsubishi Co., and Marubeni Corp.: 20%)",
            [
                ("C.V.G.", ALONE),
                ("CVG", 80),
                *((name, ALONE) for name in ("Kobe Steel Ltd.", "Mitsubishi Co.", "Marubeni Corp.")),
            ],
        ),
        ("CMOC, Gecamines", [("CMOC", ALONE), ("Gecamines", ALONE)]),
        ("Freeport-McMoRan, MIND ID (PT Mineral Industri)", [("Freeport-McMoRan", ALONE), ("MIND ID", ALONE)]),
        ("Glencore, BHP, Teck, Mitsubishi", [(one, ALONE) for one in ("Glencore", "BHP", "Teck", "Mitsubishi")]),
        (
            "Ivanhoe, Zijin, DRC government, Crystal River",
            [(one, ALONE) for one in ("Ivanhoe", "Zijin", "DRC government", "Crystal River")],
        ),
        (
            "Gécamines, Kinross Gold Corp. and EGMF",
            [("Gécamines", ALONE), ("Kinross Gold Corp.", ALONE), ("EGMF", ALONE)],
        ),
        ("Oil Search PNG, Ltd. and Santos, Ltd.", [("Oil Search PNG, Ltd.", ALONE), ("Santos, Ltd.", ALONE)]),
        ("Sumitomo Metal Mining and Sumitomo Corp", [("Sumitomo Metal Mining", ALONE), ("Sumitomo Corp", ALONE)]),
        ("Texas Brine/Oxy Chem Corp", [("Texas Brine", ALONE), ("Oxy Chem Corp", ALONE)]),
        ("紫金矿业/西藏巨龙铜业", [("紫金矿业", ALONE), ("西藏巨龙铜业", ALONE)]),
        ("Shandong Nanshan and partners", [("Shandong Nanshan", ALONE)]),
        ("Sherritt 12% (leaving)", [("Sherritt", 12)]),
        (
            "Sumitomo 47.7%; Sherritt 12% (leaving); Kores remainder",
            [("Sumitomo", 47.7), ("Sherritt", 12), ("Kores", ALONE)],
        ),
        ("Bosai Group (from Chalco, June 2018)", [("Bosai Group", ALONE)]),
        ("Zijin 48.591% indirect", [("Zijin", 48.591)]),
        ("Zijin Mining (with Zangge Mining) 80.88% in total", [("Zijin Mining", ALONE), ("Zangge Mining", ALONE)]),
        ("see page: Norsk Hydro 86.0%, CBA 3.6%, others (cited to 2004)", [("Norsk Hydro", 86), ("CBA", 3.6)]),
        ("87% controlled", []),
        ("No Other Known Name", []),
    ],
)
def test_a_text_names_bodies_and_their_shares(text: str, owners: list[tuple[str, float | None]]) -> None:
    assert [(owner.name, owner.share_pct) for owner in read_owners(text)] == owners


@pytest.mark.parametrize(
    "text",
    [
        *("Mitsui Mining and Smelting Co. Ltd.", "Anshan Iron and Steel (Group) Co.", "Coal and Allied Industries Ltd."),
        *("Oil and Natural Gas Corp.", "Larsen and Toubro Ltd.", "Western Copper and Gold Corporation", "Elkem A/S"),
        *("Indian Rayon and Industries, Ltd.", "Altos Hornos de Mexico, S.A. de C.V. (AHMSA)", "Oyna, a/s"),
        *("Alumina Partners of Jamaica, ALPART", "Eurasian Resources Group, S.a.r.l. (ERG)"),
        *("Cimentos de Portugal, SGPS, SA (Cimpor)", "Sociedade Mineira de Catoca, Lda.", "Caraíba Metais S/A (CMSA)"),
    ],
)
def test_a_name_with_and_or_a_comma_is_left_whole_without_a_doubt(text: str) -> None:
    assert [owner.name for owner in read_owners(text)] == [text]
    assert not names_several(text)


@pytest.mark.parametrize(
    "text",
    [
        *("AO Koryakgeoldobycha, Amur Prospectors", "Kalypso, Royal IHC", "Cargill Inc/Leslie Salt"),
        *("大冶有色/十五冶/黄石国资/新港", "MGL Materials, Jilin Tieyang Shengri", "Albemarle and Kalypso"),
    ],
)
def test_a_list_with_a_part_that_nobody_knows_is_left_whole_and_doubtful(text: str) -> None:
    assert [owner.name for owner in read_owners(text)] == [text]
    assert names_several(text)


def test_trades_of_one_body_in_brackets_are_not_divided() -> None:
    text = "Andalusite Resources (Pty.) Ltd. [African Mineral Trading and Exploration (Pty.) Ltd.]"
    assert [owner.name for owner in read_owners(text)][1] == "African Mineral Trading and Exploration (Pty.) Ltd."


def test_a_body_in_brackets_with_a_share_is_an_owner_of_the_first() -> None:
    assert [owner.of_first for owner in read_owners("Albras (Vale: 51%, Nippon: 49%)")] == [False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        *("No Other Known Name", "Unknown", "unknown owner", "Undisclosed", "various", "N/A", "private 13.3%", "Owner"),
        *("Other private producers (9)", "Artisanal and small scale miners (ASM)", "Sin información", "Não informado"),
        *("Inconnu", "Неизвестно", "不详", "其他", "common shares", "Financial Institutions", "2008", "—"),
    ],
)
def test_a_text_names_nobody(text: str) -> None:
    assert names_nobody(derive_comparable_name(text))
    assert find_principal_name(text) == ""


@pytest.mark.parametrize("text", ["BHP", "Government of India", "Public Power Corporation", "Nickel Mines", "无锡铜业有限公司"])
def test_a_name_with_such_a_word_is_a_name(text: str) -> None:
    assert not names_nobody(derive_comparable_name(text))


@pytest.mark.parametrize(
    ("damaged", "repaired"),
    [
        ("Soci\ufffdt\ufffd Mini\ufffdre", "Société Minière"),
        ("COMPA\ufffd\ufffdA MINERA", "COMPAÑÍA MINERA"),
        ("Karadeniz Bak?r Isletmeleri A.S.", "Karadeniz Bakır Isletmeleri A.S."),
        ("Marmor\ufffd S.A.", "Marmor\ufffd S.A."),
        ("Who is it?", "Who is it?"),
    ],
)
def test_lost_letters_are_repaired_where_the_word_is_known(damaged: str, repaired: str) -> None:
    assert repair_name(damaged) == repaired
    assert is_damaged(repaired) == ("\ufffd" in repaired)


@pytest.mark.parametrize(
    ("names", "sites", "seat"),
    [
        (["Ganfeng Lithium"], ["MLI"], None),
        (["Vale S.A."], ["ZMB", "CAN"], None),
        (["Hydromet (India) Ltd."], ["ZMB"], "IND"),
        (["Glencore International AG of Switzerland"], ["JAM"], "CHE"),
        (["Boliden AB"], ["FIN"], "SWE"),
        (["Aurubis AG"], ["BGR"], None),
        (["Aluminum Oxid Stade GmbH"], ["DEU"], "DEU"),
        (["Government of Indonesia"], ["IDN"], "IDN"),
        (["江西铜业股份有限公司"], ["CHN"], "CHN"),
        (["嘉能可公司"], ["CHN"], None),
    ],
)
def test_the_seat_follows_from_the_name_and_never_from_the_site_alone(
    names: list[str], sites: list[str], seat: str | None
) -> None:
    assert infer_seat(names, sites) == seat


def test_a_country_behind_a_name_is_its_seat() -> None:
    assert cut_seat("Inmet Mining Ltd. (Canada)") == ("Inmet Mining Ltd.", "CAN")
    assert cut_seat("Bank of China") == ("Bank of China", None)
    assert derive_comparable_name("Glencore International AG of Switzerland") == derive_comparable_name(
        "Glencore International AG"
    )
