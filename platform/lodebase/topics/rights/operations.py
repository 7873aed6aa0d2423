"""Operations on mining rights: the register, what is on sale, and deposits with what is known of rights over them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Annotated, Any

from lodebase.field_types import (
    Choice,
    Codes,
    Commodity,
    Country,
    Day,
    Description,
    Limit,
    NamePart,
    Skip,
    Truth,
)
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA, ResultLink
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.operations.workbooks import WORKBOOK
from lodebase.query import Query
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.query.reading import escape_pattern, open_reading, read_dataset_version
from lodebase.topics.rights import candidates as stored_candidates
from lodebase.topics.rights import register
from lodebase.topics.rights.candidates import COVERED, CandidateQuery
from lodebase.topics.rights.outline import OUTLINE
from lodebase.topics.rights.register import IN_FORCE_ON, PAGE, RIGHTS, LoadedRegister, RegisteredRight, SaleFilter, SaleNotice
from lodedata.messages import msg

DayOfStatus = Annotated[Day | None, Description(msg("The day on which the status is seen; today if left out."))]


class RegisterParameters(Parameters):
    """Filters of the register, and the day."""

    right_kind: Annotated[tuple[str, ...], Codes("right-kind")] | None = None
    commodity: Annotated[tuple[str, ...], Codes("commodity")] | None = None
    holder: Annotated[NamePart | None, Description(msg("A part of the name of the holder."))] = None
    on: Annotated[Day | None, Description(msg("The day on which the rights are in force; of any status if left out."))] = None
    expires_before: Annotated[Day | None, Description(msg("The day before which the rights end."))] = None
    skip: Skip = 0

    def filters(self) -> dict[str, str]:
        """Return the parameters of the collection of rights that select the same ones."""
        named = {"right_kind": self.right_kind, "commodity": self.commodity, "expires_before": self.expires_before}
        selection = {
            name: ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in named.items()
            if value is not None
        }
        if self.holder is not None:
            part = escape_pattern(self.holder).replace("'", "''")
            selection["filter"] = f"CASEI(holder) LIKE CASEI('%{part}%')"
        if self.on is not None:
            selection |= {"on": self.on.isoformat(), "status": ",".join(IN_FORCE_ON)}
        return selection

    def query(self) -> Query:
        """Return the query of the rights. Raises BadQuery."""
        return query_parser.parse_query_arguments(RIGHTS, Arguments(self.filters().items()), OF_ROWS)


class SaleParameters(Parameters):
    """The day, and which notices."""

    on: DayOfStatus = None
    right_kind: Annotated[tuple[str, ...], Codes("right-kind")] | None = None
    commodity: Annotated[tuple[str, ...], Codes("commodity")] | None = None
    holder: Annotated[
        NamePart | None, Description(msg("A part of the name of who sells, won or holds the right of a notice."))
    ] = None
    state: Annotated[str, Choice(register.SALE_STATES, msg("Whether the notice is open on the day."))] | None = None


class CandidateParameters(Parameters):
    """The day, and which deposits and prospects."""

    on: DayOfStatus = None
    covered: Annotated[str, Choice(COVERED, msg("Whether a right covers the deposit on the day."))] | None = None
    commodity: Commodity | None = None
    country: Country | None = None
    ending: Annotated[Truth | None, Description(msg("Only those under a right that ends within a year."))] = None
    skip: Skip = 0
    limit: Annotated[Limit, Description(msg("The number of rows, 100 if left out."))] = PAGE


@dataclass(frozen=True, slots=True)
class RightsRegister:
    """A page of the register, the box of the ground of all that match, and the registers that are loaded."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    filters: Mapping[str, str] = field(metadata=NOT_IN_DATA)
    date: date
    numberMatched: int
    bbox: tuple[float, float, float, float] | None
    rights: tuple[RegisteredRight, ...]
    sales: tuple[SaleNotice, ...]
    registers: tuple[LoadedRegister, ...]
    links: tuple[ResultLink, ...]


@dataclass(frozen=True, slots=True)
class RightSales:
    """Notices of sales of rights with their state on a day."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    date: date
    sales: tuple[SaleNotice, ...]


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A deposit or prospect with the rights over it on a day, as a row of a table; estimates are by class, never added."""

    id: str
    kind: str
    name_en: str | None
    name_zh: str | None
    country: str | None
    division: str | None
    main_commodity: str | None
    lon: float
    lat: float
    position_accuracy_m: float | None
    exploration_stage: str | None
    covered: str
    rights: int
    ends: str | None
    holders: str | None
    holder_kinds: str | None
    register_as_of: str | None
    classes: str | None
    zones: str | None
    plant_en: str | None
    plant_zh: str | None
    plant_km: int | None
    plant_id: str | None
    collection: str


@dataclass(frozen=True, slots=True)
class RightCandidates:
    """Deposits and prospects by coverage: findings, no recommendations."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    query: CandidateQuery = field(metadata=NOT_IN_DATA)
    countries: tuple[str, ...] = field(metadata=NOT_IN_DATA)
    date: date
    numberMatched: int
    candidates: tuple[CandidateRow, ...]


def read_register(services: OperationServices, parameters: RegisterParameters) -> RightsRegister:
    """Return a page of the register on a day, by default today, and what is on sale. Raises BadQuery."""
    day = parameters.on or services.today
    with open_reading(services.engine) as connection:
        rights_page = register.find_rights(connection, parameters.query(), day, parameters.skip)
        return RightsRegister(
            dataset_version=read_dataset_version(connection),
            filters=parameters.filters(),
            date=day,
            numberMatched=rights_page.matched,
            bbox=rights_page.box,
            rights=rights_page.rows,
            sales=register.list_sales(connection, day, _read_sale_filter(parameters)),
            registers=register.read_loaded_registers(connection),
            links=(ResultLink("/api/collections/mining-rights/items", "items", "application/geo+json"),),
        )


def list_sales(services: OperationServices, parameters: SaleParameters) -> RightSales:
    """Return the notices of sales with their state on a day, by default today."""
    day = parameters.on or services.today
    with open_reading(services.engine) as connection:
        sales = register.list_sales(connection, day, _read_sale_filter(parameters))
        version = read_dataset_version(connection)
    return RightSales(version, day, tuple(sale for sale in sales if parameters.state in (None, sale.state)))


def _read_sale_filter(parameters: RegisterParameters | SaleParameters) -> SaleFilter:
    return SaleFilter(parameters.commodity or (), parameters.right_kind or (), parameters.holder)


def find_candidates(services: OperationServices, parameters: CandidateParameters) -> RightCandidates:
    """Return deposits and prospects with what is known of rights over them on a day, by default today."""
    query = CandidateQuery(
        on=parameters.on or services.today,
        covered=parameters.covered,
        commodity=parameters.commodity,
        country=parameters.country,
        ending=bool(parameters.ending),
        limit=parameters.limit,
        skip=parameters.skip,
    )
    with open_reading(services.engine) as connection:
        right_candidates = stored_candidates.find_right_candidates(connection, query)
        countries = stored_candidates.list_countries(connection)
        version = read_dataset_version(connection)
    rows = tuple(_build_candidate_row(row) for row in right_candidates.rows)
    return RightCandidates(version, query, tuple(countries), query.on, right_candidates.matched, rows)


def _build_candidate_row(row: Mapping[str, Any]) -> CandidateRow:
    values: dict[str, Any] = {row_field.name: row[row_field.name] for row_field in fields(CandidateRow)}
    texts: dict[str, Any] = {name: "; ".join(value) for name, value in values.items() if isinstance(value, list)}
    return CandidateRow(**values | texts)


REGISTER = Operation(
    "rights.register",
    "/api/rights",
    msg("Mining rights"),
    msg("The register of mining rights on a day, a page of 100, with what is on sale and which registers are loaded"),
    RegisterParameters,
    run=read_register,
    result=RightsRegister,
    varies_by=("version", "day"),
    page="/rights",
)
SALES = Operation(
    "rights.sales",
    "/api/rights/sales",
    msg("Sales of mining rights"),
    msg("Notices of sales of mining rights with their state on a day: open, past by the closing day, or undated"),
    SaleParameters,
    run=list_sales,
    result=RightSales,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.sales,
    row=SaleNotice,
    varies_by=("version", "day"),
    command=True,
)
CANDIDATES = Operation(
    "rights.candidates",
    "/api/rights/candidates",
    msg("Deposits by rights over them"),
    msg("Deposits and prospects with what is known of rights over them on a day; findings, no recommendations"),
    CandidateParameters,
    run=find_candidates,
    result=RightCandidates,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.candidates,
    row=CandidateRow,
    varies_by=("version", "day"),
    page="/rights/candidates",
    command=True,
    file_name="candidates",
)
OPERATIONS = (REGISTER, SALES, CANDIDATES, OUTLINE)
