"""The operation of what is held of China."""

from dataclasses import dataclass, field

from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters
from lodebase.operations.workbooks import WORKBOOK
from lodebase.topics.holdings.store import HeldPart, HeldRow, read_holdings
from lodedata.messages import msg

HELP = "/help/data/add-data-of-china"
"""How a province adds its own."""


@dataclass(frozen=True, slots=True)
class HoldingsReport:
    """What is held of China and what is not, by part, and the address of the help on adding data."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    country: str
    parts: tuple[HeldPart, ...]
    help: str


def report_holdings(services: OperationServices, _parameters: NoParameters) -> HoldingsReport:
    """Return what is held of China."""
    holdings = read_holdings(services.engine, services.figures)
    return HoldingsReport(holdings.dataset_version, "CHN", tuple(holdings.parts.values()), HELP)


def list_rows(report: HoldingsReport) -> list[HeldRow]:
    """Return the rows of all parts."""
    return [row for part in report.parts for row in part.rows]


CHINA = Operation(
    "holdings.china",
    "/api/holdings/china",
    msg("What is held of China, and what is not"),
    msg("Records of China by list and grade, product, mineral and stage with their newest year; what is not held has 0"),
    NoParameters,
    run=report_holdings,
    result=HoldingsReport,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=list_rows,
    row=HeldRow,
    varies_by=("version",),
    page="/china",
    command=True,
)
OPERATIONS = (CHINA,)
