"""What a report counts of prepared outputs is what plain SQL counts of the rows, now and at an earlier version."""

import random
from dataclasses import asdict, astuple
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine
from tests import plain_layout

from lodebase.db import engine as engines
from lodebase.layout.grid.snapshot import find_usual_size
from lodebase.layout.measures import feedstock
from lodebase.layout.measures.balance import MineSupply, compute_balance, find_rates
from lodebase.layout.measures.concentration import read_nation
from lodebase.layout.measures.feedstock import MAX_SOURCE_PLACES
from lodebase.layout.measures.mines import measure_supply
from lodebase.layout.measures.neighbours import MAX_LISTED_SITES
from lodebase.layout.measures.outputs import read_outputs_of_area
from lodebase.layout.measures.units import group_units
from lodebase.layout.planned.candidate import Candidate, parse_candidate
from lodebase.layout.reports.report import write_report
from lodebase.layout.state import SiteState, state
from lodebase.layout.statement_parameters import build_candidate_parameters
from lodebase.statistics.figures import Known as Figures
from lodedata import rules
from lodedata.layout.feedstock import OUTPUTS

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

TODAY = date(2026, 11, 26)
FIGURES = ("certain", "placed", "possible", "certain_tpa", "placed_tpa", "possible_tpa", "without_figure")
PRODUCTS = ("alumina", "smelter-copper", "refined-copper", "copper-metal", "bauxite-ore", "copper-concentrate", "")
COUNTRIES = ("FJI", "KIR")
AREAS = (
    ("FJI", None),
    ("FJI", "POLYGON((178 -2,180 -2,180 1,179 2,178 -2))"),
    ("FJI", "MULTIPOLYGON(((-180 -2,-178 -2,-178 2,-180 -2)),((178 0,180 0,180 2,178 0)))"),
)
STATUSES = ("operating", "operating", "operating", "construction", "permitted", "announced", "suspended", "closed", "")


def rows(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Sites on both sides of the date line."""
    return [
        {
            "id": str(number),
            "kind": chance.choice(("project", "project", "project", "deposit")),
            "metal": chance.choice(("copper", "alumina", "bauxite")),
            "lon": round((chance.uniform(175, 185) + 180) % 360 - 180, 2),
            "lat": round(chance.uniform(-4, 4), 2),
            "product": chance.choice(PRODUCTS),
            "capacity_kt": chance.choice(("", chance.randint(1, 900), round(chance.uniform(1, 900), 1))),
            "status": chance.choice(STATUSES),
            "owner": chance.choice(("A", "B", "")),
        }
        for number in range(count)
    ]


def spoil(own_table: "OwnTable", seed: int) -> None:
    """Make of the imported rows what other sources bring: several phases, types of facility, all kinds of accuracy."""
    with own_table.connection() as connection:
        connection.execute("SELECT setseed(%s)", (seed / 100,))
        for statement in (
            "UPDATE phase f SET project_id = (SELECT id FROM project ORDER BY random() + length(f.id) LIMIT 1) "
            "WHERE random() < 0.4",
            "UPDATE project SET position_accuracy_m = (ARRAY[NULL, 0, 1000, 60000, 300000])[1 + floor(random() * 5)::int]",
            "UPDATE project SET country = (ARRAY['FJI', 'KIR', NULL])[1 + floor(random() * 3)::int], "
            "division = (ARRAY['FJ-C', 'FJ-W', NULL])[1 + floor(random() * 3)::int]",
            "UPDATE project SET geom = NULL WHERE random() < 0.2",
            "INSERT INTO owner (id, project_id, ordinal, source, name_en, name_zh, role) "
            "SELECT id || version, id, 7 + version, 'a', 'C', (ARRAY['丙', NULL])[1 + floor(random() * 2)::int], "
            "(ARRAY['owner', 'operator'])[1 + floor(random() * 2)::int] "
            "FROM project, (SELECT max(version) AS version FROM dataset_version) v WHERE random() < 0.3",
            "UPDATE project SET facility_types = '{copper-smelter}' WHERE random() < 0.3",
            "UPDATE project SET facility_types = '{alumina-refinery,copper-refinery}' WHERE random() < 0.1",
            "UPDATE project p SET products = coalesce((SELECT array_agg(DISTINCT product) FROM phase f "
            "WHERE project_id = p.id AND product <> ''), CASE WHEN random() < 0.3 THEN '{alumina}'::text[] ELSE '{}' END)",
        ):
            connection.execute(statement)


def random_candidate(chance: random.Random) -> Candidate:
    at = [chance.uniform(178, 180) * chance.choice((-1, 1)), chance.uniform(-2, 2)]
    properties: dict[str, Any] = {"product": chance.choice(("alumina", "copper")), "capacity_tpa": 100_000}
    properties["accuracy_m"] = chance.choice((0, 20_000))
    if chance.random() < 0.5:
        properties["radius_km"] = [13.7, 300]
    return parse_candidate(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": properties}, TODAY
    )


def plain(seen: SiteState, one: Candidate) -> dict[str, Any]:
    """Return the results of plain SQL."""
    values = build_candidate_parameters(one) | {"product": one.product}
    counts = seen.rows(plain_layout.COUNTS, values)
    by_radius = {(row["km"], row["grp"]): {name: row[name] for name in FIGURES} for row in counts}
    listed = seen.rows(plain_layout.LISTED, values | {"most": MAX_LISTED_SITES})
    ore = seen.rows(plain_layout.ORE, values | {"most": MAX_SOURCE_PLACES})
    supply = seen.rows(plain_layout.SUPPLY_NEAR, values | asdict(find_rates(one.product))) if one.product in OUTPUTS else []
    balance_of_mines = compute_balance([], [MineSupply(**row) for row in supply])
    return {
        "radii": by_radius,
        "sites": [
            (row["id"], round(row["distance_m"] / 1000, 3), row["units"], row["phases"], row["owners"]) for row in listed
        ],
        "places": [(row["id"], row["kind"], round(row["distance_m"] / 1000, 3), row["status"]) for row in ore],
        "mined": [tuple(row.values()) for row in seen.rows(plain_layout.MINED, values)],
        "feeds": [list(balance_of_mines.feeds_tpa), balance_of_mines.mines, balance_of_mines.mines_without_figure],
        "areas": [plain_area(seen, values, *where) for where in AREAS],
        "nations": {country: plain_nation(seen, values | {"country": country}) for country in COUNTRIES},
    }


def plain_area(seen: SiteState, values: dict[str, Any], country: str, wkt: str | None) -> list[Any]:
    """The sites of an area with their capacities, what its mines could feed by division, and the usual size."""
    values = values | {"country": country, "wkt": wkt}
    sites = {row["id"]: row["groups"] for row in seen.rows(plain_layout.EVERY_SITE, values)}
    product = values["product"]
    rates = asdict(find_rates(product)) if product in OUTPUTS else None
    supply = [] if rates is None else [MineSupply(**row) for row in seen.rows(plain_layout.SUPPLY_THERE, values | rates)]
    return [sites, round_supply(supply), tuple(seen.rows(plain_layout.USUAL_SIZE, values)[0].values())]


def outputs_of_area(seen: SiteState, values: dict[str, Any], product: str, country: str, wkt: str | None) -> list[Any]:
    """The same of outputs."""
    values = values | {"country": country}
    outputs = read_outputs_of_area(seen, values, None if wkt is None else shapely.from_wkt(wkt))
    units = group_units(outputs, values)
    numbers = np.flatnonzero(units.present()).tolist()
    sites = dict(zip((units.sites.ids[number] for number in numbers), units.by_site(numbers), strict=True))
    supply = measure_supply(outputs, values, find_rates(product)) if product in OUTPUTS else []
    return [sites, round_supply(supply), find_usual_size(units)]


def round_supply(supply: list[MineSupply]) -> list[tuple[Any, ...]]:
    """Divisions in order, that without a name last; the order of a sum may change its last digit."""
    rows = [(row.division, row.mines, row.without_figure, round(row.low, 6), round(row.high, 6)) for row in supply]
    return sorted(rows, key=lambda row: (row[0] is None, row[0]))


def plain_nation(seen: SiteState, values: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    statements = (plain_layout.NATION, plain_layout.HOLDERS, plain_layout.RECORDS, plain_layout.OF_SOURCES)
    return [[tuple(row.values()) for row in seen.rows(statement, values)] for statement in statements]


def report_nation(seen: SiteState, country: str, values: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    nation = read_nation(seen, country, values)
    groups = [astuple(row) for row in nation.groups]
    return [groups, list(nation.holders), list(nation.records), [(name,) for name in nation.sources]]


def counted(engine: Engine, one: Candidate, version: int | None) -> dict[str, Any]:
    """The same of a report."""
    body: Any = write_report(engine, Figures(), one, rules.load_rules(), version).as_data()
    with state(engine, version) as seen:
        areas = [outputs_of_area(seen, build_candidate_parameters(one), one.product, *where) for where in AREAS]
        nations = {country: report_nation(seen, country, build_candidate_parameters(one)) for country in COUNTRIES}
    around, fed = body["neighbours"], body["feedstock"]
    by_radius = {
        (radius["km"], name): found
        for radius in around["radii"]
        for name, found in ({None: radius["all"]} | radius["groups"]).items()
        if found["possible"]
    }
    return {
        "radii": by_radius,
        "sites": [
            (site["id"], site["distance_km"], site["groups"], site["phases"] or None, site["owners"] or None)
            for site in around["sites"]
        ],
        "places": [(place["id"], place["kind"], place["distance_km"], place["status"]) for place in fed["places"]],
        "mined": [tuple(v for name, v in row.items() if not name.startswith("label")) for row in fed["mined"]],
        "feeds": [*(fed["balance"][name] for name in ("feeds_tpa", "mines", "mines_without_figure"))],
        "areas": areas,
        "nations": nations,
    }


def same(site: Engine, candidates: list[Candidate], version: int | None, expected: list[dict[str, Any]]) -> None:
    for candidate, figures_by_part in zip(candidates, expected, strict=True):
        found = counted(site, candidate, version)
        for part, figures in figures_by_part.items():
            assert found[part] == figures, (part, candidate)


@pytest.mark.parametrize("most", [1, 4, 20])
def test_the_nearest_deposits_are_the_same_for_any_limit(
    own_table: "OwnTable", monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(feedstock, "MAX_SOURCE_PLACES", most)
    chance = random.Random(most)
    own_table.load([{**row, "kind": "deposit"} for row in rows(chance, 300)])
    site = engines.create_checked_engine(own_table.store.addresses.site, "test")
    for candidate in (random_candidate(chance) for _ in range(12)):
        with state(site) as seen:
            ore = seen.rows(plain_layout.ORE, build_candidate_parameters(candidate) | {"most": most})
        body: Any = write_report(site, Figures(), candidate, rules.load_rules()).as_data()
        listed = body["feedstock"]["places"]
        assert [place["id"] for place in listed] == [row["id"] for row in ore]
    site.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_prepared_sums_are_plain_sums_after_imports_changes_and_withdrawals(own_table: "OwnTable", seed: int) -> None:
    chance = random.Random(seed)
    site = engines.create_checked_engine(own_table.store.addresses.site, "test")
    candidates = [random_candidate(chance) for _ in range(8)]
    made = rows(chance, 150)
    own_table.load(made)
    spoil(own_table, seed)
    earlier: list[tuple[int, list[dict[str, Any]]]] = []
    for _ in range(3):
        with state(site) as seen:
            expected = [plain(seen, candidate) for candidate in candidates]
            earlier.append((seen.version, expected))
        same(site, candidates, None, expected)
        assert any(one["radii"] and one["mined"] and one["sites"] for one in expected)
        assert any(all(one["nations"]["FJI"]) for one in expected)
        changed = {row["id"]: row for row in rows(chance, 150) if chance.random() < 0.3}
        made = [changed.get(row["id"], row) for row in made if chance.random() < 0.9]
        made += [{**row, "id": f"{row['id']}-{len(made)}"} for row in rows(chance, 15)]
        own_table.load(made)
        spoil(own_table, seed)
    for version, expected in earlier:
        same(site, candidates, version, expected)
    site.dispose()
