"""Sources of mining rights, with synthetic rows in the published form and with the real files; names of persons are made up."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.records import GenericRecord
from lodedata.sources import load_source, readers

SALTA, CHINA = "salta-mining-cadastre-2025", "china-mnr-rights-notices-2026"
PERSON = "QUIROGA ELVIRA"
SQUARE = [[-68.2, -25.1], [-68.19, -25.1], [-68.19, -25.11], [-68.2, -25.11], [-68.2, -25.1]]
RIGHT = {
    "fid": 1,
    "tipo": "Mina",
    "expediente": "21942",
    "nombre": "ALFA 1",
    "mineral": "Li,SALINAS",
    "concesiona": "ALFA S.A.",
    "estado": "Vigente",
    "resolucion": None,
    "fecha_inic": "2013-03-08T00:00:00",
    "departamen": "LOS ANDES",
    "municipio": "TOLAR GRANDE",
    "lugar": "SALAR",
    "area": "111,7 ha",
    "area_ha": 111.7,
    "minerales_criticos": True,
}
NOTICE_COLUMNS = (
    *("notice_date", "notice_type", "right_type", "project_name", "province", "place", "mineral_as_notified"),
    *("minerals_in_title", "target_metal", "area_km2", "start_price_10k_cny", "deposit_10k_cny", "deal_price_10k_cny"),
    *("royalty_rate_pct", "term_years", "exploration_degree", "registration_from", "registration_to", "bidding_from"),
    *("bidding_to", "publicity_from", "publicity_to", "grantor_or_transferor", "winner_or_transferee", "licence_no"),
    *("licence_valid_from", "licence_valid_to", "notice_no", "url", "quality_flag"),
)
OWN = """
name: own-rights
title_en: Own rights
title_zh: 自有矿业权
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    position: {ring: corners}
    right_no: id
    valid_from: from
    valid_to: to
    holder: {column: holder, nulls: [not stated], map: {AN ESTATE: natural person, NORTE: NORTE}}
    holder_uscc: code
    area_km2_reported: {column: area, unit: har}
    note_en: note
"""


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(load_source(name), path, Tally() if tally is None else tally))


def rules(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]


def values(reading: Reading, part: int = 0) -> dict[str, Any]:
    return dict(reading.records[part].values)  # type: ignore[union-attr]


def rights(folder: Path, *changes: dict[str, Any], shape: Any = None) -> tuple[list[Reading], Tally]:
    features = [
        {
            "type": "Feature",
            "properties": RIGHT | {"fid": n} | change,
            "geometry": {"type": "Polygon", "coordinates": [shape or [[x + n / 10, y] for x, y in SQUARE]]},
        }
        for n, change in enumerate(changes)
    ]
    path = folder / "salta_mining_rights.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    tally = Tally()
    return read(SALTA, path, tally), tally


def own(tmp_path: Path, *rows: dict[str, str]) -> list[Reading]:
    path = tmp_path / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ("id", "corners", "from", "to", "holder", "code", "area", "note"), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return list(read_mapped(Source.model_validate(yaml.safe_load(OWN)), path, Tally()))


def test_right_of_salta_has_its_polygon_and_terms(tmp_path: Path) -> None:
    ((reading,), _) = rights(tmp_path, {})
    found = values(reading)
    assert (found["right_kind"], found["status"], found["holder"], found["holder_kind"]) == (
        *("mining", "granted", "ALFA S.A.", "organisation"),
    )
    assert (found["commodities"], found["main_commodity"], str(found["valid_from"])) == (
        ("lithium", "salt"),
        None,
        "2013-03-08",
    )
    assert found["area_km2_reported"] == 1.117
    assert found["area_km2_computed"] == pytest.approx(1.1167, rel=1e-3)
    assert rules(reading) == []


def test_main_mineral_is_the_only_one_and_none_of_several(tmp_path: Path) -> None:
    """The cadastre lists minerals in the order of the alphabet, which says nothing of their importance."""
    (readings, _) = rights(
        tmp_path, {"mineral": "BORATOS,Li,SALINAS"}, {"mineral": "Li"}, {"mineral": "SALINAS,SALES ALCALINAS"}
    )
    found = [(values(reading)["commodities"], values(reading)["main_commodity"]) for reading in readings]
    assert found == [(("borate", "lithium", "salt"), None), (("lithium",), "lithium"), (("salt",), "salt")]


def test_an_area_that_disagrees_and_a_repeated_outline_are_flagged(tmp_path: Path) -> None:
    (readings, _) = rights(tmp_path, {"area_ha": 130}, {"area_ha": 111.7}, shape=SQUARE)
    assert [rules(reading) for reading in readings] == [["area-disagrees"], ["geometry-repeated"]]


def test_a_person_is_in_no_record_and_no_raw_row(tmp_path: Path) -> None:
    (readings, tally) = rights(
        tmp_path, {"concesiona": f"{PERSON},ALFA S.A.", "nombre": f"MINA {PERSON}"}, {"concesiona": PERSON}
    )
    assert [(values(reading)["holder"], values(reading)["holder_kind"]) for reading in readings] == [
        ("ALFA S.A.", "mixed"),
        (None, "natural-person"),
    ]
    assert PERSON not in repr(readings)
    assert PERSON not in repr(tally.usage)
    assert tally.withheld == [("0", "holder", PERSON), ("1", "holder", PERSON)]


GROUND = "1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"


def test_a_name_is_masked_in_any_case_and_spacing_and_as_a_complete_word_only(tmp_path: Path) -> None:
    (reading, short) = own(
        tmp_path,
        {"id": "T1", "corners": GROUND, "holder": PERSON, "note": "of Quiroga  Elvira, not of QUIROGA ELVIRAS"},
        {"id": "T2", "corners": GROUND, "holder": "AN", "note": "AN or ANDES"},
    )
    assert values(reading)["note_en"] == "of (natural person), not of QUIROGA ELVIRAS"
    assert "Quiroga  Elvira" not in repr(reading)
    assert values(short)["note_en"] == "(natural person) or ANDES"


def test_the_code_of_a_person_is_withheld_and_that_of_a_body_is_not(tmp_path: Path) -> None:
    identity_card, of_body = "110101199003078515", "91350000157987632G"
    person, both, body = own(
        tmp_path,
        {"id": "T1", "corners": GROUND, "holder": PERSON, "code": identity_card},
        {"id": "T2", "corners": GROUND, "holder": f"{PERSON},ALFA S.A.", "code": identity_card},
        {"id": "T3", "corners": GROUND, "holder": "ALFA S.A.", "code": of_body},
    )
    assert identity_card not in repr((person, both))
    assert (values(person)["holder_uscc"], values(both)["holder_uscc"], values(body)["holder_uscc"]) == (None, None, of_body)


def test_a_holder_that_the_source_does_not_state_is_no_person(tmp_path: Path) -> None:
    (reading,) = own(tmp_path, {"id": "T1", "corners": GROUND, "holder": "not stated"})
    found = values(reading)
    assert (found["holder"], found.get("holder_kind")) == (None, None)


def test_a_map_makes_a_person_of_no_body(tmp_path: Path) -> None:
    person, body = own(
        tmp_path,
        {"id": "T1", "corners": GROUND, "holder": "AN ESTATE"},
        {"id": "T2", "corners": GROUND, "holder": "NORTE"},
    )
    assert (values(person)["holder"], values(person)["holder_kind"]) == (None, "natural-person")
    assert "AN ESTATE" not in repr(person)
    assert (values(body)["holder"], values(body)["holder_kind"]) == ("NORTE", "organisation")


def test_a_row_with_too_few_or_too_many_cells_is_refused_without_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    lines = ["id,corners,from,to,holder,code,area,note", f"T1,{PERSON}", f"T2,,,,a,{PERSON},,,more"]
    path.write_text("\n".join(lines), "utf-8")
    readings = list(read_mapped(Source.model_validate(yaml.safe_load(OWN)), path, Tally()))
    assert [(rules(reading), reading.problems[0].value) for reading in readings] == [
        (["wrong-cell-count"], "2"),
        (["wrong-cell-count"], "9"),
    ]
    assert PERSON not in repr(readings)


def test_a_right_with_corner_points_in_a_cell_keeps_them_as_printed(tmp_path: Path) -> None:
    corners = "1980西安坐标系 J1,3456789.12,39456789.12 J2,3456789.12,39457789.12 J3,3457789.12,39457789.12"
    crossed = "1,103.1,36.1 2,103.2,36.2 3,103.2,36.1 4,103.1,36.2"
    good, bad, reversed_ = own(
        tmp_path,
        {"id": "T1", "corners": corners, "from": "2020-01-01", "to": "2025-12-31", "area": "50"},
        {"id": "T2", "corners": crossed, "holder": PERSON, "note": f"for {PERSON}"},
        {"id": "T3", "corners": corners, "from": "2025-01-01", "to": "2024"},
    )
    found = values(good)
    assert (found["corners_reported"], found["corners_crs"], found["position_accuracy_m"]) == (corners, "EPSG:2363", 100)
    assert rules(good) == ["datum-uncertain"]
    assert rules(bad) == ["ring-unreadable"]
    (record,) = bad.records
    assert isinstance(record, GenericRecord)
    assert (record.wkb, values(bad)["corners_reported"]) == (None, crossed)
    assert "The edges 1-2 and 3-4 cross." in bad.problems[0].sentence("en")
    assert "相交" in bad.problems[0].sentence("zh")
    assert PERSON not in repr(bad)
    assert "validity-reversed" in rules(reversed_)


def test_notices_are_sales_and_transfers_are_events(tmp_path: Path) -> None:
    path = tmp_path / "notices.csv"
    sale = {
        "notice_date": "2026-09-09",
        "notice_type": "出让结果公示",
        "right_type": "探矿权",
        "project_name": "甲铜矿普查",
        "province": "甘肃",
        "mineral_as_notified": "铜矿",
        "area_km2": "5",
        "start_price_10k_cny": "20",
        "deal_price_10k_cny": "500",
        "winner_or_transferee": "甘肃甲矿业有限公司",
        "url": "https://example.org/1",
    }
    transfer = {
        "notice_date": "2026-09-07",
        "notice_type": "转让公示",
        "right_type": "采矿权",
        "project_name": "乙矿",
        "url": "u2",
        "licence_no": "C1",
        "winner_or_transferee": "张三",
        "mineral_as_notified": "铅矿;锌矿",
        "quality_flag": "two versions of this record carry different links; the later one is given",
    }
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, NOTICE_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows([sale, transfer])
    sold, moved = read(CHINA, path)
    assert (values(sold)["deal_to_start_ratio"], values(sold)["price_per_km2_10k_cny"]) == (25, 100)
    assert (values(sold)["division"], values(sold)["winner"]) == ("CN-GS", "甘肃甲矿业有限公司")
    assert values(moved)["commodities"] == ("lead", "zinc")
    event, act = values(moved, 1), values(sold, 1)
    assert (act["act_type"], act["title_zh"], act["url"]) == ("right-sale-result", "甲铜矿普查", "https://example.org/1")
    assert (event["event_type"], event["right_no"], event["holder"], event["holder_kind"]) == (
        "transfer",
        "C1",
        None,
        "natural-person",
    )
    assert rules(moved) == ["links-conflict"]
    assert "张三" not in repr(moved)


def test_the_real_cadastre_and_notices_are_read_with_every_row(real_data: Path) -> None:
    found = read(SALTA, real_data / SALTA / "salta_mining_rights.geojson")
    assert (len(found), sum(one.refused for one in found)) == (3500, 0)
    assert Counter(rule for one in found for rule in set(rules(one))) == {"geometry-repeated": 452, "unknown-term": 95}
    notices = read(CHINA, real_data / CHINA / "notices.csv")
    assert Counter(record.kind for notice in notices for record in notice.records) == {
        "right_sale": 41,
        "right_event": 6,
        "official_act": 41,
    }
    assert sum("links-conflict" in rules(notice) for notice in notices) == 4
    ratios = [values(notice).get("deal_to_start_ratio") for notice in notices]
    # the copper block whose price rose from 190,000 to 46.19 million CNY
    assert 243.1053 in ratios
