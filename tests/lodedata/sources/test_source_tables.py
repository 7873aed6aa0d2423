"""Mapped sources, with synthetic rows in the published form: workbook, CSV and GeoJSON."""

from pathlib import Path

import openpyxl
import pytest
from tests.column_counts import counts
from tests.lodedata.sources.source_rows import columns, csv_file, only, read, row_of, rules, undated

from lodedata.mapping import Reading, Tally
from lodedata.records import Commodity, Deposit, Discovery, Owner, Project

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
