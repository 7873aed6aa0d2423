"""Tables in the shape of published registers and lists: their columns, language, units and reference system.

The headers are those of the publisher; names of places and companies are real where well known, numbers of rights, areas and dates
are made up for the test.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lodedata.mapping.unseen_tables import sheet_of, text_of


def sigmine_brazil(folder: Path) -> Path:
    """Agência Nacional de Mineração, SIGMINE: mining processes of a state."""
    return text_of(
        folder / "PA.csv",
        "PROCESSO;NUMERO;ANO;AREA_HA;FASE;ULT_EVENTO;NOME;SUBS;USO;UF\n"
        "850.331/1989;850331;1989;9.998,52;CONCESSÃO DE LAVRA;418 - CONC LAV/RELATÓRIO APROVADO EM 12/03/2021;VALE S.A.;MINÉRIO DE "
        "COBRE;INDUSTRIAL;PA\n"
        "851.204/2011;851204;2011;4.512,07;AUTORIZAÇÃO DE PESQUISA;250 - AUT PESQ/RELATÓRIO EM 05/08/2022;MINERADORA EXEMPLO LTDA;"
        "NÍQUEL;INDUSTRIAL;PA\n"
        "850.017/2019;850017;2019;1.200,00;REQUERIMENTO DE PESQUISA;100 - REQ PESQ/EM 20/01/2019;COOPERATIVA EXEMPLO;ESTANHO;INDUSTRIAL;PA\n",
        "cp1252",
    )


def tenements_western_australia(folder: Path) -> Path:
    """Government of Western Australia, mining tenements (DMIRS-003)."""
    return text_of(
        folder / "tenements.csv",
        "TENID,FMT_TENID,TYPE,SURVSTATUS,TENSTATUS,STARTDATE,GRANTDATE,ENDDATE,LEGAL_AREA,UNIT_OF_ME,HOLDER1,ADDR1\n"
        "M  0100006,M 1/6,MINING LEASE,SURVEYED,LIVE,28/12/1983,28/12/1983,27/12/2025,985.5,HA,TALISON LITHIUM AUSTRALIA PTY LTD,1 St "
        "Georges Tce PERTH\n"
        "E  7004321,E 70/4321,EXPLORATION LICENCE,UNSURVEYED,LIVE,14/03/2019,14/03/2019,13/03/2029,12.0,BL,EXAMPLE LITHIUM PTY LTD,PO Box 1 "
        "PERTH\n"
        "P  5205555,P 52/5555,PROSPECTING LICENCE,UNSURVEYED,PENDING,02/02/2024,,,150.0,HA,EXAMPLE GOLD LIMITED,PO Box 2 PERTH\n",
    )


def catastro_minero_spain(folder: Path) -> Path:
    """Ministerio para la Transición Ecológica, Catastro Minero: rights with a centre in UTM of zone 29 (ETRS89)."""
    return text_of(
        folder / "derechos.csv",
        "Nº Registro;Nombre;Tipo de derecho;Sección;Situación;Titular;Sustancia;Fecha de otorgamiento;Fecha de caducidad;Superficie "
        "(ha);Provincia;Municipio\n"
        "14977;RIOTINTO;Concesión de explotación;C;Otorgado;ATALAYA RIOTINTO MINERA S.L.U.;Cobre;27/01/2015;26/01/2045;1.845,30;Huelva;Minas "
        "de Riotinto\n"
        "12345;AGUABLANCA;Concesión de explotación;C;Caducado;RIO NARCEA NICKEL S.A.;Níquel;15/06/2003;14/06/2016;320,00;Badajoz;Monesterio\n"
        "10C1036310;SAN JOSÉ VALDEFLÓREZ;Permiso de investigación;C;En trámite;TECNOLOGÍA EXTREMEÑA DEL LITIO S.L.;Litio;;;1.200,50;Cáceres;"
        "Cáceres\n",
        "cp1252",
    )


def rights_notice_china(folder: Path) -> Path:
    """A province's notice of mining rights: two header lines with merged cells."""
    rows: list[Sequence[object]] = [
        ["某省自然资源厅采矿权公示"],
        ["序号", "许可证号", "采矿权人", "矿山名称", "开采矿种", "矿区面积（平方公里）", "有效期限", None, "生产规模"],
        [None, None, None, None, None, None, "起", "止", None],
        [1, "C3600002011013220000001", "江西铜业股份有限公司", "德兴铜矿", "铜矿", 12.35, "2011-01-15", "2041-01-15", "3300万吨/年"],
        [2, "C3600002015063120000002", "宜春示例锂业有限公司", "示例锂矿", "锂矿", 1.872, "2015-06-30", "2025-06-30", "60万吨/年"],
        [3, "C3600002018093210000003", "示例钨锡有限责任公司", "示例锡矿", "锡矿", 0.915, "2018-09-01", "2028-09-01", "15万吨/年"],
    ]
    merged = ["A1:I1", "G2:H2", *(f"{column}2:{column}3" for column in "ABCDEFI")]
    return sheet_of(folder / "采矿权公示.xlsx", {"采矿权": rows}, merged)


def subsoil_licences_kazakhstan(folder: Path) -> Path:
    """Register of licences for subsoil use of Kazakhstan, in Russian."""
    return text_of(
        folder / "лицензии.csv",
        "№ лицензии;Вид лицензии;Недропользователь;БИН;Полезное ископаемое;Область;Дата выдачи;Срок действия до;Площадь, км2;Статус\n"
        "12-EL;Лицензия на разведку;ТОО «Пример Медь»;190140012345;медь;Карагандинская область;14.02.2019;14.02.2025;45,6;действующая\n"
        "3-ML;Лицензия на добычу;ТОО «KAZ Minerals Aktogay (КАЗ Минералз Актогай)»;090840006023;медь;Область Абай;27.08.2018;27.08.2043;"
        "30,25;действующая\n"
        "77-EL;Лицензия на разведку;ТОО «Пример Никель»;200240054321;никель;Актюбинская область;05.03.2020;05.03.2026;12,0;прекращена\n",
        "cp1251",
    )


def concessions_chile(folder: Path) -> Path:
    """Servicio Nacional de Geología y Minería: exploitation concessions with a corner in UTM of zone 19 (PSAD56)."""
    return text_of(
        folder / "concesiones.csv",
        "Rol nacional;Nombre concesión;Titular;Tipo de concesión;Situación;Hectáreas;Región;Comuna;Huso;Norte (m);Este (m)\n"
        "02201-1234-5;ESCONDIDA 1 AL 20;MINERA ESCONDIDA LIMITADA;Explotación;Constituida;100;Antofagasta;Antofagasta;19;7313500;495200\n"
        "02201-0777-K;CHUQUI SUR 1 AL 10;CORPORACIÓN NACIONAL DEL COBRE DE CHILE;Explotación;Constituida;50;Antofagasta;Calama;19;7531200;"
        "510400\n"
        "03201-0444-2;EJEMPLO 5;SOCIEDAD CONTRACTUAL MINERA EJEMPLO;Exploración;En trámite;300;Atacama;Copiapó;19;6975000;368900\n",
        "cp1252",
    )


def state_register_russia(folder: Path) -> Path:
    """State cadastre of deposits of Russia: positions in degrees, minutes and seconds."""
    return text_of(
        folder / "кадастр.csv",
        "Номер паспорта;Название объекта;Субъект РФ;Полезное ископаемое;Степень освоения;Широта;Долгота\n"
        "К-101;Удоканское;Забайкальский край;медь;разрабатываемое;56°37'23\"С;118°24'44\"В\n"
        "К-102;Завитинское;Забайкальский край;литий;резервное;51°37'00\"С;115°42'10\"В\n"
        "К-103;Норильск-1;Красноярский край;никель, медь, кобальт;разрабатываемое;69°15'30\"С;88°08'10\"В\n",
    )


def technical_reports(folder: Path) -> Path:
    """A list of technical reports (NI 43-101) with the resources of each by category."""
    return text_of(
        folder / "ni43101.csv",
        "Property,Company,Country,Effective Date,Category,Tonnes (Mt),Cu (%),Contained Cu (Mlb),Latitude,Longitude\n"
        "Kamoa-Kakula,Ivanhoe Mines Ltd.,Democratic Republic of the Congo,\"January 30, 2023\",Indicated,1389,2.74,83900,-10.7667,25.2500\n"
        "Kamoa-Kakula,Ivanhoe Mines Ltd.,Democratic Republic of the Congo,\"January 30, 2023\",Inferred,339,1.68,12600,-10.7667,25.2500\n"
        "Cobre Panama,First Quantum Minerals Ltd.,Panama,\"March 29, 2019\",Measured,150,0.55,1818,8.8500,-80.6500\n",
    )


def cochilco_mine_output(folder: Path) -> Path:
    """Comisión Chilena del Cobre, yearbook: mine output of copper by country in kt, years in columns.

    The figures of Chile are those of the yearbook (5,733.1 for 2020, 5,624.9 for 2021, 5,330.4 for 2022); others are examples.
    """
    rows: list[Sequence[object]] = [
        ["PRODUCCIÓN MUNDIAL DE COBRE DE MINA POR PAÍSES"],
        ["País", 2020, 2021, 2022],
        ["Chile", 5733.1, 5624.9, 5330.4],
        ["Perú", 2150.0, 2300.5, 2450.0],
        ["China", 1700.0, 1850.0, 1900.5],
    ]
    return sheet_of(folder / "produccion.xlsx", {"Cobre mina (kt)": rows}, ["A1:D1"])


def monthly_output_statistics(folder: Path) -> Path:
    """A statistical institute's monthly output of copper in tonnes, one row for each month; the values are made up."""
    return text_of(
        folder / "produccion.csv",
        "País;Producto;Mes;Producción (toneladas)\n"
        "Chile;Cobre;2024-01;429876\nChile;Cobre;2024-02;419702\nChile;Cobre;2024-03;433704\n",
        "cp1252",
    )


def plants_china(folder: Path) -> Path:
    """A list of smelters in Chinese: capacities in 10,000 tonnes a year, positions in degrees, minutes and seconds."""
    return text_of(
        folder / "冶炼企业.csv",
        "序号,企业名称,项目名称,所在省,产品,产能（万吨/年）,状态,投产时间,经度,纬度\n"
        "1,江西铜业股份有限公司,贵溪冶炼厂,江西省,阴极铜,100,在产,1985年12月,\"117°13′10″\",\"28°18′30″\"\n"
        "2,金川集团股份有限公司,金川镍冶炼厂,甘肃省,电解镍,15,在产,1966年,\"102°11′20″\",\"38°29′50″\"\n"
        "3,示例锂业有限公司,示例锂盐厂,四川省,碳酸锂,4,在建,,\"104°30′00″\",\"31°05′00″\"\n",
        "gb18030",
    )


def smelters_spanish(folder: Path) -> Path:
    """A list of smelters and refineries in Spanish: positions in degrees and decimal minutes."""
    return text_of(
        folder / "fundiciones.csv",
        "Planta;Empresa;País;Producto;Capacidad (kt/año);Estado;Latitud;Longitud\n"
        "Caletones;Codelco;Chile;ánodos de cobre;400;en operación;34°06,5'S;70°26,9'O\n"
        "Ilo;Southern Peru Copper Corporation;Perú;cátodos de cobre;285;en operación;17°37,2'S;71°20,0'O\n"
        "Ventanas;Codelco;Chile;cátodos de cobre;400;cerrada;32°45,6'S;71°28,8'O\n",
        "cp1252",
    )


TABLES: Sequence[Callable[[Path], Path]] = (
    *(sigmine_brazil, tenements_western_australia, catastro_minero_spain, rights_notice_china, subsoil_licences_kazakhstan),
    *(concessions_chile, state_register_russia, technical_reports, plants_china, smelters_spanish),
)
STATISTICS: Sequence[Callable[[Path], Path]] = (cochilco_mine_output, monthly_output_statistics)
