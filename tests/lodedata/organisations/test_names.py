"""Names of organisations: which are the same name, which only share a short one, and which are names of branches."""

import pytest

from lodedata.organisations.names import (
    derive_comparable_name,
    find_head_office,
    is_authority,
    is_branch,
    list_alternative_names,
    shorten_comparable_name,
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("紫金矿业集团股份有限公司", "紫金矿业集团股份有限公司 "),
        ("云南锡业集团（控股）有限责任公司", "云南锡业集团(控股)有限公司"),
        ("江西省地质调查勘查院", "江西地质调查勘查院"),
        ("ＡＢＣ矿业有限公司", "abc矿业有限公司"),
        ("Zijin Mining Group Co., Ltd.", "ZIJIN MINING GROUP COMPANY LIMITED"),
        ("Minera San Cristóbal S.A.", "Minera San Cristobal SA"),
        ("Compañía Minera Doña Inés de Collahuasi S.C.M.", "Compania Minera Dona Ines de Collahuasi S.C.M."),
        ("Freeport-McMoRan Inc.", "Freeport McMoRan Incorporated"),
        ("Aurubis A.G.", "Aurubis AG"),
    ],
)
def test_the_same_name_in_two_forms(first: str, second: str) -> None:
    assert derive_comparable_name(first) == derive_comparable_name(second) != ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("江西铜业集团有限公司", "江西铜业股份有限公司"),
        ("中国铝业集团有限公司", "中国铝业股份有限公司"),
        ("西部矿业集团有限公司", "西部矿业股份有限公司"),
        ("Rio Tinto plc", "Rio Tinto Limited"),
    ],
)
def test_a_group_and_its_listed_company_share_the_short_name_only(first: str, second: str) -> None:
    assert derive_comparable_name(first) != derive_comparable_name(second)
    assert shorten_comparable_name(first) == shorten_comparable_name(second)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("紫金矿业集团股份有限公司", "紫金矿业"),
        ("Zijin Mining Group Co., Ltd.", "zijin mining"),
        ("云南铜业股份有限公司", "云南铜业"),
        ("山东信发铝电集团有限公司", "信发铝电"),
        ("PT Vale Indonesia Tbk", "vale indonesia"),
        ("PT Timah (Persero) Tbk", "timah"),
        ("Sociedad Minera Cerro Verde S.A.A.", "sociedad minera cerro verde"),
        ("江西省自然资源厅", "江西自然资源厅"),
        ("Glencore", "glencore"),
    ],
)
def test_a_short_name_has_no_legal_form(name: str, short: str) -> None:
    assert shorten_comparable_name(name) == short


def test_a_branch_is_an_organisation_of_its_own() -> None:
    branch = "中国铝业股份有限公司山西分公司"
    assert is_branch(branch) and not is_branch("中国铝业股份有限公司")
    assert shorten_comparable_name(branch) == derive_comparable_name(branch) != shorten_comparable_name("中国铝业股份有限公司")
    assert find_head_office(branch) == derive_comparable_name("中国铝业股份有限公司")


def test_a_second_name_in_brackets_is_a_name() -> None:
    assert list_alternative_names("Aluminum Corporation of China (Chinalco)") == ("Aluminum Corporation of China", "Chinalco")
    # a kind of company in brackets is no name: it would join all state companies of Indonesia
    assert list_alternative_names("PT Mineral Industri Indonesia (Persero)") == ("PT Mineral Industri Indonesia (Persero)",)
    assert list_alternative_names("宁波金田铜业（集团）股份有限公司") == ("宁波金田铜业（集团）股份有限公司",)


@pytest.mark.parametrize("name", ["", "  ", "—", "()", "。"])
def test_a_text_without_letters_is_no_name(name: str) -> None:
    assert derive_comparable_name(name) == shorten_comparable_name(name) == ""


def test_shares_in_brackets_are_no_part_of_a_name() -> None:
    assert derive_comparable_name("Codelco (government: 100%)") == derive_comparable_name("CODELCO (Government)") == "codelco"
    assert list_alternative_names("Falconbridge Limited (Noranda Inc.: 58.9%, Falconbridge Limited: 41.1%)") == (
        "Falconbridge Limited",
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("DRC government", "Government of the Democratic Republic of the Congo"),
        ("State of Mali", "Government of Mali"),
        ("Gobierno de Chile", "Government of Chile"),
        ("État de Guinée", "几内亚政府"),
        ("Gujarat State Government", "Government of Gujarat"),
        ("New Brunswick Government", "Government of New Brunswick"),
        ("Government of India (51%)", "Government of India"),
    ],
)
def test_a_government_has_one_name(first: str, second: str) -> None:
    assert derive_comparable_name(first) == derive_comparable_name(second)
    assert derive_comparable_name(derive_comparable_name(first)) == derive_comparable_name(first)
    assert is_authority(first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("State of Georgia", "Government of Georgia"),
        ("State Property Company of Mongolia", "Government of Mongolia"),
        ("Guinea government", "Equatorial Guinea government"),
        ("Ministry of Mines of Ghana", "Government of Ghana"),
        ("local government", "Government of Locarno"),
        ("湖南省人民政府", "湖北省人民政府"),
    ],
)
def test_other_bodies_of_a_state_are_not_its_government(first: str, second: str) -> None:
    assert derive_comparable_name(first) != derive_comparable_name(second)
