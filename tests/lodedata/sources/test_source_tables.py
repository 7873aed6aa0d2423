"""Mapped sources, with synthetic rows in the published form: workbook, CSV and GeoJSON."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.column_counts import counts

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.records import Commodity, Deposit, Discovery, GenericRecord, Owner, Project
from lodedata.sources import readers


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(sources.load_source(name), path, Tally() if tally is None else tally))


def csv_file(path: Path, header: Sequence[str], *rows: Sequence[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def row_of(header: Sequence[str], **cells: str) -> list[str]:
    """Return a row with the cells of some columns; names that no keyword can have are passed in a dictionary."""
    assert cells.keys() <= set(header), cells.keys() - set(header)
    return [cells.get(column, "") for column in header]


def columns(*lines: str) -> list[str]:
    return [name for line in lines for name in line.split()]


def only(readings: list[Reading]) -> Any:
    ((record,),) = [reading.records for reading in readings]
    return record


def rules(readings: list[Reading]) -> list[str]:
    return [problem.rule for reading in readings for problem in reading.problems]


ICMM = [
    "ICMMID",
    "Confidence Factor",
    "Mine Name",
    "Group Names",
    "Latitude",
    "Longitude ",
    "Asset Type",
    "Country",
    "Primary Commodity",
    "Secondary Commodity",
    "Other Commodities",
]


def test_icmm_sites_are_projects_as_sure_as_their_word(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    del book["Sheet"]
    book.create_sheet("About").append(["Global Mining Dataset"])
    sheet = book.create_sheet("External")
    for row in (
        ICMM,
        [
            "ICMM1",
            "High",
            "Alpha",
            "Alpha;Alpha Mining Co.",
            -24.27,
            -69.07,
            "Mine;Smelter",
            "Chile",
            "copper",
            "gold",
            "silver;tin",
        ],
        ["ICMM2", "Very Low", "Beta", None, 7.6, -74.8, "Mine", "Colombia", "gold", "silver", None],
        [
            *(
                "ICMM3",
                "Moderate",
                "No Other Known Name.",
                "No Other Known Name.;Bor Smelter",
                44.08,
                22.11,
                "Smelter",
                "Serbia",
            ),
            *("copper", None, None),
        ],
    ):
        sheet.append(row)
    book.save(tmp_path / "global-mining-dataset.xlsx")
    alpha, beta, bor = read("icmm-global-mining", tmp_path)
    assert beta.records == ()
    unnamed = only([bor])
    assert isinstance(unnamed, Project)
    # a sentence in place of a name is none
    assert (unnamed.name_en, unnamed.aliases) == (None, ("Bor Smelter",))
    project = only([alpha])
    assert isinstance(project, Project)
    assert (project.name_en, project.aliases, project.country) == ("Alpha", ("Alpha Mining Co.",), "CHL")
    assert project.commodities == (
        Commodity("copper", "main"),
        Commodity("gold", "co-product"),
        Commodity("silver", "by-product"),
        Commodity("tin", "by-product"),
    )
    assert (project.facility_types[0], len(project.facility_types), project.phases) == ("mine", 2, ())
    assert project.position is not None
    assert project.position.accuracy_m == 8000
    assert (alpha.rows[0].key, alpha.rows[0].locator) == ("ICMM1", "global-mining-dataset.xlsx, External, row 2")


MINFAC = [
    "position",
    "rec_id",
    "#country",
    "#site",
    "#site+siteType",
    "#site+lat",
    "#site+lng",
    "#site+trueAt",
    "#site+commodity",
    "#site+address",
    "#site+locationPrecision",
    "#site+miningMethod",
    "#site+company+1",
    "#site+company+1+isOperator",
    "#site+company+1+trueAt",
    "#site+company+2+mainInvestorTextFromMinFacDB",
    "#site+company+2",
    "#site+company+2+share",
    "#site+company+3",
    "#site+company+3+share",
    "#site+status",
    "#site+capacity",
    "units",
    "#site+notes",
    "cite",
]
SMELTER = {
    "rec_id": "9",
    "#country": "Australia",
    "#site": "Boyne Island aluminum smelter",
    "#site+siteType": "Plant",
    "#site+lat": "-23.94",
    "#site+lng": "151.34",
    "#site+trueAt": "2007",
    "#site+commodity": "Aluminum",
    "#site+locationPrecision": "F",
    "#site+company+1": "Boyne Smelters Ltd.",
    "#site+company+2": "Rio Tinto",
    "#site+company+2+share": "59.4",
    "#site+status": "Active",
    "#site+capacity": "545",
    "units": "thousand metric tons per year",
}


def undated(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    return tuple(replace(owner, on=None, date_basis=None) for owner in owners)


def minfac(path: Path, *rows: dict[str, str] | list[str]) -> list[Reading]:
    made = [row if isinstance(row, list) else row_of(MINFAC, **row) for row in rows]
    return read("usgs-minfac-world-facilities", csv_file(path / "minfac-csv-refined.csv", MINFAC, *made))


def investor(name: str, share: str) -> dict[str, str]:
    return {
        "#country": "Australia",
        "#site": "Boyne Island aluminum smelter",
        "#site+company+3": name,
        "#site+company+3+share": share,
    }


def test_rows_without_a_number_are_further_investors_of_the_facility_above(tmp_path: Path) -> None:
    first, second = minfac(tmp_path, SMELTER, investor("Ryowa", "5"), investor("Sumitomo", ""), {**SMELTER, "rec_id": "10"})
    assert [row.key for row in first.rows] == ["9", "9+1", "9+2"]
    assert [row.locator for row in first.rows] == [f"minfac-csv-refined.csv, row {n}" for n in (2, 3, 4)]
    project = only([first])
    assert {(str(owner.on), owner.date_basis) for owner in project.owners} == {("2007", "in-or-before")}
    assert undated(project.owners) == (
        Owner("Boyne Smelters Ltd.", role="operator"),
        Owner("Rio Tinto", share_pct=59.4),
        Owner("Ryowa", share_pct=5, source_row="9+1"),
        Owner("Sumitomo", source_row="9+2"),
    )
    (phase,) = project.phases
    assert (phase.capacity.value, phase.status.code, str(phase.status.on)) == (545_000, "operating", "2007")
    assert (project.country, project.position.accuracy_m, [row.key for row in second.rows]) == ("AUS", 3000, ["10"])


@pytest.mark.parametrize(
    ("share", "rule"), [("50)", "figure-unreadable"), ("about half", "figure-unreadable"), ("150", "share-over-100")]
)
def test_an_investors_share_that_is_none_is_reported(tmp_path: Path, share: str, rule: str) -> None:
    (reading,) = minfac(tmp_path, SMELTER, investor("Ryowa", share))
    assert rules([reading]) == [rule]
    assert reading.problems[0].column == "#site+company+3+share"
    assert undated(only([reading]).owners)[-1] == Owner("Ryowa", source_row="9+1")


def test_the_cells_of_further_investors_are_used_and_those_of_their_facility_given_elsewhere(tmp_path: Path) -> None:
    csv_file(tmp_path / "minfac-csv-refined.csv", MINFAC, row_of(MINFAC, **SMELTER), row_of(MINFAC, **investor("Ryowa", "5 %")))
    tally = Tally()
    read("usgs-minfac-world-facilities", tmp_path, tally)
    assert counts(tally, "refined.csv", "#site+company+3") == (1, 1, {})
    assert counts(tally, "refined.csv", "#site+company+3+share") == (1, 0, {"unreadable": 1})
    assert counts(tally, "refined.csv", "#country") == (2, 1, {"given-elsewhere": 1})


def test_a_broken_row_beneath_a_facility_keeps_both_out(tmp_path: Path) -> None:
    broken, good = minfac(tmp_path, SMELTER, ["", "", "Australia"], {**SMELTER, "rec_id": "10"})
    assert (rules([broken]), broken.refused, len(broken.rows), good.refused) == (["wrong-cell-count"], True, 2, False)


def test_a_row_that_continues_nothing_is_refused(tmp_path: Path) -> None:
    (reading,) = minfac(tmp_path, investor("Ryowa", "5"))
    assert reading.refused


def test_minfac_takes_a_metal_out_of_its_text_and_zero_for_no_figure(tmp_path: Path) -> None:
    cases = {
        "Ferroalloys: Ferronickel, Ni content": ["nickel"],
        "Copper: Concentrate, Cu content": ["copper"],
        "Lithium carbonate": ["lithium"],
        "Nickel, copper, and cobalt": ["nickel", "copper", "cobalt"],
    }
    made = [{**SMELTER, "rec_id": str(i), "#site+commodity": word, "#site+capacity": "0"} for i, word in enumerate(cases)]
    for reading, codes in zip(minfac(tmp_path, *made), cases.values(), strict=True):
        project = only([reading])
        assert [c.code for c in project.commodities] == codes
        assert project.phases[0].capacity is None


MAJOR = columns(
    "gid dep_name country state latitude longitude commodity dep_type type_detail model_code model_name metallic",
    "citation",
)


def test_major_deposits_have_their_metals_in_order_and_some_no_position(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path / "deposit.csv",
        MAJOR,
        [
            "1",
            "Alpha",
            "Chile",
            "Antofagasta",
            "-24.2",
            "-69.1",
            "Copper, Gold-Silver",
            "Porphyry",
            "",
            "17",
            "Porphyry Cu",
            "Y",
            "X",
        ],
        ["2", "Beta", "Slovakia?", "na", "", "", "Nickel", "Unclassified", "", "", "", "Y", "X"],
        ["3", "Gamma", "Peru", "", "-9", "-77", "Gold", "", "", "", "", "Y", "X"],
    )
    alpha, beta, gamma = read("usgs-major-deposits", path)
    deposit = only([alpha])
    assert isinstance(deposit, Deposit)
    assert [(c.code, c.rank) for c in deposit.commodities] == [
        ("copper", "main"),
        ("gold", "co-product"),
        ("silver", "co-product"),
    ]
    assert (deposit.country, deposit.division, deposit.occurrence_type) == ("CHL", "CL-AN", "deposit")
    assert deposit.deposit_model_reported == "Porphyry Cu; Porphyry"
    assert (only([beta]).country, only([beta]).position, only([beta]).deposit_model_reported) == ("SVK", None, None)
    assert gamma.records == ()


PORPHYRY = columns(
    "objectid gmrap_id coded_id tract_name name name_other name_group includes sitestatus country state_prov",
    "latitude longitude dep_type dep_subtype age_ma age_method age_range age_ref comm_major comm_minor comm_trace",
    "tonnage_mt cu_pct mo_pct au_g_t ag_g_t con_cu_t au_mo comments minerals assd_rock dev_status ref_list setting",
    "study_area short_ref strat_age",
)
SEDIMENTARY = columns(
    "objectid gmrap_id coded_id tract_name name name_other name_group includes sitestatus sitestatus2 country",
    "state_prov latitude longitude dep_type dep_subtype age_host age_ma unit host_rocks comm_major tonnage_mt",
    "cu_pct co_pct ag_g_t con_cu_t comments minerals ref_list short_ref",
)
NO_DATA = dict.fromkeys(["tonnage_mt", "cu_pct", "ag_g_t", "con_cu_t"], "-9999")


def test_the_copper_assessment_distinguishes_deposits_and_prospects(tmp_path: Path) -> None:
    """-9999 is no data, whatever the column; a tonnage of the whole deposit is in no class."""
    porphyry = {"mo_pct": "-9999", "au_g_t": "-9999", "au_mo": "-9999", "age_ma": "-9999"}
    place = {"country": "Chile", "state_prov": "Atacama", "latitude": "-27.123456789", "longitude": "-69.987654321"}
    big = {"tonnage_mt": "3096", "cu_pct": "0.46", "con_cu_t": "14241600", "au_g_t": "0.1"}
    csv_file(
        tmp_path / "pcu_deps_pros.csv",
        PORPHYRY,
        row_of(
            PORPHYRY,
            objectid="1",
            name="Alpha",
            sitestatus="deposit",
            comm_major="Cu, Mo",
            dep_subtype="Cu-Mo",
            includes="Chuqui Norte; Exotica; Group includes Alpha and Beta deposits.",
            **{**porphyry, **NO_DATA, **place, **big},
        ),
        row_of(
            PORPHYRY,
            objectid="2",
            name="unnamed",
            sitestatus="prospect",
            comm_major="Cu(?)",
            dev_status="Occurrence",
            **porphyry,
            **NO_DATA,
            **place,
        ),
        encoding="utf-8-sig",
    )
    csv_file(
        tmp_path / "sedcu_deps_pros.csv",
        SEDIMENTARY,
        row_of(
            SEDIMENTARY,
            objectid="1",
            name="Beta",
            sitestatus="historic mine - 19th century or earlier",
            comm_major="Cu, Co",
            co_pct="-9999",
            **NO_DATA,
            **place,
        ),
        row_of(SEDIMENTARY, objectid="2", name="Gamma", sitestatus="site", comm_major="Ag", co_pct="-9999", **NO_DATA, **place),
        encoding="utf-8-sig",
    )
    readings = read("usgs-copper-assessment-sir20105090z", tmp_path)
    alpha, unnamed, beta, gamma = (only([reading]) for reading in readings)
    assert [reading.rows[0].key for reading in readings] == ["pcu:1", "pcu:2", "sedcu:1", "sedcu:2"]
    assert [type(record) for record in (alpha, unnamed, beta, gamma)] == [Deposit, Discovery, Deposit, Discovery]
    assert rules(readings) == []
    (estimate,) = alpha.estimates
    assert (estimate.category, estimate.ore.value) == ("endowment", 3_096_000_000)
    assert estimate.covers == "Chuqui Norte; Exotica"
    assert [(m.commodity, m.grade.value) for m in estimate.measures] == [("copper", 0.46), ("gold", pytest.approx(1e-5))]
    assert estimate.measures[0].contained.value == 14_241_600
    assert (alpha.deposit_model, alpha.division) == ("porphyry-copper-molybdenum", "CL-AT")
    assert (unnamed.name_en, unnamed.estimates, unnamed.result) == (None, (), "mineral-occurrences")
    assert [c.code for c in gamma.commodities] == ["copper", "silver"]


def test_neighbours_of_a_group_are_not_in_the_figure_of_a_deposit(tmp_path: Path) -> None:
    big = {
        **dict.fromkeys(PORPHYRY, "-9999"),
        "tonnage_mt": "500",
        "cu_pct": "0.5",
        "con_cu_t": "2500000",
        "sitestatus": "deposit",
    }
    neighbours = {"name": "Borska Reka", "includes": "Group includes Bor, Borska Reka, and Veliki Krivelj deposits."}
    csv_file(
        tmp_path / "pcu_deps_pros.csv",
        PORPHYRY,
        row_of(PORPHYRY, **{**big, **neighbours, "objectid": "1"}),
        encoding="utf-8-sig",
    )
    (reading,) = read("usgs-copper-assessment-sir20105090z", tmp_path / "pcu_deps_pros.csv")
    assert [estimate.covers for estimate in only([reading]).estimates] == [None]


def test_pp1802_names_the_metal_whose_ore_a_critical_mineral_is_part_of(tmp_path: Path) -> None:
    header = ["X", "Y", "DEPOSIT_NAME", "CRITICAL_MINERAL", "DEPOSIT_TYPE", "LATITUDE", "LONGITUDE", "LOCATION", "LOC_DETAIL"]
    path = csv_file(
        tmp_path / "PP1802_CritMin_pts.csv",
        header,
        ["144.1", "-33.1", "Alpha", "Gallium", "Ga in Bauxite", "-33.1", "144.1", "Australia", "New South Wales"],
        ["-1.5", "50.5", "Beta", "Tin and Tungsten", "Vein tin", "50.5", "-1.5", "England", "Cornwall"],
        ["-1.5", "50.5", "Gamma", "Antimony", "Simple Sb", "50.5", "-1.5", "England", ""],
    )
    alpha, beta, gamma = read("usgs-pp1802-critical-minerals", path)
    assert [reading.rows[0].key for reading in (alpha, beta, gamma)] == ["1", "2", "3"]
    assert [(c.code, c.rank) for c in only([alpha]).commodities] == [("bauxite", "main"), ("gallium", "by-product")]
    assert ([c.code for c in only([beta]).commodities], only([beta]).country) == (["tin", "tungsten"], "GBR")
    assert gamma.records == ()


def features(path: Path, *rows: dict[str, Any]) -> None:
    """Write a GeoJSON file of 3-D points with the attributes of rows."""
    made = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": {"type": "Point", "coordinates": [row["Longitude"], row["Latitude"], 0.0]},
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")


PLACE = {"Country": "Zambia", "ADM1": "Copperbelt", "Latitude": -12.53, "Longitude": 27.85, "InfSource1": "x", "Label1": "x"}
DEPOSIT = {
    **PLACE,
    "id": "0",
    "FeatureUID": "ZMd001",
    "FeatureNam": "Alpha",
    "NameVar": "Old Alpha;A",
    **{f"DsgAttr{n:02}": None for n in range(1, 11)},
}
FACILITY = {
    **PLACE,
    "id": "0",
    "FeatureUID": "ZMB001",
    "FeatureNam": "Alpha smelter",
    "FeatureTyp": "Smelter",
    "DsgAttr01": "Metals",
    "DsgAttr02": "Copper",
    "DsgAttr03": "Blister",
    "DsgAttr04": "N",
    "DsgAttr05": "N",
    "DsgAttr06": 2018,
    "DsgAttr07": 311.0,
    "DsgAttr08": "Thousand metric tons",
    "DsgAttr09": None,
    "DsgAttr10": "<null>",
    "LocOpStat": "Assumed Active",
    "MemoOther": "<null>",
    "MemoLoc": "<null>",
    "LocConfid": "A",
    "LocSource1": "x",
    "OperateNam": "Alpha Ltd.",
    "OwnerName1": "Alpha Holdings [90.5%]",
    "OwnerName2": "State of Zambia [9.5%]",
    "OwnerName3": "<null>",
    "OwnerName4": "<null>",
}
FIND = {
    **PLACE,
    "id": "0",
    "FeatureUID": "ZMx001",
    "FeatureNam": "Beta",
    "NameVar": None,
    "LocOpStat": "Exploration",
    "MemoLoc": None,
    "OwnerName": "Beta Corp.",
    **{f"DsgAttr{n:02}": None for n in range(1, 13)},
}


def test_africa_has_deposits_facilities_and_exploration(tmp_path: Path) -> None:
    features(
        tmp_path / "AFR_Mineral_Deposits.geojson",
        {**DEPOSIT, "DsgAttr01": "Copper", "DsgAttr02": "Cobalt", "DsgAttr09": "Unclassified"},
    )
    features(
        tmp_path / "AFR_Mineral_Facilities.geojson",
        FACILITY,
        {**FACILITY, "DsgAttr07": -999.0},
        {**FACILITY, "LocOpStat": "C&M"},
    )
    features(tmp_path / "AFR_Mineral_Exploration.geojson", {**FIND, "DsgAttr01": "Nickel", "DsgAttr11": 2015})
    readings = read("usgs-africa-mineral-industries", tmp_path)
    assert [r.rows[0].key for r in readings] == [
        "deposits:ZMd001",
        "facilities:ZMB001",
        "facilities:ZMB001#2",
        "facilities:ZMB001#3",
        "exploration:ZMx001",
    ]
    assert rules(readings) == []
    deposit, first, second, third, find = (only([reading]) for reading in readings)
    assert (deposit.aliases, deposit.country, deposit.deposit_model_reported) == (("Old Alpha", "A"), "ZMB", None)
    assert (deposit.position.lon, deposit.position.lat, deposit.position.accuracy_m) == (27.85, -12.53, 10_000)
    (phase,) = first.phases
    assert (phase.capacity.value, phase.product_reported, phase.note) == (311_000, "Copper: Blister", None)
    assert (phase.status.code, phase.status.inferred, str(phase.status.on)) == ("operating", True, "2018")
    assert (second.phases[0].capacity, third.phases[0].status.code, third.phases[0].status.inferred) == (
        None,
        "suspended",
        False,
    )
    assert {(str(owner.on), owner.date_basis) for owner in first.owners} == {("2018", "in-or-before")}
    assert undated(first.owners) == (
        Owner("Alpha Ltd.", role="operator"),
        Owner("Alpha Holdings", share_pct=90.5),
        Owner("State of Zambia", share_pct=9.5),
    )
    assert isinstance(find, Discovery)
    assert (find.announced_by, str(find.information_date)) == ("Beta Corp.", "2015")
    assert find.commodities == (Commodity("nickel", "main"),)


def test_africas_mended_country_name_is_ivory_coast(tmp_path: Path) -> None:
    features(
        tmp_path / "AFR_Mineral_Deposits.geojson",
        {**DEPOSIT, "Country": "Côte d'\x92Ivoire", "DsgAttr01": "Ni-Co laterite", "DsgAttr09": "Ni-Co laterite"},
    )
    for name in ("Facilities", "Exploration"):
        features(
            tmp_path / f"AFR_Mineral_{name}.geojson",
            {**(FACILITY if name == "Facilities" else FIND), "DsgAttr02": "Gold", "DsgAttr01": "Gold"},
        )
    deposit = only(read("usgs-africa-mineral-industries", tmp_path)[:1])
    assert (deposit.country, [c.code for c in deposit.commodities]) == ("CIV", ["nickel"])


def test_mineplant_distinguishes_mines_and_plants_by_a_letter(tmp_path: Path) -> None:
    header = ["id", "COMMODITY", "SITE_NAME", "COMPANY_NA", "STATE_LOCA", "COUNTY", "LATITUDE", "LONGITUDE", "PLANT_MIN"]
    path = csv_file(
        tmp_path / "mineplant.csv",
        header,
        ["1", "Aluminum", "Alpha Smelter", "Alpha Inc", "Indiana", "Warrick", "37.915", "-87.336", "P"],
        ["2", "Copper", "Beta", "Beta Inc", "Arizona", "Pinal", "33.1", "-110.9", "M/P"],
        ["3", "Gypsum", "Gamma", "Gamma Inc", "Iowa", "", "42.4", "-94.1", "M"],
    )
    alpha, beta, gamma = read("usgs-mineplant-us", path)
    project = only([alpha])
    assert (project.facility_types, project.country, project.division) == (("processing-plant",), "USA", "US-IN")
    assert (project.phases[0].status.code, str(project.phases[0].status.on)) == ("operating", "2003")
    assert undated(project.owners) == (Owner("Alpha Inc", role="operator"),)
    assert [str(owner.on) for owner in project.owners] == ["2003"]
    assert only([beta]).facility_types == ("mine", "processing-plant")
    assert gamma.records == ()


MRDS = columns(
    "dep_id url mrds_id mas_id site_name latitude longitude region country state county com_type commod1 commod2",
    "commod3 oper_type dep_type prod_size dev_stat ore gangue other_matl orebody_fm work_type model alteration",
    "conc_proc names ore_ctrl reporter hrock_unit hrock_type arock_unit arock_type structure tectonic ref yfp_ba",
    "yr_fst_prd ylp_ba yr_lst_prd dy_ba disc_yr prod_yrs discr score",
)
"""The columns of mrds.csv as published (https://mrdata.usgs.gov/mrds/)."""


def test_mrds_is_read_by_its_published_layout(tmp_path: Path) -> None:
    tally = Tally()
    path = csv_file(
        tmp_path / "mrds.csv",
        MRDS,
        row_of(
            MRDS,
            dep_id="10000001",
            site_name="Alpha",
            latitude="33.05",
            longitude="-110.97",
            country="United States",
            state="Arizona",
            commod1="Copper",
            commod2="Molybdenum, Gold",
            commod3="Silver",
            dev_stat="Past Producer",
            names="Alpha Pit, Old Alpha",
            model="Porphyry Cu",
            hrock_unit="Some Granite",
            disc_yr="1874",
            oper_type="Surface",
        ),
        row_of(MRDS, dep_id="10000002", site_name="Beta", country="Bolivia", commod1="Tin", dev_stat="Prospect"),
        row_of(MRDS, dep_id="10000003", site_name="Gamma", country="Peru", commod1="Sand and Gravel", dev_stat="Producer"),
    )
    alpha, beta, gamma = read("usgs-mrds", path, tally)
    deposit = only([alpha])
    assert [(c.code, c.rank) for c in deposit.commodities] == [
        ("copper", "main"),
        ("molybdenum", "co-product"),
        ("gold", "co-product"),
        ("silver", "by-product"),
    ]
    assert (deposit.country, deposit.division, deposit.aliases) == ("USA", "US-AZ", ("Alpha Pit", "Old Alpha"))
    assert (deposit.mine_status.code, deposit.occurrence_type, deposit.discovery_year) == ("closed", "deposit", 1874)
    assert (deposit.host_unit, deposit.deposit_model_reported) == ("Some Granite", "Porphyry Cu")
    assert (only([beta]).position, only([beta]).occurrence_type, only([beta]).mine_status) == (None, "prospect", None)
    assert (gamma.records, rules([gamma])) == ((), ["other-mineral"])
    assert tally.unmapped_columns == {}


def test_mrds_may_leave_out_what_it_is_not_known_by(tmp_path: Path) -> None:
    header = ["dep_id", "site_name", "latitude", "longitude", "country", "state", "commod1"]
    path = csv_file(tmp_path / "mrds.csv", header, ["1", "Alpha", "33.05", "-110.97", "United States", "Arizona", "Copper"])
    assert only(read("usgs-mrds", path)).division == "US-AZ"
    with pytest.raises(FileRefused, match=r"mrds.csv: the column 'country' is missing"):
        read("usgs-mrds", csv_file(tmp_path / "mrds.csv", [c for c in header if c != "country"], ["1"] * 6))


def test_a_canadian_project_has_a_status_by_its_stage_and_a_milestone_for_its_assessment(tmp_path: Path) -> None:
    common = {
        "operator": "A Mining",
        "latitude": 54.8557,
        "longitude": -100.134,
        "province": "Manitoba",
        "region": "",
        "id": "",
    }
    common |= {"primaryMineral": "", "stage": "", "source": "", "website": ""}
    rows = [
        {"nrcanObjectId": 1, "name": "Far", "minerals": ["Gold", "copper"], "operationGroup": "Advanced exploration project"}
        | {
            "status": "On hold / suspended",
            "developmentStage": "Advanced project",
            "impactAssessmentUrl": "https://x.example/1",
        },
        {
            "nrcanObjectId": 2,
            "name": "Near",
            "minerals": ["Lithium (spodumene)"],
            "status": "Active",
            "developmentStage": "Mine",
        }
        | {"operationGroup": "Mines and other primary producing sites", "impactAssessmentUrl": None},
    ]
    path = tmp_path / "nrcan_critical_minerals.json"
    path.write_text(json.dumps([common | row for row in rows]), encoding="utf-8")
    tally = Tally()
    far, near = read("canada-nrcan-critical-minerals-2026", path, tally)
    assert counts(tally, "minerals.json", "impactAssessmentUrl") == (1, 1, {})
    project, milestone = far.records
    assert isinstance(project, Project) and isinstance(milestone, GenericRecord)
    assert [phase.status.code for phase in project.phases if phase.status] == ["shelved"]
    assert (project.commodities, project.facility_types) == (
        (Commodity("gold", "main"), Commodity("copper", "co-product")),
        ("mine",),
    )
    assert milestone.values["milestone_type"] == "eia"
    assert (milestone.values["act"], milestone.values.get("actual_date")) == ("https://x.example/1", None)
    assert milestone.values["project"] == far.rows[0].key == "1"
    mine = only([near])
    assert [phase.status.code for phase in mine.phases] == ["operating"]


def test_an_american_announcement_is_in_scope_by_its_product_and_not_by_the_name_of_its_firm(tmp_path: Path) -> None:
    names = "technology company_name product reported_investment by_amount reported_jobs by_jobs city state country latitude"
    columns = [*names.split(), "longitude", "timeline", "DOE/Argonne Dataset"]
    columns += ["Turner Dataset - only checked for 'Batteries' technology Post-IRA", "Notes"]
    mine = {"product": "Batteries: Minerals Extraction; Batteries: Materials Processing", "country": "United States"}
    path = csv_file(
        tmp_path / "post_ira_ev_supply_chain_investments.csv",
        columns,
        row_of(columns, company_name="Albemarle", city="Kings Mountain", **mine),
        row_of(columns, company_name="Eagle Mine / Michigan Tech", city="Big Bay", **mine),
        row_of(columns, company_name="Evelution Energy", city="Tacna", **mine),
        row_of(columns, company_name="American Lithium Energy Corp.", product="Batteries: Cells", country="United States"),
        row_of(columns, company_name="Graphite One", product="Batteries: Components", country="United States"),
    )
    readings = read("us-battery-supply-chain-investments-2024", path)
    minerals = [[c.code for c in reading.records[0].commodities] for reading in readings if reading.records]  # type: ignore[union-attr]
    assert minerals == [["lithium"], ["nickel", "copper"], ["cobalt"]]
    assert [reading.refused for reading in readings] == [False] * 5


def test_an_american_announcement_has_no_mineral_that_its_plant_does_not_make(tmp_path: Path) -> None:
    """Nanotubes, a recycled solvent, hemp carbon and beads are none; a lithium plant makes no cobalt."""
    names = "technology company_name product reported_investment by_amount reported_jobs by_jobs city state country latitude"
    columns = [*names.split(), "longitude", "timeline", "DOE/Argonne Dataset"]
    columns += ["Turner Dataset - only checked for 'Batteries' technology Post-IRA", "Notes"]
    recycling, processing = "Batteries: Recycling", "Batteries: Materials Processing"
    plants = (
        ("CHASM Advanced Materials", "Norman", processing, "https://chasmtek.com/carbon-nanotube-lithium-ion-batteries"),
        ("Jaewon Industrial", "Kokomo", recycling, "https://iedc.in.gov/korean-supplier"),
        ("Wisconsin Battery Co.", "Portage", "Batteries: Recycling; Batteries: Cells", "https://winbat.co/"),
        ("Lilac Solutions", "Fernley", "Batteries: Minerals Extraction", "https://lilacsolutions.com/technology/"),
        ("Albemarle", "Richburg", f"{recycling}; {processing}", "https://albemarle.com/new-us-lithium-megaflex"),
        ("Nth Cycle", "Fairfield", processing, "https://nthcycle.com/nickel-and-cobalt-production-facility"),
        ("Cirba Solutions", "Lancaster", recycling, "https://cirbasolutions.com/"),
    )
    given = [{"company_name": name, "city": city, "product": product, "Notes": notes} for name, city, product, notes in plants]
    rows = [row_of(columns, country="United States", **cells) for cells in given]
    readings = read(
        "us-battery-supply-chain-investments-2024",
        csv_file(tmp_path / "post_ira_ev_supply_chain_investments.csv", columns, *rows),
    )
    made = [[c.code for c in reading.records[0].commodities] if reading.records else None for reading in readings]  # type: ignore[union-attr]
    assert made == [None, None, None, None, ["lithium"], ["nickel", "cobalt"], ["lithium", "nickel", "cobalt"]]


def test_an_american_announcement_is_a_milestone_without_a_date(tmp_path: Path) -> None:
    header = "technology,company_name,product,reported_investment,by_amount,reported_jobs,by_jobs,city,state,country,latitude"
    names = [*header.split(","), "longitude", "timeline", "DOE/Argonne Dataset"]
    names += ["Turner Dataset - only checked for 'Batteries' technology Post-IRA", "Notes"]
    place = {"country": "United States", "state": "Nevada", "latitude": "39.5", "longitude": "-119.4"}
    path = csv_file(
        tmp_path / "post_ira_ev_supply_chain_investments.csv",
        names,
        row_of(names, company_name="Cell Again", product="Batteries: Recycling", Notes="https://again.example/news", **place),
        row_of(names, company_name="Desert Lithium", product="Batteries: Minerals Extraction", **place),
        row_of(names, company_name="Anodes", product="Batteries: Materials Processing", **place),
        row_of(names, company_name="Sun", product="Solar: Panels", **place),
    )
    tally = Tally()
    recycler, lithium, anodes, sun = read("us-battery-supply-chain-investments-2024", path, tally)
    assert counts(tally, "investments.csv", "product") == (4, 2, {"row-out-of-scope": 2})
    project, milestone, stream = recycler.records
    assert isinstance(project, Project) and isinstance(milestone, GenericRecord) and isinstance(stream, GenericRecord)
    assert [c.code for c in project.commodities] == ["lithium", "nickel", "cobalt"]
    assert project.facility_types == ("battery-recycling-plant",)
    assert (stream.kind, stream.values["stream"], stream.values["project"]) == ("plant_stream", "spent-batteries", "1")
    assert (milestone.values["milestone_type"], milestone.values["act"]) == ("announced", "https://again.example/news")
    assert isinstance(lithium.records[0], Project) and [c.code for c in lithium.records[0].commodities] == ["lithium"]
    assert (anodes.refused, rules([anodes])) == (False, ["no-mineral-named"])
    assert (sun.records, rules([sun])) == ((), ["other-product"])
