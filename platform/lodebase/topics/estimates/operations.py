"""Operations of the estimates of deposits over time: of one deposit, and of all that a filter selects."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar

import orjson

from lodebase.errors import BadQuery
from lodebase.field_types import Choice, Commodity, Description, FieldType, PageLength, RecordId
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA, XLSX, ResultLink
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.operations.row_parameters import RowParameters
from lodebase.query.parameters.parameter import Group
from lodebase.records import estimate_files, estimate_history
from lodebase.records.estimate_history import MAX_PAGE_ROWS, PAGE_ROWS, STATED, EstimateChoice, EstimatePage
from lodebase.records.feature import read_served_feature
from lodedata.code_labels import label_estimate_class
from lodedata.messages import Message, msg
from lodedata.vocab import load_vocabulary

DEPOSITS = "deposits"
STATED_ROLES, ALL_ROLES = "stated", "all"
ROLES = (STATED_ROLES, ALL_ROLES, *(term.code for term in load_vocabulary("estimate-role")))
MAX_TOKEN_CHARACTERS = 2_000
MAX_SHOWN_OF_TOKEN = 100
NOTE = msg(
    "Rows must not be added: reserves are never added to resources, nor classes or zones to each other. A class that is a sum "
    "is one that the report added. Figures that a machine read name their page; look them up there before you use them."
)
Row = Mapping[str, Any]


def write_position(row: Row) -> str:
    """Return the position after a row, as the parameter ``after`` has it."""
    return base64.urlsafe_b64encode(orjson.dumps([row["deposit_id"], row["id"]])).decode().rstrip("=")


def _parse_position(value: str) -> tuple[str, str]:
    try:
        token = value[:MAX_TOKEN_CHARACTERS]
        parts = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(parts, list) or [type(part) for part in parts] != [str, str] or "\0" in "".join(parts):
            raise ValueError
    except (ValueError, binascii.Error, UnicodeEncodeError):
        sentence = msg('"%(value)s" is not a position in a list. Use the link to the next page.')
        raise BadQuery("after", value[:MAX_SHOWN_OF_TOKEN], sentence) from None
    return parts[0], parts[1]


POSITION = FieldType(
    _parse_position,
    {"type": "string", "maxLength": MAX_TOKEN_CHARACTERS},
    msg('"%(value)s" is not a position in a list. Use the link to the next page.'),
    msg("Use the link to the next page."),
    msg("The position after which the rows begin, from the link to the next page."),
    reads="exact",
)
OfCommodity = Annotated[Commodity | None, Description(msg("The commodity whose figures are returned; by default all."))]
Role = Annotated[
    str,
    Choice(ROLES, msg("The role of the rows in their reports; by default all but those of sensitivity tables."), STATED_ROLES),
]
Length = Annotated[int, PageLength(MAX_PAGE_ROWS, PAGE_ROWS, msg("The maximum number of rows; a file has all."))]
Position = Annotated[tuple[str, str], POSITION]


class DepositParameters(Parameters):
    """A deposit, and which of its rows."""

    identity: Annotated[RecordId, Description(msg("The id of a deposit."))]
    of: OfCommodity = None
    role: Role = STATED_ROLES
    limit: Length = PAGE_ROWS
    after: Position | None = None


class DepositsParameters(RowParameters):
    """The filters of deposits, and which of their rows; estimates of an earlier version are in no response."""

    collection: ClassVar[str] = DEPOSITS
    groups: ClassVar[tuple[Group, ...]] = ("filter", "general")
    needs_radius: ClassVar[bool] = True
    of: OfCommodity = None
    role: Role = STATED_ROLES
    limit: Length = PAGE_ROWS
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class EstimateRows:
    """Rows of deposits in the order of their ids, with the labels of their codes."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    numberReturned: int
    estimates: tuple[Row, ...]
    note: Message
    links: tuple[ResultLink, ...]
    next_position: str | None = field(metadata=NOT_IN_DATA)
    """The position after which the next page begins."""
    read_all: Callable[[], Iterable[Row]] = field(metadata=NOT_IN_DATA)
    """Return the rows of a file."""
    file_name: str = field(metadata=NOT_IN_DATA)
    """The name of a file without a suffix."""


def list_estimates_of_deposit(services: OperationServices, parameters: DepositParameters) -> EstimateRows:
    """Return the estimates of a deposit by every source. Raises NotFound, and ServedElsewhere for a merged record."""
    identity = parameters.identity
    read_served_feature(services.engine, DEPOSITS, identity)
    choice = _choose(parameters)
    page = estimate_history.read_deposit_estimates(services.engine, identity, choice)

    def read_all() -> Sequence[Row]:
        return estimate_history.read_deposit_estimates(
            services.engine, identity, replace(choice, after=None, limit=MAX_PAGE_ROWS)
        ).rows

    links = (
        ResultLink(f"/api/collections/{DEPOSITS}/items/{identity}", "collection", "application/geo+json"),
        ResultLink(f"/records/{identity}/history", "related", "text/html", msg("Resource history")),
    )
    return _report(page, links, read_all, f"estimates-{identity}")


def list_estimates(services: OperationServices, parameters: DepositsParameters) -> EstimateRows:
    """Return the estimates of the deposits that a filter selects."""
    choice = _choose(parameters)
    page = estimate_history.read_query_estimates(services.engine, parameters.query, choice)

    def read_all() -> Iterable[Row]:
        return estimate_history.read_estimate_pages(services.engine, parameters.query, choice)

    return _report(page, (), read_all, "estimates")


def label_row(row: Row) -> dict[str, Any]:
    """Return a row with labels of its codes in both languages."""
    terms = {"commodity": "commodity", "estimate_role": "estimate-role"}
    labelled = {
        f"{name}_{lang}": None if row[name] is None else load_vocabulary(scheme)[row[name]].label(lang)
        for name, scheme in terms.items()
        for lang in ("en", "zh")
    }
    classes = {f"category_{lang}": label_estimate_class(row["category"]).in_language(lang) for lang in ("en", "zh")}
    return {**row, **classes, **labelled}


def _choose(parameters: DepositParameters | DepositsParameters) -> EstimateChoice:
    roles = {STATED_ROLES: STATED, ALL_ROLES: None}.get(parameters.role, (parameters.role,))
    return EstimateChoice(roles, parameters.of, parameters.after, parameters.limit)


def _report(
    page: EstimatePage, links: tuple[ResultLink, ...], read_all: Callable[[], Iterable[Row]], file_name: str
) -> EstimateRows:
    return EstimateRows(
        dataset_version=page.dataset_version,
        numberReturned=len(page.rows),
        estimates=tuple(map(label_row, page.rows)),
        note=NOTE,
        links=links,
        next_position=write_position(page.rows[-1]) if page.has_more else None,
        read_all=read_all,
        file_name=file_name,
    )


def _write_workbook(rows: EstimateRows, _language: str) -> bytes:
    return estimate_files.write_xlsx(rows.read_all())


def _write_csv(rows: EstimateRows, _language: str) -> bytes:
    return "".join(estimate_files.write_estimate_csv(rows.read_all())).encode()


OF_DEPOSIT = Operation(
    "estimates.of_deposit",
    f"/api/collections/{DEPOSITS}/items/<identity>/estimates",
    msg("Estimates of deposits over time"),
    msg("The estimates of a deposit over time by every source, each with its report and page; classes are never added"),
    DepositParameters,
    run=list_estimates_of_deposit,
    result=EstimateRows,
    formats=(JSON, HTML, CSV, XLSX),
    writers={CSV: _write_csv, XLSX: _write_workbook},
    varies_by=("version",),
)
OF_DEPOSITS = Operation(
    "estimates.of_deposits",
    "/api/estimates",
    msg("Estimates of deposits over time"),
    msg("The estimates over time of the deposits that match, each with its report and page; classes are never added"),
    DepositsParameters,
    run=list_estimates,
    result=EstimateRows,
    formats=(JSON, HTML, CSV, XLSX),
    writers={CSV: _write_csv, XLSX: _write_workbook},
    varies_by=("version",),
    file_name="estimates",
)
OPERATIONS = (OF_DEPOSIT, OF_DEPOSITS)
