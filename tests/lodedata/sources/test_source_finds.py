"""Sources of finds, occurrences and cadastres: made-up rows in the published form; test_sources reads the real files."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lodedata.choice.ranks import joins_only_if_sure
from lodedata.errors import FileRefused
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Tally
from lodedata.records import Deposit
from lodedata.sources import load_source, readers
from lodedata.sources.minmod_sites import open_sites

VMS, LATERITE, NICRPGE = "usgs-vms-minmod", "usgs-nickel-laterite-minmod", "usgs-ni-cr-pge-minmod"
PORPHYRY, LABRADOR, PERU = "usgs-porphyry-copper-2008", "labrador-minerals-2026", "peru-mining-concessions-17s-2026"
FILES = {VMS: "mrdata_vms.jsonl.gz", LATERITE: "mrdata_laterite.jsonl.gz", NICRPGE: "mrdata_nicrpge.jsonl.gz"}


def named(name: str, confidence: float = 0.9999) -> dict[str, Any]:
    return {
        "observed_name": name,
        "confidence": confidence,
        "source": "UMN",
        "normalized_uri": "https://minmod.isi.edu/resource/Q1",
    }


def entry(metal: str, ore: float | None = None, grade: float | None = None, unit: str = "Wt-Pct") -> dict[str, Any]:
    made: dict[str, Any] = {"commodity": named(metal), "reference": {"document": {"uri": "https://mrdata.usgs.gov/vms"}}}
    if ore is not None:
        made["ore"] = {"value": ore, "unit": named("million tonnes")}
    if grade is not None:
        made["grade"] = {"value": grade, "unit": named(unit)}
    return made


def site(identity: str, inventory: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    info = {"country": [named("Canada")], "crs": named("EPSG:4326"), "location": "POINT (-81.3775000000000 48.6919444444444)"}
    info |= {"state_or_province": [named("Ontario")]}
    return {
        "record_id": identity,
        "name": f"Mine {identity}",
        "location_info": info | more.pop("location_info", {}),
        "source_id": "s",
        "created_by": "umn",
        "modified_at": "2025-06-15T13:44:53Z",
        "mineral_inventory": inventory,
        "deposit_type_candidate": [named("Felsic Copper", 0.7)],
        "aliases": ["Other"],
        "mineral_form": ["Pyrite"],
        "reference": [{"document": {"uri": "https://mrdata.usgs.gov/vms"}}],
        "discovered_year": 1964,
        **more,
    }


def sites(folder: Path, name: str, *made: dict[str, Any]) -> list[Reading]:
    path = folder / FILES[name]
    # a further site, so that the file is one of JSON lines and has the columns of all metals
    lines = [*made, site("last", [entry(metal, 1, 1) for metal in ("Copper", "Zinc", "Lead", "Gold", "Silver")])]
    path.write_bytes(gzip.compress("\n".join(json.dumps(line) for line in lines).encode()))
    return list(readers.get_source_reader(name)(load_source(name), path, Tally()))[: len(made)]


def deposit(reading: Reading) -> Deposit:
    (found,) = reading.records
    assert isinstance(found, Deposit)
    return found


def test_massive_sulfide_has_one_tonnage_with_the_grades_of_all_metals(tmp_path: Path) -> None:
    inventory = [entry("Copper", 16.9, 0.4), entry("Zinc", 16.9, 13.8), entry("Gold", 16.9, 2.5, "G/T")]
    (reading,) = sites(tmp_path, VMS, site("1", inventory))
    found = deposit(reading)
    assert (found.country, found.discovery_year, found.deposit_model, found.aliases) == ("CAN", 1964, "felsic-vms", ("Other",))
    (estimate,) = found.estimates
    assert estimate.category == "endowment" and estimate.ore is not None and estimate.ore.value == 16.9e6
    assert {measure.commodity: measure.grade and measure.grade.value for measure in estimate.measures} == {
        "copper": 0.4,
        "zinc": 13.8,
        "gold": pytest.approx(0.00025),
    }
    assert found.position is not None and found.position.accuracy_m == 2000
    assert len(reading.rows) == 1 and json.loads(reading.rows[0].raw)["grade.Zinc"] == 13.8


def test_an_unsure_country_and_a_year_before_christ_are_not_read(tmp_path: Path) -> None:
    unsure = {"country": [named("Chad", 0.53)]}
    readings = sites(
        tmp_path,
        VMS,
        site("1", [entry("Copper", 1, 1)], location_info=unsure, discovered_year=-800),
        site("2", [], discovered_year=1950),
    )
    found = deposit(readings[0])
    assert (found.country, found.discovery_year) == (None, None)
    # a deposit without a grade names no metal
    assert readings[1].refused and readings[1].problems[0].rule == "no-known-commodity"


def test_two_grades_of_one_metal_are_refused_and_not_chosen_from(tmp_path: Path) -> None:
    (reading,) = sites(tmp_path, VMS, site("1", [entry("Copper", 1, 1), entry("Copper", 1, 2)]))
    assert reading.refused and "not-a-number" in {problem.rule for problem in reading.problems}


def test_laterite_reads_metals_and_leaves_out_minerals(tmp_path: Path) -> None:
    (reading,) = sites(tmp_path, LATERITE, site("9", [entry("goethite"), entry("Ni"), entry("Co")]))
    found = deposit(reading)
    assert [(commodity.code, commodity.rank) for commodity in found.commodities] == [
        ("nickel", "main"),
        ("cobalt", "by-product"),
    ]
    assert (found.deposit_model, found.estimates, found.discovery_year) == ("laterite-nickel", (), None)


def test_chromium_alone_is_out_of_scope_and_an_unnamed_site_has_no_name(tmp_path: Path) -> None:
    middle = {"location": "POINT (146.33 -42.66)", "country": [named("Australia", 1.0)]}
    readings = sites(
        tmp_path,
        NICRPGE,
        site("1", [entry("Cr"), entry("PGE")]),
        site("2", [entry("Ni"), entry("Cu")], name="Unnamed Prospect", location_info=middle),
    )
    assert not readings[0].records and readings[0].problems[0].rule == "other-mineral"
    found = deposit(readings[1])
    assert found.name_en is None and [commodity.code for commodity in found.commodities] == ["nickel", "copper"]
    # the point is the middle of Tasmania
    assert found.position is not None and found.position.accuracy_m == 200_000


def test_other_lines_are_no_sites(tmp_path: Path) -> None:
    path = tmp_path / "sites.jsonl"
    path.write_text('{"name": "a"}\n{"name": "b"}\n', "utf-8")
    with pytest.raises(FileRefused, match="no sites with a record_id"):
        open_sites(path)


@pytest.mark.parametrize(
    ("written", "year"), [("1968", 1968), ("1900", None), ("1970s", None), ("n.d.", None), ("before 618", None)]
)
def test_porphyry_reads_single_years_and_takes_zero_for_unknown(tmp_path: Path, written: str, year: int | None) -> None:
    columns = load_source(PORPHYRY).tables[0].ignored.keys() - {"*"}
    row = dict.fromkeys(columns, "0") | {
        "NameDeposit": "Hill",
        "OtherNames": "Old Hill, East",
        "Country": "Chile",
        "StateProvince": "",
        "DepositID": "1",
        "LatitudeDecimal": "-23.5",
        "LongitudeDecimal": "-69.1",
        "Deposit Age": "38",
        "Tonnage": "500",
        "Subtype": "20c ",
        "Copper grade": "0.5",
        "Molybdenum grade": "0",
        "Gold grade": "0.2",
        "Silver grade": "0",
        "DiscoveryDate": written,
        "Includes": "East Hill, West Hill",
    }
    path = tmp_path / "PorCuEX2008.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, row)
        writer.writeheader()
        writer.writerow(row)
    (reading,) = readers.get_source_reader(PORPHYRY)(load_source(PORPHYRY), path, Tally())
    found = deposit(reading)
    assert (found.discovery_year, found.deposit_model, found.aliases) == (year, "porphyry-copper-gold", ("Old Hill", "East"))
    (estimate,) = found.estimates
    assert estimate.ore is not None and (estimate.ore.value, estimate.covers) == (5e8, "East Hill, West Hill")
    assert [measure.commodity for measure in estimate.measures] == ["copper", "gold"]


def features(path: Path, shape: dict[str, Any], *properties: dict[str, Any]) -> None:
    made = [{"type": "Feature", "properties": property_, "geometry": shape} for property_ in properties]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), "utf-8")


def square(west: float, south: float, side: float) -> dict[str, Any]:
    ring = [[west, south], [west, south + side], [west + side, south + side], [west + side, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_concessions_of_peru_are_in_metres_with_a_printed_day(tmp_path: Path) -> None:
    path = tmp_path / "17s_100326.geojson"
    printed = "00:00:00 GMT-0500 (hora estándar de Perú)"
    row = {"CODIGOU": "1", "FEC_DENU": f"Mon May 05 2025 {printed}", "CONCESION": "ALFA", "TIT_CONCES": "ALFA S.A.C."}
    features(
        path,
        square(815_000, 8_967_000, 1_000),
        row,
        {
            **row,
            "CODIGOU": "2",
            "FEC_DENU": "Thu Nov 30 1899 00:00:00 GMT-0508 (hora estándar de Perú)",
            "TIT_CONCES": "QUIROGA ELVIRA",
        },
        {**row, "CODIGOU": "3", "FEC_DENU": "yesterday", "CONCESION": "Z> AREA EXTINGUIDA"},
        {**row, "CODIGOU": "4", "FEC_DENU": None, "CONCESION": "Z> AREA EXTINGUIDA"},
    )
    tally = Tally()
    first, unknown, unreadable, extinguished = readers.get_source_reader(PERU)(load_source(PERU), path, tally)
    values = dict(first.records[0].values)  # type: ignore[union-attr]
    assert values["applied_on"].first.isoformat() == "2025-05-05" and values["holder"] == "ALFA S.A.C."
    assert values["area_km2_computed"] == pytest.approx(1, rel=0.01) and values["status"] == "unknown"
    assert "applied_on" not in unknown.records[0].values  # type: ignore[union-attr]
    assert [name for _, _, name in tally.withheld] == ["QUIROGA ELVIRA"] and b"QUIROGA" not in unknown.rows[0].raw
    assert unreadable.refused and unreadable.problems[-1].rule == "not-a-date"
    assert extinguished.records[0].values["status"] == "expired"  # type: ignore[union-attr]


def write_labrador_files(folder: Path) -> None:
    """Write an occurrence, a claim, a lease between two exempt areas, a park, and areas of the Inuit and the Innu."""
    box = square(-62, 55, 0.1)
    point = {"type": "Point", "coordinates": [-62.1, 56.3]}
    occurrence: dict[str, Any] = {
        "NMINO": "1",
        "DEPNAME": "Ovoid",
        "COMNAME": "Nickel",
        "COMMODS": "Copper, cobalt",
        "STATUS": "Producer",
    }
    occurrence |= {
        "DEPDESC": "Insufficient data to classify",
        "OREMIN": " ",
        "GANGUE": " ",
        "WORKING": " ",
        "DDH": 1,
        "TRENCH": -1,
    }
    features(folder / "mods-labrador.geojson", point, occurrence | {"ADIT": 0, "NTS": "14D/08"})
    claim: dict[str, Any] = {
        "LICENSE_NBR": "026437M",
        "FILENUM": "1",
        "CLIENT_NAME": "(name not public)",
        "LOCATION": None,
        "NUMCLAIMS": 4,
    }
    claim |= {
        "STATUS": "Issued",
        "STAKEDATE": 1560816000000,
        "ISSDATE": "2019-07-18",
        "EXPIRYDATE": "2029-07-18",
        "RPTDUE": None,
    }
    features(
        folder / "geoatlas-claims-labrador.geojson",
        box,
        claim | {"MAPSHEETS": "13A08", "TOTAL_EXP": "   $6,107,436.91", "name": "026437M", "fillColor": "#d97706"},
    )
    area: dict[str, Any] = {
        "TYPECODE": 2,
        "TYPEDESC": "Exempt Mineral Land",
        "FEATURENAME": None,
        "COMMENTS": " ",
        "COMPANY_NAME": None,
    }
    area |= {"NTSMAP": None, "name": "Exempt Mineral Land", "fillColor": "#2563eb"}
    lease = area | {
        "TYPEDESC": "Mining Lease",
        "COMPANY_NAME": "Tacora Resources Inc.",
        "name": "Lot 3",
        "FEATURENAME": "Lot 3",
    }
    features(folder / "geoatlas-tenure-labrador.geojson", box, area, lease, area)
    park: dict[str, Any] = dict.fromkeys(
        ("NAME_F", "TYPE_E", "BIOME", "PA_OECM_DF", "IUCN_CAT", "STATUS", "MECH_E", "OWNER_E", "MGMT_E", "LOC"), "x"
    )
    park |= {"NAME_E": "Mealy Mountains", "ESTYEAR": 2015, "O_AREA_HA": 68, "name": "Mealy Mountains", "fillColor": "#22c55e"}
    features(folder / "geoatlas-cpcad-labrador.geojson", box, park)
    features(
        folder / "inuit-nunatsiavut.geojson",
        box,
        {"REGION": "Nunatsiavut", "REGION_INUKTITUT": "x", "name": "x", "fillColor": "x"},
    )
    claimed = {"ENAME": "Innu of Labrador (1977)", "TAG_ID": "CL7705m", "CATEGORY_TYPE_EN": "x", "PROVINCES_EN": "x"}
    features(folder / "atris-claims-labrador.geojson", box, claimed | {"CLAIM_ID": "x", "name": "x", "fillColor": "x"})


def test_labrador_has_occurrences_licences_leases_and_zones(tmp_path: Path) -> None:
    write_labrador_files(tmp_path)
    tally = Tally()
    readings = list(readers.get_source_reader(LABRADOR)(load_source(LABRADOR), tmp_path, tally))
    assert not [reading.problems for reading in readings if reading.refused]
    ovoid, licence, *rest = (reading.records[0] for reading in readings)
    assert isinstance(ovoid, Deposit)
    assert [commodity.code for commodity in ovoid.commodities] == ["nickel", "copper", "cobalt"]
    assert (ovoid.occurrence_type, ovoid.mine_status and ovoid.mine_status.code) == ("deposit", "operating")
    values = dict(licence.values)  # type: ignore[union-attr]
    assert (values["expenditure"], values["expenditure_currency"]) == (6_107_436.91, "CAD")
    assert (str(values["applied_on"].first), str(values["valid_to"].first)) == ("2019-06-18", "2029-07-18")
    assert values["right_kind"] == "exploration" and values.get("holder") is None
    (of_lease, *zones) = rest
    assert dict(of_lease.values)["holder"] == "Tacora Resources Inc."  # type: ignore[union-attr]
    found = [(dict(zone.values)["zone_kind"], dict(zone.values)["code"]) for zone in zones]  # type: ignore[union-attr]
    assert found == [
        ("exempt-mineral-land", "Exempt Mineral Land/1"),
        ("exempt-mineral-land", "Exempt Mineral Land/2"),
        ("protected-area", "Mealy Mountains/68"),
        ("indigenous-land", "Nunatsiavut"),
        ("indigenous-land-claim", "CL7705m"),
    ]
    keys = [row.key for reading in readings for row in reading.rows]
    assert len(keys) == len(set(keys)) == sum(tally.rows.values()) == 8


def test_these_sources_are_read_with_all_others_and_the_least_precise_is_joined_where_it_is_sure() -> None:
    joined = {kind for kind, declared in KINDS.items() if declared.merged}
    every = (VMS, LATERITE, NICRPGE, PORPHYRY, LABRADOR, PERU)
    assert not [name for name in every if load_source(name).only_by_name]
    assert [name for name in every if joins_only_if_sure(name)] == [NICRPGE]
    assert joined.isdisjoint({spec.kind.const for spec in load_source(PERU).tables})
