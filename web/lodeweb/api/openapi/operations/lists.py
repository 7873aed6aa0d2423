"""Operations of the check of firms against condition lists."""

from collections.abc import Mapping

from lodebase.lists.list_table import CSV
from lodebase.query.parameters.declarations import Parameter
from lodedata.messages import msg
from lodeweb.adapter.api_operation import DAY, TEXT, VERSION, ApiOperation, format_parameter
from lodeweb.api.lists.check import MOST_AT_ONCE, PDF
from lodeweb.http.representation.negotiation import HTML, JSON, XLSX

_LIST_DAY = Parameter("date", "filter", DAY, msg("The day; by default today."))
_LISTS = Parameter("list", "filter", TEXT, msg("Codes of lists, separated by commas; by default all."))
OPERATIONS: Mapping[str, ApiOperation] = {
    "lists_check.check": ApiOperation(
        msg(
            "Whether a firm is on condition lists on a day: listed, withdrawn, under rectification, not listed, not known here"
        ),
        {JSON: "object", HTML: "page", PDF: "file"},
        less=("f",),
        own=(
            format_parameter("json", "html", "pdf", "signed"),
            VERSION,
            Parameter("name", "filter", TEXT, msg("The full name of the firm.")),
            Parameter("uscc", "filter", TEXT, msg("The unified social credit code of the firm.")),
            Parameter("project", "filter", TEXT, msg("The id of a project, whose owners are checked.")),
            Parameter("province", "filter", TEXT, msg("The province of the firm, by name or ISO 3166-2 code.")),
            _LIST_DAY,
            _LISTS,
        ),
    ),
    "lists_check.check_table": ApiOperation(
        msg(
            "The same for each row of a CSV of up to 10,000 rows with the columns name, uscc, project, province, date, list; "
            "for more than %(most)s rows the job that checks them",
            most=MOST_AT_ONCE,
        ),
        {CSV: "file", XLSX: "file", PDF: "file"},
        also={"202": {JSON: "job"}},
        less=("f",),
        own=(format_parameter("csv", "xlsx", "signed", "pdf"), VERSION, _LIST_DAY, _LISTS),
        table=True,
    ),
}
