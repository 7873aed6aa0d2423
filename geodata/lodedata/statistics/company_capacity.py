"""Capacity of companies, a model: the capacity of each project times the stated share of each owner.

A sole owner, or without owners a sole operator, counts in full where its share is not stated; that part is ``assumed``. Of
several owners without shares none is guessed: the capacity is ``unattributed``, as is what stated shares leave over.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lodedata.messages import msg
from lodedata.statistics.derived import Concentration, derive_concentration
from lodedata.statistics.series import REST

MAX_SHARES_PERCENT = 100.5
"""Shares above it contradict each other, and none counts; below it they are rounded."""
MODEL = msg(
    "A model: operating capacity of each project times the stated share of each owner. A sole owner or sole operator without "
    "a stated share counts in full. Capacity of several owners without shares, and what stated shares leave over, is not "
    "attributed."
)
LEAGUE_HHI = msg("Sum of the squared shares in per cent; capacity not attributed is of many companies (low) or of one (high)")


@dataclass(frozen=True, slots=True)
class Stake:
    """A company that owns or operates a project, by its key, and its share in per cent if stated."""

    company: str
    share_percent: float | None = None
    operates: bool = False


@dataclass(frozen=True, slots=True)
class ProjectCapacity:
    """The capacity of a project in tonnes a year of one unit, its country and its stakes."""

    project: str
    country: str | None
    tonnes: float
    stakes: Sequence[Stake] = ()


@dataclass(slots=True)
class CompanyCapacity:
    """The capacity of a company in tonnes a year, the part that rests on no stated share, its projects and their countries."""

    company: str
    tonnes: float = 0.0
    assumed: float = 0.0
    projects: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class CompanyLeague:
    """Companies, the largest first, and what is attributed to none; ``concentration`` is None without any capacity."""

    total: float
    unattributed: float
    companies: tuple[CompanyCapacity, ...]
    concentration: Concentration | None


def attribute_capacity(projects: Iterable[ProjectCapacity]) -> CompanyLeague:
    """Return the capacity of each company. Tonnes of all companies and unattributed ones add up to the total."""
    capacity_by_company: dict[str, CompanyCapacity] = {}
    total = attributed = 0.0
    for project in projects:
        total += project.tonnes
        for company, percent, assumed in _divide_by_company(project.stakes):
            capacity = capacity_by_company.setdefault(company, CompanyCapacity(company))
            tonnes = project.tonnes * percent / 100
            capacity.tonnes += tonnes
            capacity.assumed += tonnes if assumed else 0.0
            capacity.projects.add(project.project)
            capacity.countries |= {project.country} if project.country else set()
            attributed += tonnes
    listed = tuple(
        sorted(capacity_by_company.values(), key=lambda company_capacity: (-company_capacity.tonnes, company_capacity.company))
    )
    rest = max(total - attributed, 0.0)
    return CompanyLeague(
        total,
        rest,
        listed,
        derive_concentration({company_capacity.company: company_capacity.tonnes for company_capacity in listed} | {REST: rest}),
    )


def _divide_by_company(stakes: Sequence[Stake]) -> list[tuple[str, float, bool]]:
    """Return the companies of a project, each with its part in per cent, and whether that is assumed."""
    owners = [stake for stake in stakes if not stake.operates]
    stated: dict[str, float] = defaultdict(float)
    for owner in owners:
        if owner.share_percent is not None:
            stated[owner.company] += owner.share_percent
    if stated:
        whole = sum(stated.values())
        scale = 100 / whole if whole > 100 else 1.0
        return [] if whole > MAX_SHARES_PERCENT else [(company, share * scale, False) for company, share in stated.items()]
    for group in (owners, [stake for stake in stakes if stake.operates]):
        companies = {stake.company for stake in group}
        if companies:
            return [(companies.pop(), 100.0, True)] if len(companies) == 1 else []
    return []
