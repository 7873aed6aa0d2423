"""Plants and milestones of public pages: plans apart from facts, and how late each named project is by them.

The rows are shortened from those of plants-and-milestones-2026, which name their pages.
"""

import csv
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.records import GenericRecord, Project
from lodedata.sources import readers
from lodedata.sources.plants_and_milestones_2026.announcements import read_day, read_span
from lodedata.sources.plants_and_milestones_2026.reader import COLUMNS, grade_source_page
from lodedata.topics.schedule.milestones import Milestone, count_days_late

NAME = "plants-and-milestones-2026"
TODAY = date(2026, 12, 1)
PLANT = (
    *("name_zh", "name_en", "company", "product", "capacity_value", "capacity_unit", "capacity_basis", "status", "status_date"),
    *(
        "country",
        "province_zh",
        "prefecture_zh",
        "county_or_park",
        "lon",
        "lat",
        "source_url",
        "source_title",
        "source_date",
        "note",
    ),
)
STATUS = (
    *("asset", "aliases", "country", "kind", "commodity", "status", "status_date", "owners", "capacity_or_production"),
    *("source_url", "source_date", "licence", "note"),
)
STRATEGIC = (
    *("project", "promoter", "commodity", "country", "type", "stage_or_place", "list", "designation_date", "source_url"),
    *("source_date", "note"),
)
HUASHENG = {"project_zh": "广西华昇一期", "project_en": "Guangxi Huasheng phase I", "product": "alumina", "place": "广西防城港"}
JULONG = {"project_zh": "巨龙铜矿二期", "project_en": "Julong phase II", "product": "copper", "place": "西藏"}
KAMOA = {"project_en": "Kamoa-Kakula smelter", "product": "copper anode", "capacity": "500 kt/y", "place": "DRC, Lualaba"}
GOULAMINA = {"project_zh": "古拉米纳", "product": "spodumene concentrate", "place": "Mali"}
KEMERTON = {"product": "lithium hydroxide", "place": "Australia, WA", "milestone": "suspended"}
MILESTONES = (
    HUASHENG
    | {"milestone": "construction-start", "date": "2018-09-28", "is_plan": "no", "source_date": "2018-12 (approx.)"}
    | {"note": "repost; year inferred from 计划2019年年底投产"},
    HUASHENG
    | {"milestone": "construction-start", "date": "2018-11", "is_plan": "no", "source_date": "2020 (before June)"}
    | {"capacity": "2 Mt/y (2 x 1 Mt/y)"},
    HUASHENG | {"milestone": "first-output-planned", "date": "2020-08 to 2020-09", "is_plan": "yes", "source_date": "2020"},
    HUASHENG | {"milestone": "first-output-planned", "date": "2020-06", "is_plan": "yes", "source_date": "2020 (before June)"},
    JULONG | {"milestone": "completed", "date": "2026-01-23", "is_plan": "no", "source_date": "2026-01-26"},
    JULONG | {"milestone": "first-output-planned", "date": "2025-12", "is_plan": "yes", "source_date": "2024-02-23"},
    JULONG | {"milestone": "filed", "date": "2024-02-23 (西藏发改委批复)", "is_plan": "no", "source_date": "2024-02-23"},
    KAMOA | {"milestone": "first-output", "date": "2025-11-21 (heat-up)", "is_plan": "no", "source_date": "2025-11"},
    KAMOA | {"milestone": "first-output", "date": "2025-12-29 (first anodes)", "is_plan": "no", "source_date": "2026-01-06"},
    GOULAMINA
    | {"project_en": "Goulamina phase 1", "milestone": "first-output", "date": "2024-12-15", "is_plan": "no"}
    | {"capacity": "506 kt/y", "source_date": "2025-01"},
    GOULAMINA
    | {"project_en": "Goulamina phase 2", "milestone": "announced", "date": "2024", "is_plan": "yes", "source_date": "2024-12"}
    | {"capacity": "to 1 Mt/y"},
    KEMERTON | {"project_en": "Kemerton Train 1", "date": "2026-02-11", "is_plan": "no", "source_date": "2026-02-12"},
    KEMERTON | {"project_en": "Kemerton Train 2", "date": "2024", "is_plan": "no", "source_date": "2026-02-12"},
    {"project_en": "Quebrada Blanca phase 2 (QB2)", "product": "copper concentrate", "place": "Chile, Tarapaca"}
    | {"milestone": "first-output", "date": "2023-04 (first bulk concentrate)", "is_plan": "no", "source_date": "2023-04"},
    {"project_en": "Beihai alumina, SMM project 1 phase I", "product": "alumina", "place": "广西北海", "capacity": "2 Mt/y"}
    | {"milestone": "first-output-planned", "date": "2025", "is_plan": "yes", "source_date": "2024-03"},
    {"project_en": "China copper smelting, aggregate", "product": "refined copper", "place": "China", "milestone": "announced"}
    | {"date": "2025-06", "is_plan": "yes", "source_date": "2025-07", "note": "aggregate, digest of an analyst note"},
)


def write(path: Path, header: tuple[str, ...], *rows: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, header)
        table.writeheader()
        table.writerows({"source_url": "https://example.org/page", **row} for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plant = {"country": "China", "province_zh": "山西", "status": "operating", "status_date": "2019-12-31"}
    twice = {"name_zh": "江铜贵溪冶炼厂", "name_en": "Guixi smelter", "product": "refined copper", "province_zh": "江西"}
    write(
        tmp_path / "plants.csv",
        PLANT,
        plant | twice | {"capacity_value": "600", "capacity_unit": "kt/y", "status_date": "2024 approx."},
        plant | twice | {"capacity_value": "90", "capacity_unit": "万吨/年", "status_date": "2007-2008"},
        plant
        | {"name_zh": "九龙万博", "name_en": "Wanbo", "product": "alumina", "capacity_value": "4", "capacity_unit": "Mt/y"}
        | {"capacity_basis": "annual output"},
        plant
        | {"name_zh": "中国铝业（集团）", "name_en": "Chalco (group)", "product": "alumina", "capacity_value": "22.26"}
        | {"capacity_unit": "Mt/y", "note": "group total"},
    )
    asset = {"country": "Australia", "status": "listed (no closure noted)", "licence": "CC BY-SA 4.0 (Wikipedia)"}
    write(
        tmp_path / "status.csv",
        STATUS,
        asset
        | {"asset": "Yarwun", "kind": "alumina refinery", "commodity": "Al", "capacity_or_production": "3400 kt/y alumina"}
        | {"owners": "Rio Tinto 100%", "source_url": "https://en.wikipedia.org/wiki/List_of_alumina_refineries"},
        asset
        | {"asset": "Kemerton", "kind": "lithium hydroxide plant", "commodity": "Li", "status_date": "2026-02-11"}
        | {"status": "care and maintenance (all trains)"},
    )
    write(
        tmp_path / "eu_strategic_projects.csv",
        STRATEGIC,
        {"project": "Barroso", "commodity": "lithium", "country": "Portugal", "type": "extraction", "list": "EU 47"}
        | {"designation_date": "2025-03-25"},
        {"project": "Vittangi", "commodity": "graphite", "country": "Sweden", "type": "extraction", "list": "EU 47"},
    )
    write(tmp_path / "milestones.csv", COLUMNS, *MILESTONES)
    return tmp_path


def read(folder: Path) -> list[Reading]:
    return list(readers.get_source_reader(NAME)(sources.load_source(NAME), folder, Tally()))


def project(readings: list[Reading], name: str) -> Project:
    return next(
        record for reading in readings for record in reading.records if isinstance(record, Project) and record.name_en == name
    )


def milestones(folder: Path, name: str) -> list[GenericRecord]:
    found = [record for reading in read(folder) for record in reading.records if isinstance(record, GenericRecord)]
    return [one for one in found if one.values["name_en"] == name]


def late(record: GenericRecord) -> int | None:
    known = {name: value for name, value in record.values.items() if name in Milestone.__dataclass_fields__}
    return count_days_late(Milestone(id="m", **known), TODAY)


def dates(record: GenericRecord) -> tuple[str, ...]:
    named = ("milestone_type", "baseline_date", "expected_date", "actual_date")
    return tuple(str(record.values.get(name) or "") for name in named)


def test_every_row_is_loaded_or_out_of_scope_with_its_reason(folder: Path) -> None:
    readings = read(folder)
    assert sum(len(reading.rows) for reading in readings) == 4 + 2 + 2 + len(MILESTONES)
    assert Counter(problem.rule for reading in readings if not reading.records for problem in reading.problems) == {
        "not-a-site": 2,
        "other-mineral": 1,
    }
    assert not any(reading.refused for reading in readings)


def test_huasheng_is_measured_by_the_first_announcement_of_guangxi_alumina(folder: Path) -> None:
    generic_records = milestones(folder, "Guangxi Huasheng")
    # two dates of one start stand side by side; the plan of 2018 is the baseline, that of 2020 the expected date
    assert [dates(generic_record) for generic_record in generic_records] == [
        ("start", "", "", "2018-09-28"),
        ("start", "", "", "2018-11"),
        ("first-output", "2019-12", "2020-08", ""),
    ]
    assert generic_records[-1].values["dates_reported"] == (
        "2019-12 [2018-12 (approx.)]; 2020-06 [2020 (before June)]; 2020-08 to 2020-09 [2020]"
    )
    assert (
        generic_records[-1].values["division"],
        generic_records[-1].values["phase"],
        generic_records[-1].values["capacity_tpa"],
    ) == ("CN-GX", 1, 2e6)
    assert late(generic_records[-1]) == (TODAY - date(2019, 12, 31)).days


def test_julong_was_23_days_late(folder: Path) -> None:
    found = {milestone.values["milestone_type"]: milestone for milestone in milestones(folder, "Julong")}
    assert dates(found["first-output"]) == ("first-output", "2025-12", "", "2026-01-23") and late(found["first-output"]) == 23
    assert dates(found["approved"]) == ("approved", "", "", "2024-02-23")
    assert project(read(folder), "Julong").facility_types == ("mine",)


@pytest.mark.parametrize(
    ("name", "expected", "days"),
    [
        ("Kamoa-Kakula smelter", [("trial", "", "", "2025-11-21"), ("first-output", "2024-12", "", "2025-12-29")], [None, 363]),
        ("Goulamina", [("first-output", "2024-06", "", "2024-12-15"), ("announced", "", "", "2024")], [168, None]),
        ("Quebrada Blanca", [("first-output", "2022-12", "", "2023-04")], [91]),
    ],
)
def test_a_first_output_is_measured_by_the_date_announced_before(
    folder: Path, name: str, expected: list[tuple[str, ...]], days: list[int | None]
) -> None:
    generic_records = milestones(folder, name)
    assert [dates(generic_record) for generic_record in generic_records] == expected
    # from the last day of the announced quarter or half year, so that the delay is the least that the text allows
    assert [late(generic_record) for generic_record in generic_records] == days
    assert all(
        ("http" in generic_record.values["page"].partition(" ")[2]) == (day is not None)
        for generic_record, day in zip(generic_records, days, strict=True)
    )


def test_kemerton_is_suspended_by_train_and_was_commissioned_after_the_announced_year(folder: Path) -> None:
    readings = read(folder)
    of_rows = [
        record
        for reading in readings
        for record in reading.records
        if isinstance(record, Project) and record.name_en == "Kemerton"
    ]
    suspended = [(str(phase.status.on), phase.status.code) for row in of_rows for phase in row.phases if phase.status]
    assert suspended == [("2026-02-11", "suspended"), ("2026-02-11", "suspended"), ("2024", "suspended")]
    generic_records = milestones(folder, "Kemerton")
    assert [(generic_record.values["phase"], *dates(generic_record)) for generic_record in generic_records] == [
        (n, "trial", "2021", "", "2022") for n in (1, 2)
    ]
    # both years are known without a day, so this is the least that the texts allow
    assert [late(generic_record) for generic_record in generic_records] == [1, 1]


def test_an_announced_year_is_over_at_its_end(folder: Path) -> None:
    (found,) = milestones(folder, "Beihai alumina, SMM project 1")
    assert dates(found) == ("first-output", "2025", "", "") and late(found) == (TODAY - date(2025, 12, 31)).days


def test_conflicting_capacities_stand_side_by_side_and_an_output_is_none(folder: Path) -> None:
    readings = read(folder)
    guixi = [
        record
        for reading in readings
        for record in reading.records
        if isinstance(record, Project) and record.name_en == "Guixi smelter"
    ]
    assert [phase.capacity.value for one in guixi for phase in one.phases if phase.capacity] == [600_000, 900_000]
    assert [str(phase.status.on) for one in guixi for phase in one.phases if phase.status] == ["2024", "None"]
    (phase,) = project(readings, "Wanbo").phases
    assert phase.capacity is None and phase.note == "annual output"
    assert project(readings, "Wanbo").position is None


def test_a_row_of_an_encyclopaedia_names_its_licence(folder: Path) -> None:
    (phase,) = project(read(folder), "Yarwun").phases
    assert phase.citation is not None and "CC BY-SA 4.0" in phase.citation and "wikipedia.org" in phase.citation
    assert phase.capacity is not None and phase.capacity.value == 3_400_000


def test_a_strategic_project_says_when_it_was_designated(folder: Path) -> None:
    note = project(read(folder), "Barroso").note_en
    assert note is not None and note.startswith("Strategic project of the European Union (EU 47), designated 2025-03-25")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-Q4", "2021-10", "2021-12"),
        ("2025-H1", "2025-01", "2025-06"),
        ("2026-03/04 (restart)", "2026-03", "2026-04"),
        ("2027-2028", "2027", "2028"),
        ("2022 summer", "2022", "2022"),
        ("2019-10-25", "2019-10-25", "2019-10-25"),
        ("07-15 (mining licence; year 2025 inferred)", "2025-07-15", "2025-07-15"),
    ],
)
def test_a_span_has_the_parts_that_are_printed(text: str, first: str, last: str) -> None:
    span = read_span(text)
    assert span is not None and (str(span.first), str(span.last)) == (first, last)


@pytest.mark.parametrize("text", ["10 月 (year not in text)", "10-21 (year 2018 or 2019)", "by 2024-12", "undated", ""])
def test_a_date_without_its_year_is_none(text: str) -> None:
    assert read_span(text) is None


def test_a_page_before_a_month_is_of_the_month_before() -> None:
    assert str(read_day("2020 (before June)")) == "2020-05"


def test_the_weakest_grade_applies() -> None:
    assert grade_source_page("https://en.wikipedia.org/x", "year inferred; low confidence") == "unverified"
    assert grade_source_page("https://x.org", "repost or mirror host: cite the original") == "re-post"
    assert grade_source_page("https://x.org", "") == "page"


def test_a_single_file_is_refused_with_what_to_name_instead(folder: Path) -> None:
    with pytest.raises(FileRefused, match="name the folder"):
        read(folder / "milestones.csv")


def test_the_real_files_are_read_whole(real_data: Path) -> None:
    readings = read(real_data / NAME)
    rows = Counter(
        "refused" if reading.refused else "loaded" if reading.records else "out" for reading in readings for _ in reading.rows
    )
    assert sum(rows.values()) == 87 + 130 + 108 + 32
    assert rows == {"loaded": 321, "out": 35, "refused": 1}


@pytest.mark.parametrize("name", ["Wanbo", "Yarwun"])
def test_commodity_of_an_alumina_refinery_is_alumina(name: str, folder: Path) -> None:
    """The refinery of Alumar was a plant of aluminium by two rows of this source."""
    assert [commodity.code for commodity in project(read(folder), name).commodities] == ["alumina"]
