"""Plausibility rules, each on a synthetic record among synthetic borders. No check moves a point."""

from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from pyproj import Geod

from lodedata import sources
from lodedata.checks import Location, check, locate
from lodedata.geography.boundaries import Boundaries, BoundaryArea
from lodedata.mapping import Tally
from lodedata.problems import Problem
from lodedata.records import Commodity, CommodityMeasure, Deposit, Discovery, Estimate, Position, Project, Quantity
from lodedata.sources import readers
from lodedata.starter.gazetteer import find_register_namesakes
from lodedata.vocab import load_vocabulary_rows

GEOD = Geod(ellps="WGS84")
AREAS = [
    BoundaryArea("CHL", "CHL", False, shapely.box(-76, -56, -67, -18)),
    BoundaryArea("CL-AN", "CHL", True, shapely.box(-71, -26, -67, -21)),
    BoundaryArea("CL-AT", "CHL", True, shapely.box(-71, -29, -68, -26)),
    BoundaryArea("CHN", "CHN", False, shapely.box(73, 18, 135, 54)),
    BoundaryArea("CN-JX", "CHN", True, shapely.box(113.5, 24.5, 118.5, 30)),
    BoundaryArea("ESP", "ESP", False, shapely.box(-9, 36, 3, 44)),
    BoundaryArea("GHA", "GHA", False, shapely.box(-3, 4, 1, 11)),
    BoundaryArea("ECU", "ECU", False, shapely.box(-81, -5, -75, 1)),
]
BORDERS = Boundaries(AREAS)


def deposit(lon: float, lat: float, country: str | None = "CHL", original: str | None = None, **more: object) -> Deposit:
    position = Position(lon, lat, None, "approximate", original or f"{lon:.4f}1, {lat:.4f}1", "EPSG:4326")
    made = Deposit(name_en="A made-up place", country=country, position=position, commodities=(Commodity("copper", "main"),))
    return replace(made, **more)  # type: ignore[arg-type]


def noticed(record: Deposit | Discovery | Project, borders: Boundaries = BORDERS) -> list[Problem]:
    (place,) = locate([record], borders)
    return check(record, place)


def rules(record: Deposit | Discovery | Project, borders: Boundaries = BORDERS) -> list[str]:
    return [problem.rule for problem in noticed(record, borders)]


def problem_of(record: Deposit | Discovery | Project, rule: str) -> Problem:
    (problem,) = [p for p in noticed(record) if p.rule == rule]
    return problem


def test_a_record_where_it_says_it_is_has_nothing_wrong() -> None:
    assert rules(deposit(-69.07, -24.27, division="CL-AN")) == []


def test_a_record_without_a_name_is_flagged() -> None:
    assert rules(deposit(-69.07, -24.27, name_en=None)) == ["name-missing"]
    assert rules(deposit(-69.07, -24.27, name_en=None, name_zh="某矿")) == []


def test_a_record_without_a_position_is_flagged() -> None:
    assert rules(deposit(0, 0, position=None)) == ["no-position"]


def test_nought_nought_is_a_missing_position_and_not_a_place_in_the_sea() -> None:
    assert rules(deposit(0, 0, original="0, 0")) == ["zero-zero"]


@pytest.mark.parametrize(
    ("original", "rule", "km"),
    [
        ("-69, -24", "rounded-degree", "79"),
        ("-69.0, -24.0", "rounded-degree", "79"),
        ("-69.1, -24", "rounded-tenth", "8"),
        ("-69.1, -24.3", "rounded-tenth", "8"),
        ("\u221269.1, \u221224.30", "rounded-tenth", "8"),
        ("-69,1, -24,3", "rounded-tenth", "8"),
    ],
)
def test_a_rounded_position_says_how_far_it_may_be_off(original: str, rule: str, km: str) -> None:
    """Half a degree north and half a degree east at the equator: 78.7 km; a tenth of it: 7.9 km."""
    _, _, metres = GEOD.inv(0, 0, 0.5, 0.5)
    assert metres == pytest.approx(78_700, rel=0.005)
    assert problem_of(deposit(-69.1, -24.3, original=original), rule).value == km


@pytest.mark.parametrize("original", ["-69.12, -24.3", "69°04'12\"W, 24°S", "-69.123, -24.321"])
def test_a_position_of_two_decimals_or_in_minutes_is_not_called_rounded(original: str) -> None:
    assert rules(deposit(-69.12, -24.3, original=original)) == []


def test_a_position_in_metres_is_not_called_rounded() -> None:
    record = deposit(-69.1, -24.3)
    assert record.position is not None
    metres = replace(record.position, original="369000, 7310000", crs="EPSG:32719")
    assert rules(replace(record, position=metres)) == []


def test_a_position_outside_its_country_says_how_far() -> None:
    problem = problem_of(deposit(-65.0, -30.0), "outside-country")
    _, _, metres = GEOD.inv(-65, -30, -67, -30)
    assert float(problem.value) == pytest.approx(metres / 1000, rel=0.01)
    assert "outside Chile" in problem.sentence()
    assert "智利" in problem.sentence("zh")


@pytest.mark.parametrize(("lon", "outside"), [(-66.91, False), (-66.88, True)])
def test_ten_kilometres_past_a_rough_border_are_not_called_outside(lon: float, outside: bool) -> None:
    """At 30 degrees south 0.1 degrees of longitude are 9.65 km."""
    assert ("outside-country" in rules(deposit(lon, -30.02))) == outside


def test_a_position_as_far_off_as_it_may_be_is_not_called_outside() -> None:
    record = deposit(-66.5, -30.02)
    assert record.position is not None
    assert "outside-country" in rules(record)
    rough = replace(record, position=replace(record.position, accuracy_m=60_000))
    assert "outside-country" not in rules(rough)


def test_a_country_without_a_polygon_is_not_judged() -> None:
    assert "outside-country" not in rules(deposit(-69.07, -24.27, country="FRA"))
    assert "outside-country" not in rules(deposit(-69.07, -24.27, country=None))


def test_a_position_outside_its_division_is_reported_once() -> None:
    problem = problem_of(deposit(-69.07, -24.27, division="CL-AT"), "outside-division")
    assert float(problem.value) == pytest.approx(GEOD.inv(-69, -24.27, -69, -26)[2] / 1000, rel=0.01)
    assert "outside-division" not in rules(deposit(-65.0, -30.0, division="CL-AT"))


def test_swapped_coordinates_are_reported_with_the_likely_place() -> None:
    swapped = problem_of(deposit(28.6942, 77.5, "CHN", division=None), "swapped-coordinates")
    assert swapped.suggestion == (77.5, 28.6942)
    assert "China" in swapped.sentence() and "77.5000, 28.6942" in swapped.sentence()


@pytest.mark.parametrize(
    ("lon", "lat", "right"),
    [(69.07, -24.27, (-69.07, -24.27)), (-69.07, 24.27, (-69.07, -24.27)), (69.07, 24.27, (-69.07, -24.27))],
)
def test_a_lost_minus_is_reported_with_the_likely_place(lon: float, lat: float, right: tuple[float, float]) -> None:
    assert problem_of(deposit(lon, lat), "lost-minus").suggestion == right


@pytest.mark.parametrize(("lon", "lat", "right"), [(-66.5, -30.02, (-67.5, -30.02)), (-70.02, -17.4, (-70.02, -18.4))])
def test_a_shift_of_one_degree_is_reported_with_the_likely_place(lon: float, lat: float, right: tuple[float, float]) -> None:
    assert problem_of(deposit(lon, lat), "shifted-degree").suggestion == pytest.approx(right)


def test_a_slip_back_into_the_division_is_reported_too() -> None:
    problem = problem_of(deposit(-69.5, -25.7, division="CL-AT"), "shifted-degree")
    assert problem.suggestion == (-69.5, -26.7)
    assert "Atacama" in problem.sentence()


def squares(*centres: tuple[float, float]) -> Boundaries:
    """Return a country of squares half a degree wide."""
    boxes = [shapely.box(x - 0.25, y - 0.25, x + 0.25, y + 0.25) for x, y in centres]
    return Boundaries([BoundaryArea("GHA", "GHA", False, shapely.union_all(boxes))])


@pytest.mark.parametrize(
    "centres",
    [
        pytest.param([(-20, 10), (10, 20)], id="swapped or without its minus"),
        pytest.param([(10, 20), (-10, -20)], id="one minus lost or the other"),
        pytest.param([(11, -20), (9, -20)], id="a degree too far or too near"),
        pytest.param([(11, -20), (-20, 10)], id="shifted or swapped"),
    ],
)
def test_slips_that_fit_two_ways_make_no_suggestion(centres: list[tuple[float, float]]) -> None:
    record = deposit(10, -20, "GHA")
    for centre in centres:
        assert any(p.suggestion is not None for p in noticed(record, squares(centre)))
    problems = noticed(record, squares(*centres))
    assert problems[0].rule == "outside-country"
    assert all(problem.suggestion is None for problem in problems)


def test_a_place_at_sea_says_how_far_from_land() -> None:
    far, near = (
        problem_of(deposit(-20.02, 0.02, None), "in-the-sea"),
        problem_of(deposit(-82.02, -2.02, "ECU"), "in-the-sea"),
    )
    assert float(far.value) == pytest.approx(GEOD.inv(-20.02, 0.02, -3, 4)[2] / 1000, rel=0.01)
    assert float(near.value) == pytest.approx(GEOD.inv(-82.02, -2.02, -81, -2.02)[2] / 1000, rel=0.01)


def test_a_place_near_the_coast_may_be_on_land() -> None:
    assert "in-the-sea" not in rules(deposit(-81.05, -2.02, "ECU"))


def test_without_borders_nothing_is_said_of_countries_and_seas() -> None:
    assert rules(deposit(28.02, 115.02 - 90, "CHN"), Boundaries([])) == []


@pytest.mark.parametrize(("km", "flagged"), [(0, True), (1.5, True), (2.5, False), (30, False)])
def test_a_place_within_two_kilometres_of_the_capital_may_be_an_office(km: float, flagged: bool) -> None:
    (santiago,) = (row for row in load_vocabulary_rows("capital") if row["name_en"] == "Santiago")
    lon, lat, _ = GEOD.fwd(float(santiago["lon"]), float(santiago["lat"]), 45, km * 1000)
    record = deposit(lon, lat)
    assert ("at-the-capital" in rules(record)) == flagged
    if flagged:
        assert "Santiago" in problem_of(record, "at-the-capital").sentence()
        assert "圣地亚哥" in problem_of(record, "at-the-capital").sentence("zh")
    assert "at-the-capital" not in rules(replace(record, country="CHN"))


def test_a_place_far_from_the_registers_place_of_that_name_is_flagged() -> None:
    (known,) = [k for k in find_register_namesakes("Escondida mine") if k.country == "CHL"]
    lon, lat, _ = GEOD.fwd(known.lon, known.lat, 180, 660_000)
    problem = problem_of(deposit(lon, lat, name_en="Escondida mine"), "far-from-namesake")
    assert float(problem.value) == pytest.approx(660, abs=1)
    assert problem.suggestion == (known.lon, known.lat)
    assert known.name_zh in problem.sentence("zh")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name_en": "Escondida Norte ridge"}, id="another name"),
        pytest.param({"country": "CHN"}, id="another country"),
        pytest.param({"country": None}, id="no country"),
        pytest.param({"commodities": (Commodity("tin", "main"),)}, id="another metal"),
        pytest.param({"commodities": ()}, id="no metal"),
    ],
)
def test_what_only_half_agrees_is_no_namesake(changed: dict[str, object]) -> None:
    record = deposit(-71.0, -30.02, name_en="Escondida")
    assert "far-from-namesake" in rules(record)
    assert "far-from-namesake" not in rules(replace(record, **changed))  # type: ignore[arg-type]


def test_a_namesake_near_by_or_as_rough_as_it_is_far_is_left_alone() -> None:
    (known,) = [k for k in find_register_namesakes("Escondida") if k.country == "CHL"]
    lon, lat, _ = GEOD.fwd(known.lon, known.lat, 180, 90_000)
    assert "far-from-namesake" not in rules(deposit(lon, lat, name_en="Escondida"))
    lon, lat, _ = GEOD.fwd(known.lon, known.lat, 180, 250_000)
    far = deposit(lon, lat, name_en="Escondida")
    assert "far-from-namesake" in rules(far)
    assert far.position is not None
    assert "far-from-namesake" not in rules(replace(far, position=replace(far.position, accuracy_m=90_000)))


def test_a_namesake_is_found_by_its_chinese_name() -> None:
    assert [k.name_en for k in find_register_namesakes("德兴铜矿")] == [k.name_en for k in find_register_namesakes("德兴")]
    assert "far-from-namesake" in rules(deposit(100.02, 40.02, "CHN", name_en=None, name_zh="德兴铜矿"))


def measured(ore: float, grade: float, contained: float, basis: str = "metal", commodity: str = "copper") -> Deposit:
    share = {"metal": 1.0, "Li2O": 1 / 2.153}.get(basis)
    measure = CommodityMeasure(
        commodity,
        Quantity(grade, "%", basis, 1.0),
        Quantity(contained, "t", basis, share),
    )
    return deposit(-69.07, -24.27, estimates=(Estimate("endowment", ore=Quantity(ore, "Mt", None, 1e6), measures=(measure,)),))


@pytest.mark.parametrize(
    ("contained", "differs"), [(1_000_000, False), (905_000, False), (895_000, True), (1_105_000, False), (1_120_000, True)]
)
def test_a_content_more_than_a_tenth_off_ore_times_grade_is_flagged(contained: float, differs: bool) -> None:
    """100 Mt at 1 % hold 1 Mt; the larger of the two figures is the measure."""
    assert ("contained-differs" in rules(measured(100, 1, contained))) == differs


def test_a_content_that_differs_is_reported_with_both_figures() -> None:
    problem = problem_of(measured(100, 1, 500_000), "contained-differs")
    assert problem.sentence() == "ore times grade gives 1e+06 t, the source says 5e+05 t of Copper."


def test_a_grade_of_oxide_is_compared_with_oxide() -> None:
    assert rules(measured(100, 1.4, 1_400_000, "Li2O", "lithium")) == []
    assert rules(measured(100, 1.4, 650_000, "Li2O", "lithium")) == ["contained-differs"]


def test_figures_that_can_not_be_compared_are_left_alone() -> None:
    assert rules(measured(100, 1, 1, "CuO")) == []
    assert rules(measured(0, 0, 0)) == []


def test_no_check_moves_a_point() -> None:
    for record in (
        deposit(69.07, 24.27),
        deposit(-66.5, -30.02),
        deposit(0, 0, original="0, 0"),
        deposit(28.6942, 77.5, "CHN"),
    ):
        before = (record.position, repr(record))
        assert noticed(record)
        assert (record.position, repr(record)) == before


def test_each_problem_is_a_flag_with_a_text_in_both_languages() -> None:
    for record in (deposit(69.07, 24.27, name_en=None), deposit(-20.02, 0.02), deposit(-69, -24, original="-69, -24")):
        for problem in noticed(record):
            assert not problem.refuses
            assert problem.sentence() and problem.sentence("zh")


def test_records_are_placed_together_and_in_order() -> None:
    records: list[Deposit | Discovery | Project] = [
        deposit(-69.07, -24.27),
        deposit(0, 0, position=None),
        Project(position=Position(115.9, 28.7, None, "exact", "115.9, 28.7", "EPSG:4326")),
        Discovery(position=Position(-20.0, 0.0, None, "exact", "-20, 0", "EPSG:4326")),
    ]
    locations = locate(records, BORDERS)
    assert [(p.country, p.division) for p in locations] == [("CHL", "CL-AN"), (None, None), ("CHN", "CN-JX"), (None, None)]
    assert locations[0].km_from_land == 0
    assert locations[3].km_from_land > 1000
    assert locate([], BORDERS) == []
    nowhere = Boundaries([])
    assert locate(records, nowhere) == [Location(nowhere, None, None)] * 4


def test_escondida_is_flagged_where_a_source_puts_it_660_km_away(real_data: Path) -> None:
    folder = real_data / "usgs-minfac-world-facilities"
    read = readers.get_source_reader("usgs-minfac-world-facilities")
    readings = read(sources.load_source("usgs-minfac-world-facilities"), folder, Tally())
    found = [r for reading in readings for r in reading.records if isinstance(r, Project) and r.name.startswith("Escondida")]
    assert found
    for record in found:
        problem = problem_of(record, "far-from-namesake")
        assert 600 < float(problem.value) < 720
        assert problem.suggestion == pytest.approx((-69.07, -24.27), abs=0.1)
