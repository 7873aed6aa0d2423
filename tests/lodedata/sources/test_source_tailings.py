"""Registers of tailings facilities, with synthetic rows in the published form and with the real files; made-up persons."""

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.column_counts import counts

from lodedata.mapping import Reading, Tally
from lodedata.records import GenericRecord
from lodedata.sources import load_source, readers

CHILE, BRAZIL = "chile-sernageomin-tailings-2025-10", "brazil-anm-mining-dams"
PERSON = "ELVIRA QUIROGA"
CHILE_ROW = {
    "ID": "0001-1N",
    "NOMBRE_EMPRESA_O_PRODUCTOR_MINERO": "MINERA ALFA S.A.",
    "NOMBRE_FAENA": "ALFA",
    "RECURSO": "COBRE - ORO",
    "NOMBRE_INSTALACION": "DEPOSITO UNO",
    "TIPO_DEPOSITO": "EMBALSE",
    "METODO_CONSTRUCTIVO_MURO": "EJE CENTRAL",
    "REGION": "Atacama",
    "PROVINCIA": "Huasco",
    "COMUNA": "Vallenar",
    "LATITUD": "-28.5",
    "LONGITUD": "-70.5",
    "VOL_ACTUAL": "",
    "VOL_AUTORIZADO": "1590.0",
    "TONELAJE_AUTORIZADO": "2385.0",
    "TONELAJE_ACTUAL": "12.0",
    "RES_APRUEBA": "2234.0",
    "FECHA_RES_APRUEBA": "2022-12-05",
    "Shape_Area": "1499.6",
}
BRAZIL_ROW = {
    "ID": "1",
    "Nome": "DIQUE UM",
    "Empreendedor": "ALFA MINERACAO LTDA",
    "UF": "RO",
    "Município": "ARIQUEMES",
    "Latitude": "-10°39'12.400''",
    "Longitude": "-63°01'50.100''",
    "Situação Operacional": "Ativa",
    "Usinas": "-",
    "Tipo de Barragem de Mineração": "Cava com Barramento Construído",
    "Classe": "B",
    "Método construtivo da barragem": "Alteamento a jusante",
    "Estrutura com o Objetivo de Contenção": "Rejeitos",
    "Minério principal presente no reservatório": "Aluvião Estanífero",
    "Processo de beneficiamento": "Gravimétrico",
    "Teor (%) do minério principal inserido no rejeito": "0,02",
    "Volume atual do Reservatório (m³)": "1.006.362,07",
    "Volume de projeto licenciado do Reservatório (m³)": "",
    "Altura máxima atual (m)": "6,50",
    "Área do reservatório (m²)": "12.500,00",
    "Dano Potencial Associado - DPA": "Alta",
}


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(load_source(name), path, Tally() if tally is None else tally))


def readings(folder: Path, name: str, row: dict[str, str]) -> list[Reading]:
    columns = [*row]
    if name == CHILE:
        (spec,) = load_source(name).tables
        columns += [one for one in spec.ignored if one not in row]
    path = folder / ("tailings_chile_2025-10.csv" if name == CHILE else "barragens_utf8.csv")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerow(row)
    return read(name, folder)


def values(found: list[Reading]) -> dict[str, Any]:
    """Return the fields of the only record, and its position."""
    (reading,) = found
    assert not reading.problems, reading.problems
    (record,) = reading.records
    assert isinstance(record, GenericRecord) and record.position is not None
    return {**record.values, "position": (record.position.lon, record.position.lat)}


def test_a_facility_of_chile(tmp_path: Path) -> None:
    found = values(readings(tmp_path, CHILE, CHILE_ROW))
    wanted = {
        "name_en": "DEPOSITO UNO",
        "site": "ALFA",
        "deposit_type": "embankment",
        "construction": "centreline",
        "commodities": ("copper", "gold"),
        "holder": "MINERA ALFA S.A.",
        "division": "CL-AT",
        "status": "unknown",
        "mass_t": 12.0,
        "mass_permitted_t": 2385.0,
        "volume_m3": None,
        "act": "2234",
        "position": (-70.5, -28.5),
    }
    assert {name: found[name] for name in wanted} == wanted


def test_a_dam_of_brazil(tmp_path: Path) -> None:
    found = values(readings(tmp_path, BRAZIL, BRAZIL_ROW))
    wanted = {
        "name_en": "DIQUE UM",
        "deposit_type": "in-pit",
        "construction": "downstream",
        "status": "active",
        "commodities": ("tin",),
        "holder": "ALFA MINERACAO LTDA",
        "division": "BR-RO",
        "volume_m3": 1006362.07,
        "volume_permitted_m3": None,
        "height_m": 6.5,
        "area_m2": 12500.0,
        "grade_reported_pct": 0.02,
        "site": None,
    }
    assert {name: found[name] for name in wanted} == wanted
    assert found["position"] == pytest.approx((-63.030583, -10.653444), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        (CHILE, CHILE_ROW | {"NOMBRE_EMPRESA_O_PRODUCTOR_MINERO": PERSON, "NOMBRE_FAENA": f"MINA {PERSON}"}),
        (BRAZIL, BRAZIL_ROW | {"Empreendedor": PERSON, "Nome": f"DIQUE {PERSON}"}),
    ],
)
def test_names_of_persons_are_nowhere(tmp_path: Path, name: str, row: dict[str, str]) -> None:
    (found,) = readings(tmp_path, name, row)
    assert PERSON not in repr((found.rows, found.records))
    assert dict(found.records[0].values)["holder_kind"] == "natural-person"  # type: ignore[union-attr]


def test_a_dam_with_seconds_over_sixty_is_loaded_without_a_position(tmp_path: Path) -> None:
    (found,) = readings(tmp_path, BRAZIL, BRAZIL_ROW | {"Latitude": "-10°39'71.400''"})
    (record,) = found.records
    assert isinstance(record, GenericRecord) and record.position is None and record.unread_position is not None
    assert record.unread_position.original == "-63°01'50.100'', -10°39'71.400''"
    assert "minutes and seconds are less than 60" in found.problems[0].sentence()
    assert "-10°39'71.400''" in found.problems[0].sentence("zh")


@pytest.mark.parametrize(("name", "rows", "refused"), [(CHILE, 836, 0), (BRAZIL, 909, 0)])
def test_the_real_files_of_tailings_are_read(real_data: Path, name: str, rows: int, refused: int) -> None:
    tally = Tally()
    found = read(name, real_data / name, tally)
    assert (len(found), sum(one.refused for one in found)) == (rows, refused)
    if name == BRAZIL:
        assert counts(tally, "utf8.csv", "Longitude") == counts(tally, "utf8.csv", "UF") == (909, 909, {})
