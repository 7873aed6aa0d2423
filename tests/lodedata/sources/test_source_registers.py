"""Rows of the registers of Africa, of MRDS and of announced projects, as their publishers write them."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.column_counts import counts
from tests.lodedata.sources.source_rows import columns, csv_file, only, read, row_of, rules, undated

from lodedata.mapping import Tally
from lodedata.read import FileRefused
from lodedata.records import Commodity, Discovery, GenericRecord, Owner, Project


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
