"""Companies by their capacity for a product: the league table, and the capacities and owners that it is made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from sqlalchemy import Connection, text

from lodebase.db.schema.organisation_tables import ABOVE
from lodebase.field_types import Choice, Description, Truth
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series.national_figures import OPERATING
from lodedata.figures.national_output import find_output
from lodedata.messages import Label, Message, msg
from lodedata.statistics.company_capacity import (
    LEAGUE_HHI,
    MODEL,
    CompanyCapacity,
    ProjectCapacity,
    Stake,
    attribute_capacity,
)
from lodedata.statistics.leagues import League, list_leagues
from lodedata.statistics.series import WORLD

CONTROL_PERCENT = 50.0
"""Share from which an organisation counts with its parent; one whose share is not stated does too."""
PHASES = text(
    "SELECT c.project_id, p.country, c.product, c.basis, c.capacity_tpa, c.reason"
    " FROM lode.countable_phase c JOIN lode.project p ON p.id = c.project_id"
    " WHERE c.product = ANY(:products) AND c.status = ANY(:statuses) ORDER BY c.project_id, c.phase_id"
)
STAKES = text(
    "SELECT w.project_id, w.role, w.share_pct, coalesce(w.name_en, w.name_zh) AS printed, w.name_en, w.name_zh,"
    " m.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh FROM lode.owner w"
    " LEFT JOIN lode.organisation_mention m ON m.record_kind = 'project' AND m.record_id = w.project_id AND m.role = w.role"
    " AND m.name = coalesce(nullif(btrim(w.name_zh), ''), btrim(w.name_en))"
    " LEFT JOIN lode.organisation o ON o.id = m.organisation_id"
    " WHERE w.project_id = ANY(:projects) AND w.role IN ('owner', 'operator') ORDER BY w.project_id, w.ordinal, w.id"
)
# a parent's name without legal form may be another body's: it counts only if a source lists it as a name of the organisation
PARENTS = text(
    "SELECT m.record_id AS child, m.organisation_id AS parent, o.name_en, o.name_zh FROM lode.organisation_mention m"
    " JOIN lode.organisation o ON o.id = m.organisation_id JOIN lode.organisation c ON c.id = m.record_id"
    " WHERE m.record_kind = 'organisation' AND m.role = ANY(:above) AND m.organisation_id <> m.record_id"
    " AND coalesce(c.parent_share_pct, 100) >= :control AND (m.method <> 'short' OR o.derived IS NOT TRUE AND EXISTS"
    " (SELECT FROM lode.organisation_name n WHERE n.organisation_id = o.id AND n.comparable = m.comparable))"
    " ORDER BY m.record_id, m.role DESC, m.organisation_id"
)
PRODUCT = Choice(tuple(list_leagues()), msg("A commodity and its stage, such as lithium-refinery."))


class LeagueParameters(Parameters):
    """The product, and whether companies count with those above them."""

    product: Annotated[str, PRODUCT]
    group: Annotated[Truth | None, Description(msg("yes counts companies with their parents; no by default."))] = None


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """A company by its capacity in tonnes a year of the unit: a model of capacity and share, of which a part is assumed."""

    rank: int
    organisation: str | None
    name: Label
    capacity_tpa: float
    share_percent: float
    assumed_tpa: float
    projects: int
    countries: tuple[str, ...]
    method: str = "model"


@dataclass(frozen=True, slots=True)
class LeagueTable:
    """The companies of a product, the largest first, and the concentration by company in points of 10,000.

    Shares are of the operating capacity in Lode. ``output_t`` is the output of the world in its year.
    """

    dataset_version: int = field(metadata=NOT_IN_DATA)
    product: str
    label: Message
    unit: Label
    model: Message
    hhi_formula: Message
    group: bool
    capacity_tpa: float
    unattributed_tpa: float
    hhi_low: float | None
    hhi_high: float | None
    output_t: float | None
    output_year: str | None
    projects: int
    phases_without_figure: int
    phases_left_out: int
    companies: tuple[LeagueRow, ...]


def find_league(services: OperationServices, parameters: LeagueParameters) -> LeagueTable:
    """Return the companies of a product by operating capacity."""
    grouped = bool(parameters.group)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    key = ("league", parameters.product, grouped)
    league_table: LeagueTable = services.figures.at(
        version, key, lambda: _read_league(services, list_leagues()[parameters.product], grouped)
    )
    return league_table


def _read_league(services: OperationServices, of: League, grouped: bool) -> LeagueTable:
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        values = {"products": list(of.factors), "statuses": list(OPERATING)}
        phases = [dict(row) for row in connection.execute(PHASES, values).mappings()]
        stakes, names = read_stakes(connection, {row["project_id"] for row in phases}, grouped)
    projects, left_out = _sum_capacities(of, phases, stakes)
    company_league = attribute_capacity(projects)
    output = find_output(of.commodity, of.stage, WORLD)
    shares = dict(company_league.concentration.shares) if company_league.concentration is not None else {}
    return LeagueTable(
        dataset_version=version,
        product=of.code,
        label=of.label,
        unit=of.unit,
        model=MODEL,
        hhi_formula=LEAGUE_HHI,
        group=grouped,
        capacity_tpa=company_league.total,
        unattributed_tpa=company_league.unattributed,
        hhi_low=None if company_league.concentration is None else company_league.concentration.hhi_low,
        hhi_high=None if company_league.concentration is None else company_league.concentration.hhi_high,
        output_t=None if output is None else output.tonnes,
        output_year=None if output is None else output.year,
        projects=len(projects),
        phases_without_figure=sum(row["reason"] == "no-figure" for row in phases),
        phases_left_out=left_out,
        companies=tuple(_build_row(n, company, names, shares) for n, company in enumerate(company_league.companies, 1)),
    )


def _build_row(
    rank: int, company_capacity: CompanyCapacity, names: Mapping[str, "CompanyName"], shares: Mapping[str, float]
) -> LeagueRow:
    name = names[company_capacity.company]
    return LeagueRow(
        rank=rank,
        organisation=name.organisation,
        name=name.label,
        capacity_tpa=company_capacity.tonnes,
        share_percent=shares[company_capacity.company],
        assumed_tpa=company_capacity.assumed,
        projects=len(company_capacity.projects),
        countries=tuple(sorted(company_capacity.countries)),
    )


def _sum_capacities(
    of: League, phases: Sequence[Mapping[str, Any]], stakes: Mapping[str, Sequence[Stake]]
) -> tuple[list[ProjectCapacity], int]:
    """Return the capacity of each project, and the number of phases that are doubtful or on a basis that does not count."""
    sums: dict[tuple[str, str | None], float] = defaultdict(float)
    left_out = 0
    for row in phases:
        tonnes = None if row["capacity_tpa"] is None else of.tonnes(row["product"], row["basis"], row["capacity_tpa"])
        if row["reason"] is None and tonnes is not None:
            sums[row["project_id"], row["country"]] += tonnes
        elif row["reason"] in (None, "held", "doubtful"):
            left_out += 1
    return [ProjectCapacity(*key, tonnes, stakes.get(key[0], ())) for key, tonnes in sums.items()], left_out


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The name of a company, and the organisation that it was matched to."""

    organisation: str | None
    label: Label


def read_stakes(
    connection: Connection, projects: set[str], grouped: bool
) -> tuple[Mapping[str, Sequence[Stake]], Mapping[str, CompanyName]]:
    """Return the owners and operators of projects, and their names by key: the organisation's id, else the printed name."""
    above = _read_parents(connection) if grouped else {}
    stakes: dict[str, list[Stake]] = defaultdict(list)
    names: dict[str, CompanyName] = {}
    for row in connection.execute(STAKES, {"projects": sorted(projects)}).mappings():
        company, name = row["organisation_id"], CompanyName(None, Label(row["name_en"], row["name_zh"]))
        if company is None:
            company = f"name:{row['printed']}"
        else:
            name = CompanyName(company, Label(row["organisation_en"], row["organisation_zh"]))
            company, name = _climb(company, name, above)
        names.setdefault(company, name)
        stakes[row["project_id"]].append(Stake(company, row["share_pct"], row["role"] == "operator"))
    return stakes, names


def _read_parents(connection: Connection) -> Mapping[str, CompanyName]:
    rows = connection.execute(PARENTS, {"above": list(ABOVE), "control": CONTROL_PERCENT}).mappings()
    parents: dict[str, CompanyName] = {}
    for row in rows:
        parents.setdefault(row["child"], CompanyName(row["parent"], Label(row["name_en"], row["name_zh"])))
    return parents


def _climb(company: str, name: CompanyName, above: Mapping[str, CompanyName]) -> tuple[str, CompanyName]:
    """Return the company at the top; a chain that returns to itself ends there."""
    passed = {company}
    while (parent := above.get(company)) is not None and parent.organisation is not None and parent.organisation not in passed:
        company, name = parent.organisation, parent
        passed.add(company)
    return company, name
