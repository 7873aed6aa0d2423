"""Names of persons and short names of bodies in eight languages; the persons are made up or of history, the bodies are real."""

import pytest

from lodedata.rights.natural_persons import is_body, parse_holders
from lodedata.rights.person_signs import has_person_signs

PERSONS = {
    "en": (
        "Jane Energy Smith|John Smith|Mary Trust Jones|J. Smith|Smith J.|Robert W. Baker|Dr. Alan Moore|"
        "Mr Peter Brown|Elizabeth Anne Clark|David O'Brien|Thomas King Mining Jones|Estate of Mary Hill|"
        "William Parker, sole proprietor|James Ward trading as Ward Quarries|Paul Group Taylor|Grace Bank Young|"
        "Helen Ross|Mark Resources Evans|S. A. Young|KIM SE"
    ),
    "es": (
        "Juan Perez (Empresa unipersonal)|Perez Juan|José Luis Rodríguez|GARCIA LOPEZ MARIA|M. Fernandez|Ana Sosa|"
        "Carlos Alberto Quispe Mamani|Herederos de Luis Rojas|Sucesión de Pedro Díaz|Jorge Soto|Don Pablo Neruda|"
        "Ing. Raúl Vega|María del Carmen Flores|Diego Minera Torres|Empresario Luis Castro|Sr. Mario Reyes|"
        "Rosa Quispe Huamán|Hugo Araya (Minera Araya)|ELIAS CONTRERAS (SOC. MINERA NORTE)|Comerciante Pedro Cruz"
    ),
    "pt": (
        "João da Silva|Maria Oliveira Santos|JOSE CARLOS PEREIRA|A. Silva|T G de Souza|"
        "Antônio da Cunha Barbosa Filho|Marcelo Busnardo EPP|Paulo Roberto Lima ME|Espólio de Ana Costa|"
        "Luiz Mineração Alves|Sebastião Rocha|Darci Nascimento|Produtor rural José Dias|Elisa Maciel Santos|"
        "Sr. Jorge Almeida|João Silva S A|Francisco Nunes Neto|Rita Ferreira|Márcio Araújo|Euler Oliveira Coelho"
    ),
    "ru": (
        "Ivanov S.A.|Petrov A.B.|Иванов С.А.|ИП Иванов|Сидоров Иван Петрович|А.Б. Кузнецов|Глава КФХ Смирнов|"
        "Ольга Васильевна Попова|Ivanov Petr S.A.|Vyacheslav Rysin|Dmitry Sidorov|Sergey V. Lebedev|"
        "Ivanova Anna Petrovna|индивидуальный предприниматель Козлов|г-н Морозов|Николай Волков|Kuznetsova SE|"
        "Самозанятый Орлов|Е. Павлова|Novikov SE"
    ),
    "fr": (
        "Jean Dupont|Mme Claire Martin|Pierre Leroy|J. Dubois|DUPONT JEAN|Marie-Claire Bernard|"
        "Michel Energie Durand|Entrepreneur individuel Paul Roux|Philippe Moreau|François Girard|Moussa Traoré|"
        "Mamadou Diallo|Ibrahima Sow|M. Lambert|Alain Fournier|Monsieur Henri Blanc|Catherine Bonnet|Kone Seydou|"
        "Jacques Simon|Yvonne Mercier"
    ),
    "de": (
        "Hans Müller|Dr. Klaus Schmidt|Herr Fischer|Müller Hans|H. Weber|Ute Müller|UTE MÜLLER|Wolfgang Richter|"
        "Frau Petra Koch|Karl Schneider e.K.|Einzelunternehmer Jürgen Braun|Heinrich Bank Wolf|Sabine Krüger|"
        "Markus Maier|Otto Lange|Gerhard Vogel|Schulz K.|Uwe Hartmann|Angelika Werner|Paul Group Krause"
    ),
    "zh": (
        "李建国企业主|张三|王小明|欧阳修文|张三个体工商户|李四（个人）|王五先生|赵敏女士|买买提·吐尔逊|诸葛亮|司马中心|陈某业主|"
        "刘洋个人独资|周杰经营者|吴磊（户主）|孙权 负责人|郑成功|个体户马超|"
        "法定代表人：黄忠|韩信"
    ),
    "ko": (
        "PARK JI SE|Lee Hyun Se|Kim Min-su|Choi Soo-young|KIM DONG SE|Jung Ho Seok|Kang Ji Won|Yoon Seo|"
        "Han Ji Min|Lim Jae Hyun|Cho Min Ki|Jang Mi|Hwang Jin|Kwon Sang Woo|Moon Jae In|Shin Dong|Bae Yong Joon|"
        "Seo Tae Ji|Nam Joo|Min Woo"
    ),
}
BODIES = (
    "BHP|Glencore|Codelco|SQM|CATL|Freeport-McMoRan|J.P. Morgan|Johnson Matthey|Kang Xuan|Jose de Mello|"
    "Anglo American|Rio Tinto|Doe Run|Eagle Mine|First Quantum|KGHM|宁德时代|江铜|江西铜业|"
    "赣锋锂业|盐湖股份|华友|金川|Tsar Asen|"
    "Norilsk Nickel|Park Elektrik|Lao Cai Copper Complex|Nth Cycle|East Hope|Southern Copper|Ivanhoe Mines|"
    "Newmont|Barrick|Samsung|LG Chem|POSCO|Gecamines|Казцинк|Полюс|Норникель|Minera Escondida|Los Pelambres|"
    "Santa Rosa|San Cristóbal|Lundin Mining|Peter Hambro|Sigma Lithium|Pilbara Minerals|Yunnan Tin|"
    "Huayou Cobalt|Yakin Oheyama Co. Ltd.|S.E.K. (M) Sdn. Bhd.|Eurallumina S.p.A.|CODEMIN S.A."
)


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language, names in PERSONS.items() for name in names.split("|")]
)
def test_a_person_has_signs_and_is_no_body(language: str, name: str) -> None:
    assert has_person_signs(name) and not is_body(name)
    assert parse_holders(name).public is None


@pytest.mark.parametrize("name", BODIES.split("|"))
def test_a_short_name_of_a_body_has_no_sign_of_a_person(name: str) -> None:
    assert is_body(name) or not has_person_signs(name)


def test_twenty_names_of_each_language_are_judged() -> None:
    assert {language: len(set(names.split("|"))) for language, names in PERSONS.items()} == dict.fromkeys(PERSONS, 20)


def test_a_branch_that_a_person_keeps_is_not_part_of_the_name_of_its_company() -> None:
    holders = parse_holders("GICS Indústria S.A. Filial: Roberto Silva Pedrosa")
    assert (holders.public, holders.withheld) == ("GICS Indústria S.A.", ("Roberto Silva Pedrosa",))
    assert parse_holders("VALE S.A. Filial: VALE S.A.").public == "VALE S.A."


@pytest.mark.parametrize(
    "name",
    ["JUAN QUINTANA (LA BRILLANTE LTDA.)", "CIA. MINERA DELIRIO EIRL (JOSE ALVAREZ)", "SLM AUCO (EX ODE AGUAD MONTENEGRO)"],
)
def test_a_person_with_a_body_in_brackets_is_withheld(name: str) -> None:
    assert parse_holders(name).public is None


@pytest.mark.parametrize(
    "name",
    [
        *("CIA. MINERA EL INGLES", "SLM SANTA ROSA", "SCM HMC GOLD", "MINERA LICANCABUR", "SINDICATO PIRQUINEROS DE PETORCA"),
        *(
            "MINERACAO SERRA GRANDE S A",
            "Companhia Riograndense de Mineração",
            "EMBU S A ENGENHARIA E COMERCIO",
            "HUAYRAMIN S.A.",
        ),
        *("COLPAYOC-SAC", "Green S.A.", "MAURICIO EMILIANO DAROCA S.A.", "SOC. MINERA GAMA", "HOLCIM (ARGENTINA) S.A."),
    ],
)
def test_a_company_of_a_register_is_public(name: str) -> None:
    assert parse_holders(name).public == name
