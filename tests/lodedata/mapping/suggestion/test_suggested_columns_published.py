"""Nine in ten columns of published tables are mapped to their field at once, or offered for it.

For each table the columns that a field of Lode can hold, as somebody who knows the table assigns them.
"""

from pathlib import Path

import pytest

from lodedata.mapping.suggestion.assignment import assign_columns
from lodedata.mapping.suggestion.columns import sample_tables
from lodedata.read import open_tables

PUBLISHED: dict[str, dict[str, str]] = {
    "usgs-copper-assessment-sir20105090z/pcu_deps_pros.csv": {
        "gmrap_id": "key",
        "name": "name",
        "name_other": "aliases",
        "includes": "aliases",
        "sitestatus": "occurrence_type",
        "country": "country",
        "state_prov": "division",
        "latitude": "lat",
        "longitude": "lon",
        "dep_type": "deposit_model",
        "dep_subtype": "deposit_model",
        "age_ma": "age",
        "comm_major": "commodities",
        "comm_minor": "by_products",
        "comm_trace": "by_products",
        "tonnage_mt": "ore",
        "cu_pct": "copper",
        "mo_pct": "molybdenum",
        "au_g_t": "gold",
        "ag_g_t": "silver",
        "con_cu_t": "copper",
        "comments": "note_en",
        "assd_rock": "host_unit",
        "dev_status": "status",
    },
    "usgs-copper-assessment-sir20105090z/sedcu_deps_pros.csv": {
        "gmrap_id": "key",
        "name": "name",
        "name_other": "aliases",
        "sitestatus": "occurrence_type",
        "country": "country",
        "state_prov": "division",
        "latitude": "lat",
        "longitude": "lon",
        "dep_type": "deposit_model",
        "dep_subtype": "deposit_model",
        "age_ma": "age",
        "unit": "host_unit",
        "host_rocks": "host_unit",
        "comm_major": "commodities",
        "tonnage_mt": "ore",
        "cu_pct": "copper",
        "co_pct": "cobalt",
        "ag_g_t": "silver",
        "con_cu_t": "copper",
        "comments": "note_en",
    },
    "usgs-mineplant-us/mineplant.csv": {
        "id": "key",
        "COMMODITY": "commodities",
        "SITE_NAME": "name",
        "COMPANY_NA": "owner",
        "STATE_LOCA": "division",
        "LATITUDE": "lat",
        "LONGITUDE": "lon",
        "PLANT_MIN": "facility_types",
    },
    "usgs-major-deposits/deposit.csv": {
        "dep_name": "name",
        "country": "country",
        "state": "division",
        "latitude": "lat",
        "longitude": "lon",
        "commodity": "commodities",
        "dep_type": "deposit_model",
        "gid": "key",
    },
    "usgs-pp1802-critical-minerals/PP1802_CritMin_pts.csv": {
        "X": "lon",
        "Y": "lat",
        "DEPOSIT_NAME": "name",
        "CRITICAL_MINERAL": "commodities",
        "DEPOSIT_TYPE": "deposit_model",
        "LOCATION": "country",
        "LOC_DETAIL": "division",
    },
    "usgs-minfac-world-facilities/minfac-csv-refined.csv": {
        "#country": "country",
        "#site": "name",
        "#site+siteType": "facility_types",
        "#site+lat": "lat",
        "#site+lng": "lon",
        "#site+commodity": "commodities",
        "#site+company+1": "owner",
        "#site+company+2": "owner",
        "#site+company+2+share": "share",
        "#site+company+3": "owner",
        "#site+company+3+share": "share",
        "#site+status": "status",
        "#site+capacity": "capacity",
        "units": "unit",
        "#site+notes": "note_en",
    },
    "usgs-africa-mineral-industries/AFR_Mineral_Deposits.geojson": {
        "FeatureUID": "key",
        "FeatureNam": "name",
        "NameVar": "aliases",
        "Country": "country",
        "ADM1": "division",
        "Latitude": "lat",
        "Longitude": "lon",
        "DsgAttr01": "commodities",
        "DsgAttr02": "commodities",
        "DsgAttr03": "commodities",
        "DsgAttr09": "deposit_model",
    },
    "usgs-africa-mineral-industries/AFR_Mineral_Facilities.geojson": {
        "FeatureUID": "key",
        "FeatureNam": "name",
        "Country": "country",
        "ADM1": "division",
        "Latitude": "lat",
        "Longitude": "lon",
        "FeatureTyp": "facility_types",
        "DsgAttr02": "commodities",
        "DsgAttr07": "capacity",
        "DsgAttr08": "unit",
        "LocOpStat": "status",
        "MemoOther": "note_en",
        "OwnerName1": "owner",
        "OwnerName2": "owner",
        "OwnerName3": "owner",
        "OwnerName4": "owner",
        "OperateNam": "operator",
    },
    "usgs-africa-mineral-industries/AFR_Mineral_Exploration.geojson": {
        "FeatureUID": "key",
        "FeatureNam": "name",
        "NameVar": "aliases",
        "Country": "country",
        "ADM1": "division",
        "Latitude": "lat",
        "Longitude": "lon",
        "LocOpStat": "status",
        "OwnerName": "owner",
        "DsgAttr01": "commodities",
        "DsgAttr02": "commodities",
        "DsgAttr11": "information_date",
    },
    "usgs-lithium-us/Resources.csv": {
        "Ftr_ID *": "key",
        "Ftr_Name": "name",
        "Material": "commodities",
        "Mat_Amnt": "ore",
        "Mat_Units": "unit",
        "Grade": "grade",
        "Grade_Unit": "grade_unit",
        "CutOffGrad": "cut_off",
        "Contained": "contained",
        "Cont_Units": "contained_unit",
        "Rsrc_Class": "category",
        "Rsrc_Code": "code",
        "Rsrc_Date": "information_date",
        "Remarks": "note_en",
    },
    "usgs-lithium-us/Loc_Pt.csv": {
        "Ftr_ID *": "key",
        "Ftr_Name": "name",
        "Other_Name": "aliases",
        "Ftr_Type": "occurrence_type",
        "Commodity": "commodities",
        "Lat_WGS84": "lat",
        "Long_WGS84": "lon",
        "State": "division",
        "Remarks": "note_en",
        "Last_Updt": "information_date",
    },
    "icmm-global-mining/global-mining-dataset.xlsx": {
        "ICMMID": "key",
        "Mine Name": "name",
        "Group Names": "aliases",
        "Latitude": "lat",
        "Longitude": "lon",
        "Country": "country",
        "Primary Commodity": "commodities",
        "Secondary Commodity": "by_products",
        "Other Commodities": "by_products",
        "Asset Type": "facility_types",
    },
    "minmod-world-resources/mudd_jowitt_nickel.csv": {
        "record_id": "key",
        "name": "name",
        "country": "country",
        "location_wkt": "wkt",
        "deposit_type": "deposit_model",
        "commodity": "commodities",
        "resource_category": "category",
        "grade": "grade",
        "grade_unit": "grade_unit",
        "ore": "ore",
        "ore_unit": "ore_unit",
    },
    "minmod-world-resources/mudd_jowitt_copper.csv": {
        "record_id": "key",
        "name": "name",
        "country": "country",
        "deposit_type": "deposit_model",
        "commodity": "commodities",
        "resource_category": "category",
        "grade": "grade",
        "grade_unit": "grade_unit",
        "ore": "ore",
        "ore_unit": "ore_unit",
    },
    "minmod-world-resources/world_tin_tungsten_deposit.csv": {
        "record_id": "key",
        "name": "name",
        "country": "country",
        "location_wkt": "wkt",
        "commodity": "commodities",
        "grade": "grade",
        "grade_unit": "grade_unit",
        "ore": "ore",
        "ore_unit": "ore_unit",
        "date": "information_date",
    },
    "salta-mining-cadastre-2025/salta_mining_rights.geojson": {
        "fid": "key",
        "nombre": "name",
        "mineral": "commodities",
        "concesiona": "owner",
        "estado": "status",
        "fecha_inic": "start",
        "departamen": "division",
    },
    "chile-sernageomin-tailings-2025-10/tailings_chile_2025-10.csv": {
        "ID": "key",
        "NOMBRE_EMPRESA_O_PRODUCTOR_MINERO": "owner",
        "NOMBRE_INSTALACION": "name",
        "TIPO_DEPOSITO": "facility_types",
        "RECURSO": "commodities",
        "REGION": "division",
        "DATUM": "datum",
        "LATITUD": "lat",
        "LONGITUD": "lon",
        "TONELAJE_ACTUAL": "ore",
        "FECHA_RES_APRUEBA": "information_date",
    },
    "brazil-anm-mining-dams/barragens_utf8.csv": {
        "ID": "key",
        "Nome": "name",
        "Empreendedor": "owner",
        "UF": "division",
        "Latitude": "lat",
        "Longitude": "lon",
        "Situação Operacional": "status",
        "Desde": "start",
        "Minério principal presente no reservatório": "commodities",
        "Teor (%) do minério principal inserido no rejeito": "grade",
        "Processo de beneficiamento": "technology",
        "Tipo de Barragem de Mineração": "facility_types",
    },
    "canada-nrcan-critical-minerals-2026/nrcan_critical_minerals.json": {
        "id": "key",
        "name": "name",
        "operator": "operator",
        "province": "division",
        "latitude": "lat",
        "longitude": "lon",
        "minerals": "commodities",
        "primaryMineral": "commodities",
        "status": "status",
        "stage": "stage",
    },
    "us-battery-supply-chain-investments-2024/post_ira_ev_supply_chain_investments.csv": {
        "technology": "technology",
        "company_name": "owner",
        "product": "product",
        "state": "division",
        "country": "country",
        "latitude": "lat",
        "longitude": "lon",
        "Notes": "note_en",
    },
    "india-cpcb-nonferrous-reprocessors-2011/nonferrous_reprocessors.csv": {
        "row": "key",
        "name": "name",
        "state_section": "division",
        "metals": "commodities",
        "capacity_t_per_year": "capacity",
        "raw_text": "note_en",
    },
    "china-mnr-rights-notices-2026/notices.csv": {
        "notice_date": "information_date",
        "project_name": "name",
        "province": "division",
        "target_metal": "commodities",
        "exploration_degree": "stage",
        "winner_or_transferee": "owner",
        "url": "source",
    },
}


def is_field(found: str | None, wanted: str) -> bool:
    """Return whether a field is the wanted one; a name in any language and a unit of any figure is."""
    if found is None:
        return False
    return found == wanted or found.startswith(f"{wanted}_") or (found.endswith("unit") and wanted == "unit")


def counts(path: Path, wanted: dict[str, str]) -> tuple[int, int]:
    """Return how many of the wanted columns are mapped to their field, and how many are offered for it."""
    assignments = (assign_columns(columns) for _, columns, _ in sample_tables(open_tables(path)))
    found = max(assignments, key=lambda assignment: assignment.worth)
    fields = {column.name: name for name in found.by_field for column in found.all_of(name)}
    fields |= {figure.column.name: figure.metal or "ore" for figure in found.figures}
    offers = [(column.name, name) for name, offered in found.offers.items() for column, _ in offered]
    mapped = {column for column, field in wanted.items() if is_field(fields.get(column), field)}
    offered = {column for column, name in offers if column in wanted and is_field(name, wanted[column])}
    return len(mapped), len(offered - mapped)


@pytest.mark.slow
def test_nine_in_ten_columns_of_published_tables_are_mapped_or_offered(real_data: Path) -> None:
    found = {file: counts(real_data / file, wanted) for file, wanted in PUBLISHED.items()}
    total = sum(map(len, PUBLISHED.values()))
    mapped, offered = (sum(count[i] for count in found.values()) for i in (0, 1))
    assert mapped + offered >= 0.9 * total, found
    assert mapped >= 0.85 * total, found


@pytest.mark.parametrize("file", [file for file in PUBLISHED if file.startswith(("minmod", "usgs-copper", "usgs-mineplant"))])
def test_nine_in_ten_columns_of_a_table_of_deposits_are_mapped_or_offered(real_data: Path, file: str) -> None:
    mapped, offered = counts(real_data / file, PUBLISHED[file])
    assert mapped + offered >= 0.9 * len(PUBLISHED[file])
