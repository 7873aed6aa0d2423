"""Operations on condition lists: the check of a firm, of a table of firms, every list, and one list over time."""

from datetime import date

from lodebase.operations.formats import ATOM, CSV, HTML, JSON, PDF, SIGNED, XLSX, OperationFormat
from lodebase.operations.operation import JobOrder, Operation, OperationProcess, OperationServices
from lodebase.operations.parameters import NoParameters
from lodebase.topics.lists import extract_pdf, list_evidence
from lodebase.topics.lists.firm_files import write_table, write_workbook
from lodebase.topics.lists.firm_results import FirmResults, find_firm_results
from lodebase.topics.lists.firm_table import write_rows
from lodebase.topics.lists.list_overview import ListHistory, ListsOverview, describe_list, summarise_lists
from lodebase.topics.lists.list_query import make_query
from lodebase.topics.lists.list_report import ListsReport, check_lists
from lodebase.topics.lists.parameters import (
    MAX_FIRMS_AT_ONCE,
    CheckParameters,
    DifferenceParameters,
    TableParameters,
)
from lodedata.messages import msg

FIRST_DAY = date(2018, 1, 1)
"""The day from which the difference of a list is shown where no other one is given."""


def check_list(services: OperationServices, parameters: CheckParameters) -> ListsReport:
    """Return whether a firm is on each list on a day; with a version of the data it never changes. Raises BadQuery."""
    query = make_query(parameters, services.today)
    return check_lists(services.engine, services.figures, query, parameters.version)


def check_table(services: OperationServices, parameters: TableParameters) -> FirmResults:
    """Return the results for each firm of a table, or what is wrong with its row."""
    return find_firm_results(
        services.engine,
        services.figures,
        parameters.rows,
        services.today,
        parameters.version,
        services.progress,
    )


def order_table_check(_services: OperationServices, parameters: TableParameters, chosen: OperationFormat) -> JobOrder | None:
    """Return the job that checks a table of more firms than a client waits for, None for fewer."""
    if len(parameters.table) <= MAX_FIRMS_AT_ONCE:
        return None
    process = next(table_process.name for table_process in TABLE_PROCESSES if table_process.format is chosen)
    version = {} if parameters.version is None else {"version": parameters.version}
    return JobOrder(process, {"table": write_rows(parameters.table), **parameters.filled, **version})


def print_unsigned(firm_results: FirmResults, language: str) -> bytes:
    """Return the results as a PDF whose attachment has no signature of its own; that of the PDF covers it."""
    return extract_pdf.write_batch(firm_results, language, list_evidence.write_batch(firm_results), is_signed=False)


def summarise(services: OperationServices, _parameters: NoParameters) -> ListsOverview:
    """Return every list with its batches, and stated and known counts."""
    return summarise_lists(services.engine, services.figures, services.today)


def describe(services: OperationServices, parameters: DifferenceParameters) -> ListHistory:
    """Return a list with its batches, its members over time and the difference between two days. Raises NotFound."""
    days = parameters.first or FIRST_DAY, parameters.last or services.today
    return describe_list(services.engine, services.figures, parameters.code, days)


TABLE_PROCESSES = (
    OperationProcess(
        "list-checks",
        msg("Check of a table of firms"),
        msg("Whether each firm of a table is on condition lists on a day: a row for each firm and list."),
        msg("The results as a CSV"),
        output="table",
        format=CSV,
        takes_long=True,
    ),
    OperationProcess(
        "list-checks-workbook",
        msg("Check of a table of firms as a workbook"),
        msg("The same as a workbook: one row for each firm, with the list that matters first."),
        msg("The results as a workbook"),
        output="workbook",
        format=XLSX,
        takes_long=True,
    ),
    OperationProcess(
        "list-checks-evidence",
        msg("Check of a table of firms as a signed file"),
        msg("The same as a file that proves itself: query, result and act of each firm, signed when it is fetched."),
        msg("The signed file"),
        output="evidence",
        format=SIGNED,
        takes_long=True,
        signed_as=list_evidence.BATCH,
    ),
    OperationProcess(
        "list-checks-pdf",
        msg("Check of a table of firms as a signed PDF"),
        msg("The same as a PDF with a row for each firm, which carries the results as data, signed when it is fetched."),
        msg("The signed PDF"),
        output="document",
        format=PDF,
        takes_long=True,
        signed_as=list_evidence.BATCH,
    ),
)
CHECK = Operation(
    "lists.check",
    "/api/lists/check",
    msg("Check of lists"),
    msg("Whether a firm is on condition lists on a day: listed, withdrawn, under rectification, not listed, not known here"),
    CheckParameters,
    run=check_list,
    result=ListsReport,
    formats=(JSON, HTML, PDF, SIGNED),
    varies_by=("version", "day"),
    command=True,
    processes=(
        OperationProcess(
            "list-check",
            msg("Check of lists"),
            msg("Whether a firm is on condition lists on a day: listed, withdrawn, not listed or not known here."),
            msg("The result for each list"),
        ),
    ),
)
CHECK_TABLE = Operation(
    "lists.check_table",
    "/api/lists/check",
    msg("Check of a table of firms"),
    msg(
        "The same for each row of a CSV of up to 10,000 rows with the columns name, uscc, project, province, date, list; "
        "for more than %(most)s rows the job that checks them",
        most=MAX_FIRMS_AT_ONCE,
    ),
    TableParameters,
    run=check_table,
    result=FirmResults,
    formats=(CSV, XLSX, SIGNED, PDF),
    writers={
        CSV: write_table,
        XLSX: write_workbook,
        SIGNED: lambda firm_results, _language: list_evidence.write_batch(firm_results),
        PDF: print_unsigned,
    },
    method="POST",
    file_parameter="table",
    file_field="firms",
    job=order_table_check,
    processes=TABLE_PROCESSES,
    file_name="lode-lists-firms",
)
OVERVIEW = Operation(
    "lists.overview",
    "/lists",
    msg("Condition lists"),
    msg("Every list with its batches, and stated and known counts"),
    NoParameters,
    run=summarise,
    result=ListsOverview,
    varies_by=("version", "day"),
)
HISTORY = Operation(
    "lists.history",
    "/lists/<code>",
    msg("Condition list"),
    msg("A list with its batches, its members over time and the difference between two days"),
    DifferenceParameters,
    run=describe,
    result=ListHistory,
    formats=(JSON, HTML, ATOM),
    varies_by=("version", "day"),
)
OPERATIONS = (CHECK, CHECK_TABLE, OVERVIEW, HISTORY)
