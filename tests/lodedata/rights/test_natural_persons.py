"""Names of bodies are public, all others are withheld; the names of persons are made up."""

import pytest

from lodedata.rights.natural_persons import MASK, NameDecisions, is_body, parse_holders


@pytest.mark.parametrize(
    "name",
    [
        *("LITIO DEL NORTE S.A.", "Minera Sur S.R.L.", "Yacones S.R.L", "ANDINA S.A.U.", "PUNA S.A.S.", "Obras S.A.I.C.A.C."),
        *("Recursos Energéticos SAPEM", "COOPERATIVA LA MESA LTDA.", "MUNICIPALIDAD DE CACHI", "LITHEA INC SUCURSAL ARGENTINA"),
        *(
            "RINCON MINING LIMITED",
            "Southern Cross Ltd.",
            "Acme Co.",
            "Boliden AB",
            "UTE PEREZ - VIALES",
            "HOLCIM (ARGENTINA) S.A.",
        ),
        *(
            "江西省地质局第一地质大队",
            "甘肃标城矿业发展有限公司",
            "中疆矿业（天津）有限公司",
            "绛县腾光采石厂（普通合伙）",
            "勉县铺沟铅锌矿",
            "阿里·巴巴矿业公司",
            "东方砖厂",
        ),
        *("自治区自然资源厅", "赤峰市自然资源局"),
        *(
            "Vale S/A",
            "Minera Andes S.p.A.",
            "SQM Salar SpA",
            "Puna Limitada",
            "Inversiones Sur Ltda",
            "Companhia Níquel Ltda.",
        ),
    ],
)
def test_a_body_is_public(name: str) -> None:
    assert is_body(name)
    assert parse_holders(name).kind == "organisation"
    assert parse_holders(name).public == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PEREZ JUAN CARLOS",
            "Sosa Ana",
            "SARAVIA JUANA ARGENTINA",
            "Zhang Ao",
            "Moussa Sa",
            "Co Nguyen",
            "SUCESION DE PEREZ JUAN",
        ),
        *(
            "Sucesores de Gómez S.A.",
            "Suc. Díaz",
            "张三",
            "欧阳修文",
            "买买提·吐尔逊",
            "李广厂",
            "王所",
            "王 所",
            "司马长风",
            "司马义·买买提",
            "阿不都•部拉",
            "张三 甘肃矿业有限公司",
            "甘肃矿业有限公司（法定代表人：张三）",
            "ALFA S.A. (apoderado Juan Gómez)",
            "MATERIAS VARIAS",
            "S.A.",
            "Ltd",
        ),
    ],
)
def test_a_person_and_what_is_not_certain_is_withheld(name: str) -> None:
    assert not is_body(name)
    holders = parse_holders(name)
    assert (holders.public, holders.kind, holders.masked) == (None, "natural-person", MASK)


@pytest.mark.parametrize(
    "name",
    [
        *("Ivanov S.A.", "Petrov S. A.", "KIM SE", "Jane Energy Smith", "Juan Perez (Empresa unipersonal)", "李建国企业主"),
        *(
            "Иванов С.А.",
            "ИП Иванов",
            "Mary Jones, sole trader",
            "张三个体工商户",
            "Aurora Mining Blanco",
            "Gonzalo Astorga Saa",
        ),
    ],
)
def test_initials_a_given_name_or_a_sole_owner_make_no_body(name: str) -> None:
    assert not is_body(name)
    assert parse_holders(name).public is None


@pytest.mark.parametrize(
    "name",
    [
        *("S.M.R.L. EL ROSAL", "MINERA VIRGEN S.M.R.L.", "ACUIAGRO SAC", "CERRO S.A.C.", "SOL E.I.R.L.", "MULTISERVICIOS EIRL"),
        *(
            "Salzgitter GmbH",
            "Rio Tinto Pty Ltd",
            "BHP Pty",
            "ТОО Казцинк",
            "Казцинк ТОО",
            "АО «Полюс»",
            "甘肃某矿业有限责任公司",
        ),
        *("Codelco S.A.", "MIGRIN S.A.", "Perez S.A.C.", "Ivanov Mining LLC", "COMUNIDAD CAMPESINA MANCORA", "Smith Energy"),
        *("Empresa Individual de Responsabilidad Limitada Sol", "TRANSPORTES, MINERIA Y CONSTRUCCIONES SAGITARIO SAC"),
    ],
)
def test_a_company_form_of_a_country_makes_a_body(name: str) -> None:
    assert parse_holders(name).public == name
    assert parse_holders(name).kind == "organisation"


def test_further_holders_without_names_are_no_person() -> None:
    holders = parse_holders("ECO PLANING S.A.C. Y OTROS")
    assert (holders.public, holders.kind, holders.withheld) == ("ECO PLANING S.A.C.; OTROS", "organisation", ())


def test_of_several_holders_only_the_bodies_are_public() -> None:
    holders = parse_holders("PEREZ JUAN,PACHA MINERALS S.A.,ROJO ANA")
    assert (holders.public, holders.kind, holders.withheld) == ("PACHA MINERALS S.A.", "mixed", ("PEREZ JUAN", "ROJO ANA"))
    assert holders.masked == f"PACHA MINERALS S.A.; {MASK}; {MASK}"
    assert parse_holders("张三、甘肃矿业有限公司").public == "甘肃矿业有限公司"
    for text in ("PEREZ JUAN\nALFA S.A.", "PEREZ JUAN / ALFA S.A.", "PEREZ JUAN|ALFA S.A.", "ALFA S.A. Y PEREZ JUAN"):
        assert (parse_holders(text).public, parse_holders(text).withheld) == ("ALFA S.A.", ("PEREZ JUAN",))
    assert parse_holders("LITIO Y ENERGIA S.A.").public == "LITIO Y ENERGIA S.A."
    assert parse_holders("Acme, Inc.").public == "Acme, Inc."


def test_a_mask_stays_a_mask_and_an_expert_decides_on_a_body() -> None:
    assert parse_holders(MASK).kind == "natural-person"
    assert parse_holders("MATERIAS VARIAS", frozenset({"MATERIAS VARIAS"})).public == "MATERIAS VARIAS"


def test_a_decision_counts_against_the_signs_of_a_name_and_against_a_mapping() -> None:
    decided = NameDecisions(frozenset({"materias varias"}), frozenset({"alfa s.a."}))
    holders = parse_holders("Materias  VARIAS; ALFA S.A.; BETA S.A.", frozenset({"ALFA S.A."}), decided)
    assert (holders.public, holders.withheld) == ("Materias  VARIAS; BETA S.A.", ("ALFA S.A.",))
