"""Organisations side by side: identifiers, seat, parents, projects, and capacity by share in each product."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from sqlalchemy import Connection, text

from lodebase.errors import NotFound
from lodebase.field_types import FieldType
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.topics.stats.league import LeagueParameters, LeagueTable, find_league
from lodedata.messages import Label, Message, msg
from lodedata.statistics.company_capacity import MODEL
from lodedata.statistics.leagues import list_leagues
from lodedata.vocab import label

MAX_COMPANIES = 6
MAX_COMPANY_ID_CHARACTERS = 40
ORGANISATIONS = text(
    "SELECT o.id, o.name_en, o.name_zh, o.country, o.uscc, o.lei, o.stock_codes, o.parent, o.parent_share_pct, o.parent_date,"
    " count(DISTINCT m.record_id) AS projects,"
    " array_remove(array_agg(DISTINCT p.country ORDER BY p.country), NULL) AS countries FROM lode.organisation o"
    " LEFT JOIN lode.organisation_mention m ON m.organisation_id = o.id AND m.record_kind = 'project'"
    "   AND m.role NOT LIKE 'former-%'"
    " LEFT JOIN lode.project p ON p.id = m.record_id WHERE o.id = ANY(:ids) GROUP BY o.id"
)


def _parse_ids(value: str) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(part for part in re.split(r"[,，、\s]+", value) if part))
    if not 1 <= len(ids) <= MAX_COMPANIES or any(
        not identity.isprintable() or len(identity) > MAX_COMPANY_ID_CHARACTERS for identity in ids
    ):
        raise ValueError
    return ids


IDS = FieldType(
    _parse_ids,
    {"type": "string", "maxLength": 500},
    msg('"%(value)s" is not a list of organisations. Enter 1 to %(most)s ids, separated by commas.', most=MAX_COMPANIES),
    msg(
        "Enter 1 to %(most)s ids, separated by commas; copy them from the pages of the organisations.",
        most=MAX_COMPANIES,
    ),
    msg("Ids of organisations, separated by commas."),
)


class ComparisonParameters(Parameters):
    """The organisations."""

    ids: Annotated[tuple[str, ...], IDS]


@dataclass(frozen=True, slots=True)
class CompanyProduct:
    """The operating capacity of a company for a product by its share, a model, with its share in per cent and its rank."""

    product: str
    label: Message
    unit: Label
    capacity_tpa: float
    assumed_tpa: float
    share_percent: float
    rank: int
    of_companies: int
    method: str = "model"


@dataclass(frozen=True, slots=True)
class ComparedCompany:
    """An organisation with what identifies it, its projects, and its capacity by product."""

    id: str
    name: Label
    country: str | None
    country_label: Label | None
    uscc: str | None
    lei: str | None
    stock_codes: tuple[str, ...]
    parent: str | None
    parent_share_percent: float | None
    parent_date: str | None
    projects: int
    countries: tuple[str, ...]
    products: tuple[CompanyProduct, ...]


@dataclass(frozen=True, slots=True)
class ComparedProduct:
    """A row of the table of the comparison: a company and a product."""

    id: str
    name: Label
    product: str
    unit: Label
    capacity_tpa: float
    assumed_tpa: float
    share_percent: float
    rank: int
    method: str


@dataclass(frozen=True, slots=True)
class CompanyComparison:
    """Organisations in the order that was requested."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    model: Message
    companies: tuple[ComparedCompany, ...]

    def rows(self) -> Iterator[ComparedProduct]:
        """Yield a row for each company and product."""
        for company in self.companies:
            for of in company.products:
                yield ComparedProduct(
                    company.id,
                    company.name,
                    of.product,
                    of.unit,
                    of.capacity_tpa,
                    of.assumed_tpa,
                    of.share_percent,
                    of.rank,
                    of.method,
                )


def compare_companies(services: OperationServices, parameters: ComparisonParameters) -> CompanyComparison:
    """Return organisations side by side. Raises NotFound for an id that no organisation has."""
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        organisations = _read_organisations(connection, parameters.ids)
    for identity in parameters.ids:
        if identity not in organisations:
            raise NotFound(msg('There is no organisation "%(value)s".', value=identity))
    tables = read_leagues(services)
    listed = tuple(
        _build_company(organisations[identity], list_company_products(identity, tables)) for identity in parameters.ids
    )
    return CompanyComparison(version, MODEL, listed)


def read_leagues(services: OperationServices) -> Sequence[LeagueTable]:
    """Return the league of each product; they are cached by version."""
    return [find_league(services, LeagueParameters(product=code)) for code in list_leagues()]


def list_company_products(identity: str, tables: Sequence[LeagueTable]) -> tuple[CompanyProduct, ...]:
    """Return the capacity of an organisation in each league that it is in."""
    return tuple(
        CompanyProduct(
            product=table.product,
            label=table.label,
            unit=table.unit,
            capacity_tpa=company.capacity_tpa,
            assumed_tpa=company.assumed_tpa,
            share_percent=company.share_percent,
            rank=company.rank,
            of_companies=len(table.companies),
        )
        for table in tables
        for company in table.companies
        if company.organisation == identity
    )


def _read_organisations(connection: Connection, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    return {row["id"]: dict(row) for row in connection.execute(ORGANISATIONS, {"ids": list(ids)}).mappings()}


def _build_company(row: Mapping[str, Any], products: tuple[CompanyProduct, ...]) -> ComparedCompany:
    return ComparedCompany(
        id=row["id"],
        name=Label(row["name_en"], row["name_zh"]),
        country=row["country"],
        country_label=None if row["country"] is None else label("country", row["country"]),
        uscc=row["uscc"],
        lei=row["lei"],
        stock_codes=tuple(row["stock_codes"] or ()),
        parent=row["parent"],
        parent_share_percent=row["parent_share_pct"],
        parent_date=None if row["parent_date"] is None else str(row["parent_date"]),
        projects=row["projects"],
        countries=tuple(row["countries"] or ()),
        products=products,
    )
