"""Checks of a record's values: one function per rule, a record in, problems out. No check changes a position."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from pyproj import Geod

from lodedata.cells import count_decimals
from lodedata.figures.held_figures import find_comparable_stage, load_grade_limits
from lodedata.figures.national_output import MAX_OUTPUT_RATIO, WORLD, find_output
from lodedata.figures.units import find_basis_factor
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping.values.place import METRES_PER_DEGREE
from lodedata.messages import Label
from lodedata.problems import Problem
from lodedata.records import CommodityMeasure, Deposit, Discovery, GenericRecord, MineralRecord, Project
from lodedata.starter.gazetteer import find_register_namesakes
from lodedata.vocab import label, load_vocabulary, load_vocabulary_rows

_GEOD = Geod(ellps="WGS84")
MIN_KM_OUTSIDE = 10.0
"""A point nearer to the boundary is not reported as outside, given the accuracy of coasts and borders at 1:50 million."""
NEAR_CAPITAL_KM = 2.0
FAR_KM = 100.0


@dataclass(frozen=True, slots=True)
class Location:
    """The country and division of a record's position; None in no area, then with its distance from land.

    ``outside_country_km`` and ``outside_division_km`` are the distances from the stated areas, if it lies in others.
    """

    boundaries: Boundaries
    country: str | None
    division: str | None
    km_from_land: float = 0.0
    outside_country_km: float | None = None
    outside_division_km: float | None = None


Placed = MineralRecord | GenericRecord
_Mineral = TypeVar("_Mineral", bound=MineralRecord)
Check = Callable[[MineralRecord, Location], Iterable[Problem]]
PlaceCheck = Callable[[Placed, Location], Iterable[Problem]]


def name_missing(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a record without a name in either language."""
    if not record.name:
        yield Problem("name-missing", "")


def check_position_given(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a record whose source gives no position."""
    if record.position is None and record.unread_position is None:
        yield Problem("no-position", "")


def check_zero_position(record: Placed, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position of 0, 0."""
    p = record.position
    if p is not None and p.lon == 0 and p.lat == 0:
        yield Problem("zero-zero", p.original)


def check_rounded_position(record: Placed, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position in whole degrees or tenths of a degree."""
    p = record.position
    if p is None or (p.lon == 0 and p.lat == 0) or p.crs != "EPSG:4326" or not (_is_in_tenths(p.lon) and _is_in_tenths(p.lat)):
        return
    counts = [count_decimals(part) for part in p.original.split(", ")]
    most = max((count for count in counts if count is not None), default=None)
    if len(counts) == 2 and None not in counts and most is not None and most < 2:
        km = METRES_PER_DEGREE * 2**0.5 / 2 / 10**most / 1000
        yield Problem("rounded-degree" if most == 0 else "rounded-tenth", f"{km:.0f}")


def _is_in_tenths(degrees: float) -> bool:
    return abs(degrees * 10 - round(degrees * 10)) < 1e-6


def check_stated_area(record: Placed, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position outside the stated country or division, and the slip if exactly one explains it."""
    p = record.position
    if p is None or (p.lon == 0 and p.lat == 0):
        return
    for kind, code, km in (
        ("country", record.country, place.outside_country_km),
        ("division", record.division, place.outside_division_km),
    ):
        if code is not None and km is not None and km > _compute_least_km(p.accuracy_m, place.boundaries.edge_accuracy_m(code)):
            yield Problem(f"outside-{kind}", f"{km:.0f}", None, {kind: label(kind, code)})
            yield from _find_slip(record, place, code)
            return


def infer_country(record: _Mineral, place: Location) -> tuple[_Mineral, list[Problem]]:
    """Return a record without a country with that of its position, and the problem that says so."""
    if record.country is not None or place.country is None:
        return record, []
    problem = Problem("country-from-position", place.country, None, {"country": label("country", place.country)})
    return replace(record, country=place.country), [problem]


def check_position_at_sea(record: Placed, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position in no country, farther from land than its accuracy."""
    p = record.position
    if p is None or place.country is not None or not place.boundaries or (p.lon == 0 and p.lat == 0):
        return
    if place.km_from_land > _compute_least_km(p.accuracy_m, 5_000):
        yield Problem("in-the-sea", f"{place.km_from_land:.0f}")


def check_position_at_capital(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position in the country's capital, where companies have their head offices."""
    p = record.position
    if p is None or record.country is None:
        return
    for name_en, name_zh, lon, lat in _load_capitals().get(record.country, ()):
        if abs(lat - p.lat) < 0.05 and abs(lon - p.lon) < 0.2:
            _, _, metres = _GEOD.inv(lon, lat, p.lon, p.lat)
            if metres < NEAR_CAPITAL_KM * 1000:
                yield Problem("at-the-capital", name_en, None, {"value": Label(name_en, name_zh)})


def check_namesake_distance(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a position far from that of the register's site of the same name, country and metal.

    Either position may be wrong, or two sites have one name.
    """
    p = record.position
    if p is None or record.country is None or not record.name:
        return
    sites = [
        k
        for name in (record.name_en, record.name_zh)
        if name
        for k in find_register_namesakes(name)
        if k.country == record.country
    ]
    if not sites:
        return
    terms = load_vocabulary("commodity")
    groups = {terms[c.code].extra["group"] for c in record.commodities if c.code in terms}
    sites = [k for k in sites if k.groups & groups]
    if not sites:
        return
    metres = {k: _GEOD.inv(k.lon, k.lat, p.lon, p.lat)[2] for k in sites}
    nearest = min(sites, key=lambda k: metres[k])
    if metres[nearest] > max(FAR_KM * 1000, 3 * (nearest.accuracy_m + (p.accuracy_m or 0))):
        detail = {"name": Label(nearest.name_en, nearest.name_zh)}
        yield Problem("far-from-namesake", f"{metres[nearest] / 1000:.0f}", None, detail, (nearest.lon, nearest.lat))


def check_contained_amount(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a contained amount that differs from ore times grade by more than a tenth."""
    if not isinstance(record, Deposit | Discovery):
        return
    for estimate in record.estimates:
        ore = estimate.ore.value if estimate.ore is not None else None
        for measure in estimate.measures:
            grade = _compute_metal_pct(measure)
            reported = measure.contained.value if measure.contained is not None else None
            if ore is None or grade is None or reported is None or max(ore * grade / 100, reported) == 0:
                continue
            computed = ore * grade / 100
            if abs(computed - reported) > 0.1 * max(computed, reported):
                detail = {"computed": f"{computed:.4g}", "commodity": label("commodity", measure.commodity)}
                yield Problem("contained-differs", f"{reported:.4g}", None, detail)


def check_grade_limit(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a grade that is held, as no ore has it."""
    if not isinstance(record, Deposit | Discovery):
        return
    for measure in (measure for estimate in record.estimates for measure in estimate.measures):
        grade = measure.grade
        if grade is not None and grade.held is not None:
            limit = load_grade_limits()[measure.commodity]
            percent = limit.mineral_pct if grade.held == "grade-above-mineral" else limit.ore_pct
            detail = {"commodity": label("commodity", measure.commodity), "mineral": limit.mineral, "limit": f"{percent:g}"}
            basis = f" {grade.basis}" if grade.basis not in (None, "metal") else ""
            yield Problem(grade.held, f"{grade.converted:g} %{basis}", None, detail)


def check_capacity_limit(record: MineralRecord, place: Location) -> Iterable[Problem]:
    """Yield a problem for a capacity above the output of the world, which is held, or of the country, which is not.

    A plant may lie idle in part: its capacity is compared with the country's output times :data:`MAX_RATIO`.
    """
    if not isinstance(record, Project):
        return
    for phase in record.phases:
        capacity = phase.capacity
        stage = find_comparable_stage(phase.product, capacity.basis) if capacity is not None else None
        if stage is None or capacity is None or capacity.converted is None or phase.product is None:
            continue
        area = WORLD if capacity.held is not None else record.country
        output = find_output(stage.commodity, stage.stage, area)
        ratio = 1.0 if stage.stage == "mine" else MAX_OUTPUT_RATIO
        if output is not None and (capacity.held is not None or capacity.converted > output.tonnes * ratio):
            detail = {"product": label("product", phase.product), "output": f"{output.tonnes:,.0f}", "year": output.year}
            yield Problem(capacity.held or "capacity-above-country", f"{capacity.converted:,.0f}", None, detail)


def _compute_metal_pct(measure: CommodityMeasure) -> float | None:
    """Return a measure's grade as metal in percent, None if its basis can't be converted."""
    if measure.grade is None or measure.grade.value is None:
        return None
    share = find_basis_factor(measure.commodity, measure.grade.basis or "metal")
    return None if share is None else measure.grade.value * share


AREA_CHECKS: Sequence[PlaceCheck] = (check_stated_area, check_position_at_sea)
AREA_RULES = frozenset(
    {"outside-country", "outside-division", "in-the-sea", "swapped-coordinates", "lost-minus", "shifted-degree"}
)
"""Rules of the checks of a position against its area."""
PLACE_CHECKS: Sequence[PlaceCheck] = (check_zero_position, check_rounded_position, *AREA_CHECKS)
CHECKS: Sequence[Check] = (
    name_missing,
    check_position_given,
    *PLACE_CHECKS,
    check_position_at_capital,
    check_namesake_distance,
    check_contained_amount,
    check_grade_limit,
    check_capacity_limit,
)


def check(record: Placed, place: Location) -> list[Problem]:
    """Return the problems of all checks for a record; of one with declared fields only, those of its position."""
    if isinstance(record, GenericRecord):
        return [problem for rule in PLACE_CHECKS for problem in rule(record, place)]
    return [problem for rule in CHECKS for problem in rule(record, place)]


def locate(records: Sequence[Placed], boundaries: Boundaries) -> list[Location]:
    """Return the location of each record, looked up for all at once."""
    indices = [i for i, r in enumerate(records) if r.position is not None]
    locations = [Location(boundaries, None, None)] * len(records)
    if not indices or not boundaries:
        return locations
    positions = [p for i in indices if (p := records[i].position) is not None]
    lons, lats = [p.lon for p in positions], [p.lat for p in positions]
    countries, divisions = boundaries.countries(lons, lats), boundaries.divisions(lons, lats)
    at_sea = [at for at, country in enumerate(countries) if country is None]
    off = dict(zip(at_sea, boundaries.km_from_land([lons[i] for i in at_sea], [lats[i] for i in at_sea]), strict=True))
    stated = [records[i] for i in indices]
    abroad = _measure_km_outside(boundaries, [record.country for record in stated], countries, lons, lats)
    outside = _measure_km_outside(boundaries, [record.division for record in stated], divisions, lons, lats)
    ashore: dict[tuple[str | None, str | None], Location] = {}
    for at, (i, country, division) in enumerate(zip(indices, countries, divisions, strict=True)):
        if at in off or at in abroad or at in outside:
            locations[i] = Location(boundaries, country, division, off.get(at, 0.0), abroad.get(at), outside.get(at))
        else:
            where = (country, division)
            locations[i] = ashore.get(where) or ashore.setdefault(where, Location(boundaries, country, division))
    return locations


def _measure_km_outside(
    boundaries: Boundaries,
    stated: Sequence[str | None],
    areas: Sequence[str | None],
    lons: Sequence[float],
    lats: Sequence[float],
) -> dict[int, float]:
    """Return the distance in kilometres of points from their stated areas, by index, for those found in another area."""
    outside = [
        (at, code)
        for at, (code, here) in enumerate(zip(stated, areas, strict=True))
        if code is not None and code != here and boundaries.knows(code)
    ]
    if not outside:
        return {}
    km = boundaries.measure_km_outside(
        [code for _, code in outside], [lons[at] for at, _ in outside], [lats[at] for at, _ in outside]
    )
    return dict(zip((at for at, _ in outside), km, strict=True))


def _compute_least_km(accuracy_m: float | None, edge_accuracy_m: float) -> float:
    return max(MIN_KM_OUTSIDE, ((accuracy_m or 0) + edge_accuracy_m) / 1000)


def _find_slip(record: Placed, place: Location, code: str) -> Iterable[Problem]:
    """Yield a problem if exactly one slip would put the point into the area: swapped, a lost sign, a whole degree."""
    p, where = record.position, place.boundaries
    assert p is not None
    slips = [
        ("swapped-coordinates", p.lat, p.lon),
        *(("lost-minus", x, y) for x, y in ((-p.lon, p.lat), (p.lon, -p.lat), (-p.lon, -p.lat))),
        *(("shifted-degree", p.lon + x, p.lat + y) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))),
    ]
    inside = where.test_inside(code, [x for _, x, _ in slips], [y for _, _, y in slips])
    fitting = [slip for slip, fits in zip(slips, inside, strict=True) if fits and abs(slip[2]) <= 90]
    if len(fitting) == 1:
        rule, lon, lat = fitting[0]
        area = label("division" if "-" in code else "country", code)
        yield Problem(rule, f"{lon:.4f}, {lat:.4f}", None, {"country": area}, (lon, lat))


@lru_cache(maxsize=1)
def _load_capitals() -> dict[str, list[tuple[str, str, float, float]]]:
    capitals: dict[str, list[tuple[str, str, float, float]]] = {}
    for row in load_vocabulary_rows("capital"):
        capitals.setdefault(row["country"], []).append((row["name_en"], row["name_zh"], float(row["lon"]), float(row["lat"])))
    return capitals
