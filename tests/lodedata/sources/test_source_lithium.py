"""The eleven related tables of the lithium source, with synthetic rows in the published form."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.column_counts import counts

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.records import Commodity, Deposit
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


def only(readings: list[Reading]) -> Any:
    ((record,),) = [reading.records for reading in readings]
    return record


def rules(readings: list[Reading]) -> list[str]:
    return [problem.rule for reading in readings for problem in reading.problems]


LITHIUM = {
    "Site": "OBJECTID *,Site_ID *,Site_Name",
    "Loc_Pt": "OBJECTID *,Shape *,Site_ID *,Ftr_ID *,Ftr_Name,Other_Name,Last_Updt,Ftr_Group,Ftr_Type,Commodity,"
    "Lat_WGS84,Long_WGS84,Pt_Def,Poly_Def,State,County,Loc_Scale,Loc_Date,Ref_Detail,Ref_ID,Remarks,"
    "Loc_Poly",
    "GeolMinOcc": "OID *,Site_ID *,Ftr_ID *,Ftr_Name,Commodity,Min_Style,Min_Age,Host_Name",
    "Resources": "OBJECTID *,Site_ID *,Ftr_ID *,Ftr_Name,Last_Updt,Material,Rsrc_Date,Mat_Type,Mat_Amnt,Mat_Units,"
    "Grade,Grade_Unit,CutOffGrad,CutOffUnit,Contained,Cont_Units,Rsrc_Class,Rsrc_Descr,Rsrc_Code,"
    "Ref_Detail,Ref_ID,Remarks",
    "History": "OID *,Site_ID *,Ftr_ID *,Ftr_Name,Last_Updt,Status,StatDetail,Year_From,Year_To,Ref_Detail,Ref_ID,Remarks",
    "Dep_Model": "OBJECTID *,Site_ID *,Ftr_ID *,Ftr_Name,Last_Updt,DpMd_NoNm",
    "Production": "OBJECTID *,Site_ID *,Ftr_ID *,Ftr_Name,Last_Updt,Assoc_Dep,Material",
    "Loc_Poly": "OBJECTID *,Shape *,Site_ID,Ftr_ID,Ftr_Name",
    "Loc_Poly_Sw": "OBJECTID *,Shape *,Ftr_ID,Ftr_Name",
    "Descr_Sum": "OBJECTID *,Site_ID *,Ftr_ID *,Last_Updt,Descr_Type,Descr",
    "References": "OBJECTID *,Ref_ID,Reference",
}
"""The eleven tables with the columns that they have in common with the published ones."""
POINT = {
    "OBJECTID": "25",
    "Site_ID": "NC00001",
    "Ftr_ID": "Mo00001",
    "Ftr_Name": "Alpha",
    "Other_Name": "Old Alpha; A",
    "Ftr_Group": "Mineral Occurrence",
    "Ftr_Type": "Deposit",
    "Commodity": "lithium",
    "Lat_WGS84": "35.27812",
    "Long_WGS84": "-81.34567",
    "Pt_Def": "Coordinates provided from reference material",
    "State": "NC",
    "Loc_Scale": "Medium (1:24,000-1:250,000)",
}
MEASURED = {
    "Site_ID": "NC00001",
    "Ftr_ID": "Mo00001",
    "Material": "lithium oxide (Li2O)",
    "Rsrc_Date": "2018",
    "Mat_Type": "ore",
    "Mat_Amnt": "-10.5",
    "Mat_Units": "million metric tons",
    "Grade": "1.2111",
    "Grade_Unit": "percent",
    "CutOffGrad": "0.6",
    "CutOffUnit": "percent Li2O",
    "Contained": "126,000.111",
    "Cont_Units": "metric tons",
    "Rsrc_Class": "Measured",
    "Rsrc_Descr": "Resource",
    "Rsrc_Code": "JORC",
    "Ref_ID": "Someone (2018)",
    "Ref_Detail": "Page 1",
}
Tables = dict[str, list[dict[str, str]]]


def lithium(folder: Path, tables: Tables) -> Path:
    """Write a folder of the eleven tables, in Windows-1252 and with the star of their key columns."""
    for name, columns in LITHIUM.items():
        header = columns.split(",")
        plain = [column.removesuffix("*").strip() for column in header]
        number = plain[0]
        rows = [row_of(plain, **{number: str(at + 1), **row}) for at, row in enumerate(tables.get(name, []))]
        csv_file(folder / f"{name}.csv", header, *rows, encoding="cp1252")
    return folder


def build_lithium_tables() -> Tables:
    """Return the tables of a deposit and a pit, with rows of both and of their site."""
    site = {"Site_ID": "NC00001", "Ftr_ID": "-1111"}
    own = {"Site_ID": "NC00001", "Ftr_ID": "Mo00001"}
    return {
        "Site": [{"Site_ID": "NC00001", "Site_Name": "Señal"}],
        "Loc_Pt": [POINT, {**POINT, "OBJECTID": "26", "Ftr_ID": "Mf00009", "Ftr_Group": "Mine Feature", "Ftr_Type": "Pit"}],
        "GeolMinOcc": [{**own, "Commodity": "lithium; tin", "Min_Style": "pegmatite", "Host_Name": "Some Schist"}],
        "Resources": [
            MEASURED,
            {**MEASURED, "Material": "tin (Sn)", "Grade": "0.05", "Contained": "<Null>"},
            {**MEASURED, "Rsrc_Class": "Possible"},
            {
                **MEASURED,
                "Rsrc_Class": "Proven",
                "Rsrc_Descr": "Reserve",
                "Material": "lithium carbonate (Li2CO3)",
                "Mat_Type": "commodity",
            },
        ],
        "History": [
            {**own, "Status": "Discovery", "Year_From": "1906", "Year_To": "1906", "Ref_ID": "Someone (1907)"},
            {**site, "Status": "Active", "StatDetail": "mined", "Year_From": "1938", "Year_To": "1998"},
        ],
        "Dep_Model": [{**own, "DpMd_NoNm": "LCT pegmatite"}],
        "Production": [{"Site_ID": "NC00001", "Ftr_ID": "Mf00009", "Assoc_Dep": "Mo00001"}],
        "References": [{"Ref_ID": "Someone (2018)", "Reference": "A report"}],
    }


def test_lithium_points_are_deposits_with_the_rows_of_ten_other_tables(tmp_path: Path) -> None:
    tally = Tally()
    readings = read("usgs-lithium-us", lithium(tmp_path, build_lithium_tables()), tally)
    assert counts(tally, "Loc_Pt.csv", "Ftr_Name") == (2, 1, {"row-apart": 1})
    assert counts(tally, "Resources.csv", "Mat_Units") == (4, 2, {"given-elsewhere": 2})
    assert counts(tally, "History.csv", "Site_ID") == (2, 1, {"given-elsewhere": 1})
    assert counts(tally, "Production.csv", "Assoc_Dep") == (1, 1, {})
    deposit = only([readings[0]])
    assert isinstance(deposit, Deposit)
    assert [row.key for row in readings[0].rows] == [
        "NC00001:Mo00001",
        "GeolMinOcc:1",
        "Resources:1",
        "Resources:2",
        "Resources:3",
        "Resources:4",
        "History:1",
        "Dep_Model:1",
    ]
    assert (deposit.name_en, deposit.aliases, deposit.country, deposit.division) == (
        "Alpha",
        ("Old Alpha", "A"),
        "USA",
        "US-NC",
    )
    assert deposit.commodities == (Commodity("lithium", "main"), Commodity("tin", "co-product"))
    assert (deposit.deposit_form, deposit.discovery_year, deposit.host_unit) == ("mineral", 1906, "Some Schist")
    assert deposit.position is not None and deposit.mine_status is not None
    assert (deposit.position.accuracy_m, deposit.position.method) == (2000, "exact")
    assert (deposit.mine_status.code, str(deposit.mine_status.on), deposit.mine_status.inferred) == ("closed", "1998", True)
    assert [activity.reported for activity in deposit.activities] == ["Discovery", "Active"]
    assert [[row.key, *reading.belongs_to] for reading in readings[1:] for row in reading.rows] == [
        ["NC00001:Mf00009", "NC00001:Mo00001"],
        ["Site:1", "NC00001:Mo00001"],
        ["History:2", "NC00001:Mo00001"],
        ["Production:1", "NC00001:Mo00001"],
        ["References:1"],
    ]
    assert sum(len(reading.rows) for reading in readings) == sum(tally.rows.values()) == 13


def test_lithium_estimates_share_an_ore_and_keep_their_classes(tmp_path: Path) -> None:
    """A tonnage with a minus is shared by several commodities; a figure that ends in .111 was calculated by the authors."""
    tables: Tables = {
        "Loc_Pt": [POINT],
        "Resources": [
            MEASURED,
            {**MEASURED, "Material": "tin (Sn)", "Grade": "0.05", "Contained": "<Null>"},
            {**MEASURED, "Rsrc_Class": "Possible"},
            {
                **MEASURED,
                "Rsrc_Class": "Proven",
                "Rsrc_Descr": "Reserve",
                "Material": "lithium carbonate (Li2CO3)",
                "Mat_Type": "commodity",
            },
            {**MEASURED, "Rsrc_Descr": "Resources-Exclusive", "Rsrc_Class": "Inferred"},
        ],
    }
    deposit = only(read("usgs-lithium-us", lithium(tmp_path, tables)))
    measured, possible, reserve, exclusive = deposit.estimates
    assert [(e.category, e.category_reported) for e in deposit.estimates] == [
        ("measured-mineral-resource", "Measured Resource"),
        ("endowment", "Possible Resource"),
        ("proved-ore-reserves", "Proven Reserve"),
        ("inferred-mineral-resource", "Inferred Resources-Exclusive"),
    ]
    assert (measured.ore.value, measured.cut_off, measured.code, str(measured.on)) == (
        10_500_000,
        "0.6 percent Li2O",
        "jorc-code",
        "2018",
    )
    lithia, tin = measured.measures
    assert (lithia.commodity, lithia.grade.value, lithia.grade.basis) == ("lithium", 1.2, "Li2O")
    assert (lithia.contained.reported, lithia.contained.value) == (126_000, pytest.approx(126_000 / 2.153))
    assert (tin.commodity, tin.grade.value, tin.contained) == ("tin", 0.05, None)
    assert (reserve.ore, reserve.measures[0].contained.basis) == (None, "LCE")
    assert (exclusive.includes_reserves, measured.includes_reserves) == (False, None)
    assert measured.source_row == "Resources:1, Resources:2"
    assert measured.citation == "Someone (2018); Page 1"


def test_lithium_figures_and_places_that_can_not_be_read_are_reported(tmp_path: Path) -> None:
    tables: Tables = {
        "Loc_Pt": [
            POINT,
            {**POINT, "Ftr_ID": "Mo00002", "Long_WGS84": "-811.3"},
            {**POINT, "Ftr_ID": "Mo00003", "Lat_WGS84": "x"},
        ],
        "Resources": [{**MEASURED, "Grade": "n/a", "Mat_Amnt": "many"}],
    }
    first, off, unread = read("usgs-lithium-us", lithium(tmp_path, tables))
    assert [(p.rule, p.value, p.column) for p in first.problems] == [
        ("figure-unreadable", "n/a", "Grade"),
        ("figure-unreadable", "many", "Mat_Amnt"),
    ]
    assert only([first]).estimates[0].ore is None
    assert (rules([off]), rules([unread])) == (["coordinate-off-globe"], ["not-a-coordinate"])


def test_lithium_of_other_commodities_is_out_of_scope(tmp_path: Path) -> None:
    (reading,) = read("usgs-lithium-us", lithium(tmp_path, {"Loc_Pt": [{**POINT, "Commodity": "bromine"}]}))
    assert (reading.records, reading.problems) == ((), ())


@pytest.mark.parametrize(
    ("table", "column"), [("Resources", "Grade"), ("Loc_Pt", "Ftr_ID *"), ("History", "Year_To"), ("Production", "Assoc_Dep")]
)
def test_lithium_without_a_column_that_is_read_is_refused(tmp_path: Path, table: str, column: str) -> None:
    path = lithium(tmp_path, {"Loc_Pt": [POINT]}) / f"{table}.csv"
    path.write_text(path.read_text(encoding="cp1252").replace(f",{column},", ",Renamed,", 1), encoding="cp1252")
    with pytest.raises(FileRefused, match=rf"{table}.csv: the column '{column.removesuffix(' *')}' is missing"):
        read("usgs-lithium-us", tmp_path)


def test_lithium_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    lithium(tmp_path, {"Loc_Pt": [POINT], "Resources": [MEASURED]})
    with (tmp_path / "Resources.csv").open("a", encoding="cp1252") as stream:
        stream.write("2,NC00001,Mo00001\r\n")
    with pytest.raises(FileRefused, match="Resources.csv, row 3: the row has 3 cells where the header has 22"):
        read("usgs-lithium-us", tmp_path)
    (tmp_path / "Resources.csv").unlink()
    with pytest.raises(FileRefused, match="Resources.csv: there is no such file"):
        read("usgs-lithium-us", tmp_path)
    with pytest.raises(FileRefused, match="this source is a folder of eleven tables"):
        read("usgs-lithium-us", tmp_path / "Loc_Pt.csv")
